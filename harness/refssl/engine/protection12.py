"""The protection of records by an AEAD in TLS 1.2 (RFC 5246 6.2.3.3): one object per direction and key.

CBC suites are protected by `cbc`, the keys made by `schedule12`; nothing here knows what the content means.
"""

from __future__ import annotations

from typing import Protocol

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto import aead
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import RecordFault
from refssl.engine.records import HEADER, MAX_PLAINTEXT

# RFC 5288 3, RFC 6655 3: a salt of four bytes; RFC 7905 2: the whole nonce.
FIXED_IV = {"AES-GCM": 4, "AES-CCM": 4, "CHACHA20-POLY1305": 12}
_EXPLICIT = 8
# There is no way to change keys; the sequence number "MUST never wrap" (RFC 5246 6.1), which it will not live to see.
UNLIMITED = 2**62


class Sealing(Protocol):
    """What seals records. remaining: how many may still be protected with it."""

    remaining: int

    def seal(self, content_type: int, content: bytes) -> bytes: ...


class Opening(Protocol):
    """What opens a record: content type and content of a whole one. Raises RecordFault."""

    def open(self, record: bytes) -> tuple[int, bytes]: ...


class ExplicitNonceSealer:
    """AES-GCM (RFC 5288) and AES-CCM (RFC 6655): the record carries eight bytes of its nonce."""

    __slots__ = ("_aead", "_salt", "_sequence", "_tag", "remaining")

    def __init__(self, suite: CipherSuite, key: bytes, iv: bytes) -> None:
        self._aead = aead.keyed(suite.aead, suite.tag_length)(key)
        self._salt = iv
        self._sequence = 0
        self._tag = suite.tag_length
        self.remaining = UNLIMITED

    def seal(self, content_type: int, content: bytes) -> bytes:
        """Give the whole record of at most 2**14 bytes of content."""
        # RFC 5288 3: "The nonce_explicit MAY be the 64-bit sequence number."
        number = self._sequence.to_bytes(8, "big")
        self._sequence += 1
        size = len(content)
        sealed = self._aead.encrypt(
            self._salt + number, content, number + (content_type << 32 | 0x03030000 | size).to_bytes(5, "big")
        )
        return (content_type << 32 | 0x03030000 | size + _EXPLICIT + self._tag).to_bytes(5, "big") + number + sealed


class ExplicitNonceOpener:
    """The receiving side of `ExplicitNonceSealer`."""

    __slots__ = ("_aead", "_overhead", "_salt", "_sequence")

    def __init__(self, suite: CipherSuite, key: bytes, iv: bytes) -> None:
        self._aead = aead.keyed(suite.aead, suite.tag_length)(key)
        self._salt = iv
        self._sequence = 0
        self._overhead = HEADER + _EXPLICIT + suite.tag_length

    def open(self, record: bytes) -> tuple[int, bytes]:
        """Give content type and content of a whole record. Raises RecordFault: bad_record_mac, record_overflow."""
        size = len(record) - self._overhead
        if size < 0:
            raise RecordFault(AlertDescription.BAD_RECORD_MAC, "LENGTH_TOO_SHORT")
        try:
            content = self._aead.decrypt(
                self._salt + record[5:13],
                record[13:],
                self._sequence.to_bytes(8, "big") + record[:3] + size.to_bytes(2, "big"),
            )
        except aead.failures():
            raise bad_record_mac() from None
        self._sequence += 1
        if size > MAX_PLAINTEXT:
            raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
        return record[0], content


class ImplicitNonceSealer:
    """ChaCha20-Poly1305 (RFC 7905): the nonce is the IV XORed with the sequence number."""

    __slots__ = ("_aead", "_iv", "_sequence", "remaining")

    def __init__(self, suite: CipherSuite, key: bytes, iv: bytes) -> None:
        self._aead = aead.keyed(suite.aead, suite.tag_length)(key)
        self._iv = int.from_bytes(iv, "big")
        self._sequence = 0
        self.remaining = UNLIMITED

    def seal(self, content_type: int, content: bytes) -> bytes:
        """Give the whole record of at most 2**14 bytes of content."""
        number = self._sequence
        self._sequence = number + 1
        size = len(content)
        sealed = self._aead.encrypt(
            (self._iv ^ number).to_bytes(12, "big"),
            content,
            (number << 40 | content_type << 32 | 0x03030000 | size).to_bytes(13, "big"),
        )
        return (content_type << 32 | 0x03030000 | size + 16).to_bytes(5, "big") + sealed


class ImplicitNonceOpener:
    """The receiving side of `ImplicitNonceSealer`."""

    __slots__ = ("_aead", "_iv", "_sequence")

    def __init__(self, suite: CipherSuite, key: bytes, iv: bytes) -> None:
        self._aead = aead.keyed(suite.aead, suite.tag_length)(key)
        self._iv = int.from_bytes(iv, "big")
        self._sequence = 0

    def open(self, record: bytes) -> tuple[int, bytes]:
        """Give content type and content of a whole record. Raises RecordFault: bad_record_mac, record_overflow."""
        size = len(record) - HEADER - 16
        if size < 0:
            raise RecordFault(AlertDescription.BAD_RECORD_MAC, "LENGTH_TOO_SHORT")
        number = self._sequence
        try:
            content = self._aead.decrypt(
                (self._iv ^ number).to_bytes(12, "big"),
                record[HEADER:],
                number.to_bytes(8, "big") + record[:3] + size.to_bytes(2, "big"),
            )
        except aead.failures():
            raise bad_record_mac() from None
        self._sequence = number + 1
        if size > MAX_PLAINTEXT:
            raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
        return record[0], content


def sealer(suite: CipherSuite, key: bytes, iv: bytes) -> ExplicitNonceSealer | ImplicitNonceSealer:
    """The sending direction of a suite that has an AEAD. iv: the fixed part of the nonce."""
    return (ImplicitNonceSealer if len(iv) == 12 else ExplicitNonceSealer)(suite, key, iv)


def opener(suite: CipherSuite, key: bytes, iv: bytes) -> ExplicitNonceOpener | ImplicitNonceOpener:
    """The receiving direction of a suite that has an AEAD. iv: the fixed part of the nonce."""
    return (ImplicitNonceOpener if len(iv) == 12 else ExplicitNonceOpener)(suite, key, iv)


def bad_record_mac() -> RecordFault:
    """RFC 5246 7.2.2: the one alert for whatever is wrong with a protected record."""
    return RecordFault(AlertDescription.BAD_RECORD_MAC, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC")
