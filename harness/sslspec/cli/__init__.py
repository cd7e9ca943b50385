"""The command line: a module for each command, which registers it (`add`) and does it.

No part of the work is done here: a command says what may be said, and which part of sslspec answers.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from sslspec import __version__
from sslspec.cli import baseline, compare, doctor, explain, export, merge, names, report, repro, run, scenarios, summary
from sslspec.cli.common import EXIT_CODES, fail
from sslspec.cli.parser import Parser
from sslspec.exitcodes import ExitCode

_COMMANDS = (run, summary, baseline, compare, explain, merge, export, report, doctor, scenarios, names, repro)


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code."""
    given = list(sys.argv[1:] if argv is None else argv)
    ours, theirs = (given[: given.index("--")], given[given.index("--") + 1 :]) if "--" in given else (given, [])
    arguments, unknown = _parser().parse_known_args(ours)
    if unknown:
        arguments.parser.refuse(unknown)
    arguments.pytest_args = theirs
    arguments.argv = given
    try:
        return int(arguments.answer(arguments))
    except KeyboardInterrupt:
        return fail("interrupted", ExitCode.INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output has seen enough (sslspec list | head).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.AS_EXPECTED


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog="sslspec",
        description="An executable specification of Python's ssl surface.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"sslspec {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in _COMMANDS:
        module.add(commands)
    return parser
