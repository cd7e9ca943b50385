"""From a leaf to a trust anchor: which certificates make the path (RFC 4158 in the simple way that OpenSSL goes).

OpenSSL does not backtrack: at each step it takes the best issuer that it finds, from the store before the peer's
certificates, so the search is linear in the path. Whether the path is any good is for ``path``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from refssl.x509 import codes
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.store import TrustStore

# SSL_CTX_set_verify_depth is not reachable from Python, so OpenSSL's default holds.
MAXIMUM_DEPTH = 100


def build(
    presented: Sequence[Certificate], store: TrustStore, time: float, trusted_first: bool, partial: bool
) -> list[Certificate]:
    """The path from ``presented[0]`` to an anchor, leaf first. Raises VerificationError where there is none."""
    search = _Search(presented, store, time, partial)
    if trusted_first:
        search.climb(from_store=True, from_peer=True)
    else:
        search.climb(from_store=False, from_peer=True)
        search.climb(from_store=True, from_peer=False)
        search.try_shorter()
    if not search.anchored:
        raise search.failure()
    return search.path


class _Search:
    def __init__(self, presented: Sequence[Certificate], store: TrustStore, time: float, partial: bool) -> None:
        self.path = [presented[0]]
        self.store = store
        self.time = time
        self.partial = partial
        self.unused = list(presented[1:])
        self.from_store = 0
        self.anchored = False

    def climb(self, from_store: bool, from_peer: bool) -> None:
        """Add issuers until the path is anchored, or no issuer is found."""
        path = self.path
        while not self.anchored:
            current = path[-1]
            self_signed = is_self_signed(current)
            if from_store and (self_signed or self.partial) and self.store.anchor_of(current) is not None:
                self.anchored = True
                return
            if self_signed and len(path) > 1:
                return
            if len(path) > MAXIMUM_DEPTH:
                raise VerificationError(codes.CERT_CHAIN_TOO_LONG, len(path) - 1)
            issuer = None
            if from_store:
                issuer = self._best(anchor.certificate for anchor in self.store.anchors_for(current.issuer))
            if issuer is not None:
                self.from_store += 1
                from_peer = False
            elif from_peer and not self_signed:
                issuer = self._best(self.unused)
                if issuer is not None:
                    self.unused.remove(issuer)
            if issuer is None:
                return
            path.append(issuer)
            if self.from_store and (self.partial or is_self_signed(issuer)):
                self.anchored = True

    def try_shorter(self) -> None:
        """Leave off the peer's certificates from the top until the store knows an issuer (alternative chains)."""
        if self.anchored or self.from_store:
            return
        full = self.path
        for length in range(len(full) - 1, 0, -1):
            self.path = full[:length]
            self.climb(from_store=True, from_peer=False)
            if self.anchored:
                return
            self.from_store = 0
        self.path = full

    def _best(self, candidates: Iterable[Certificate]) -> Certificate | None:
        """The first candidate that is valid now, else the one that was so last."""
        best = None
        latest = -1
        child = self.path[-1]
        for candidate in candidates:
            if candidate in self.path or not may_have_issued(candidate, child):
                continue
            try:
                if candidate.not_before <= self.time <= candidate.not_after:
                    return candidate
                until = candidate.not_after
            except MalformedCertificate:
                until = 0
            if until > latest:
                best, latest = candidate, until
        return best

    def failure(self) -> VerificationError:
        depth = len(self.path) - 1
        if is_self_signed(self.path[-1]):
            code = codes.SELF_SIGNED_CERT_IN_CHAIN if depth else codes.DEPTH_ZERO_SELF_SIGNED_CERT
        elif self.from_store:
            code = codes.UNABLE_TO_GET_ISSUER_CERT
        else:
            code = codes.UNABLE_TO_GET_ISSUER_CERT_LOCALLY
        return VerificationError(code, depth)


def is_self_signed(certificate: Certificate) -> bool:
    """Whether a certificate looks like its own issuer: same name, and no key identifier that contradicts it."""
    return certificate.self_issued and _identifiers_agree(certificate, certificate)


def may_have_issued(issuer: Certificate, subject: Certificate) -> bool:
    """Whether ``issuer`` fits as the issuer of ``subject`` by name, key identifiers and key usage."""
    if issuer.subject != subject.issuer or not _identifiers_agree(issuer, subject):
        return False
    usage = issuer.facts.key_usage
    return usage is None or bool(usage & ext.KEY_CERT_SIGN)


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
            # OpenSSL looks at the first directory name only.
            return content == issuer.issuer.der or _same_name(content, issuer)
    return True


def _same_name(encoded: bytes, issuer: Certificate) -> bool:
    from refssl.x509.names import canonical

    try:
        return canonical(encoded) == issuer.issuer.canonical
    except MalformedCertificate:
        return False
