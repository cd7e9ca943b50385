"""The record layer and what follows the handshake: limits, alerts, new keys, closing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest

from refssl.engine.alerts import AlertDescription, AlertLevel
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, Fault, ProtocolError, RecordFault
from refssl.engine.messages.control import Alert, Raw
from refssl.engine.messages.hello import ClientHello
from refssl.engine.messages.tls13 import KeyUpdate, NewSessionTicket
from refssl.engine.output import M, Output
from refssl.engine.records import HEADER, MAX_PLAINTEXT, body_length, plain
from selftests.refssl_engine.support import deliver, pair, pump, records, server_config, shaken
from selftests.refssl_engine.test_handshake import exchange


@pytest.mark.parametrize("size", [0, 1, MAX_PLAINTEXT - 1, MAX_PLAINTEXT, MAX_PLAINTEXT + 1, 3 * MAX_PLAINTEXT])
@pytest.mark.parametrize("kind", [bytes, memoryview])
def test_data_of_any_size(size: int, kind: Any) -> None:
    client, server = shaken()
    data = bytes(size)
    client.send(kind(data))
    assert deliver(client, server) == max(1, -(-size // MAX_PLAINTEXT))
    assert b"".join(server.plaintext) == data
    assert b"" not in server.plaintext


def test_data_needs_keys() -> None:
    client, server = pair()
    client.start()
    deliver(client, server)
    deliver(server, client)
    for end in (server, pair()[0]):
        with pytest.raises(ValueError, match="handshake"):
            end.send(b"too early")
        with pytest.raises(ValueError, match="handshake"):
            end.update_keys(request=True)


@pytest.mark.parametrize(
    ("header", "server_side", "alert", "reason"),
    [
        (b"GET /", True, None, "HTTP_REQUEST"),
        (b"POST ", True, None, "HTTP_REQUEST"),
        (b"HEAD ", True, None, "HTTP_REQUEST"),
        (b"PUT /", True, None, "HTTP_REQUEST"),
        (b"CONNE", True, None, "HTTPS_PROXY_REQUEST"),
        (b"GET /", False, None, "HTTP_REQUEST"),
        (b"CONNE", False, None, "HTTPS_PROXY_REQUEST"),
        (b"HTTP/", False, None, "WRONG_VERSION_NUMBER"),
        (b"\x16\x02\x00\x00\x05", True, None, "WRONG_VERSION_NUMBER"),
        (b"\x80\x2e\x01\x03\x01", True, 70, "UNSUPPORTED_PROTOCOL"),
        (b"\x16\x03\x01\x40\x01", True, 22, "RECORD_LAYER_FAILURE"),
        (b"\x16\x03\x03\xff\xff", False, 22, "RECORD_LAYER_FAILURE"),
    ],
)
def test_what_is_no_tls_is_named(header: bytes, server_side: bool, alert: int | None, reason: str) -> None:
    with pytest.raises(ProtocolError) as caught:
        body_length(header, server_side=server_side, first=True)
    assert (caught.value.alert, caught.value.reason) == (alert, reason)
    connection = pair()[server_side]
    with pytest.raises(ProtocolError):
        connection.check_header(header)
    assert connection.failed
    assert bool(connection.take_output()) == (alert is not None)


@pytest.mark.parametrize("header", [b"\x16\x03\x01\x40\x00", b"\x16\x03\x00\x00\x05", b"\x16\x03\x04\x00\x05"])
def test_what_may_come_first(header: bytes) -> None:
    assert body_length(header, server_side=True, first=True) == header[3] << 8 | header[4]


def refused(receiver: Connection, record: bytes) -> ProtocolError:
    with pytest.raises(ProtocolError) as caught:
        receiver.check_header(record[:HEADER])
        receiver.receive(record)
    assert receiver.failed
    return caught.value


def sealed(sender: Connection, content_type: int, content: bytes) -> bytes:
    assert sender.output.sealer is not None
    return sender.output.sealer.seal(content_type, content)


@pytest.mark.parametrize("position", [0, 1, 2, 3, 4, 5, 20, -1])
def test_every_byte_of_a_record_is_authenticated(position: int) -> None:
    client, server = shaken()
    client.send(b"some data that is altered")
    record = bytearray(client.take_output())
    record[position] ^= 1
    with pytest.raises(Fault):
        server.check_header(bytes(record[:HEADER]))
        server.receive(bytes(record))
    assert not server.plaintext


def test_a_record_cannot_be_replayed_nor_dropped() -> None:
    for order in ((0, 0), (1,)):
        client, server = shaken()
        client.send(bytes(MAX_PLAINTEXT + 1))
        sent = list(records(client.take_output()))
        for index in order[:-1]:
            server.receive(sent[index])
        with pytest.raises(RecordFault) as caught:
            server.receive(sent[order[-1]])
        assert caught.value.alert is AlertDescription.BAD_RECORD_MAC
        assert caught.value.cause == "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"


@pytest.mark.parametrize(
    ("content_type", "content", "alert", "reason"),
    [
        (23, bytes(MAX_PLAINTEXT + 1), 22, "RECORD_LAYER_FAILURE"),
        (0, bytes(100), 10, "RECORD_LAYER_FAILURE"),
        (99, b"x", 10, "RECORD_LAYER_FAILURE"),
        (20, b"\x01", 10, "RECORD_LAYER_FAILURE"),
        (22, b"", 10, "RECORD_LAYER_FAILURE"),
        (21, b"", 10, "RECORD_LAYER_FAILURE"),
        (21, b"\x02\x28\x02", 10, "INVALID_ALERT"),
        (22, b"\x18\x00\x00\x01\x02", 47, "BAD_KEY_UPDATE"),
        (22, b"\x18\x00\x00\x01\x00\x18", 10, "NOT_ON_RECORD_BOUNDARY"),
        (22, b"\x18\x00\x00\x02\x00\x00", 47, "EXCESSIVE_MESSAGE_SIZE"),
        (22, b"\x14\x00\x00\x00", 10, "UNEXPECTED_MESSAGE"),
        (22, b"\x01\x00\x00\x00", 10, "UNEXPECTED_MESSAGE"),
        (22, b"\x63\x00\x00\x00", 10, "UNEXPECTED_MESSAGE"),
    ],
)
@pytest.mark.parametrize("to_server", [True, False])
def test_what_may_not_follow_the_handshake(
    content_type: int, content: bytes, alert: int, reason: str, to_server: bool
) -> None:
    receiver, sender = shaken()[:: -1 if to_server else 1]
    fault = refused(receiver, sealed(sender, content_type, content))
    assert (fault.alert, fault.reason) == (alert, reason)
    with pytest.raises(AlertReceived) as told:
        deliver(receiver, sender)
    assert told.value.description == alert
    assert receiver.take_output() == b""


def test_a_server_gets_no_ticket() -> None:
    client, server = shaken()
    client.output.send(NewSessionTicket(7200, 0, b"", b"ticket", {}))
    assert refused(server, client.take_output()).reason == "UNEXPECTED_MESSAGE"


@pytest.mark.parametrize("record", ["140303000101", "1503030002022a", "16030300041400000000", "17030300026869"])
def test_nothing_plain_follows_the_handshake(record: str) -> None:
    for receiver in shaken():
        assert refused(receiver, bytes.fromhex(record)).reason == "RECORD_LAYER_FAILURE"


def test_padding_is_removed() -> None:
    """RFC 8446 5.4."""
    client, server = shaken()
    server.receive(sealed(client, 0, b"padded\x17" + bytes(1000)))
    assert list(server.plaintext) == [b"padded"]


def test_records_that_bring_nothing_are_bounded() -> None:
    client, server = shaken()
    with pytest.raises(RecordFault) as caught:
        for _ in range(40):
            server.receive(sealed(client, 23, b""))
    assert caught.value.cause == "RECORD_TOO_SMALL"


@pytest.mark.parametrize("request_update", [True, False])
@pytest.mark.parametrize("by_server", [True, False])
def test_new_keys(request_update: bool, by_server: bool) -> None:
    first, second = shaken()[:: -1 if by_server else 1]
    old = first.output.sealer, second.output.sealer
    for _ in range(3):
        first.update_keys(request_update)
        assert exchange(first, second, b"under new keys") == b"under new keys"
        assert deliver(second, first) == request_update
        assert exchange(second, first, b"and back") == b"and back"
    assert first.output.sealer is not old[0]
    assert (second.output.sealer is not old[1]) == request_update


def test_keys_change_before_their_limit() -> None:
    """RFC 8446 5.5."""
    client, server = shaken()
    assert client.output.sealer is not None
    client.output.sealer.remaining = 1025
    assert exchange(client, server, b"the last of the old keys") == b"the last of the old keys"
    client.output.sealer.remaining = 1023
    client.send(b"the first of the new")
    assert deliver(client, server) == 2
    assert server.plaintext.pop() == b"the first of the new"
    assert client.output.sealer.remaining > 2**20


def test_a_message_in_pieces() -> None:
    client, server = shaken()
    for piece in (b"\x18", b"\x00\x00", b"\x01"):
        server.receive(sealed(client, 22, piece))
    fault = refused(server, sealed(client, 23, b"between"))
    assert fault.reason == "MIXED_HANDSHAKE_AND_NON_HANDSHAKE_DATA"


def test_every_alert_is_told() -> None:
    for description in AlertDescription:
        client, server = shaken()
        client.output.send(Alert(AlertLevel.FATAL, description))
        if description in (AlertDescription.CLOSE_NOTIFY, AlertDescription.USER_CANCELED):
            deliver(client, server)
            assert server.close_notify_received == (description is AlertDescription.CLOSE_NOTIFY)
            continue
        with pytest.raises(AlertReceived) as caught:
            deliver(client, server)
        assert caught.value.description == description
        assert server.failed
        assert server.take_output() == b""


def test_closing_is_half_and_half() -> None:
    """RFC 8446 6.1: it closes one direction, is sent once, and what follows it is ignored."""
    client, server = shaken()
    client.close()
    client.close()
    late = sealed(client, 23, b"late")
    assert deliver(client, server) == 1
    assert server.close_notify_received
    assert not server.close_notify_sent
    server.receive(late)
    assert not server.plaintext
    assert exchange(server, client, b"still") == b"still"
    server.close()
    assert deliver(server, client) == 1
    assert client.close_notify_received


def test_a_key_update_after_our_close_is_not_answered() -> None:
    client, server = shaken()
    client.close()
    deliver(client, server)
    server.output.send(KeyUpdate(1))
    deliver(server, client)
    assert client.take_output() == b""


def test_raw_bytes_can_be_sent() -> None:
    client, server = shaken()
    client.output.send(Raw(23, b"raw"))
    deliver(client, server)
    assert list(server.plaintext) == [b"raw"]


def test_the_dead_stay_dead() -> None:
    client, server = shaken()
    refused(server, sealed(client, 99, b"x"))
    server.take_output()
    server.receive(sealed(client, 23, b"hello"))
    server.close()
    assert not server.plaintext
    assert server.take_output() == b""


class Eager(Output):
    """A client that sends early data, which the server never allowed."""

    __slots__ = ("early",)

    def __init__(self, early: list[bytes]) -> None:
        super().__init__()
        self.early = early

    def send(self, message: M) -> M:
        if not isinstance(message, ClientHello) or self.record_version != 0x0301:
            return super().send(message)
        edited = super().send(replace(message, extensions={**message.extensions, 42: b""}))
        self.flush()
        self._records += [plain(23, 0x0303, data) for data in self.early]
        return cast(M, edited)


@pytest.mark.parametrize("groups", [(0x1D,), (0x17,)], ids=["at once", "after a retry"])
def test_early_data_is_skipped(groups: tuple[int, ...]) -> None:
    """RFC 8446 4.2.10: the server "skips past early data by attempting to deprotect", or by its record type."""
    client, server = pair(server=server_config(groups=groups), client_output=Eager([bytes(100)] * 3))
    pump(client, server)
    assert server.handshake_complete
    assert exchange(client, server, b"in its time") == b"in its time"


@pytest.mark.parametrize("groups", [(0x1D,), (0x17,)], ids=["at once", "after a retry"])
def test_early_data_is_skipped_up_to_a_limit(groups: tuple[int, ...]) -> None:
    client, server = pair(server=server_config(groups=groups), client_output=Eager([bytes(9000)] * 2))
    client.start()
    with pytest.raises(ProtocolError) as caught:
        deliver(client, server)
    assert caught.value.reason == "TOO_MUCH_EARLY_DATA"
