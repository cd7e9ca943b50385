"""Certificate revocation lists (RFC 5280 5): their syntax and which serial numbers they revoke.

Whether a CRL may be believed (its signature, its time, who signed it) is for ``revocation``.
"""

from __future__ import annotations

from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.certificate import parse_time
from refssl.x509.der import MalformedCertificate
from refssl.x509.distribution import IssuingDistributionPoint, names_directory
from refssl.x509.names import Name

_TIMES = (der.UTC_TIME, der.GENERALIZED_TIME)
_CRL_NUMBER = der.oid("2.5.29.20")
_DELTA_CRL_INDICATOR = der.oid("2.5.29.27")
_REASON_CODE = der.oid("2.5.29.21")
_CERTIFICATE_ISSUER = der.oid("2.5.29.29")
_HANDLED = frozenset((ext.AUTHORITY_KEY_IDENTIFIER, _DELTA_CRL_INDICATOR, ext.ISSUING_DISTRIBUTION_POINT))
_HANDLED_OF_ENTRIES = frozenset((_CERTIFICATE_ISSUER,))
_ENUMERATED = 0x0A
_REMOVE_FROM_CRL = 8

_Entry = tuple["tuple[ext.GeneralName, ...] | None", bool]
"""Whose certificate (None: the list's own issuer's); whether it is removed from the list, not revoked."""


class CertificateRevocationList:
    """A parsed CertificateList.

    der, tbs, signature_algorithm (DER), signature; issuer: Name; extensions as in a certificate; number: cRLNumber, or
    None; base: BaseCRLNumber where it is a delta CRL, which only says what changed; scope: of which certificates it
    speaks, None where of all of its issuer's; unhandled: it has, or an entry of it has, a critical extension that is
    not processed here. RFC 5280 has cRLNumber and reasonCode not critical; OpenSSL insists.
    """

    __slots__ = (
        "_next_update",
        "_this_update",
        "base",
        "der",
        "extensions",
        "issuer",
        "number",
        "revoked",
        "scope",
        "signature",
        "signature_algorithm",
        "tbs",
        "tbs_algorithm",
        "unhandled",
    )

    def __init__(self, encoded: bytes) -> None:
        """encoded: DER of exactly one CRL. Raises MalformedCertificate."""
        start, end = der.whole(der.SEQUENCE, encoded)
        parts = der.elements(encoded, start, end)
        if [tag for tag, *_ in parts] != [der.SEQUENCE, der.SEQUENCE, der.BIT_STRING]:
            raise MalformedCertificate("not a CRL")
        (_, _, tbs_start, tbs_end), (_, algorithm, _, algorithm_end), (_, _, signature, stop) = parts
        self.der = encoded
        self.tbs = encoded[start:tbs_end]
        self.signature_algorithm = encoded[algorithm:algorithm_end]
        octets, unused = der.bits(encoded[signature:stop])
        if unused:
            raise MalformedCertificate("signature is no whole number of octets")
        self.signature = octets
        self.unhandled = False
        self.extensions: ext.Extensions = {}
        self.revoked: dict[int, list[_Entry]] = {}
        self._parse(encoded, tbs_start, tbs_end)
        self.number = self._number(_CRL_NUMBER)
        self.base = self._number(_DELTA_CRL_INDICATOR)
        self.scope: IssuingDistributionPoint | None = None
        if ext.ISSUING_DISTRIBUTION_POINT in self.extensions:
            self.scope = IssuingDistributionPoint(self.extensions[ext.ISSUING_DISTRIBUTION_POINT][1])

    def _number(self, identifier: bytes) -> int | None:
        if identifier not in self.extensions:
            return None
        value = self.extensions[identifier][1]
        start, end = der.whole(der.INTEGER, value)
        return der.integer(value[start:end])

    def status(self, serial: int, issuer: Name) -> bool | None:
        """What the list says of a certificate: True: revoked, False: no longer, None: nothing (RFC 5280 5.3)."""
        for issuers, removed in self.revoked.get(serial, ()):
            if issuer == self.issuer if issuers is None else names_directory(issuers, issuer):
                return not removed
        return None

    def _parse(self, data: bytes, at: int, end: int) -> None:
        parts = der.elements(data, at, end)
        if parts and parts[0][0] == der.INTEGER:
            if der.integer(data[parts[0][2] : parts[0][3]]) != 1:
                raise MalformedCertificate("unknown CRL version")
            del parts[0]
        if [tag for tag, *_ in parts[:2]] != [der.SEQUENCE] * 2 or len(parts) < 3 or parts[2][0] not in _TIMES:
            raise MalformedCertificate("malformed TBSCertList")
        self.tbs_algorithm = data[parts[0][1] : parts[0][3]]
        self.issuer = Name(data[parts[1][1] : parts[1][3]])
        self._this_update = (parts[2][0], data[parts[2][2] : parts[2][3]])
        self._next_update: tuple[int, bytes] | None = None
        rest = parts[3:]
        if rest and rest[0][0] in _TIMES:
            self._next_update = (rest[0][0], data[rest[0][2] : rest[0][3]])
            del rest[0]
        if rest and rest[0][0] == der.SEQUENCE:
            self.revoked = self._entries(data, rest[0][2], rest[0][3])
            del rest[0]
        if rest and rest[0][0] == 0xA0:
            start, stop = der.expect(der.SEQUENCE, data, rest[0][2], rest[0][3])
            if stop != rest[0][3]:
                raise MalformedCertificate("malformed CRL extensions")
            self.extensions = self._extensions(data, start, stop, _HANDLED)
            del rest[0]
        if rest:
            raise MalformedCertificate("malformed end of TBSCertList")

    def _entries(self, data: bytes, at: int, end: int) -> dict[int, list[_Entry]]:
        entries: dict[int, list[_Entry]] = {}
        issuers: tuple[ext.GeneralName, ...] | None = None
        while at < end:
            inner, at = der.expect(der.SEQUENCE, data, at, end)
            first, last = der.expect(der.INTEGER, data, inner, at)
            tag, _, stop = der.element(data, last, at)
            if tag not in _TIMES:
                raise MalformedCertificate("malformed CRL entry")
            removed = False
            if stop < at:
                start, end_of_extensions = der.expect(der.SEQUENCE, data, stop, at)
                if end_of_extensions != at:
                    raise MalformedCertificate("malformed CRL entry")
                extensions = self._extensions(data, start, at, _HANDLED_OF_ENTRIES)
                if _REASON_CODE in extensions:
                    removed = _reason(extensions[_REASON_CODE][1]) == _REMOVE_FROM_CRL
                if _CERTIFICATE_ISSUER in extensions:
                    # RFC 5280 5.3.3: an entry without it has "the same certificate issuer as the preceding entry".
                    issuers = ext.alternative_names(extensions[_CERTIFICATE_ISSUER][1])
            entries.setdefault(der.integer(data[first:last]), []).append((issuers, removed))
        return entries

    def _extensions(self, data: bytes, at: int, end: int, known: frozenset[bytes]) -> ext.Extensions:
        extensions, repeated = ext.parse_extensions(data, at, end)
        if repeated:
            raise MalformedCertificate("repeated extension in a CRL")
        if any(critical and identifier not in known for identifier, (critical, _) in extensions.items()):
            self.unhandled = True
        return extensions

    @property
    def this_update(self) -> int:
        """When the list was issued, POSIX seconds. Raises MalformedCertificate for a malformed time."""
        return parse_time(*self._this_update)

    @property
    def next_update(self) -> int | None:
        """When the next list is due, POSIX seconds; None where it does not say. Raises MalformedCertificate."""
        return None if self._next_update is None else parse_time(*self._next_update)


def _reason(value: bytes) -> int:
    start, end = der.whole(_ENUMERATED, value)
    return der.integer(value[start:end])
