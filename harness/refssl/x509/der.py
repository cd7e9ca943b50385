"""A reader of DER (X.690): elements found by offset, nothing copied before it is wanted.

Only the encoding lives here; what an element means is said by the module that asks for it. No function calls itself:
how deep a structure may go is fixed by the grammar of who reads it, so nested input costs nothing. BER is refused
(indefinite and overlong lengths), where OpenSSL's decoder would let some of it pass.
"""

from __future__ import annotations

import re

BOOLEAN = 0x01
INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
UTF8_STRING = 0x0C
NUMERIC_STRING = 0x12
PRINTABLE_STRING = 0x13
T61_STRING = 0x14
VIDEOTEX_STRING = 0x15
IA5_STRING = 0x16
UTC_TIME = 0x17
GENERALIZED_TIME = 0x18
GRAPHIC_STRING = 0x19
VISIBLE_STRING = 0x1A
GENERAL_STRING = 0x1B
UNIVERSAL_STRING = 0x1C
BMP_STRING = 0x1E
SEQUENCE = 0x30
SET = 0x31


class MalformedCertificate(Exception):
    """Bytes that should be a certificate, or a part of one, are not."""


def element(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """The element at offset ``at`` of ``data``, which may reach up to ``end``: (tag, start of its content, its end).

    Raises MalformedCertificate for truncation, tag numbers above 30, and lengths that are indefinite or not minimal
    (X.690 10.1: "The definite form of length encoding shall be used, encoded in the minimum number of octets").
    """
    start = at + 2
    if start > end:
        raise MalformedCertificate("truncated element")
    tag = data[at]
    length = data[at + 1]
    if tag & 0x1F == 0x1F:
        raise MalformedCertificate("high tag number")
    if length >= 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        if length < 0x80 or data[start] == 0:
            # The indefinite one (of no octets) is among them; what is too large or cut off ends too late.
            raise MalformedCertificate("length is indefinite or not minimal")
        start += count
    stop = start + length
    if stop > end:
        raise MalformedCertificate("element is longer than what holds it")
    return tag, start, stop


def expect(tag: int, data: bytes, at: int, end: int) -> tuple[int, int]:
    """Content offsets (start, end) of the element at ``at``, which must have this tag."""
    found, start, stop = element(data, at, end)
    if found != tag:
        raise MalformedCertificate(f"tag {found:#04x} where {tag:#04x} belongs")
    return start, stop


def whole(tag: int, data: bytes) -> tuple[int, int]:
    """Content offsets of the one element that ``data`` must consist of, with this tag and nothing after it."""
    start, stop = expect(tag, data, 0, len(data))
    if stop != len(data):
        raise MalformedCertificate("bytes after the end")
    return start, stop


def elements(data: bytes, at: int, end: int) -> list[tuple[int, int, int, int]]:
    """Every element from ``at`` up to ``end`` exactly: (tag, where it begins, start of its content, its end)."""
    found = []
    while at < end:
        tag, start, stop = element(data, at, end)
        found.append((tag, at, start, stop))
        at = stop
    return found


def integer(content: bytes) -> int:
    """A signed INTEGER from its content octets (X.690 8.3: at least one, and no redundant leading octet)."""
    if not content:
        raise MalformedCertificate("empty INTEGER")
    if len(content) > 1 and content[0] in (0x00, 0xFF) and (content[0] ^ content[1]) < 0x80:
        raise MalformedCertificate("INTEGER is not minimal")
    return int.from_bytes(content, "big", signed=True)


def boolean(content: bytes) -> bool:
    """A BOOLEAN from its content octets (X.690 11.1: TRUE is 255 in DER)."""
    if content == b"\xff":
        return True
    if content == b"\x00":
        return False
    raise MalformedCertificate("BOOLEAN is neither TRUE nor FALSE")


def bits(content: bytes) -> tuple[bytes, int]:
    """A BIT STRING from its content octets: its octets and the number of unused bits in the last (X.690 8.6)."""
    if not content or content[0] > 7 or (content[0] and len(content) == 1):
        raise MalformedCertificate("BIT STRING with a wrong count of unused bits")
    unused = content[0]
    if unused:
        # X.690 11.2.1 wants zeros there; whatever stands there instead means nothing.
        return content[1:-1] + bytes((content[-1] & 0xFF << unused & 0xFF,)), unused
    return content[1:], 0


def wrap(tag: int, content: bytes) -> bytes:
    """One element, header and content."""
    length = len(content)
    if length < 0x80:
        return bytes((tag, length)) + content
    size = (length.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + length.to_bytes(size, "big") + content


# Subidentifiers (X.690 8.19.2): seven bits an octet, the last without its high bit, none beginning with a zero group.
_OBJECT_IDENTIFIER = re.compile(rb"(?:(?:[\x81-\xff][\x80-\xff]*)?[\x00-\x7f])+")


def check_oid(content: bytes) -> None:
    """Refuse content octets that are no OBJECT IDENTIFIER."""
    if _OBJECT_IDENTIFIER.fullmatch(content) is None:
        raise MalformedCertificate("OBJECT IDENTIFIER is empty, truncated or not minimal")


def oid(dotted: str) -> bytes:
    """Content octets of an OBJECT IDENTIFIER written with dots: ``oid("2.5.29.19")``."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    encoded = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | arc & 0x7F)
        encoded += bytes(reversed(groups))
    return bytes(encoded)


# OpenSSL's limit, from 128 numbers of 32 bits (RFC 2578 3.5): longer ones take quadratic time to write.
_LONGEST_IDENTIFIER = 586


def dotted(content: bytes) -> str:
    """An OBJECT IDENTIFIER's content octets as dotted decimal numbers (X.690 8.19)."""
    check_oid(content)
    if len(content) > _LONGEST_IDENTIFIER:
        raise MalformedCertificate("OBJECT IDENTIFIER of an absurd length")
    arcs: list[int] = []
    arc = 0
    for octet in content:
        arc = arc << 7 | octet & 0x7F
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))
