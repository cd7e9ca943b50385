"""What scenarios ask for: ``impl``, ``pair``, ``aio``, ``couple``, ``trial``, ``message``, ``pki`` and others."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from sslspec import peers
from sslspec.bench.applies import check_documented, check_supported
from sslspec.bench.background import Background
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.exits import Inapplicable, Unsupported
from sslspec.bench.pair import Couple, Pair
from sslspec.bench.trial import Trial
from sslspec.plugin import session
from sslspec.plugin.scenario import of
from sslspec.scenarios.axes import Cell
from sslspec.verdicts import ending

if TYPE_CHECKING:
    from sslspec.bench.aio import Aio


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Cell:
    """Where this execution stands: implementation, peer, variant."""
    found: Cell = request.param
    return found


@pytest.fixture
def _journal(request: pytest.FixtureRequest, cell: Cell) -> Iterator[Journal]:
    implementation = session.of(request.config).implementation(cell.implementation)
    journal = Journal(implementation.module)
    scenario = of(request.node)
    if scenario is not None:
        scenario.journal = journal
        version = cell.variant.version if cell.variant else None
        try:
            check_documented(implementation.documented, scenario.marks.since, scenario.marks.until)
            check_supported(implementation.module, scenario.marks.features, version)
        except (Inapplicable, Unsupported) as leaving:
            scenario.judgement = ending.of_exit(leaving)
            pytest.skip(str(leaving))  # which pytest reports without a traceback, at a hundredth of its cost
    before = dict(vars(ssl))
    yield journal
    _put_back(before, journal)


_PYTHONS_OWN = frozenset({"__warningregistry__"})  # in which warnings keeps count, of the module that warns


def _put_back(before: dict[str, Any], journal: Journal) -> None:
    """Undo what an implementation has done to the standard library's ssl, which peers and other columns use."""
    if vars(ssl) == before:
        return
    for name in sorted(vars(ssl).keys() | before.keys()):
        if name in _PYTHONS_OWN or vars(ssl).get(name) is before.get(name):
            continue
        journal.noted(f"ssl.{name} was replaced for the whole process", value=True)
        if name in before:
            setattr(ssl, name, before[name])
        else:
            delattr(ssl, name)


@pytest.fixture
def impl(_journal: Journal) -> ModuleType:
    """The implementation: a module (or what stands for one) with the names of ssl."""
    return _journal.impl


@pytest.fixture(scope="session")
def pki(request: pytest.FixtureRequest) -> Pki:
    """The certificates of this run; see the catalogue in certs/."""
    return session.of(request.config).pki


@pytest.fixture
def pair(cell: Cell, _journal: Journal, pki: Pki) -> Iterator[Pair]:
    """The implementation under test and a peer, crossed over the axes."""
    assert cell.variant is not None
    made = Pair(_journal.impl, cell.variant, peers.factory(cell.peer), pki, _journal)
    yield made
    made.close()


@pytest.fixture
def message(cell: Cell) -> str:
    """The name of a message that the peer sends; the scenario runs once for each (mark ``messages``)."""
    assert cell.message is not None
    return cell.message.name


@pytest.fixture
def trial(pair: Pair) -> Trial:
    """What is demanded of the pair's subject when its peer misbehaves."""
    return Trial(pair)


@pytest.fixture
def aio(pair: Pair) -> Aio:
    """An event loop over the implementation, with every other name of asyncio's."""
    return pair.aio


@pytest.fixture
def couple(cell: Cell, _journal: Journal, pki: Pki) -> Couple:
    """The implementation on both ends, over memory."""
    assert cell.variant is not None
    return Couple(_journal.impl, cell.variant, pki, _journal)


@pytest.fixture
def observe(_journal: Journal) -> Callable[..., Any]:
    """``observe(object, "name")`` gives the object under observation; ``observe(value, "name")`` notes a value."""

    return _journal.observe


@pytest.fixture
def background() -> Callable[..., Background[Any]]:
    """``background(call, *args)`` runs a call in a thread; ``.result()`` waits for it."""
    return Background
