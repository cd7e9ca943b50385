"""``sslspec repro``: a script that repeats one scenario without sslspec."""

from __future__ import annotations

import argparse
import contextlib
import sys
from typing import TYPE_CHECKING

from sslspec.ci import runner
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
    repro.add_argument("--python", metavar="PYTHON", help="run it in this interpreter: 3.12, pypy3.11 or a path")
    repro.add_argument("--no-install", action="store_true", help="install nothing for that interpreter")


def answer(arguments: argparse.Namespace) -> int:
    """Print the script, or run it."""
    from sslspec import repro
    from sslspec.pythons.environments import NotPrepared
    from sslspec.pythons.interpreters import InterpreterError
    from sslspec.scenarios import listing

    if arguments.python and not arguments.run:
        return fail("--python says where --run runs the script; what is printed is the same for every Python")
    try:
        text = repro.script(arguments.id, arguments.implementation, arguments.peer)
        if not arguments.run:
            sys.stdout.write(text)
            return ExitCode.AS_EXPECTED
        with runner.unheard(sys.stdout) if runner.is_here() else contextlib.nullcontext():
            return repro.run(text, arguments.python or "", fail, install=not arguments.no_install)
    except (listing.UnknownScenario, repro.ReproError, InterpreterError) as problem:
        return fail(str(problem))
    except NotPrepared as problem:
        return fail(str(problem), ExitCode.NOT_LOADED)
