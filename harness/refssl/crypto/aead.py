"""The AEAD algorithms of TLS (RFC 8446 B.4, RFC 5288, RFC 6655, RFC 7905), by the names that the cipher catalogue uses.

Only construction: nonces, limits and records are `refssl.engine.protection`'s. The objects have ``encrypt(nonce, data,
associated_data)`` and ``decrypt`` and raise what `failures()` names when a tag does not verify.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Protocol


class Aead(Protocol):
    """What an AEAD object can do (RFC 5116 2)."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@cache
def keyed(algorithm: str, tag_length: int = 16) -> Callable[[bytes], Aead]:
    """Give what makes the AEAD object of `algorithm` ("AES-GCM", "CHACHA20-POLY1305", "AES-CCM") under a key.

    tag_length: in bytes; only AES-CCM has another than 16 (RFC 6655 4).
    """
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

    if algorithm == "AES-CCM":
        return partial(AESCCM, tag_length=tag_length)
    return AESGCM if algorithm == "AES-GCM" else ChaCha20Poly1305


@cache
def failures() -> tuple[type[Exception], ...]:
    """The exceptions by which ``decrypt`` refuses a ciphertext (a wrong tag; one too short to have a tag)."""
    from cryptography.exceptions import InvalidTag

    return (InvalidTag, ValueError)
