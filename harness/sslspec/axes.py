"""Which executions a scenario stands for: each implementation, peer, role, version, transport and delivery.

A scenario that asks for ``pair`` is crossed over the axes that its marks leave open; one that asks for ``couple`` runs
with the implementation on both ends; any other runs once for each implementation.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from sslspec.bench.deliveries import DELIVERIES
from sslspec.bench.pair import Variant

# What an axis holds, and what a scenario gets that does not mention it.
AXES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "roles": (("client", "server"), ("client", "server")),
    "versions": (("tls12", "tls13"), ("tls12", "tls13")),
    "transports": (("memory", "socketpair", "tcp"), ("memory",)),
    "deliveries": (DELIVERIES, ("whole", "split")),
    "peers": (("module", "tlslite"), ("module",)),
}
NO_PEER = "none"
SELF = "self"
_ID = re.compile(r"^[a-z0-9_/@+.=-]+$")


class AxisError(Exception):
    """A scenario's axes cannot be understood; the text names the scenario."""


@dataclass(frozen=True)
class Cell:
    """One execution's place: implementation and peer (columns of the record), variant (part of the id)."""

    implementation: str
    peer: str
    variant: Variant | None

    @property
    def pytest_id(self) -> str:
        """What stands between the brackets of the node id."""
        parts = [str(self.variant) if self.variant else "", self.implementation, self.peer]
        return "-".join(part for part in parts if part and part != NO_PEER)


def cells(metafunc: pytest.Metafunc, implementations: Iterable[str], peers: Iterable[str]) -> list[Cell]:
    """Every execution of one scenario function. Raises AxisError for a mark that names no point of its axis."""
    peers = list(peers)
    found = []
    for name in implementations:
        if "pair" in metafunc.fixturenames:
            for peer in peers:
                peer_name = name if peer == SELF else peer
                found += [Cell(name, peer_name, variant) for variant in _variants(metafunc, kind_of(peer))]
        elif "couple" in metafunc.fixturenames:
            found += [Cell(name, NO_PEER, Variant("both", version)) for version in _versions(metafunc)]
        else:
            found.append(Cell(name, NO_PEER, None))
    return list(dict.fromkeys(found))


def kind_of(peer: str) -> str:
    """What a scenario's ``peers`` mark calls this peer: ``tlslite``, or ``module`` for any implementation."""
    return "tlslite" if peer == "tlslite" else "module"


def scenario_id(area: str, topic: str, function: str, variant: str, extra: str) -> str:
    """The name of an execution in records, ``area/topic/name@variant+extra``. Raises AxisError if it is none."""
    name = f"{area}/{topic.removeprefix('test_')}/{function.removeprefix('test_')}"
    tail = "+".join(part for part in (variant, extra) if part)
    full = f"{name}@{tail}" if tail else name
    if not _ID.match(full):
        raise AxisError(
            f"{full!r} has characters that a scenario id must not have; give its parameters ids in [a-z0-9_.=-]"
        )
    return full


def _variants(metafunc: pytest.Metafunc, kind: str) -> list[Variant]:
    if kind not in _points(metafunc, "peers"):
        return []
    ways = [
        (transport, delivery)
        for transport in _points(metafunc, "transports")
        for delivery in (_points(metafunc, "deliveries") if transport == "memory" else ("whole",))
    ]
    if kind == "tlslite" and ("memory", "whole") in ways:
        ways = [("memory", "whole")]  # it takes ten times as long, and how bytes travel is tried with the other peers
    roles = _points(metafunc, "roles")
    return [Variant(role, version, *way) for role, version, way in itertools.product(roles, _versions(metafunc), ways)]


def _versions(metafunc: pytest.Metafunc) -> tuple[str | None, ...]:
    return _points(metafunc, "versions") or (None,)


def _points(metafunc: pytest.Metafunc, axis: str) -> tuple[str, ...]:
    every, default = AXES[axis]
    mark = metafunc.definition.get_closest_marker(axis)
    if mark is None:
        return default
    points = every if mark.args == ("all",) else mark.args
    unknown = [point for point in points if point not in every]
    if unknown:
        raise AxisError(f"{metafunc.definition.nodeid}: {axis} has no {unknown[0]!r}; there are {', '.join(every)}")
    return tuple(points)
