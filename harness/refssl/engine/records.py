"""The record layer's outer form: headers, their limits, and cutting messages into records (RFC 8446 5.1).

What protects a record is `protection`'s; what a record's content means is `connection`'s.
"""

from __future__ import annotations

from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12
from refssl.engine.faults import ProtocolError, RecordFault
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE

HEADER = 5
# RFC 8446 5.1: "The length MUST NOT exceed 2^14 bytes."
MAX_PLAINTEXT = 2**14
# RFC 8446 5.2: "The length MUST NOT exceed 2^14 + 256 bytes."
MAX_CIPHERTEXT = 2**14 + 256
# RFC 5246 6.2.3: "The length MUST NOT exceed 2^14 + 2048."
MAX_CIPHERTEXT_12 = 2**14 + 2048

_CONTENT_TYPES = frozenset((CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA))
# What OpenSSL 3.6 takes for a request in clear: the first four or five bytes of it.
_HTTP_METHODS = (b"GET ", b"PUT ", b"HEAD ", b"POST ", b"DELET", b"OPTIO", b"PATCH", b"TRACE")


def body_length(
    header: bytes, *, server_side: bool, first: bool, protected: bool = False, version: int | None = None
) -> int:
    """Give the number of bytes that follow a record's header of `HEADER` bytes.

    first: nothing has been received before; then what is not TLS at all is told from a broken record.
    protected: records are encrypted, and may be longer by what that adds. version: the one negotiated, if it is known.
    Raises ProtocolError, with alert None where OpenSSL sends none (RFC 8446 5.1, 5.2).
    """
    length = header[3] << 8 | header[4]
    if header[1] != 3 and first:
        raise _not_tls(header, server_side)
    longest = MAX_CIPHERTEXT
    if version == TLS12:
        longest = MAX_CIPHERTEXT_12
        if header[0] not in _CONTENT_TYPES:
            # RFC 5246 6: "If a TLS implementation receives an unexpected record type, it MUST send an
            # unexpected_message alert."
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD")
        if header[1] != 3 or header[2] != 3:
            raise RecordFault(AlertDescription.PROTOCOL_VERSION, "WRONG_VERSION_NUMBER")
    elif protected:
        # RFC 8446 5.2: what is protected says application_data and 0x0303; alerts and change_cipher_spec may be plain.
        if header[0] not in (APPLICATION_DATA, CHANGE_CIPHER_SPEC, ALERT):
            raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_RECORD_TYPE")
        if header[1] != 3 or header[2] != 3:
            raise RecordFault(AlertDescription.DECODE_ERROR, "WRONG_VERSION_NUMBER")
    elif header[1] != 3:
        raise RecordFault(AlertDescription.PROTOCOL_VERSION, "WRONG_VERSION_NUMBER")
    if length > longest:
        raise RecordFault(AlertDescription.RECORD_OVERFLOW, "PACKET_LENGTH_TOO_LONG")
    if length > MAX_PLAINTEXT and not protected:
        raise RecordFault(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
    return length


def _not_tls(header: bytes, server_side: bool) -> ProtocolError:
    """What OpenSSL calls a first record that is none."""
    if server_side and header[0] & 0x80 and header[2] == 1:
        # RFC 8446 D.5: "Implementations are NOT RECOMMENDED to accept an SSL version 2.0 compatible CLIENT-HELLO".
        return ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
    if header.startswith(_HTTP_METHODS):
        return ProtocolError(None, "HTTP_REQUEST")
    if header == b"CONNE":
        return ProtocolError(None, "HTTPS_PROXY_REQUEST")
    return ProtocolError(None, "WRONG_VERSION_NUMBER")


def plain(content_type: int, version: int, content: bytes) -> bytes:
    """One unprotected record (TLSPlaintext)."""
    return (content_type << 32 | version << 16 | len(content)).to_bytes(HEADER, "big") + content
