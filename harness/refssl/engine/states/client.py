"""The client before the version is known: it makes the ClientHello and reads the first answer (RFC 8446 4.1, A.1).

What follows ServerHello is `client13`'s; another version is one more branch in `receive_server_hello`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from refssl.ciphers import catalogue
from refssl.ciphers.catalogue import CipherSuite
from refssl.ciphers.support import SUITES13
from refssl.crypto.shares import KeyShare
from refssl.engine import negotiation, negotiation12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import PSK_KE, SSL3, TLS12, TLS13, Config
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import DOWNGRADE_TLS11, DOWNGRADE_TLS12, ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.output import framed
from refssl.engine.presentation import encode
from refssl.engine.session import Session
from refssl.engine.states import client12, client13, common13, hello12
from refssl.engine.states.common13 import OfferedPsk

if TYPE_CHECKING:
    from refssl.engine.connection import Connection


# A longer one than anybody makes: all extensions of a ClientHello must fit into 2**16 bytes.
_LONGEST_TICKET = 2**15


@dataclass(slots=True)
class Start:
    """RFC 8446 A.1: START."""


START = Start()


@dataclass(slots=True)
class WaitServerHello:
    """RFC 8446 A.1: WAIT_SH. hello: what was sent; shares: the private halves of its key_share, by group; psks: what
    it offers; retry: the HelloRetryRequest that it answers, if it does."""

    hello: ClientHello
    shares: dict[int, KeyShare]
    psks: tuple[OfferedPsk, ...]
    retry: HelloRetryRequest | None


def start(connection: Connection) -> WaitServerHello:
    """Send the first ClientHello (RFC 8446 4.1.2). Raises ProtocolError where the config allows no version."""
    config = connection.config
    versions = config.abilities.versions
    if not versions:
        raise ProtocolError(None, "NO_PROTOCOLS_AVAILABLE")
    session = connection.offered_session
    if session is not None and (session.version not in versions or not _resumable(session, config)):
        session = None
    psks: tuple[OfferedPsk, ...] = ()
    if TLS13 in versions and (session is not None or config.psk_client is not None):
        psks = _psks(config, session)
    shares = {}
    if TLS13 in versions:
        for group in config.key_shares or config.groups[:1]:
            shares[group] = negotiation.new_share(config, group)
    found = _extensions(config, shares)
    if TLS12 in versions and config.session_tickets:
        # RFC 5077 3.2: a ticket, or nothing to ask for one.
        found[ext.SESSION_TICKET] = session.ticket if session is not None and session.version == TLS12 else b""
    if psks:
        found[ext.PRE_SHARED_KEY] = _offer(psks, config)
    random, session_id = _random_and_session_id(config, versions, session)
    # RFC 8446 4.1.2: "the legacy_version field MUST be set to 0x0303"
    hello = ClientHello(TLS12, random, session_id, _cipher_suites(config), negotiation.NULL_COMPRESSION, found)
    connection.client_random = hello.random
    connection.server_name = config.server_name
    return _send_hello(connection, hello, shares, psks, None)


def _psks(config: Config, session: Session | None) -> tuple[OfferedPsk, ...]:
    """What is offered in place of a certificate: the session first, then an external PSK."""
    found = []
    if session is not None and session.version == TLS13:
        found.append(common13.resumption(session, catalogue.BY_CODE[session.cipher_suite].hash))
    given = config.psk_client(b"") if config.psk_client is not None else None
    if given is not None:
        identity, key = given
        if not identity:
            # RFC 8446 4.2.11 has no place for an empty identity.
            raise ProtocolError(None, "BAD_PSK_IDENTITY")
        found.append(common13.external(identity, key))
    return tuple(found)


def _random_and_session_id(config: Config, versions: tuple[int, ...], session: Session | None) -> tuple[bytes, bytes]:
    if session is not None and session.version == TLS12:
        # RFC 5246 7.4.1.2: "the session_id [...] of the session that the client wishes to reuse".
        return config.random(32), session.session_id
    if config.middlebox_compatibility and TLS13 in versions:
        # RFC 8446 D.4: "The client always provides a non-empty session ID in the ClientHello". Asking the system once
        # for both takes half the time.
        fresh = config.random(64)
        return fresh[:32], fresh[32:]
    return config.random(32), b""


def _cipher_suites(config: Config) -> tuple[int, ...]:
    """What is offered of the config's suites; with RFC 7507 4's signal where that is told."""
    codes = config.abilities.offered
    return (*codes, negotiation.FALLBACK_SCSV) if config.fallback else codes


def _send_hello(
    connection: Connection,
    hello: ClientHello,
    shares: dict[int, KeyShare],
    psks: tuple[OfferedPsk, ...],
    retry: HelloRetryRequest | None,
) -> WaitServerHello:
    if psks:
        _bind(connection, hello, psks)
    hello = connection.output.send(hello)
    connection.output.written = None
    # RFC 8446 5.1: 0x0301 is for "an initial ClientHello" only.
    connection.output.flush()
    connection.output.record_version = TLS12
    return WaitServerHello(hello, shares, psks, retry)


def _extensions(config: Config, shares: dict[int, KeyShare]) -> dict[int, bytes]:
    constant = config.client_extensions
    if constant is None:
        constant = config.client_extensions = _constant_extensions(config)
    found = dict(constant)
    if shares:
        found[ext.KEY_SHARE] = _key_share(shares)
    return found


def _constant_extensions(config: Config) -> dict[int, bytes]:
    """What the settings alone decide; the same for every connection of a Config."""
    found: dict[int, bytes] = {}
    versions, groups, elliptic = config.abilities.versions, config.groups, config.abilities.elliptic
    if TLS13 not in versions:
        # RFC 7919 4: a finite field in the list would ask a server of TLS 1.2 for it, which nothing here stands by.
        # RFC 8422 4: the list is for "a client that proposes ECC cipher suites".
        groups = tuple([group for group in groups if group in negotiation12.CURVES]) if elliptic else ()
    if config.server_name is not None:
        name = ext.ServerName(0, config.server_name.encode("ascii", "surrogateescape"))
        found[ext.SERVER_NAME] = encode(ext.ServerNameList((name,)))
    if TLS12 in versions:
        # RFC 5746 3.4: "an empty "renegotiation_info" extension"; RFC 8422 5.1.2.
        found[ext.RENEGOTIATION_INFO] = b"\0"
        if groups and elliptic:
            found[ext.EC_POINT_FORMATS] = negotiation12.UNCOMPRESSED
    if groups:
        found[ext.SUPPORTED_GROUPS] = encode(ext.NamedGroupList(groups))
    if config.alpn:
        found[ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION] = encode(ext.ProtocolNameList(config.alpn))
    found[ext.SIGNATURE_ALGORITHMS] = encode(ext.SignatureSchemeList(config.signature_schemes))
    if TLS13 in versions:
        found[ext.SUPPORTED_VERSIONS] = encode(ext.ClientSupportedVersions(versions))
        found[ext.PSK_KEY_EXCHANGE_MODES] = encode(ext.PskKeyExchangeModes(config.psk_modes))
    if TLS12 in versions:
        if config.encrypt_then_mac:
            found[ext.ENCRYPT_THEN_MAC] = b""
        if config.extended_master_secret:
            found[ext.EXTENDED_MASTER_SECRET] = b""
    if TLS13 in versions and config.post_handshake_auth:
        found[ext.POST_HANDSHAKE_AUTH] = b""
    return found


def _key_share(shares: dict[int, KeyShare]) -> bytes:
    """An `ext.KeyShareClientHello`."""
    return _vector(b"".join([negotiation.key_share_entry(group, each.public) for group, each in shares.items()]))


def _vector(content: bytes) -> bytes:
    return len(content).to_bytes(2, "big") + content


def _resumable(session: Session, config: Config) -> bool:
    """Whether a session may be offered (RFC 8446 4.6.1, 4.2.11; RFC 5246 7.4.1.2)."""
    if len(session.ticket) > _LONGEST_TICKET:
        return False
    suite = catalogue.BY_CODE.get(session.cipher_suite)
    if session.version == TLS12:
        return (
            bool(session.session_id)
            and session.cipher_suite in config.cipher_suites
            and 0 <= config.clock() - session.created <= session.lifetime
            # RFC 7627 5.3: a session that was made with the extension is resumed with it only.
            and (config.extended_master_secret or not session.extended_master_secret)
        )
    return (
        session.version == TLS13
        and bool(session.ticket)
        and suite is not None
        and suite.hash in config.abilities.hashes13
        # RFC 8446 4.6.1: "Clients MUST NOT attempt to use tickets which have ages greater than the "ticket_lifetime""
        and 0 <= config.clock() - session.created <= session.lifetime
    )


def _offer(psks: tuple[OfferedPsk, ...], config: Config) -> bytes:
    """pre_shared_key with binders of zeros, to be replaced: an `ext.OfferedPsks` (RFC 8446 4.2.11)."""
    identities, binders = b"", b""
    for psk in psks:
        identities += _vector(psk.identity) + _obfuscated_age(psk.session, config).to_bytes(4, "big")
        binders += bytes((psk.early.hash.length,)) + psk.early.hash.zeros
    return _vector(identities) + _vector(binders)


def _obfuscated_age(session: Session | None, config: Config) -> int:
    """RFC 8446 4.2.11.1: the age "in milliseconds" plus ticket_age_add, modulo 2^32; for an external PSK "an
    obfuscated_ticket_age of 0 SHOULD be used"."""
    if session is None:
        return 0
    return int((config.clock() - session.created) * 1000) + session.age_add & 0xFFFFFFFF


def _bind(connection: Connection, hello: ClientHello, psks: tuple[OfferedPsk, ...]) -> None:
    """Put the binders into a hello that nobody has seen yet (RFC 8446 4.2.11.2): each is computed over the ClientHello
    "up to and including the PreSharedKeyExtension.identities field"."""
    length = sum([1 + psk.early.hash.length for psk in psks])
    written = framed(hello)
    truncated = written[: -length - 2]
    binders = []
    for psk in psks:
        binder = psk.early.binder(connection.transcript.digest_with(psk.early.hash.name, truncated))
        binders.append(bytes((len(binder),)) + binder)
    bound = b"".join(binders)
    hello.extensions[ext.PRE_SHARED_KEY] = hello.extensions[ext.PRE_SHARED_KEY][:-length] + bound
    connection.output.written = (hello, written[:-length] + bound)


def receive_hello_retry_request(
    connection: Connection, state: WaitServerHello, message: HelloRetryRequest, raw: bytes
) -> WaitServerHello:
    """RFC 8446 4.1.4: send the ClientHello again, as the server wants it."""
    if state.retry is not None:
        # RFC 8446 4.1.4: "If a client receives a second HelloRetryRequest in the same connection [...], it MUST abort
        # the handshake with an "unexpected_message" alert."
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "UNEXPECTED_MESSAGE")
    suite = check_server_hello(state.hello, message)
    _check_selected_version(connection, message)
    negotiation.check_answer(message.extensions, negotiation.IN_HELLO_RETRY_REQUEST, state.hello.extensions)
    cookie = negotiation.read_extension(ext.Cookie, message.extensions, ext.COOKIE, "LENGTH_MISMATCH")
    selected = negotiation.read_extension(
        ext.KeyShareHelloRetryRequest, message.extensions, ext.KEY_SHARE, "LENGTH_MISMATCH"
    )
    if cookie is None and selected is None:
        # RFC 8446 4.1.4: "Clients MUST abort the handshake with an "illegal_parameter" alert if the HelloRetryRequest
        # would not result in any change in the ClientHello."
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "NO_CHANGE_FOLLOWING_HRR")
    shares = state.shares
    found = dict(state.hello.extensions)
    if selected is not None:
        group = selected.selected_group
        # RFC 8446 4.2.8: it must be a group of supported_groups for which no share was sent.
        if group not in connection.config.groups or group in shares:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE")
        shares = {group: negotiation.new_share(connection.config, group)}
        found[ext.KEY_SHARE] = _key_share(shares)
    # RFC 8446 4.2.11: pre_shared_key "MUST be the last extension in the ClientHello".
    found.pop(ext.PRE_SHARED_KEY, None)
    if cookie is not None:
        found[ext.COOKIE] = message.extensions[ext.COOKIE]
    connection.transcript.select(suite.hash)
    connection.transcript.replace_first_hello()
    connection.transcript.update(raw)
    # RFC 8446 4.1.4: "the client SHOULD NOT offer any pre-shared keys associated with a hash other than that of the
    # selected cipher suite."
    psks = tuple(psk for psk in state.psks if psk.early.hash.name == suite.hash)
    if psks:
        found[ext.PRE_SHARED_KEY] = _offer(psks, connection.config)
    connection.send_compatibility_ccs()
    return _send_hello(connection, replace(state.hello, extensions=found), shares, psks, message)


def receive_server_hello(
    connection: Connection, state: WaitServerHello, message: ServerHello, raw: bytes
) -> client13.WaitEncryptedExtensions | client12.Beginning:
    """RFC 8446 4.1.3: the version is decided, and with it who goes on."""
    if ext.SUPPORTED_VERSIONS not in message.extensions:
        _check_legacy_version(connection, state, message)
        return hello12.receive_server_hello(connection, state.hello, message, raw)
    _check_selected_version(connection, message)
    suite = check_server_hello(state.hello, message)
    negotiation.check_answer(message.extensions, negotiation.IN_SERVER_HELLO, state.hello.extensions)
    if state.retry is not None and state.retry.cipher_suite != message.cipher_suite:
        # RFC 8446 4.1.4: the suite of the ServerHello must be the one of the HelloRetryRequest.
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CIPHER_RETURNED")
    psk = _accepted_psk(state, message, suite)
    shared, group = _exchange(connection.config, state, message, psk)
    connection.transcript.select(suite.hash)
    connection.transcript.update(raw)
    connection.version = TLS13
    connection.cipher_suite = suite
    connection.group = group
    return client13.begin(connection, state.hello, suite, psk, shared)


def _check_legacy_version(connection: Connection, state: WaitServerHello, message: ServerHello) -> None:
    """RFC 8446 4.1.3, for a ServerHello of TLS 1.2 or below. Raises ProtocolError."""
    versions = connection.config.abilities.versions
    if message.legacy_version not in versions or message.legacy_version == TLS13:
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
    if state.retry is not None:
        # RFC 8446 4.1.4: the version of a HelloRetryRequest stays.
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "WRONG_SSL_VERSION")
    # RFC 8446 4.1.3: "TLS 1.3 clients receiving a ServerHello indicating TLS 1.2 or below MUST check that the last
    # 8 bytes are not equal to either of these values."
    if TLS13 in versions and message.random[24:] in (DOWNGRADE_TLS12, DOWNGRADE_TLS11):
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INAPPROPRIATE_FALLBACK")


def _check_selected_version(connection: Connection, message: ServerHello) -> None:
    """RFC 8446 4.2.1. Raises ProtocolError."""
    selected = negotiation.read_setting(
        ext.SelectedVersion, message.extensions, ext.SUPPORTED_VERSIONS, "LENGTH_MISMATCH"
    )
    if message.legacy_version == SSL3:
        # RFC 8446 D.5: whoever receives this in a Hello "MUST abort the handshake with a "protocol_version" alert."
        raise ProtocolError(AlertDescription.PROTOCOL_VERSION, "UNSUPPORTED_PROTOCOL")
    if selected is None:
        # RFC 8446 4.1.4: "The server's extensions MUST contain "supported_versions"."
        raise ProtocolError(AlertDescription.MISSING_EXTENSION, "MISSING_SUPPORTED_VERSIONS_EXTENSION")
    if selected.selected_version != TLS13 or TLS13 not in connection.config.abilities.versions:
        # RFC 8446 4.2.1: a version "prior to TLS 1.3" or not offered: illegal_parameter.
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_PROTOCOL_VERSION_NUMBER")
    if connection.more_in_record:
        # RFC 8446 5.1: "Handshake messages MUST NOT span key changes".
        raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "NOT_ON_RECORD_BOUNDARY")


def check_server_hello(hello: ClientHello, message: ServerHello) -> CipherSuite:
    """RFC 8446 4.1.3: what must be as it was offered. Gives the suite; raises ProtocolError."""
    if message.legacy_session_id_echo != hello.legacy_session_id:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INVALID_SESSION_ID")
    if message.legacy_compression_method != 0:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "INVALID_COMPRESSION_ALGORITHM")
    suite = catalogue.BY_CODE.get(message.cipher_suite)
    if suite is None or message.cipher_suite not in SUITES13:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "UNKNOWN_CIPHER_RETURNED")
    if message.cipher_suite not in hello.cipher_suites:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "WRONG_CIPHER_RETURNED")
    return suite


def _accepted_psk(state: WaitServerHello, message: ServerHello, suite: CipherSuite) -> OfferedPsk | None:
    """RFC 8446 4.2.11: whether the server took our PSK. Raises ProtocolError."""
    answer = negotiation.read_setting(ext.SelectedPsk, message.extensions, ext.PRE_SHARED_KEY, "LENGTH_MISMATCH")
    if answer is None:
        return None
    # RFC 8446 4.2.11: "the server's selected_identity is within the range supplied by the client"
    selected = answer.selected_identity
    if selected >= len(state.psks):
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_PSK_IDENTITY")
    if state.psks[selected].early.hash.name != suite.hash:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "CIPHERSUITE_DIGEST_HAS_CHANGED")
    return state.psks[selected]


def _exchange(
    config: Config, state: WaitServerHello, message: ServerHello, psk: OfferedPsk | None
) -> tuple[bytes, int | None]:
    """RFC 8446 4.2.8, 4.2.9: the shared secret and its group, None where the PSK stands alone. Raises ProtocolError."""
    entry = negotiation.read_extension(ext.KeyShareEntry, message.extensions, ext.KEY_SHARE, "LENGTH_MISMATCH")
    if entry is None and psk is not None and PSK_KE in config.psk_modes:
        # RFC 8446 7.1: "If a given secret is not available, then the 0-value consisting of a string of Hash.length
        # bytes set to zeros is used."
        return psk.early.hash.zeros, None
    if entry is None:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "NO_SUITABLE_KEY_SHARE")
    share = state.shares.get(entry.group)
    if share is None:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE")
    return negotiation.agree(share, entry.key_exchange), entry.group
