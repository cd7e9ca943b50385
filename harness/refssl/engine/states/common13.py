"""What both roles of TLS 1.3 share: the secrets that the states carry, and the making and judging of CertificateVerify.

No state and no transition lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import equal
from refssl.crypto.keys import HANDSHAKE_SCHEMES_13, SCHEMES
from refssl.engine import negotiation, schedule13
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ClientAuthentication, Config, Credential, PeerIdentity
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.tls13 import (
    Certificate,
    CertificateEntry,
    CertificateRequest,
    CertificateVerify,
    Finished,
)
from refssl.engine.presentation import encode
from refssl.engine.schedule13 import EarlySecret, Secret
from refssl.engine.session import Session

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

# RFC 8446 4.4.3: 64 bytes of 0x20, the context string, a zero byte.
SERVER_CONTEXT = b" " * 64 + b"TLS 1.3, server CertificateVerify\0"
CLIENT_CONTEXT = b" " * 64 + b"TLS 1.3, client CertificateVerify\0"


@dataclass(slots=True)
class OfferedPsk:
    """A PSK that is offered or accepted, with its Early Secret (RFC 8446 7.1). session: what it resumes; None for one
    that was established externally."""

    identity: bytes
    early: EarlySecret
    session: Session | None


# RFC 8446 4.2.11: "For externally established PSKs, the Hash algorithm MUST be set when the PSK is established or
# default to SHA-256 if no such algorithm is defined."
EXTERNAL_HASH = "sha256"


def resumption(session: Session, name: str) -> OfferedPsk:
    """The PSK of a session's ticket. name: the hash of its suite."""
    early = session.early
    if early is None:
        early = session.early = EarlySecret(name, session.secret)
    return OfferedPsk(session.ticket, early, session)


def external(identity: bytes, key: bytes) -> OfferedPsk:
    """A PSK that was established out of band."""
    return OfferedPsk(identity, EarlySecret(EXTERNAL_HASH, key, external=True), None)


@dataclass(slots=True)
class HandshakeKeys:
    """The suite and the secrets of a handshake whose ServerHello is known (RFC 8446 7.1)."""

    suite: CipherSuite
    handshake: Secret
    client: Secret
    server: Secret


@dataclass(slots=True)
class ApplicationKeys:
    """The secrets after the server's Finished (RFC 8446 7.1)."""

    master: Secret
    client: Secret
    server: Secret


def handshake_keys(
    connection: Connection, suite: CipherSuite, early: EarlySecret | None, shared: bytes
) -> HandshakeKeys:
    """Derive the handshake traffic secrets; the transcript ends with ServerHello."""
    secret = schedule13.handshake_secret(suite.hash, early, shared)
    so_far = connection.transcript.digest()
    keys = HandshakeKeys(suite, secret, secret.derive("c hs traffic", so_far), secret.derive("s hs traffic", so_far))
    if connection.config.keylog is not None:
        connection.log_secret("SERVER_HANDSHAKE_TRAFFIC_SECRET", keys.server.value)
        connection.log_secret("CLIENT_HANDSHAKE_TRAFFIC_SECRET", keys.client.value)
    return keys


def application_keys(connection: Connection, keys: HandshakeKeys, so_far: bytes) -> ApplicationKeys:
    """Derive the application traffic secrets. so_far: the Transcript-Hash up to the server's Finished."""
    master = schedule13.master_secret(keys.handshake)
    made = ApplicationKeys(master, master.derive("c ap traffic", so_far), master.derive("s ap traffic", so_far))
    if connection.config.keylog is not None:
        connection.log_secret("EXPORTER_SECRET", master.derived("exp master", so_far))
        connection.log_secret("SERVER_TRAFFIC_SECRET_0", made.server.value)
        connection.log_secret("CLIENT_TRAFFIC_SECRET_0", made.client.value)
    return made


def resumption_master_secret(connection: Connection, master: Secret) -> bytes:
    """RFC 8446 7.1; the transcript ends with the client's Finished."""
    return master.derived("res master", connection.transcript.digest())


def send_certificate(connection: Connection, credential: Credential, request_context: bytes = b"") -> None:
    """Send Certificate (RFC 8446 4.4.2). Only the chain is sent: no extension was asked for that we could answer."""
    entries = tuple([CertificateEntry(der, {}) for der in negotiation.present(credential)])
    connection.output.send(Certificate(request_context, entries))


def send_certificate_verify(connection: Connection, credential: Credential, scheme: int, context: bytes) -> None:
    """Sign the transcript and send CertificateVerify (RFC 8446 4.4.3)."""
    signature = credential.sign(scheme, context + connection.transcript.digest())
    connection.output.send(CertificateVerify(scheme, signature))


def verify_signature(connection: Connection, message: CertificateVerify, peer: PeerIdentity, context: bytes) -> None:
    """Judge a CertificateVerify whose transcript ends with the peer's Certificate. Raises ProtocolError.

    RFC 8446 4.4.3: "If the CertificateVerify message is sent by a server, the signature algorithm MUST be one offered
    in the client's "signature_algorithms" extension", and likewise for a client; "If the verification fails, the
    receiver MUST terminate the handshake with a "decrypt_error" alert."
    """
    scheme = message.algorithm
    if scheme not in HANDSHAKE_SCHEMES_13 or scheme not in connection.config.signature_schemes:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_SIGNATURE_TYPE")
    if not peer.public_key.suits(scheme):
        wrong = "WRONG_CURVE" if SCHEMES[scheme].kind == peer.public_key.kind else "WRONG_SIGNATURE_TYPE"
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, wrong)
    if not peer.public_key.verify_scheme(scheme, message.signature, context + connection.transcript.digest()):
        raise ProtocolError(AlertDescription.DECRYPT_ERROR, "BAD_SIGNATURE")


def verify_finished(connection: Connection, message: Finished, secret: Secret) -> None:
    """Judge a Finished whose transcript ends before it. Raises ProtocolError (RFC 8446 4.4.4)."""
    expected = secret.finished_mac(connection.transcript.digest())
    if len(expected) != len(message.verify_data):
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_DIGEST_LENGTH")
    if not equal(expected, message.verify_data):
        # RFC 8446 4.4.4: "Recipients of Finished messages MUST verify that the contents are correct and if incorrect
        # MUST terminate the connection with a "decrypt_error" alert."
        raise ProtocolError(AlertDescription.DECRYPT_ERROR, "DIGEST_CHECK_FAILED")


def certificate_request(config: Config, request_context: bytes = b"") -> CertificateRequest:
    """RFC 8446 4.3.2."""
    found = {ext.SIGNATURE_ALGORITHMS: encode(ext.SignatureSchemeList(config.signature_schemes))}
    if config.certificate_authorities:
        found[ext.CERTIFICATE_AUTHORITIES] = encode(ext.CertificateAuthorities(config.certificate_authorities))
    return CertificateRequest(request_context, found)


def check_certificate_request(message: CertificateRequest) -> None:
    """RFC 8446 4.3.2: what a CertificateRequest must and may hold. Raises ProtocolError."""
    negotiation.check_request(message.extensions, negotiation.IN_CERTIFICATE_REQUEST)
    if ext.SIGNATURE_ALGORITHMS not in message.extensions:
        # RFC 8446 4.3.2: "The "signature_algorithms" extension MUST be specified".
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "MISSING_SIGALGS_EXTENSION")
    negotiation.read_setting(ext.SignatureSchemeList, message.extensions, ext.SIGNATURE_ALGORITHMS)
    negotiation.read_setting(ext.SignatureSchemeList, message.extensions, ext.SIGNATURE_ALGORITHMS_CERT)
    negotiation.read_extension(
        ext.CertificateAuthorities, message.extensions, ext.CERTIFICATE_AUTHORITIES, "LENGTH_MISMATCH"
    )


def send_client_certificate(connection: Connection, request: CertificateRequest) -> None:
    """RFC 8446 4.4.2: a client without a suitable certificate sends a Certificate without certificates."""
    asked = negotiation.read_setting(ext.SignatureSchemeList, request.extensions, ext.SIGNATURE_ALGORITHMS)
    schemes = asked.supported_signature_algorithms if asked is not None else ()
    chosen = negotiation.choose_credential(connection.config, schemes, ours_first=False)
    if chosen is None:
        connection.output.send(Certificate(request.certificate_request_context, ()))
        return
    credential, scheme = chosen
    send_certificate(connection, credential, request.certificate_request_context)
    send_certificate_verify(connection, credential, scheme, CLIENT_CONTEXT)
    connection.client_signature_scheme = scheme


def judge_client_certificate(connection: Connection, message: Certificate) -> PeerIdentity | None:
    """RFC 8446 4.4.2.4: whom the client names, or None where it names nobody and the Config allows that."""
    if not message.certificate_list:
        if connection.config.client_authentication is ClientAuthentication.REQUIRED:
            raise ProtocolError(AlertDescription.CERTIFICATE_REQUIRED, "PEER_DID_NOT_RETURN_A_CERTIFICATE")
        return None
    for entry in message.certificate_list:
        negotiation.check_answer(entry.extensions, negotiation.IN_CERTIFICATE, ())
    connection.unverified_certificates = certificates_of(message)
    return connection.config.authenticate(connection.unverified_certificates)


def certificates_of(message: Certificate) -> tuple[bytes, ...]:
    """The DER certificates of a Certificate message, leaf first."""
    return tuple([entry.cert_data for entry in message.certificate_list])
