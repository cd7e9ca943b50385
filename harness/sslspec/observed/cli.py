"""The command line of whoever maintains the observations. No part of the work is done here."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from sslspec import layout, style
from sslspec.cli.common import fail, say
from sslspec.cli.parser import Parser
from sslspec.exitcodes import ExitCode
from sslspec.files import write_lines
from sslspec.observed import checking, pages, store
from sslspec.observed.reasons import ReasonError
from sslspec.observed.store import Observation
from sslspec.results import record
from sslspec.results.record import RecordError
from sslspec.shards import cutting


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code."""
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.answer(arguments))
    except (RecordError, ReasonError) as problem:
        return fail(str(problem))


def _parser() -> Parser:
    parser = Parser(prog="python -m sslspec.observed", description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    add = commands.add_parser("record", help="keep what the columns of result files were seen to do")
    add.add_argument("files", nargs="+", type=Path, metavar="FILE")
    add.set_defaults(answer=_record)
    check = commands.add_parser("check", help="hold a run against what was recorded on the same Python and OpenSSL")
    check.add_argument("file", type=Path, metavar="FILE")
    check.add_argument("--color", choices=style.CHOICES, default="auto")
    check.set_defaults(answer=_check)
    page = commands.add_parser("pages", help="write docs/behaviour-changes.md")
    page.add_argument("folder", type=Path, metavar="FOLDER")
    page.set_defaults(answer=_pages)
    return parser


def _record(arguments: argparse.Namespace) -> ExitCode:
    """What is there stays, but for the scenarios and columns that the files hold."""
    every = {one.file_name: one for one in map(store.load, store.files())}
    for one in _observed(arguments.files):
        earlier = every.get(one.file_name)
        if earlier is not None:
            one.executions = {**earlier.executions, **one.executions}
        every[one.file_name] = one
    there = store.scenarios()
    for one in every.values():
        one.executions = {name: found for name, found in sorted(one.executions.items()) if name in there}
    layout.observed().mkdir(parents=True, exist_ok=True)
    for path in store.save(layout.observed(), every.values()):
        say(f"{path.stat().st_size:>9,}  {path.name}", style.style_for(sys.stdout))
    return ExitCode.AS_EXPECTED


def _observed(paths: Iterable[Path]) -> Iterable[Observation]:
    for path in paths:
        with record.open_record(path) as reader:
            cutting.refuse_parts(path, reader.header)
            columns = list(reader.header.implementations)
        for column in columns:
            with record.open_record(path) as reader:
                found = store.observe(reader.header, reader, column)
            if not reader.complete:
                raise RecordError(f"{path}: the run did not come to its end: what had not its turn was not observed")
            yield found


def _check(arguments: argparse.Namespace) -> ExitCode:
    look = style.style_for(sys.stdout, arguments.color)
    found = checking.check(arguments.file, look)
    say("\n".join(found.lines), look)
    return ExitCode.AS_EXPECTED if found.same else ExitCode.UNEXPECTED


def _pages(arguments: argparse.Namespace) -> ExitCode:
    path = arguments.folder / pages.NAME
    text, missing = pages.page()
    try:
        write_lines(path, text.splitlines())
    except OSError as problem:
        return fail(f"{path}: cannot be written ({problem.strerror})")
    for line in missing:
        fail(line)
    return ExitCode.UNEXPECTED if missing else ExitCode.AS_EXPECTED
