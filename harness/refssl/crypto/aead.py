"""The AEAD algorithms of TLS (RFC 8446 B.4, RFC 5288, RFC 6655, RFC 7905), by the names that the cipher catalogue uses.

Only construction: nonces, limits and records are `refssl.engine.protection`'s. The objects have ``encrypt(nonce, data,
associated_data)`` and ``decrypt`` and raise what `failures()` names when a tag does not verify.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Protocol


class Aead(Protocol):
    """What an AEAD object can do (RFC 5116 2)."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes | None) -> bytes: ...


@cache
def _constructors() -> dict[str, Any]:
    from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305

    return {"AES-GCM": AESGCM, "CHACHA20-POLY1305": ChaCha20Poly1305, "AES-CCM": AESCCM}


def new(algorithm: str, key: bytes, tag_length: int = 16) -> Aead:
    """Give the AEAD object of `algorithm` ("AES-GCM", "CHACHA20-POLY1305", "AES-CCM") under `key`.

    tag_length: in bytes; only AES-CCM has another than 16 (RFC 6655 4).
    """
    constructor = _constructors()[algorithm]
    made: Aead = constructor(key, tag_length) if algorithm == "AES-CCM" else constructor(key)
    return made


@cache
def failures() -> tuple[type[Exception], ...]:
    """The exceptions by which ``decrypt`` refuses a ciphertext (a wrong tag; one too short to have a tag)."""
    from cryptography.exceptions import InvalidTag

    return (InvalidTag, ValueError)
