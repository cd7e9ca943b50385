"""What scenarios ask for: ``impl``, ``pair``, ``couple``, ``pki``, ``observe``, ``background``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from sslspec import peers, session
from sslspec.axes import Cell
from sslspec.bench.background import Background
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Endpoint, Journal
from sslspec.bench.pair import Couple, Pair
from sslspec.judge import Judgement
from sslspec.scenario import of
from sslspec.verdicts import Verdict

VERSION_FLAGS = {"tls12": "HAS_TLSv1_2", "tls13": "HAS_TLSv1_3"}


@pytest.fixture
def cell(request: pytest.FixtureRequest) -> Cell:
    """Where this execution stands: implementation, peer, variant."""
    found: Cell = request.param
    return found


@pytest.fixture
def _journal(request: pytest.FixtureRequest, cell: Cell) -> Journal:
    implementation = session.of(request.config).implementation(cell.implementation)
    journal = Journal(implementation.module)
    scenario = of(request.node)
    if scenario is not None:
        scenario.journal = journal
        scenario.judgement = _inapplicable(implementation.documented, scenario.marks.since, scenario.marks.until)
        scenario.judgement = scenario.judgement or _unsupported(implementation.module, scenario.marks.features, cell)
        if scenario.judgement is not None:
            pytest.skip(scenario.judgement.detail["message"])  # which says the same without a traceback
    return journal


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
def couple(cell: Cell, _journal: Journal, pki: Pki) -> Couple:
    """The implementation on both ends, over memory."""
    assert cell.variant is not None
    return Couple(_journal.impl, cell.variant, pki, _journal)


@pytest.fixture
def observe(_journal: Journal) -> Callable[..., Any]:
    """``observe(object, "name")`` gives the object under observation; ``observe(value, "name")`` notes a value."""

    def observed(thing: Any, name: str) -> Any:
        if thing is None or isinstance(thing, (bool, int, float, str, bytes, tuple, list, dict)):
            _journal.noted(name, thing)
            return thing
        return Endpoint(thing, name, _journal)

    return observed


@pytest.fixture
def background() -> Callable[..., Background[Any]]:
    """``background(call, *args)`` runs a call in a thread; ``.result()`` waits for it."""
    return Background


def _inapplicable(
    documented: tuple[int, int], since: tuple[int, int] | None, until: tuple[int, int] | None
) -> Judgement | None:
    if since is not None and documented < since:
        return Judgement(Verdict.INAPPLICABLE, {"message": f"documented since Python {since[0]}.{since[1]}"})
    if until is not None and documented > until:
        return Judgement(Verdict.INAPPLICABLE, {"message": f"documented until Python {until[0]}.{until[1]}"})
    return None


def _unsupported(impl: Any, features: tuple[str, ...], cell: Cell) -> Judgement | None:
    wanted = list(features)
    if cell.variant is not None and cell.variant.version is not None:
        wanted.append(VERSION_FLAGS[cell.variant.version])
    for flag in wanted:
        if not getattr(impl, flag, False):
            return Judgement(Verdict.UNSUPPORTED, {"message": f"{flag} is {getattr(impl, flag, 'missing')}"})
    return None
