"""Public and private keys: their kind, the TLS signature schemes that they can make, and whether a signature holds.

Serves both CertificateVerify (TLS SignatureScheme code points, RFC 8446 4.2.3) and certificates (X.509
AlgorithmIdentifier, RFC 5280 4.1.1.2). Parsing certificates does not belong here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

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


class UnsupportedAlgorithm(Exception):
    """The algorithm of a signature, or of the key that should verify it, is not one that is known here."""


class PublicKey:
    """A subject's public key.

    spki: the SubjectPublicKeyInfo in DER; kind: "rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa" or "unknown"; bits:
    the size as OpenSSL counts it (0 if unknown); curve: its name for "ec", else None; security_bits: the strength that
    OpenSSL's security levels compare (NIST SP 800-57 Part 1).
    """

    __slots__ = ("_key", "bits", "curve", "kind", "spki")

    def __init__(self, spki: bytes, key: Any, kind: str, bits: int, curve: str | None) -> None:
        self.spki = spki
        self._key = key
        self.kind = kind
        self.bits = bits
        self.curve = curve

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

    @property
    def security_bits(self) -> int:
        """OpenSSL's EVP_PKEY_get_security_bits."""
        if self.kind == "ec":
            return self.bits // 2
        if self.kind in ("rsa", "rsa-pss", "dsa"):
            steps = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))
            return next((strength for size, strength in steps if self.bits >= size), 0)
        return {"ed25519": 128, "ed448": 224}.get(self.kind, 0)

    def suits(self, scheme: int) -> bool:
        """Whether TLS 1.3 allows this key to sign with `scheme` (RFC 8446 4.2.3: kind and curve must match)."""
        known = SCHEMES.get(scheme)
        return known is not None and known.kind == self.kind and known.curve in (None, self.curve)

    def verify_scheme(self, scheme: int, signature: bytes, content: bytes) -> bool:
        """Whether `signature` over `content` holds under a TLS SignatureScheme; False also for one of another kind."""
        known = SCHEMES.get(scheme)
        if known is None or known.kind != self.kind:
            return False
        return self._verify(known.padding, known.hash, -1, signature, content)

    def verify_algorithm(self, algorithm: bytes, signature: bytes, content: bytes) -> bool:
        """Whether `signature` over `content` holds under an X.509 AlgorithmIdentifier in DER.

        Raises UnsupportedAlgorithm for an algorithm that is not known here.
        """
        kinds, padding, digest, salt = _algorithm(algorithm)
        if self.kind == "unknown":
            raise UnsupportedAlgorithm("public key")
        if self.kind not in kinds:
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


class PrivateKey:
    """A private key. schemes: the TLS 1.3 SignatureSchemes that it can make, the preferred first."""

    __slots__ = ("_key", "_spki", "kind", "schemes")

    def __init__(self, key: Any) -> None:
        self._key = key
        library = _library()
        self._spki: bytes = key.public_key().public_bytes(library.der, library.spki)
        self.kind, bits, curve = _describe(key.public_key(), self._spki)
        self.schemes = tuple(
            code
            for code, scheme in SCHEMES.items()
            if code in HANDSHAKE_SCHEMES_13
            and scheme.kind == self.kind
            and scheme.curve in (None, curve)
            # RFC 8017 9.1.1: the encoded message must hold hash, salt and two bytes more.
            and (not scheme.padding or bits >= 16 * _DIGEST_SIZES[scheme.hash] + 16)
        )

    @classmethod
    def load_pem(cls, data: bytes, password: bytes | None = None) -> PrivateKey:
        """Read the first private key in PEM `data`.

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
        return cls(key)

    def public_spki(self) -> bytes:
        """The SubjectPublicKeyInfo in DER, to compare with a certificate's."""
        return self._spki

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


# AlgorithmIdentifier OIDs as DER contents.
_RSASSA_PSS = bytes.fromhex("2a864886f70d01010a")
_SIGNATURES: dict[bytes, tuple[tuple[str, ...], str, str]] = {
    bytes.fromhex("2a864886f70d010105"): (("rsa",), "pkcs1", "sha1"),
    bytes.fromhex("2a864886f70d01010e"): (("rsa",), "pkcs1", "sha224"),
    bytes.fromhex("2a864886f70d01010b"): (("rsa",), "pkcs1", "sha256"),
    bytes.fromhex("2a864886f70d01010c"): (("rsa",), "pkcs1", "sha384"),
    bytes.fromhex("2a864886f70d01010d"): (("rsa",), "pkcs1", "sha512"),
    bytes.fromhex("2a8648ce3d0401"): (("ec",), "", "sha1"),
    bytes.fromhex("2a8648ce3d040301"): (("ec",), "", "sha224"),
    bytes.fromhex("2a8648ce3d040302"): (("ec",), "", "sha256"),
    bytes.fromhex("2a8648ce3d040303"): (("ec",), "", "sha384"),
    bytes.fromhex("2a8648ce3d040304"): (("ec",), "", "sha512"),
    bytes.fromhex("2b6570"): (("ed25519",), "", ""),
    bytes.fromhex("2b6571"): (("ed448",), "", ""),
}
_DIGESTS = {
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_MGF1 = bytes.fromhex("2a864886f70d010108")


def _describe(key: Any, spki: bytes) -> tuple[str, int, str | None]:
    kind = next((name for key_class, name in _library().classes if isinstance(key, key_class)), "unknown")
    if kind == "ec":
        return kind, key.key_size, key.curve.name
    if kind == "ed25519":
        return kind, 253, None
    if kind == "ed448":
        return kind, 456, None
    if kind == "rsa" and _RSASSA_PSS in spki[:32]:
        kind = "rsa-pss"
    return kind, getattr(key, "key_size", 0), None


@lru_cache(maxsize=64)
def _algorithm(der: bytes) -> tuple[tuple[str, ...], str, str, int]:
    """(kinds of key, padding, hash, salt length) of an AlgorithmIdentifier in DER."""
    try:
        sequence, end = _element(der, 0, 0x30)
        if end != len(der):
            raise UnsupportedAlgorithm("trailing bytes")
        oid, position = _element(sequence, 0, 0x06)
        parameters = sequence[position:]
        if oid == _RSASSA_PSS:
            return (("rsa", "rsa-pss"), "pss", *_pss_parameters(parameters))
        known = _SIGNATURES.get(oid)
        # RFC 4055 5, RFC 5758 3.2, RFC 8410 3: NULL for RSA (absent is tolerated), absent for the others.
        if known is None or parameters not in ((b"", b"\x05\x00") if known[1] else (b"",)):
            raise UnsupportedAlgorithm(oid.hex())
        return (*known, -1)
    except IndexError:
        raise UnsupportedAlgorithm("malformed") from None


def _pss_parameters(der: bytes) -> tuple[str, int]:
    """RFC 4055 3.1: hash, mask (MGF1 with the same hash, or it is refused), salt length; all have SHA-1 defaults."""
    body, end = _element(der, 0, 0x30)
    if end != len(der):
        raise UnsupportedAlgorithm("trailing bytes")
    digest, mask, salt, position = "sha1", "sha1", 20, 0
    while position < len(body):
        tag = body[position]
        content, position = _element(body, position, tag)
        if tag == 0xA0:
            digest = _digest(content)
        elif tag == 0xA1:
            inner, _ = _element(content, 0, 0x30)
            oid, after = _element(inner, 0, 0x06)
            if oid != _MGF1:
                raise UnsupportedAlgorithm(oid.hex())
            mask = _digest(inner[after:])
        elif tag == 0xA2:
            salt = int.from_bytes(_element(content, 0, 0x02)[0], "big", signed=True)
        elif tag != 0xA3 or content != b"\x02\x01\x01":
            raise UnsupportedAlgorithm("RSASSA-PSS parameters")
    if digest != mask or salt < 0:
        raise UnsupportedAlgorithm("RSASSA-PSS parameters")
    return digest, salt


def _digest(der: bytes) -> str:
    oid = _element(_element(der, 0, 0x30)[0], 0, 0x06)[0]
    if oid not in _DIGESTS:
        raise UnsupportedAlgorithm(oid.hex())
    return _DIGESTS[oid]


def _element(der: bytes, position: int, tag: int) -> tuple[bytes, int]:
    """The contents of the short element at `position`, and where it ends. IndexError where it is cut off."""
    if der[position] != tag:
        raise UnsupportedAlgorithm("malformed")
    length, start = der[position + 1], position + 2
    if length == 0x81:
        length, start = der[position + 2], position + 3
    elif length >= 0x80:
        raise UnsupportedAlgorithm("malformed")
    if start + length > len(der):
        raise IndexError
    return der[start : start + length], start + length
