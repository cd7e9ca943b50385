"""A line of a message, and how bytes are told in it. What messages there are is not known here."""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST_HEX = 48  # bytes


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a message. aside: what is shown behind the value, but differs by nature and is not compared.

    routine: it says what it says in every message of the kind, so that it need not be shown unless it differs.
    """

    name: str
    value: str
    aside: str = ""
    routine: bool = False


def in_hex(data: bytes | bytearray) -> str:
    """The first bytes in hexadecimal."""
    return data[:_LONGEST_HEX].hex(" ", 4) + (" ..." if len(data) > _LONGEST_HEX else "")


def size(data: bytes) -> str:
    """How long it is."""
    return f"{len(data)} byte" + ("" if len(data) == 1 else "s")
