"""``sslspec repro``: a script that repeats one scenario without sslspec."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sslspec.cli.common import command, fail
from sslspec.exitcodes import ExitCode

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    repro = command(commands, "repro", answer, "print a script that repeats one scenario without sslspec")
    repro.add_argument("id", metavar="ID", help="with its variant, as a run prints it")
    repro.add_argument("implementation", nargs="?", default="ssl", metavar="IMPL", help="default: ssl")
    repro.add_argument("--peer", default="stdlib", metavar="PEER", help="stdlib (default), self or a module")
    repro.add_argument("--run", action="store_true", help="run it instead: exit code 0 passed, 1 failed")


def answer(arguments: argparse.Namespace) -> int:
    """Print the script, or run it."""
    from sslspec import repro
    from sslspec.scenarios import listing

    try:
        text = repro.script(arguments.id, arguments.implementation, arguments.peer)
    except (listing.UnknownScenario, repro.ReproError) as problem:
        return fail(str(problem))
    if arguments.run:
        return repro.run(text)
    sys.stdout.write(text)
    return ExitCode.AS_EXPECTED
