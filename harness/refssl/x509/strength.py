"""OpenSSL's security levels over a path: how strong each key and each signature's hash must be.

Only sizes are weighed here (SSL_CTX_set_security_level); whether a signature holds is for ``path``.
"""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import codes, der
from refssl.x509.certificate import Certificate
from refssl.x509.der import MalformedCertificate

LEVELS = (0, 80, 112, 128, 192, 256)

# Collision resistance of the hash in a signature algorithm; MD5 and SHA-1 as OpenSSL puts them after the known attacks.
_HASHES = {"md5": 39, "sha1": 63, "sha224": 112, "sha256": 128, "sha384": 192, "sha512": 256}
_ALGORITHMS = {
    der.oid(identifier): _HASHES[name]
    for identifier, name in (
        ("1.2.840.113549.1.1.4", "md5"),
        ("1.2.840.113549.1.1.5", "sha1"),
        ("1.2.840.113549.1.1.14", "sha224"),
        ("1.2.840.113549.1.1.11", "sha256"),
        ("1.2.840.113549.1.1.12", "sha384"),
        ("1.2.840.113549.1.1.13", "sha512"),
        ("1.2.840.10045.4.1", "sha1"),
        ("1.2.840.10045.4.3.1", "sha224"),
        ("1.2.840.10045.4.3.2", "sha256"),
        ("1.2.840.10045.4.3.3", "sha384"),
        ("1.2.840.10045.4.3.4", "sha512"),
    )
} | {der.oid("1.3.101.112"): 128, der.oid("1.3.101.113"): 224}
_RSASSA_PSS = der.oid("1.2.840.113549.1.1.10")
_PSS_HASHES = {
    der.oid("1.3.14.3.2.26"): _HASHES["sha1"],
    der.oid("2.16.840.1.101.3.4.2.4"): _HASHES["sha224"],
    der.oid("2.16.840.1.101.3.4.2.1"): _HASHES["sha256"],
    der.oid("2.16.840.1.101.3.4.2.2"): _HASHES["sha384"],
    der.oid("2.16.840.1.101.3.4.2.3"): _HASHES["sha512"],
}


def refusal(path: Sequence[Certificate], trusted_top: bool, level: int) -> tuple[int, int] | None:
    """The first weakness in a path (leaf first): (X509_V_ERR number, depth), or None.

    trusted_top: the last certificate is an anchor, whose own signature nobody relies on.
    """
    demanded = LEVELS[min(max(level, 0), 5)]
    if not demanded:
        return None
    last = len(path) - 1
    for depth, certificate in enumerate(path):
        if certificate.public_key.security_bits < demanded:
            return codes.CA_KEY_TOO_SMALL if depth else codes.EE_KEY_TOO_SMALL, depth
        if (depth < last or not trusted_top) and signature_bits(certificate.signature_algorithm) < demanded:
            return codes.CA_MD_TOO_WEAK, depth
    return None


def signature_bits(algorithm: bytes) -> int:
    """Security bits of the hash in an AlgorithmIdentifier (DER); 0 for one that is not known."""
    known = _BITS.get(algorithm)
    if known is None:
        try:
            known = _signature_bits(algorithm)
        except MalformedCertificate:
            return 0
        if len(_BITS) < 64:
            _BITS[algorithm] = known
    return known


_BITS: dict[bytes, int] = {}


def _signature_bits(algorithm: bytes) -> int:
    start, end = der.whole(der.SEQUENCE, algorithm)
    first, last = der.expect(der.OBJECT_IDENTIFIER, algorithm, start, end)
    identifier = algorithm[first:last]
    if identifier != _RSASSA_PSS:
        return _ALGORITHMS.get(identifier, 0)
    at, end = der.expect(der.SEQUENCE, algorithm, last, end)
    if at < end and algorithm[at] == 0xA0:
        at, end = der.expect(0xA0, algorithm, at, end)
        at, end = der.expect(der.SEQUENCE, algorithm, at, end)
        first, last = der.expect(der.OBJECT_IDENTIFIER, algorithm, at, end)
        return _PSS_HASHES.get(algorithm[first:last], 0)
    return _HASHES["sha1"]
