"""What the commands share: how they register, what they print, and how they fail. Nothing here knows a command."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from sslspec import style
from sslspec.ci import runner
from sslspec.cli.parser import Parser
from sslspec.exitcodes import ExitCode
from sslspec.style import Style, legible

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[Parser]

Answer = Callable[[argparse.Namespace], int]
EXIT_CODES = """\
exit codes: 0 all as expected, 1 unexpected results or stale baseline entries, 2 interrupted, 3 internal error,
4 usage, 5 nothing selected, 10 the run is incomplete, 11 an implementation could not be loaded"""


def fail(problem: str, code: ExitCode = ExitCode.USAGE) -> ExitCode:
    """Say in one line on stderr what is wrong."""
    sys.stderr.write(runner.harmless_here(f"sslspec: {legible(problem)}\n"))
    return code


def say(text: str, look: Style) -> None:
    """Print on stdout, in characters that it can take, for people."""
    sys.stdout.write(look.plain(runner.harmless_here(text)) + "\n")
    sys.stdout.flush()


def say_data(text: str, look: Style) -> None:
    """Print JSON on stdout, for programs: what it means is the same everywhere."""
    sys.stdout.write(look.plain(runner.harmless_json(text) if runner.is_here() else text) + "\n")
    sys.stdout.flush()


def command(commands: Commands, name: str, answer: Answer, summary: str, epilog: str = "") -> Parser:
    """Register a command: `answer` does it and gives the exit code, `summary` is its line in the help."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary[0].upper() + summary[1:] + ".",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(answer=answer, parser=parser)
    parser.add_argument(
        "--color", choices=style.CHOICES, default="auto", help="default: auto, as NO_COLOR and others say"
    )
    return parser


def add_python(parser: argparse.ArgumentParser) -> None:
    """Register the options that name interpreters, and say whether something may be installed for them."""
    parser.add_argument(
        "--python",
        action="append",
        default=[],
        metavar="PYTHON",
        help="in this interpreter: 3.12, 3.12.1, pypy3.11, a path or a virtual environment; "
        "sub:3.14 is a sub-interpreter of it; repeatable",
    )
    parser.add_argument(
        "--no-install", action="store_true", help="install nothing for an interpreter that lacks what is needed"
    )
