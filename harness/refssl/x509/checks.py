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

_SERVER_USES = ext.DIGITAL_SIGNATURE | ext.KEY_ENCIPHERMENT | ext.KEY_AGREEMENT
_CLIENT_USES = ext.DIGITAL_SIGNATURE | ext.KEY_AGREEMENT


def check_extensions(path: Sequence[Certificate], server: bool, strict: bool) -> None:
    """Refuse a path (leaf first) for what its extensions say. server: the leaf is to authenticate a server.

    Raises VerificationError.
    """
    length = 0
    last = len(path) - 1
    for depth, certificate in enumerate(path):
        facts = certificate.facts
        if facts.unhandled:
            raise VerificationError(codes.UNHANDLED_CRITICAL_EXTENSION, depth)
        kind = certificate.facts.authority_kind
        if facts.proxy:
            raise VerificationError(codes.PROXY_CERTIFICATES_NOT_ALLOWED, depth)
        # An intermediate must be a CA by its basicConstraints; the oldest roots, and leaves, may be told otherwise.
        if depth and (not kind or (kind != 1 and (strict or depth < last))):
            raise VerificationError(codes.INVALID_CA, depth)
        if not depth and strict and kind > 1:
            raise VerificationError(codes.INVALID_CA, depth)
        if strict:
            _check_strictly(path, depth)
        if facts.invalid or not (
            _suits_authority(certificate, server) if depth else _suits_end_entity(certificate, server)
        ):
            raise VerificationError(codes.INVALID_PURPOSE, depth)
        if depth:
            if facts.path_length is not None and length > facts.path_length:
                raise VerificationError(codes.PATH_LENGTH_EXCEEDED, depth)
            if not certificate.self_issued:
                length += 1


def _suits_end_entity(certificate: Certificate, server: bool) -> bool:
    facts = certificate.facts
    if not _suits_purpose(facts.extended_key_usage, server):
        return False
    if facts.key_usage is not None and not facts.key_usage & (_SERVER_USES if server else _CLIENT_USES):
        return False
    kind = facts.netscape_type
    return kind is None or bool(kind & (ext.NETSCAPE_SERVER if server else ext.NETSCAPE_CLIENT))


def _suits_authority(certificate: Certificate, server: bool) -> bool:
    return _suits_purpose(certificate.facts.extended_key_usage, server)


def _suits_purpose(purposes: tuple[bytes, ...] | None, server: bool) -> bool:
    """anyExtendedKeyUsage does not count; the two "server gated crypto" purposes of the 1990s do, for servers."""
    if purposes is None:
        return True
    if not server:
        return ext.CLIENT_AUTH in purposes
    return ext.SERVER_AUTH in purposes or not ext.SERVER_GATED_CRYPTO.isdisjoint(purposes)


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
        if not signs:
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
    if certificate.version < 3:
        return codes.EXTENSIONS_REQUIRE_VERSION_3 if extensions else None
    if depth + 1 < count and (facts.authority_key_identifier is None or facts.authority_key_identifier[0] is None):
        return codes.MISSING_AUTHORITY_KEY_IDENTIFIER
    if facts.authority and facts.subject_key_identifier is None:
        return codes.MISSING_SUBJECT_KEY_IDENTIFIER
    return None
