"""Which executions a scenario stands for: each implementation, peer, role, version, transport and delivery.

A scenario that asks for ``pair`` is crossed over the axes that its marks leave open; one that asks for ``couple`` runs
with the implementation on both ends; any other runs once for each implementation.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sslspec.bench import flights
from sslspec.bench.deliveries import DELIVERIES
from sslspec.bench.flights import Message
from sslspec.bench.pair import Variant
from sslspec.peers import PROGRAMS

if TYPE_CHECKING:
    import pytest

# What an axis holds, and what a scenario gets that does not mention it.
AXES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "roles": (("client", "server"), ("client", "server")),
    "versions": (("tls12", "tls13"), ("tls12", "tls13")),
    "transports": (("memory", "socketpair", "tcp", "tcp6", "asyncio"), ("memory",)),
    "deliveries": (DELIVERIES, ("whole", "split")),
    "peers": (("module", "tlslite", "scripted", *PROGRAMS), ("module",)),
}
NO_PEER = "none"
SELF = "self"
_KINDS_OF_MESSAGES = {"handshake", "followed"}
_ID = re.compile(r"^[a-z0-9_/@+.=-]+$")


class AxisError(Exception):
    """A scenario's axes cannot be understood; the text names the scenario."""


@dataclass(frozen=True)
class Cell:
    """One execution's place: implementation and peer (columns of the record), variant and message (parts of the id)."""

    implementation: str
    peer: str
    variant: Variant | None
    message: Message | None = None

    @property
    def pytest_id(self) -> str:
        """What stands between the brackets of the node id."""
        parts = [self.place, self.implementation, self.peer]
        return "-".join(part for part in parts if part and part != NO_PEER)

    @property
    def place(self) -> str:
        """What of it stands in a scenario's id."""
        return "+".join(str(part) for part in (self.variant, self.message) if part)


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
    if "message" in metafunc.fixturenames:
        found = [replace(cell, message=message) for cell in found for message in _messages(metafunc, cell)]
    return list(dict.fromkeys(found))


def kind_of(peer: str) -> str:
    """What a scenario's ``peers`` mark calls this peer: by its name, or ``module`` for any implementation."""
    return peer if peer in ("tlslite", "scripted", *PROGRAMS) else "module"


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
    if kind in PROGRAMS:
        ways = [("tcp", "whole")]  # they make their connections themselves
    if kind == "tlslite" and ("memory", "whole") in ways:
        ways = [("memory", "whole")]  # it takes ten times as long, and how bytes travel is tried with the other peers
    roles = _points(metafunc, "roles")
    return [Variant(role, version, *way) for role, version, way in itertools.product(roles, _versions(metafunc), ways)]


def _messages(metafunc: pytest.Metafunc, cell: Cell) -> list[Message]:
    """The messages of the peer that the scenario is about (``messages`` in ``plugin.marks``)."""
    if cell.variant is None or cell.variant.version is None:
        raise AxisError(f"{metafunc.definition.nodeid}: only with a version is it known which messages there are")
    mark = metafunc.definition.get_closest_marker("messages")
    words = mark.args if mark else ()
    unknown = [word for word in words if word.lstrip("-") not in flights.MESSAGES | _KINDS_OF_MESSAGES]
    if unknown:
        raise AxisError(f"{metafunc.definition.nodeid}: there is no message {unknown[0]!r}")
    named = [word for word in words if word in flights.MESSAGES]
    sender = "server" if cell.variant.role == "client" else "client"
    return [
        message
        for message in flights.sent(sender, cell.variant.version)
        if (not named or message.name in named)
        and f"-{message.name}" not in words
        and not ("followed" in words and message.next is None)
        and not ("handshake" in words and message.name == flights.CHANGE_CIPHER_SPEC)
    ]


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
