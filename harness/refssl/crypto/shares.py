"""Ephemeral key shares of the groups of TLS 1.3 (RFC 8446 4.2.8, RFC 7748), made fresh each time.

Which groups are offered and chosen is `refssl.engine.negotiation`'s; a new group is added to `GROUPS` here. Those with
ML-KEM are in `kems`, those over finite fields in `finitefield`.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol

from refssl.crypto import kems

SECP256R1 = 0x0017
SECP384R1 = 0x0018
SECP521R1 = 0x0019
X25519 = 0x001D
X448 = 0x001E
FFDHE = {0x0100: 2048, 0x0101: 3072, 0x0102: 4096, 0x0103: 6144, 0x0104: 8192}

# code point -> the name that OpenSSL 3 gives it
GROUPS = {
    SECP256R1: "secp256r1",
    SECP384R1: "secp384r1",
    SECP521R1: "secp521r1",
    X25519: "x25519",
    X448: "x448",
    **{code: f"ffdhe{bits}" for code, bits in FFDHE.items()},
    **kems.GROUPS,
}
# RFC 8410 4: what stands before the key itself in a SubjectPublicKeyInfo of id-X25519 and of id-X448.
_KEY_INFO = {
    X25519: bytes.fromhex("302a 3005 0603 2b656e 0321 00"),
    X448: bytes.fromhex("3042 3005 0603 2b656f 0339 00"),
}


class InvalidShare(Exception):
    """The peer's share is not a public key of the group (RFC 8446 4.2.8.2, 7.4.2)."""


class NoSharedSecret(InvalidShare):
    """The peer's share has the form of a public key, but leads to no shared secret (RFC 8446 7.4.2)."""


class KeyShare(Protocol):
    """One side's share of a key exchange.

    public: the key_exchange to send, and exchange(peer) gives the shared secret or raises InvalidShare.
    """

    @property
    def public(self) -> bytes: ...

    def exchange(self, peer: bytes) -> bytes: ...


class MontgomeryShare:
    """X25519 or X448 (RFC 7748; RFC 8446 4.2.8.2)."""

    __slots__ = ("_group", "_private", "public")

    def __init__(self, group: int, private: bytes | None = None) -> None:
        self._group = group
        private_class, _ = _montgomery(group)
        self._private = private_class.generate() if private is None else private_class.from_private_bytes(private)
        self.public: bytes = self._private.public_key().public_bytes_raw()

    def exchange(self, peer: bytes) -> bytes:
        """RFC 8446 7.4.2: "implementations MUST check whether the computed Diffie-Hellman shared secret is the all-zero
        value and abort if so"; `cryptography` checks."""
        try:
            # from_public_bytes() takes half as long again.
            public = _montgomery(self._group)[1](_KEY_INFO[self._group] + peer)
        except ValueError:
            raise InvalidShare from None
        try:
            shared: bytes = self._private.exchange(public)
        except ValueError:
            raise NoSharedSecret from None
        return shared


class CurveShare:
    """RFC 8446 4.2.8.2: an UncompressedPointRepresentation of P-256, P-384 or P-521."""

    __slots__ = ("_curve", "_private", "public")

    def __init__(self, group: int, private: int | None = None) -> None:
        ec, curves, encoding = _elliptic()
        self._curve = curves[group]
        self._private = (
            ec.generate_private_key(self._curve) if private is None else ec.derive_private_key(private, self._curve)
        )
        self.public: bytes = self._private.public_key().public_bytes(*encoding)

    def exchange(self, peer: bytes) -> bytes:
        """RFC 8446 7.4.2: the X coordinate, after the peer's point has been found to be on the curve."""
        ec = _elliptic()[0]
        # RFC 8446 4.2.8.2: "uint8 legacy_form = 4"
        if peer[:1] != b"\x04":
            raise InvalidShare
        try:
            point = ec.EllipticCurvePublicKey.from_encoded_point(self._curve, peer)
            shared: bytes = self._private.exchange(ec.ECDH(), point)
        except ValueError:
            raise InvalidShare from None
        return shared


def generate(group: int) -> KeyShare:
    """Give a fresh share of `group`, one of `GROUPS`."""
    if group in _KEY_INFO:
        return MontgomeryShare(group)
    if group in kems.GROUPS:
        return kems.KemShare(group)
    if group in FFDHE:
        from refssl.crypto.finitefield import NamedFieldShare

        return NamedFieldShare(FFDHE[group])
    return CurveShare(group)


@cache
def _montgomery(group: int) -> tuple[Any, Any]:
    """The class of private keys, and what makes a public key of its SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives.asymmetric import x448, x25519
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return x448.X448PrivateKey if group == X448 else x25519.X25519PrivateKey, load_der_public_key


@cache
def _elliptic() -> tuple[Any, dict[int, Any], tuple[Any, Any]]:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    curves = {SECP256R1: ec.SECP256R1(), SECP384R1: ec.SECP384R1(), SECP521R1: ec.SECP521R1()}
    return ec, curves, (Encoding.X962, PublicFormat.UncompressedPoint)
