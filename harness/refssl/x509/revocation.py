"""Whether certificates of a path are revoked, by the CRLs in the store (RFC 5280 6.3, complete direct CRLs only).

A CRL must come from the certificate's own issuer. Indirect, delta and partitioned CRLs are not understood, and refused.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.crypto.keys import UnsupportedAlgorithm
from refssl.x509 import codes
from refssl.x509 import extensions as ext
from refssl.x509.building import is_self_signed
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.crl import CertificateRevocationList
from refssl.x509.der import MalformedCertificate
from refssl.x509.store import TrustStore


def check(path: Sequence[Certificate], store: TrustStore, time: float, whole_path: bool) -> None:
    """Refuse a path (leaf first) in which the leaf, or with ``whole_path`` any certificate, is or may be revoked.

    A self-signed certificate is not looked up: a CRL of its own would revoke nothing. Raises VerificationError.
    """
    for depth, certificate in enumerate(path if whole_path else path[:1]):
        if is_self_signed(certificate):
            continue
        issuer = path[depth + 1] if depth + 1 < len(path) else None
        lists = [crl for crl in store.crls_for(certificate.issuer) if _may_serve(crl, issuer)]
        if not lists or certificate.facts.partly_revocable:
            raise VerificationError(codes.UNABLE_TO_GET_CRL, depth)
        if issuer is None:
            raise VerificationError(codes.CRL_SIGNATURE_FAILURE, depth)
        crl = _newest(lists, time)
        _check_list(crl, issuer, time, depth)
        if certificate.serial in crl.revoked:
            raise VerificationError(codes.CERT_REVOKED, depth)


def _may_serve(crl: CertificateRevocationList, issuer: Certificate | None) -> bool:
    value = crl.extensions.get(ext.AUTHORITY_KEY_IDENTIFIER)
    if crl.delta:
        return False
    if value is None or issuer is None:
        return True
    try:
        identifier, names, serial = ext.authority_key_identifier(value[1])
    except MalformedCertificate:
        return False
    own = issuer.facts.subject_key_identifier
    return names is None and serial is None and (identifier is None or own is None or identifier == own)


def _newest(lists: Sequence[CertificateRevocationList], time: float) -> CertificateRevocationList:
    """The last issued of the lists that are current; without one, the last issued of all."""

    def rank(crl: CertificateRevocationList) -> tuple[bool, int]:
        try:
            due = crl.next_update
            return crl.this_update <= time and (due is None or time < due), crl.this_update
        except MalformedCertificate:
            return False, 0

    return max(lists, key=rank)


def _check_list(crl: CertificateRevocationList, issuer: Certificate, time: float, depth: int) -> None:
    usage = issuer.facts.key_usage
    if usage is not None and not usage & ext.CRL_SIGN:
        raise VerificationError(codes.KEYUSAGE_NO_CRL_SIGN, depth)
    if crl.partial:
        raise VerificationError(codes.DIFFERENT_CRL_SCOPE, depth)
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
    if next_update is not None and time >= next_update:
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
