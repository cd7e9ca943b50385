"""The TLS 1.2 client from ServerHello to application data (RFC 5246 7.3, 7.4, RFC 5077 3.1).

How the ClientHello is made is in `client`; the names of the states say what the server has to send next.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.engine import negotiation, negotiation12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import PeerIdentity, PeerProof
from refssl.engine.faults import ProtocolError
from refssl.engine.messages.control import ChangeCipherSpec
from refssl.engine.messages.tls12 import (
    Certificate,
    CertificateRequest,
    ClientKeyExchange,
    NewSessionTicket,
    ServerHelloDone,
    ServerKeyExchange,
)
from refssl.engine.messages.tls13 import CertificateVerify, Finished
from refssl.engine.session import Session
from refssl.engine.states import common12, keyexchange12
from refssl.engine.states.common12 import Parameters, Secrets
from refssl.engine.states.established import Established
from refssl.engine.states.keyexchange12 import ServerShare

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class WaitServerCertificate:
    """RFC 5246 7.4.2: the server's Certificate comes next."""

    parameters: Parameters


@dataclass(slots=True)
class WaitServerKeyExchange:
    """RFC 5246 7.4.3. peer: whom the certificate names, as yet without proof that it is they; None without one."""

    parameters: Parameters
    peer: PeerIdentity | None


@dataclass(slots=True)
class WaitIdentityHint:
    """RFC 4279 2 and 4: a ServerKeyExchange with a hint may come, and what comes behind it as well. peer: as above."""

    parameters: Parameters
    peer: PeerIdentity | None


@dataclass(slots=True)
class WaitCertificateRequest:
    """RFC 5246 7.4.4: the server may ask for a certificate, or be done."""

    parameters: Parameters
    peer: PeerIdentity
    share: ServerShare


@dataclass(slots=True)
class WaitServerHelloDone:
    """RFC 5246 7.4.5. request: what came before it, None where the server has no certificate and may not ask."""

    parameters: Parameters
    peer: PeerIdentity | None
    share: ServerShare
    request: CertificateRequest | None


@dataclass(slots=True)
class WaitSessionTicket:
    """RFC 5077 3.3: NewSessionTicket comes before ChangeCipherSpec. proof: see `WaitServerFinished`."""

    secrets: Secrets
    peer: PeerIdentity | None
    proof: PeerProof


@dataclass(slots=True)
class WaitServerChangeCipherSpec:
    """RFC 5246 7.1. ticket: the NewSessionTicket that came, if one did."""

    secrets: Secrets
    peer: PeerIdentity | None
    proof: PeerProof
    ticket: NewSessionTicket | None


@dataclass(slots=True)
class WaitServerFinished:
    """RFC 5246 7.4.9. proof: why the peer is believed to be who it says, once it has shown that it has the key."""

    secrets: Secrets
    peer: PeerIdentity | None
    proof: PeerProof
    ticket: NewSessionTicket | None


Beginning = (
    WaitServerCertificate | WaitServerKeyExchange | WaitIdentityHint | WaitSessionTicket | WaitServerChangeCipherSpec
)


def begin(connection: Connection, parameters: Parameters, session: Session | None) -> Beginning:
    """Go on after a ServerHello, which ends the transcript. session: the one that it resumes."""
    if session is None:
        if negotiation12.shows_certificate(parameters.suite):
            return WaitServerCertificate(parameters)
        if parameters.suite.kea == negotiation12.PSK:
            return WaitIdentityHint(parameters, None)
        return WaitServerKeyExchange(parameters, None)
    secrets = common12.resume(connection, parameters, session)
    peer, proof = common12.resumed_peer(session)
    if parameters.ticket:
        return WaitSessionTicket(secrets, peer, proof)
    return WaitServerChangeCipherSpec(secrets, peer, proof, None)


def receive_certificate(
    connection: Connection, state: WaitServerCertificate, message: Certificate, raw: bytes
) -> WaitServerKeyExchange | WaitIdentityHint | WaitCertificateRequest:
    """RFC 5246 7.4.2: the chain is judged here, before anything proves possession of its key."""
    if not message.certificate_list:
        # RFC 5246 7.4.2: "The server MUST send a Certificate message whenever [...]", with the server's in it.
        raise ProtocolError(AlertDescription.DECODE_ERROR, "LENGTH_MISMATCH")
    suite = state.parameters.suite
    connection.unverified_certificates = message.certificate_list
    if suite.kea in negotiation12.ENCRYPTED:
        peer = connection.config.authenticate(message.certificate_list, encrypts=True)
    else:
        peer = connection.config.authenticate(message.certificate_list)
    if not negotiation12.suits_authentication(suite, peer.public_key.kind):
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CERTIFICATE_TYPE")
    connection.peer = peer
    connection.transcript.update(raw)
    if suite.kea == negotiation12.RSA:
        return WaitCertificateRequest(state.parameters, peer, ServerShare(None))
    if suite.kea == negotiation12.RSA_PSK:
        return WaitIdentityHint(state.parameters, peer)
    return WaitServerKeyExchange(state.parameters, peer)


def receive_server_key_exchange(
    connection: Connection, state: WaitServerKeyExchange | WaitIdentityHint, message: ServerKeyExchange, raw: bytes
) -> WaitCertificateRequest | WaitServerHelloDone:
    """RFC 5246 7.4.3. RFC 4279 2: where there is no Certificate there is no CertificateRequest either."""
    share = keyexchange12.read_server_share(connection, state.parameters, state.peer, message)
    connection.transcript.update(raw)
    if state.peer is None:
        return WaitServerHelloDone(state.parameters, None, share, None)
    return WaitCertificateRequest(state.parameters, state.peer, share)


def receive_certificate_request(
    connection: Connection, state: WaitCertificateRequest | WaitIdentityHint, message: CertificateRequest, raw: bytes
) -> WaitServerHelloDone:
    """RFC 5246 7.4.4."""
    if state.peer is None:
        # RFC 4279 2: "The Certificate and CertificateRequest payloads are omitted from the response."
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
    connection.transcript.update(raw)
    return WaitServerHelloDone(state.parameters, state.peer, _share(state), message)


def receive_server_hello_done(
    connection: Connection,
    state: WaitCertificateRequest | WaitServerHelloDone | WaitIdentityHint,
    _message: ServerHelloDone,
    raw: bytes,
) -> WaitSessionTicket | WaitServerChangeCipherSpec:
    """RFC 5246 7.4.5 to 7.4.9: the client's whole second flight."""
    transcript, output, parameters = connection.transcript, connection.output, state.parameters
    transcript.update(raw)
    chosen = None
    request = state.request if isinstance(state, WaitServerHelloDone) else None
    if request is not None:
        chosen = negotiation12.choose_client_certificate(
            connection.config, request.certificate_types, request.supported_signature_algorithms
        )
        # RFC 5246 7.4.6: "If no suitable certificate is available, the client MUST send a certificate message
        # containing no certificates."
        output.send(Certificate(negotiation.present(chosen[0]) if chosen is not None else ()))
    if chosen is None:
        transcript.forget_messages()
    exchange_keys, premaster = keyexchange12.client_exchange(connection.config, parameters, _share(state), state.peer)
    output.send(ClientKeyExchange(exchange_keys))
    secrets = common12.agree_upon(connection, parameters, premaster)
    if chosen is not None:
        credential, scheme = chosen
        # RFC 5246 7.4.8: "all handshake messages sent or received, starting at client hello and up to, but not
        # including, this message".
        output.send(CertificateVerify(scheme, credential.sign(scheme, transcript.messages())))
        connection.client_signature_scheme = scheme
        transcript.forget_messages()
    connection.client_finished = common12.send_finished(connection, secrets)
    proof = state.peer.proof if state.peer is not None else common12.proof_without_certificate(parameters.suite)
    if parameters.ticket:
        return WaitSessionTicket(secrets, state.peer, proof)
    return WaitServerChangeCipherSpec(secrets, state.peer, proof, None)


def _share(state: WaitCertificateRequest | WaitServerHelloDone | WaitIdentityHint) -> ServerShare:
    return ServerShare(None) if isinstance(state, WaitIdentityHint) else state.share


def receive_new_session_ticket(
    connection: Connection, state: WaitSessionTicket, message: NewSessionTicket, raw: bytes
) -> WaitServerChangeCipherSpec:
    """RFC 5077 3.3: it "MUST be sent if the server included a SessionTicket extension in the ServerHello"."""
    connection.transcript.update(raw)
    return WaitServerChangeCipherSpec(state.secrets, state.peer, state.proof, message)


def receive_change_cipher_spec(
    connection: Connection, state: WaitServerChangeCipherSpec, _message: ChangeCipherSpec, _raw: bytes
) -> WaitServerFinished:
    """RFC 5246 7.1."""
    common12.change_opener(connection, state.secrets)
    return WaitServerFinished(state.secrets, state.peer, state.proof, state.ticket)


def receive_finished(connection: Connection, state: WaitServerFinished, message: Finished, raw: bytes) -> Established:
    """RFC 5246 7.4.9: the server has the key. In an abbreviated handshake it is now for us to finish."""
    secrets = state.secrets
    common12.check_finished(connection, secrets, message, raw)
    connection.server_finished = message.verify_data
    connection.peer = state.peer
    if connection.resumed:
        connection.client_finished = common12.send_finished(connection, secrets)
    connection.session = _session(connection, state)
    connection.complete()
    return Established()


def _session(connection: Connection, state: WaitServerFinished) -> Session | None:
    """What can be resumed: the old session, or with a ticket or a session_id of the server a new one."""
    ticket, session_id = state.ticket, state.secrets.parameters.session_id
    if ticket is not None and ticket.ticket:
        # RFC 5077 3.3: a hint of zero "indicates that the lifetime of the ticket is unspecified". 3.4: a client may
        # give the session an id of its own, to see from the answer whether it was resumed.
        return common12.new_session(
            connection,
            state.secrets,
            ticket=ticket.ticket,
            session_id=hashlib.sha256(ticket.ticket).digest(),
            lifetime=ticket.ticket_lifetime_hint or common12.LIFETIME,
        )
    if connection.resumed:
        return connection.session
    return common12.new_session(
        connection, state.secrets, ticket=b"", session_id=session_id, lifetime=common12.LIFETIME
    )


def check_resumption(parameters: Parameters, session: Session) -> None:
    """What an abbreviated handshake must keep to (RFC 5246 7.4.1.3, RFC 7627 5.3). Raises ProtocolError."""
    if parameters.suite.code != session.cipher_suite:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "OLD_SESSION_CIPHER_NOT_RETURNED")
    if parameters.extended_master_secret != session.extended_master_secret:
        # RFC 7627 5.3: "If the original session did not use the "extended_master_secret" extension but the new
        # ServerHello does contain the extension, the client MUST abort the handshake", and the other way round.
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "INCONSISTENT_EXTMS")
