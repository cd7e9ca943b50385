"""The TLS 1.2 server from ClientHello to application data (RFC 5246 7.3, 7.4, RFC 5077 3.1).

Which version is spoken at all is decided in `server`, and what a client may resume in `resumption12`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers.support import SUITES12
from refssl.engine import negotiation, negotiation12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12, TLS13, ClientAuthentication, ExplicitlyUnverified, PeerIdentity, PeerProof
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.control import ChangeCipherSpec
from refssl.engine.messages.hello import DOWNGRADE_TLS12, ClientHello, ServerHello
from refssl.engine.messages.tls12 import (
    ECDSA_SIGN,
    RSA_SIGN,
    Certificate,
    CertificateRequest,
    ClientKeyExchange,
    NewSessionTicket,
    ServerHelloDone,
    ServerKeyExchange,
)
from refssl.engine.messages.tls13 import CertificateVerify, Finished
from refssl.engine.presentation import encode
from refssl.engine.session import Session
from refssl.engine.states import common12, keyexchange12, resumption12, server13
from refssl.engine.states.common12 import Parameters, Secrets
from refssl.engine.states.established import Established
from refssl.engine.states.keyexchange12 import OwnShare

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class WaitClientCertificate:
    """RFC 5246 7.4.6: the client has been asked."""

    parameters: Parameters
    share: OwnShare


@dataclass(slots=True)
class WaitClientKeyExchange:
    """RFC 5246 7.4.7. peer: whom the certificate names, as yet without proof that it is they; None for nobody."""

    parameters: Parameters
    share: OwnShare
    peer: PeerIdentity | None
    proof: PeerProof


@dataclass(slots=True)
class WaitClientCertificateVerify:
    """RFC 5246 7.4.8."""

    secrets: Secrets
    peer: PeerIdentity


@dataclass(slots=True)
class WaitClientChangeCipherSpec:
    """RFC 5246 7.1."""

    secrets: Secrets
    peer: PeerIdentity | None
    proof: PeerProof


@dataclass(slots=True)
class WaitClientFinished:
    """RFC 5246 7.4.9. proof: why the client is believed to be who it says, or who said not to ask."""

    secrets: Secrets
    peer: PeerIdentity | None
    proof: PeerProof


def receive_client_hello(
    connection: Connection, hello: ClientHello, raw: bytes
) -> WaitClientCertificate | WaitClientKeyExchange | WaitClientChangeCipherSpec:
    """RFC 5246 7.4.1.2: a session is resumed, or the whole first flight is sent."""
    found = hello.extensions
    if 0 not in hello.legacy_compression_methods:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "REQUIRED_COMPRESSION_ALGORITHM_MISSING")
    negotiation12.check_client_hello(found)
    config = server13.choose_config(connection, found)
    connection.shared_ciphers = negotiation.shared_suites(config, hello.cipher_suites)
    extended = config.extended_master_secret and ext.EXTENDED_MASTER_SECRET in found
    session = resumption12.accepted_session(connection, hello, extended=extended)
    connection.alpn = negotiation.choose_alpn(config, found)
    if session is not None:
        return _resume(connection, hello, raw, session)
    choice = negotiation12.choose(config, hello.cipher_suites, found)
    if choice is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SHARED_CIPHER")
    shown = choice.credential
    # RFC 4279 2: without Certificate there is no CertificateRequest.
    asking = config.client_authentication is not ClientAuthentication.NONE and shown is not None
    connection.cipher_suite, connection.group = choice.suite, choice.group
    connection.transcript.select(choice.suite.hash, keep=asking)
    connection.transcript.update(raw)
    tickets = config.tickets is not None and config.session_tickets and ext.SESSION_TICKET in found
    # RFC 5077 3.4: a server that will give a ticket need not give a session id.
    numbered = not tickets and config.sessions is not None
    parameters = _send_server_hello(
        connection, hello, choice.suite.code, config.random(32) if numbered else b"", tickets
    )
    output = connection.output
    if shown is not None:
        output.send(Certificate(negotiation.present(shown)))
    share, contents = keyexchange12.server_share(config, parameters, choice)
    if contents is not None:
        output.send(ServerKeyExchange(contents))
        connection.server_signature_scheme = choice.scheme or None
    if asking:
        output.send(
            CertificateRequest((RSA_SIGN, ECDSA_SIGN), config.signature_schemes, config.certificate_authorities)
        )
    output.send(ServerHelloDone())
    if asking:
        return WaitClientCertificate(parameters, share)
    return WaitClientKeyExchange(parameters, share, None, common12.proof_without_certificate(choice.suite))


def _send_server_hello(
    connection: Connection, hello: ClientHello, code: int, session_id: bytes, ticket: bool
) -> Parameters:
    """RFC 5246 7.4.1.3."""
    config, asked = connection.config, hello.extensions
    suite = SUITES12[code]
    random = config.random(32)
    if TLS13 in negotiation.server_versions(config):
        # RFC 8446 4.1.3: "TLS 1.3 servers which negotiate TLS 1.2 [...] in response to a ClientHello MUST set the last
        # 8 bytes of their Random value specially".
        random = random[:24] + DOWNGRADE_TLS12
    extended = config.extended_master_secret and ext.EXTENDED_MASTER_SECRET in asked
    mac_last = common12.encrypts_then_macs(suite, config) and ext.ENCRYPT_THEN_MAC in asked
    found: dict[int, bytes] = {}
    if ext.RENEGOTIATION_INFO in asked or negotiation.RENEGOTIATION_SCSV in hello.cipher_suites:
        found[ext.RENEGOTIATION_INFO] = b"\0"
    if connection.server_name is not None and config.choose is not None and not connection.resumed:
        # RFC 6066 3: when a session is resumed the server "MUST NOT include the server_name extension".
        found[ext.SERVER_NAME] = b""
    if ext.EC_POINT_FORMATS in asked and common12.is_elliptic(suite):
        found[ext.EC_POINT_FORMATS] = negotiation12.UNCOMPRESSED
    if ticket:
        found[ext.SESSION_TICKET] = b""
    if connection.alpn is not None:
        found[ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION] = encode(ext.ProtocolNameList((connection.alpn,)))
    if mac_last:
        found[ext.ENCRYPT_THEN_MAC] = b""
    if extended:
        found[ext.EXTENDED_MASTER_SECRET] = b""
    sent = connection.output.send(ServerHello(TLS12, random, session_id, code, 0, found))
    return Parameters(
        suite=suite,
        client_version=hello.legacy_version,
        client_random=hello.random,
        server_random=sent.random,
        session_id=session_id,
        extended_master_secret=extended,
        encrypt_then_mac=mac_last,
        ticket=ticket,
    )


def _resume(connection: Connection, hello: ClientHello, raw: bytes, session: Session) -> WaitClientChangeCipherSpec:
    """RFC 5246 7.3, Figure 2: the server finishes first."""
    suite = SUITES12[session.cipher_suite]
    connection.cipher_suite = suite
    connection.resumed = True
    # OpenSSL does not tell what a client offers that resumes.
    connection.shared_ciphers = None
    connection.transcript.select(suite.hash)
    connection.transcript.update(raw)
    parameters = _send_server_hello(connection, hello, suite.code, hello.legacy_session_id, False)
    secrets = common12.resume(connection, parameters, session)
    connection.server_finished = common12.send_finished(connection, secrets)
    return WaitClientChangeCipherSpec(secrets, *common12.resumed_peer(session))


def receive_certificate(
    connection: Connection, state: WaitClientCertificate, message: Certificate, raw: bytes
) -> WaitClientKeyExchange:
    """RFC 5246 7.4.6: an empty Certificate is accepted only where that is what the Config says."""
    if not message.certificate_list:
        if connection.config.client_authentication is ClientAuthentication.REQUIRED:
            # RFC 5246 7.4.6: the server may "respond with a fatal handshake_failure alert".
            raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "PEER_DID_NOT_RETURN_A_CERTIFICATE")
        connection.transcript.forget_messages()
        connection.transcript.update(raw)
        return WaitClientKeyExchange(state.parameters, state.share, None, ExplicitlyUnverified("CERT_OPTIONAL"))
    connection.unverified_certificates = message.certificate_list
    peer = connection.config.authenticate(message.certificate_list)
    connection.transcript.update(raw)
    return WaitClientKeyExchange(state.parameters, state.share, peer, peer.proof)


def receive_client_key_exchange(
    connection: Connection, state: WaitClientKeyExchange, message: ClientKeyExchange, raw: bytes
) -> WaitClientCertificateVerify | WaitClientChangeCipherSpec:
    """RFC 5246 7.4.7."""
    premaster = keyexchange12.server_exchange(connection.config, state.parameters, state.share, message)
    connection.transcript.update(raw)
    secrets = common12.agree_upon(connection, state.parameters, premaster)
    if state.peer is not None:
        return WaitClientCertificateVerify(secrets, state.peer)
    return WaitClientChangeCipherSpec(secrets, None, state.proof)


def receive_certificate_verify(
    connection: Connection, state: WaitClientCertificateVerify, message: CertificateVerify, raw: bytes
) -> WaitClientChangeCipherSpec:
    """RFC 5246 7.4.8."""
    transcript, peer = connection.transcript, state.peer
    common12.check_signature(connection.config, peer, message.algorithm, message.signature, transcript.messages())
    connection.client_signature_scheme = message.algorithm
    transcript.forget_messages()
    transcript.update(raw)
    return WaitClientChangeCipherSpec(state.secrets, peer, peer.proof)


def receive_change_cipher_spec(
    connection: Connection, state: WaitClientChangeCipherSpec, _message: ChangeCipherSpec, _raw: bytes
) -> WaitClientFinished:
    """RFC 5246 7.1."""
    common12.change_opener(connection, state.secrets)
    return WaitClientFinished(state.secrets, state.peer, state.proof)


def receive_finished(connection: Connection, state: WaitClientFinished, message: Finished, raw: bytes) -> Established:
    """RFC 5246 7.4.9: the client has the key. In a full handshake the server finishes now."""
    secrets = state.secrets
    common12.check_finished(connection, secrets, message, raw)
    connection.client_finished = message.verify_data
    connection.peer = state.peer
    if not connection.resumed:
        connection.session = _new_session(connection, secrets)
        connection.server_finished = common12.send_finished(connection, secrets)
    connection.complete()
    return Established()


def _new_session(connection: Connection, secrets: Secrets) -> Session:
    """What can be resumed later: sealed in a ticket (RFC 5077 3.3), kept under its id, or neither."""
    config, parameters = connection.config, secrets.parameters
    lifetime = config.tickets.lifetime if config.tickets is not None else common12.LIFETIME
    session = common12.new_session(connection, secrets, ticket=b"", session_id=parameters.session_id, lifetime=lifetime)
    if parameters.ticket and config.tickets is not None:
        session.ticket = config.tickets.seal(session)
        connection.output.send(NewSessionTicket(lifetime, session.ticket))
    elif parameters.session_id and config.sessions is not None:
        config.sessions.remember(session)
    return session
