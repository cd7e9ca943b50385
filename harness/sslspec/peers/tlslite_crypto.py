"""Faster arithmetic for tlslite-ng: AES-GCM, ChaCha20-Poly1305, X25519 and ECDSA by pyca cryptography.

Its own are Python, integer by integer, and take nine tenths of its handshake. What makes it worth having as a peer, its
messages, states and records, stays its own. Nothing here knows TLS.
"""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

_CURVES: dict[str, ec.EllipticCurve] = {
    "NIST256p": ec.SECP256R1(),
    "NIST384p": ec.SECP384R1(),
    "NIST521p": ec.SECP521R1(),
}
# ECDSA takes of a digest what fits the curve; here its length alone matters.
_DIGESTS: dict[int, hashes.HashAlgorithm] = {
    digest.digest_size: digest for digest in (hashes.SHA1(), hashes.SHA224(), hashes.SHA256(), hashes.SHA384())
} | {64: hashes.SHA512()}
_ZERO_SHARED_SECRET = bytearray(32)


class Aead:
    """What tlslite-ng expects of a cipher with associated data."""

    isBlockCipher = False  # noqa: N815 - its names
    isAEAD = True  # noqa: N815
    nonceLength = 12  # noqa: N815
    tagLength = 16  # noqa: N815
    implementation = "python"  # where it asks, it stands in for that

    def __init__(self, name: str, key: bytes, cipher: AESGCM | ChaCha20Poly1305) -> None:
        self.name = name
        self.key = key
        self._cipher = cipher

    def seal(self, nonce: bytes, plaintext: bytes, data: bytes) -> bytearray:
        """Ciphertext and tag."""
        return bytearray(self._cipher.encrypt(nonce, plaintext, data))

    def open(self, nonce: bytes, ciphertext: bytes, data: bytes) -> bytearray | None:
        """The plaintext, or None where the tag is wrong."""
        try:
            return bytearray(self._cipher.decrypt(nonce, ciphertext, data))
        except InvalidTag:
            return None


def _aes_gcm(key: bytes) -> Aead:
    return Aead(f"aes{8 * len(key)}gcm", key, AESGCM(bytes(key)))


def _chacha(key: bytes) -> Aead:
    return Aead("chacha20-poly1305", key, ChaCha20Poly1305(bytes(key)))


def _x25519(private: bytes, public: bytes) -> bytearray:
    """RFC 7748 5; zeros where that is the result, which tlslite-ng itself refuses."""
    try:
        shared = X25519PrivateKey.from_private_bytes(bytes(private)).exchange(
            X25519PublicKey.from_public_bytes(bytes(public))
        )
    except ValueError:
        return _ZERO_SHARED_SECRET
    return bytearray(shared)


def install(aes: Any, chacha: Any, exchange: Any, keys: Any) -> None:
    """Put them into tlslite-ng's modules python_aesgcm, python_chacha20_poly1305, keyexchange and python_ecdsakey."""
    aes.new = _aes_gcm
    chacha.new = _chacha
    exchange.x25519 = _x25519
    slow = keys.Python_ECDSAKey
    slow_verify, slow_sign = slow._verify, slow._sign

    def verify(self: Any, signature: bytes, digest: bytes) -> bool:
        curve, hashed = _CURVES.get(self.public_key.curve.name), _DIGESTS.get(len(digest))
        if curve is None or hashed is None:
            return bool(slow_verify(self, signature, digest))
        point = self.public_key.to_string("uncompressed")
        public = ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
        try:
            public.verify(bytes(signature), bytes(digest), ec.ECDSA(Prehashed(hashed)))
        except InvalidSignature:
            return False
        return True

    def sign(self: Any, digest: bytes, name: str) -> bytes:
        curve, hashed = _CURVES.get(self.private_key.curve.name), _DIGESTS.get(len(digest))
        if curve is None or hashed is None:
            return bytes(slow_sign(self, digest, name))
        private = ec.derive_private_key(self.private_key.privkey.secret_multiplier, curve)
        return private.sign(bytes(digest), ec.ECDSA(Prehashed(hashed)))

    slow._verify, slow._sign = verify, sign
