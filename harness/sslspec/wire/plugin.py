"""The pytest plugin of `explain`: one execution for each implementation, with taps on its connections.

Loaded by name beside sslspec.plugin.hooks, in whose fixtures' place its own come. Everything else of a run stays as
it is: limits, verdicts, events.
"""

from __future__ import annotations

import difflib
from collections.abc import Generator, Iterator

import pytest

from sslspec import peers
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.plugin import scenario
from sslspec.plugin import session as sessions
from sslspec.scenarios.axes import Cell
from sslspec.wire.tap import Recorder, Steps, TappedCouple, TappedPair

_MOST_NAMED = 6
_ANY_MODULE = "any implementation (stdlib, refssl, self, a module)"


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
    """Something was asked for that the scenario has not: name the variants that it has, or the peers that it takes."""
    wanted = config.option.scenario[0]
    mine = [item for item in items if _base(item) == wanted.partition("@")[0]]
    there = sorted({scenario.read(item).id for item in mine if isinstance(item, pytest.Function) and _has_cell(item)})
    if there:
        near = difflib.get_close_matches(wanted, there, n=_MOST_NAMED, cutoff=0.0)
        told = f"no execution {wanted!r}; there are {', '.join(near)}"
    else:
        mark = next((mark for item in mine if (mark := item.get_closest_marker("peers"))), None)
        kinds = [_ANY_MODULE if kind == "module" else kind for kind in (mark.args if mark else ("module",))]
        told = f"{wanted!r} is not for the peer {', '.join(config.option.peer or ())}; it takes {', '.join(kinds)}"
    sessions.of(config).emit({"event": "problem", "message": told})


def _base(item: pytest.Item) -> str:
    """The scenario's id without a variant."""
    function = getattr(item, "originalname", item.name)
    place = f"{item.path.parent.name}/{item.path.stem.removeprefix('test_')}"
    return f"{place}/{function.removeprefix('test_')}"


def _has_cell(item: pytest.Function) -> bool:
    return isinstance(getattr(getattr(item, "callspec", None), "params", {}).get("cell"), Cell)


@pytest.fixture(autouse=True)
def _recorder(request: pytest.FixtureRequest, _journal: Journal) -> Iterator[Recorder]:
    found = scenario.of(request.node)
    assert found is not None
    facts = sessions.of(request.config).describe(found.cell.implementation)
    made = Recorder(request.config.option.wire, {**found.execution, "facts": facts})
    _journal.steps = Steps(made)
    yield made
    made.over()
    _journal.steps = list(_journal.steps)  # as which they travel with the report


@pytest.fixture
def pair(cell: Cell, _journal: Journal, pki: Pki, _recorder: Recorder) -> Iterator[TappedPair]:
    """As in `sslspec.plugin.fixtures`."""
    assert cell.variant is not None
    made = TappedPair(_journal.impl, cell.variant, peers.factory(cell.peer), pki, _journal, recorder=_recorder)
    yield made
    _recorder.over()
    made.close()


@pytest.fixture
def couple(cell: Cell, _journal: Journal, pki: Pki, _recorder: Recorder) -> TappedCouple:
    """As in `sslspec.plugin.fixtures`."""
    assert cell.variant is not None
    return TappedCouple(_journal.impl, cell.variant, pki, _journal, recorder=_recorder)
