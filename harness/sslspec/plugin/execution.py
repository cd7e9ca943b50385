"""One scenario's way through pytest: watched from its start, kept to its limits, judged at its end.

These hooks belong to the plugin and are loaded by it. What became of an execution is decided in ``judge``, what it may
cost in ``verdicts.limits``; nothing here knows more than one scenario.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Generator, Iterator

import pytest
from _pytest.runner import runtestprotocol

from sslspec.bench.endpoints import Journal
from sslspec.plugin import judge, scenario
from sslspec.plugin import session as sessions
from sslspec.plugin.player import Player
from sslspec.plugin.scenario import Scenario
from sslspec.plugin.session import Session
from sslspec.results.record import Result
from sslspec.verdicts import Verdict, ending, limits
from sslspec.verdicts.ending import Judgement


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    """Run a scenario. Where the events tell of everything, pytest learns only of what failed.

    Under xdist each report travels to the controller, and so does the word that a test begins and that it ends:
    together they cost more than many a scenario.
    """
    found = scenario.of(item)
    if found is None:
        return None
    session = sessions.of(item.config)
    found.started = time.monotonic()
    session.emit({"event": "start", **found.execution, "worker": session.worker, "time": time.time()})
    if session.player is not None:
        _elsewhere(item, found, session, session.player)
        return True
    with _watched(item, found, session):
        if session.events_only:
            for report in runtestprotocol(item, log=False, nextitem=nextitem):
                if report.failed:
                    item.ihook.pytest_runtest_logreport(report=report)
        else:
            item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
            runtestprotocol(item, nextitem=nextitem)
            item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    # Told by now; the items stay to the end, and collections would go through all that they hold.
    found.journal = found.judgement = None
    return True


def _elsewhere(item: pytest.Item, found: Scenario, session: Session, player: Player) -> None:
    """Have a scenario played by an agent. None of its fixtures is made here; pytest is told of it in one report."""
    assert isinstance(item, pytest.Function)
    judgement = _left_out(found)
    if judgement is None:
        judgement, steps = player.play(item, found, session.specs[found.cell.implementation], session.limit)
        found.journal = Journal.of(steps)
    report = pytest.TestReport(item.nodeid, item.location, {}, "passed", None, "call")
    judge.tell_pytest(report, judgement, found.expectation)
    _tell(report, _result(item, found, judgement), session)
    found.journal = None
    if report.failed or not session.events_only:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)


@contextlib.contextmanager
def _watched(item: pytest.Item, found: Scenario, session: Session) -> Iterator[None]:
    if session.wake is None:
        yield
        return
    with session.wake.over(found.will(item.nodeid), session.limit * limits.HARD_FACTOR):
        yield


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what is no part of the profile, and what the baseline says must not be run."""
    found = scenario.of(item)
    if found is not None and (judgement := _left_out(found)):
        found.judgement = judgement
        pytest.skip(judgement.detail["message"])


def _left_out(found: Scenario) -> Judgement | None:
    if found.outside:
        return Judgement(Verdict.INAPPLICABLE, {"message": found.outside})
    return None if found.expectation.run else Judgement(Verdict.NOTRUN, {"message": found.expectation.reason})


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Keep to the soft limit; and what would end the session (KeyboardInterrupt, sys.exit) ends only this scenario.

    What is judged as the baseline expects goes on to pytest as a skip: it would make a traceback of anything else, with
    the sources of all frames, which takes ten times as long as the scenario.
    """
    found = scenario.of(item)
    if found is None:
        return (yield)
    try:
        with limits.soft(sessions.of(item.config).limit), _leaks_caught(sessions.of(item.config)):
            return (yield)
    except (Exception, limits.Hung, pytest.fail.Exception) as exception:
        found.judgement = judge.of_call(pytest.ExceptionInfo.from_exception(exception), found.journal)
        if judge.is_unexpected(found.judgement, found.expectation):
            raise
    pytest.skip("as expected")


@contextlib.contextmanager
def _leaks_caught(session: Session) -> Iterator[None]:
    try:
        yield
    except (*ending.LEAKS, pytest.exit.Exception) as leaked:
        if session.interrupted:
            raise  # the user's own Ctrl-C
        raise ending.Leaked(f"the implementation raised {type(leaked).__name__}") from leaked


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge, and make the report say to pytest what the verdict means; the last one carries the result."""
    report = yield
    found = scenario.of(item)
    if found is None:
        return report
    if call.when == "setup" and (call.excinfo is not None or found.judgement is not None):
        found.judgement = found.judgement or judge.of_setup(call.excinfo, found.journal)
        judge.tell_pytest(report, found.judgement, found.expectation)
    elif call.when == "call":
        found.judgement = found.judgement or judge.of_call(call.excinfo, found.journal)
        judge.tell_pytest(report, found.judgement, found.expectation)
    elif call.when == "teardown":
        judgement = found.judgement or Judgement()
        if call.excinfo is not None:
            judgement = judge.of_teardown(judgement, call.excinfo, found.journal)
            judge.tell_pytest(report, judgement, found.expectation)
        _tell(report, _result(item, found, judgement), sessions.of(item.config))
    return report


def _tell(report: pytest.TestReport, result: Result, session: Session) -> None:
    """Bring the result to whoever keeps the results: with the report, or past pytest through the events."""
    if session.events_only:
        session.emit({"event": "result", **result.to_json()})
    else:
        report.sslspec = result.to_json()  # type: ignore[attr-defined]


def _result(item: pytest.Item, found: Scenario, judgement: Judgement) -> Result:
    volatile = {
        "duration": round(time.monotonic() - found.started, 6),
        "worker": sessions.of(item.config).worker,
        "nodeid": item.nodeid,
    }
    unexpected = judge.is_unexpected(judgement, found.expectation)
    return found.result(judgement, unexpected=unexpected, volatile=volatile)
