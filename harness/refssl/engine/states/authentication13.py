"""Post-handshake client authentication in both roles (RFC 8446 4.6.2).

The client answers a CertificateRequest at once and stays CONNECTED; the server waits for the three messages of the
answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refssl.engine import schedule13
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ExplicitlyUnverified, PeerIdentity, PeerProof
from refssl.engine.faults import NotPossible, ProtocolError
from refssl.engine.messages.tls13 import Certificate, CertificateRequest, CertificateVerify, Finished, KeyUpdate
from refssl.engine.schedule13 import Secret
from refssl.engine.states import common13
from refssl.engine.states.connected import Connected, receive_key_update, send_new_session_tickets
from refssl.engine.transcript import Transcript

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

# RFC 8446 4.3.2: the context is "unique within the scope of this connection", and not to be foreseen by the client.
_CONTEXT_SIZE = 32


@dataclass(slots=True)
class CertificateRequested:
    """CONNECTED at a server that has asked for the client's certificate. request_context: of the CertificateRequest,
    with which `transcript` ends."""

    connected: Connected
    request_context: bytes
    transcript: Transcript


@dataclass(slots=True)
class WaitRequestedCertificateVerify:
    """Like WAIT_CV, after the handshake."""

    connected: Connected
    peer: PeerIdentity


@dataclass(slots=True)
class WaitRequestedFinished:
    """Like WAIT_FINISHED, after the handshake. proof: why the client is believed to be who it says, or who said that
    it need not say."""

    connected: Connected
    peer: PeerIdentity | None
    proof: PeerProof


def request_certificate(connection: Connection, state: object) -> CertificateRequested:
    """Ask the client for its certificate. state: the connection's. Raises NotPossible, with OpenSSL's reasons."""
    if not connection.client_can_be_asked:
        raise NotPossible("EXTENSION_NOT_RECEIVED")
    if not isinstance(state, Connected):
        raise NotPossible("REQUEST_SENT")
    if state.transcript is None:
        raise NotPossible("INVALID_CONFIG")
    if connection.close_notify_sent:
        raise NotPossible("PROTOCOL_IS_SHUTDOWN")
    request_context = connection.config.random(_CONTEXT_SIZE)
    request = common13.certificate_request(connection.config, request_context)
    asked = state.transcript.copy()
    connection.resume_transcript(asked)
    connection.output.send(request)
    connection.end_transcript()
    return CertificateRequested(state, request_context, asked)


def receive_request(connection: Connection, state: Connected, message: CertificateRequest, raw: bytes) -> Connected:
    """RFC 8446 4.6.2: the client "MUST respond with the appropriate Authentication messages"."""
    if state.transcript is None:
        # RFC 8446 4.6.2: "A client that receives a post-handshake CertificateRequest message without having sent the
        # "post_handshake_auth" extension MUST send an "unexpected_message" fatal alert."
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
    common13.check_certificate_request(message)
    if connection.close_notify_sent:
        # RFC 8446 6.1: after a closure alert nothing is sent any more.
        return state
    transcript = state.transcript.copy()
    transcript.update(raw)
    connection.resume_transcript(transcript)
    common13.send_client_certificate(connection, message)
    secret = Secret(schedule13.labels(state.suite.hash), state.send_secret)
    connection.output.send(Finished(secret.finished_mac(transcript.digest())))
    connection.end_transcript()
    return state


def receive_certificate(
    connection: Connection, state: CertificateRequested, message: Certificate, raw: bytes
) -> WaitRequestedCertificateVerify | WaitRequestedFinished:
    """RFC 8446 4.4.2: the answer begins. Until it ends nothing else may come (RFC 8446 4.6.2)."""
    if message.certificate_request_context != state.request_context:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INVALID_CONTEXT")
    connection.data_expected = False
    connection.resume_transcript(state.transcript)
    peer = common13.judge_client_certificate(connection, message)
    connection.transcript.update(raw)
    if peer is None:
        return WaitRequestedFinished(state.connected, None, ExplicitlyUnverified("CERT_OPTIONAL"))
    return WaitRequestedCertificateVerify(state.connected, peer)


def receive_certificate_verify(
    connection: Connection, state: WaitRequestedCertificateVerify, message: CertificateVerify, raw: bytes
) -> WaitRequestedFinished:
    """RFC 8446 4.4.3."""
    common13.verify_signature(connection, message, state.peer, common13.CLIENT_CONTEXT)
    connection.client_signature_scheme = message.algorithm
    connection.transcript.update(raw)
    return WaitRequestedFinished(state.connected, state.peer, state.peer.proof)


def receive_finished(connection: Connection, state: WaitRequestedFinished, message: Finished, _raw: bytes) -> Connected:
    """RFC 8446 4.4.4: under the client's current application traffic secret. The tickets made from now on name it."""
    connected = state.connected
    secret = Secret(schedule13.labels(connected.suite.hash), connected.receive_secret)
    common13.verify_finished(connection, message, secret)
    connection.end_transcript()
    connection.data_expected = True
    connection.peer = state.peer
    send_new_session_tickets(connection, connected)
    return connected


def receive_key_update_meanwhile(
    connection: Connection, state: CertificateRequested, message: KeyUpdate, raw: bytes
) -> CertificateRequested:
    """RFC 8446 4.6.3: the client may change its keys before it answers."""
    return replace(state, connected=receive_key_update(connection, state.connected, message, raw))
