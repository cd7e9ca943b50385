"""``sslspec compare``: what is different between two records, or two columns of one."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.ci import runner
from sslspec.cli.common import command, fail
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands
    from sslspec.compare import Comparison


def add(commands: Commands) -> None:
    """Register the command and its options."""
    compare = command(commands, "compare", answer, "what is different between two result files, regressions first")
    compare.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="result files: before and after; or one of two columns",
    )
    compare.add_argument(
        "--columns", nargs=2, metavar=("A", "B"), help="which columns: of the one file, or of the first and the second"
    )
    compare.add_argument("--format", choices=("text", "markdown", "json"), default="text", help="default: text")
    compare.add_argument(
        "--fail-on",
        choices=("regression", "any", "never"),
        default="regression",
        help="what makes the exit code 1; default: regression",
    )
    compare.add_argument("-v", "--verbose", action="count", default=0, help="show what is different in full")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Compare two files, or two columns of one."""
    from sslspec import compare
    from sslspec.compare import rendering
    from sslspec.results import record

    if len(arguments.files) > 2:
        return fail("compare takes one or two result files")
    chosen = tuple(arguments.columns) if arguments.columns else None
    most = None if arguments.verbose or arguments.format == "json" else rendering.MOST
    try:
        with record.open_record(arguments.files[0]) as first:
            if len(arguments.files) == 1:
                found = compare.within(first, chosen, most)
            else:
                with record.open_record(arguments.files[1]) as second:
                    found = compare.compare(first, second, chosen, most)
    except record.RecordError as problem:
        return fail(str(problem))
    look = style.style_for(sys.stdout, arguments.color)
    safe = runner.harmless_json if arguments.format == "json" else runner.harmless
    for piece in _pieces(found, arguments, look):
        sys.stdout.write(look.plain(safe(piece) if runner.is_here() else piece))
    sys.stdout.flush()
    wrong = {"regression": bool(found.regressions), "any": found.differs, "never": False}[arguments.fail_on]
    return ExitCode.UNEXPECTED if wrong else ExitCode.AS_EXPECTED


def _pieces(found: Comparison, arguments: argparse.Namespace, look: style.Style) -> Iterable[str]:
    from sslspec.compare import as_json, markdown, rendering

    if arguments.format == "json":
        return as_json.pieces(found)
    verbose = arguments.verbose > 0
    if arguments.format == "markdown":
        return (f"{line}\n" for line in markdown.lines(found, verbose=verbose))
    return (f"{line}\n" for line in rendering.lines(found, look, verbose=verbose))
