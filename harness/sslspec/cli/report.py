"""``sslspec report``: result files in, a folder of static pages out."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands

DEFAULT = "sslspec-site"


def add(commands: Commands) -> None:
    """Register the command and its options."""
    report = command(
        commands, "report", answer, "a static site of result files: matrix, scenarios, comparisons, badges"
    )
    report.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="result files, of one run or of several; NAME=FILE gives a run a name, where the same was run twice",
    )
    report.add_argument(
        "-o", "--output", type=Path, default=Path(DEFAULT), metavar="FOLDER", help=f"default: {DEFAULT}"
    )
    report.add_argument(
        "--reference",
        metavar="COLUMN",
        help="with which behaviour is compared; default: the standard library's ssl on the newest CPython",
    )


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Make the site, and say where it is and how large."""
    from sslspec.report import site
    from sslspec.results.record import RecordError

    try:
        labels, paths = zip(*map(_labelled, arguments.files), strict=True)
        made = site.write(arguments.output, paths, labels=labels, reference=arguments.reference)
    except RecordError as problem:
        return fail(str(problem))
    counts = [
        style.plural(made.columns, "column"),
        style.plural(made.scenarios, "scenario"),
        style.plural(made.results, "result"),
    ]
    size = f"{style.plural(made.files, 'file')}, {made.size / 1_000_000:.1f} MB"
    say(f"{arguments.output / 'index.html'}: {', '.join(counts)}; {size}", style.style_for(sys.stdout, arguments.color))
    return ExitCode.AS_EXPECTED


def _labelled(text: str) -> tuple[str, Path]:
    """The name of a run, or "", and its file; a file that has the sign in its own name is taken as it is."""
    label, equals, path = text.partition("=")
    if equals and re.fullmatch(r"[\w.-]+", label) and not Path(text).exists():
        return label, Path(path)
    return "", Path(text)
