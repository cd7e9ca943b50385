"""Whether certificates of a path are revoked, by the CRLs in the store (RFC 5280 6.3, complete direct CRLs only).

A CRL must come from the certificate's own issuer. Indirect, delta and partitioned CRLs are not understood, and refused.
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
from refssl.x509.store import TrustStore


def check(path: Sequence[Certificate], store: TrustStore, time: float, whole_path: bool) -> None:
    """Refuse a path (leaf first) in which the leaf, or with ``whole_path`` any certificate, is or may be revoked."""
    for depth, certificate in enumerate(path if whole_path else path[:1]):
        issuer = path[min(depth + 1, len(path) - 1)]
        lists = store.crls_for(certificate.issuer)
        if not lists:
            raise VerificationError(codes.UNABLE_TO_GET_CRL, depth)
        crl = _newest(lists, time)
        _check_list(crl, issuer, time, depth)
        if certificate.serial in crl.revoked:
            raise VerificationError(codes.CERT_REVOKED, depth)


def _newest(lists: Sequence[CertificateRevocationList], time: float) -> CertificateRevocationList:
    """The last issued of the lists that are current; without one, the last issued of all."""

    def rank(crl: CertificateRevocationList) -> tuple[bool, int]:
        try:
            due = crl.next_update
            return crl.this_update <= time and (due is None or time <= due), crl.this_update
        except MalformedCertificate:
            return False, 0

    return max(lists, key=rank)


def _check_list(crl: CertificateRevocationList, issuer: Certificate, time: float, depth: int) -> None:
    usage = issuer.facts.key_usage
    if issuer.subject != crl.issuer:
        raise VerificationError(codes.UNABLE_TO_GET_CRL_ISSUER, depth)
    if usage is not None and not usage & ext.CRL_SIGN:
        raise VerificationError(codes.KEYUSAGE_NO_CRL_SIGN, depth)
    if crl.unhandled:
        raise VerificationError(codes.UNHANDLED_CRITICAL_CRL_EXTENSION, depth)
    try:
        this_update = crl.this_update
    except MalformedCertificate:
        raise VerificationError(codes.ERROR_IN_CRL_LAST_UPDATE_FIELD, depth) from None
    if time < this_update:
        raise VerificationError(codes.CRL_NOT_YET_VALID, depth)
    try:
        next_update = crl.next_update
    except MalformedCertificate:
        raise VerificationError(codes.ERROR_IN_CRL_NEXT_UPDATE_FIELD, depth) from None
    if next_update is not None and time > next_update:
        raise VerificationError(codes.CRL_HAS_EXPIRED, depth)
    if not _signed(crl, issuer):
        raise VerificationError(codes.CRL_SIGNATURE_FAILURE, depth)


def _signed(crl: CertificateRevocationList, issuer: Certificate) -> bool:
    if crl.signature_algorithm != crl.tbs_algorithm:
        return False
    try:
        return issuer.public_key.verify_algorithm(crl.signature_algorithm, crl.signature, crl.tbs)
    except UnsupportedAlgorithm:
        return False
