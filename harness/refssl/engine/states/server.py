"""The server before the version is known: it reads the ClientHello and chooses who goes on (RFC 8446 4.1.1, A.2).

What TLS 1.3 makes of a ClientHello is `server13`'s; another version is one more branch in `receive_client_hello`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.engine import negotiation
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12, TLS13
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.states import server13

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class Start:
    """RFC 8446 A.2: START. retry: the HelloRetryRequest that was sent, if one was."""

    retry: server13.Retry | None = None


def receive_client_hello(
    connection: Connection, state: Start, message: ClientHello, raw: bytes
) -> Start | server13.WaitCertificate | server13.WaitFinished:
    """RFC 8446 4.1.2: START to RECVD_CH, and on to what waits for the client's flight."""
    connection.output.record_version = TLS12
    _choose_version(connection, message)
    connection.version = connection.output.version = TLS13
    connection.client_random = message.random
    outcome = server13.receive_client_hello(connection, state.retry, message, raw)
    return Start(outcome) if isinstance(outcome, server13.Retry) else outcome


def _choose_version(connection: Connection, message: ClientHello) -> int:
    """RFC 8446 4.2.1, D.2. Raises ProtocolError where no version is common."""
    enabled = negotiation.enabled_versions(connection.config)
    offered = negotiation.read_extension(ext.ClientSupportedVersions, message.extensions, ext.SUPPORTED_VERSIONS)
    # RFC 8446 4.2.1: "If this extension is present in the ClientHello, servers MUST NOT use the
    # ClientHello.legacy_version value for version negotiation". Without it, it is TLS 1.2 at most.
    theirs = offered.versions if offered is not None else tuple(range(message.legacy_version, 0x0300, -1))
    chosen = negotiation.first_common(enabled, theirs) if offered is not None else None
    if chosen is None:
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
    if message.legacy_version <= 0x0300:
        # RFC 8446 D.5: SSL 3.0 must not even be claimed.
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "BAD_LEGACY_VERSION")
    return chosen
