"""Proxy certificates (RFC 3820), with which a certificate that is no CA lends its name: how they must be called.

Who may have proxies, and how many, is in ``checks``; what ProxyCertInfo says is in ``facts``.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import codes, der
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.names import Name

_COMMON_NAME = der.oid("2.5.4.3")


def check_names(path: Sequence[Certificate], depth: int) -> None:
    """Refuse the certificate at ``depth`` if it is a proxy and not called after its issuer. Raises VerificationError.

    RFC 3820 3.4: "The subject field of a PC MUST be the issuer field [...] appended with a single Common Name".
    """
    certificate = path[depth]
    if certificate.facts.proxy and not _extends(certificate.subject, certificate.issuer):
        raise VerificationError(codes.PROXY_SUBJECT_NAME_VIOLATION, depth)


def _extends(subject: Name, issuer: Name) -> bool:
    added = subject.rdns[len(issuer.rdns) :]
    return (
        len(added) == 1
        and len(added[0]) == 1
        and added[0][0].type == _COMMON_NAME
        and subject.canonical.startswith(issuer.canonical)
    )
