"""What a certificate's extensions say that path validation asks for, as plain values (RFC 5280 4.2).

Which of them a path must obey is for ``checks`` and its neighbours; the syntax of each is in ``extensions``.
"""

from __future__ import annotations

from collections.abc import Callable
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

    __slots__ = (
        "addresses",
        "authority",
        "authority_key_identifier",
        "authority_kind",
        "basic_constraints",
        "distribution_points",
        "extended_key_usage",
        "freshest",
        "invalid",
        "key_usage",
        "name_constraints",
        "netscape_type",
        "path_length",
        "proxy",
        "proxy_length",
        "subject_alternative_names",
        "subject_key_identifier",
        "system_numbers",
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
        self.authority_key_identifier: ext.AuthorityKeyIdentifier | None = None
        self.name_constraints: tuple[tuple[ext.Subtree, ...], tuple[ext.Subtree, ...]] | None = None
        self.netscape_type: int | None = None
        self.proxy = False
        self.proxy_length: int | None = None
        self.distribution_points: tuple[DistributionPoint, ...] = ()
        self.freshest = False
        self.addresses: Resources | None = None
        self.system_numbers: Resources | None = None
        self.unhandled = False
        self.invalid = False
        try:
            extensions = certificate.extensions
            for identifier, (critical, value) in extensions.items():
                reader = _READERS.get(identifier)
                if reader is not None:
                    setattr(self, reader[0], reader[1](value))
                    known = identifier not in _NEVER_CRITICAL
                else:
                    known = self._take(identifier, value)
                if critical and not known:
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
        elif identifier == ext.PROXY_CERTIFICATE_INFORMATION:
            self.proxy = True
            self.proxy_length = _proxy_length(value)
        elif identifier == ext.FRESHEST_CRL:
            self.freshest = True
            return False
        else:
            return identifier in _PASSED_OVER
        return True


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
