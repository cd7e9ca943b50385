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
from refssl.x509.names import Name

__all__ = ["Certificate", "MalformedCertificate", "parse_time"]

_EPOCH = date(1970, 1, 1).toordinal()


class Certificate:
    """A parsed certificate.

    der: the whole encoding; tbs: the signed part; version: 1, 2 or 3; serial: a signed integer; issuer and subject:
    Name; spki: SubjectPublicKeyInfo as DER; signature_algorithm: AlgorithmIdentifier as DER; signature: octets.
    """

    __slots__ = (
        "_extension_span",
        "_extensions",
        "_facts",
        "_not_after",
        "_not_before",
        "_public_key",
        "_repeated",
        "_validity",
        "der",
        "issuer",
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
        self._not_before: int | None = None
        self._not_after: int | None = None

    @classmethod
    def from_der(cls, encoded: bytes) -> Certificate:
        """The certificate that ``encoded`` is, with nothing after it. Raises MalformedCertificate."""
        return cls(encoded)

    def _parse_tbs(self, data: bytes, at: int, end: int) -> None:
        element = der.element
        self.version = 1
        tag, start, stop = element(data, at, end)
        if tag == 0xA0:
            first, last = der.expect(der.INTEGER, data, start, stop)
            version = der.integer(data[first:last])
            if last != stop or not 0 <= version <= 2:
                raise MalformedCertificate("unknown certificate version")
            self.version = version + 1
            tag, start, stop = element(data, stop, end)
        if tag != der.INTEGER:
            raise MalformedCertificate("malformed serialNumber")
        self.serial = der.integer(data[start:stop])
        algorithm, _, algorithm_end = element(data, stop, end)
        self.tbs_algorithm = data[stop:algorithm_end]
        issuer, _, issuer_end = element(data, algorithm_end, end)
        self.issuer = Name(data[algorithm_end:issuer_end])
        validity, validity_start, validity_end = element(data, issuer_end, end)
        not_before, first, middle = element(data, validity_start, validity_end)
        not_after, second, last = element(data, middle, validity_end)
        times = (der.UTC_TIME, der.GENERALIZED_TIME)
        self._validity = ((not_before, data[first:middle]), (not_after, data[second:last]))
        subject, _, subject_end = element(data, validity_end, end)
        self.subject = Name(data[validity_end:subject_end])
        spki, _, spki_end = element(data, subject_end, end)
        self.spki = data[subject_end:spki_end]
        if (
            not algorithm == issuer == validity == subject == spki == der.SEQUENCE
            or not_before not in times
            or not_after not in times
            or last != validity_end
        ):
            raise MalformedCertificate("malformed TBSCertificate")
        for time_tag, content in self._validity:
            if len(content) < (13 if time_tag == der.UTC_TIME else 15):
                raise MalformedCertificate("malformed time")
        self._extension_span = self._find_extensions(data, spki_end, end)

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
            if self._extension_span is None:
                found = {}
            else:
                found, self._repeated = ext.parse_extensions(self.der, *self._extension_span)
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
    def subject_alternative_names(self) -> tuple[ext.GeneralName, ...] | None:
        """The general names of subjectAltName, or None without one. Raises MalformedCertificate."""
        return self.facts.subject_alternative_names

    @property
    def self_issued(self) -> bool:
        """Issuer and subject are the same name (RFC 5280 6.1: "self-issued")."""
        return self.issuer == self.subject

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Certificate):
            return NotImplemented
        return self.der == other.der

    def __hash__(self) -> int:
        return hash(self.der)


class Facts:
    """The extensions that path validation asks for, as plain values; absent ones are None.

    invalid: some known extension is malformed or repeated, so nothing here may be relied on. unhandled: there is a
    critical extension that this implementation does not process (RFC 5280 4.2). authority_kind is OpenSSL's
    X509_check_ca: 0 no CA, 1 one by basicConstraints, 3 a self-signed version 1, 4 by keyUsage alone,
    5 by Netscape's certificate type alone. proxy: a proxy certificate (RFC 3820), which nobody here may use.
    partly_revocable: some distribution point has CRLs for some reasons only.
    """

    __slots__ = (
        "authority",
        "authority_key_identifier",
        "authority_kind",
        "basic_constraints",
        "extended_key_usage",
        "invalid",
        "key_usage",
        "name_constraints",
        "netscape_type",
        "partly_revocable",
        "path_length",
        "proxy",
        "subject_alternative_names",
        "subject_key_identifier",
        "unhandled",
    )

    def __init__(self, certificate: Certificate) -> None:
        self.basic_constraints = False
        self.authority = False
        self.path_length: int | None = None
        self.key_usage: int | None = None
        self.extended_key_usage: tuple[bytes, ...] | None = None
        self.subject_alternative_names: tuple[ext.GeneralName, ...] | None = None
        self.subject_key_identifier: bytes | None = None
        self.authority_key_identifier: tuple[bytes | None, tuple[ext.GeneralName, ...] | None, int | None] | None = None
        self.name_constraints: tuple[tuple[ext.Subtree, ...], tuple[ext.Subtree, ...]] | None = None
        self.netscape_type: int | None = None
        self.proxy = False
        self.partly_revocable = False
        self.unhandled = False
        self.invalid = False
        try:
            extensions = certificate.extensions
            for identifier, (critical, value) in extensions.items():
                if not self._take(identifier, value) and critical:
                    self.unhandled = True
            self.invalid = not certificate.repeated_extensions.isdisjoint(_KNOWN)
            if self.proxy and (self.authority or not _ALTERNATIVE_NAMES.isdisjoint(extensions)):
                # RFC 3820 3.2 and 3.5: a proxy certificate is no CA and has no alternative names.
                self.invalid = True
        except MalformedCertificate:
            self.invalid = True
        self.authority_kind = self._authority_kind(certificate)

    def _authority_kind(self, certificate: Certificate) -> int:
        if self.key_usage is not None and not self.key_usage & ext.KEY_CERT_SIGN:
            return 0
        if self.basic_constraints:
            return int(self.authority)
        if certificate.version == 1 and certificate.self_issued:
            return 3
        if self.key_usage is not None:
            return 4
        return 5 if self.netscape_type is not None and self.netscape_type & ext.NETSCAPE_CA else 0

    def _take(self, identifier: bytes, value: bytes) -> bool:
        if identifier == ext.BASIC_CONSTRAINTS:
            self.basic_constraints = True
            self.authority, self.path_length = ext.basic_constraints(value)
        elif identifier == ext.KEY_USAGE:
            self.key_usage = ext.key_usage(value)
        elif identifier == ext.EXTENDED_KEY_USAGE:
            self.extended_key_usage = ext.extended_key_usage(value)
        elif identifier == ext.SUBJECT_ALT_NAME:
            self.subject_alternative_names = ext.alternative_names(value)
        elif identifier == ext.SUBJECT_KEY_IDENTIFIER:
            self.subject_key_identifier = ext.subject_key_identifier(value)
        elif identifier == ext.AUTHORITY_KEY_IDENTIFIER:
            self.authority_key_identifier = ext.authority_key_identifier(value)
        elif identifier == ext.NAME_CONSTRAINTS:
            self.name_constraints = ext.name_constraints(value)
        elif identifier == ext.CRL_DISTRIBUTION_POINTS:
            self.partly_revocable = any(for_some_reasons for _, for_some_reasons in ext.distribution_points(value))
        elif identifier == ext.NETSCAPE_CERTIFICATE_TYPE:
            self.netscape_type = ext.named_bits(value)
        elif identifier == ext.PROXY_CERTIFICATE_INFORMATION:
            self.proxy = True
        elif identifier in _RESOURCES:
            # OpenSSL holds a path to these whether or not they are critical; here nothing does.
            self.unhandled = True
        else:
            return identifier in _PASSED_OVER
        # OpenSSL knows a key identifier only where it is not critical, as RFC 5280 4.2.1.1 and 4.2.1.2 want it.
        return identifier not in _NEVER_CRITICAL


# Policies bind nobody unless the application asks for some (RFC 5280 6.1.1 (c) to (g)); path refuses who asks.
_PASSED_OVER = frozenset(
    (
        ext.CERTIFICATE_POLICIES,
        ext.POLICY_MAPPINGS,
        ext.POLICY_CONSTRAINTS,
        ext.INHIBIT_ANY_POLICY,
        ext.OCSP_NO_CHECK,
    )
)
_ALTERNATIVE_NAMES = frozenset((ext.SUBJECT_ALT_NAME, ext.ISSUER_ALT_NAME))
_RESOURCES = frozenset((ext.IP_ADDRESS_BLOCKS, ext.AUTONOMOUS_SYSTEM_NUMBERS))
_NEVER_CRITICAL = frozenset((ext.SUBJECT_KEY_IDENTIFIER, ext.AUTHORITY_KEY_IDENTIFIER))
_KNOWN = frozenset(
    (
        ext.BASIC_CONSTRAINTS,
        ext.KEY_USAGE,
        ext.EXTENDED_KEY_USAGE,
        ext.SUBJECT_ALT_NAME,
        ext.SUBJECT_KEY_IDENTIFIER,
        ext.AUTHORITY_KEY_IDENTIFIER,
        ext.NAME_CONSTRAINTS,
        ext.CRL_DISTRIBUTION_POINTS,
        ext.NETSCAPE_CERTIFICATE_TYPE,
        ext.PROXY_CERTIFICATE_INFORMATION,
    )
)


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
    hour, minute, second = int(digits[-6:-4]), int(digits[-4:-2]), int(digits[-2:])
    if hour > 23 or minute > 59 or second > 59:
        raise MalformedCertificate("malformed time")
    try:
        day = date(year, int(digits[-10:-8]), int(digits[-8:-6])).toordinal() - _EPOCH
    except ValueError:
        raise MalformedCertificate("malformed time") from None
    return ((day * 24 + hour) * 60 + minute) * 60 + second
