"""The TLS 1.3 server from ClientHello to CONNECTED (RFC 8446 4.1 to 4.4, A.2).

RECVD_CH and NEGOTIATED are passed through without waiting: they are what `receive_client_hello` computes. Resumption
is judged in `resumption13`; which version is spoken at all, in `server`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers import catalogue
from refssl.ciphers.catalogue import CipherSuite
from refssl.engine import negotiation, schedule13
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import (
    PSK_DHE_KE,
    PSK_KE,
    TLS12,
    TLS13,
    ClientAuthentication,
    Config,
    Credential,
    ExplicitlyUnverified,
    PeerIdentity,
    PeerProof,
    PskBinder,
)
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import RETRY_RANDOM, ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.messages.tls13 import (
    Certificate,
    CertificateVerify,
    EncryptedExtensions,
    Finished,
)
from refssl.engine.presentation import encode
from refssl.engine.schedule13 import Secret
from refssl.engine.session import first_proof
from refssl.engine.states import common13, resumption13
from refssl.engine.states.common13 import ApplicationKeys, OfferedPsk
from refssl.engine.states.connected import Connected, send_new_session_tickets

if TYPE_CHECKING:
    from refssl.engine.connection import Connection

_ASKING = (ClientAuthentication.OPTIONAL, ClientAuthentication.REQUIRED)
_SELECTED_VERSION = encode(ext.SelectedVersion(TLS13))


@dataclass(slots=True)
class Retry:
    """RFC 8446 A.2: back at START, with what the second ClientHello must keep to."""

    suite: CipherSuite
    group: int
    hello: ClientHello


@dataclass(slots=True)
class Negotiated:
    """RFC 8446 A.2: NEGOTIATED. share: the client's key_exchange in `group`; without both the PSK stands alone."""

    hello: ClientHello
    suite: CipherSuite
    group: int | None
    share: bytes | None
    alpn: bytes | None
    psk: OfferedPsk | None
    certificate: tuple[Credential, int] | None


@dataclass(slots=True)
class WaitCertificate:
    """RFC 8446 A.2: WAIT_CERT (the client has been asked)."""

    suite: CipherSuite
    client: Secret
    application: ApplicationKeys


@dataclass(slots=True)
class WaitCertificateVerify:
    """RFC 8446 A.2: WAIT_CV. peer: whom the certificate names, as yet without proof that it is they."""

    suite: CipherSuite
    client: Secret
    application: ApplicationKeys
    peer: PeerIdentity


@dataclass(slots=True)
class WaitFinished:
    """RFC 8446 A.2: WAIT_FINISHED. proof: why the client is believed to be who it says, or who said not to ask."""

    suite: CipherSuite
    client: Secret
    application: ApplicationKeys
    peer: PeerIdentity | None
    proof: PeerProof


def receive_client_hello(
    connection: Connection, retry: Retry | None, message: ClientHello, raw: bytes
) -> Retry | WaitCertificate | WaitFinished:
    """RFC 8446 A.2: RECVD_CH, then either back to START or through NEGOTIATED to WAIT_FLIGHT2."""
    outcome = _select_parameters(connection, retry, message, raw)
    if isinstance(outcome, Retry):
        _send_hello_retry_request(connection, message, outcome)
        return outcome
    return _send_flight(connection, outcome)


def _select_parameters(
    connection: Connection, retry: Retry | None, hello: ClientHello, raw: bytes
) -> Retry | Negotiated:
    """RFC 8446 4.1.1: suite, group, PSK and signature are chosen independently. Raises ProtocolError."""
    found = hello.extensions
    if 0 not in hello.legacy_compression_methods:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "REQUIRED_COMPRESSION_ALGORITHM_MISSING")
    if hello.legacy_compression_methods != negotiation.NULL_COMPRESSION:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INVALID_COMPRESSION_ALGORITHM")
    if ext.PRE_SHARED_KEY in found and next(reversed(found)) != ext.PRE_SHARED_KEY:
        # RFC 8446 4.2.11: servers "MUST check that it is the last extension and otherwise fail the handshake with an
        # "illegal_parameter" alert".
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")
    first_config = connection.config
    suite = _choose_suite(first_config, hello, retry)
    if retry is not None:
        _check_unchanged(retry.hello, hello)
    config = choose_config(connection, found)
    alpn = negotiation.choose_alpn(config, found)
    if ext.POST_HANDSHAKE_AUTH in found:
        if found[ext.POST_HANDSHAKE_AUTH]:
            # RFC 8446 4.2.6: "The "extension_data" field of the "post_handshake_auth" extension is zero length."
            raise ProtocolError(AlertDescription.DECODE_ERROR, "POST_HANDSHAKE_AUTH_ENCODING_ERR")
        connection.client_can_be_asked = True
    if retry is None and ext.EARLY_DATA in found:
        connection.skip_early_data()
    group, share = _choose_group(config, found, retry)
    psk = resumption13.accepted_psk(connection, hello, suite, raw)
    if PSK_KE in connection.psk_modes and psk is not None and (group is None or connection.psk_modes[0] == PSK_KE):
        group = share = None
    elif group is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SUITABLE_KEY_SHARE")
    elif psk is not None and PSK_DHE_KE not in connection.psk_modes:
        psk = None
    if psk is None or psk.session is None:
        # OpenSSL does not tell what a client offers that resumes.
        connection.shared_ciphers = negotiation.shared_suites(first_config, hello.cipher_suites)
    certificate = None if psk is not None else _choose_certificate(config, found)
    connection.transcript.update(raw)
    connection.transcript.select(suite.hash)
    if share is None and group is not None:
        return Retry(suite, group, hello)
    return Negotiated(hello, suite, group, share, alpn, psk, certificate)


def _check_unchanged(first: ClientHello, second: ClientHello) -> None:
    """RFC 8446 4.1.2: after a HelloRetryRequest "the client MUST send the same ClientHello without modification", but
    for some extensions, and those that are unknown here, whose own rules may allow it. Raises ProtocolError.

    OpenSSL looks at suite and share alone.
    """
    kept = first.legacy_version, first.random, first.legacy_session_id, first.cipher_suites
    if kept != (second.legacy_version, second.random, second.legacy_session_id, second.cipher_suites):
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_PACKET")
    for kind in negotiation.KEPT_AFTER_RETRY:
        if first.extensions.get(kind) != second.extensions.get(kind):
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")


def _choose_suite(config: Config, hello: ClientHello, retry: Retry | None) -> CipherSuite:
    ours = config.abilities.codes13
    if config.psk_server is not None and not config.credentials:
        # Only a PSK can succeed, and only with SHA-256.
        ours = tuple(sorted(ours, key=lambda code: catalogue.BY_CODE[code].hash != common13.EXTERNAL_HASH))
    code = negotiation.first_common(ours, hello.cipher_suites, ours_first=config.prefer_server_ciphers)
    if code is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SHARED_CIPHER")
    if retry is not None and retry.suite.code != code:
        # RFC 8446 4.1.2: after a HelloRetryRequest the client sends "the same ClientHello without modification".
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_CIPHER")
    return catalogue.BY_CODE[code]


def choose_config(connection: Connection, found: dict[int, bytes]) -> Config:
    """RFC 6066 3: let the name choose the Config to go on with. Raises ProtocolError where it chooses an alert."""
    name = negotiation.read_server_name(found)
    connection.server_name = name
    choose = connection.config.choose
    if choose is not None:
        chosen = choose(name)
        if isinstance(chosen, Config):
            connection.config = chosen
        elif chosen is not None:
            raise ProtocolError(chosen, "CALLBACK_FAILED")
    return connection.config


def _choose_group(config: Config, found: dict[int, bytes], retry: Retry | None) -> tuple[int | None, bytes | None]:
    """RFC 8446 4.2.7, 4.2.8: a group, and the client's share in it or None where it must be asked for; no group where
    none is common and a PSK may do without."""
    groups = negotiation.read_setting(ext.NamedGroupList, found, ext.SUPPORTED_GROUPS)
    offered = negotiation.read_extension(ext.KeyShareClientHello, found, ext.KEY_SHARE, "LENGTH_MISMATCH")
    # RFC 8446 9.2: a ClientHello that has the one must have the other, and one without PSK both.
    if groups is None and offered is not None:
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "MISSING_SUPPORTED_GROUPS_EXTENSION")
    if (groups is None or offered is None) and PSK_KE in config.psk_modes and ext.PRE_SHARED_KEY in found:
        return None, None
    if groups is None or offered is None:
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "NO_SUITABLE_KEY_SHARE")
    shares = {entry.group: entry.key_exchange for entry in offered.client_shares}
    if len(shares) != len(offered.client_shares) or not shares.keys() <= set(groups.named_group_list):
        # RFC 8446 4.2.8: "Clients MUST NOT offer multiple KeyShareEntry values for the same group" nor "for groups not
        # listed in the client's "supported_groups" extension".
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE")
    if retry is not None:
        if tuple(shares) != (retry.group,):
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE")
        return retry.group, shares[retry.group]
    for part in config.group_tuples or (config.groups,):
        for group in part if config.prefer_server_ciphers else shares:
            if group in shares and group in part:
                return group, shares[group]
        common = negotiation.first_common(part, groups.named_group_list, ours_first=config.prefer_server_ciphers)
        if common is not None:
            return common, None
    return None, None


def _choose_certificate(config: Config, found: dict[int, bytes]) -> tuple[Credential, int]:
    """RFC 8446 4.4.2.2. Raises ProtocolError where nothing fits."""
    schemes = negotiation.read_setting(ext.SignatureSchemeList, found, ext.SIGNATURE_ALGORITHMS)
    if schemes is None:
        # RFC 8446 4.2.3: "If a server is authenticating via a certificate and the client has not sent a
        # "signature_algorithms" extension, then the server MUST abort the handshake with a "missing_extension" alert".
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "MISSING_SIGALGS_EXTENSION")
    if ext.SIGNATURE_ALGORITHMS_CERT in found:
        # RFC 8446 4.4.2.2: a chain that does not fit it is sent all the same, being the only one there is.
        negotiation.read_setting(ext.SignatureSchemeList, found, ext.SIGNATURE_ALGORITHMS_CERT)
    if not config.credentials and config.psk_server is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SHARED_CIPHER")
    chosen = negotiation.choose_credential(
        config, schemes.supported_signature_algorithms, ours_first=config.prefer_server_ciphers
    )
    if chosen is None:
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SUITABLE_SIGNATURE_ALGORITHM")
    return chosen


def _send_hello_retry_request(connection: Connection, hello: ClientHello, retry: Retry) -> None:
    """RFC 8446 4.1.4."""
    connection.transcript.replace_first_hello()
    connection.output.send(
        HelloRetryRequest(
            legacy_version=TLS12,
            random=RETRY_RANDOM,
            legacy_session_id_echo=hello.legacy_session_id,
            cipher_suite=retry.suite.code,
            legacy_compression_method=0,
            extensions={
                ext.SUPPORTED_VERSIONS: _SELECTED_VERSION,
                ext.KEY_SHARE: encode(ext.KeyShareHelloRetryRequest(retry.group)),
            },
        )
    )
    if hello.legacy_session_id:
        connection.send_compatibility_ccs()


def _send_flight(connection: Connection, state: Negotiated) -> WaitCertificate | WaitFinished:
    """RFC 8446 A.2: NEGOTIATED, everything that the server sends there, and WAIT_FLIGHT2."""
    config, output, suite = connection.config, connection.output, state.suite
    connection.cipher_suite, connection.group, connection.alpn = suite, state.group, state.alpn
    shared = _send_server_hello(connection, state)
    keys = common13.handshake_keys(connection, suite, state.psk.early if state.psk is not None else None, shared)
    if state.hello.legacy_session_id:
        connection.send_compatibility_ccs()
    output.change_keys(keys.server.sealer(suite))
    connection.opener = keys.client.opener(suite)
    found: dict[int, bytes] = {}
    if connection.server_name is not None and state.psk is None and config.choose is not None:
        found[ext.SERVER_NAME] = b""
    if state.alpn is not None:
        found[ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION] = encode(ext.ProtocolNameList((state.alpn,)))
    output.send(EncryptedExtensions(found))
    asking = state.psk is None and config.client_authentication in _ASKING and not config.post_handshake_auth
    if asking:
        output.send(common13.certificate_request(config))
    if state.certificate is not None:
        credential, scheme = state.certificate
        common13.send_certificate(connection, credential)
        common13.send_certificate_verify(connection, credential, scheme, common13.SERVER_CONTEXT)
        connection.server_signature_scheme = scheme
    finished = output.send(Finished(keys.server.finished_mac(connection.transcript.digest())))
    connection.server_finished = finished.verify_data
    application = common13.application_keys(connection, keys, connection.transcript.digest())
    output.change_keys(application.server.sealer(suite))
    if asking:
        return WaitCertificate(suite, keys.client, application)
    peer, proof = _known_client(connection, state.psk)
    return WaitFinished(suite, keys.client, application, peer, proof)


def _send_server_hello(connection: Connection, state: Negotiated) -> bytes:
    """RFC 8446 4.1.3. Gives the shared secret; raises ProtocolError for a share that is no public key."""
    found: dict[int, bytes] = {}
    if state.group is None or state.share is None:
        shared = schedule13.labels(state.suite.hash).zeros
    else:
        public, shared = negotiation.answer(connection.config, state.group, state.share)
        found[ext.KEY_SHARE] = negotiation.key_share_entry(state.group, public)
    found[ext.SUPPORTED_VERSIONS] = _SELECTED_VERSION
    if state.psk is not None:
        found[ext.PRE_SHARED_KEY] = encode(ext.SelectedPsk(connection.selected_identity))
    connection.output.send(
        ServerHello(TLS12, connection.config.random(32), state.hello.legacy_session_id, state.suite.code, 0, found)
    )
    return shared


def _known_client(connection: Connection, psk: OfferedPsk | None) -> tuple[PeerIdentity | None, PeerProof]:
    """Who the client is when it is not asked: nobody in particular, or whoever the session was made with."""
    if psk is None:
        return None, ExplicitlyUnverified("CERT_NONE")
    connection.resumed = True
    connection.session = psk.session
    peer = None
    if psk.session is not None:
        peer = psk.session.peer
    if peer is None:
        return None, PskBinder(None)
    proof = PskBinder(first_proof(peer.proof))
    return PeerIdentity(peer.certificates, peer.public_key, proof), proof


def receive_certificate(
    connection: Connection, state: WaitCertificate, message: Certificate, raw: bytes
) -> WaitCertificateVerify | WaitFinished:
    """RFC 8446 4.4.2.4: an empty Certificate is accepted only where that is what the Config says."""
    if message.certificate_request_context:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "INVALID_CONTEXT")
    peer = common13.judge_client_certificate(connection, message)
    connection.transcript.update(raw)
    if peer is None:
        proof = ExplicitlyUnverified("CERT_OPTIONAL")
        return WaitFinished(state.suite, state.client, state.application, None, proof)
    return WaitCertificateVerify(state.suite, state.client, state.application, peer)


def receive_certificate_verify(
    connection: Connection, state: WaitCertificateVerify, message: CertificateVerify, raw: bytes
) -> WaitFinished:
    """RFC 8446 4.4.3."""
    common13.verify_signature(connection, message, state.peer, common13.CLIENT_CONTEXT)
    connection.client_signature_scheme = message.algorithm
    connection.transcript.update(raw)
    return WaitFinished(state.suite, state.client, state.application, state.peer, state.peer.proof)


def receive_finished(connection: Connection, state: WaitFinished, message: Finished, raw: bytes) -> Connected:
    """RFC 8446 4.4.4: both sides are known; hand out tickets and be connected."""
    common13.verify_finished(connection, message, state.client)
    connection.client_finished = message.verify_data
    connection.transcript.update(raw)
    application = state.application
    connection.opener = application.client.opener(state.suite)
    connection.peer = state.peer
    resumption = common13.resumption_master_secret(connection, application.master)
    asking_later = connection.client_can_be_asked and connection.config.client_authentication in _ASKING
    later = connection.transcript if asking_later else None
    connected = Connected(state.suite, application.client.value, application.server.value, resumption, later)
    connection.complete()
    send_new_session_tickets(connection, connected)
    return connected
