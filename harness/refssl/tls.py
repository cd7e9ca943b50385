"""TLSConnection: a Channel with everything that ssl tells of it. SSLObject and SSLSocket hold one as `_sslobj`.

It answers to the methods that CPython's own inner object has, because other libraries reach for it. Only facts are
here; bytes are moved in channel.py.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NoReturn

from refssl import errors, groups, names, snapshot
from refssl.channel import Channel
from refssl.engine.config import TLS13, ExplicitlyUnverified, Verified
from refssl.engine.connection import Connection
from refssl.engine.faults import NotPossible
from refssl.engine.session import first_proof
from refssl.session import SSLSession, make_session
from refssl.settings import _SSLContext
from refssl.verdict import policy_of

if TYPE_CHECKING:
    from refssl.bio import Bio
    from refssl.context import SSLContext
    from refssl.engine.config import Config, PeerIdentity

_NOT_ASKED_ERRNO = {
    "PROTOCOL_IS_SHUTDOWN": 207,
    "EXTENSION_NOT_RECEIVED": 279,
    "INVALID_CONFIG": 283,
    "REQUEST_SENT": 286,
}
_VERSIONS = {0x0303: "TLSv1.2", 0x0304: "TLSv1.3"}


def _nobody() -> None:
    return None


class TLSConnection(Channel):
    """One connection of an SSLContext over a Bio, for `owner`, the SSLObject or SSLSocket that programs hold."""

    __slots__ = (
        "__weakref__",
        "_context",
        "_origin",
        "_owner",
        "_session",
        "assigned_session",
        "checked_hostname",
        "server_hostname",
        "server_side",
        "verify_flags",
        "verify_mode",
    )

    def __init__(
        self,
        context: SSLContext,
        bio: Bio,
        server_side: bool,
        server_hostname: str | None,
        owner: object,
        session: SSLSession | None,
    ) -> None:
        self._context = context
        self.server_side = server_side
        self.server_hostname = server_hostname
        self._owner: Any = weakref.ref(owner) if owner is not None else _nobody
        # Whose settings these are, for sessions that are handed on: `context` may be made another one.
        self._origin = context
        # What is asked of the peer is read once; what becomes of the context's settings afterwards changes nothing.
        self.verify_mode = context._verify_mode
        self.verify_flags = context._path_flags()
        self.checked_hostname = server_hostname if context._check_hostname else None
        if context._check_hostname and not server_hostname:
            raise ValueError("check_hostname requires server_hostname")
        self._session: SSLSession | None = None
        self.assigned_session: SSLSession | None = None
        if session is not None:
            self._check_session(session)
            self.assigned_session = session
        config = snapshot.take(context, self)
        offered = snapshot.resumable(self, config) if session is not None else None
        super().__init__(Connection(config, None, offered), bio, context._ignores_eof())

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot pickle 'refssl._SSLSocket' object")

    @property
    def owner(self) -> Any:
        """The SSLObject or SSLSocket that this belongs to, or None where it is gone."""
        return self._owner()

    @owner.setter
    def owner(self, value: object) -> None:
        self._owner = weakref.ref(value)

    @property
    def context(self) -> SSLContext:
        """The context; an sni_callback may put another one here."""
        return self._context

    @context.setter
    def context(self, value: SSLContext) -> None:
        if not isinstance(value, _SSLContext):
            raise TypeError("The value must be a SSLContext")
        self._context = value
        if not self._started:
            self._origin = value  # whose trust it is from now on, so that sessions are handed on under that one's only
            self._connection = Connection(snapshot.take_assigned(value, self))

    # -- the handshake is counted

    def _begin(self) -> None:
        config = self._connection.config
        if self.server_side:
            self._context._count("accept")
        else:
            self._context._count("connect")
            missing = _missing(config)
            if missing:
                self._fail()
                raise errors.library_error(missing)

    def _complete(self) -> None:
        good = "accept_good" if self.server_side else "connect_good"
        if self._connection.resumed:
            self._context._count(good, "hits")
        else:
            self._context._count(good)

    # -- facts

    def _known(self) -> bool:
        """Whether the handshake is complete, nothing has failed since and no question waits to be sent."""
        return self._connection.handshake_complete and self._end is None and not self._asking

    def version(self) -> str | None:
        """The protocol's name, or None where there is no connection."""
        version = self._connection.version
        return _VERSIONS.get(version) if version is not None and self._known() else None

    def cipher(self) -> tuple[str, str, int] | None:
        """The suite's name, protocol and secret bits; None before the handshake is complete."""
        connection = self._connection
        suite = connection.cipher_suite
        return names.suite_tuple(suite) if suite is not None and connection.handshake_complete else None

    def shared_ciphers(self) -> list[tuple[str, str, int]] | None:
        """A server's suites that the client offered too; None at a client, and where a session was resumed."""
        connection = self._connection
        shared = connection.shared_ciphers
        if shared is None or not connection.handshake_complete:
            return None
        return [names.suite_tuple(suite) for suite in shared]

    def compression(self) -> None:
        """None: TLS 1.3 has no compression (RFC 8446 4.1.2), and refssl none for TLS 1.2."""

    def group(self) -> str | None:
        """The name of the key exchange's group."""
        group = self._connection.group
        return groups.name_of(group) if group is not None else None

    def client_sigalg(self) -> str | None:
        """The scheme with which the client authenticated itself, if it did."""
        scheme = self._connection.client_signature_scheme
        return names.scheme_name(scheme) if scheme is not None else None

    def server_sigalg(self) -> str | None:
        """The scheme with which the server authenticated itself; None where a session was resumed."""
        scheme = self._connection.server_signature_scheme
        return names.scheme_name(scheme) if scheme is not None else None

    def selected_alpn_protocol(self) -> str | None:
        """The protocol that ALPN selected."""
        protocol = self._connection.alpn
        return protocol.decode("ascii", "replace") if protocol is not None else None

    def get_channel_binding(self, cb_type: str = "tls-unique") -> bytes | None:
        """The "tls-unique" binding: the first Finished of the handshake (RFC 5929 3).

        The client's in a full handshake, the server's in a resumed one; None before the handshake is complete.
        """
        if not isinstance(cb_type, str):
            raise TypeError(f"get_channel_binding() argument 'cb_type' must be str, not {type(cb_type).__name__}")
        cb_type.encode("utf-8")
        if cb_type != "tls-unique":
            raise ValueError(f"{cb_type!r} channel binding type not implemented")
        connection = self._connection
        if not connection.handshake_complete:
            return None
        return connection.server_finished if connection.resumed else connection.client_finished

    def _peer(self) -> PeerIdentity | None:
        return self._connection.peer if self._connection.handshake_complete else None

    def getpeercert(self, der: bool = False, /) -> dict[str, Any] | bytes | None:
        """The peer's certificate: as DER, or as a dict that is empty where it was not verified; None without one."""
        if not self._known():
            raise ValueError("handshake not done yet")
        peer = self._peer()
        if peer is None:
            return None
        if der:
            return peer.certificates[0]
        if isinstance(first_proof(peer.proof), ExplicitlyUnverified):
            return {}
        from refssl.peercert import describe
        from refssl.x509.certificate import Certificate, MalformedCertificate

        try:
            return describe(Certificate(peer.certificates[0]))
        except MalformedCertificate as error:
            # Valid, but with a name that is no text.
            odd = errors.usage_error(f"the certificate cannot be described: {error}")
        raise odd

    def get_verified_chain(self) -> list[bytes]:
        """The chain from the peer to the anchor as DER; what the peer sent where nothing was verified.

        Empty on a resumed connection, as in CPython: nothing was verified there.
        """
        peer = self._peer()
        if peer is None or self._connection.resumed:
            return []
        return list(peer.proof.path if isinstance(peer.proof, Verified) else peer.certificates)

    def get_unverified_chain(self) -> list[bytes]:
        """The certificates that the peer sent, as DER."""
        peer = self._peer()
        return list(peer.certificates) if peer is not None else []

    def verify_client_post_handshake(self) -> None:
        """Ask the client for its certificate, with the next operation that sends (RFC 8446 4.6.2).

        Raises SSLError where that cannot be. Source: ssl.SSLSocket.verify_client_post_handshake, "The method does not
        perform a cert exchange immediately. The server-side sends a CertificateRequest during the next write event".
        """
        connection = self._connection
        if connection.version != TLS13:
            raise errors.library_error("WRONG_SSL_VERSION", errno=266)
        if not self.server_side:
            raise errors.library_error("NOT_SERVER", errno=284)
        if not self._known():
            raise errors.library_error("STILL_IN_INIT", errno=121)
        refused = None
        with self._lock:
            try:
                connection.request_client_certificate()
                self._asking = True
            except NotPossible as error:
                refused = error.reason
        if refused is not None:
            raise errors.library_error(refused, errno=_NOT_ASKED_ERRNO[refused])

    # -- sessions

    @property
    def session(self) -> SSLSession | None:
        """The session of this connection, or before the handshake the one that was handed over."""
        connection = self._connection
        if not connection.handshake_complete:
            return self.assigned_session
        session = connection.session
        held = self._session
        if held is not None and held._engine_session is session:
            return held
        if session is None:
            created, number = connection.config.clock(), b""
        else:
            created, number = session.created, session.name
        self._session = made = make_session(
            self._origin, policy_of(connection.config), None if self.server_side else session, number, created
        )
        return made

    @session.setter
    def session(self, value: SSLSession) -> None:
        self._check_session(value)
        if self._started:
            raise ValueError("Cannot set session after handshake.")
        self.assigned_session = value
        config = self._connection.config
        self._connection = Connection(config, None, snapshot.resumable(self, config))

    def _check_session(self, session: SSLSession) -> None:
        if not isinstance(session, SSLSession):
            raise TypeError("Value is not a SSLSession.")
        if session._context is not self._context:
            raise ValueError("Session refers to a different SSLContext.")
        if self.server_side:
            raise ValueError("Cannot set session for server-side SSLSocket.")

    @property
    def session_reused(self) -> bool:
        """Whether the connection resumed a session."""
        return self._connection.resumed


def _missing(config: Config) -> str:
    """What a client lacks to begin at all, as OpenSSL's reason, or ""."""
    abilities = config.abilities
    if not abilities.versions:
        return ""  # which is the engine's to tell
    if not abilities.sufficient:
        return "NO_CIPHERS_AVAILABLE"
    if TLS13 in abilities.versions:
        if not config.groups:
            return "NO_SUITABLE_GROUPS"
        if not config.key_shares:
            return "NO_SUITABLE_KEY_SHARE"
    return ""
