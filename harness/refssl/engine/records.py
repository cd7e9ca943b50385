"""The record layer's outer form: headers, their limits, and cutting messages into records (RFC 8446 5.1).

What protects a record is `protection`'s; what a record's content means is `connection`'s.
"""

from __future__ import annotations

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE

HEADER = 5
# RFC 8446 5.1: "The length MUST NOT exceed 2^14 bytes."
MAX_PLAINTEXT = 2**14
# RFC 8446 5.2: "The length MUST NOT exceed 2^14 + 256 bytes."
MAX_CIPHERTEXT = 2**14 + 256

_CONTENT_TYPES = frozenset((CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA))


def body_length(header: bytes, *, server_side: bool, first: bool, protected: bool = False) -> int:
    """Give the number of bytes that follow a record's header of `HEADER` bytes.

    first: nothing has been received before; then something that is not TLS is told from a broken record.
    protected: records are encrypted, and may be longer by what that adds.
    Raises ProtocolError, with alert None where OpenSSL sends none (RFC 8446 5.1, 5.2).
    """
    length = header[3] << 8 | header[4]
    if first and (header[1] != 3 or header[0] not in _CONTENT_TYPES):
        raise _not_tls(header, server_side)
    if header[0] not in _CONTENT_TYPES:
        # RFC 8446 5: "If a TLS implementation receives an unexpected record type, it MUST terminate the connection
        # with an "unexpected_message" alert."
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD")
    if header[1] != 3:
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "WRONG_VERSION_NUMBER")
    if length > MAX_CIPHERTEXT:
        raise ProtocolError(AlertDescription.RECORD_OVERFLOW, "PACKET_LENGTH_TOO_LONG")
    if length > MAX_PLAINTEXT and not protected:
        raise ProtocolError(AlertDescription.RECORD_OVERFLOW, "DATA_LENGTH_TOO_LONG")
    return length


def _not_tls(header: bytes, server_side: bool) -> ProtocolError:
    """What OpenSSL calls a first record that is none: an HTTP request is named at a server, where it is likely."""
    if server_side:
        if header[:4] in (b"GET ", b"HEAD", b"PUT ") or header == b"POST ":
            return ProtocolError(None, "HTTP_REQUEST")
        if header == b"CONNE":
            return ProtocolError(None, "HTTPS_PROXY_REQUEST")
    return ProtocolError(None, "WRONG_VERSION_NUMBER")


def plain(content_type: int, version: int, content: bytes) -> bytes:
    """One unprotected record (TLSPlaintext)."""
    return b"%c%b%b%b" % (content_type, version.to_bytes(2, "big"), len(content).to_bytes(2, "big"), content)
