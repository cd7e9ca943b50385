"""Public and private keys: their kind, the TLS signature schemes that they can make, and whether a signature holds.

Serves both CertificateVerify (TLS SignatureScheme code points, RFC 8446 4.2.3) and certificates (X.509
AlgorithmIdentifier, RFC 5280 4.1.1.2). Parsing certificates does not belong here.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from refssl.crypto.algorithms import (
    RSASSA_PSS,
    element,
    pss_algorithm,
    pss_algorithm_of,
    restricted_hash,
    signature_algorithm,
)
from refssl.crypto.algorithms import UnsupportedAlgorithm as UnsupportedAlgorithm

RSA_PKCS1_SHA1 = 0x0201
ECDSA_SHA1 = 0x0203
RSA_PKCS1_SHA256 = 0x0401
ECDSA_SECP256R1_SHA256 = 0x0403
RSA_PKCS1_SHA384 = 0x0501
ECDSA_SECP384R1_SHA384 = 0x0503
RSA_PKCS1_SHA512 = 0x0601
ECDSA_SECP521R1_SHA512 = 0x0603
RSA_PSS_RSAE_SHA256 = 0x0804
RSA_PSS_RSAE_SHA384 = 0x0805
RSA_PSS_RSAE_SHA512 = 0x0806
ED25519 = 0x0807
ED448 = 0x0808
RSA_PSS_PSS_SHA256 = 0x0809
RSA_PSS_PSS_SHA384 = 0x080A
RSA_PSS_PSS_SHA512 = 0x080B


@dataclass(slots=True)
class Scheme:
    """A SignatureScheme: the name in RFC 8446 4.2.3, the kind of key, the padding ("pkcs1", "pss", ""), the hash, and
    the curve that TLS 1.3 ties to an ECDSA scheme."""

    name: str
    kind: str
    padding: str
    hash: str
    curve: str | None = None


SCHEMES = {
    ECDSA_SECP256R1_SHA256: Scheme("ecdsa_secp256r1_sha256", "ec", "", "sha256", "secp256r1"),
    ECDSA_SECP384R1_SHA384: Scheme("ecdsa_secp384r1_sha384", "ec", "", "sha384", "secp384r1"),
    ECDSA_SECP521R1_SHA512: Scheme("ecdsa_secp521r1_sha512", "ec", "", "sha512", "secp521r1"),
    ED25519: Scheme("ed25519", "ed25519", "", ""),
    ED448: Scheme("ed448", "ed448", "", ""),
    RSA_PSS_RSAE_SHA256: Scheme("rsa_pss_rsae_sha256", "rsa", "pss", "sha256"),
    RSA_PSS_RSAE_SHA384: Scheme("rsa_pss_rsae_sha384", "rsa", "pss", "sha384"),
    RSA_PSS_RSAE_SHA512: Scheme("rsa_pss_rsae_sha512", "rsa", "pss", "sha512"),
    RSA_PSS_PSS_SHA256: Scheme("rsa_pss_pss_sha256", "rsa-pss", "pss", "sha256"),
    RSA_PSS_PSS_SHA384: Scheme("rsa_pss_pss_sha384", "rsa-pss", "pss", "sha384"),
    RSA_PSS_PSS_SHA512: Scheme("rsa_pss_pss_sha512", "rsa-pss", "pss", "sha512"),
    RSA_PKCS1_SHA256: Scheme("rsa_pkcs1_sha256", "rsa", "pkcs1", "sha256"),
    RSA_PKCS1_SHA384: Scheme("rsa_pkcs1_sha384", "rsa", "pkcs1", "sha384"),
    RSA_PKCS1_SHA512: Scheme("rsa_pkcs1_sha512", "rsa", "pkcs1", "sha512"),
    ECDSA_SHA1: Scheme("ecdsa_sha1", "ec", "", "sha1"),
    RSA_PKCS1_SHA1: Scheme("rsa_pkcs1_sha1", "rsa", "pkcs1", "sha1"),
}

# RFC 8446 4.2.3: RSASSA-PKCS1-v1_5 schemes "refer solely to signatures which appear in certificates", and "SHA-1 [...]
# MUST NOT" sign handshake messages.
HANDSHAKE_SCHEMES_13 = frozenset(
    code for code, scheme in SCHEMES.items() if scheme.padding != "pkcs1" and scheme.hash != "sha1"
)

_DIGEST_SIZES = {"sha1": 20, "sha256": 32, "sha384": 48, "sha512": 64}


class PublicKey:
    """A subject's public key.

    spki: the SubjectPublicKeyInfo in DER; kind: "rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa" or "unknown"; bits:
    the size as OpenSSL counts it (0 if unknown); curve: its name for "ec", else None; security_bits: the strength that
    OpenSSL's security levels compare (NIST SP 800-57 Part 1).
    """

    __slots__ = ("_hash", "_key", "bits", "curve", "kind", "security_bits", "spki")

    def __init__(self, spki: bytes, key: Any, kind: str, bits: int, curve: str | None) -> None:
        self.spki = spki
        self._key = key
        self._hash = restricted_hash(spki) if kind == "rsa-pss" else None
        self.kind = kind
        self.bits = bits
        self.curve = curve
        self.security_bits = bits // 2 if kind == "ec" else _security_bits(kind, bits)

    @classmethod
    def from_spki(cls, der: bytes) -> PublicKey:
        """Read a SubjectPublicKeyInfo. Never raises because of its bytes: what cannot be read has kind "unknown"."""
        try:
            key = _library().load_der_public_key(der)
        except Exception:
            # cryptography raises ValueError, UnsupportedAlgorithm and, for odd encodings, others still.
            return cls(der, None, "unknown", 0, None)
        kind, bits, curve = _describe(key, der)
        return cls(der, key, kind, bits, curve)

    def suits(self, scheme: int) -> bool:
        """Whether TLS 1.3 allows this key to sign with `scheme` (RFC 8446 4.2.3: kind and curve must match)."""
        known = SCHEMES.get(scheme)
        if known is None or known.kind != self.kind:
            return False
        return known.curve in (None, self.curve) and self._hash in (None, known.hash)

    def suits_tls12(self, scheme: int) -> bool:
        """Whether TLS 1.2 allows this key to sign with `scheme`: there no curve is tied to a hash (RFC 8446 4.2.3)."""
        known = SCHEMES.get(scheme)
        return known is not None and known.kind == self.kind and self._hash in (None, known.hash)

    def encrypt_pkcs1(self, message: bytes) -> bytes | None:
        """RSAES-PKCS1-v1_5 (RFC 8017 7.2), or None where this is no key for it."""
        if self.kind != "rsa":
            return None
        try:
            encrypted: bytes = self._key.encrypt(message, _library().padding("pkcs1", "", -1))
        except ValueError:
            return None
        return encrypted

    def verify_scheme(self, scheme: int, signature: bytes, content: bytes) -> bool:
        """Whether `signature` over `content` holds under a TLS SignatureScheme; False also for one of another kind."""
        known = SCHEMES.get(scheme)
        if known is None or known.kind != self.kind or self._hash not in (None, known.hash):
            return False
        return self._verify(known.padding, known.hash, -1, signature, content)

    def verify_algorithm(self, algorithm: bytes, signature: bytes, content: bytes) -> bool:
        """Whether `signature` over `content` holds under an X.509 AlgorithmIdentifier in DER.

        Raises UnsupportedAlgorithm for an algorithm that is not known here.
        """
        kinds, padding, digest, salt = signature_algorithm(algorithm)
        if self.kind not in kinds or self._hash not in (None, digest):
            return False
        return self._verify(padding, digest, salt, signature, content)

    def _verify(self, padding: str, digest: str, salt: int, signature: bytes, content: bytes) -> bool:
        library = _library()
        try:
            if not digest:
                self._key.verify(signature, content)
            elif self.kind == "ec":
                self._key.verify(signature, content, library.ecdsa(digest))
            elif self.kind == "dsa":
                self._key.verify(signature, content, library.hashes[digest])
            else:
                self._key.verify(signature, content, library.padding(padding, digest, salt), library.hashes[digest])
        except (library.invalid_signature, ValueError, OverflowError):
            return False
        return True


# NIST SP 800-56B Appendix D, Table 4, which the estimate below it there does not meet everywhere.
_MODULUS_STRENGTHS = {2048: 112, 3072: 128, 4096: 152, 6144: 176, 7680: 192, 8192: 200, 15360: 256}


def _security_bits(kind: str, bits: int) -> int:
    """OpenSSL's EVP_PKEY_get_security_bits, for all kinds but "ec"."""
    if kind in ("rsa", "rsa-pss"):
        return _factoring_strength(bits)
    if kind == "dsa":
        steps = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))
        return next((strength for size, strength in steps if bits >= size), 0)
    return {"ed25519": 128, "ed448": 224}.get(kind, 0)


@lru_cache(maxsize=64)
def _factoring_strength(bits: int) -> int:
    """Strength of an RSA modulus (NIST SP 800-56B Appendix D): what the number field sieve costs, in steps of eight."""
    if bits in _MODULUS_STRENGTHS:
        return _MODULUS_STRENGTHS[bits]
    if bits < 8:
        return 0
    size = bits * math.log(2)
    estimate = (1.923 * (size * math.log(size) ** 2) ** (1 / 3) - 4.69) / math.log(2)
    cap = next((strength for limit, strength in ((7680, 192), (15360, 256)) if bits <= limit), 1200)
    return min((int(estimate) + 4) & ~7, cap)


class PrivateKey:
    """A private key. schemes: the TLS 1.3 SignatureSchemes that it can make, the preferred first; schemes12: those of
    TLS 1.2. curve: its name for "ec", else None."""

    __slots__ = ("_key", "_spki", "curve", "kind", "schemes", "schemes12")

    def __init__(self, key: Any, algorithm: bytes | None = None) -> None:
        """key: of `cryptography`; algorithm: the key's AlgorithmIdentifier where that says more (id-RSASSA-PSS)."""
        self._key = key
        library = _library()
        public = key.public_key()
        self._spki: bytes = public.public_bytes(library.der, library.spki)
        if algorithm is not None:
            pkcs1: bytes = public.public_bytes(library.der, library.pkcs1)
            self._spki = element(0x30, algorithm + element(0x03, b"\0" + pkcs1))
        self.kind, bits, self.curve = _describe(public, self._spki)
        restricted = restricted_hash(self._spki) if self.kind == "rsa-pss" else None
        self.schemes, self.schemes12 = _schemes(self.kind, bits, self.curve, restricted)

    @classmethod
    def load_pem(cls, data: bytes, password: bytes | None = None, spki: bytes = b"") -> PrivateKey:
        """Read the first private key in PEM `data`. spki: of the certificate that it should belong to.

        Raises ValueError where there is none or the password is wrong, TypeError where a password is missing or
        superfluous, UnsupportedAlgorithm for a kind of key that cannot sign here.
        """
        library = _library()
        try:
            key = library.load_pem_private_key(data, password)
        except library.unsupported as error:
            raise UnsupportedAlgorithm(str(error)) from None
        if not hasattr(key, "sign"):
            raise UnsupportedAlgorithm(type(key).__name__)
        if _describe(key.public_key(), b"")[0] != "rsa":
            return cls(key)
        if password is not None and RSASSA_PSS in spki[:40]:
            # Of an encrypted key nobody tells whether it is an id-RSASSA-PSS one, so its certificate has to.
            return cls(key, pss_algorithm_of(spki))
        return cls(key, pss_algorithm(data))

    def public_spki(self) -> bytes:
        """The SubjectPublicKeyInfo in DER, to compare with a certificate's."""
        return self._spki

    def decrypt_pkcs1(self, encrypted: bytes) -> bytes | None:
        """RSAES-PKCS1-v1_5 (RFC 8017 7.2). None where the padding is wrong, or something random (implicit rejection),
        as the library does it: whoever calls must make no difference between them that a peer could see."""
        try:
            message: bytes = self._key.decrypt(encrypted, _library().padding("pkcs1", "", -1))
        except ValueError:
            return None
        return message

    def sign(self, scheme: int, content: bytes) -> bytes:
        """Sign `content` with a TLS SignatureScheme of this kind of key. Raises ValueError for another's."""
        known = SCHEMES[scheme]
        if known.kind != self.kind:
            raise ValueError(f"a key of kind {self.kind} cannot make {known.name}")
        library = _library()
        if not known.hash:
            signature: bytes = self._key.sign(content)
        elif known.kind == "ec":
            signature = self._key.sign(content, library.ecdsa(known.hash))
        else:
            padding = library.padding(known.padding, known.hash, -1)
            signature = self._key.sign(content, padding, library.hashes[known.hash])
        return signature


@lru_cache(maxsize=64)
def _schemes(
    kind: str, bits: int, curve: str | None, restricted: str | None
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The schemes that a key can make, in TLS 1.3 and in TLS 1.2. restricted: the only hash of an RSASSA-PSS key."""
    # RFC 8446 4.2.3: in TLS 1.2 no curve is tied to a hash, and RSASSA-PKCS1-v1_5 signs handshakes too.
    schemes12 = tuple(
        code
        for code, scheme in SCHEMES.items()
        if scheme.kind == kind
        and restricted in (None, scheme.hash)
        # RFC 8017 9.1.1: the encoded message must hold hash, salt and two bytes more.
        and (not scheme.padding or bits >= 16 * _DIGEST_SIZES[scheme.hash] + 16)
    )
    schemes = tuple(code for code in schemes12 if code in HANDSHAKE_SCHEMES_13 and SCHEMES[code].curve in (None, curve))
    return schemes, schemes12


class _Library:
    """The parts of `cryptography` that keys need, loaded together on first use."""

    def __init__(self) -> None:
        from cryptography.exceptions import InvalidSignature
        from cryptography.exceptions import UnsupportedAlgorithm as Unsupported
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

        self.invalid_signature = InvalidSignature
        self.unsupported = Unsupported
        self.load_der_public_key = serialization.load_der_public_key
        self.load_pem_private_key = serialization.load_pem_private_key
        self.der = serialization.Encoding.DER
        self.spki = serialization.PublicFormat.SubjectPublicKeyInfo
        self.pkcs1 = serialization.PublicFormat.PKCS1
        self.hashes: dict[str, Any] = {
            "sha1": hashes.SHA1(),
            "sha224": hashes.SHA224(),
            "sha256": hashes.SHA256(),
            "sha384": hashes.SHA384(),
            "sha512": hashes.SHA512(),
        }
        self._ecdsa = {name: ec.ECDSA(algorithm) for name, algorithm in self.hashes.items()}
        self._pkcs1 = padding.PKCS1v15()
        self._pss = padding.PSS
        self._mgf1 = padding.MGF1
        self.kinds: dict[type, str] = {}
        self.classes = (
            (ec.EllipticCurvePublicKey, "ec"),
            (rsa.RSAPublicKey, "rsa"),
            (ed25519.Ed25519PublicKey, "ed25519"),
            (ed448.Ed448PublicKey, "ed448"),
            (dsa.DSAPublicKey, "dsa"),
        )

    def ecdsa(self, digest: str) -> Any:
        return self._ecdsa[digest]

    def padding(self, name: str, digest: str, salt: int) -> Any:
        """RFC 8446 4.2.3: "The length of the Salt MUST be equal to the length of the digest" (salt -1)."""
        if name == "pkcs1":
            return self._pkcs1
        algorithm = self.hashes[digest]
        return self._pss(self._mgf1(algorithm), algorithm.digest_size if salt < 0 else salt)


@lru_cache(maxsize=1)
def _library() -> _Library:
    return _Library()


def _describe(key: Any, spki: bytes) -> tuple[str, int, str | None]:
    library = _library()
    kind = library.kinds.get(type(key))
    if kind is None:
        # Once for each class: those of cryptography are abstract, and asking them costs more than reading a key.
        kind = next((name for known, name in library.classes if isinstance(key, known)), "unknown")
        library.kinds[type(key)] = kind
    if kind == "ec":
        return kind, key.key_size, key.curve.name
    if kind == "ed25519":
        return kind, 253, None
    if kind == "ed448":
        return kind, 456, None
    if kind == "rsa" and RSASSA_PSS in spki[:32]:
        kind = "rsa-pss"
    return kind, getattr(key, "key_size", 0), None
