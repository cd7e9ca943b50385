"""Hash functions and HMAC (RFC 2104), in the forms that are cheapest where they are used: a handshake needs fifty MACs.

HMAC is made here of hashlib's hashes. A hash object is copied in a tenth of the time that `cryptography` or hmac take
for an HMAC object, so that a key costs less than half, and a message no more.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cache

HASHES = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
}

equal = hmac.compare_digest

# RFC 2104 2: "ipad = the byte 0x36 repeated B times", "opad = the byte 0x5C repeated B times".
_INNER_PAD = bytes([byte ^ 0x36 for byte in range(256)])
_OUTER_PAD = bytes([byte ^ 0x5C for byte in range(256)])


class Hash:
    """A hash function. name: a key of `HASHES`; length: of its digest, in bytes; block: of its blocks, in bytes; new():
    a hash object without input."""

    __slots__ = ("block", "length", "name", "new")

    def __init__(self, name: str) -> None:
        empty = HASHES[name]()
        self.name = name
        self.length = empty.digest_size
        self.block = empty.block_size
        self.new = empty.copy


@cache
def function(name: str) -> Hash:
    """The hash function of that name, a key of `HASHES`."""
    return Hash(name)


class Mac:
    """HMAC under one key, for many messages. hash: the hash function; value: the key, not longer than a block."""

    __slots__ = ("_inner", "_outer", "hash", "value")

    def __init__(self, known: Hash, value: bytes) -> None:
        self.hash = known
        self.value = value
        # RFC 2104 2: "append zeros to the end of K to create a B byte string".
        filled = value.ljust(known.block, b"\0")
        new = known.new
        self._inner = inner = new()
        inner.update(filled.translate(_INNER_PAD))
        self._outer = outer = new()
        outer.update(filled.translate(_OUTER_PAD))

    def mac(self, message: bytes) -> bytes:
        """The HMAC of `message`."""
        inner = self._inner.copy()
        inner.update(message)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()


def shortened(known: Hash, key: bytes) -> bytes:
    """A key for `Mac`. RFC 2104 2: "applications that use keys longer than B bytes will first hash the key"."""
    return key if len(key) <= known.block else HASHES[known.name](key).digest()


def mac_once(known: Hash, key: bytes, message: bytes) -> bytes:
    """The HMAC of `message` under a key that is used for nothing else and not longer than a block."""
    filled = key.ljust(known.block, b"\0")
    new = known.new
    inner = new()
    inner.update(filled.translate(_INNER_PAD) + message)
    outer = new()
    outer.update(filled.translate(_OUTER_PAD) + inner.digest())
    return outer.digest()
