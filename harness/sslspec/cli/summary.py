"""``sslspec summary``: the closing report of a result file, for a terminal, as Markdown, or for GitHub Actions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.ci import runner
from sslspec.cli.common import command, fail, say
from sslspec.cli.run import count
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    summary = command(commands, "summary", answer, "the closing report of a result file")
    summary.add_argument("results", type=Path, metavar="RESULTS", help="the result file of a run")
    summary.add_argument(
        "--format",
        choices=("text", "markdown", "github"),
        default="text",
        help="github: annotations on stdout, and Markdown into the summary of the job",
    )
    summary.add_argument("--slowest", type=count, default=0, metavar="N", help="name the N slowest")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Go through the file once, and show it; whatever stands in it is no failure of this command."""
    from sslspec.ci import github, markdown
    from sslspec.console import summary
    from sslspec.results.digest import Digest
    from sslspec.results.record import RecordError, open_record
    from sslspec.results.ways import ways_of

    digest = Digest(arguments.slowest)
    try:
        with open_record(arguments.results) as reader:
            for result in reader:
                digest.add(result)
    except RecordError as problem:
        return fail(str(problem))
    look = style.style_for(sys.stdout, arguments.color)
    if arguments.format == "text":
        seconds = reader.header.volatile.get("seconds")
        took = float(seconds) if isinstance(seconds, (int, float)) else 0.0
        say(summary.told(digest, look, complete=reader.complete, seconds=took), look)
        return ExitCode.AS_EXPECTED
    ways = ways_of(reader.header)
    report = markdown.report(digest, results=str(arguments.results), ways=ways, complete=reader.complete)
    if arguments.format == "markdown":
        say(report.rstrip("\n"), look)
        return ExitCode.AS_EXPECTED
    runner.tell(sys.stdout, github.errors(digest, ways))
    try:
        github.append_summary(report)
    except OSError as problem:
        return fail(f"the summary of the job cannot be written ({problem.strerror})")
    return ExitCode.AS_EXPECTED
