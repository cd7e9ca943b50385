"""Whether a certificate is for a host (RFC 6125 and RFC 9525, in the way OpenSSL 3 decides it for CPython).

Host names come in as A-labels; Unicode is the surface's affair. IP addresses come in as 4 or 16 octets.
"""

from __future__ import annotations

from refssl.x509 import der
from refssl.x509 import extensions as ext
from refssl.x509.certificate import Certificate

_COMMON_NAME = der.oid("2.5.4.3")
_LABEL = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-")


def matches_hostname(certificate: Certificate, hostname: str, check_common_name: bool) -> bool:
    """True where the certificate names this DNS name.

    The common name is consulted only if check_common_name, and "in the absence of a subject alternative name
    extension" (ssl.SSLContext.hostname_checks_common_name): an address there ends it as much as a name, and so does a
    malformed extension.
    """
    try:
        host = hostname.encode("ascii").lower()
    except UnicodeEncodeError:
        return False
    if not host:
        return False
    facts = certificate.facts
    names = facts.subject_alternative_names
    if names is not None:
        return any(kind == ext.DNS_NAME and _matches(value.lower(), host) for kind, value in names)
    if facts.invalid or not check_common_name:
        return False
    for rdn in certificate.subject.rdns:
        for attribute in rdn:
            if attribute.type == _COMMON_NAME:
                text = attribute.text
                if text is not None and _matches(text.encode("utf-8", "replace").lower(), host):
                    return True
    return False


def matches_address(certificate: Certificate, address: bytes) -> bool:
    """True where an iPAddress of subjectAltName is this address (4 or 16 octets). The common name never counts."""
    names = certificate.facts.subject_alternative_names or ()
    return any(kind == ext.IP_ADDRESS and value == address for kind, value in names)


def _matches(pattern: bytes, host: bytes) -> bool:
    if pattern == host:
        # A name with a NUL in it ends for many C programs before it ends for us; no host is called so.
        return b"\0" not in pattern
    if not pattern.startswith(b"*."):
        return False
    # "only the left-most label, and all of it" (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), and two labels must follow.
    parent = pattern[1:]
    labels = parent[1:].split(b".")
    if len(labels) < 2 or not all(_is_label(label) for label in labels):
        return False
    first = host[: len(host) - len(parent)]
    return host.endswith(parent) and bool(first) and _LABEL.issuperset(first)


def _is_label(label: bytes) -> bool:
    return bool(label) and _LABEL.issuperset(label) and label[:1] != b"-" and label[-1:] != b"-"
