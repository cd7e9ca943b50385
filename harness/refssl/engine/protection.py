"""The protection of records in TLS 1.3 (RFC 8446 5.2 to 5.5): one object per direction and key.

The key schedule that makes the keys is `schedule13`'s; nothing here knows what the content means.
"""

from __future__ import annotations

from refssl.crypto import aead
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import RecordFault
from refssl.engine.records import HEADER, MAX_CIPHERTEXT, MAX_PLAINTEXT

# RFC 8446 5.5: for AES-GCM "up to 2^24.5 full-size records [...] may be encrypted on a given connection"; new keys are
# made well before. For ChaCha20-Poly1305 "the record sequence number would wrap before the safety limit is reached".
# RFC 9147 4.5.3 has 2^23 for AES-CCM.
RECORD_LIMITS = {"AES-GCM": 2**24, "CHACHA20-POLY1305": 2**48, "AES-CCM": 2**23}

_HEADERS = [b"\x17\x03\x03" + length.to_bytes(2, "big") for length in range(MAX_CIPHERTEXT + 1)]
_from_bytes = int.from_bytes
_TYPES = [bytes((content_type,)) for content_type in range(256)]


class Sealer:
    """The sending direction under one key. remaining: how many records may still be protected with it."""

    __slots__ = ("_aead", "_iv", "_overhead", "_sequence", "remaining")

    def __init__(self, algorithm: str, key: bytes, iv: bytes, tag_length: int = 16) -> None:
        self._aead = aead.keyed(algorithm, tag_length)(key)
        self._overhead = tag_length + 1  # and the content type
        self._iv = _from_bytes(iv, "big")
        self._sequence = 0
        self.remaining = RECORD_LIMITS[algorithm]

    def seal(self, content_type: int, content: bytes) -> bytes:
        """Give the whole record of at most 2**14 bytes of content, without padding (RFC 8446 5.2)."""
        header = _HEADERS[len(content) + self._overhead]
        # RFC 8446 5.3: "The padded sequence number is XORed with either the static client_write_iv or server_write_iv".
        sequence = self._sequence
        nonce = (self._iv ^ sequence).to_bytes(12, "big")
        self._sequence = sequence + 1
        self.remaining -= 1
        return header + self._aead.encrypt(nonce, content + _TYPES[content_type], header)


class Opener:
    """The receiving direction under one key."""

    __slots__ = ("_aead", "_iv", "_sequence")

    def __init__(self, algorithm: str, key: bytes, iv: bytes, tag_length: int = 16) -> None:
        self._aead = aead.keyed(algorithm, tag_length)(key)
        self._iv = _from_bytes(iv, "big")
        self._sequence = 0

    def open(self, record: bytes) -> tuple[int, bytes]:
        """Give content type and content of a whole record. Raises RecordFault: bad_record_mac, record_overflow."""
        sequence = self._sequence
        nonce = (self._iv ^ sequence).to_bytes(12, "big")
        try:
            inner = self._aead.decrypt(nonce, record[HEADER:], record[:HEADER])
        except aead.failures():
            raise RecordFault(AlertDescription.BAD_RECORD_MAC, "DECRYPTION_FAILED_OR_BAD_RECORD_MAC") from None
        self._sequence = sequence + 1
        # RFC 8446 5.4: "the full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets"
        if len(inner) > MAX_PLAINTEXT + 1:
            raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
        if not inner or not inner[-1]:
            inner = inner.rstrip(b"\0")
            if not inner:
                # RFC 8446 5.4: "If a receiving implementation does not find a non-zero octet in the cleartext, it
                # MUST terminate the connection with an "unexpected_message" alert."
                raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_RECORD_TYPE")
        return inner[-1], inner[:-1]
