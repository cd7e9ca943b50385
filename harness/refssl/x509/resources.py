"""Internet number resources in certificates (RFC 3779): what each has lies within what its issuer has.

Addresses and numbers of autonomous systems come to the same: for each kind of resource there are ranges of integers, or
"inherit". Malformed octets raise MalformedCertificate; what is well-formed but not canonical is for ``check``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from refssl.x509 import codes, der
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate

if TYPE_CHECKING:
    from refssl.x509.certificate import Certificate

Range: TypeAlias = tuple[int, int]
"""First and last."""
Choice: TypeAlias = "tuple[Range, ...] | None"
"""Ranges, or None for "inherit"."""

# Address families (RFC 3779 2.2.3.3) and how many bits their addresses have.
_WIDTHS = {b"\0\1": 32, b"\0\2": 128}


class Resources:
    """One of the two extensions. choices: by kind of resource; canonical: all of it has the form that it should."""

    __slots__ = ("_last", "canonical", "choices")

    def __init__(self) -> None:
        self._last = b""
        self.choices: dict[bytes, Choice] = {}
        self.canonical = True

    def add(self, kind: bytes, choice: Choice) -> None:
        """Take what comes next in the extension. RFC 3779 2.2.3.6, 3.2.3.4: in order, no range next to another."""
        if kind <= self._last or not _in_order(choice):
            self.canonical = False
        self._last = max(self._last, kind)
        self.choices[kind] = choice


def _in_order(choice: Choice) -> bool:
    if choice is None:
        return True
    ranges = all(first <= last for first, last in choice)
    return bool(choice) and ranges and all(one[1] + 1 < two[0] for one, two in pairwise(choice))


def check(path: Sequence[Certificate]) -> None:
    """Refuse a path (leaf first) in which a resource is not its issuer's. Raises VerificationError.

    As for OpenSSL, a path whose leaf has no such extension is not held to anything. Address families other than IPv4
    and IPv6 have no addresses here, so only "inherit" is possible for them.
    """
    if path[0].facts.system_numbers is not None:
        # Numbers that the leaf does not speak of are those that its issuer has.
        _check([certificate.facts.system_numbers for certificate in path], {b"\xa0": None, b"\xa1": None})
    if path[0].facts.addresses is not None:
        _check([certificate.facts.addresses for certificate in path], {})


def _check(path: Sequence[Resources | None], unspoken: dict[bytes, Choice]) -> None:
    # For each kind of resource, what is claimed below the certificate in turn.
    claimed = unspoken
    for depth, resources in enumerate(path):
        if resources is not None and not resources.canonical:
            raise VerificationError(codes.INVALID_EXTENSION, depth)
        held = {} if resources is None else resources.choices
        if not depth:
            claimed = {**unspoken, **held}
        for kind, choice in claimed.items():
            of_issuer = held.get(kind)
            if kind in held and of_issuer is None:
                continue
            if choice is not None and not _holds(of_issuer or (), choice):
                raise VerificationError(codes.UNNESTED_RESOURCE, depth)
            if of_issuer is not None:
                claimed[kind] = of_issuer
    if path[-1] is not None and any(path[-1].choices.get(kind, ()) is None for kind in claimed):
        # An anchor has nobody to inherit from.
        raise VerificationError(codes.UNNESTED_RESOURCE, len(path) - 1)


def _holds(outer: Sequence[Range], inner: Sequence[Range]) -> bool:
    """Whether each of `inner` lies in one of `outer`; both are in order, so that once through them is enough."""
    at = 0
    for first, last in inner:
        while at < len(outer) and outer[at][1] < last:
            at += 1
        if at == len(outer) or outer[at][0] > first:
            return False
    return True


def addresses(value: bytes) -> Resources:
    """IPAddrBlocks (RFC 3779 2.2.3)."""
    resources = Resources()
    at, end = der.whole(der.SEQUENCE, value)
    while at < end:
        inner, at = der.expect(der.SEQUENCE, value, at, end)
        start, stop = der.expect(der.OCTET_STRING, value, inner, at)
        family = value[start:stop]
        if len(family) not in (2, 3):
            resources.canonical = False
        width = _WIDTHS.get(family[:2], 0)

        def address(content: bytes, last: bool, width: int = width) -> int:
            octets, unused = der.bits(content)
            size = len(octets) * 8 - unused
            if size > width:
                resources.canonical = False
            rest = max(width - size, 0)
            return (int.from_bytes(octets, "big") >> unused << rest) | ((1 << rest) - 1 if last else 0)

        choice = _choice(value, stop, at, der.BIT_STRING, address)
        if choice is not None and any(_is_prefix(*pair) for pair, single in choice if not single):
            # RFC 3779 2.2.3.7: a range that is a prefix MUST be encoded as one.
            resources.canonical = False
        resources.add(family, None if choice is None else tuple(pair for pair, _ in choice))
    return resources


def _is_prefix(first: int, last: int) -> bool:
    size = last - first + 1
    return size > 0 and not size & (size - 1) and not first % size


def system_numbers(value: bytes) -> Resources:
    """ASIdentifiers (RFC 3779 3.2.3)."""
    resources = Resources()
    at, end = der.whole(der.SEQUENCE, value)
    for tag, _, start, stop in der.elements(value, at, end):
        kind = bytes((tag,))
        if tag not in (0xA0, 0xA1) or kind in resources.choices:
            raise MalformedCertificate("malformed ASIdentifiers")
        choice = _choice(value, start, stop, der.INTEGER, lambda content, _: der.integer(content))
        resources.add(kind, None if choice is None else tuple(pair for pair, _ in choice))
    return resources


def _choice(
    data: bytes, at: int, end: int, single: int, number: Callable[[bytes, bool], int]
) -> list[tuple[Range, bool]] | None:
    """NULL for "inherit", or items, each one number or two: (range, whether it is written as one)."""
    tag, start, stop = der.element(data, at, end)
    if stop != end or tag not in (der.NULL, der.SEQUENCE) or (tag == der.NULL and start < stop):
        raise MalformedCertificate("malformed choice of resources")
    if tag == der.NULL:
        return None
    choice = []
    for kind, _, first, last in der.elements(data, start, stop):
        parts = [(kind, first, first, last)] if kind == single else der.elements(data, first, last)
        if kind not in (single, der.SEQUENCE) or [part[0] for part in parts] != [single] * (1 + (kind != single)):
            raise MalformedCertificate("malformed range of resources")
        low, high = (data[part[2] : part[3]] for part in (parts[0], parts[-1]))
        choice.append(((number(low, False), number(high, True)), kind == single))
    return choice
