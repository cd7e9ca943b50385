"""xdist's workers, as their controller sees them: what they are told, what they tell, and how they die.

These hooks belong to the plugin, and are registered by it where a session has workers. Workers beside the controller
share its files; what is different with those on other hosts is said in ``hosts.away``.
"""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from sslspec.hosts import away
from sslspec.plugin import judge, scenario, wake
from sslspec.plugin import session as sessions
from sslspec.plugin.session import Session
from sslspec.results.record import Result
from sslspec.scenarios import listing
from sslspec.verdicts import Verdict, limits
from sslspec.verdicts.ending import Judgement

_TOLD = "sslspec_told"  # the attribute of a report with which an event travels


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker where the certificates are and where to leave word; elsewhere it sees to that itself."""
    session = sessions.of(node.config)
    node.workerinput["sslspec_first"] = session.configured == 0
    session.configured += 1
    session.configures_away = away.is_away(node.gateway.spec)
    if session.configures_away:
        baselines = map(Path, node.config.option.baseline or ())
        node.workerinput[away.INPUT] = away.told(session.header(), list(baselines))
    else:
        session.pki  # noqa: B018 - made once, here
        node.workerinput["sslspec_folder"] = str(session.folder)
    if session.shards is not None:
        node.workerinput["sslspec_durations"] = session.shards.durations.to_json()


class Elsewhere:
    """The controller's side of workers on other hosts: the hooks that are given no session."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ready: set[str] = set()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_getremotemodule(self) -> Any:
        """What begins in the worker that was configured last: ours on another host, else xdist's own."""
        if not self._session.configures_away:
            return None
        from sslspec.hosts import remote

        return remote

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodeready(self, node: Any) -> None:
        """Remember who has begun."""
        self._ready.add(node.gateway.id)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: object) -> None:
        """End a session in which a host has no worker; xdist would try it again for ever."""
        if error and away.is_away(node.gateway.spec) and node.gateway.id not in self._ready:
            said = str(error).strip().splitlines() or ["it says nothing"]
            asked_for = str(node.gateway.spec).removeprefix(
                "execmodel=main_thread_only//"
            )  # which xdist puts before it
            problem = f"{asked_for}: no worker can begin there: {said[-1]}"
            self._session.emit({"event": "problem", "message": problem})
            pytest.exit(problem, pytest.ExitCode.USAGE_ERROR)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Remember when an execution began, which is all that is known of one whose worker dies."""
        self._session.began[nodeid] = time.monotonic()

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Put what came with a report where what others tell is."""
        told = getattr(report, _TOLD, None)
        if told is not None:
            event, nodeids = told
            self._session.elsewhere = dict(zip(nodeids, map(tuple, event["items"]), strict=True))
            self._session.emit(event)
        if hasattr(report, "sslspec_problem"):
            self._session.emit({"event": "problem", "message": report.sslspec_problem})


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker has ended, and left word of how it cut the run."""
    cut = sessions.of(node.config).shards
    told = getattr(node, "workeroutput", {}).get("sslspec_shard")
    if cut is not None and told:
        cut.learn(told)


# -- what was collected --------------------------------------------------------------------------------------------


def misplaced(session: Session) -> str:
    """Why this worker may not run anything: on its host the implementations are others. "" where they are the same."""
    if session.given is None:
        return ""
    found = away.differences(session.given["facts"], session.header())
    return f"a worker on another host must have the same implementations: {found}" if found else ""


def tell_collected(config: pytest.Config, items: Iterable[pytest.Item]) -> None:
    """Tell what there is to execute; from another host with a report that pytest takes for a skip."""
    session = sessions.of(config)
    found = {item.nodeid: list(one.execution.values()) for item in items if (one := scenario.of(item)) is not None}
    event = {"event": "collected", "items": list(found.values()), **session.of_shard}
    if session.given is None:
        session.emit(event)
        return
    report = pytest.CollectReport(nodeid="", outcome="skipped", longrepr=("", 0, "what was collected"), result=[])
    setattr(report, _TOLD, [event, list(found)])
    config.hook.pytest_collectreport(report=report)


# -- the dead ------------------------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_handlecrashitem(crashitem: str, report: pytest.TestReport) -> None:
    """A worker has died; say which execution it was at, how it died, and whether that was expected."""
    node = getattr(report, "node", None)
    if node is None:
        return
    session = sessions.of(node.config)
    result, dump = _lost(session, node.gateway.id, crashitem)
    if result is None:
        return
    result.verdict, how = limits.post_mortem(_exit_status(node), dump)
    if crashitem in session.elsewhere:
        lasted = time.monotonic() - session.began.get(crashitem, math.inf)
        result.verdict, how = limits.inquest(lasted, session.limit)
    judgement = Judgement(result.verdict, {"message": how, "crash": how})
    expectation = session.expectation(result.id, result.implementation, result.peer)
    result.unexpected = judge.is_unexpected(judgement, expectation)
    result.detail = judgement.detail
    judge.tell_pytest(report, judgement, expectation)
    session.results.append(result)
    session.emit({"event": "result", **result.to_json()})


def _lost(session: Session, worker: str, nodeid: str) -> tuple[Result | None, str]:
    """The result that a dead worker owes, and the stack that it left. On another host it leaves nothing."""
    if nodeid in session.elsewhere:
        key = session.elsewhere[nodeid]
        known = listing.find(key[0])
        expectation = session.expectation(*key)
        return Result(
            *key,
            Verdict.CRASHED,
            expected=tuple(sorted(expectation.verdicts)),
            reason=expectation.reason,
            level=known.level,
            clauses=known.clauses,
            requirement=known.requirement,
            known=known.known,
            volatile={"nodeid": nodeid, "duration": 0.0},
        ), ""
    will, dump = wake.last_words(session.folder, worker)
    if will is None or will["volatile"]["nodeid"] != nodeid:
        return None, ""
    return Result.from_json(will), dump


def _exit_status(node: Any) -> int | None:
    """How the worker's process ended; execnet keeps its Popen, though not as a promise."""
    popen = getattr(getattr(getattr(node, "gateway", None), "_io", None), "popen", None)
    if popen is None:
        return None
    with contextlib.suppress(Exception):
        return int(popen.wait(timeout=10))
    return None
