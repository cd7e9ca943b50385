"""From a leaf to a trust anchor: which certificates make the path (RFC 4158 in the simple way that OpenSSL goes).

OpenSSL does not backtrack: at each step it takes the best issuer that it finds, from the store before the peer's
certificates, so the search is linear in the path. Whether the path is any good is for ``path``.

``VERIFY_X509_TRUSTED_FIRST`` is not asked for: clearing it has no effect in CPython 3.15, because OpenSSL's default
parameters, which have it, are or-ed in when a handshake verifies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refssl.x509 import codes
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.issuance import may_have_issued
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
        if current.self_signed:
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
    if path[-1].self_signed:
        code = codes.SELF_SIGNED_CERT_IN_CHAIN if depth else codes.DEPTH_ZERO_SELF_SIGNED_CERT
    elif from_store:
        code = codes.UNABLE_TO_GET_ISSUER_CERT
    else:
        code = codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    return VerificationError(code, depth)
