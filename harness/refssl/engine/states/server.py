"""The server before the version is known: it reads the ClientHello and chooses who goes on (RFC 8446 4.1.1, A.2).

What TLS 1.3 makes of a ClientHello is `server13`'s; another version is one more branch in `receive_client_hello`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.engine import negotiation
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import SSL3, TLS12
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.states import server12, server13

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class Start:
    """RFC 8446 A.2: START. retry: the HelloRetryRequest that was sent, if one was."""

    retry: server13.Retry | None = None


START = Start()


def receive_client_hello(
    connection: Connection, state: Start, message: ClientHello, raw: bytes
) -> (
    Start
    | server13.WaitCertificate
    | server13.WaitFinished
    | server12.WaitClientCertificate
    | server12.WaitClientKeyExchange
    | server12.WaitClientChangeCipherSpec
):
    """RFC 8446 4.1.2: START to RECVD_CH, and on to what waits for the client's flight."""
    if not connection.config.abilities.sufficient:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_CIPHERS_AVAILABLE")
    version = _choose_version(connection, message)
    connection.version = connection.output.version = version
    connection.client_random = message.random
    if version == TLS12:
        if state.retry is not None:
            # RFC 8446 4.1.2: the second ClientHello is "the same ClientHello without modification" but for what was
            # asked for.
            raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
        return server12.receive_client_hello(connection, message, raw)
    outcome = server13.receive_client_hello(connection, state.retry, message, raw)
    return Start(outcome) if isinstance(outcome, server13.Retry) else outcome


def _choose_version(connection: Connection, message: ClientHello) -> int:
    """RFC 8446 4.2.1, D.2. Raises ProtocolError where no version is common."""
    config = connection.config
    enabled = negotiation.server_versions(config)
    chosen = negotiation.first_common(enabled, _offered_versions(message))
    if chosen is None:
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
    if negotiation.FALLBACK_SCSV in message.cipher_suites and chosen != enabled[0]:
        # RFC 7507 3: "If TLS_FALLBACK_SCSV appears in ClientHello.cipher_suites and the highest protocol version
        # supported by the server is higher than the version indicated in ClientHello.client_version, the server MUST
        # respond with a fatal inappropriate_fallback alert".
        raise ProtocolError(AlertDescription.INAPPROPRIATE_FALLBACK, "INAPPROPRIATE_FALLBACK")
    return chosen


def _offered_versions(message: ClientHello) -> tuple[int, ...]:
    """The versions that a client speaks. Raises ProtocolError."""
    data = message.extensions.get(ext.SUPPORTED_VERSIONS)
    if data is None:
        # RFC 8446 4.2.1: without the extension it is TLS 1.2 at most, "even if ClientHello.legacy_version is 0x0304 or
        # later".
        if message.legacy_version <= SSL3:
            # RFC 8446 D.5: SSL 3.0 is never negotiated, nor what is older still: protocol_version.
            raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "VERSION_TOO_LOW")
        return (TLS12,) if message.legacy_version >= TLS12 else ()
    if data == b"\0":
        return ()
    try:
        offered = negotiation.read_setting(
            ext.ClientSupportedVersions, message.extensions, ext.SUPPORTED_VERSIONS, "LENGTH_MISMATCH"
        )
    except ProtocolError as fault:
        # RFC 8446 6.2 would have decode_error; OpenSSL answers whatever goes wrong here with protocol_version.
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, fault.reason) from None
    if message.legacy_version <= SSL3:
        # RFC 8446 D.5: whoever receives this in a Hello "MUST abort the handshake with a "protocol_version" alert."
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "BAD_LEGACY_VERSION")
    return offered.versions if offered is not None else ()
