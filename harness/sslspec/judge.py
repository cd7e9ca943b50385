"""From how an execution ended to its verdict, and from the verdict to what pytest is told.

The verdict is what happened; whether that is worth attention depends on the baseline alone. pytest counts an expected
verdict as passed, skipped or xfailed, and an unexpected one as failed, so that its summary and
exit status are right.
"""

from __future__ import annotations

import ast
import contextlib
import re
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sslspec import layout
from sslspec.baseline import Expectation
from sslspec.bench import outcomes
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable, Unsupported
from sslspec.limits import Hung
from sslspec.verdicts import Verdict


class Leaked(Exception):
    """The implementation raised what ends programs; the cause says what."""


_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")  # where an object lies differs from run to run
# Bytes that are no text are keys, randoms and signatures for the most part, once they are longer than a header.
_BYTES = re.compile(r"""\bb(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")""")
_FIRST_DIFFERENCE = re.compile(r"(?m)^ *At index \d+ diff: .*\n?")
_LONGEST_LITERAL = 11
_PACKAGE = Path(__file__).resolve().parent


@dataclass
class Judgement:
    """What happened, and what is to be known of it: message, came (an exception's identity), traceback, crash."""

    verdict: Verdict = Verdict.PASSED
    detail: dict[str, Any] = field(default_factory=dict)


def of_exit(leaving: Inapplicable | Unsupported) -> Judgement:
    """The judgement on a scenario that has nothing to say, or nobody to say it to."""
    verdict = Verdict.INAPPLICABLE if isinstance(leaving, Inapplicable) else Verdict.UNSUPPORTED
    return Judgement(verdict, {"message": str(leaving)})


def of_call(excinfo: pytest.ExceptionInfo[BaseException] | None, journal: Journal | None) -> Judgement:
    """The judgement on an execution that ended so, in its setup or in its body."""
    if excinfo is None:
        return Judgement()
    exception = excinfo.value
    impl = journal.impl if journal else None
    if isinstance(exception, (Inapplicable, Unsupported)):
        return of_exit(exception)
    if isinstance(exception, pytest.skip.Exception):
        return Judgement(Verdict.INAPPLICABLE, {"message": str(exception)})
    if isinstance(exception, NotImplementedError) or (journal is not None and _said_no(exception, journal)):
        return Judgement(Verdict.UNSUPPORTED, _detail(excinfo, impl))
    if isinstance(exception, Hung):
        return Judgement(Verdict.HUNG, _detail(excinfo, impl))
    return Judgement(Verdict.FAILED, _detail(excinfo, impl))


def of_setup(excinfo: pytest.ExceptionInfo[BaseException] | None, journal: Journal | None) -> Judgement:
    """As `of_call`; but what fails before the scenario has begun is the harness's own fault."""
    judgement = of_call(excinfo, journal)
    if judgement.verdict is Verdict.FAILED:
        judgement.verdict = Verdict.ERROR
    return judgement


def is_unexpected(judgement: Judgement, expectation: Expectation) -> bool:
    """Whether somebody should look: another verdict than the baseline allows, or the same for another cause."""
    return not expectation.accepts(judgement.verdict, str(judgement.detail.get("message", "")))


def tell_pytest(report: pytest.TestReport, judgement: Judgement, expectation: Expectation) -> None:
    """Make `report` say to pytest what the verdict means against the expectation."""
    verdict = judgement.verdict
    if is_unexpected(judgement, expectation):
        if report.outcome != "failed":
            report.outcome = "failed"
            report.longrepr = _surprise(judgement, expectation)
    elif verdict is Verdict.PASSED:
        report.outcome = "passed"
    else:
        report.outcome = "skipped"
        if verdict is not Verdict.INAPPLICABLE:
            report.wasxfail = f"{verdict.value}: {expectation.reason}"
        report.longrepr = (str(report.nodeid), 0, str(judgement.detail.get("message", verdict.value)))


def _surprise(judgement: Judgement, expectation: Expectation) -> str:
    allowed = " or ".join(sorted(verdict.value for verdict in expectation.verdicts))
    if judgement.verdict is Verdict.PASSED:
        return f"passed, but the baseline expects {allowed} ({expectation.reason}): take the entry out, or narrow it"
    message = judgement.detail.get("message", "")
    return f"{judgement.verdict.value}: {message}" + (f"; the baseline expects {allowed}" if expectation.reason else "")


def _said_no(exception: BaseException, journal: Journal) -> bool:
    """Whether an assertion failed because the implementation raised NotImplementedError into the scenario's hands."""
    cause = exception.__cause__ or exception.__context__
    return journal.not_implemented and isinstance(cause, NotImplementedError)


def _detail(excinfo: pytest.ExceptionInfo[BaseException], impl: ModuleType | None) -> dict[str, Any]:
    exception = excinfo.value
    cause = (exception.__cause__ or exception) if isinstance(exception, Leaked) else exception
    return {
        "message": repeatable(f"{type(exception).__name__}: {exception}")[:2000],
        "came": outcomes.of_exception(cause, impl),
        "traceback": own_frames(exception),
    }


def repeatable(message: str) -> str:
    """A message without what differs from run to run: addresses, and bytes that are neither short nor text."""
    text = _ADDRESS.sub("0x...", message)
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


def own_frames(exception: BaseException) -> list[str]:
    """The frames of suites and harness, ``file:line in function``; never a line or a path of an implementation."""
    roots = (layout.suites().resolve(), _PACKAGE)
    found = []
    for frame in traceback.extract_tb(exception.__traceback__):
        path = Path(frame.filename)
        for root in roots:
            if path.is_relative_to(root):
                found.append(f"{path.relative_to(root.parent).as_posix()}:{frame.lineno} in {frame.name}")
                break
    return found
