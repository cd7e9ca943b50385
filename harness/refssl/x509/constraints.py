"""Name constraints (RFC 5280 4.2.1.10): which names the certificates below a CA may bear.

Understood are DNS, e-mail, URI, directory and IP address names; a constraint of another kind, on a name of that kind,
refuses the path.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from refssl.x509 import codes, der, proxies
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import canonical

_COMMON_NAME = der.oid("2.5.4.3")
_SMTP_UTF8_MAILBOX = der.oid("1.3.6.1.5.5.7.8.9")
_EMAIL_ADDRESS = der.oid("1.2.840.113549.1.9.1")
_HOST = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")
# Checking every name against every constraint is quadratic in what a peer sends; beyond this OpenSSL gives up, too.
_MAXIMUM_COMPARISONS = 1 << 20


def check(path: Sequence[Certificate], check_common_name: bool) -> None:
    """Refuse a path (leaf first) in which a name lies outside what a CA above it allows. Raises VerificationError.

    check_common_name: the leaf's common names may be taken for host names, so they are held to the constraints, too.
    """
    constrained = proxied = False
    for certificate in path:
        facts = certificate.facts
        constrained = constrained or facts.name_constraints is not None
        proxied = proxied or facts.proxy
    if not constrained and not proxied:
        return
    comparisons = _Comparisons()
    for depth in range(len(path) - 1, -1, -1):
        proxies.check_names(path, depth)
        # RFC 5280 6.1.3 (b): "If certificate i is self-issued and it is not the final certificate in the path, skip".
        if constrained and not (depth and path[depth].self_issued):
            _check_certificate(path, depth, check_common_name, comparisons)


def _check_certificate(
    path: Sequence[Certificate], depth: int, check_common_name: bool, comparisons: _Comparisons
) -> None:
    certificate = path[depth]
    for issuer in reversed(path[depth + 1 :]):
        constraints = issuer.facts.name_constraints
        if constraints is None:
            continue
        try:
            comparisons.take(_count(certificate) * sum(map(len, constraints)))
            _check_names(_names(certificate, check_common_name and not depth), *constraints, comparisons)
        except _Refused as refused:
            raise VerificationError(refused.code, depth) from None
        except MalformedCertificate:
            raise VerificationError(codes.UNSUPPORTED_NAME_SYNTAX, depth) from None


class _Refused(Exception):
    def __init__(self, code: int) -> None:
        self.code = code


class _Comparisons:
    """How many names may still be held against constraints, in the whole path, and the directory names read so far."""

    def __init__(self) -> None:
        self.left = _MAXIMUM_COMPARISONS
        self._canonical: dict[bytes, bytes] = {}

    def take(self, count: int) -> None:
        """Raises _Refused when there were too many."""
        self.left -= count
        if self.left < 0:
            raise _Refused(codes.UNSPECIFIED)

    def canonical(self, name: bytes) -> bytes:
        """The canonical form of a directory name, made once for the path."""
        known = self._canonical.get(name)
        if known is None:
            known = self._canonical[name] = canonical(name)
        return known


def _count(certificate: Certificate) -> int:
    """How many names a certificate claims at most; that they are too many has to be known before they are compared."""
    attributes = sum(map(len, certificate.subject.rdns))
    return 1 + attributes + len(certificate.facts.subject_alternative_names or ())


def _names(certificate: Certificate, common_names: bool) -> Iterator[ext.GeneralName]:
    """Every name that a certificate claims: its subject, the e-mail addresses in it, and subjectAltName.

    OpenSSL also takes common names for DNS names where they look like one and there is no dNSName.
    """
    alternative = certificate.facts.subject_alternative_names or ()
    if not certificate.subject.empty:
        yield ext.DIRECTORY_NAME, certificate.subject.der
    attributes = [attribute for rdn in certificate.subject.rdns for attribute in rdn]
    for attribute in attributes:
        if attribute.type == _EMAIL_ADDRESS:
            if attribute.tag != der.IA5_STRING:
                raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
            yield ext.RFC822_NAME, attribute.value
    yield from alternative
    if common_names and not any(kind == ext.DNS_NAME for kind, _ in alternative):
        for attribute in attributes:
            if attribute.type == _COMMON_NAME and (host := _as_host(attribute.text)):
                yield ext.DNS_NAME, host


def _as_host(text: str | None) -> bytes | None:
    """A common name that could be a host name: two labels or more, of letters, digits, hyphens and underscores."""
    octets = (text or "").encode().rstrip(b"\0")
    if b"\0" in octets:
        raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
    labels = octets.split(b".")
    if len(labels) < 2 or not _HOST.issuperset(octets):
        return None
    if not all(label and label[:1] != b"-" and label[-1:] != b"-" for label in labels):
        return None
    return octets


def _check_names(
    names: Iterator[ext.GeneralName],
    permitted: tuple[ext.Subtree, ...],
    excluded: tuple[ext.Subtree, ...],
    comparisons: _Comparisons,
) -> None:
    for name in names:
        constrained = matched = False
        for subtree in permitted:
            if _concerns(subtree, name):
                _check_bounds(subtree)
                constrained = True
                matched = matched or _within(name, subtree, comparisons)
        if constrained and not matched:
            raise _Refused(codes.PERMITTED_VIOLATION)
        for subtree in excluded:
            if _concerns(subtree, name):
                _check_bounds(subtree)
                if _within(name, subtree, comparisons) or _covers(name, subtree):
                    raise _Refused(codes.EXCLUDED_VIOLATION)


def _concerns(subtree: ext.Subtree, name: ext.GeneralName) -> bool:
    """Whether a subtree is about names of this kind; of other names, about those of the same type-id."""
    base_kind, base, _, _ = subtree
    kind, value = name
    if kind == ext.OTHER_NAME:
        if base_kind == ext.RFC822_NAME:
            return _type_id(value) == _SMTP_UTF8_MAILBOX
        return base_kind == ext.OTHER_NAME and _type_id(value) == _type_id(base)
    return base_kind == kind


def _type_id(other_name: bytes) -> bytes:
    start, end = der.expect(der.OBJECT_IDENTIFIER, other_name, 0, len(other_name))
    return other_name[start:end]


def _check_bounds(subtree: ext.Subtree) -> None:
    # RFC 5280 4.2.1.10: "the minimum MUST be zero, and maximum MUST be absent".
    if subtree[2] or subtree[3] is not None:
        raise _Refused(codes.SUBTREE_MINMAX)


def _within(name: ext.GeneralName, subtree: ext.Subtree, comparisons: _Comparisons) -> bool:
    base_kind, base, _, _ = subtree
    kind, value = name
    if kind == ext.DNS_NAME:
        return _within_domain(value.lower(), base.lower())
    if kind == ext.RFC822_NAME:
        return _within_mail(value, base)
    if kind == ext.URI:
        return _within_uri(value, base.lower())
    if kind == ext.DIRECTORY_NAME:
        return comparisons.canonical(value).startswith(comparisons.canonical(base))
    if kind == ext.IP_ADDRESS:
        return _within_network(value, base)
    if kind == ext.OTHER_NAME and base_kind == ext.RFC822_NAME:
        return _mailbox_host(value) == base.lower()
    raise _Refused(codes.UNSUPPORTED_CONSTRAINT_TYPE)


def _within_domain(name: bytes, base: bytes) -> bool:
    """ "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side"."""
    if not base:
        return True
    if not name.endswith(base):
        return False
    rest = name[: -len(base)]
    return not rest or base.startswith(b".") or rest.endswith(b".")


def _covers(name: ext.GeneralName, subtree: ext.Subtree) -> bool:
    """Whether a DNS name stands for an excluded one without being written like it: by a wildcard, or a final period.

    RFC 5280 4.2.1.10: "Any name matching a restriction in the excludedSubtrees field is invalid regardless".
    """
    if name[0] != ext.DNS_NAME:
        return False
    value, base = name[1].lower().removesuffix(b"."), subtree[1].lower()
    if value.startswith(b"*."):
        label, _, parent = base.partition(b".")
        if label and parent == value[2:]:
            return True
    return _within_domain(value, base)


def _within_mail(name: bytes, base: bytes) -> bool:
    """A mailbox, all mailboxes on a host, or (with a leading period) all in a domain."""
    local, at, host = name.rpartition(b"@")
    if not at:
        raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
    base_local, base_at, base_host = base.rpartition(b"@")
    if not base_at and base_host.startswith(b"."):
        return host.lower().endswith(base_host.lower())
    if base_at and base_local and local != base_local:
        return False
    return host.lower() == base_host.lower()


def _mailbox_host(other_name: bytes) -> bytes:
    """The host of a SmtpUTF8Mailbox (RFC 9598), which only a constraint that is that host reaches."""
    _, stop = der.expect(der.OBJECT_IDENTIFIER, other_name, 0, len(other_name))
    first, last = der.expect(0xA0, other_name, stop, len(other_name))
    start, end = der.expect(der.UTF8_STRING, other_name, first, last)
    _, at, host = other_name[start:end].rpartition(b"@")
    if not at:
        raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
    return host.lower()


def _within_uri(name: bytes, base: bytes) -> bool:
    """The host of a URI that has an authority: this host, or (with a leading period) one in this domain."""
    parts = _URI.fullmatch(name)
    if parts is None or int(parts.group(2) or 0) > 0xFFFF:
        raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
    host = parts.group(1).lower()
    if base.startswith(b"."):
        return host.endswith(base) and len(host) > len(base)
    return host == base


# A URI with an authority (RFC 3986 3): its host and its port.
_URI = re.compile(
    rb"[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@\0]*@)?(\[[^/?#\]\0]*\]|[^/?#:@\0]*)(?::([0-9]{1,5}))?(?:[/?#].*)?", re.DOTALL
)


def _within_network(name: bytes, base: bytes) -> bool:
    """An address in a network, given as address and mask."""
    size = len(name)
    if size not in (4, 16) or len(base) not in (8, 32):
        raise _Refused(codes.UNSUPPORTED_NAME_SYNTAX)
    if len(base) != 2 * size:
        return False
    mask = int.from_bytes(base[size:], "big")
    return not (int.from_bytes(name, "big") ^ int.from_bytes(base[:size], "big")) & mask
