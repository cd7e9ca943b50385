"""SSLObject: a connection between two BIOs, for programs that move the bytes themselves.

Thin over TLSConnection; nothing about the protocol is decided here.
"""

from __future__ import annotations

import warnings

from refssl.context import SSLContext

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing import Any

    from typing_extensions import Buffer, Self

    from refssl.bio import BioLike
    from refssl.session import SSLSession
    from refssl.tls import TLSConnection

__all__ = ["SSLObject"]


class SSLObject:
    """A connection over two MemoryBIOs, made by SSLContext.wrap_bio() (ssl.SSLObject).

    There is no network I/O here: a call that needs more from the peer raises SSLWantReadError.
    """

    _sslobj: TLSConnection

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise TypeError(
            f"{type(self).__name__} does not have a public constructor. "
            "Instances are returned by SSLContext.wrap_bio()."
        )

    @classmethod
    def _create(
        cls,
        incoming: BioLike,
        outgoing: BioLike,
        server_side: bool = False,
        server_hostname: str | None = None,
        session: SSLSession | None = None,
        context: SSLContext = None,  # type: ignore[assignment]  # as in ssl; there is no object without one
    ) -> Self:
        check_parameters(context, server_side, server_hostname, session)
        self = cls.__new__(cls)
        self._sslobj = context._wrap_bio(incoming, outgoing, server_side, server_hostname, owner=self, session=session)
        return self

    @property
    def context(self) -> SSLContext:
        """The context; assigning another one, from an sni_callback, switches the connection to it."""
        return self._sslobj.context

    @context.setter
    def context(self, ctx: SSLContext) -> None:
        self._sslobj.context = ctx

    @property
    def session(self) -> SSLSession | None:
        """The connection's session; a client's may be set before the handshake to resume it."""
        return self._sslobj.session

    @session.setter
    def session(self, session: SSLSession) -> None:
        self._sslobj.session = session

    @property
    def session_reused(self) -> bool:
        """Whether the connection resumed a session."""
        return self._sslobj.session_reused

    @property
    def server_side(self) -> bool:
        """Whether this end is the server."""
        return self._sslobj.server_side

    @property
    def server_hostname(self) -> str | None:
        """The server's name in its A-label form, as given to wrap_bio()."""
        return self._sslobj.server_hostname

    def read(self, len: int = 1024, buffer: Buffer | None = None) -> Any:  # noqa: A002
        """Up to `len` bytes of one record, or with `buffer` their number; see Channel.read."""
        if buffer is not None:
            return self._sslobj.read(len, buffer)
        return self._sslobj.read(len)

    def write(self, data: Buffer) -> int:
        """Seal `data` into the outgoing BIO and return its length; see Channel.write."""
        return self._sslobj.write(data)

    def getpeercert(self, binary_form: bool = False) -> Any:
        """The peer's certificate as a dict or as DER, None without one. Raises ValueError before the handshake."""
        return self._sslobj.getpeercert(binary_form)

    def get_verified_chain(self) -> list[bytes]:
        """The verified chain as DER, leaf first (ssl.SSLSocket.get_verified_chain)."""
        return self._sslobj.get_verified_chain()

    def get_unverified_chain(self) -> list[bytes]:
        """The certificates that the peer sent, as DER (ssl.SSLSocket.get_unverified_chain)."""
        return self._sslobj.get_unverified_chain()

    def selected_npn_protocol(self) -> None:
        """None: NPN is not supported."""
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)

    def selected_alpn_protocol(self) -> str | None:
        """The protocol that ALPN selected, or None."""
        return self._sslobj.selected_alpn_protocol()

    def cipher(self) -> tuple[str, str, int] | None:
        """The suite's name, protocol and secret bits, or None before it is known."""
        return self._sslobj.cipher()

    def group(self) -> str | None:
        """The name of the key exchange's group, or None before it is known."""
        return self._sslobj.group()

    def client_sigalg(self) -> str | None:
        """The scheme with which the client authenticated itself, or None."""
        return self._sslobj.client_sigalg()

    def server_sigalg(self) -> str | None:
        """The scheme with which the server authenticated itself, or None."""
        return self._sslobj.server_sigalg()

    def shared_ciphers(self) -> list[tuple[str, str, int]] | None:
        """At a server, the suites that both sides have; None at a client."""
        return self._sslobj.shared_ciphers()

    def compression(self) -> None:
        """None: there is no compression."""

    def pending(self) -> int:
        """How many bytes can be read without more from the peer."""
        return self._sslobj.pending()

    def do_handshake(self) -> None:
        """Go on with the handshake; see Channel.do_handshake."""
        self._sslobj.do_handshake()

    def unwrap(self) -> None:
        """Send close_notify and wait for the peer's; see Channel.shutdown. There is no socket to return."""
        self._sslobj.shutdown()

    def get_channel_binding(self, cb_type: str = "tls-unique") -> bytes | None:
        """Channel binding data, None before the handshake; ValueError for a type other than "tls-unique"."""
        return self._sslobj.get_channel_binding(cb_type)

    def version(self) -> str | None:
        """The protocol's name, or None where there is no connection."""
        return self._sslobj.version()

    def verify_client_post_handshake(self) -> None:
        """At a server, ask the client for its certificate; the next write or read sends the question.

        Raises SSLError where that cannot be (ssl.SSLSocket.verify_client_post_handshake).
        """
        self._sslobj.verify_client_post_handshake()


def check_parameters(
    context: SSLContext,
    server_side: bool,
    server_hostname: str | bytes | None,
    session: SSLSession | None,
) -> None:
    """Refuse with ValueError what cannot go together in wrap_socket() and wrap_bio()."""
    if server_side:
        if server_hostname:
            raise ValueError("server_hostname can only be specified in client mode")
        if session is not None:
            raise ValueError("session can only be specified in client mode")
    if context._check_hostname and not server_hostname:
        raise ValueError("check_hostname requires server_hostname")


SSLObject.__module__ = "refssl"
SSLContext.sslobject_class = SSLObject
