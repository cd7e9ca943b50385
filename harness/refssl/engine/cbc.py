"""The protection of records by CBC and HMAC in TLS 1.2 (RFC 5246 6.2.3.2, RFC 7366): one object per direction.

Whatever is wrong with a record, padding or MAC, the answer is the same alert with the same reason, and the MAC is
computed in any case. That the time is the same too is not promised (docs/not-done.md).
"""

from __future__ import annotations

from collections.abc import Callable

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto import blocks
from refssl.crypto.hashing import Mac, equal, function
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import RecordFault
from refssl.engine.protection12 import UNLIMITED, bad_record_mac
from refssl.engine.records import HEADER, MAX_PLAINTEXT

_BLOCK = 16


class Sealer:
    """The sending direction under one key. suite: what says cipher and hash; random(n) gives n unpredictable bytes."""

    __slots__ = ("_encrypt_then_mac", "_key", "_mac", "_random", "_sequence", "remaining")

    def __init__(
        self, suite: CipherSuite, mac_key: bytes, key: bytes, encrypt_then_mac: bool, random: Callable[[int], bytes]
    ) -> None:
        self._mac = Mac(function(suite.digest or ""), mac_key).mac
        self._random = random
        self._key = blocks.cbc_key(suite.cipher, key)
        self._encrypt_then_mac = encrypt_then_mac
        self._sequence = 0
        self.remaining = UNLIMITED

    def seal(self, content_type: int, content: bytes) -> bytes:
        """Give the whole record of at most 2**14 bytes of content."""
        number = self._sequence.to_bytes(8, "big")
        self._sequence += 1
        # RFC 5246 6.2.3.2: "The Initialization Vector (IV) SHOULD be chosen at random, and MUST be unpredictable."
        iv = self._random(_BLOCK)
        if not self._encrypt_then_mac:
            content += self._mac(number + _header(content_type, len(content)) + content)
        sealed = iv + blocks.cbc_encrypt(self._key, iv, _padded(content))
        if self._encrypt_then_mac:
            # RFC 7366 3: the MAC is over the length of "TLSCiphertext.length minus the MAC" and the ciphertext with IV.
            sealed += self._mac(number + _header(content_type, len(sealed)) + sealed)
        return _header(content_type, len(sealed)) + sealed


class Opener:
    """The receiving direction under one key."""

    __slots__ = ("_encrypt_then_mac", "_key", "_mac", "_mac_length", "_sequence")

    def __init__(self, suite: CipherSuite, mac_key: bytes, key: bytes, encrypt_then_mac: bool) -> None:
        digest = function(suite.digest or "")
        self._mac = Mac(digest, mac_key).mac
        self._mac_length = digest.length
        self._key = blocks.cbc_key(suite.cipher, key)
        self._encrypt_then_mac = encrypt_then_mac
        self._sequence = 0

    def open(self, record: bytes) -> tuple[int, bytes]:
        """Give content type and content of a whole record. Raises RecordFault: bad_record_mac, record_overflow."""
        content_type, sealed = record[0], record[HEADER:]
        number = self._sequence.to_bytes(8, "big")
        self._sequence += 1
        if self._encrypt_then_mac:
            content = self._open_encrypt_then_mac(content_type, number, sealed)
        else:
            content = self._open_mac_then_encrypt(content_type, number, sealed)
        if len(content) > MAX_PLAINTEXT:
            raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
        return content_type, content

    def _open_encrypt_then_mac(self, content_type: int, number: bytes, sealed: bytes) -> bytes:
        """RFC 7366 3: "the MAC SHALL be evaluated before any further processing"."""
        if len(sealed) < self._mac_length:
            # Everyone who sees the record knows this.
            raise RecordFault(AlertDescription.DECODE_ERROR, "LENGTH_TOO_SHORT")
        body, tag = sealed[: -self._mac_length], sealed[-self._mac_length :]
        good = equal(self._mac(number + _header(content_type, len(body)) + body), tag)
        if not good or len(body) < 2 * _BLOCK or len(body) % _BLOCK:
            raise bad_record_mac()
        content = blocks.cbc_decrypt(self._key, body[:_BLOCK], body[_BLOCK:])
        padding = content[-1] + 1
        if padding > len(content) or content[-padding:] != bytes((padding - 1,)) * padding:
            raise bad_record_mac()
        return content[:-padding]

    def _open_mac_then_encrypt(self, content_type: int, number: bytes, sealed: bytes) -> bytes:
        """RFC 5246 6.2.3.2: "implementations MUST ensure that record processing time is essentially the same whether or
        not the padding is correct": "compute the MAC even if the padding is incorrect"."""
        if len(sealed) % _BLOCK or len(sealed) < _BLOCK + self._mac_length + 1:
            raise bad_record_mac()
        content = blocks.cbc_decrypt(self._key, sealed[:_BLOCK], sealed[_BLOCK:])
        padding = content[-1] + 1
        padded = padding + self._mac_length <= len(content)
        padded = padded and equal(content[-padding:], bytes((padding - 1,)) * padding)
        if not padded:
            # RFC 5246 6.2.3.2: "if the pad appears to be incorrect, the implementation might assume a zero-length pad
            # and then compute the MAC".
            padding = 1
        end = len(content) - padding - self._mac_length
        expected = self._mac(number + _header(content_type, end) + content[:end])
        if not equal(expected, content[end : end + self._mac_length]) or not padded:
            raise bad_record_mac()
        return content[:end]


def _header(content_type: int, length: int) -> bytes:
    return (content_type << 32 | 0x03030000 | length).to_bytes(HEADER, "big")


def _padded(content: bytes) -> bytes:
    """RFC 5246 6.2.3.2: padding_length, after that many bytes of the same value, to whole blocks."""
    size = _BLOCK - len(content) % _BLOCK
    return content + bytes((size - 1,)) * size
