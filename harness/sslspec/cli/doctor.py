"""``sslspec doctor``: whether implementations load, what they say of themselves, and a first handshake."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from sslspec import style
from sslspec.cli.common import add_python, command, fail, say
from sslspec.exitcodes import ExitCode
from sslspec.implementations import loading

if TYPE_CHECKING:
    from sslspec.cli.common import Commands


def add(commands: Commands) -> None:
    """Register the command and its options."""
    doctor = command(commands, "doctor", answer, "versions, features and a first handshake of implementations")
    doctor.add_argument("implementations", nargs="*", metavar="IMPL", help="default: ssl and refssl")
    add_python(doctor)


def answer(arguments: argparse.Namespace) -> ExitCode:
    """Examine implementations."""
    from sslspec.doctor import diagnosis
    from sslspec.pythons.interpreters import InterpreterError

    look = style.style_for(sys.stdout, arguments.color)
    wanted = arguments.implementations or loading.DEFAULT
    try:
        told, well = diagnosis.report(wanted, look, arguments.python, fail, install=not arguments.no_install)
    except InterpreterError as problem:
        return fail(str(problem))
    say(told, look)
    return ExitCode.AS_EXPECTED if well else ExitCode.NOT_LOADED
