"""AES in CBC mode, for the suites of TLS 1.2 that have no AEAD (RFC 5246 6.2.3.2).

Only whole blocks are encrypted and decrypted; padding and MACs are `refssl.engine.cbc`'s.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _primitives() -> tuple[Any, Any, Any]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher, AES, CBC


def cbc_key(key: bytes) -> Any:
    """An AES key, made once for each direction."""
    return _primitives()[1](key)


def cbc_encrypt(key: Any, iv: bytes, blocks: bytes) -> bytes:
    """Encrypt whole blocks under a `cbc_key`."""
    cipher, _, mode = _primitives()
    encrypted: bytes = cipher(key, mode(iv)).encryptor().update(blocks)
    return encrypted


def cbc_decrypt(key: Any, iv: bytes, blocks: bytes) -> bytes:
    """Decrypt whole blocks under a `cbc_key`."""
    cipher, _, mode = _primitives()
    decrypted: bytes = cipher(key, mode(iv)).decryptor().update(blocks)
    return decrypted
