"""The record layer's rules for content types in TLS 1.3 (RFC 8446 5, 5.1), and before the version is known.

A part of `connection`, which keeps the bytes and knows the states; the rules for TLS 1.2 are in `content12`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12, TLS13
from refssl.engine.faults import ProtocolError, RecordFault
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE
from refssl.engine.output import INNER_CONTENT_TYPE
from refssl.engine.records import HEADER

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


def receive(connection: Connection, record: bytes) -> None:
    """Take one whole record. Raises a Fault."""
    content_type = record[0]
    opener = connection.opener
    if opener is None and content_type == HANDSHAKE:
        connection.receive_handshake(record[HEADER:])
        return
    if opener is None or content_type != APPLICATION_DATA:
        _receive_plain(connection, content_type, record[HEADER:])
        return
    try:
        content_type, content = opener.open(record)
    except ProtocolError as fault:
        if _skipped(connection, fault, record):
            return
        raise
    if connection.config.observe is not None:
        connection.config.observe(False, TLS13, INNER_CONTENT_TYPE, bytes((content_type,)))
    if content_type == APPLICATION_DATA and not connection.partial:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD")
    connection.patience.early_data_left = 0
    connection.plain_alerts = False
    receive_content(connection, content_type, content)


def receive_content(connection: Connection, content_type: int, content: bytes) -> None:
    """What was protected, but for application data in its place. Raises a Fault."""
    if content_type == HANDSHAKE:
        connection.receive_handshake(content)
    elif content_type == ALERT:
        connection.receive_alert(content)
    elif content_type == APPLICATION_DATA:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA")
    else:
        # RFC 8446 5: "An implementation [...] which receives a protected change_cipher_spec record MUST abort the
        # handshake with an "unexpected_message" alert."
        raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_RECORD_TYPE")


def _receive_plain(connection: Connection, content_type: int, content: bytes) -> None:
    if content_type != HANDSHAKE and connection.version is None and connection.config.server_side:
        # A client has nothing to say before its ClientHello.
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
    if content_type == CHANGE_CIPHER_SPEC:
        _receive_change_cipher_spec(connection, content)
    elif connection.opener is not None and not (content_type == ALERT and connection.plain_alerts):
        raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_RECORD_TYPE")
    elif content_type == HANDSHAKE:
        connection.receive_handshake(content)
    elif content_type == ALERT:
        connection.receive_alert(content)
    elif connection.patience.early_data_left:
        connection.patience.early_data(len(content))
    else:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")


def _receive_change_cipher_spec(connection: Connection, content: bytes) -> None:
    """RFC 8446 5: a single 0x01 is dropped "at any time after the first ClientHello message has been sent or received
    and before the peer's Finished message has been received"; anything else is unexpected_message."""
    if content != b"\x01":
        fault = ProtocolError if connection.opener is None else RecordFault
        raise fault(AlertDescription.UNEXPECTED_MESSAGE, "BAD_CHANGE_CIPHER_SPEC")
    if connection.version is None and connection.config.maximum_version == TLS12:
        # RFC 5246 7.1 knows no such record here.
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
    if connection.handshake_complete:
        raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_RECORD")
    if connection.partial:
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA")
    connection.patience.empty()
    if connection.config.observe is not None:
        connection.config.observe(False, connection.output.version, CHANGE_CIPHER_SPEC, content)


def _skipped(connection: Connection, fault: ProtocolError, record: bytes) -> bool:
    """Whether a record that cannot be opened is early data that was refused."""
    if not connection.patience.early_data_left or fault.alert is not AlertDescription.BAD_RECORD_MAC:
        return False
    connection.patience.early_data(len(record) - HEADER)
    return True
