"""Distinguished names (RFC 5280 4.1.2.4): their attributes, and the form in which two of them are compared.

How a name is printed is the business of ``refssl.peercert``; general names (subjectAltName) are in ``extensions``.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from refssl.x509 import der
from refssl.x509.der import MalformedCertificate

_TEXT = {
    der.UTF8_STRING: "utf-8",
    der.PRINTABLE_STRING: "latin-1",
    der.T61_STRING: "latin-1",
    der.IA5_STRING: "latin-1",
    der.NUMERIC_STRING: "latin-1",
    der.UNIVERSAL_STRING: "utf-32-be",
    der.BMP_STRING: "utf-16-be",
}
# What else OpenSSL lets stand as the value of an attribute.
_OTHER = frozenset((der.BIT_STRING, der.SEQUENCE))
# Which string types are folded before they are compared; the others (a NumericString too) are compared as they are.
_FOLDED = frozenset(_TEXT) - {der.NUMERIC_STRING}
_CACHED_NAME = 512


class Attribute:
    """One AttributeTypeAndValue. type: OID content octets; tag and value: the value's tag and content octets.

    text: the value as text, None where its type is no character string (BIT STRING, SEQUENCE). T61String is read as
    Latin-1, as OpenSSL does; nobody implements the real T.61.
    """

    __slots__ = ("tag", "text", "type", "value")

    def __init__(self, type_: bytes, tag: int, value: bytes) -> None:
        """Raises MalformedCertificate for a type that has no place in a name, and for text that is none."""
        self.type = type_
        self.tag = tag
        self.value = value
        self.text: str | None = None
        encoding = _TEXT.get(tag)
        if encoding is not None:
            try:
                self.text = value.decode(encoding)
            except UnicodeDecodeError:
                raise MalformedCertificate("character string in a name is not of its type") from None
            if tag == der.BMP_STRING and len(self.text) * 2 != len(value):
                raise MalformedCertificate("BMPString with characters beyond its plane")
        elif tag == der.BIT_STRING:
            der.bits(value)
        elif tag not in _OTHER:
            raise MalformedCertificate("attribute of a type that has no place in a name")


class Name:
    """A Name: a sequence of relative distinguished names, each a set of attributes.

    canonical: what OpenSSL compares names by; equal for names that differ only in case, spaces or string type.
    """

    __slots__ = ("_attributes", "canonical", "der")

    def __init__(self, encoded: bytes) -> None:
        """encoded: the whole SEQUENCE, header included. Raises MalformedCertificate."""
        self.der = encoded
        self.canonical = canonical(encoded)
        self._attributes: tuple[tuple[Attribute, ...], ...] | None = None

    @property
    def rdns(self) -> tuple[tuple[Attribute, ...], ...]:
        """The relative distinguished names in order."""
        if self._attributes is None:
            self._attributes = _parse(self.der)
        return self._attributes

    @property
    def empty(self) -> bool:
        """True for a name without any relative distinguished name."""
        return self.der == b"\x30\x00"

    def hash(self) -> int:
        """OpenSSL's name hash: the first four octets of SHA-1 of the canonical form, little-endian."""
        digest = hashlib.sha1(self.canonical, usedforsecurity=False).digest()
        return int.from_bytes(digest[:4], "little")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Name):
            return NotImplemented
        return self.canonical == other.canonical

    def __hash__(self) -> int:
        return hash(self.canonical)


def canonical(encoded: bytes) -> bytes:
    """OpenSSL's canonical form of a Name: its sets one after the other, character strings folded.

    Folding is: as UTF-8, ASCII letters in lower case, white space trimmed at the ends and collapsed inside. RFC 5280
    7.1 asks for stringprep instead; the difference is case beyond ASCII, where this is the stricter.
    """
    return _cached(encoded) if len(encoded) <= _CACHED_NAME else _canonical(encoded)


def _canonical(encoded: bytes) -> bytes:
    folded = []
    for rdn in _parse(encoded):
        members = sorted(der.wrap(der.SEQUENCE, der.wrap(der.OBJECT_IDENTIFIER, a.type) + _fold(a)) for a in rdn)
        folded.append(der.wrap(der.SET, b"".join(members)))
    return b"".join(folded)


# Issuers repeat: the names of a trust store and of the peers that chain to it.
_cached = lru_cache(maxsize=1024)(_canonical)


def _parse(encoded: bytes) -> tuple[tuple[Attribute, ...], ...]:
    start, end = der.whole(der.SEQUENCE, encoded)
    rdns = []
    while start < end:
        at, stop = der.expect(der.SET, encoded, start, end)
        if at == stop:
            raise MalformedCertificate("empty relative distinguished name")
        attributes = []
        while at < stop:
            inner, at = der.expect(der.SEQUENCE, encoded, at, stop)
            type_start, type_end = der.expect(der.OBJECT_IDENTIFIER, encoded, inner, at)
            tag, value_start, value_end = der.element(encoded, type_end, at)
            if value_end != at or type_start == type_end:
                raise MalformedCertificate("malformed attribute in a name")
            der.check_oid(encoded[type_start:type_end])
            attributes.append(Attribute(encoded[type_start:type_end], tag, encoded[value_start:value_end]))
        rdns.append(tuple(attributes))
        start = stop
    return tuple(rdns)


def _fold(attribute: Attribute) -> bytes:
    if attribute.text is None or attribute.tag not in _FOLDED:
        return der.wrap(attribute.tag, attribute.value)
    return der.wrap(der.UTF8_STRING, b" ".join(attribute.text.encode().lower().split()))
