"""OpenSSL's security levels over a path: how strong each key and each signature's hash must be.

Only sizes are weighed here (SSL_CTX_set_security_level); whether a signature holds is for ``path``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from refssl.x509 import codes, der
from refssl.x509.der import MalformedCertificate

if TYPE_CHECKING:
    from refssl.x509.certificate import Certificate

LEVELS = (0, 80, 112, 128, 192, 256)

# How a SubjectPublicKeyInfo on each of the usual curves begins (RFC 5480 2): no need to load the key to know its size.
_CURVES = (
    (bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107"), 128),
    (bytes.fromhex("3076301006072a8648ce3d020106052b81040022"), 192),
    (bytes.fromhex("30819b301006072a8648ce3d020106052b81040023"), 256),
)

# Collision resistance of the hash in a signature algorithm; MD5 and SHA-1 as OpenSSL puts them after the known attacks.
_HASHES = {"md5": 39, "sha1": 63, "sha224": 112, "sha256": 128, "sha384": 192, "sha512": 256}
_RSA = frozenset(("rsa", "rsa-pss"))
_EC = frozenset(("ec",))
# Algorithm: security bits of its hash, kinds of key that sign with it.
_ALGORITHMS = {
    der.oid(identifier): (_HASHES[name], kinds)
    for identifier, name, kinds in (
        ("1.2.840.113549.1.1.4", "md5", _RSA),
        ("1.2.840.113549.1.1.5", "sha1", _RSA),
        ("1.2.840.113549.1.1.14", "sha224", _RSA),
        ("1.2.840.113549.1.1.11", "sha256", _RSA),
        ("1.2.840.113549.1.1.12", "sha384", _RSA),
        ("1.2.840.113549.1.1.13", "sha512", _RSA),
        ("1.2.840.10045.4.1", "sha1", _EC),
        ("1.2.840.10045.4.3.1", "sha224", _EC),
        ("1.2.840.10045.4.3.2", "sha256", _EC),
        ("1.2.840.10045.4.3.3", "sha384", _EC),
        ("1.2.840.10045.4.3.4", "sha512", _EC),
    )
}
_ALGORITHMS[der.oid("1.3.101.112")] = 128, frozenset(("ed25519",))
_ALGORITHMS[der.oid("1.3.101.113")] = 224, frozenset(("ed448",))
_RSASSA_PSS = der.oid("1.2.840.113549.1.1.10")
_PSS_HASHES = {
    der.oid("1.3.14.3.2.26"): _HASHES["sha1"],
    der.oid("2.16.840.1.101.3.4.2.4"): _HASHES["sha224"],
    der.oid("2.16.840.1.101.3.4.2.1"): _HASHES["sha256"],
    der.oid("2.16.840.1.101.3.4.2.2"): _HASHES["sha384"],
    der.oid("2.16.840.1.101.3.4.2.3"): _HASHES["sha512"],
}


def key_bits(certificate: Certificate) -> int:
    """The bits of security of a certificate's key, as OpenSSL counts them."""
    spki = certificate.spki
    for beginning, bits in _CURVES:
        if spki.startswith(beginning):
            return bits
    return certificate.public_key.security_bits


def leaf_too_weak(leaf: Certificate, level: int) -> bool:
    """Whether the leaf's key is below a security level; OpenSSL looks at it before anything else."""
    demanded = LEVELS[min(max(level, 0), 5)]
    return bool(demanded) and leaf.public_key.security_bits < demanded


def refusal(path: Sequence[Certificate], level: int) -> tuple[int, int] | None:
    """The first weakness in a path (leaf first) as (X509_V_ERR number, depth), or None.

    The hash in the anchor's own signature does not count, because nobody relies on that.
    """
    demanded = LEVELS[min(max(level, 0), 5)]
    if not demanded:
        return None
    last = len(path) - 1
    for depth, certificate in enumerate(path):
        if certificate.public_key.security_bits < demanded:
            return codes.CA_KEY_TOO_SMALL if depth else codes.EE_KEY_TOO_SMALL, depth
        if depth < last and _strength(certificate.signature_algorithm)[0] < demanded:
            return codes.CA_MD_TOO_WEAK, depth
    return None


def can_sign(kind: str, algorithm: bytes) -> bool:
    """Whether a key of this kind (``PublicKey.kind``) makes signatures of this AlgorithmIdentifier (DER)."""
    return kind in _strength(algorithm)[1]


_UNKNOWN: tuple[int, frozenset[str]] = (0, frozenset())
_seen: dict[bytes, tuple[int, frozenset[str]]] = {}


def _strength(algorithm: bytes) -> tuple[int, frozenset[str]]:
    known = _seen.get(algorithm)
    if known is None:
        try:
            known = _parse(algorithm)
        except MalformedCertificate:
            known = _UNKNOWN
        # A peer chooses these octets; they must not make the process grow.
        if len(_seen) < 64 and len(algorithm) < 128:
            _seen[algorithm] = known
    return known


def _parse(algorithm: bytes) -> tuple[int, frozenset[str]]:
    start, end = der.whole(der.SEQUENCE, algorithm)
    first, last = der.expect(der.OBJECT_IDENTIFIER, algorithm, start, end)
    identifier = algorithm[first:last]
    if identifier != _RSASSA_PSS:
        return _ALGORITHMS.get(identifier, _UNKNOWN)
    at, end = der.expect(der.SEQUENCE, algorithm, last, end)
    if at < end and algorithm[at] == 0xA0:
        at, end = der.expect(0xA0, algorithm, at, end)
        at, end = der.expect(der.SEQUENCE, algorithm, at, end)
        first, last = der.expect(der.OBJECT_IDENTIFIER, algorithm, at, end)
        return _PSS_HASHES.get(algorithm[first:last], 0), _RSA
    return _HASHES["sha1"], _RSA
