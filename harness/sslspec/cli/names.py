"""``sslspec names``: what a module has of ssl, name by name."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say, say_data
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    names = command(commands, "names", answer, "what a module has of ssl, name by name")
    names.add_argument("implementation", nargs="?", default="refssl", metavar="IMPL", help="default: refssl")
    names.add_argument(
        "--against", default="ssl", metavar="IMPL", help="ssl (default), a module, 3.15 as recorded, or a .json file"
    )
    names.add_argument(
        "--format",
        choices=("pretty", "markdown", "json", "record"),
        default="pretty",
        help="record: what the module has, for --against FILE",
    )
    names.add_argument("-v", "--verbose", action="count", default=0, help="differences that have a reason, too")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Compare the names of a module with another's."""
    from sslspec.names import answering

    look = style.style_for(sys.stdout, arguments.color)
    try:
        told, well = answering.answer(
            arguments.implementation, arguments.against, arguments.format, look, arguments.verbose
        )
    except answering.CannotAnswer as problem:
        return fail(str(problem), ExitCode.NOT_LOADED if problem.of_implementation else ExitCode.USAGE)
    (say_data if arguments.format in ("json", "record") else say)(told, look)
    return ExitCode.AS_EXPECTED if well else ExitCode.UNEXPECTED
