"""Name constraints (RFC 5280 4.2.1.10): which names the certificates below a CA may bear.

Understood are DNS, e-mail, URI, directory and IP address names; a constraint of another kind, on a name of that kind,
refuses the path.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from refssl.x509 import codes, der
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import canonical

_COMMON_NAME = der.oid("2.5.4.3")
_EMAIL_ADDRESS = der.oid("1.2.840.113549.1.9.1")
_HOST = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
# Checking every name against every constraint is quadratic in what a peer sends; beyond this OpenSSL gives up, too.
_MAXIMUM_COMPARISONS = 1 << 20


def check(path: Sequence[Certificate]) -> None:
    """Refuse a path (leaf first) in which a name lies outside what a CA above it allows. Raises VerificationError."""
    if all(certificate.facts.name_constraints is None for certificate in path[1:]):
        return
    for depth, certificate in enumerate(path):
        # RFC 5280 6.1.3 (b): "If certificate i is self-issued and it is not the final certificate in the path, skip".
        if depth and certificate.self_issued:
            continue
        names = None
        for issuer in path[depth + 1 :]:
            constraints = issuer.facts.name_constraints
            if constraints is None:
                continue
            if names is None:
                names = list(_names(certificate, depth == 0))
            code = _refusal(names, *constraints)
            if code is not None:
                raise VerificationError(code, depth)


def _names(certificate: Certificate, leaf: bool) -> Iterator[ext.GeneralName]:
    """Every name that a certificate claims: its subject, the e-mail addresses in it, and subjectAltName.

    OpenSSL also takes a leaf's common names for DNS names where they look like one and no dNSName is there.
    """
    alternative = certificate.subject_alternative_names or ()
    if not certificate.subject.empty:
        yield ext.DIRECTORY_NAME, certificate.subject.der
    for rdn in certificate.subject.rdns:
        for attribute in rdn:
            if attribute.type == _EMAIL_ADDRESS:
                yield ext.RFC822_NAME, attribute.value
    yield from alternative
    if leaf and not any(kind == ext.DNS_NAME for kind, _ in alternative):
        for rdn in certificate.subject.rdns:
            for attribute in rdn:
                if attribute.type == _COMMON_NAME and (host := _as_host(attribute.text)):
                    yield ext.DNS_NAME, host


def _as_host(text: str | None) -> bytes | None:
    """A common name that could be a host name: at least two labels of letters, digits, hyphens and underscores."""
    if text is None or not text.isascii():
        return None
    octets = text.encode().rstrip(b"\0")
    labels = octets.split(b".")
    if len(labels) < 2 or not _HOST.issuperset(octets) or not all(labels):
        return None
    return octets


def _refusal(
    names: list[ext.GeneralName], permitted: tuple[ext.Subtree, ...], excluded: tuple[ext.Subtree, ...]
) -> int | None:
    if len(names) * (len(permitted) + len(excluded)) > _MAXIMUM_COMPARISONS:
        return codes.UNSPECIFIED
    for name in names:
        code = _refusal_of_one(name, permitted, excluded)
        if code is not None:
            return code
    return None


def _refusal_of_one(
    name: ext.GeneralName, permitted: tuple[ext.Subtree, ...], excluded: tuple[ext.Subtree, ...]
) -> int | None:
    kind, value = name
    try:
        constrained = matched = False
        for base_kind, base, minimum, maximum in permitted:
            if base_kind == kind:
                # RFC 5280 4.2.1.10: "the minimum MUST be zero, and maximum MUST be absent".
                if minimum or maximum is not None:
                    return codes.SUBTREE_MINMAX
                constrained = True
                matched = matched or _within(kind, value, base)
        if constrained and not matched:
            return codes.PERMITTED_VIOLATION
        for base_kind, base, minimum, maximum in excluded:
            if base_kind == kind:
                if minimum or maximum is not None:
                    return codes.SUBTREE_MINMAX
                if _within(kind, value, base):
                    return codes.EXCLUDED_VIOLATION
    except _Unsupported as refused:
        return refused.code
    except MalformedCertificate:
        return codes.UNSUPPORTED_NAME_SYNTAX
    return None


class _Unsupported(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


def _within(kind: int, name: bytes, base: bytes) -> bool:
    if kind == ext.DNS_NAME:
        return _within_domain(name.lower(), base.lower())
    if kind == ext.RFC822_NAME:
        return _within_mail(name, base)
    if kind == ext.URI:
        return _within_uri(name, base.lower())
    if kind == ext.DIRECTORY_NAME:
        return canonical(name).startswith(canonical(base))
    if kind == ext.IP_ADDRESS:
        return _within_network(name, base)
    raise _Unsupported(codes.UNSUPPORTED_CONSTRAINT_TYPE)


def _within_domain(name: bytes, base: bytes) -> bool:
    """ "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side"."""
    if not base:
        return True
    if not name.endswith(base):
        return False
    rest = name[: -len(base)]
    return not rest or base.startswith(b".") or rest.endswith(b".")


def _within_mail(name: bytes, base: bytes) -> bool:
    """A mailbox, all mailboxes on a host, or (with a leading period) all in a domain."""
    local, at, host = name.rpartition(b"@")
    if not at:
        raise _Unsupported(codes.UNSUPPORTED_NAME_SYNTAX)
    base_local, base_at, base_host = base.rpartition(b"@")
    if not base_at and base_host.startswith(b"."):
        return host.lower().endswith(base_host.lower()) and len(host) > len(base_host)
    if base_at and base_local and local != base_local:
        return False
    return not base or host.lower() == base_host.lower()


def _within_uri(name: bytes, base: bytes) -> bool:
    """The host of a URI that has an authority: this host, or (with a leading period) one in this domain."""
    scheme, separator, rest = name.partition(b"://")
    if not scheme or not separator:
        raise _Unsupported(codes.UNSUPPORTED_NAME_SYNTAX)
    host = rest.partition(b"/")[0].partition(b":")[0].lower()
    if not host or b"@" in host or b"[" in host:
        raise _Unsupported(codes.UNSUPPORTED_NAME_SYNTAX)
    if base.startswith(b"."):
        return host.endswith(base) and len(host) > len(base)
    return not base or host == base


def _within_network(name: bytes, base: bytes) -> bool:
    """An address in a network, given as address and mask."""
    if len(name) not in (4, 16):
        raise _Unsupported(codes.UNSUPPORTED_NAME_SYNTAX)
    if len(base) not in (8, 32):
        raise _Unsupported(codes.UNSUPPORTED_CONSTRAINT_SYNTAX)
    size = len(name)
    if len(base) != 2 * size:
        return False
    mask = int.from_bytes(base[size:], "big")
    return not (int.from_bytes(name, "big") ^ int.from_bytes(base[:size], "big")) & mask
