"""The snapshot: an SSLContext as the engine's Config for one connection.

Every setting that acts on the wire acts through here. A Config is kept in its context for the connections that differ
in nothing, until a setter throws it away; what ssl keeps live (the trust store, the tickets) goes in as a callable. No
Config leads back to its context, so that both are freed as soon as nobody holds them.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from refssl import psk, servername, verdict
from refssl.ciphers import levels
from refssl.ciphers.support import ANONYMOUS, SUITES12
from refssl.constants import Options, PROTOCOL_TLSv1_2, TLSVersion, VerifyMode
from refssl.engine.config import (
    PSK_DHE_KE,
    PSK_KE,
    TLS12,
    TLS13,
    ClientAuthentication,
    Config,
    SessionCache,
    Tickets,
    Verified,
)
from refssl.engine.session import first_proof
from refssl.observers import MessageObserver
from refssl.tickets import TicketKeeper
from refssl.x509 import flags as verify_flags
from refssl.x509.path import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from refssl.choices import Offer
    from refssl.context import SSLContext
    from refssl.engine.session import Session
    from refssl.tls import TLSConnection

# Plain numbers: the operators of an enum cost more than all the rest of a snapshot.
_CERT_NONE = int(VerifyMode.CERT_NONE)
_CERT_REQUIRED = int(VerifyMode.CERT_REQUIRED)
_OP_NO_TICKET = int(Options.OP_NO_TICKET)
_OP_LEGACY_SERVER_CONNECT = int(Options.OP_LEGACY_SERVER_CONNECT)
# OpenSSL's bits that ssl has no names for.
_OP_NO_EXTENDED_MASTER_SECRET = 1
_OP_NO_ENCRYPT_THEN_MAC = 1 << 19
_OP_NO_TLSv1_2 = int(Options.OP_NO_TLSv1_2)
_OP_NO_TLSv1_3 = int(Options.OP_NO_TLSv1_3)
_OP_CIPHER_SERVER_PREFERENCE = int(Options.OP_CIPHER_SERVER_PREFERENCE)
_OP_ENABLE_MIDDLEBOX_COMPAT = int(Options.OP_ENABLE_MIDDLEBOX_COMPAT)
_OP_ALLOW_NO_DHE_KEX = 1 << 10
_OP_PREFER_NO_DHE_KEX = 1 << 35
_WITH_KEY_EXCHANGE = (PSK_DHE_KE,)
_MAXIMUM_SUPPORTED = int(TLSVersion.MAXIMUM_SUPPORTED)
# SSL_CTX_set_security_level: at level 3 "session tickets [are] disabled", those of TLS 1.2.
_NO_TICKETS = 3
_MOST_CONFIGS = 64  # a client has one for each host
_CLIENT_AUTHENTICATION = (
    ClientAuthentication.NONE,
    ClientAuthentication.OPTIONAL,
    ClientAuthentication.REQUIRED,
)


def take(context: SSLContext, connection: TLSConnection) -> Config:
    """The Config of `connection` under `context`: one object for all connections, but for what is theirs alone."""
    server = connection.server_side
    mode = connection.verify_mode
    hostname = None if server else connection.server_hostname
    checked = connection.checked_hostname
    # Taken before any setting is read: a setter changes first the setting, then this.
    configs = context._configs
    key = (server, mode, connection.verify_flags, hostname, checked)
    config = configs.get(key)
    if config is None:
        config = _config(context, server, mode, connection.verify_flags, hostname, checked)
        if len(configs) >= _MOST_CONFIGS:
            configs.clear()
        configs[key] = config
    callback = None
    if server:
        callback = context._sni_callback
    messages = context._message_callback
    if callback is None and messages is None:
        return config
    return replace(
        config,
        choose=servername.ServerNameChoice(context, connection, callback) if callback is not None else None,
        observe=MessageObserver(connection) if messages is not None else None,
    )


def take_chosen(context: SSLContext, connection: TLSConnection) -> Config:
    """The Config with which a server goes on when its sni_callback has switched to `context`."""
    # OpenSSL keeps to what the first context asks of the client; what the chosen one asks counts as well.
    first = connection._connection.config
    mode = max(connection.verify_mode, context._verify_mode)
    flags = verify_flags.both(connection.verify_flags, context._path_flags())
    config = _config(context, True, mode, flags, None, None)
    observe = first.observe
    if observe is None and context._message_callback is not None:
        observe = _look_on(connection)
    return replace(
        config,
        # The version is chosen before the context is.
        minimum_version=first.minimum_version,
        maximum_version=first.maximum_version,
        observe=observe,
    )


def _look_on(connection: TLSConnection) -> MessageObserver:
    """An observer for a connection that had none: from here on it is as if it had been made with one."""
    from refssl.observed import ObservedConnection

    connection.__class__ = ObservedConnection
    connection._connection.output.observe = observer = MessageObserver(connection)
    return observer


def take_assigned(context: SSLContext, connection: TLSConnection) -> Config:
    """The Config of a connection that was given to `context` before its handshake: whom it trusts, and what it shows.

    The rest stays as the first context had it, as in OpenSSL; what either asks of the peer's chain counts.
    """
    mode = connection.verify_mode
    flags = verify_flags.both(connection.verify_flags, context._path_flags())
    hostname = None if connection.server_side else connection.server_hostname
    made = _config(context, connection.server_side, mode, flags, hostname, connection.checked_hostname)
    first = connection._connection.config
    return replace(
        first,
        authenticate=made.authenticate,
        credentials=made.credentials,
        tickets=made.tickets,
        sessions=made.sessions,
        session=None,
    )


def _config(
    context: SSLContext, server: bool, mode: int, flags: int, hostname: str | None, checked: str | None
) -> Config:
    """What the settings say to every connection.

    mode, flags: how the peer's chain is verified; hostname, checked: a client's server_hostname, and the same again
    where the certificate must be that host's.
    """
    options = context._options
    minimum, maximum = _versions(context)
    offer = context._choices.offer(server)
    address = servername.ip_address(hostname) if hostname else None
    trust, level = context._trust, context.security_level
    authenticate = _authenticator(context, server, mode, flags, checked, address)
    demands = _demands(authenticate.policy if isinstance(authenticate, verdict.Verifier) else None)
    return Config(
        server_side=server,
        cipher_suites=_suites(context, offer, server, mode),
        groups=offer.groups,
        group_tuples=offer.group_tuples,
        key_shares=offer.key_shares,
        signature_schemes=offer.schemes,
        authenticate=authenticate,
        minimum_version=minimum,
        maximum_version=maximum,
        # RFC 6066 3: the name goes out "without a trailing dot", and addresses not at all.
        server_name=hostname.removesuffix(".") if hostname and address is None else None,
        alpn=context._alpn,
        signing_schemes=offer.signing_schemes,
        credentials=context._credentials.for_connection(
            offer.signing, level, flags & verify_flags.SUITE_B, trust.version, trust.above
        ),
        client_authentication=_CLIENT_AUTHENTICATION[mode] if server else ClientAuthentication.NONE,
        post_handshake_auth=context._post_handshake_auth,
        prefer_server_ciphers=bool(options & _OP_CIPHER_SERVER_PREFERENCE),
        middlebox_compatibility=bool(options & _OP_ENABLE_MIDDLEBOX_COMPAT),
        tickets=_tickets(context, mode, demands) if server else None,
        psk_client=psk.client_answer(context._psk_client) if context._psk_client is not None else None,
        psk_server=psk.server_answer(context._psk_server) if context._psk_server is not None else None,
        psk_hint=context._psk_hint,
        psk_modes=_psk_modes(options, server) if options & _OP_ALLOW_NO_DHE_KEX else _WITH_KEY_EXCHANGE,
        session_tickets=not options & _OP_NO_TICKET and level < _NO_TICKETS,
        sessions=_sessions(context, mode, demands) if server else None,
        dh_parameters=context._dh_parameters,
        least_field=levels.least_field(level),
        extended_master_secret=not options & _OP_NO_EXTENDED_MASTER_SECRET,
        encrypt_then_mac=not options & _OP_NO_ENCRYPT_THEN_MAC,
        legacy_server_connect=bool(options & _OP_LEGACY_SERVER_CONNECT),
        keylog=context._key_log.write if context._key_log is not None else None,
    )


def _suites(context: SSLContext, offer: Offer, server: bool, mode: int) -> tuple[int, ...]:
    """What a client cannot use it does not offer; a server finds out what it can use when it chooses.

    ssl.CERT_REQUIRED: an error where no certificate is provided, be it because the suite is an anonymous one. OpenSSL
    goes on.
    """
    if server:
        return offer.suites_with_key
    suites = offer.suites if context._psk_client is None else offer.suites_with_key
    if mode == _CERT_NONE or ANONYMOUS.isdisjoint(suites):
        return suites
    return tuple(code for code in suites if code not in ANONYMOUS)


def _psk_modes(options: int, server: bool) -> tuple[int, ...]:
    """RFC 8446 4.2.9, by SSL_OP_ALLOW_NO_DHE_KEX and SSL_OP_PREFER_NO_DHE_KEX, which have no names in Python."""
    if server and options & _OP_PREFER_NO_DHE_KEX:
        return (PSK_KE, PSK_DHE_KE)
    return (PSK_DHE_KE, PSK_KE)


def _versions(context: SSLContext) -> tuple[int, int]:
    """The lowest and the highest version that the settings leave; crossed where they leave none."""
    minimum = max(context._minimum_version, TLS12)
    maximum = TLS13 if context._maximum_version == _MAXIMUM_SUPPORTED else context._maximum_version
    if context._protocol is PROTOCOL_TLSv1_2:
        maximum = TLS12
    if context._options & _OP_NO_TLSv1_2:
        minimum = max(minimum, TLS13)
    if context._options & _OP_NO_TLSv1_3:
        maximum = min(maximum, TLS12)
    return minimum, maximum


def _authenticator(
    context: SSLContext, server: bool, mode: int, flags: int, checked: str | None, address: bytes | None
) -> verdict.Authenticate:
    if mode == _CERT_NONE:
        return verdict.accept_unverified
    policy = Policy(
        purpose="client" if server else "server",
        flags=flags,
        hostname=checked if address is None else None,
        ip=address if checked is not None else None,
        security_level=context.security_level,
        check_common_name=context._common_name,
    )
    return verdict.Verifier(context._trust.store, policy, checked)


def resumable(connection: TLSConnection, config: Config) -> Session | None:
    """The session that was handed over, unless it proves less than the connection asks for under `config`.

    A resumption verifies no certificate (RFC 8446 4.2.11), so what the first handshake proved must be enough: a
    verified chain, of the same host, under settings that were no laxer. The stdlib does not look.
    """
    given = connection.assigned_session
    session = given._engine_session if given is not None else None
    if given is None or session is None or session.forgotten or not (session.ticket or session.version == TLS12):
        return None
    asked = verdict.policy_of(config)
    if asked is None:
        return session
    met = given._policy
    if met is None or not met.implies(asked) or not (_was_verified(session) or _by_key_alone(session)):
        return None
    return session


def _keeper(context: SSLContext) -> TicketKeeper:
    keeper = context._keeper
    if keeper is None:
        # Made once, whatever threads do: another's tickets could not be opened.
        keeper = context.__dict__.setdefault("_keeper", TicketKeeper())
    return keeper


def _tickets(context: SSLContext, mode: int, demands: bytes) -> Tickets:
    keeper = _keeper(context)
    seal = keeper.remember if context._options & _OP_NO_TICKET else keeper.seal
    return Tickets(
        seal=partial(seal, demands=demands),
        open=_verified_only(mode, partial(keeper.open, demands=demands), context._post_handshake_auth),
        count=context._num_tickets,
    )


def _sessions(context: SSLContext, mode: int, demands: bytes) -> SessionCache:
    keeper = _keeper(context)
    return SessionCache(
        remember=partial(keeper.keep, demands=demands),
        find=_verified_only(mode, partial(keeper.find, demands=demands)),
    )


def _demands(policy: Policy | None) -> bytes:
    """What a server asks of a client's chain, to be kept with its sessions; nothing where it asks nothing."""
    return b"" if policy is None else b"%d %d" % (policy.flags, policy.security_level)


def _verified_only(
    mode: int, find: Callable[[bytes], Session | None], postponed: bool = False
) -> Callable[[bytes], Session | None]:
    """`find`, but under CERT_REQUIRED without the sessions made while nobody asked for the client's certificate.

    postponed: it is asked for after the handshake, so that a session need not bring one.
    """
    if mode != _CERT_REQUIRED:
        return find

    def found(name: bytes) -> Session | None:
        session = find(name)
        if session is not None and postponed and session.peer is None:
            return session
        return session if session is not None and (_was_verified(session) or _by_key_alone(session)) else None

    return found


def _was_verified(session: Session) -> bool:
    """Whether the chain was verified in the handshake that a session goes back to."""
    return session.peer is not None and isinstance(first_proof(session.peer.proof), Verified)


def _by_key_alone(session: Session) -> bool:
    """Whether it goes back to a handshake of TLS 1.2 in which a pre-shared key stood for certificates (RFC 4279)."""
    return session.version == TLS12 and SUITES12[session.cipher_suite].auth == "auth-psk"
