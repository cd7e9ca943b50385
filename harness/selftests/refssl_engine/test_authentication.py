"""Post-handshake authentication (RFC 8446 4.6.2): what an honest peer gets, and what a faulty one does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ClientAuthentication
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, NotPossible, ProtocolError
from refssl.engine.messages.control import APPLICATION_DATA, Raw
from refssl.engine.messages.tls13 import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    Finished,
    KeyUpdate,
    NewSessionTicket,
)
from refssl.engine.output import Output
from selftests.refssl_engine.support import client_config, credential, deliver, pair, pump, server_config, tickets

OPTIONAL, REQUIRED = ClientAuthentication.OPTIONAL, ClientAuthentication.REQUIRED


def connected(
    mode: ClientAuthentication = REQUIRED,
    client_output: Output | None = None,
    server_output: Output | None = None,
    **client: Any,
) -> tuple[Connection, Connection]:
    settings: dict[str, Any] = {"credentials": (credential(),), "post_handshake_auth": True, **client}
    server = server_config(client_authentication=mode, post_handshake_auth=True, tickets=tickets())
    ends = pair(client_config(**settings), server, client_output, server_output)
    pump(*ends)
    assert ends[1].handshake_complete
    assert ends[1].peer is None
    return ends


class Editing(Output):
    """Replaces each message of one kind by what a function makes of it."""

    __slots__ = ("_edit", "_kind", "armed")

    def __init__(self, kind: type, edit: Any) -> None:
        super().__init__()
        self._kind, self._edit, self.armed = kind, edit, False

    def send(self, message: Any) -> Any:
        if self.armed and isinstance(message, self._kind):
            self.armed = False
            for each in self._edit(message):
                super().send(each)
            return message
        return super().send(message)


@pytest.mark.parametrize("times", [1, 3])
def test_the_client_is_known_once_it_has_answered(times: int) -> None:
    client, server = connected()
    for _ in range(times):
        server.request_client_certificate()
        pump(client, server)
        assert server.peer is not None
        assert server.peer.certificates == credential().certificates
    client.send(b"still there")
    deliver(client, server)
    assert server.plaintext.pop(0) == b"still there"


def test_a_client_without_certificate_is_nobody() -> None:
    client, server = connected(OPTIONAL, credentials=())
    server.request_client_certificate()
    pump(client, server)
    assert server.peer is None


def test_a_client_without_certificate_is_refused() -> None:
    client, server = connected(REQUIRED, credentials=())
    server.request_client_certificate()
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert caught.value.alert is AlertDescription.CERTIFICATE_REQUIRED
    with pytest.raises(AlertReceived):
        deliver(server, client)


def test_both_may_change_their_keys_meanwhile() -> None:
    client, server = connected()
    server.request_client_certificate()
    server.update_keys(request=True)
    client.update_keys(request=True)
    pump(client, server)
    assert server.peer is not None


@pytest.mark.parametrize(
    ("mode", "client", "reason"),
    [
        (REQUIRED, {"post_handshake_auth": False}, "EXTENSION_NOT_RECEIVED"),
        (ClientAuthentication.NONE, {}, "INVALID_CONFIG"),
    ],
)
def test_a_server_cannot_ask(mode: ClientAuthentication, client: dict[str, Any], reason: str) -> None:
    ends = connected(mode, **client)
    with pytest.raises(NotPossible, match=reason):
        ends[1].request_client_certificate()
    ends[1].send(b"on")
    pump(*ends)
    assert ends[0].plaintext.pop(0) == b"on"


def test_a_server_asks_one_thing_at_a_time_and_nothing_behind_its_close_notify() -> None:
    _, server = connected()
    server.request_client_certificate()
    with pytest.raises(NotPossible, match="REQUEST_SENT"):
        server.request_client_certificate()
    _, server = connected()
    server.close()
    with pytest.raises(NotPossible, match="PROTOCOL_IS_SHUTDOWN"):
        server.request_client_certificate()


def test_a_client_that_has_not_offered_it_refuses() -> None:
    client, server = connected(post_handshake_auth=False)
    server.output.send(CertificateRequest(b"context", {13: b"\x00\x02\x04\x03"}))
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert caught.value.alert is AlertDescription.UNEXPECTED_MESSAGE


def test_a_client_that_has_closed_does_not_answer() -> None:
    client, server = connected()
    server.request_client_certificate()
    client.close()
    client.take_output()
    deliver(server, client)
    assert client.take_output() == b""


@pytest.mark.parametrize(
    ("kind", "edit", "alert"),
    [
        (Certificate, lambda m: [replace(m, certificate_request_context=b"other")], "ILLEGAL_PARAMETER"),
        (CertificateVerify, lambda m: [replace(m, signature=bytes(len(m.signature)))], "DECRYPT_ERROR"),
        (CertificateVerify, lambda _: [], "UNEXPECTED_MESSAGE"),
        (CertificateVerify, lambda m: [KeyUpdate(0), m], "UNEXPECTED_MESSAGE"),
        (CertificateVerify, lambda m: [Raw(APPLICATION_DATA, b"data"), m], "UNEXPECTED_MESSAGE"),
        (Finished, lambda m: [replace(m, verify_data=bytes(len(m.verify_data)))], "DECRYPT_ERROR"),
        (Finished, lambda m: [Raw(APPLICATION_DATA, b"data"), m], "UNEXPECTED_MESSAGE"),
        (Finished, lambda m: [m, m], "UNEXPECTED_MESSAGE"),
    ],
)
def test_a_faulty_answer_is_refused(kind: type, edit: Any, alert: str) -> None:
    output = Editing(kind, edit)
    client, server = connected(client_output=output)
    output.armed = True
    server.request_client_certificate()
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert caught.value.alert is AlertDescription[alert]
    assert not server.plaintext


def test_an_answer_to_no_question_is_refused() -> None:
    client, server = connected()
    client.output.send(Certificate(b"", ()))
    with pytest.raises(ProtocolError) as caught:
        deliver(client, server)
    assert caught.value.alert is AlertDescription.UNEXPECTED_MESSAGE


def test_the_tickets_that_follow_name_the_client_and_have_nonces_of_their_own() -> None:
    nonces = []

    class Counting(Output):
        __slots__ = ()

        def send(self, message: Any) -> Any:
            if isinstance(message, NewSessionTicket):
                nonces.append(message.ticket_nonce)
            return super().send(message)

    client, server = connected(server_output=Counting())
    server.request_client_certificate()
    pump(client, server)
    assert len(nonces) == len(set(nonces)) == 4
    again = pair(replace(client.config, session=client.session), server.config)
    pump(*again)
    assert again[1].resumed
    assert again[1].peer is not None
    assert again[1].peer.certificates == credential().certificates


def test_a_resumption_brings_one_ticket() -> None:
    client, server = connected()
    again = pair(replace(client.config, session=client.session), server.config)
    pump(*again)
    assert again[1].resumed
    assert again[1].tickets_sent == 1
