"""Whose certificate it is, in a line: the subject and the names it is for, read by refssl's X.509.

Nothing here is judged, and nothing raises: what is no certificate is called so.
"""

from __future__ import annotations

from refssl import peercert
from refssl.x509 import der
from refssl.x509.certificate import Certificate
from refssl.x509.der import MalformedCertificate
from refssl.x509.names import Name

_SHORT = {
    der.oid("2.5.4.3"): "CN",
    der.oid("2.5.4.6"): "C",
    der.oid("2.5.4.7"): "L",
    der.oid("2.5.4.8"): "ST",
    der.oid("2.5.4.10"): "O",
    der.oid("2.5.4.11"): "OU",
}
_MOST_NAMES = 4


def subject(encoded: bytes) -> str:
    """Subject and alternative names of a certificate in DER."""
    try:
        certificate = Certificate.from_der(encoded)
        named = _written(certificate.subject) or "without a subject"
    except (MalformedCertificate, ValueError, IndexError) as problem:
        return f"not readable: {problem}"
    try:
        alternatives = peercert.describe(certificate).get("subjectAltName", ())
    except (MalformedCertificate, ValueError, IndexError):
        return named
    told = [f"{kind} {value}" for kind, value in alternatives[:_MOST_NAMES]]
    more = ["..."] if len(alternatives) > _MOST_NAMES else []
    return ", ".join([named, *told, *more])


def name(encoded: bytes) -> str:
    """A distinguished name in DER."""
    try:
        return _written(Name(encoded)) or "an empty name"
    except (MalformedCertificate, ValueError, IndexError) as problem:
        return f"not readable: {problem}"


def _written(distinguished: Name) -> str:
    return "/".join(
        f"{_SHORT.get(attribute.type) or der.dotted(attribute.type)}={attribute.text}"
        for rdn in distinguished.rdns
        for attribute in rdn
    )
