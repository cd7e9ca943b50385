"""A ServerHello of TLS 1.2 at the client: what it may answer, and what the two hellos have settled (RFC 5246 7.4.1.3).

Whether it is one of TLS 1.2 at all is decided in `client`; what follows is `client12`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from refssl.ciphers import catalogue
from refssl.ciphers.catalogue import CipherSuite
from refssl.ciphers.support import SUITES12
from refssl.engine import negotiation, negotiation12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello, ServerHello
from refssl.engine.session import Session
from refssl.engine.states import client12
from refssl.engine.states.common12 import Parameters

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


def receive_server_hello(
    connection: Connection, hello: ClientHello, message: ServerHello, raw: bytes
) -> client12.Beginning:
    """RFC 5246 7.4.1.3: a session is resumed, or a full handshake begins."""
    config, found = connection.config, message.extensions
    connection.version = connection.output.version = TLS12
    suite = _suite(hello, message)
    for kind in found:
        # RFC 5246 7.4.1.4: "If a client receives an extension type in ServerHello that it did not request in the
        # associated ClientHello, it MUST abort the handshake with an unsupported_extension fatal alert."
        if kind not in hello.extensions:
            raise ProtocolError(AlertDescription.UNSUPPORTED_EXTENSION, "UNSOLICITED_EXTENSION")
        if kind not in negotiation12.IN_SERVER_HELLO:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")
    _check_renegotiation_info(connection, found)
    for kind in (ext.SERVER_NAME, ext.SESSION_TICKET, ext.EXTENDED_MASTER_SECRET, ext.ENCRYPT_THEN_MAC):
        if found.get(kind):
            raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    negotiation12.check_point_formats(found)
    parameters = Parameters(
        suite=suite,
        client_version=hello.legacy_version,
        client_random=hello.random,
        server_random=message.random,
        session_id=message.legacy_session_id_echo,
        extended_master_secret=ext.EXTENDED_MASTER_SECRET in found,
        # RFC 7366 3: "If a server receives an encrypt-then-MAC request [...] and then selects a stream or [AEAD] suite
        # [...], it MUST NOT send an encrypt-then-MAC response extension"; OpenSSL overlooks it.
        encrypt_then_mac=ext.ENCRYPT_THEN_MAC in found and not suite.aead,
        ticket=ext.SESSION_TICKET in found,
    )
    session = _resumed(connection, hello, message)
    if session is not None:
        client12.check_resumption(parameters, session)
    connection.alpn = negotiation.read_selected_alpn(config, found)
    connection.cipher_suite = suite
    connection.transcript.select(suite.hash, keep=bool(config.credentials))
    connection.transcript.update(raw)
    return client12.begin(connection, parameters, session)


def _suite(hello: ClientHello, message: ServerHello) -> CipherSuite:
    if message.legacy_compression_method != 0:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "COMPRESSION_DISABLED")
    if message.cipher_suite not in catalogue.BY_CODE:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "UNKNOWN_CIPHER_RETURNED")
    suite = SUITES12.get(message.cipher_suite)
    if message.cipher_suite not in hello.cipher_suites or suite is None:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CIPHER_RETURNED")
    return suite


def _check_renegotiation_info(connection: Connection, found: dict[int, bytes]) -> None:
    """RFC 5746 3.4: "The client MUST then verify that the length of the "renegotiated_connection" field is zero"."""
    data = found.get(ext.RENEGOTIATION_INFO)
    if data is None:
        if not connection.config.legacy_server_connect:
            # RFC 5746 4.1: a client may choose "to abort the handshake" with a server that does not know the extension.
            raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "UNSAFE_LEGACY_RENEGOTIATION_DISABLED")
    elif not data or data[0] != len(data) - 1:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "RENEGOTIATION_ENCODING_ERR")
    elif data != b"\0":
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "RENEGOTIATION_MISMATCH")


def _resumed(connection: Connection, hello: ClientHello, message: ServerHello) -> Session | None:
    """RFC 5246 7.4.1.3: the session whose id we sent, if the server sends it back.

    An id that only stands for a session of TLS 1.3 is no offer (RFC 8446 4.1.3).
    """
    session = connection.offered_session
    if session is None or session.version != TLS12 or not message.legacy_session_id_echo:
        return None
    if message.legacy_session_id_echo != hello.legacy_session_id or hello.legacy_session_id != session.session_id:
        return None
    return session
