"""AES and Camellia in CBC mode, for the suites of TLS 1.2 that have no AEAD (RFC 5246 6.2.3.2, RFC 5932, RFC 6367).

Only whole blocks are encrypted and decrypted; padding and MACs are `refssl.engine.cbc`'s.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _modes() -> tuple[Any, Any]:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    return Cipher, CBC


@cache
def _algorithm(name: str) -> Any:
    from cryptography.hazmat.primitives.ciphers import algorithms

    if name == "AES-CBC":
        return algorithms.AES
    try:
        from cryptography.hazmat.decrepit.ciphers.algorithms import Camellia
    except ImportError:  # where older versions of cryptography keep it
        return algorithms.Camellia
    return Camellia


def cbc_key(cipher: str, key: bytes) -> Any:
    """A key of "AES-CBC" or "CAMELLIA-CBC", made once for each direction."""
    return _algorithm(cipher)(key)


def cbc_encrypt(key: Any, iv: bytes, blocks: bytes) -> bytes:
    """Encrypt whole blocks under a `cbc_key`."""
    cipher, mode = _modes()
    encrypted: bytes = cipher(key, mode(iv)).encryptor().update(blocks)
    return encrypted


def cbc_decrypt(key: Any, iv: bytes, blocks: bytes) -> bytes:
    """Decrypt whole blocks under a `cbc_key`."""
    cipher, mode = _modes()
    decrypted: bytes = cipher(key, mode(iv)).decryptor().update(blocks)
    return decrypted
