"""How bytes that one end sent reach the other: the same bytes, in other pieces.

whole       one TLS record at a time
coalesced   everything that is under way at once
split       each record cut inside its header, behind it, and in the middle of its body
bytewise    one byte at a time
"""

from __future__ import annotations

HEADER = 5  # content type, legacy_record_version, length: RFC 8446 5.1
DELIVERIES = ("whole", "coalesced", "split", "bytewise")


def cut(data: bytes, delivery: str) -> list[bytes]:
    """The pieces in which `data` travels; joined they are `data` again. No piece is empty."""
    if delivery == "coalesced":
        pieces = [data]
    elif delivery == "whole":
        pieces = records(data)
    elif delivery == "split":
        pieces = [part for record in records(data) for part in _split(record)]
    elif delivery == "bytewise":
        pieces = [data[i : i + 1] for i in range(len(data))]
    else:
        raise ValueError(f"unknown delivery {delivery!r}; there are {', '.join(DELIVERIES)}")
    return [piece for piece in pieces if piece]


def records(data: bytes) -> list[bytes]:
    """`data` at its record boundaries; what is no whole record stays in one last piece."""
    found = []
    start = 0
    while len(data) - start >= HEADER and 20 <= data[start] <= 24 and data[start + 1] == 3:
        end = start + HEADER + int.from_bytes(data[start + 3 : start + 5], "big")
        if end > len(data):
            break
        found.append(data[start:end])
        start = end
    if start < len(data):
        found.append(data[start:])
    return found


def _split(record: bytes) -> list[bytes]:
    middle = (HEADER + len(record)) // 2
    return [record[:3], record[3:HEADER], record[HEADER:middle], record[middle:]]
