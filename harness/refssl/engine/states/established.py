"""What TLS 1.2 is after its handshake, in both roles: application data, and no second handshake (RFC 5246 7.3).

Application data never comes here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.engine.alerts import AlertDescription, AlertLevel
from refssl.engine.messages.control import Alert
from refssl.engine.messages.hello import ClientHello
from refssl.engine.messages.tls12 import HelloRequest

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class Established:
    """RFC 5246 7.3: application data flows. Nothing of the handshake is needed any more."""


def refuse_renegotiation(
    connection: Connection, state: Established, _message: HelloRequest | ClientHello, _raw: bytes
) -> Established:
    """RFC 5246 7.2.2: who does not want to renegotiate "SHOULD respond with a no_renegotiation alert", a warning."""
    if not connection.close_notify_sent:
        connection.output.send(Alert(AlertLevel.WARNING, AlertDescription.NO_RENEGOTIATION_RESERVED))
    return state
