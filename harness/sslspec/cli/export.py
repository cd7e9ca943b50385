"""``sslspec export``: a result file in formats that other programs read."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec.cli.common import command, fail
from sslspec.exitcodes import ExitCode
from sslspec.files import is_no_file

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    export = command(commands, "export", answer, "write a result file in formats that CI systems read")
    export.add_argument("results", type=Path, metavar="RESULTS", help="the result file of a run")
    export.add_argument("--junit", type=Path, metavar="FILE", help="JUnit XML")
    export.add_argument("--ctrf", type=Path, metavar="FILE", help="the Common Test Report Format, JSON")


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Write what was asked for."""
    if arguments.junit is None and arguments.ctrf is None:
        return fail("export needs --junit FILE or --ctrf FILE")
    if problem := clash(arguments.results, *filter(None, (arguments.junit, arguments.ctrf))):
        return fail(problem)
    done = exported(arguments.results, junit=arguments.junit, ctrf=arguments.ctrf)
    return ExitCode.AS_EXPECTED if done else ExitCode.USAGE


def clash(results: Path, *exports: Path) -> str:
    """What is wrong with writing `exports` beside `results`, in one line; or ""."""
    if exports and is_no_file(results):
        return f"{results}: is no file, and what is exported is read from the result file: -o takes the name of one"
    places = [os.path.realpath(path) for path in (results, *exports)]
    twice = next(
        (path for path, place in zip((results, *exports), places, strict=True) if places.count(place) > 1), None
    )
    return f"{twice}: is asked for twice: the results and each export need a file of their own" if twice else ""


def exported(results: Path, *, junit: Path | None, ctrf: Path | None) -> bool:
    """Write what is wanted; where one cannot be written, say so in a line, and False.

    Each format goes through the file by itself, JUnit, whose counts stand before its cases, twice: a result is never in
    memory longer than it takes to write it, whatever the file holds, and each export is whole or as it was before.
    """
    from sslspec.ci import ctrf as as_ctrf
    from sslspec.ci import junit as as_junit
    from sslspec.results.record import RecordError

    try:
        for export, target in ((as_junit.export, junit), (as_ctrf.export, ctrf)):
            if target is not None:
                wanted = target
                export(results, target)
    except RecordError as problem:
        fail(str(problem))
        return False
    except OSError as problem:
        fail(f"{wanted}: cannot be written ({problem.strerror})")
        return False
    return True
