"""Where revocations are published: DistributionPoint (RFC 5280 4.2.1.13) and IssuingDistributionPoint (5.2.5).

Their syntax and how a certificate's points and a list's are compared live here; which list is believed is for
``revocation``. Malformed octets raise MalformedCertificate.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import Name, canonical

ALL_REASONS = 0x1FF & ~1
"""ReasonFlags, named bits as the BIT STRING numbers them, without "unused"."""


class DistributionPoint:
    """One DistributionPoint of a certificate, or the place that a list's IssuingDistributionPoint names.

    names: fullName, None where there is none; relative: nameRelativeToCRLIssuer as the DER of a Name with this one
    part, or None; reasons: a mask, ALL_REASONS where it does not say; issuers: cRLIssuer, or None.
    """

    __slots__ = ("issuers", "names", "reasons", "relative")

    def __init__(self) -> None:
        self.names: tuple[ext.GeneralName, ...] | None = None
        self.relative: bytes | None = None
        self.reasons = ALL_REASONS
        self.issuers: tuple[ext.GeneralName, ...] | None = None

    def read_name(self, data: bytes, at: int, end: int) -> None:
        """Take a DistributionPointName, whose octets stand between two offsets."""
        tag, start, stop = der.element(data, at, end)
        if stop != end or tag not in (0xA0, 0xA1):
            raise MalformedCertificate("malformed distributionPointName")
        if tag == 0xA0:
            self.names = ext.general_names(data, start, stop)
        else:
            # One relative distinguished name, which a Name must be able to hold.
            self.relative = der.wrap(der.SEQUENCE, der.wrap(der.SET, data[start:stop]))
            Name(self.relative)

    @property
    def unnamed(self) -> bool:
        """Whether it names no place at all."""
        return self.names is None and self.relative is None

    def places(self, issuer: Name) -> frozenset[ext.GeneralName]:
        """Its names, directory names in their canonical form. issuer: of the certificate or list it stands in."""
        if self.relative is not None:
            base = self.issuers[0][1] if self.issuers and self.issuers[0][0] == ext.DIRECTORY_NAME else issuer.der
            return frozenset([(ext.DIRECTORY_NAME, canonical(base) + canonical(self.relative))])
        return frozenset(map(_comparable, self.names or ()))


def _comparable(name: ext.GeneralName) -> ext.GeneralName:
    kind, content = name
    return (kind, canonical(content)) if kind == ext.DIRECTORY_NAME else name


def names_directory(names: Sequence[ext.GeneralName], directory: Name) -> bool:
    """Whether a directory name is among general names."""
    return (ext.DIRECTORY_NAME, directory.canonical) in map(_comparable, names)


def distribution_points(value: bytes) -> tuple[DistributionPoint, ...]:
    """CRLDistributionPoints (RFC 5280 4.2.1.13)."""
    points = []
    at, end = der.whole(der.SEQUENCE, value)
    while at < end:
        inner, at = der.expect(der.SEQUENCE, value, at, end)
        point = DistributionPoint()
        previous = -1
        for tag, _, start, stop in der.elements(value, inner, at):
            if tag & 0x1F <= previous or tag not in (0xA0, 0x81, 0xA2):
                raise MalformedCertificate("malformed distributionPoint")
            previous = tag & 0x1F
            if tag == 0xA0:
                point.read_name(value, start, stop)
            elif tag == 0x81:
                point.reasons = _reasons(value[start:stop])
            else:
                point.issuers = ext.general_names(value, start, stop)
        if point.unnamed and point.issuers is None:
            # "either distributionPoint or cRLIssuer MUST be present"
            raise MalformedCertificate("distributionPoint without a place")
        points.append(point)
    return tuple(points)


def _reasons(content: bytes) -> int:
    return ext.mask_of(der.bits(content)[0]) & ALL_REASONS


class IssuingDistributionPoint:
    """IssuingDistributionPoint (RFC 5280 5.2.5): of which certificates and reasons a list speaks.

    place: the distributionPoint, without reasons; user_only, authority_only, attribute_only, indirect: as the fields
    are called; reasons: a mask, or None where the list is for all. invalid: it contradicts itself.
    """

    __slots__ = ("attribute_only", "authority_only", "indirect", "invalid", "place", "reasons", "user_only")

    def __init__(self, value: bytes) -> None:
        """value: of the extension. Raises MalformedCertificate."""
        self.place = DistributionPoint()
        self.reasons: int | None = None
        flags = dict.fromkeys((0x81, 0x82, 0x84, 0x85), False)
        at, end = der.whole(der.SEQUENCE, value)
        previous = -1
        for tag, _, start, stop in der.elements(value, at, end):
            if tag & 0x1F <= previous or tag not in (0xA0, 0x83, *flags):
                raise MalformedCertificate("malformed issuingDistributionPoint")
            previous = tag & 0x1F
            if tag == 0xA0:
                self.place.read_name(value, start, stop)
            elif tag == 0x83:
                self.reasons = _reasons(value[start:stop])
            else:
                flags[tag] = der.boolean(value[start:stop])
        self.user_only, self.authority_only, self.indirect, self.attribute_only = flags.values()
        # "MUST NOT [be] an empty sequence", nor for OpenSSL one of defaults only; and "at most one of
        # onlyContainsUserCerts, onlyContainsCACerts, and onlyContainsAttributeCerts".
        empty = self.place.unnamed and self.reasons is None and not any(flags.values())
        self.invalid = empty or self.user_only + self.authority_only + self.attribute_only > 1
