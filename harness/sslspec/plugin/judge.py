"""From how an execution ended to its verdict, and from the verdict to what pytest is told.

The verdict is what happened; whether that is worth attention depends on the baseline alone. pytest counts an expected
verdict as passed, skipped or xfailed, and an unexpected one as failed, so that its summary and
exit status are right.
"""

from __future__ import annotations

import functools
from pathlib import Path

import pytest

from sslspec import layout
from sslspec.baseline import Expectation
from sslspec.bench.endpoints import Journal
from sslspec.verdicts import Verdict, ending
from sslspec.verdicts.ending import Judgement

_UNCAUGHT = (pytest.PytestUnraisableExceptionWarning, pytest.PytestUnhandledThreadExceptionWarning)
# As it lies there, and as it was imported: other interpreters find it behind a link.
_PACKAGES = (Path(__file__).resolve().parents[1], Path(__file__).parents[1])


def of_call(excinfo: pytest.ExceptionInfo[BaseException] | None, journal: Journal | None) -> Judgement:
    """The judgement on an execution that ended so, in its setup or in its body."""
    if excinfo is None:
        return Judgement()
    return ending.of_exception(excinfo.value, journal, skipped=pytest.skip.Exception, place=place)


def of_setup(excinfo: pytest.ExceptionInfo[BaseException] | None, journal: Journal | None) -> Judgement:
    """As `of_call`; but what fails before the scenario has begun is the harness's own fault."""
    return ending.before_it_began(of_call(excinfo, journal))


def of_teardown(
    judgement: Judgement, excinfo: pytest.ExceptionInfo[BaseException], journal: Journal | None
) -> Judgement:
    """What becomes of a judgement when the end of a scenario fails: what came first is what counts.

    Exceptions that nobody could catch, out of a callback or a thread of the implementation's, come up only then: they
    are its failure. Anything else is the harness's own fault.
    """
    if judgement.verdict is not Verdict.PASSED:
        return judgement
    return of_call(excinfo, journal) if isinstance(excinfo.value, _UNCAUGHT) else of_setup(excinfo, journal)


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


@functools.cache
def place(filename: str) -> str | None:
    """What a file of the suites or of the harness is called in records; None for any other."""
    path = Path(filename)
    for root in (layout.suites().resolve(), *_PACKAGES):
        if path.is_relative_to(root):
            return path.relative_to(root.parent).as_posix()
    return None
