"""``sslspec compare``: what is different between two records."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    compare = command(commands, "compare", answer, "what is different between two result files, regressions first")
    compare.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="result files: before and after; or one of two implementations",
    )
    compare.add_argument("-v", "--verbose", action="count", default=0, help="show what is different in full")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Compare two files, or the two implementations of one."""
    from sslspec import compare, record

    if len(arguments.files) > 2:
        return fail("compare takes one or two result files")
    try:
        records = [record.read(path) for path in arguments.files]
        comparison = compare.compare(*records) if len(records) == 2 else compare.within(records[0])
    except record.RecordError as problem:
        return fail(str(problem))
    look = style.style_for(sys.stdout, arguments.color)
    say(compare.text(comparison, look, verbose=arguments.verbose > 0), look)
    return ExitCode.UNEXPECTED if comparison.regressions else ExitCode.AS_EXPECTED
