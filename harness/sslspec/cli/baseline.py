"""``sslspec baseline``: write an implementation's baseline down, and see what is to be done to it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import command, fail, say
from sslspec.cli.run import DEFAULT_OUTPUT
from sslspec.exitcodes import ExitCode
from sslspec.files import replacing
from sslspec.style import plural

if TYPE_CHECKING:
    from sslspec.cli.common import Commands

_MOST = 0.9  # of the suite's scenarios: what a run may lack that was asked for no part


def add(commands: Commands) -> None:
    """Register the command and what it can do."""
    baseline = command(
        commands, "baseline", answer, "what an implementation is known not to do: write it down, check and change it"
    )
    parts: Commands = baseline.add_subparsers(dest="part", required=True, metavar="COMMAND")
    init = command(parts, "init", _guarded(_init), "write down all that is unexpected in a record")
    init.add_argument("file", type=Path, metavar="FILE", help="the baseline, which must not be there yet")
    _add_record(init)
    init.add_argument("--implementation", metavar="NAME", help="of several in the record")
    init.add_argument("--inherits", default="", metavar="NAME", help="a baseline that comes with sslspec: ssl")
    check = command(parts, "check", _guarded(_check), "name the entries that are not reviewed, expired, idle or stale")
    check.add_argument("file", type=Path, metavar="FILE", help="the baseline")
    check.add_argument("-r", "--results", type=Path, metavar="RECORD", help="hold the entries against these results")
    update = command(parts, "update", _guarded(_update), "take stale entries out, and write new failures down")
    update.add_argument("file", type=Path, metavar="FILE", help="the baseline")
    _add_record(update)
    only = update.add_mutually_exclusive_group()
    only.add_argument("--prune", action="store_true", help="only take out what is no longer true")
    only.add_argument("--add", action="store_true", help="only add what is unexpected, and raise the suite reviewed")


def answer(arguments: argparse.Namespace) -> int:
    """Nothing by itself: the parser asks for one of its parts."""
    raise NotImplementedError


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-r",
        "--results",
        type=Path,
        default=Path(DEFAULT_OUTPUT),
        metavar="RECORD",
        help=f"the result file of a run; default: {DEFAULT_OUTPUT}",
    )


def _guarded(do: Callable[[argparse.Namespace], ExitCode]) -> Callable[[argparse.Namespace], ExitCode]:
    """Say in one line what is wrong with a file."""

    def guarded(arguments: argparse.Namespace) -> ExitCode:
        from sslspec.baseline import BaselineError
        from sslspec.results.record import RecordError

        try:
            return do(arguments)
        except (BaselineError, RecordError) as problem:
            return fail(str(problem))
        except OSError as problem:
            return fail(f"{arguments.file}: cannot be written ({problem.strerror})")

    return guarded


def _init(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.baseline.starting import MODEL, start
    from sslspec.results.record import open_record
    from sslspec.scenarios import listing

    if arguments.file.exists():
        return fail(f"{arguments.file}: is there already; `sslspec baseline update` changes it")
    if arguments.results == Path(DEFAULT_OUTPUT) and not arguments.results.exists():
        return fail(f"{arguments.results}: is not there; `sslspec run` writes it, and -r names another result file")
    with open_record(arguments.results) as reader:
        made = start(reader, arguments.implementation, arguments.inherits)
    with arguments.file.open("x", encoding="utf-8", newline="\n") as file:
        file.write(made.text)
    if made.errors:
        fail(
            f"{plural(made.errors, 'result')} with verdict error, the suite's own fault, are left out; please report it"
        )
    if made.not_run:
        fail(f"{plural(made.not_run, 'scenario')} not run, as the baseline of that run says, and not in this one")
    told = plural(made.entries, "entry")
    told += f" and {plural(made.features, 'unsupported feature')}" if made.features else ""
    say(
        f"{arguments.file}: {told}; put a reason where it says UNREVIEWED", style.style_for(sys.stdout, arguments.color)
    )
    every = len(listing.scenarios())
    if made.scenarios < every * _MOST:
        fail(f"these results are of {made.scenarios} of the suite's {every} scenarios; a run of all may find more")
    if made.of_model:
        fail(
            f"the baseline of {MODEL}, which comes with sslspec, knows {made.of_model} of these results:"
            f" for a library made on the standard library's {MODEL}, --inherits {MODEL} leaves them out of the file"
        )
    return ExitCode.AS_EXPECTED


def _check(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.baseline.checking import check
    from sslspec.results.record import open_record
    from sslspec.scenarios import listing

    names = [scenario.id for scenario in listing.scenarios()]
    if arguments.results is None:
        found = check(arguments.file, names)
    else:
        with open_record(arguments.results) as reader:
            found = check(arguments.file, names, reader)
    look = style.style_for(sys.stdout, arguments.color)
    count = plural(len(found), "thing") + " to do" if found else "nothing to do"
    say("\n".join([*found, f"{arguments.file}: {count}"]), look)
    return ExitCode.UNEXPECTED if found else ExitCode.AS_EXPECTED


def _update(arguments: argparse.Namespace) -> ExitCode:
    from sslspec.baseline.updating import update
    from sslspec.scenarios import listing

    names = [scenario.id for scenario in listing.scenarios()]
    made = update(arguments.file, arguments.results, names, prune=not arguments.add, add=not arguments.prune)
    if made.errors:
        fail(
            f"{plural(made.errors, 'result')} with verdict error, the suite's own fault, are left out; please report it"
        )
    if made.done:
        with replacing(arguments.file) as file:
            file.write(made.text.encode())
    look = style.style_for(sys.stdout, arguments.color)
    say(
        "\n".join([*made.done, f"{arguments.file}: {plural(len(made.done), 'change') if made.done else 'no change'}"]),
        look,
    )
    return ExitCode.AS_EXPECTED
