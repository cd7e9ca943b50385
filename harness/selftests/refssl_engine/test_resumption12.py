"""Sessions of TLS 1.2, by ticket and by id: what is resumed, and what must not be (RFC 5077, RFC 7627 5.3)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.config import ClientAuthentication, Config
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages import tls12
from refssl.engine.messages.hello import ClientHello, ServerHello
from refssl.engine.messages.tls13 import Finished
from refssl.engine.session import Session
from selftests.refssl_engine.support import credential, pair, pump, shaken, tickets
from selftests.refssl_engine.support12 import client_config, server_config, sessions, talk
from selftests.refssl_engine.test_handshake12 import Editing, fails

KINDS = ["ticket", "id"]


def keeping(kind: str, *names: str, **changes: Any) -> Config:
    """A server's Config that gives sessions of one kind."""
    if kind == "ticket":
        return server_config(*names, tickets=tickets(), **changes)
    return server_config(*names, sessions=sessions(), tickets=tickets(), session_tickets=False, **changes)


def made(server: Config, *names: str, **changes: Any) -> Session:
    client, _ = shaken(client_config(*names, **changes), server)
    assert client.session is not None
    assert len(client.session.session_id) == 32
    assert not client.resumed
    return client.session


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-SHA384", "AES128-SHA"])
def test_a_session_is_resumed_again_and_again(kind: str, name: str) -> None:
    server_side = keeping(kind, name)
    session = made(server_side, name)
    assert bool(session.ticket) is (kind == "ticket")
    for _ in range(2):
        client, server = shaken(client_config(name, session=session), server_side)
        assert client.resumed
        assert server.resumed
        assert client.session is session
        assert client.peer is not None
        assert client.client_finished == server.client_finished
        assert client.server_finished == server.server_finished
        talk(client, server)


@pytest.mark.parametrize("kind", KINDS)
def test_the_clients_certificate_comes_back(kind: str) -> None:
    server_side = keeping(kind, client_authentication=ClientAuthentication.REQUIRED)
    session = made(server_side, credentials=(credential("RSA"),))
    client, server = shaken(client_config(session=session), server_side)
    assert client.resumed
    assert server.peer is not None
    assert server.peer.certificates == credential("RSA").certificates


@pytest.mark.parametrize("kind", KINDS)
def test_a_session_without_a_certificate_does_not_stand_for_one(kind: str) -> None:
    server_side = keeping(kind)
    session = made(server_side)
    required = replace(server_side, client_authentication=ClientAuthentication.REQUIRED)
    client, _ = shaken(client_config(session=session, credentials=(credential("RSA"),)), required)
    assert not client.resumed


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "changes",
    [
        {"server_name": "other.example"},
        {"clock": lambda: 2.0**33},
        {"session": None},
        {"cipher_suites": (0xC02C,)},
        {"maximum_version": 0x0304, "minimum_version": 0x0304, "cipher_suites": (0x1301,)},
    ],
)
def test_where_it_does_not_fit_the_handshake_is_a_full_one(kind: str, changes: Any) -> None:
    server_side = keeping(kind)
    session = made(server_side)
    server_side = replace(server_side, cipher_suites=(0xC02B, 0xC02C, 0x1301), maximum_version=0x0304)
    client, server = shaken(replace(client_config(session=session), **changes), server_side)
    assert not client.resumed
    assert not server.resumed
    talk(client, server)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_has_forgotten_goes_on_without(kind: str) -> None:
    session = made(keeping(kind))
    client, _ = shaken(client_config(session=session), keeping(kind))
    assert not client.resumed
    assert client.session is not session


@pytest.mark.parametrize("kind", KINDS)
def test_extended_master_secret_is_not_lost(kind: str) -> None:
    """RFC 7627 5.3: a session made with it is never resumed without it; the server aborts."""
    server_side = keeping(kind)
    session = made(server_side)
    # A client that keeps to the rule does not offer the session.
    client, _ = shaken(client_config(session=session, extended_master_secret=False), server_side)
    assert not client.resumed

    def without(found: dict[int, bytes]) -> dict[int, bytes]:
        return {kind: data for kind, data in found.items() if kind != ext.EXTENDED_MASTER_SECRET}

    ends = pair(client_config(session=session), server_side, client_output=Editing(ClientHello, extensions=without))
    fault = fails(*ends)
    assert ends[1].failed
    assert (fault.alert, fault.reason) == (40, "INCONSISTENT_EXTMS")
    ends = pair(client_config(session=session), server_side, server_output=Editing(ServerHello, extensions=without))
    with pytest.raises(ProtocolError) as caught:
        pump(*ends)
    assert ends[0].failed
    assert caught.value.reason == "INCONSISTENT_EXTMS"


@pytest.mark.parametrize("kind", KINDS)
def test_extended_master_secret_is_not_smuggled_in(kind: str) -> None:
    """RFC 7627 5.3: a session made without it is not resumed by a hello that has it; by one without, as in OpenSSL."""
    server_side = keeping(kind)
    session = made(server_side, extended_master_secret=False)
    client, _ = shaken(client_config(session=session), server_side)
    assert not client.resumed
    client, _ = shaken(client_config(session=session, extended_master_secret=False), server_side)
    assert client.resumed

    def adding(found: dict[int, bytes]) -> dict[int, bytes]:
        return {**found, ext.EXTENDED_MASTER_SECRET: b""}

    unaware = replace(server_side, extended_master_secret=False)
    ends = pair(client_config(session=session), unaware, server_output=Editing(ServerHello, extensions=adding))
    with pytest.raises(ProtocolError) as caught:
        pump(*ends)
    assert (caught.value.alert, caught.value.reason) == (40, "INCONSISTENT_EXTMS")


@pytest.mark.parametrize("kind", KINDS)
def test_another_suite_than_the_sessions_is_refused(kind: str) -> None:
    server_side = keeping(kind, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384")
    session = made(server_side)
    client_side = client_config("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", session=session)
    ends = pair(client_side, server_side, server_output=Editing(ServerHello, cipher_suite=0xC02C))
    with pytest.raises(ProtocolError) as caught:
        pump(*ends)
    assert (caught.value.alert, caught.value.reason) == (47, "OLD_SESSION_CIPHER_NOT_RETURNED")
    ends = pair(client_side, server_side, client_output=Editing(ClientHello, cipher_suites=(0xC02C,)))
    assert fails(*ends).reason == "REQUIRED_CIPHER_MISSING"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("faulty", ["client", "server"])
def test_a_wrong_master_secret_is_found_by_finished(kind: str, faulty: str) -> None:
    """Negative control of resumption: the name of a session without its secret is worth nothing."""
    server_side = keeping(kind)
    session = made(server_side)
    client, server = pair(client_config(session=replace(session, secret=bytes(48))), server_side)
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert caught.value.reason == "RECORD_LAYER_FAILURE"
    ends = pair(
        client_config(session=session),
        server_side,
        **{f"{faulty}_output": Editing(Finished, verify_data=bytes(12))},  # type: ignore[arg-type]
    )
    with pytest.raises(ProtocolError) as caught:
        pump(*ends)
    assert caught.value.reason == "DIGEST_CHECK_FAILED"


def test_a_promised_ticket_must_come_and_an_empty_one_is_none() -> None:
    """RFC 5077 3.3: a server that changes its mind sends an empty ticket, not none."""
    client, _ = shaken(client_config(), server_config(tickets=tickets()))
    assert client.session is not None
    assert client.session.lifetime == 7200
    output = Editing(tls12.NewSessionTicket, ticket=b"")
    client, server = pair(client_config(), server_config(tickets=tickets()), server_output=output)
    pump(client, server)
    assert client.session is not None
    assert (client.session.ticket, client.session.session_id) == (b"", b"")

    def promising(found: dict[int, bytes]) -> dict[int, bytes]:
        return {**found, ext.SESSION_TICKET: b""}

    fault = fails(*pair(client_config(), server_config(), server_output=Editing(ServerHello, extensions=promising)))
    assert (fault.alert, fault.reason) == (10, "UNEXPECTED_MESSAGE")


def test_tickets_are_only_given_where_both_want_them() -> None:
    for ours, theirs in ((True, False), (False, True), (False, False)):
        server_side = server_config(tickets=tickets(), session_tickets=theirs)
        client, _ = shaken(client_config(session_tickets=ours), server_side)
        assert client.session is not None
        assert not client.session.ticket
