"""The protection of records by HMAC alone in TLS 1.2, for suites with NULL encryption (RFC 5246 6.2.3.1).

Whoever asks for them by name can compare what is sent with what was said; nobody else gets them.
"""

from __future__ import annotations

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import Mac, equal, function
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import RecordFault
from refssl.engine.protection12 import UNLIMITED, bad_record_mac
from refssl.engine.records import HEADER, MAX_PLAINTEXT


class Sealer:
    """The sending direction under one key."""

    __slots__ = ("_mac", "_mac_length", "_sequence", "remaining")

    def __init__(self, suite: CipherSuite, mac_key: bytes) -> None:
        digest = function(suite.digest or "")
        self._mac = Mac(digest, mac_key).mac
        self._mac_length = digest.length
        self._sequence = 0
        self.remaining = UNLIMITED

    def seal(self, content_type: int, content: bytes) -> bytes:
        """Give the whole record of at most 2**14 bytes of content."""
        header = content_type << 32 | 0x03030000
        size = len(content)
        authentic = self._sequence.to_bytes(8, "big") + (header | size).to_bytes(HEADER, "big") + content
        self._sequence += 1
        return (header | size + self._mac_length).to_bytes(HEADER, "big") + content + self._mac(authentic)


class Opener:
    """The receiving direction of `Sealer`."""

    __slots__ = ("_mac", "_mac_length", "_sequence")

    def __init__(self, suite: CipherSuite, mac_key: bytes) -> None:
        digest = function(suite.digest or "")
        self._mac = Mac(digest, mac_key).mac
        self._mac_length = digest.length
        self._sequence = 0

    def open(self, record: bytes) -> tuple[int, bytes]:
        """Give content type and content of a whole record. Raises RecordFault: bad_record_mac, record_overflow."""
        size = len(record) - HEADER - self._mac_length
        if size < 0:
            raise RecordFault(AlertDescription.BAD_RECORD_MAC, "LENGTH_TOO_SHORT")
        content = record[HEADER : HEADER + size]
        authentic = self._sequence.to_bytes(8, "big") + record[:3] + size.to_bytes(2, "big") + content
        if not equal(self._mac(authentic), record[HEADER + size :]):
            raise bad_record_mac()
        self._sequence += 1
        if size > MAX_PLAINTEXT:
            raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
        return record[0], content
