"""What a certificate's extensions say that path validation asks for, as plain values (RFC 5280 4.2).

Which of them a path must obey is for ``checks`` and its neighbours; the syntax of each is in ``extensions``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.der import MalformedCertificate
from refssl.x509.distribution import DistributionPoint, distribution_points
from refssl.x509.resources import Resources, addresses, system_numbers

if TYPE_CHECKING:
    from refssl.x509.certificate import Certificate


class Facts:
    """The extensions that path validation asks for, as plain values; absent ones are None.

    invalid: some known extension is malformed or repeated, so nothing here may be relied on. unhandled: there is a
    critical extension that this implementation does not process (RFC 5280 4.2). authority_kind is OpenSSL's
    X509_check_ca: 0 no CA, 1 one by basicConstraints, 3 a self-signed version 1, 4 by keyUsage alone,
    5 by Netscape's certificate type alone. proxy: a proxy certificate (RFC 3820), and proxy_length how many more may
    follow it. distribution_points: where its revocation is published. freshest: it says where delta CRLs are.
    addresses, system_numbers: the resources of RFC 3779.
    """

    basic_constraints: bool = False
    authority: bool = False
    path_length: int | None = None
    key_usage: int | None = None
    extended_key_usage: tuple[bytes, ...] | None = None
    subject_alternative_names: tuple[ext.GeneralName, ...] | None = None
    subject_key_identifier: bytes | None = None
    authority_key_identifier: ext.AuthorityKeyIdentifier | None = None
    name_constraints: tuple[tuple[ext.Subtree, ...], tuple[ext.Subtree, ...]] | None = None
    netscape_type: int | None = None
    proxy: bool = False
    proxy_length: int | None = None
    distribution_points: tuple[DistributionPoint, ...] = ()
    freshest: bool = False
    addresses: Resources | None = None
    system_numbers: Resources | None = None
    unhandled: bool = False
    invalid: bool = False

    def __init__(self, certificate: Certificate) -> None:
        self.authority_kind = 0
        try:
            found = _read_all(certificate)
        except MalformedCertificate:
            found = []
            self.invalid = True
        seen = set()
        repeated = False
        for identifier, unhandled, facts in found:
            if identifier in seen:
                repeated = repeated or identifier in _KNOWN
                continue
            seen.add(identifier)
            if facts is None:
                self.invalid = True
                break
            self.__dict__.update(facts)
            if unhandled:
                self.unhandled = True
        # RFC 3820 3.2 and 3.5: a proxy certificate is no CA and has no alternative names.
        if repeated or (self.proxy and (self.authority or not _ALTERNATIVE_NAMES.isdisjoint(seen))):
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


# Policies bind nobody unless the application asks for some (RFC 5280 6.1.1 (c) to (g)): policies reads them then.
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
# OpenSSL knows a key identifier only where it is not critical, as RFC 5280 4.2.1.1 and 4.2.1.2 want it.
_NEVER_CRITICAL = frozenset((ext.SUBJECT_KEY_IDENTIFIER, ext.AUTHORITY_KEY_IDENTIFIER))
_READERS: dict[bytes, tuple[str, Callable[[bytes], object]]] = {
    ext.KEY_USAGE: ("key_usage", ext.key_usage),
    ext.EXTENDED_KEY_USAGE: ("extended_key_usage", ext.extended_key_usage),
    ext.SUBJECT_ALT_NAME: ("subject_alternative_names", ext.alternative_names),
    ext.SUBJECT_KEY_IDENTIFIER: ("subject_key_identifier", ext.subject_key_identifier),
    ext.AUTHORITY_KEY_IDENTIFIER: ("authority_key_identifier", ext.authority_key_identifier),
    ext.NAME_CONSTRAINTS: ("name_constraints", ext.name_constraints),
    ext.CRL_DISTRIBUTION_POINTS: ("distribution_points", distribution_points),
    ext.NETSCAPE_CERTIFICATE_TYPE: ("netscape_type", ext.named_bits),
    ext.IP_ADDRESS_BLOCKS: ("addresses", addresses),
    ext.AUTONOMOUS_SYSTEM_NUMBERS: ("system_numbers", system_numbers),
}
"""The extensions that are one value: of which attribute, and who reads it."""
_KNOWN = frozenset((*_READERS, ext.BASIC_CONSTRAINTS, ext.PROXY_CERTIFICATE_INFORMATION))

_Extension = tuple[bytes, bool, "dict[str, object] | None"]
"""Its identifier; whether it is critical and not processed here; its facts by attribute, None where it is malformed."""
_SHORT = 64


def _read_all(certificate: Certificate) -> list[_Extension]:
    """The extensions in order. Raises MalformedCertificate for what is no extension at all."""
    if certificate.extension_span is None:
        return []
    at, end = certificate.extension_span
    data = certificate.der
    found = []
    while at < end:
        stop = der.element(data, at, end)[2]
        encoded = data[at:stop]
        found.append(_remembered(encoded) if stop - at <= _SHORT else _read(encoded))
        at = stop
    return found


def _read(encoded: bytes) -> _Extension:
    identifier, critical, value, _ = ext.parse_extension(encoded, 0, len(encoded))
    known = True
    facts: dict[str, object] = {}
    try:
        reader = _READERS.get(identifier)
        if reader is not None:
            facts[reader[0]] = reader[1](value)
            known = identifier not in _NEVER_CRITICAL
        elif identifier == ext.BASIC_CONSTRAINTS:
            authority, length = ext.basic_constraints(value)
            facts = {"basic_constraints": True, "authority": authority, "path_length": length}
        elif identifier == ext.PROXY_CERTIFICATE_INFORMATION:
            facts = {"proxy": True, "proxy_length": _proxy_length(value)}
        elif identifier == ext.FRESHEST_CRL:
            facts["freshest"] = True
            known = False
        else:
            known = identifier in _PASSED_OVER
    except MalformedCertificate:
        return identifier, False, None
    return identifier, critical and not known, facts


# All certificates have the same few short extensions, and those of one issuer its key identifier.
_remembered = lru_cache(maxsize=256)(_read)


def _proxy_length(value: bytes) -> int | None:
    """pCPathLenConstraint of a ProxyCertInfo (RFC 3820 3.8); the policy is for whoever the proxy acts before."""
    length = None
    at, end = der.whole(der.SEQUENCE, value)
    if at < end and value[at] == der.INTEGER:
        start, at = der.expect(der.INTEGER, value, at, end)
        length = der.integer(value[start:at])
        # INTEGER (0..MAX)
        if length < 0:
            raise MalformedCertificate("negative pCPathLenConstraint")
    policy, stop = der.expect(der.SEQUENCE, value, at, end)
    start, last = der.expect(der.OBJECT_IDENTIFIER, value, policy, stop)
    der.check_oid(value[start:last])
    if last < stop:
        _, last = der.expect(der.OCTET_STRING, value, last, stop)
    if last != stop or stop != end:
        raise MalformedCertificate("malformed proxyCertInfo")
    return length
