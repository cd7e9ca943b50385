"""From the exception with which an execution ended to its verdict, and to what a record says of it.

Standard library only, and nothing of pytest: agents carry this module. What pytest is told of it stands
in ``plugin.judge``.
"""

from __future__ import annotations

import ast
import contextlib
import re
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sslspec.bench import outcomes
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable, Unsupported
from sslspec.verdicts import Verdict
from sslspec.verdicts.limits import Hung


class Leaked(Exception):
    """The implementation raised what ends programs; the cause says what."""


# What ends programs, and is no way for an implementation to fail.
LEAKS = (KeyboardInterrupt, SystemExit, GeneratorExit)
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")  # where an object lies differs from run to run
_END_OF_AN_ADDRESS = re.compile(r"(?<=\.\.\.)[0-9a-fx]{6,}(?=>)")  # what pytest leaves of it in a repr that is too long
# Bytes that are no text are keys, randoms and signatures for the most part, once they are longer than a header.
_BYTES = re.compile(r"""\bb(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")
_FIRST_DIFFERENCE = re.compile(r"(?m)^ *At index \d+ diff: .*\n?")
_LONGEST_LITERAL = 11
# Who merely calls a scenario and makes its fixtures: here, and in an agent.
_CALLERS = ("sslspec/plugin/execution.py", "sslspec/plugin/fixtures.py", "sslspec/carried/")


@dataclass
class Judgement:
    """What happened, and what is to be known of it: message, came (an exception's identity), traceback, crash."""

    verdict: Verdict = Verdict.PASSED
    detail: dict[str, Any] = field(default_factory=dict)


Place = Callable[[str], "str | None"]


def of_exit(leaving: Inapplicable | Unsupported) -> Judgement:
    """The judgement on a scenario that has nothing to say, or nobody to say it to."""
    verdict = Verdict.INAPPLICABLE if isinstance(leaving, Inapplicable) else Verdict.UNSUPPORTED
    return Judgement(verdict, {"message": str(leaving)})


def of_exception(
    exception: BaseException, journal: Journal | None, *, skipped: type[BaseException], place: Place
) -> Judgement:
    """The judgement on an execution that ended with this, in its setup or in its body.

    skipped: what ``skip()`` raises. place: the name in records of a file that is ours, None for any other.
    """
    if isinstance(exception, (Inapplicable, Unsupported)):
        return of_exit(exception)
    if isinstance(exception, skipped):
        return Judgement(Verdict.INAPPLICABLE, {"message": str(exception)})
    detail = _detail(exception, journal.impl if journal else None, place)
    if isinstance(exception, NotImplementedError) or (journal is not None and _said_no(exception, journal)):
        return Judgement(Verdict.UNSUPPORTED, detail)
    return Judgement(Verdict.HUNG if isinstance(exception, Hung) else Verdict.FAILED, detail)


def before_it_began(judgement: Judgement) -> Judgement:
    """The same judgement on a setup or a teardown: what fails there is the harness's own fault."""
    if judgement.verdict is Verdict.FAILED:
        judgement.verdict = Verdict.ERROR
    return judgement


def _said_no(exception: BaseException, journal: Journal) -> bool:
    """Whether an assertion failed because the implementation raised NotImplementedError into the scenario's hands."""
    cause = exception.__cause__ or exception.__context__
    return journal.not_implemented and isinstance(cause, NotImplementedError)


def _detail(exception: BaseException, impl: Any, place: Place) -> dict[str, Any]:
    cause = (exception.__cause__ or exception) if isinstance(exception, Leaked) else exception
    return {
        "message": repeatable(f"{type(exception).__name__}: {exception}")[:2000],
        "came": outcomes.of_exception(cause, impl),
        "traceback": own_frames(exception, place),
    }


def repeatable(message: str) -> str:
    """A message without what differs from run to run: addresses, and bytes that are neither short nor text."""
    text = _END_OF_AN_ADDRESS.sub("", _ADDRESS.sub("0x...", message))
    shaped = _BYTES.sub(_shape, text)
    return text if shaped == text else _FIRST_DIFFERENCE.sub("", shaped)


def _shape(literal: re.Match[str]) -> str:
    text = literal[0]
    if "\\x" not in text:
        return text
    if "..." in text:  # pytest has shortened it, where its escapes may have been
        return "<bytes>"
    with contextlib.suppress(SyntaxError, ValueError):  # it may only have looked like a literal
        count = len(ast.literal_eval(text))
        return text if count <= _LONGEST_LITERAL else f"<{count} bytes>"
    return text


def own_frames(exception: BaseException, place: Place) -> list[str]:
    """The frames of suites and bench, ``file:line in function``; never a line or a path of an implementation."""
    found = []
    for frame in traceback.extract_tb(exception.__traceback__):
        name = place(frame.filename)
        if name is not None and not name.startswith(_CALLERS):
            found.append(f"{name}:{frame.lineno} in {frame.name}")
    return found
