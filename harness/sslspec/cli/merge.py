"""``sslspec merge``: several result files made one."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say
from sslspec.exitcodes import ExitCode
from sslspec.style import plural

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    merge = command(
        commands, "merge", answer, "make one result file of several: shards of a run, columns of several runs"
    )
    merge.add_argument("files", nargs="+", type=Path, metavar="FILE", help="result files")
    merge.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="where the result goes")
    merge.add_argument(
        "--allow-mixed-suites",
        action="store_true",
        help="take results of several versions of the suite, or of different selections",
    )


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Merge; the exit code says whether the result is complete."""
    from sslspec.results import record
    from sslspec.shards import merge

    try:
        merged = merge.merge(arguments.files, arguments.output, allow_mixed=arguments.allow_mixed_suites)
    except record.RecordError as problem:
        return fail(str(problem))
    for warning in merged.warnings:
        fail(warning)
    look = style.style_for(sys.stdout, arguments.color)
    told = f"{plural(merged.results, 'result')} of {', '.join(merged.columns)} in {arguments.output}"
    say(told if merged.complete else f"{told}: {look.paint('incomplete', 'yellow')}", look)
    return ExitCode.AS_EXPECTED if merged.complete else ExitCode.INCOMPLETE
