"""The server's judgement of a session that a TLS 1.2 client wants to resume (RFC 5246 7.4.1.2, RFC 5077 3.1, RFC 7627).

Opening and sealing tickets, and keeping sessions, is the context's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.ciphers.support import SUITES12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12, ClientAuthentication
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.session import Session

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


def accepted_session(connection: Connection, hello: ClientHello, *, extended: bool) -> Session | None:
    """The session to resume, or None for a full handshake. extended: both have extended_master_secret.

    Raises ProtocolError where the offer itself is wrong.
    """
    session = _found(connection, hello)
    if session is None or not _usable(connection, session):
        return None
    if session.extended_master_secret and not extended:
        # RFC 7627 5.3: "If the original session used the "extended_master_secret" extension but the new ClientHello
        # does not contain it, the server MUST abort the abbreviated handshake."
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "INCONSISTENT_EXTMS")
    if extended and not session.extended_master_secret:
        # RFC 7627 5.3: "If the original session did not use the "extended_master_secret" extension but the new
        # ClientHello contains the extension, then the server MUST NOT perform the abbreviated handshake."
        return None
    if session.cipher_suite not in hello.cipher_suites:
        # RFC 5246 7.4.1.2: "this vector MUST include at least the cipher_suite from that session."
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "REQUIRED_CIPHER_MISSING")
    return session


def _found(connection: Connection, hello: ClientHello) -> Session | None:
    config = connection.config
    ticket = hello.extensions.get(ext.SESSION_TICKET)
    if ticket and config.session_tickets and config.tickets is not None:
        # RFC 5077 3.4: with a ticket the session id is only the client's way to see whether it was accepted.
        return config.tickets.open(ticket)
    if hello.legacy_session_id and config.sessions is not None:
        return config.sessions.find(hello.legacy_session_id)
    return None


def _usable(connection: Connection, session: Session) -> bool:
    config = connection.config
    return (
        session.version == TLS12
        and session.cipher_suite in config.cipher_suites
        and session.cipher_suite in SUITES12
        and -1 <= config.clock() - session.created <= session.lifetime
        # RFC 6066 3: a server "MUST NOT accept the request to resume the session if the server_name extension contains
        # a different name."
        and session.server_name == connection.server_name
        # A session made without the client's certificate cannot stand for one, unless it was not asked for it because a
        # pre-shared key takes its place.
        and not (
            config.client_authentication is ClientAuthentication.REQUIRED
            and session.peer is None
            and SUITES12[session.cipher_suite].auth != "auth-psk"
        )
    )
