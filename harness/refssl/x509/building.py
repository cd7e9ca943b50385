"""From a leaf to a trust anchor: which certificates make the path (RFC 4158 in the simple way that OpenSSL goes).

OpenSSL does not backtrack: at each step it takes the best issuer that it finds, from the store before the peer's
certificates, so the search is linear in the path. Whether the path is any good is for ``path``.

``VERIFY_X509_TRUSTED_FIRST`` is not asked for: clearing it has no effect in CPython 3.15, because OpenSSL's default
parameters, which have it, are or-ed in when a handshake verifies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refssl.x509 import codes, strength
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import canonical
from refssl.x509.store import TrustStore

# How many certificates may stand between leaf and anchor; SSL_CTX_set_verify_depth is not reachable from Python.
MAXIMUM_DEPTH = 100


def build(
    presented: Sequence[Certificate], store: TrustStore, purpose: bytes, time: float, partial: bool
) -> list[Certificate]:
    """The path from ``presented[0]`` to an anchor, leaf first. Raises VerificationError where there is none.

    purpose: an extended key usage (OID octets), which anchors with settings of their own must be trusted for.
    time: POSIX seconds, which candidates should be valid at. partial: any certificate of the store may be the anchor,
    not only a self-signed one (VERIFY_X509_PARTIAL_CHAIN).
    """
    path = [presented[0]]
    unused = list(presented[1:])
    from_store = False
    while True:
        current = path[-1]
        if is_self_signed(current):
            if from_store or _is_anchor(current, store, purpose, len(path) - 1):
                return path
            break
        if len(path) > MAXIMUM_DEPTH + 1:
            raise VerificationError(codes.CERT_CHAIN_TOO_LONG, len(path) - 1)
        issuer = _best((anchor.certificate for anchor in store.anchors_for(current.issuer)), current, time)
        if issuer is not None:
            from_store = True
        elif not from_store:
            issuer = _best((candidate for candidate in unused if candidate not in path), current, time)
            if issuer is not None:
                unused.remove(issuer)
        if issuer is None:
            break
        path.append(issuer)
        if from_store and (_is_trusted_for(purpose, issuer, store, len(path) - 1) or partial):
            return path
    if partial and _is_anchor(path[0], store, purpose, 0):
        return path
    raise _failure(path, from_store)


def _is_anchor(certificate: Certificate, store: TrustStore, purpose: bytes, depth: int) -> bool:
    if store.anchor_of(certificate) is None:
        return False
    _is_trusted_for(purpose, certificate, store, depth)
    return True


def _is_trusted_for(purpose: bytes, certificate: Certificate, store: TrustStore, depth: int) -> bool:
    """Whether an anchor has settings of its own that allow the purpose. Raises VerificationError if they forbid it."""
    anchor = store.anchor_of(certificate)
    allowed = None if anchor is None else anchor.allows(purpose)
    if allowed is False:
        raise VerificationError(codes.CERT_REJECTED, depth)
    return bool(allowed)


def _best(candidates: Iterable[Certificate], subject: Certificate, time: float) -> Certificate | None:
    """The first that is valid now, else the one that was so last."""
    best = None
    latest = -1
    for candidate in candidates:
        if not may_have_issued(candidate, subject):
            continue
        try:
            until = candidate.not_after
            if candidate.not_before <= time < until:
                return candidate
        except MalformedCertificate:
            until = 0
        if until > latest:
            best, latest = candidate, until
    return best


def _failure(path: Sequence[Certificate], from_store: bool) -> VerificationError:
    depth = len(path) - 1
    if is_self_signed(path[-1]):
        code = codes.SELF_SIGNED_CERT_IN_CHAIN if depth else codes.DEPTH_ZERO_SELF_SIGNED_CERT
    elif from_store:
        code = codes.UNABLE_TO_GET_ISSUER_CERT
    else:
        code = codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    return VerificationError(code, depth)


def is_self_signed(certificate: Certificate) -> bool:
    """Whether a certificate looks like its own issuer: same name, and no key identifier that contradicts it.

    Its signature is not looked at, so a leaf that merely bears its issuer's name counts, too.
    """
    facts = certificate.facts
    return not facts.invalid and certificate.self_issued and _identifiers_agree(certificate, certificate)


def may_have_issued(issuer: Certificate, subject: Certificate) -> bool:
    """Whether ``issuer`` fits as the issuer of ``subject``: by name, key identifiers and kind of key.

    A certificate with a malformed extension issues nothing and is issued by nobody. keyUsage does not count: an issuer
    that may not sign is chosen, and refused.
    """
    if issuer.facts.invalid or subject.facts.invalid or issuer.subject != subject.issuer:
        return False
    if not _identifiers_agree(issuer, subject):
        return False
    return strength.can_sign(issuer.public_key.kind, subject.signature_algorithm)


def _identifiers_agree(issuer: Certificate, subject: Certificate) -> bool:
    """RFC 5280 4.2.1.1, as far as both certificates say something."""
    authority = subject.facts.authority_key_identifier
    if authority is None:
        return True
    identifier, names, serial = authority
    own = issuer.facts.subject_key_identifier
    if identifier is not None and own is not None and identifier != own:
        return False
    if serial is not None and serial != issuer.serial:
        return False
    for kind, content in names or ():
        if kind == ext.DIRECTORY_NAME:
            # Only the first directory name is looked at.
            return _same_name(content, issuer)
    return True


def _same_name(encoded: bytes, issuer: Certificate) -> bool:
    try:
        return canonical(encoded) == issuer.issuer.canonical
    except MalformedCertificate:
        return False
