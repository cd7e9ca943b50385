"""The pytest plugin of `explain`: one execution for each implementation, with taps on its connections.

Loaded by name beside sslspec.plugin, in whose fixtures' place its own come. Everything else of a run stays as it is:
limits, verdicts, events.
"""

from __future__ import annotations

import difflib
from collections.abc import Generator, Iterator

import pytest

from sslspec import peers, scenario
from sslspec import session as sessions
from sslspec.axes import AxisError, Cell
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.marks import MarkError
from sslspec.wire.tap import Recorder, Steps, TappedCouple, TappedPair

_MOST_NAMED = 6


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sslspec")
    group.addoption("--wire", metavar="FILE", help="take down what passes on the wire; secrets go to FILE.keys")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Generator[None, None, None]:
    """Of what is selected, the first execution of each implementation."""
    every = list(items)
    yield
    if every and not items:
        _say_what_there_is(config, every)
    first: dict[str, pytest.Item] = {}
    for item in items:
        found = scenario.of(item)
        if found is not None:
            first.setdefault(found.cell.implementation, item)
    items[:] = list(first.values())


def _say_what_there_is(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A variant was asked for that the scenario has not: name those that it has, the nearest first."""
    wanted = config.option.scenario[0]
    base = wanted.partition("@")[0]
    there = set()
    for item in items:
        if isinstance(item, pytest.Function) and scenario.is_scenario(item.path) and hasattr(item, "callspec"):
            try:
                there.add(scenario.read(item).id)
            except (MarkError, AxisError, KeyError, AssertionError):
                continue
    mine = sorted(name for name in there if name.partition("@")[0] == base)
    near = difflib.get_close_matches(wanted, mine, n=_MOST_NAMED, cutoff=0.0)
    told = f"; there are {', '.join(near)}" if near else " with this peer"
    sessions.of(config).emit({"event": "problem", "message": f"no execution {wanted!r}{told}"})


@pytest.fixture(autouse=True)
def _recorder(request: pytest.FixtureRequest, _journal: Journal) -> Iterator[Recorder]:
    found = scenario.of(request.node)
    assert found is not None
    made = Recorder(request.config.option.wire, found.execution)
    _journal.steps = Steps(made)
    yield made
    made.over()
    _journal.steps = list(_journal.steps)  # as which they travel with the report


@pytest.fixture
def pair(cell: Cell, _journal: Journal, pki: Pki, _recorder: Recorder) -> Iterator[TappedPair]:
    """As in `sslspec.fixtures`."""
    assert cell.variant is not None
    made = TappedPair(_journal.impl, cell.variant, peers.factory(cell.peer), pki, _journal, recorder=_recorder)
    yield made
    _recorder.over()
    made.close()


@pytest.fixture
def couple(cell: Cell, _journal: Journal, pki: Pki, _recorder: Recorder) -> TappedCouple:
    """As in `sslspec.fixtures`."""
    assert cell.variant is not None
    return TappedCouple(_journal.impl, cell.variant, pki, _journal, recorder=_recorder)
