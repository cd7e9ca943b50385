"""The TLS 1.3 client from ServerHello to CONNECTED (RFC 8446 4.3 to 4.4, A.1).

How the ClientHello is made, and what of ServerHello belongs to every version, is in `client`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.engine import negotiation
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import PeerIdentity, PeerProof, PskBinder
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello
from refssl.engine.messages.tls13 import (
    Certificate,
    CertificateRequest,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from refssl.engine.session import first_proof
from refssl.engine.states import common13
from refssl.engine.states.common13 import HandshakeKeys, OfferedPsk
from refssl.engine.states.connected import Connected

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


@dataclass(slots=True)
class WaitEncryptedExtensions:
    """RFC 8446 A.1: WAIT_EE. psk: the one that the server has accepted."""

    hello: ClientHello
    keys: HandshakeKeys
    psk: OfferedPsk | None


@dataclass(slots=True)
class WaitCertificateCertificateRequest:
    """RFC 8446 A.1: WAIT_CERT_CR."""

    hello: ClientHello
    keys: HandshakeKeys


@dataclass(slots=True)
class WaitCertificate:
    """RFC 8446 A.1: WAIT_CERT."""

    hello: ClientHello
    keys: HandshakeKeys
    request: CertificateRequest


@dataclass(slots=True)
class WaitCertificateVerify:
    """RFC 8446 A.1: WAIT_CV. peer: whom the certificate names, as yet without proof that it is they."""

    keys: HandshakeKeys
    request: CertificateRequest | None
    peer: PeerIdentity


@dataclass(slots=True)
class WaitFinished:
    """RFC 8446 A.1: WAIT_FINISHED. proof: why the peer is believed to be who it says."""

    keys: HandshakeKeys
    request: CertificateRequest | None
    peer: PeerIdentity | None
    proof: PeerProof


def begin(
    connection: Connection, hello: ClientHello, suite: CipherSuite, psk: OfferedPsk | None, shared: bytes
) -> WaitEncryptedExtensions:
    """Go on after a ServerHello, which ends the transcript, with a shared secret and the PSK that it accepted."""
    keys = common13.handshake_keys(connection, suite, psk.early if psk is not None else None, shared)
    connection.opener = keys.server.opener(suite)
    connection.output.change_keys(keys.client.sealer(suite))
    connection.output.version = connection.version or 0
    return WaitEncryptedExtensions(hello, keys, psk)


def receive_encrypted_extensions(
    connection: Connection, state: WaitEncryptedExtensions, message: EncryptedExtensions, raw: bytes
) -> WaitCertificateCertificateRequest | WaitFinished:
    """RFC 8446 4.3.1."""
    found = message.extensions
    negotiation.check_answer(found, negotiation.IN_ENCRYPTED_EXTENSIONS, state.hello.extensions)
    if found.get(ext.SERVER_NAME):
        # RFC 6066 3: the answer's extension_data "SHALL be empty".
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    connection.alpn = negotiation.read_selected_alpn(connection.config, found)
    connection.transcript.update(raw)
    psk = state.psk
    if psk is None:
        return WaitCertificateCertificateRequest(state.hello, state.keys)
    connection.resumed = True
    connection.session = psk.session
    peer = psk.session.peer if psk.session is not None else None
    proof = PskBinder(first_proof(peer.proof) if peer is not None else None)
    if peer is not None:
        peer = PeerIdentity(peer.certificates, peer.public_key, proof)
    return WaitFinished(state.keys, None, peer, proof)


def receive_certificate_request(
    connection: Connection, state: WaitCertificateCertificateRequest, message: CertificateRequest, raw: bytes
) -> WaitCertificate:
    """RFC 8446 4.3.2."""
    if message.certificate_request_context:
        # RFC 8446 4.3.2: "This field SHALL be zero length unless used for the post-handshake authentication exchanges".
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INVALID_CONTEXT")
    common13.check_certificate_request(message)
    connection.transcript.update(raw)
    return WaitCertificate(state.hello, state.keys, message)


def receive_certificate(
    connection: Connection,
    state: WaitCertificateCertificateRequest | WaitCertificate,
    message: Certificate,
    raw: bytes,
) -> WaitCertificateVerify:
    """RFC 8446 4.4.2: the chain is judged here, before the signature that proves possession of its key."""
    if message.certificate_request_context or not message.certificate_list:
        # RFC 8446 4.4.2.4: "If the server supplies an empty Certificate message, the client MUST abort the handshake
        # with a "decode_error" alert."
        raise ProtocolError(AlertDescription.DECODE_ERROR, "LENGTH_MISMATCH")
    for entry in message.certificate_list:
        negotiation.check_answer(entry.extensions, negotiation.IN_CERTIFICATE, state.hello.extensions)
    connection.unverified_certificates = common13.certificates_of(message)
    peer = connection.config.authenticate(connection.unverified_certificates)
    connection.peer = peer
    connection.transcript.update(raw)
    request = state.request if isinstance(state, WaitCertificate) else None
    return WaitCertificateVerify(state.keys, request, peer)


def receive_certificate_verify(
    connection: Connection, state: WaitCertificateVerify, message: CertificateVerify, raw: bytes
) -> WaitFinished:
    """RFC 8446 4.4.3."""
    common13.verify_signature(connection, message, state.peer, common13.SERVER_CONTEXT)
    connection.server_signature_scheme = message.algorithm
    connection.transcript.update(raw)
    return WaitFinished(state.keys, state.request, state.peer, state.peer.proof)


def receive_finished(connection: Connection, state: WaitFinished, message: Finished, raw: bytes) -> Connected:
    """RFC 8446 4.4.4: the server is who it says; answer with our own flight and be connected."""
    keys = state.keys
    suite = keys.suite
    common13.verify_finished(connection, message, keys.server)
    connection.server_finished = message.verify_data
    connection.transcript.update(raw)
    so_far = connection.transcript.digest()
    application = common13.application_keys(connection, keys, so_far)
    connection.opener = application.server.opener(suite)
    connection.send_compatibility_ccs()
    if state.request is not None:
        common13.send_client_certificate(connection, state.request)
        so_far = connection.transcript.digest()
    finished = connection.output.send(Finished(keys.client.finished_mac(so_far)))
    connection.client_finished = finished.verify_data
    connection.output.change_keys(application.client.sealer(suite))
    connection.peer = state.peer
    resumption = common13.resumption_master_secret(connection, application.master)
    later = connection.transcript if connection.config.post_handshake_auth else None
    connection.complete()
    return Connected(suite, application.server.value, application.client.value, resumption, later)
