"""What the taps took down, read from their file: for each implementation the bytes, closings and steps in their order.

A child that died or hung left what there was until then. No TLS is known here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec.running import events


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes that `by` (``client``, ``server``) put onto the wire of a connection; time in nanoseconds since 1970."""

    connection: int
    by: str
    data: bytes = field(repr=False)
    time: int = 0


@dataclass(frozen=True, slots=True)
class Closed:
    """`by` ended its half of a connection: how is ``close`` or ``reset``."""

    connection: int
    by: str
    how: str
    time: int = 0


@dataclass(frozen=True, slots=True)
class Delivered:
    """The subject was given a piece of so many bytes."""

    connection: int
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the journal, written down when it was done."""

    actor: str
    call: str
    outcome: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Verb:
    """Something that the scenario had the peer do, written down before it was done."""

    actor: str
    call: str


Happening = Data | Closed | Delivered | Step | Verb


@dataclass(slots=True)
class Capture:
    """One execution. subjects: by connection, who of the two the implementation is: client, server or ``both``.

    implementation: its own name, not that of a column; facts: what a record's header says of it.
    """

    id: str
    implementation: str
    peer: str
    subjects: dict[int, str] = field(default_factory=dict)
    happenings: list[Happening] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Secrets:
    """A key log in NSS's format. text: the lines; by_random: label and secret by the client's random."""

    text: str = ""
    by_random: dict[bytes, dict[str, bytes]] = field(default_factory=dict)


def read(path: Path) -> list[Capture]:
    """What was taken down, an execution after the other."""
    captures: list[Capture] = []
    current: Capture | None = None
    for event in events.read(path):
        kind = event["event"]
        try:
            if kind == "execution":
                facts = dict(event.get("facts", {}))
                current = Capture(event["id"], event["implementation"], event["peer"], facts=facts)
                captures.append(current)
            elif current is None:
                continue
            elif kind == "connection":
                current.subjects[int(event["number"])] = str(event["subject"])
            elif (happening := _happening(kind, event)) is not None:
                current.happenings.append(happening)
        except (KeyError, TypeError, ValueError):
            continue  # an implementation may write into our files, too
    return captures


def _happening(kind: str, event: dict[str, Any]) -> Happening | None:
    time = int(event["time"])
    if kind == "data":
        return Data(int(event["connection"]), event["by"], bytes.fromhex(event["hex"]), time)
    if kind == "closed":
        return Closed(int(event["connection"]), event["by"], event["how"], time)
    if kind == "delivered":
        return Delivered(int(event["connection"]), int(event["size"]))
    if kind == "step":
        step = event["step"]
        return Step(step["actor"], step["call"], dict(step["outcome"]))
    if kind == "verb":
        return Verb(event["actor"], event["call"])
    return None


def secrets(path: Path) -> Secrets:
    """The key log that was written beside the file; empty where there is none. Lines that are none are passed over."""
    try:
        text = path.read_text(encoding="ascii", errors="replace")
    except OSError:
        return Secrets()
    found = Secrets()
    kept = []
    for line in dict.fromkeys(text.splitlines()):
        words = line.split()
        try:
            label, random, secret = words[0], bytes.fromhex(words[1]), bytes.fromhex(words[2])
        except (IndexError, ValueError):
            continue
        found.by_random.setdefault(random, {})[label] = secret
        kept.append(line + "\n")
    found.text = "".join(kept)
    return found
