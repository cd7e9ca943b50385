"""What both roles of TLS 1.2 share: what the hellos have settled, keys, Finished, signatures (RFC 5246 7.4.8, 7.4.9).

No state and no transition lives here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import equal
from refssl.engine import negotiation12, schedule12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS12, Config, ExplicitlyUnverified, PeerIdentity, PeerProof, PskBinder
from refssl.engine.faults import ProtocolError
from refssl.engine.messages.control import ChangeCipherSpec
from refssl.engine.messages.tls13 import Finished
from refssl.engine.schedule12 import Keys, Secret
from refssl.engine.session import Session, first_proof

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

# What OpenSSL takes for the life of a session when nobody says.
LIFETIME = 7200


@dataclass(slots=True)
class Parameters:
    """What the two hellos have settled.

    ticket: a NewSessionTicket will come before the server's ChangeCipherSpec. session_id: the server's.
    """

    suite: CipherSuite
    client_version: int
    client_random: bytes
    server_random: bytes
    session_id: bytes
    extended_master_secret: bool
    encrypt_then_mac: bool
    ticket: bool


@dataclass(slots=True)
class Secrets:
    """What the key exchange has given: the master secret and the keys of both directions (RFC 5246 6.3, 8.1)."""

    parameters: Parameters
    master: Secret
    keys: Keys


def agree_upon(connection: Connection, parameters: Parameters, premaster: bytes) -> Secrets:
    """The secrets of a full handshake; the transcript ends with ClientKeyExchange (RFC 5246 8.1, RFC 7627 4)."""
    name = parameters.suite.hash
    if parameters.extended_master_secret:
        master = schedule12.extended_master_secret(name, premaster, connection.transcript.digest())
    else:
        master = schedule12.master_secret(name, premaster, parameters.client_random, parameters.server_random)
    return _with_keys(connection, parameters, master)


def resume(connection: Connection, parameters: Parameters, session: Session) -> Secrets:
    """The secrets of an abbreviated handshake (RFC 5246 F.1.4: the old master secret, new keys)."""
    connection.resumed = True
    connection.session = session
    return _with_keys(connection, parameters, Secret(parameters.suite.hash, session.secret))


def _with_keys(connection: Connection, parameters: Parameters, master: Secret) -> Secrets:
    connection.log_secret("CLIENT_RANDOM", master.value)
    keys = schedule12.keys(
        parameters.suite, master, parameters.client_random, parameters.server_random, parameters.encrypt_then_mac
    )
    return Secrets(parameters, master, keys)


def resumed_peer(session: Session) -> tuple[PeerIdentity | None, PeerProof]:
    """Who the peer is in an abbreviated handshake: whoever the session was made with.

    Its Finished is the proof that it knows the master secret, as a binder would be in TLS 1.3.
    """
    peer = session.peer
    if peer is None:
        return None, PskBinder(None)
    proof = PskBinder(first_proof(peer.proof))
    return PeerIdentity(peer.certificates, peer.public_key, proof), proof


def proof_without_certificate(suite: CipherSuite) -> PeerProof:
    """Why the peer is believed that has shown no certificate: with a pre-shared key its Finished proves that it has the
    same (RFC 4279 2)."""
    if suite.kea in negotiation12.WITH_KEY:
        return PskBinder(None)
    return ExplicitlyUnverified("aNULL" if suite.auth == negotiation12.ANONYMOUS else "CERT_NONE")


def send_finished(connection: Connection, secrets: Secrets) -> bytes:
    """ChangeCipherSpec and Finished (RFC 5246 7.1, 7.4.9). Gives the verify_data."""
    client = not connection.config.server_side
    output = connection.output
    output.send(ChangeCipherSpec())
    output.change_keys(secrets.keys.sealer(client, connection.config.random))
    finished = output.send(Finished(secrets.master.verify_data(client, connection.transcript.digest())))
    # A list of them in one record would be allowed, but Finished is the last of its flight.
    output.flush()
    return finished.verify_data


def change_opener(connection: Connection, secrets: Secrets) -> None:
    """The peer's ChangeCipherSpec has come: what follows is protected (RFC 5246 7.1)."""
    connection.opener = secrets.keys.opener(connection.config.server_side)


def check_finished(connection: Connection, secrets: Secrets, message: Finished, raw: bytes) -> None:
    """Judge the peer's Finished, whose transcript ends before it, and add it (RFC 5246 7.4.9). Raises ProtocolError."""
    expected = secrets.master.verify_data(connection.config.server_side, connection.transcript.digest())
    if len(expected) != len(message.verify_data):
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_DIGEST_LENGTH")
    if not equal(expected, message.verify_data):
        # RFC 5246 7.2.2: decrypt_error: "unable to correctly verify [...] a Finished message".
        raise ProtocolError(AlertDescription.DECRYPT_ERROR, "DIGEST_CHECK_FAILED")
    connection.transcript.update(raw)


def check_signature(config: Config, peer: PeerIdentity, scheme: int, signature: bytes, content: bytes) -> None:
    """Judge the signature of ServerKeyExchange or CertificateVerify (RFC 5246 7.4.3, 7.4.8). Raises ProtocolError."""
    if scheme not in config.signature_schemes or not peer.public_key.suits_tls12(scheme):
        # RFC 5246 7.4.3: "the signature algorithm and hash algorithm MUST be a pair offered in the
        # "signature_algorithms" extension".
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_SIGNATURE_TYPE")
    if not peer.public_key.verify_scheme(scheme, signature, content):
        raise ProtocolError(AlertDescription.DECRYPT_ERROR, "BAD_SIGNATURE")


def new_session(
    connection: Connection, secrets: Secrets, *, ticket: bytes, session_id: bytes, lifetime: int
) -> Session:
    """The session of a full handshake that is complete, or will be with the peer's Finished."""
    return Session(
        version=TLS12,
        cipher_suite=secrets.parameters.suite.code,
        secret=secrets.master.value,
        ticket=ticket,
        session_id=session_id,
        age_add=0,
        created=connection.config.clock(),
        lifetime=lifetime,
        server_name=connection.server_name,
        alpn=connection.alpn,
        peer=connection.peer,
        extended_master_secret=secrets.parameters.extended_master_secret,
    )


def encrypts_then_macs(suite: CipherSuite, config: Config) -> bool:
    """RFC 7366 2: encrypt-then-MAC is for CBC suites only, and there where both want it."""
    return config.encrypt_then_mac and not suite.aead


def is_elliptic(suite: CipherSuite) -> bool:
    """Whether ec_point_formats has a meaning for the suite (RFC 8422 5.2), as OpenSSL sees it."""
    return suite.kea == negotiation12.ECDHE or suite.auth == "auth-ecdsa"
