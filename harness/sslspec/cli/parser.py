"""How command lines are read here: a parser that leaves with sslspec's exit codes, and kinds of values.

Which options there are is said where they are used.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import NoReturn, TypeVar

from sslspec.exitcodes import ExitCode

_Number = TypeVar("_Number", int, float)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong; argparse leaves with 2, which says "interrupted" here."""

    def error(self, message: str) -> NoReturn:
        """Leave with ExitCode.USAGE."""
        from sslspec.ci import github

        self.exit(ExitCode.USAGE, github.harmless_here(f"{self.prog}: {message} (--help tells more)\n"))


def positive(kind: type[_Number]) -> Callable[[str], _Number]:
    """For the `type` of an option: a number above 0."""

    def read(text: str) -> _Number:
        try:
            number = kind(text)
        except ValueError:
            number = kind(0)
        if not 0 < number < 10**6:
            raise argparse.ArgumentTypeError(f"{text!r} is no number above 0 and below a million")
        return number

    return read
