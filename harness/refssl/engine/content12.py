"""The record layer's rules for content types in TLS 1.2 (RFC 5246 6.2, 7.1): what may come when, and when keys change.

A part of `connection`, which keeps the bytes and knows the states; its rules for TLS 1.3 are there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError, RecordFault
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, ChangeCipherSpec
from refssl.engine.records import HEADER

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


def receive(connection: Connection, record: bytes) -> None:
    """Take one whole record. Raises a Fault."""
    content_type, content = record[0], record[HEADER:]
    if connection.opener is not None:
        content_type, content = connection.opener.open(record)
    if connection.handshake_complete and content_type == CHANGE_CIPHER_SPEC:
        # RFC 5246 7.1: it belongs to a handshake, and there will be no other.
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "CCS_RECEIVED_EARLY")
    if not content and content_type == ALERT:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "INVALID_ALERT")
    if not content:
        if content_type != APPLICATION_DATA or not connection.handshake_complete:
            # RFC 5246 6.2.1: "Implementations MUST NOT send zero-length fragments of Handshake, Alert, or
            # ChangeCipherSpec content types."
            raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_LENGTH")
        connection.patience.empty()
    elif content_type == HANDSHAKE:
        connection.receive_handshake(content)
    elif content_type == ALERT:
        connection.receive_alert(content)
    elif content_type == CHANGE_CIPHER_SPEC:
        _receive_change_cipher_spec(connection, content)
    elif connection.handshake_complete:
        # RFC 5246 6.2.1: "Data of different TLS record layer content types MAY be interleaved": here between the pieces
        # of a handshake message that only asks for a renegotiation.
        connection.plaintext.append(content)
    else:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD")


def _receive_change_cipher_spec(connection: Connection, content: bytes) -> None:
    """RFC 5246 7.1: "a single message [...] of a single byte of value 1", where the handshake has a place for it."""
    if content != b"\x01":
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "BAD_CHANGE_CIPHER_SPEC")
    if connection.partial:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "CCS_RECEIVED_EARLY")
    connection.act_on(ChangeCipherSpec(), content)
