"""One certificate (RFC 5280 4.1): its fields by offset, its extensions and key when they are first asked for.

Parsing and the facts that follow from one certificate alone live here; whether it may be used is for ``path``.
A certificate whose names or times have no sense at all is none, as for OpenSSL's decoder; a time that is merely wrong,
or a malformed extension, is for whoever asks for it.

A certificate is never changed, so its cached parts may be shared between threads.
"""

from __future__ import annotations

from datetime import date

from refssl.crypto.keys import PublicKey
from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.der import MalformedCertificate
from refssl.x509.facts import Facts
from refssl.x509.issuance import may_have_issued
from refssl.x509.names import Name

__all__ = ["Certificate", "MalformedCertificate", "parse_time"]

_EPOCH = date(1970, 1, 1).toordinal()


class Certificate:
    """A parsed certificate.

    der: the whole encoding; tbs: the signed part; version: 1, 2 or 3; serial: a signed integer; issuer and subject:
    Name; spki: SubjectPublicKeyInfo as DER; signature_algorithm: AlgorithmIdentifier as DER; signature: octets;
    self_issued: issuer and subject are the same name (RFC 5280 6.1); extension_span: where in `der` the extensions
    are, None without any.
    """

    __slots__ = (
        "_extensions",
        "_facts",
        "_not_after",
        "_not_before",
        "_public_key",
        "_repeated",
        "_self_signed",
        "_validity",
        "der",
        "extension_span",
        "issuer",
        "self_issued",
        "serial",
        "signature",
        "signature_algorithm",
        "spki",
        "subject",
        "tbs",
        "tbs_algorithm",
        "version",
    )

    def __init__(self, encoded: bytes) -> None:
        """encoded: DER of exactly one certificate. Raises MalformedCertificate."""
        element = der.element
        length = len(encoded)
        outer, start, end = element(encoded, 0, length)
        tag, tbs_start, tbs_end = element(encoded, start, end)
        algorithm_tag, _, algorithm_end = element(encoded, tbs_end, end)
        signature_tag, signature, stop = element(encoded, algorithm_end, end)
        if (
            outer != der.SEQUENCE
            or tag != der.SEQUENCE
            or algorithm_tag != der.SEQUENCE
            or signature_tag != der.BIT_STRING
            or stop != end
            or end != length
        ):
            raise MalformedCertificate("not a certificate")
        self.der = encoded
        self.tbs = encoded[start:tbs_end]
        self.signature_algorithm = encoded[tbs_end:algorithm_end]
        if encoded[signature : signature + 1] != b"\0":
            raise MalformedCertificate("signature is no whole number of octets")
        self.signature = encoded[signature + 1 : stop]
        self._parse_tbs(encoded, tbs_start, tbs_end)
        self._extensions: ext.Extensions | None = None
        self._repeated: frozenset[bytes] = frozenset()
        self._public_key: PublicKey | None = None
        self._facts: Facts | None = None
        self._self_signed: bool | None = None
        self._not_before: int | None = None
        self._not_after: int | None = None

    @classmethod
    def from_der(cls, encoded: bytes) -> Certificate:
        """The certificate that ``encoded`` is, with nothing after it. Raises MalformedCertificate."""
        return cls(encoded)

    def _parse_tbs(self, data: bytes, at: int, end: int) -> None:
        element = der.element
        self.version, at = _version(data, at, end)
        tag, start, stop = element(data, at, end)
        if tag != der.INTEGER:
            raise MalformedCertificate("malformed serialNumber")
        self.serial = der.integer(data[start:stop])
        algorithm, _, algorithm_end = element(data, stop, end)
        self.tbs_algorithm = data[stop:algorithm_end]
        issuer, _, issuer_end = element(data, algorithm_end, end)
        self.issuer = Name(data[algorithm_end:issuer_end])
        self._validity, validity_end = _validity(data, issuer_end, end)
        subject, _, subject_end = element(data, validity_end, end)
        self.subject = Name(data[validity_end:subject_end])
        spki, _, spki_end = element(data, subject_end, end)
        self.spki = data[subject_end:spki_end]
        if not algorithm == issuer == subject == spki == der.SEQUENCE:
            raise MalformedCertificate("malformed TBSCertificate")
        self.self_issued = self.issuer.canonical == self.subject.canonical
        self.extension_span = self._find_extensions(data, spki_end, end)

    @staticmethod
    def _find_extensions(data: bytes, at: int, end: int) -> tuple[int, int] | None:
        # issuerUniqueID [1], subjectUniqueID [2], extensions [3], each optional, in this order.
        previous = 0x80
        while at < end:
            tag, start, at = der.element(data, at, end)
            number = tag | 0x20
            if number <= previous or tag not in (0x81, 0x82, 0xA3):
                raise MalformedCertificate("malformed end of TBSCertificate")
            previous = number
            if tag == 0xA3:
                first, last = der.expect(der.SEQUENCE, data, start, at)
                if last != at or at != end:
                    raise MalformedCertificate("bytes after the extensions")
                return first, last
        return None

    @property
    def not_before(self) -> int:
        """Start of the validity period in POSIX seconds. Raises MalformedCertificate for a malformed time."""
        time = self._not_before
        if time is None:
            time = self._not_before = parse_time(*self._validity[0])
        return time

    @property
    def not_after(self) -> int:
        """End of the validity period in POSIX seconds. Raises MalformedCertificate for a malformed time."""
        time = self._not_after
        if time is None:
            time = self._not_after = parse_time(*self._validity[1])
        return time

    @property
    def public_key(self) -> PublicKey:
        """The subject's public key, parsed once."""
        key = self._public_key
        if key is None:
            key = self._public_key = PublicKey.from_spki(self.spki)
        return key

    @property
    def extensions(self) -> ext.Extensions:
        """Every extension by identifier (OID content octets). Raises MalformedCertificate."""
        found = self._extensions
        if found is None:
            if self.extension_span is None:
                found = {}
            else:
                found, self._repeated = ext.parse_extensions(self.der, *self.extension_span)
            self._extensions = found
        return found

    @property
    def repeated_extensions(self) -> frozenset[bytes]:
        """Identifiers of extensions that stand in the certificate more than once. Raises MalformedCertificate."""
        _ = self.extensions
        return self._repeated

    @property
    def facts(self) -> Facts:
        """What the extensions say that path validation asks for, parsed once."""
        facts = self._facts
        if facts is None:
            facts = self._facts = Facts(self)
        return facts

    @property
    def self_signed(self) -> bool:
        """Whether it may be its own issuer, by everything but its signature, which nobody looks at."""
        known = self._self_signed
        if known is None:
            known = self._self_signed = self.self_issued and may_have_issued(self, self)
        return known

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)


_VERSION_3 = b"\xa0\x03\x02\x01\x02"
_TWO_UTC_TIMES = b"\x30\x1e\x17\x0d"
_UTC_TIME = b"\x17\x0d"
_Time = tuple[int, bytes]
_SHORTEST_TIMES = {der.UTC_TIME: 13, der.GENERALIZED_TIME: 15}


def _version(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The version, 1 to 3, and where it ends."""
    if data.startswith(_VERSION_3, at) and at + 5 <= end:
        return 3, at + 5
    tag, start, stop = der.element(data, at, end)
    if tag != 0xA0:
        return 1, at
    first, last = der.expect(der.INTEGER, data, start, stop)
    version = der.integer(data[first:last])
    if last != stop or not 0 <= version <= 2:
        raise MalformedCertificate("unknown certificate version")
    return version + 1, stop


def _validity(data: bytes, at: int, end: int) -> tuple[tuple[_Time, _Time], int]:
    """Validity: notBefore and notAfter as tag and content octets, and where it ends."""
    stop = at + 32
    if data.startswith(_TWO_UTC_TIMES, at) and data.startswith(_UTC_TIME, at + 17) and stop <= end:
        return ((der.UTC_TIME, data[at + 4 : at + 17]), (der.UTC_TIME, data[at + 19 : stop])), stop
    start, stop = der.expect(der.SEQUENCE, data, at, end)
    not_before, first, middle = der.element(data, start, stop)
    not_after, second, last = der.element(data, middle, stop)
    if last != stop:
        raise MalformedCertificate("malformed validity")
    times = (not_before, data[first:middle]), (not_after, data[second:last])
    for tag, content in times:
        if len(content) < _SHORTEST_TIMES.get(tag, len(content) + 1):
            raise MalformedCertificate("malformed time")
    return times, stop


def parse_time(tag: int, content: bytes) -> int:
    """POSIX seconds of a Time (RFC 5280 4.1.2.5), from its tag and content octets.

    "UTCTime values MUST be expressed in Greenwich Mean Time (Zulu) and MUST include seconds": other forms raise
    MalformedCertificate, as do days and hours that do not exist.
    """
    width = 2 if tag == der.UTC_TIME else 4
    digits = content[:-1]
    if len(content) != width + 11 or content[-1:] != b"Z" or not digits.isdigit():
        raise MalformedCertificate("malformed time")
    year = int(digits[:width])
    if width == 2:
        year += 1900 if year >= 50 else 2000
    rest, second = divmod(int(digits[width:]), 100)
    rest, minute = divmod(rest, 100)
    rest, hour = divmod(rest, 100)
    month, day_of_month = divmod(rest, 100)
    if hour > 23 or minute > 59 or second > 59:
        raise MalformedCertificate("malformed time")
    try:
        day = date(year, month, day_of_month).toordinal() - _EPOCH
    except ValueError:
        raise MalformedCertificate("malformed time") from None
    return ((day * 24 + hour) * 60 + minute) * 60 + second
