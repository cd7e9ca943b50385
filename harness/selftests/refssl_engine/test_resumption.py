"""Tickets and resumption (RFC 8446 4.2.11, 4.6.1): what is resumed, and everything that must not be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.config import ClientAuthentication, Tickets
from refssl.engine.connection import Connection
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello, ServerHello
from refssl.engine.session import Session
from selftests.refssl_engine.support import (
    client_config,
    credential,
    deliver,
    pair,
    pump,
    server_config,
    shaken,
    tickets,
)
from selftests.refssl_engine.test_handshake import Edited, exchange, flipped, refusal


def made(sealed: Tickets, **changes: Any) -> Session:
    client, server = shaken(client_config(**changes), server_config(tickets=sealed, alpn=(b"h2",)))
    assert client.session is not None
    assert server.session is not None
    assert client.session.name == server.session.name
    assert len(client.session.name) == 32
    return client.session


def test_connections_of_one_config_offer_their_own_sessions() -> None:
    sealed = tickets()
    first, second = made(sealed), made(sealed)
    config = client_config(session=first)
    for given, offered in ((None, first), (second, second)):
        ends = Connection(config, session=given), Connection(server_config(tickets=sealed))
        pump(*ends)
        assert ends[0].resumed
        assert ends[1].session is not None
        assert offered.early is not None
        assert ends[0].offered_session is offered
    assert not shaken(client_config(), server_config(tickets=sealed))[0].resumed


def test_what_follows_from_a_secret_is_kept_with_no_other() -> None:
    sealed = tickets()
    session = made(sealed)
    shaken(client_config(session=session), server_config(tickets=sealed))
    other = replace(session, secret=bytes(32))
    assert session.early is not None
    assert other.early is None
    assert replace(session) == session
    assert "early" not in repr(session)


@pytest.mark.parametrize("suite", [0x1301, 0x1302, 0x1303])
def test_a_session_is_resumed_again_and_again(suite: int) -> None:
    sealed = tickets()
    session = made(sealed, cipher_suites=(suite,))
    assert session.lifetime == 7200
    for _ in range(2):
        client, server = shaken(client_config(session=session, cipher_suites=(suite,)), server_config(tickets=sealed))
        assert client.resumed
        assert server.resumed
        assert exchange(client, server, b"again") == b"again"
        assert client.session is not session


def test_after_a_hello_retry_request_too() -> None:
    sealed = tickets()
    client, server = shaken(
        client_config(session=made(sealed), groups=(0x1D, 0x17)), server_config(tickets=sealed, groups=(0x17,))
    )
    assert client.resumed
    assert server.resumed
    assert client.group == 0x17


def test_no_tickets_no_session() -> None:
    client, _ = shaken(server=server_config(tickets=tickets(0)))
    assert client.session is None
    client, _ = shaken(server=server_config(tickets=None))
    assert client.session is None


@pytest.mark.parametrize(
    ("client", "server"),
    [
        ({"server_name": "other.example"}, {}),
        ({"cipher_suites": (0x1301,)}, {}),
        ({}, {"cipher_suites": (0x1301,)}),
        ({}, {"tickets": tickets()}),
        ({}, {"tickets": None}),
        ({"clock": lambda: 1e12}, {}),
        ({}, {"clock": lambda: 1e12}),
        ({}, {"clock": lambda: 0.0}),
        ({"credentials": (credential(),)}, {"client_authentication": ClientAuthentication.REQUIRED}),
    ],
    ids=[
        "another name",
        "another hash offered",
        "another hash chosen",
        "another server's ticket",
        "no tickets at all",
        "too old for the client",
        "too old for the server",
        "from the future",
        "made without the client's certificate",
    ],
)
def test_where_it_does_not_fit_the_handshake_is_a_full_one(client: Any, server: Any) -> None:
    sealed = tickets()
    session = made(sealed)
    ends = shaken(client_config(session=session, **client), server_config(**{"tickets": sealed, **server}))
    assert not ends[0].resumed
    assert not ends[1].resumed
    assert exchange(ends[0], ends[1], b"in full") == b"in full"


def test_the_clients_identity_is_kept() -> None:
    sealed = tickets()
    asking = server_config(tickets=sealed, client_authentication=ClientAuthentication.REQUIRED)
    first, _ = shaken(client_config(credentials=(credential("Ed25519"),)), asking)
    client, server = shaken(client_config(session=first.session), asking)
    assert client.resumed
    assert server.peer is not None
    assert server.peer.certificates == credential("Ed25519").certificates


def _with_binder_flipped(message: Any) -> Any:
    if isinstance(message, ClientHello) and ext.PRE_SHARED_KEY in message.extensions:
        offer = flipped(message.extensions[ext.PRE_SHARED_KEY])
        return replace(message, extensions={**message.extensions, ext.PRE_SHARED_KEY: offer})
    return message


def test_a_wrong_binder_is_refused() -> None:
    sealed = tickets()
    ends = pair(
        client_config(session=made(sealed)), server_config(tickets=sealed), client_output=Edited(_with_binder_flipped)
    )
    refuser, fault = refusal(*ends)
    assert (refuser, fault.alert, fault.reason) == (ends[1], 51, "BINDER_DOES_NOT_VERIFY")


def test_a_ticket_without_its_secret_is_worth_nothing() -> None:
    sealed = tickets()
    stolen = replace(made(sealed), secret=bytes(48))
    refuser, fault = refusal(*pair(client_config(session=stolen), server_config(tickets=sealed)))
    assert fault.reason == "BINDER_DOES_NOT_VERIFY"
    assert not refuser.handshake_complete


@pytest.mark.parametrize("identity", [b"\x00\x01", b"\xff\xff"])
def test_an_identity_that_was_not_offered_is_refused(identity: bytes) -> None:
    def edit(message: Any) -> Any:
        if isinstance(message, ServerHello):
            return replace(message, extensions={**message.extensions, ext.PRE_SHARED_KEY: identity})
        return message

    sealed = tickets()
    ends = pair(client_config(session=made(sealed)), server_config(tickets=sealed), server_output=Edited(edit))
    refuser, fault = refusal(*ends)
    assert (refuser, fault.alert, fault.reason) == (ends[0], 47, "BAD_PSK_IDENTITY")


def test_a_session_survives_its_encoding() -> None:
    for changes in ({}, {"server_name": None, "alpn": (b"h2",)}, {"server_name": "not-ascii-\udcff"}):
        session = made(tickets(), **changes)
        again = Session.decode(session.encode())
        assert again.peer is not None
        assert session.peer is not None
        assert again.peer.certificates == session.peer.certificates
        assert again.peer.proof == session.peer.proof
        kept = replace(session, ticket=b"", peer=again.peer)
        assert again == kept


def test_a_session_of_another_kind_is_not_offered() -> None:
    session = made(tickets())
    for unfit in (
        replace(session, version=0x0303),
        replace(session, ticket=b""),
        replace(session, cipher_suite=0x9999),
    ):
        client, server = pair(client_config(session=unfit), server_config(tickets=tickets()))
        client.start()
        deliver(client, server)
        pump(client, server)
        assert client.handshake_complete
        assert not client.resumed
