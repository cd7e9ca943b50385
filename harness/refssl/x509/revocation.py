"""Whether certificates of a path are revoked, by the CRLs in the store (RFC 5280 6.3, as far as OpenSSL goes).

Lists of the certificate's issuer are taken until every reason for revocation is covered, the best first, and then
believed or not. Indirect lists and lists for some reasons need EXTENDED_CRL_SUPPORT, delta lists USE_DELTAS.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.crypto.keys import UnsupportedAlgorithm
from refssl.x509 import codes
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.der import MalformedCertificate
from refssl.x509.distribution import ALL_REASONS, names_directory
from refssl.x509.flags import EXTENDED_CRL_SUPPORT, IGNORE_CRITICAL, USE_DELTAS
from refssl.x509.issuance import identifier_agrees
from refssl.x509.store import TrustStore

# What makes a list the better one, in this order of weight.
_UNDERSTOOD, _IN_SCOPE, _CURRENT = 4, 2, 1


class _Found:
    """A list with its signer, its weight, and the reasons that are covered with it."""

    __slots__ = ("crl", "delta", "reasons", "signer", "weight")

    def __init__(self, crl: CertificateRevocationList, signer: Certificate, weight: int, reasons: int) -> None:
        self.crl = crl
        self.signer = signer
        self.weight = weight
        self.reasons = reasons
        self.delta: CertificateRevocationList | None = None


def check(path: Sequence[Certificate], store: TrustStore, time: float | None, flags: int, whole_path: bool) -> None:
    """Refuse a path (leaf first) in which the leaf, or with ``whole_path`` any certificate, is or may be revoked.

    time: POSIX seconds, None where times do not count. flags: VerifyFlags. A self-signed certificate is not looked up,
    because a CRL of its own would revoke nothing; a proxy certificate has no CRL. Raises VerificationError.
    """
    for depth, certificate in enumerate(path if whole_path else path[:1]):
        if not certificate.self_signed and not certificate.facts.proxy:
            _check_certificate(path, depth, store, time, flags)


def _check_certificate(
    path: Sequence[Certificate], depth: int, store: TrustStore, time: float | None, flags: int
) -> None:
    certificate = path[depth]
    covered = 0
    while covered != ALL_REASONS:
        found = _best(path, depth, store, time, flags, covered)
        if found is None:
            raise VerificationError(codes.UNABLE_TO_GET_CRL, depth)
        _check_list(found, path, time, depth)
        delta = _delta(found, certificate, store, time) if flags & USE_DELTAS else None
        lists = [found.crl] if delta is None else [delta, found.crl]
        for crl in lists:
            if crl is delta:
                _check_freshness(crl, time, depth)
                _check_signature(crl, found.signer, depth)
            if crl.unhandled and not flags & IGNORE_CRITICAL:
                raise VerificationError(codes.UNHANDLED_CRITICAL_CRL_EXTENSION, depth)
            status = crl.status(certificate.serial, certificate.issuer)
            if status:
                raise VerificationError(codes.CERT_REVOKED, depth)
            if status is False:
                # removeFromCRL: the certificate is good again, whatever an older list says.
                break
        covered = found.reasons  # more than before, or the list would not be in scope


def _best(
    path: Sequence[Certificate], depth: int, store: TrustStore, time: float | None, flags: int, covered: int
) -> _Found | None:
    best: _Found | None = None
    # Lists of others, indirect ones too, are not looked for: OpenSSL asks its store for the issuer's name only.
    for crl in store.crls_for(path[depth].issuer):
        found = _weigh(crl, path, depth, time, flags, covered)
        if found is None:
            continue
        if best is None or found.weight > best.weight or (found.weight == best.weight and _later(crl, best.crl)):
            best = found
    return best


def _later(one: CertificateRevocationList, other: CertificateRevocationList) -> bool:
    try:
        return one.this_update > other.this_update
    except MalformedCertificate:
        return False


def _weigh(
    crl: CertificateRevocationList,
    path: Sequence[Certificate],
    depth: int,
    time: float | None,
    flags: int,
    covered: int,
) -> _Found | None:
    """How good a list is for a certificate, or None where it says nothing about it."""
    certificate = path[depth]
    scope = crl.scope
    extended = bool(flags & EXTENDED_CRL_SUPPORT)
    if crl.base is not None:
        return None
    if scope is not None:
        if scope.invalid or (not extended and (scope.indirect or scope.reasons is not None)):
            return None
        if scope.reasons is not None and not scope.reasons & ~covered:
            return None
    weight = 0
    if not crl.unhandled:
        weight |= _UNDERSTOOD
    if time is None or _untimely(crl, time) is None:
        weight |= _CURRENT
    signer = _signer(crl, path, depth)
    if signer is None:
        return None
    reasons = _reasons(crl, certificate)
    if reasons is None:
        return _Found(crl, signer, weight, covered)
    if not reasons & ~covered:
        return None
    return _Found(crl, signer, weight | _IN_SCOPE, covered | reasons)


def _signer(crl: CertificateRevocationList, path: Sequence[Certificate], depth: int) -> Certificate | None:
    """Who should have signed a list: the certificate's issuer, or another certificate above it in the path."""
    value = crl.extensions.get(ext.AUTHORITY_KEY_IDENTIFIER)
    try:
        authority = None if value is None else ext.authority_key_identifier(value[1])
    except MalformedCertificate:
        return None
    above = path[depth + 1 :] or path[depth:]
    if identifier_agrees(above[0], authority):
        return above[0]
    for candidate in above[1:]:
        if candidate.subject == crl.issuer and identifier_agrees(candidate, authority):
            return candidate
    return None


def _reasons(crl: CertificateRevocationList, certificate: Certificate) -> int | None:
    """For which reasons a list speaks of a certificate; None where it does not (RFC 5280 6.3.3 (b) (1) and (2))."""
    scope = crl.scope
    if scope is not None and (
        scope.attribute_only or (scope.user_only if certificate.facts.authority else scope.authority_only)
    ):
        return None
    reasons = ALL_REASONS if scope is None or scope.reasons is None else scope.reasons
    unnamed = scope is None or scope.place.unnamed
    published = None if scope is None or unnamed else scope.place.places(crl.issuer)
    for point in certificate.facts.distribution_points:
        if point.issuers is not None and not names_directory(point.issuers, crl.issuer):
            continue
        if published is None or point.unnamed or not published.isdisjoint(point.places(certificate.issuer)):
            return reasons & point.reasons
    return reasons if unnamed else None


def _check_list(found: _Found, path: Sequence[Certificate], time: float | None, depth: int) -> None:
    crl, signer = found.crl, found.signer
    usage = signer.facts.key_usage
    if usage is not None and not usage & ext.CRL_SIGN:
        raise VerificationError(codes.KEYUSAGE_NO_CRL_SIGN, depth)
    if not found.weight & _IN_SCOPE:
        raise VerificationError(codes.DIFFERENT_CRL_SCOPE, depth)
    _check_freshness(crl, time, depth)
    if depth + 1 == len(path):
        # The path ends at a certificate that is trusted by itself: who issued it, and may revoke it, is not known.
        raise VerificationError(codes.CRL_SIGNATURE_FAILURE, depth)
    _check_signature(crl, signer, depth)


def _check_freshness(crl: CertificateRevocationList, time: float | None, depth: int) -> None:
    code = None if time is None else _untimely(crl, time)
    if code is not None:
        raise VerificationError(code, depth)


def _untimely(crl: CertificateRevocationList, time: float) -> int | None:
    try:
        this_update = crl.this_update
    except MalformedCertificate:
        return codes.ERROR_IN_CRL_LAST_UPDATE_FIELD
    if time < this_update:
        return codes.CRL_NOT_YET_VALID
    try:
        next_update = crl.next_update
    except MalformedCertificate:
        return codes.ERROR_IN_CRL_NEXT_UPDATE_FIELD
    return codes.CRL_HAS_EXPIRED if next_update is not None and time >= next_update else None


def _check_signature(crl: CertificateRevocationList, signer: Certificate, depth: int) -> None:
    try:
        holds = signer.public_key.verify_algorithm(crl.signature_algorithm, crl.signature, crl.tbs)
    except UnsupportedAlgorithm:
        holds = False
    if not holds or crl.signature_algorithm != crl.tbs_algorithm:
        raise VerificationError(codes.CRL_SIGNATURE_FAILURE, depth)


def _delta(
    found: _Found, certificate: Certificate, store: TrustStore, time: float | None
) -> CertificateRevocationList | None:
    """The delta CRL that goes on from a complete one (RFC 5280 5.2.4), current ones first."""
    base = found.crl
    if not (certificate.facts.freshest or ext.FRESHEST_CRL in base.extensions) or base.number is None:
        return None
    best = None
    for crl in store.crls_for(base.issuer):
        if crl.base is None or crl.base > base.number or crl.number is None or crl.number <= base.number:
            continue
        if all(crl.extensions.get(same) == base.extensions.get(same) for same in _SAME_IN_DELTA):
            if time is None or _untimely(crl, time) is None:
                return crl
            best = best or crl
    return best


_SAME_IN_DELTA = (ext.AUTHORITY_KEY_IDENTIFIER, ext.ISSUING_DISTRIBUTION_POINT)
