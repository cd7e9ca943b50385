"""The marks that a scenario carries, and what they say once read.

clause(*names)          the sentences tested, by their ids in suites/clauses: ``ssl.MemoryBIO.read:up-to-n``; obligatory
level(name)             ``must`` (the default), ``should`` or ``observed``
since(version)          from the Python on whose ssl documentation has it: ``since("3.13")``
until(version)          for as long as the documentation has it: last version included
feature(*flags)         needs these ``HAS_*`` flags
known(*references)      upstream issues that explain a difference
roles, versions, transports, deliveries, peers      where on the axes it applies; see ``scenarios.axes``
messages(*words)        which of the peer's messages `message` is, in turn: these names, all but ``-name``, only those
                        that are ``followed`` by another in their flight, only ``handshake`` messages
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import pytest

from sslspec.scenarios.clauses import LEVELS as LEVELS
from sslspec.scenarios.clauses import is_name, precise

DECLARATIONS = (
    "clause(*names): the clauses that the scenario tests",
    "level(name): must, should or observed",
    "since(version): first documented version, as '3.13'",
    "until(version): last documented version, as '3.11'",
    "feature(*flags): HAS_* flags that it needs",
    "known(*references): upstream issues that explain a difference",
    "roles(*names): client, server",
    "versions(*names): tls12, tls13; none for a scenario that sets them itself",
    "transports(*names): memory, socketpair, tcp, tcp6, asyncio",
    "deliveries(*names): whole, coalesced, split, bytewise",
    "peers(*kinds): module, tlslite, scripted, openssl, gnutls",
    "messages(*words): names, -name, followed, handshake",
)


class MarkError(Exception):
    """A scenario's marks cannot be understood; the text names the scenario and the mark."""


@dataclass(frozen=True)
class Marks:
    """What a scenario's marks say of it, apart from the axes."""

    clauses: tuple[str, ...]
    level: str
    since: tuple[int, int] | None
    until: tuple[int, int] | None
    features: tuple[str, ...]
    known: tuple[str, ...]


def read(item: pytest.Item) -> Marks:
    """The marks of a collected item. Raises MarkError."""
    found: dict[str, list[pytest.Mark]] = defaultdict(list)
    for mark in item.iter_markers():  # the closest first
        found[mark.name].append(mark)
    clauses = _all(found["clause"])
    if not clauses:
        raise MarkError(f"{item.nodeid}: no clause; say which sentence it tests with pytest.mark.clause(...)")
    for clause in clauses:
        if not is_name(clause):
            raise MarkError(
                f"{item.nodeid}: {clause!r} is no clause; write ssl.Name.method:what or RFC 8446 4.2.11:what"
            )
    level = _single(found["level"]) or "must"
    if level not in LEVELS:
        raise MarkError(f"{item.nodeid}: level {level!r} is none of {', '.join(LEVELS)}")
    return Marks(
        clauses=precise(clauses),
        level=level,
        since=_version(item, found["since"]),
        until=_version(item, found["until"]),
        features=_all(found["feature"]),
        known=_all(found["known"]),
    )


def _all(marks: list[pytest.Mark]) -> tuple[str, ...]:
    return tuple(str(argument) for mark in marks for argument in mark.args)


def _single(marks: list[pytest.Mark]) -> Any:
    return marks[0].args[0] if marks else None


def _version(item: pytest.Item, marks: list[pytest.Mark]) -> tuple[int, int] | None:
    text = _single(marks)
    if text is None:
        return None
    # a float would take 3.10 for 3.1
    found = re.fullmatch(r"(\d)\.(\d{1,2})", text) if isinstance(text, str) else None
    if not found:
        name = marks[0].name
        raise MarkError(f"{item.nodeid}: {name}({text!r}) is no version; write {name}('3.13')")
    return int(found[1]), int(found[2])
