"""The pytest plugin: options, collection, and what becomes of results.

Loaded by name (``-p sslspec.plugin.hooks``, or the checkout's conftest), never by an entry point. What there is to
execute is decided in ``scenarios.axes``; how one scenario is run stands in ``execution``.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Generator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from sslspec import __version__, layout
from sslspec.agent.host import AgentError
from sslspec.baseline import BaselineError
from sslspec.implementations.loading import ImplementationError
from sslspec.plugin import marks, scenario, smoke, wake, workers
from sslspec.plugin import session as sessions
from sslspec.plugin.marks import MarkError
from sslspec.plugin.scenario import Scenario
from sslspec.plugin.session import Session
from sslspec.pythons import hermetic
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.scenarios import axes, profiles
from sslspec.scenarios.axes import AxisError
from sslspec.scenarios.profiles import ProfileError
from sslspec.shards import cutting
from sslspec.verdicts import Verdict, limits

# Each says in one line what on the command line cannot be used.
_UNUSABLE = (AgentError, BaselineError, ImplementationError, ProfileError, RecordError)
pytest_plugins = ["sslspec.plugin.fixtures", "sslspec.plugin.execution"]


# -- configuration -------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sslspec", "sslspec: conformance of ssl implementations")
    add = group.addoption
    add("--impl", action="append", metavar="NAME", help="implementation to test (default: ssl and refssl); repeatable")
    add(
        "--peer",
        action="append",
        metavar="NAME",
        help="peer: stdlib, tlslite, scripted, openssl, gnutls, python3.10, python:PATH, self or a module",
    )
    add("--baseline", action="append", metavar="FILE", help="what an implementation is known not to do; repeatable")
    add("--strict-new", action="store_true", help="scenarios newer than what a baseline has reviewed count as well")
    add("--no-baseline", action="store_true", help="expect every scenario to pass")
    add("--scenario", action="append", metavar="GLOB", help="only scenarios whose id matches; repeatable")
    add("--area", action="append", metavar="AREA", help="only scenarios of this area; repeatable")
    add("--level", choices=marks.LEVELS, help="only scenarios of this level")
    add("--profile", metavar="NAME", help="hold implementations to a part of ssl: client, asyncio, urllib3, a file")
    add("--smoke", action="store_true", help="only a cross-section: a few scenarios of each topic, in one variant")
    add("--shard", metavar="I/N", help="only part I of N: equal loads, every execution in exactly one of them")
    add("--shard-durations", metavar="FILE", help="cut by what this earlier record measured")
    add("--limit", type=float, default=limits.SOFT, metavar="SECONDS", help="what one scenario may take")
    add("--events", metavar="FILE", help="append what happens to this file, as it happens")
    add("--events-only", action="store_true", help="tell pytest itself of failures alone; the events tell of all")
    add("--results", metavar="FILE", help="write the record of the run")
    add("--place", action="append", metavar="PATH", help="collect this folder or file of the suite; repeatable")
    add("--agent", metavar="PYTHON", help="have the scenarios played by another interpreter, which needs no pytest")
    add("--pki", metavar="DIRECTORY", help="use the certificates made there, not fresh ones")


def pytest_configure(config: pytest.Config) -> None:
    for line in marks.DECLARATIONS:
        config.addinivalue_line("markers", line)
    session = config.stash[sessions.KEY] = Session(config)
    if config.option.place:
        config.args = [str(layout.suites() / place) for place in config.option.place]
    try:
        for name in session.specs:
            session.describe(name)
            session.profile(name)
        if config.option.profile and not config.option.events:  # else whoever reads the events has looked already
            profiles.checked(config.option.profile)
        session.load_peers()
        session.baselines  # noqa: B018 - read now, so that what is wrong with one is said before anything runs
        session.shards  # noqa: B018 - as are durations
    except (*_UNUSABLE, ValueError) as problem:
        raise pytest.UsageError(str(problem)) from problem
    if session.events_only:
        config.option.tbstyle = "native"  # which quotes no sources: nobody reads it
    if session.is_worker and session.player is None:
        session.wake = wake.Wake(session.folder, session.worker)
    if not session.is_worker:
        config.pluginmanager.register(workers)
        config.pluginmanager.register(workers.Elsewhere(session))
        session.note_interrupts()
        session.emit({"event": "header", **_header(config).to_json()})


def pytest_unconfigure(config: pytest.Config) -> None:
    if sessions.KEY in config.stash:
        sessions.of(config).close()


def _header(config: pytest.Config) -> Header:
    session = sessions.of(config)
    return Header(
        suite=__version__,
        implementations=session.header(),
        environment=hermetic.describe(session.scrubbed),
        platform=hermetic.platform_name(),
        volatile={"argv": list(config.invocation_params.args), "started": time.time(), **session.played_by},
    )


# -- collection ----------------------------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "cell" not in metafunc.fixturenames:
        return
    session = sessions.of(metafunc.config)
    try:
        cells = axes.cells(metafunc, session.specs, session.peers)
    except AxisError as problem:
        raise pytest.UsageError(str(problem)) from problem
    if metafunc.config.option.smoke:
        cells = smoke.points(cells, metafunc.definition.nodeid)
    metafunc.parametrize("cell", cells, ids=[cell.pytest_id for cell in cells], indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    session = sessions.of(config)
    problem = workers.misplaced(session)
    if items and problem:
        _refuse(config, items[0], ImplementationError(problem))
        items.clear()
        return
    kept, dropped = [], []
    for item in items:
        if not scenario.is_scenario(item.path):
            kept.append(item)
            continue
        if not _has_execution(item):
            dropped.append(item)
            continue
        try:
            found = _read(item)
        except (MarkError, AxisError) as wrong:
            _refuse(config, item, wrong)
            items.clear()
            return
        if not _selected(config, found):
            dropped.append(item)
            continue
        cell = found.cell
        found.expectation = session.expectation(found.id, cell.implementation, cell.peer, found.needs)
        found.outside = session.profile(cell.implementation).why_not(found.place)
        item.stash[scenario.KEY] = found
        kept.append(item)
    if config.option.smoke:
        scenarios = {item: item.stash[scenario.KEY] for item in kept if scenario.KEY in item.stash}
        chosen = smoke.section(scenarios.values())
        aside = {item for item, one in scenarios.items() if one.key not in chosen}
        dropped += aside
        kept = [item for item in kept if item not in aside]
    if session.shards is not None:
        mine = session.shards.take(kept, scenario.of)
        dropped += set(kept) - set(mine)
        kept = mine
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def _refuse(config: pytest.Config, item: pytest.Item, problem: Exception) -> None:
    """Say that a scenario cannot be understood, and end the session.

    A worker that raised would be taken for one that has crashed: it collects nothing, and says why.
    """
    session = sessions.of(config)
    if not session.is_worker:
        raise pytest.UsageError(str(problem)) from problem
    session.emit({"event": "problem", "message": str(problem)})
    report = pytest.CollectReport(nodeid=item.nodeid, outcome="failed", longrepr=str(problem), result=[])
    report.sslspec_problem = str(problem)  # type: ignore[attr-defined]
    config.hook.pytest_collectreport(report=report)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Tell of each file that was collected: a slow machine is not a dead one. And of what cannot be collected."""
    report = yield
    session = sessions.of(collector.config)
    if report.failed:
        last = str(report.longrepr).strip().splitlines()[-1]
        message = f"{report.nodeid}: {last.removeprefix('E').strip()}"
        session.emit({"event": "problem", "message": message})
    elif isinstance(collector, pytest.File):
        session.emit({"event": "read", "file": report.nodeid})
    return report


def _read(item: pytest.Item) -> Scenario:
    if not isinstance(item, pytest.Function) or not hasattr(item, "callspec") or "cell" not in item.callspec.params:
        raise MarkError(f"{item.nodeid}: a scenario asks for impl, pair or couple; this one tests no implementation")
    return scenario.read(item)


def _has_execution(item: pytest.Item) -> bool:
    """Whether the peers of this run leave the scenario any cell; for an empty axis pytest makes an item without one."""
    parameters = getattr(getattr(item, "callspec", None), "params", {})
    return "cell" not in parameters or isinstance(parameters["cell"], axes.Cell)


def _selected(config: pytest.Config, found: Scenario) -> bool:
    option = config.option
    base = found.id.partition("@")[0]
    globs = option.scenario or ["*"]
    return (
        any(fnmatchcase(found.id, glob) or fnmatchcase(base, glob) for glob in globs)
        and (not option.area or base.partition("/")[0] in option.area)
        and option.level in (None, found.marks.level)
    )


def pytest_collection_finish(session: pytest.Session) -> None:
    ours = sessions.of(session.config)
    if ours.is_worker and ours.shards is not None:
        session.config.workeroutput["sslspec_shard"] = ours.of_shard  # type: ignore[attr-defined]
    if ours.is_first:
        workers.tell_collected(session.config, session.items)
    if session.items and not session.config.option.collectonly:
        # Some hundred thousand objects that stay to the end: no collection needs to go through them again, neither
        # Python's own nor those of the scenarios about garbage.
        gc.collect()
        gc.freeze()


# -- results -------------------------------------------------------------------------------------------------------


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    line = getattr(report, "sslspec", None)
    if line is not None and _controller is not None:
        _controller.results.append(Result.from_json(line))
        _controller.emit({"event": "result", **line})


# pytest_runtest_logreport is the one hook that is told no config; the controller of a process is the one that is.
_controller: Session | None = None


def pytest_sessionstart(session: pytest.Session) -> None:
    global _controller
    ours = sessions.of(session.config)
    _controller = None if ours.is_worker else ours


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    ours = sessions.of(session.config)
    if ours.is_worker or session.config.option.collectonly:
        return
    option = session.config.option
    chosen = (
        option.smoke,
        option.shard,
        option.scenario,
        option.area,
        option.level,
        option.keyword,
        option.markexpr,
        option.deselect,
    )
    ours.nothing_left_out = not any(chosen) and exitstatus in (0, 1)
    path = option.results
    if path:
        header = _header(session.config)
        header.manifest = record.manifest(result.id for result in ours.results)
        if ours.of_shard:
            cutting.describe(header, ours.of_shard)
        try:
            record.write(Path(path), header, ours.results)
        except RecordError as problem:
            raise pytest.UsageError(str(problem)) from problem
    if ours.stale and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
    ours.emit({"event": "finish", "exitstatus": int(session.exitstatus)})


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    ours = sessions.of(config)
    if not ours.results:
        return
    for line in ours.stale:
        terminalreporter.write_line(f"stale baseline entry: {line}", red=True)
    for name in ours.specs:
        mine = [result for result in ours.results if result.implementation == name]
        counts = {verdict: sum(result.verdict is verdict for result in mine) for verdict in Verdict}
        told = ", ".join(f"{count} {verdict.value}" for verdict, count in counts.items() if count)
        unexpected = sum(result.unexpected for result in mine)
        terminalreporter.write_line(f"{name}: {told}; {unexpected} unexpected")
