"""One execution as a list of entries in the order of events: what the scenario called, and what passed on the wire.

A step is written down when its call is back; here it stands before what passed meanwhile, as a reader thinks of it.
How entries look, and how two accounts compare, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sslspec.results import failures
from sslspec.wire.capture import Capture, Closed, Data, Delivered, Happening, Step, Verb
from sslspec.wire.decode import CLEAR, Decoder, Said
from sslspec.wire.field import Field

MESSAGES = frozenset({"handshake", "alert", "change_cipher_spec", "application_data", "record", "bytes"})


@dataclass(slots=True)
class Entry:
    """One thing that happened.

    kind: ``step`` (of the subject), ``verb`` (of the peer), ``connection``, ``closed``, ``delivered``, ``after`` (what
    follows belongs to no step that came to its end), or what kind of `Said` it is; title: what it is, by which two are
    the same thing; outcome: what came of it, which is compared; aside: what differs by nature; by: ``client`` or
    ``server``, "" for what is not on the wire.
    """

    kind: str
    title: str
    outcome: str = ""
    aside: str = ""
    by: str = ""
    connection: int = 0
    keys: str = CLEAR
    fields: tuple[Field, ...] = ()
    size: int = 0
    record: int = 0
    records: int = 1

    @property
    def compared(self) -> bool:
        """Whether it says something of who is under test."""
        return self.kind not in ("delivered", "after")

    @property
    def on_wire(self) -> bool:
        """Whether it passed on the wire."""
        return bool(self.by)

    @property
    def key(self) -> tuple[str, str, str, int]:
        """What two entries have in common that are the same thing."""
        return self.kind, self.title, self.by, self.connection

    def to_json(self) -> dict[str, Any]:
        """JSON values only; what says nothing is left out."""
        told = {"kind": self.kind, "title": self.title, "outcome": self.outcome, "aside": self.aside, "from": self.by}
        found: dict[str, Any] = {name: value for name, value in told.items() if value}
        if self.connection:
            found["connection"] = self.connection
        if self.kind in MESSAGES:
            found |= {"keys": self.keys, "size": self.size, "record": self.record, "records": self.records}
            found["fields"] = [{"name": one.name, "value": one.value, "aside": one.aside} for one in self.fields]
        return found


@dataclass(slots=True)
class Account:
    """What became of one execution. subjects: by connection, which end the implementation is."""

    entries: list[Entry] = field(default_factory=list)
    subjects: dict[int, str] = field(default_factory=dict)

    @property
    def connections(self) -> int:
        """How many there were."""
        return len(self.subjects)


def of_capture(capture: Capture, secrets: Mapping[bytes, Mapping[str, bytes]]) -> Account:
    """The account of what was taken down. secrets: those of a key log, by the client's random."""
    writer = _Writer(capture, secrets)
    for happening in capture.happenings:
        writer.take(happening)
    return writer.close()


def of_steps(steps: list[dict[str, Any]]) -> Account:
    """The account of an execution of which there are only the steps of a record."""
    return Account([_step(Step(step["actor"], step["call"], step["outcome"])) for step in steps])


class _Writer:
    def __init__(self, capture: Capture, secrets: Mapping[bytes, Mapping[str, bytes]]) -> None:
        self._account = Account(subjects=capture.subjects)
        self._secrets = secrets
        self._decoders: dict[int, Decoder] = {}
        self._pieces: dict[int, list[int]] = {}
        self._begin = 0  # where the step that is going on stands

    def take(self, happening: Happening) -> None:
        entries = self._account.entries
        if isinstance(happening, Data):
            self._flush()
            self._data(happening)
        elif isinstance(happening, Delivered):
            self._pieces.setdefault(happening.connection, []).append(happening.size)
        elif isinstance(happening, Closed):
            self._flush()
            title = "resets the connection" if happening.how == "reset" else "closes its end"
            entries.append(Entry("closed", title, by=happening.by, connection=happening.connection))
        elif isinstance(happening, Step):
            self._flush()
            place = self._begin
            while place < len(entries) and entries[place].kind == "connection":
                place += 1
            entries.insert(place, _step(happening))
            self._begin = len(entries)
        else:
            self._flush()
            entries.append(Entry("verb", _call(happening)))
            self._begin = len(entries)

    def close(self) -> Account:
        self._flush()
        entries = self._account.entries
        if 0 < self._begin < len(entries):
            entries.insert(self._begin, Entry("after", "behind the last step"))
        for number, decoder in self._decoders.items():
            for said in decoder.rest():
                self._say(number, said)
        return self._account

    def _data(self, happening: Data) -> None:
        number = happening.connection
        if number not in self._decoders:
            self._decoders[number] = Decoder(self._secrets)
            if number > 1:
                self._account.entries.append(Entry("connection", f"connection {number}", connection=number))
        for said in self._decoders[number].feed(happening.by, happening.data):
            self._say(number, said)

    def _say(self, number: int, said: Said) -> None:
        self._account.entries.append(
            Entry(
                said.kind,
                said.title,
                said.says,
                by=said.by,
                connection=number,
                keys=said.keys,
                fields=said.fields,
                size=said.size,
                record=said.record,
                records=said.records,
            )
        )

    def _flush(self) -> None:
        for number, sizes in self._pieces.items():
            told = f"{len(sizes)} pieces" if len(sizes) > 1 else "1 piece"
            self._account.entries.append(Entry("delivered", told, aside=_runs(sizes), connection=number))
        self._pieces.clear()


def _step(step: Step) -> Entry:
    return Entry("step", _call(step), outcome=failures.outcome(step.outcome))


def _call(happening: Step | Verb) -> str:
    return f"{happening.actor}.{happening.call}" if happening.actor != "observed" else f"observed {happening.call}"


def _runs(sizes: list[int]) -> str:
    """Sizes in bytes, equal ones behind each other once: ``3 + 2 + 40 x 1``."""
    runs: list[tuple[int, int]] = []
    for size in sizes:
        if runs and runs[-1][1] == size:
            runs[-1] = runs[-1][0] + 1, size
        else:
            runs.append((1, size))
    return " + ".join(f"{count} x {size}" if count > 1 else str(size) for count, size in runs) + " bytes"
