"""What a peer can make an engine hold, send or repeat: each has a bound, and below it nothing is disturbed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.config import ExplicitlyUnverified, PeerIdentity, PskBinder, Verified
from refssl.engine.faults import ProtocolError, RecordFault
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import HelloRetryRequest
from refssl.engine.messages.tls13 import NewSessionTicket
from refssl.engine.presentation import encode
from refssl.tickets import TicketKeeper
from selftests.refssl_engine.support import client_config, deliver, pair, pump, server_config, shaken, tickets
from selftests.refssl_engine.test_handshake import Edited, exchange
from selftests.refssl_engine.test_records import Eager


def editing(kind: type, change: Callable[[Any], Any]) -> Edited:
    """An output that changes the messages of one kind."""
    return Edited(lambda message: change(message) if type(message) is kind else message)


@pytest.mark.parametrize(("size", "fits"), [(65000, True), (65500, False)])
def test_a_cookie_leaves_room_or_is_a_fault(size: int, fits: bool) -> None:
    """RFC 8446 4.2.2: a client "MUST copy the contents of the "cookie" extension" into a message of limited size."""
    cookie = encode(ext.Cookie(bytes(size)))
    output = editing(HelloRetryRequest, lambda m: replace(m, extensions={**m.extensions, ext.COOKIE: cookie}))
    client, server = pair(client_config(groups=(0x1D, 0x17)), server_config(groups=(0x17,)), server_output=output)
    if fits:
        pump(client, server)
        assert client.handshake_complete
        return
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert (caught.value.alert, caught.value.reason) == (80, "INTERNAL_ERROR")
    assert client.failed
    assert client.take_output() != b""


@pytest.mark.parametrize(("size", "offered"), [(2**15, True), (2**15 + 1, False), (2**16 - 1, False)])
def test_a_ticket_that_is_too_long_is_not_offered(size: int, offered: bool) -> None:
    sealed = tickets()
    output = editing(NewSessionTicket, lambda message: replace(message, ticket=bytes(size)))
    ends = pair(server=server_config(tickets=sealed), server_output=output)
    pump(*ends)
    assert ends[0].session is not None
    client, _ = pair(client_config(session=ends[0].session))
    client.start()
    assert (len(client.take_output()) > size) == offered
    assert not shaken(client_config(session=ends[0].session), server_config(tickets=sealed))[0].resumed


@pytest.mark.parametrize(("size", "sealed"), [(10_000, True), (60_000, False)])
def test_a_session_that_is_too_large_gets_no_ticket(size: int, sealed: bool) -> None:
    keeper = TicketKeeper()
    session = shaken(server=server_config(tickets=tickets()))[1].session
    assert session is not None
    peer = shaken()[0].peer
    assert peer is not None
    large = replace(session, peer=replace(peer, certificates=(*peer.certificates, bytes(size))))
    ticket = keeper.seal(large)
    assert bool(ticket) == sealed
    assert (keeper.open(ticket) is not None) == sealed


def test_without_a_ticket_the_handshake_goes_on() -> None:
    none = replace(tickets(), seal=lambda _session: b"")
    client, server = shaken(server=server_config(tickets=none))
    assert client.session is server.session is None
    assert exchange(client, server, b"all the same") == b"all the same"


def test_requests_for_new_keys_are_answered_once_while_silent() -> None:
    """RFC 8446 4.6.3: it "causes an implementation which receives multiple KeyUpdates while it is silent to respond
    with a single update"."""
    client, server = shaken()
    for _ in range(100):
        client.update_keys(request=True)
    assert deliver(client, server) == 100
    assert deliver(server, client) == 1
    assert exchange(client, server, b"under the hundredth") == b"under the hundredth"
    # The last ninety-nine are answered before the next data, and then it begins anew.
    server.send(b"not silent")
    assert deliver(server, client) == 2
    assert client.plaintext.pop() == b"not silent"
    server.send(b"nor now")
    assert deliver(server, client) == 1
    client.update_keys(request=True)
    deliver(client, server)
    assert deliver(server, client) == 1


@pytest.mark.parametrize("groups", [(0x1D,), (0x17,)], ids=["at once", "after a retry"])
def test_empty_early_data_is_bounded_too(groups: tuple[int, ...]) -> None:
    client, server = pair(server=server_config(groups=groups), client_output=Eager([b""] * 100))
    client.start()
    with pytest.raises(RecordFault) as caught:
        deliver(client, server)
    assert caught.value.cause == "RECORD_TOO_SMALL"
    ends = pair(server=server_config(groups=groups), client_output=Eager([b""] * 20))
    pump(*ends)
    assert ends[1].handshake_complete


def test_what_was_proved_does_not_grow_with_each_resumption() -> None:
    sealed = tickets()
    session = shaken(server=server_config(tickets=sealed))[0].session
    for _ in range(3):
        client, _ = shaken(client_config(session=session), server_config(tickets=sealed))
        assert client.resumed
        session = client.session
        assert session is not None
        assert session.peer is not None
        assert isinstance(session.peer.proof, PskBinder)
        assert isinstance(session.peer.proof.original, Verified)


def test_what_was_not_proved_stays_so() -> None:
    def unverified(certificates: tuple[bytes, ...]) -> PeerIdentity:
        peer = client_config().authenticate(certificates)
        return replace(peer, proof=ExplicitlyUnverified("CERT_NONE"))

    sealed = tickets()
    session = shaken(client_config(authenticate=unverified), server_config(tickets=sealed))[0].session
    client, _ = shaken(client_config(session=session), server_config(tickets=sealed))
    assert client.peer is not None
    assert client.peer.proof == PskBinder(ExplicitlyUnverified("CERT_NONE"))
