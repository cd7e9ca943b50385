"""What a path's certificates must be by their extensions: CAs, fit for the purpose, not too many (RFC 5280 6.1.4).

The order of the checks is OpenSSL's, because the first to fail names the error. Signatures, times, names and revocation
are elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import codes
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError

_SIGNATURE_ALGORITHM_USES = ext.DIGITAL_SIGNATURE | ext.KEY_ENCIPHERMENT | ext.KEY_AGREEMENT
_CLIENT_USES = ext.DIGITAL_SIGNATURE | ext.KEY_AGREEMENT


def check_extensions(path: Sequence[Certificate], server: bool, strict: bool) -> None:
    """Refuse a path (leaf first) for what its extensions say. server: the leaf is to authenticate a server.

    Raises VerificationError.
    """
    length = 0
    for depth, certificate in enumerate(path):
        facts = certificate.facts
        if facts.unhandled:
            raise VerificationError(codes.UNHANDLED_CRITICAL_EXTENSION, depth)
        kind = certificate.facts.authority_kind
        if depth and (not kind or (strict and kind != 1)):
            raise VerificationError(codes.INVALID_CA, depth)
        if strict:
            _check_strictly(path, depth)
        if facts.invalid:
            raise VerificationError(codes.INVALID_EXTENSION, depth)
        if not (_suits_authority(certificate, server) if depth else _suits_end_entity(certificate, server)):
            raise VerificationError(codes.INVALID_PURPOSE, depth)
        if depth:
            if facts.path_length is not None and length > facts.path_length:
                raise VerificationError(codes.PATH_LENGTH_EXCEEDED, depth)
            if not certificate.self_issued:
                length += 1


def _suits_end_entity(certificate: Certificate, server: bool) -> bool:
    facts = certificate.facts
    if not _suits_authority(certificate, server):
        return False
    return facts.key_usage is None or bool(facts.key_usage & (_SIGNATURE_ALGORITHM_USES if server else _CLIENT_USES))


def _suits_authority(certificate: Certificate, server: bool) -> bool:
    purposes = certificate.facts.extended_key_usage
    return purposes is None or (ext.SERVER_AUTH if server else ext.CLIENT_AUTH) in purposes


def _check_strictly(path: Sequence[Certificate], depth: int) -> None:
    """VERIFY_X509_STRICT: what RFC 5280 4.2 demands of a certificate's form."""
    code = _strict_refusal(path[depth], depth, len(path))
    if code is not None:
        raise VerificationError(code, depth)


def _strict_refusal(certificate: Certificate, depth: int, count: int) -> int | None:
    facts = certificate.facts
    signs = facts.key_usage is not None and bool(facts.key_usage & ext.KEY_CERT_SIGN)
    if facts.path_length is not None:
        if not facts.authority:
            return codes.PATHLEN_INVALID_FOR_NON_CA
        if facts.key_usage is not None and not signs:
            return codes.PATHLEN_WITHOUT_KU_KEY_CERT_SIGN
    extensions = certificate.extensions if not facts.invalid else {}
    if facts.authority and not extensions.get(ext.BASIC_CONSTRAINTS, (True,))[0]:
        return codes.CA_BCONS_NOT_CRITICAL
    if facts.authority:
        if facts.key_usage is None:
            return codes.CA_CERT_MISSING_KEY_USAGE
    elif signs:
        return codes.KU_KEY_CERT_SIGN_INVALID_FOR_NON_CA
    if certificate.issuer.empty:
        return codes.ISSUER_NAME_EMPTY
    names = facts.subject_alternative_names
    signs_lists = facts.key_usage is not None and bool(facts.key_usage & ext.CRL_SIGN)
    if certificate.subject.empty:
        if facts.authority or signs_lists or names is None:
            return codes.SUBJECT_NAME_EMPTY
        if not extensions.get(ext.SUBJECT_ALT_NAME, (True,))[0]:
            return codes.EMPTY_SUBJECT_SAN_NOT_CRITICAL
    if names is not None and not names:
        return codes.EMPTY_SUBJECT_ALT_NAME
    if certificate.signature_algorithm != certificate.tbs_algorithm:
        return codes.SIGNATURE_ALGORITHM_INCONSISTENCY
    if extensions.get(ext.AUTHORITY_KEY_IDENTIFIER, (False,))[0]:
        return codes.AUTHORITY_KEY_IDENTIFIER_CRITICAL
    if extensions.get(ext.SUBJECT_KEY_IDENTIFIER, (False,))[0]:
        return codes.SUBJECT_KEY_IDENTIFIER_CRITICAL
    if certificate.version < 3:
        return codes.EXTENSIONS_REQUIRE_VERSION_3 if extensions else None
    if facts.authority_key_identifier is None and depth + 1 < count:
        return codes.MISSING_AUTHORITY_KEY_IDENTIFIER
    if facts.authority and facts.subject_key_identifier is None:
        return codes.MISSING_SUBJECT_KEY_IDENTIFIER
    return None
