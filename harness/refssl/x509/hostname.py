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
    """True where a well-formed certificate names this DNS name.

    hostname: an A-label form that is not empty, begins with no dot and has no NUL in it. The common name is consulted
    only if check_common_name, and "in the absence of a subject alternative name extension"
    (ssl.SSLContext.hostname_checks_common_name): an address there ends it as much as a name.
    """
    host = hostname.encode("ascii").lower()
    names = certificate.facts.subject_alternative_names
    if names is not None:
        return any(kind == ext.DNS_NAME and _matches(value, host) for kind, value in names)
    if not check_common_name:
        return False
    for attribute in (each for rdn in certificate.subject.rdns for each in rdn if each.type == _COMMON_NAME):
        if attribute.text is None:
            break  # OpenSSL does not look behind what it cannot read
        if _matches(attribute.text.encode(), host):
            return True
    return False


def matches_address(certificate: Certificate, address: bytes) -> bool:
    """True where an iPAddress of subjectAltName is this address (4 or 16 octets). The common name never counts."""
    names = certificate.facts.subject_alternative_names or ()
    return any(kind == ext.IP_ADDRESS and value == address for kind, value in names)


def _matches(pattern: bytes, host: bytes) -> bool:
    pattern = pattern.lower()
    if pattern == host:
        return True
    # "only the left-most label, and all of it" (X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS), and two labels must follow.
    wildcard, _, parent = pattern.partition(b".")
    labels = parent.split(b".")
    if wildcard != b"*" or len(labels) < 2 or not all(_is_label(label) for label in labels):
        return False
    first, _, rest = host.partition(b".")
    return rest == parent and _LABEL.issuperset(first)


def _is_label(label: bytes) -> bool:
    return bool(label) and _LABEL.issuperset(label) and not label.startswith(b"-") and not label.endswith(b"-")
