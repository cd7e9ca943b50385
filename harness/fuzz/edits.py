"""A program of faults, read from bytes: which message or record is changed, how, and whether its sender believes it.

Any bytes are a program. What a faulty peer sends before protection goes through `Faulty`, the engine's one seam for
that; what happens to records on their way goes through `Records`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from fuzz import mutations
from fuzz.wire import STRUCTS
from refssl.engine.messages.control import ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Raw
from refssl.engine.output import M, Output, framed
from refssl.engine.presentation import decode, encode
from refssl.engine.records import HEADER, MAX_PLAINTEXT

_SIZE = 7  # of an edit without its payload


@dataclass(frozen=True, slots=True)
class Edit:
    """One fault. on_records: after protection, not before; number: which message or record; believed: the sender takes
    what it has really sent into its transcript; toward_client: of records, in which direction they go."""

    on_records: bool
    toward_client: bool
    believed: bool
    number: int
    operation: int
    place: int
    size: int
    payload: bytes


def program(data: bytes) -> list[Edit]:
    """The edits that bytes stand for: where, operation, place (2), size, length of payload, mode; payload."""
    found: list[Edit] = []
    at = 0
    while at < len(data) and len(found) < 16:
        where, operation, high, low, size, length, mode = data[at : at + _SIZE].ljust(_SIZE, b"\0")
        at += _SIZE
        payload = data[at : at + length]
        at += length
        found.append(
            Edit(
                bool(where & 0x80),
                bool(where & 0x40),
                not mode & 1,
                where & 0x1F,
                operation,
                high << 8 | low,
                size,
                payload,
            )
        )
    return found


def written(
    number: int,
    operation: int,
    place: int = 0,
    size: int = 1,
    payload: bytes = b"",
    *,
    on_records: bool = False,
    toward_client: bool = False,
    believed: bool = True,
) -> bytes:
    """The bytes of one edit."""
    where = number & 0x1F | on_records << 7 | toward_client << 6
    return bytes((where, operation, place >> 8, place & 0xFF, size, len(payload), not believed)) + payload


def other_program(data: bytes, chance: Random) -> bytes:
    """`data`, a program behind one byte, with edits changed, added or taken away."""
    head, rest = data[:1] or b"\0", data[1:]
    if chance.random() < 0.2:
        return mutations.havoc(data, chance)
    if chance.random() < 0.2:
        head = bytes((chance.randrange(256),))
    edits = list(_pieces(rest))
    if edits and chance.random() < 0.4:
        del edits[chance.randrange(len(edits))]
    if edits and chance.random() < 0.4:
        at = chance.randrange(len(edits))
        edits[at] = mutations.havoc(edits[at], chance)
    if len(edits) < 6 and (not edits or chance.random() < 0.5):
        edits.insert(chance.randrange(len(edits) + 1), _any_edit(chance))
    return head + b"".join(edits)


def _pieces(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        end = at + _SIZE + (data[at + 5] if at + 5 < len(data) else 0)
        yield data[at:end]
        at = end


def _any_edit(chance: Random) -> bytes:
    return written(
        chance.choice((0, 0, 1, 1, 2, 3, 4, 5, 6, 7, chance.randrange(32))),
        chance.randrange(16),
        chance.choice((0, 1, 4, 5, 6, 38, chance.randrange(400))),
        chance.choice((1, 1, 2, 4, 32, 255, chance.randrange(256))),
        chance.randbytes(chance.choice((0, 0, 1, 2, 4, 8, 40))),
        on_records=chance.random() < 0.3,
        toward_client=chance.random() < 0.5,
        believed=chance.random() < 0.7,
    )


Item = tuple[int, bytes]
"""Content type and content: of a message that is sent, with its header where it belongs to the handshake."""


def _spoiled(item: Item, edit: Edit) -> list[Item]:
    """What is sent in the place of one message."""
    content_type, data = item
    place = edit.place % (len(data) + 1)
    match edit.operation % 16:
        case 0 | 1:
            changed = bytearray(data)
            changed[place : place + 1] = bytes(
                (changed[place] ^ (edit.size or 1) if place < len(changed) else edit.size,)
            )
            return [
                (content_type, _with_length(content_type, bytes(changed)) if edit.operation % 2 else bytes(changed))
            ]
        case 2:
            return [(content_type, _with_length(content_type, data[:place] + data[place + edit.size :]))]
        case 3:
            return [(content_type, _with_length(content_type, data[:place] + edit.payload + data[place:]))]
        case 4:
            span = data[place : place + edit.size]
            return [(content_type, _with_length(content_type, data[:place] + span + data[place:]))]
        case 5:
            return [(content_type, data[:place])]
        case 6:
            claimed = edit.place << 8 | edit.size
            return [(content_type, data[:1] + claimed.to_bytes(3, "big") + data[4:])]
        case 7:
            return []
        case 8:
            return [item, item]
        case 9:
            return [(content_type, edit.payload)]
        case 10:
            return [(20 + edit.size % 8, edit.payload), item]
        case 11:
            return [(ALERT, bytes((edit.size, edit.place & 0xFF)))] * (1 + edit.place % 7) + [item]
        case 12:
            return [(CHANGE_CIPHER_SPEC, b"\1")] * (1 + edit.size % 40) + [item]
        case 13:
            # The pieces of a message in records of their own, with something between them.
            between = [(20 + edit.size % 4, edit.payload)] if edit.size & 0x40 else []
            return [(content_type, data[:place]), *between, (content_type, data[place:])]
        case 14:
            framed_payload = edit.payload[:1] + max(len(edit.payload) - 1, 0).to_bytes(3, "big") + edit.payload[1:]
            return [item, (HANDSHAKE, framed_payload)] if edit.size & 1 else [(HANDSHAKE, framed_payload), item]
        case _:
            return [(content_type, _by_fields(data, edit))]


def _with_length(content_type: int, data: bytes) -> bytes:
    """A handshake message with the length that it has come to."""
    if content_type != HANDSHAKE or len(data) < 4:
        return data
    return data[:1] + (len(data) - 4).to_bytes(3, "big") + data[4:]


def _by_fields(data: bytes, edit: Edit) -> bytes:
    """A handshake message with one of its fields changed, as far as its struct is known by its number."""
    chance = Random(bytes((edit.size,)) + edit.place.to_bytes(2, "big") + edit.payload)
    structs = [struct for struct in STRUCTS.values() if getattr(struct, "msg_type", None) == data[0]]
    chance.shuffle(structs)
    for struct in structs:
        try:
            body = encode(mutations.altered(decode(struct, data[4:]), chance))
        except Exception:  # the struct of the other version, or a value that cannot be written
            continue
        return data[:1] + len(body).to_bytes(3, "big") + body
    return data[:4] + mutations.havoc(data[4:], chance)


class Faulty(Output):
    """The sending half of a peer that follows a program of edits. believed: what it took into its transcript."""

    __slots__ = ("_count", "_edits", "believed")

    def __init__(self, edits: list[Edit]) -> None:
        super().__init__()
        self._edits = [edit for edit in edits if not edit.on_records]
        self._count = 0
        self.believed = bytearray()

    def send(self, message: M) -> M:
        number = self._count
        self._count += 1
        content_type: int = message.content_type  # type: ignore[attr-defined]
        data = framed(message) if content_type == HANDSHAKE else encode(message)
        edits = [edit for edit in self._edits if edit.number == number]
        if not edits:
            if self.transcript is not None and content_type == HANDSHAKE:
                self.believed += data
            return super().send(message)
        items: list[Item] = [(content_type, data)]
        for edit in edits:
            items = [*_spoiled(items[0], edit), *items[1:]] if items else items
        if self.transcript is not None:
            if all(edit.believed for edit in edits):
                data = b"".join(content for each, content in items if each == HANDSHAKE)
            elif content_type != HANDSHAKE:
                data = b""
            self.believed += data
            self.transcript.update(data)
        for each, content in items:
            for start in range(0, max(len(content), 1), MAX_PLAINTEXT):
                super().send(Raw(each, content[start : start + MAX_PLAINTEXT]))
        return message


class Records:
    """What happens to records on their way in one direction. touched: something did."""

    def __init__(self, edits: list[Edit], toward_client: bool) -> None:
        self._edits = [edit for edit in edits if edit.on_records and edit.toward_client is toward_client]
        self._count = 0
        self._held: list[bytes] = []
        self.touched = False

    def carry(self, data: bytes, others: Sequence[bytes] = ()) -> bytes:
        """What arrives of these records. others: records of another connection, to be put among them."""
        arriving: list[bytes] = []
        for record in cut(data):
            number = self._count
            self._count += 1
            edits = [edit for edit in self._edits if edit.number == number]
            held, self._held = self._held, []
            together = [record]
            for edit in edits:
                self.touched = True
                together = self._changed(together[0], edit, others) + together[1:] if together else together
            arriving += together + held
        return b"".join(arriving)

    def _changed(self, record: bytes, edit: Edit, others: Sequence[bytes]) -> list[bytes]:
        place = edit.place % (len(record) or 1)
        match edit.operation % 13:
            case 0 | 1 | 2:
                changed = bytearray(record)
                changed[place : place + 1] = bytes((changed[place] ^ (edit.size or 1),))
                return [bytes(changed)]
            case 3:
                return [_whole(record[:place] + record[place + edit.size :])]
            case 4:
                return [_whole(record[:place] + edit.payload + record[place:])]
            case 5:
                return [record, record]
            case 6:
                return []
            case 7:
                self._held.append(record)
                return []
            case 8:
                return [record[:3] + edit.place.to_bytes(2, "big") + record[5:]]
            case 9:
                empty = record[:3] + bytes(2)
                return [*([empty] * (1 + edit.size % 80)), record]
            case 10:
                at = max(HEADER, place)
                return [_whole(record[:at]), _whole(record[:HEADER] + record[at:])]
            case 11:
                return [others[edit.size % len(others)], record] if others else [record]
            case _:
                return [record, record[:3] + len(edit.payload).to_bytes(2, "big") + edit.payload]


def _whole(record: bytes) -> bytes:
    """A record with the length that it has come to."""
    return record[:3] + max(len(record) - HEADER, 0).to_bytes(2, "big") + record[HEADER:]


def cut(data: bytes) -> list[bytes]:
    """The records in `data`; the last may be in part."""
    found = []
    at = 0
    while at < len(data):
        end = at + HEADER + int.from_bytes(data[at + 3 : at + 5], "big")
        found.append(data[at:end])
        at = end
    return found
