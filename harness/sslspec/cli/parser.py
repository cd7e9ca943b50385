"""How command lines are read here: a parser that leaves with sslspec's exit codes, and kinds of values.

Which options there are is said where they are used.
"""

from __future__ import annotations

import argparse
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from typing import NoReturn, TypeVar

from sslspec.ci import runner
from sslspec.exitcodes import ExitCode

_CHOICE = re.compile(r"invalid choice: '(.*)' \(choose from (.*)\)")
_Number = TypeVar("_Number", int, float)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong, and what was meant; argparse leaves with 2, which says "interrupted" here.

    argparse has suggestions of its own since Python 3.14, for commands and other choices but not for options.
    """

    def error(self, message: str) -> NoReturn:
        """Leave with ExitCode.USAGE."""
        wrong = _CHOICE.search(message)
        if wrong and "maybe you meant" not in message:
            message += _meant(wrong[1], re.findall(r"[\w.-]+", wrong[2]))
        self.exit(ExitCode.USAGE, runner.harmless_here(f"{self.prog}: {message} (--help tells more)\n"))

    def refuse(self, arguments: Sequence[str]) -> NoReturn:
        """Leave because of what nothing here takes."""
        option = next((word.partition("=")[0] for word in arguments if word.startswith("-")), "")
        self.error(f"unrecognized arguments: {shlex.join(arguments)}{_meant(option, self._option_string_actions)}")


def _meant(wrong: str, known: Iterable[str]) -> str:
    import difflib  # only a mistyped word needs it

    near = difflib.get_close_matches(wrong, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


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
