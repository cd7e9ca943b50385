"""CONNECTED, which both roles share: session tickets and new keys (RFC 8446 4.6).

How the state is reached is told in `client13` and `server13`. Application data never comes here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.engine import schedule13
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS13
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.tls13 import KeyUpdate, NewSessionTicket
from refssl.engine.negotiation import IN_NEW_SESSION_TICKET, check_request
from refssl.engine.schedule13 import Secret
from refssl.engine.session import Session
from refssl.engine.transcript import Transcript

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

UPDATE_NOT_REQUESTED = 0
UPDATE_REQUESTED = 1
# RFC 8446 4.6.1: "Servers MUST NOT use any value greater than 604800 seconds (7 days)."
MAX_LIFETIME = 604800


@dataclass(slots=True)
class Connected:
    """RFC 8446 A: CONNECTED. The current application traffic secrets, and what new tickets are derived from.
    transcript: that of the handshake, where a certificate may still be asked for (RFC 8446 4.6.2)."""

    suite: CipherSuite
    receive_secret: bytes = field(repr=False)
    send_secret: bytes = field(repr=False)
    resumption_master_secret: bytes = field(repr=False)
    transcript: Transcript | None = None


def receive_new_session_ticket(
    connection: Connection, state: Connected, message: NewSessionTicket, _raw: bytes
) -> Connected:
    """RFC 8446 4.6.1: the client keeps the newest ticket as its session."""
    check_request(message.extensions, IN_NEW_SESSION_TICKET)
    if ext.EARLY_DATA in message.extensions and len(message.extensions[ext.EARLY_DATA]) != 4:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "INVALID_MAX_EARLY_DATA")
    # RFC 8446 4.6.1: "The value of zero indicates that the ticket should be discarded immediately."
    if message.ticket_lifetime:
        psk = schedule13.resumption_psk(state.suite.hash, state.resumption_master_secret, message.ticket_nonce)
        lifetime = min(message.ticket_lifetime, MAX_LIFETIME)
        connection.session = _session(connection, state, psk, message.ticket, message.ticket_age_add, lifetime)
    return state


def send_new_session_tickets(connection: Connection, state: Connected) -> None:
    """RFC 8446 4.6.1: a server makes `Tickets.count` sessions, each with a PSK of its own; one after a resumption."""
    config = connection.config
    tickets = config.tickets
    if tickets is None or not tickets.count or not connection.psk_modes:
        return
    lifetime = min(tickets.lifetime, MAX_LIFETIME)
    for _ in range(1 if connection.resumed else tickets.count):
        # RFC 8446 4.6.1: "A per-ticket value that is unique across all tickets issued on this connection."
        nonce = connection.tickets_sent.to_bytes(8, "big")
        connection.tickets_sent += 1
        psk = schedule13.resumption_psk(state.suite.hash, state.resumption_master_secret, nonce)
        session = _session(connection, state, psk, b"", int.from_bytes(config.random(4), "big"), lifetime)
        session.ticket = tickets.seal(session)
        if not session.ticket:
            return
        connection.session = session
        connection.output.send(NewSessionTicket(lifetime, session.age_add, nonce, session.ticket, {}))


def _session(
    connection: Connection, state: Connected, psk: bytes, ticket: bytes, age_add: int, lifetime: int
) -> Session:
    suite, created = state.suite.code, connection.config.clock()
    name, alpn, peer = connection.server_name, connection.alpn, connection.peer
    return Session(TLS13, suite, psk, ticket, b"", age_add, created, lifetime, name, alpn, peer)


def receive_key_update(connection: Connection, state: Connected, message: KeyUpdate, _raw: bytes) -> Connected:
    """RFC 8446 4.6.3: the peer's next records are under new keys; ours too, where it asks for that."""
    if message.request_update > UPDATE_REQUESTED:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_UPDATE")
    secret = Secret(schedule13.labels(state.suite.hash), state.receive_secret).updated()
    connection.opener = secret.opener(state.suite)
    state = replace(state, receive_secret=secret.value)
    # RFC 8446 4.6.3: "If the request_update field is set to "update_requested", then the receiver MUST send a KeyUpdate
    # of its own with request_update set to "update_not_requested" prior to sending its next Application Data record."
    if message.request_update == UPDATE_REQUESTED and not connection.close_notify_sent:
        # RFC 8446 4.6.3: this "causes an implementation which receives multiple KeyUpdates while it is silent to
        # respond with a single update": one now, and one more with the next data, however many were asked for.
        if not connection.key_updates_answered:
            state = send_key_update(connection, state, request=False)
        connection.key_updates_answered = min(connection.key_updates_answered + 1, 2)
    return state


def send_key_update(connection: Connection, state: Connected, *, request: bool) -> Connected:
    """RFC 8446 4.6.3: announce new sending keys under the old ones, then change."""
    connection.output.send(KeyUpdate(UPDATE_REQUESTED if request else UPDATE_NOT_REQUESTED))
    secret = Secret(schedule13.labels(state.suite.hash), state.send_secret).updated()
    connection.output.change_keys(secret.sealer(state.suite))
    return replace(state, send_secret=secret.value)
