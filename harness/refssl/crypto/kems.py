"""Key encapsulation in the place of a key exchange: ML-KEM (FIPS 203), alone and beside an elliptic curve.

The hybrids are those of draft-ietf-tls-ecdhe-mlkem, in which both halves are sent and both secrets joined, so that what
is lost with one is kept by the other. Without ML-KEM in `cryptography` there are none: `GROUPS` is empty.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from refssl.crypto.shares import KeyShare

MLKEM768 = 0x0201
MLKEM1024 = 0x0202
SECP256R1_MLKEM768 = 0x11EB
X25519_MLKEM768 = 0x11EC
SECP384R1_MLKEM1024 = 0x11ED


@dataclass(slots=True)
class _Kem:
    """size: of the public key; answer: of the ciphertext. curve, curve_size: the other half and the length of its
    share; curve_first: whether that half comes first."""

    name: str
    size: int
    answer: int
    curve: int | None = None
    curve_size: int = 0
    curve_first: bool = False


_KEMS = {
    MLKEM768: _Kem("MLKEM768", 1184, 1088),
    MLKEM1024: _Kem("MLKEM1024", 1568, 1568),
    SECP256R1_MLKEM768: _Kem("SecP256r1MLKEM768", 1184, 1088, 0x0017, 65, True),
    X25519_MLKEM768: _Kem("X25519MLKEM768", 1184, 1088, 0x001D, 32),
    SECP384R1_MLKEM1024: _Kem("SecP384r1MLKEM1024", 1568, 1568, 0x0018, 97, True),
}


def _classes() -> dict[int, tuple[Any, Any]]:
    """(private, public) key classes of `cryptography`, by the size of the public key; none where it has no ML-KEM."""
    try:
        from cryptography.hazmat.primitives.asymmetric import mlkem

        # The library below may not have it, which shows when it is used.
        mlkem.MLKEM768PrivateKey.generate()
    except Exception:
        # ImportError, UnsupportedAlgorithm, AttributeError: whatever it is, there is no ML-KEM.
        return {}
    return {
        1184: (mlkem.MLKEM768PrivateKey, mlkem.MLKEM768PublicKey),
        1568: (mlkem.MLKEM1024PrivateKey, mlkem.MLKEM1024PublicKey),
    }


_CLASSES = _classes()

# code point -> the name that OpenSSL 3.6 gives it
GROUPS = {code: kem.name for code, kem in _KEMS.items()} if _CLASSES else {}


class KemShare:
    """A client's share: the key to encapsulate to, and the share of the curve beside it."""

    __slots__ = ("_curve", "_kem", "_private", "public")

    def __init__(self, group: int) -> None:
        from refssl.crypto import shares

        self._kem = kem = _KEMS[group]
        self._private = _CLASSES[kem.size][0].generate()
        self._curve: KeyShare | None = shares.generate(kem.curve) if kem.curve is not None else None
        key: bytes = self._private.public_key().public_bytes_raw()
        self.public = key if self._curve is None else _joined(kem, key, self._curve.public)

    def exchange(self, peer: bytes) -> bytes:
        """The shared secret of a server's answer. Raises InvalidShare."""
        from refssl.crypto.shares import InvalidShare

        ciphertext, theirs = _parted(self._kem, peer, self._kem.answer)
        try:
            secret: bytes = self._private.decapsulate(ciphertext)
        except ValueError:
            raise InvalidShare from None
        return secret if self._curve is None else _joined(self._kem, secret, self._curve.exchange(theirs))


def respond(group: int, peer: bytes) -> tuple[bytes, bytes]:
    """A server's answer to a client's share, and the shared secret. Raises InvalidShare."""
    from refssl.crypto import shares

    kem = _KEMS[group]
    key, theirs = _parted(kem, peer, kem.size)
    try:
        # FIPS 203 7.2: the key is checked before it is used.
        secret, ciphertext = _CLASSES[kem.size][1].from_public_bytes(key).encapsulate()
    except ValueError:
        raise shares.InvalidShare from None
    if kem.curve is None:
        return ciphertext, secret
    curve = shares.generate(kem.curve)
    return _joined(kem, ciphertext, curve.public), _joined(kem, secret, curve.exchange(theirs))


def _joined(kem: _Kem, quantum: bytes, classical: bytes) -> bytes:
    return classical + quantum if kem.curve_first else quantum + classical


def _parted(kem: _Kem, share: bytes, size: int) -> tuple[bytes, bytes]:
    from refssl.crypto.shares import InvalidShare

    if len(share) != size + kem.curve_size:
        raise InvalidShare
    if kem.curve_first:
        return share[kem.curve_size :], share[: kem.curve_size]
    return share[:size], share[size:]
