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


def check_extensions(
    path: Sequence[Certificate],
    server: bool,
    *,
    strict: bool = False,
    proxies: bool = False,
    ignore_critical: bool = False,
) -> None:
    """Refuse a path (leaf first) for what its extensions say. server: the leaf is to authenticate a server.

    strict, proxies, ignore_critical: VERIFY_X509_STRICT, VERIFY_ALLOW_PROXY_CERTS, X509_V_FLAG_IGNORE_CRITICAL.
    Raises VerificationError.
    """
    length = proxies_below = 0
    last = len(path) - 1
    # Below a proxy certificate stand its own proxies; its issuer is no CA (RFC 3820 3.1); above that, all are.
    above_proxy = False
    for depth, certificate in enumerate(path):
        facts = certificate.facts
        if facts.unhandled and not ignore_critical:
            raise VerificationError(codes.UNHANDLED_CRITICAL_EXTENSION, depth)
        kind = facts.authority_kind
        if facts.proxy and not proxies:
            raise VerificationError(codes.PROXY_CERTIFICATES_NOT_ALLOWED, depth)
        authority = bool(depth) and not above_proxy
        if above_proxy and kind:
            raise VerificationError(codes.INVALID_NON_CA, depth)
        # An intermediate must be a CA by its basicConstraints; the oldest roots, and leaves, may be told otherwise.
        if authority and (not kind or (kind != 1 and (strict or depth < last))):
            raise VerificationError(codes.INVALID_CA, depth)
        if not depth and strict and kind > 1:
            raise VerificationError(codes.INVALID_CA, depth)
        if strict:
            _check_strictly(path, depth)
        if facts.invalid or not (
            _suits_authority(certificate, server) if authority else _suits_end_entity(certificate, server)
        ):
            raise VerificationError(codes.INVALID_PURPOSE, depth)
        if authority:
            if facts.path_length is not None and length > facts.path_length:
                raise VerificationError(codes.PATH_LENGTH_EXCEEDED, depth)
            if not certificate.self_issued:
                length += 1
        if facts.proxy:
            if facts.proxy_length is not None:
                if proxies_below > facts.proxy_length:
                    raise VerificationError(codes.PROXY_PATH_LENGTH_EXCEEDED, depth)
                # RFC 3820 4.1 only wants as many as there are; OpenSSL counts those, too, that there might be.
                proxies_below = facts.proxy_length
            proxies_below += 1
        above_proxy = facts.proxy


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
