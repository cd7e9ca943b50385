"""The verdict on a peer's certificates (RFC 5280 6.1), with OpenSSL's order of checks and its verify codes.

Here stands only the order; each step is a module of its own. What is not understood is refused, never accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from refssl.crypto.keys import UnsupportedAlgorithm
from refssl.x509 import checks, codes, constraints, hostname, policies, resources, revocation, strength, suite_b
from refssl.x509 import extensions as ext
from refssl.x509.building import build
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.flags import (
    ALLOW_PROXY_CERTS,
    CHECK_SS_SIGNATURE,
    CRL_CHECK,
    CRL_CHECK_ALL,
    EXPLICIT_POLICY,
    IGNORE_CRITICAL,
    NO_CHECK_TIME,
    OCSP_RESP_CHECK,
    PARTIAL_CHAIN,
    POLICY_FLAGS,
    SUITE_B,
    TRUSTED_FIRST,
    USE_CHECK_TIME,
    X509_STRICT,
    imply,
)
from refssl.x509.store import TrustStore

_PURPOSES = {"server": ext.SERVER_AUTH, "client": ext.CLIENT_AUTH}


@dataclass(slots=True)
class Policy:
    """What is asked of a path.

    purpose: whom the leaf must authenticate, "server" or "client". flags: VerifyFlags.
    hostname: an A-label to be matched, or None. ip: an address as 4 or 16 octets, or None. security_level: 0 to 5.
    check_common_name: whether the subject may stand in for a missing subjectAltName (``hostname_checks_common_name``).
    """

    purpose: str
    flags: int = TRUSTED_FIRST
    hostname: str | None = None
    ip: bytes | None = None
    security_level: int = 2
    check_common_name: bool = True

    def implies(self, other: Policy) -> bool:
        """Whether a path that was accepted under this policy would be under `other` too; in doubt it would not.

        Both have the same purpose. The host counts only where the other policy names one.
        """
        return (
            imply(self.flags, other.flags)
            and self.security_level >= other.security_level
            and (other.check_common_name or not self.check_common_name)
            and (other.hostname is None or self.hostname == other.hostname)
            and (other.ip is None or self.ip == other.ip)
        )


def verify(
    certificates: Sequence[Certificate], store: TrustStore, policy: Policy, now: float
) -> tuple[Certificate, ...]:
    """Judge what a peer presented, leaf first: gives the path, leaf to anchor. now: POSIX seconds.

    Raises VerificationError.
    """
    try:
        return _verify(certificates, store, policy, now)
    except MalformedCertificate:
        raise VerificationError(codes.INVALID_EXTENSION) from None


def _verify(
    certificates: Sequence[Certificate], store: TrustStore, policy: Policy, now: float
) -> tuple[Certificate, ...]:
    flags = policy.flags
    # No time can be set from Python, so who asks for the one that is set gets POSIX time 0.
    time = 0 if flags & USE_CHECK_TIME else None if flags & NO_CHECK_TIME else now
    if strength.leaf_too_weak(certificates[0], policy.security_level):
        raise VerificationError(codes.EE_KEY_TOO_SMALL)
    path = build(certificates, store, _PURPOSES[policy.purpose], now, bool(flags & PARTIAL_CHAIN))
    checks.check_extensions(
        path,
        policy.purpose == "server",
        strict=bool(flags & X509_STRICT),
        proxies=bool(flags & ALLOW_PROXY_CERTS),
        ignore_critical=bool(flags & IGNORE_CRITICAL),
    )
    weakness = strength.refusal(path, policy.security_level)
    if weakness is not None:
        raise VerificationError(*weakness)
    _check_identity(path[0], policy)
    if flags & CRL_CHECK:
        revocation.check(path, store, time, flags, bool(flags & CRL_CHECK_ALL))
    elif flags & OCSP_RESP_CHECK and not path[0].self_signed:
        # A stapled answer (RFC 6066 8) is never asked for, so there is none.
        raise VerificationError(codes.OCSP_VERIFY_FAILED)
    if flags & SUITE_B:
        suite_b.check(path, flags)
    _check_signatures(path, time, bool(flags & CHECK_SS_SIGNATURE))
    constraints.check(path, policy.check_common_name)
    resources.check(path)
    if flags & POLICY_FLAGS:
        policies.check(path, bool(flags & EXPLICIT_POLICY))
    return tuple(path)


def _check_identity(leaf: Certificate, policy: Policy) -> None:
    if policy.hostname is not None and not hostname.matches_hostname(leaf, policy.hostname, policy.check_common_name):
        raise VerificationError(codes.HOSTNAME_MISMATCH)
    if policy.ip is not None and not hostname.matches_address(leaf, policy.ip):
        raise VerificationError(codes.IP_ADDRESS_MISMATCH)


def _check_signatures(path: Sequence[Certificate], time: float | None, check_anchor: bool) -> None:
    """Signatures and validity periods, from the anchor down to the leaf (RFC 5280 6.1.3 (a) (1) and (2))."""
    last = len(path) - 1
    for depth in range(last, -1, -1):
        certificate = path[depth]
        if depth < last:
            _check_signature(certificate, path[depth + 1], depth)
        elif check_anchor and certificate.self_signed:
            _check_signature(certificate, certificate, depth)
        if time is not None:
            _check_time(certificate, time, depth)


def _check_signature(certificate: Certificate, issuer: Certificate, depth: int) -> None:
    usage = issuer.facts.key_usage
    if certificate.facts.proxy and usage is not None and not usage & ext.DIGITAL_SIGNATURE:
        # RFC 3820 3.1: who issues a proxy certificate signs, but is no CA.
        raise VerificationError(codes.KEYUSAGE_NO_DIGITAL_SIGNATURE, depth + 1)
    key = issuer.public_key  # of a kind that makes such signatures, or it would not be taken for the issuer
    try:
        holds = key.verify_algorithm(certificate.signature_algorithm, certificate.signature, certificate.tbs)
    except UnsupportedAlgorithm:
        holds = False
    # RFC 5280 4.1.1.2: "This field MUST contain the same algorithm identifier as the signature field".
    if not holds or certificate.signature_algorithm != certificate.tbs_algorithm:
        raise VerificationError(codes.CERT_SIGNATURE_FAILURE, depth)


def _check_time(certificate: Certificate, time: float, depth: int) -> None:
    try:
        not_before = certificate.not_before
    except MalformedCertificate:
        raise VerificationError(codes.ERROR_IN_CERT_NOT_BEFORE_FIELD, depth) from None
    if time < not_before:
        raise VerificationError(codes.CERT_NOT_YET_VALID, depth)
    try:
        not_after = certificate.not_after
    except MalformedCertificate:
        raise VerificationError(codes.ERROR_IN_CERT_NOT_AFTER_FIELD, depth) from None
    # RFC 5280 4.1.2.5 counts the last second in; OpenSSL does not.
    if time >= not_after:
        raise VerificationError(codes.CERT_HAS_EXPIRED, depth)
