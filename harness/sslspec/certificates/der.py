"""A writer for the DER that certificates and CRLs are made of: tag, length, value and the few types they use.

It writes whatever it is asked to, also what no careful library would, and reads only what it has written; it knows
nothing of X.509.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime


def tlv(tag: int, *parts: bytes) -> bytes:
    """One element: the identifier octet `tag`, the length of the joined `parts`, and the parts."""
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def sequence(*parts: bytes) -> bytes:
    """SEQUENCE of elements that are encoded already."""
    return tlv(0x30, *parts)


def set_of(*parts: bytes) -> bytes:
    """SET OF, whose elements DER sorts by their encoding."""
    return tlv(0x31, *sorted(parts))


def context(number: int, *parts: bytes, constructed: bool = True) -> bytes:
    """A context-specific tag, `[number]`."""
    return tlv((0xA0 if constructed else 0x80) | number, *parts)


def integer(value: int) -> bytes:
    """INTEGER, negative ones included."""
    bits = value.bit_length() if value >= 0 else (value + 1).bit_length()
    return tlv(0x02, value.to_bytes(bits // 8 + 1, "big", signed=True))


def enumerated(value: int) -> bytes:
    """ENUMERATED, of a value below 128."""
    return tlv(0x0A, bytes((value,)))


def boolean(value: bool) -> bytes:
    """BOOLEAN; DER's TRUE is 0xFF."""
    return tlv(0x01, b"\xff" if value else b"\x00")


def null() -> bytes:
    """NULL."""
    return b"\x05\x00"


def octet_string(value: bytes) -> bytes:
    """OCTET STRING."""
    return tlv(0x04, value)


def bit_string(value: bytes, unused: int = 0) -> bytes:
    """BIT STRING whose last octet has `unused` bits to spare."""
    return tlv(0x03, bytes((unused,)), value)


def named_bits(numbers: list[int]) -> bytes:
    """BIT STRING with named bits: DER leaves the trailing zero bits out."""
    value = 0
    for number in numbers:
        value |= 1 << (31 - number)
    octets = value.to_bytes(4, "big").rstrip(b"\x00")
    unused = (octets[-1] & -octets[-1]).bit_length() - 1 if octets else 0
    return bit_string(octets, unused)


def oid(dotted: str) -> bytes:
    """OBJECT IDENTIFIER from its dotted form."""
    return tlv(0x06, oid_content(dotted))


def oid_content(dotted: str) -> bytes:
    """The octets of an OBJECT IDENTIFIER without tag and length."""
    first, second, *rest = (int(arc) for arc in dotted.split("."))
    octets = bytearray()
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.append(0x80 | (arc & 0x7F))
        octets += bytes(reversed(groups))
    return bytes(octets)


def utf8(text: str) -> bytes:
    """UTF8String."""
    return tlv(0x0C, text.encode())


def printable(text: str) -> bytes:
    """PrintableString; that the characters are permitted in one is the caller's business."""
    return tlv(0x13, text.encode("ascii"))


def ia5(text: str) -> bytes:
    """IA5String."""
    return tlv(0x16, text.encode("ascii"))


def time(moment: datetime) -> bytes:
    """RFC 5280 4.1.2.5: UTCTime through the year 2049 and from 1950, GeneralizedTime otherwise."""
    if 1950 <= moment.year < 2050:
        return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, f"{moment.year:04}{moment:%m%d%H%M%SZ}".encode())


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tag and content of each element that was put into `data` here."""
    start = 0
    while start < len(data):
        tag, size = data[start], data[start + 1]
        start += 2
        if size & 0x80:
            octets = size & 0x7F
            size = int.from_bytes(data[start : start + octets], "big")
            start += octets
        yield tag, data[start : start + size]
        start += size


def replaced(element: bytes, way: Sequence[int], value: bytes) -> bytes:
    """The element with `value` in the place of what `way` leads to, by numbers from 0, or behind the last of them."""
    if not way:
        return value
    ((tag, content),) = elements(element)
    parts = [*(tlv(*part) for part in elements(content)), b""]
    parts[way[0]] = replaced(parts[way[0]], way[1:], value)
    return tlv(tag, *parts)
