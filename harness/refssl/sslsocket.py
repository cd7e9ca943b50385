"""SSLSocket: a socket that speaks TLS once it is connected, and a plain one before and after.

It owns the file descriptor; the connection it holds is a TLSConnection over that descriptor. Here is what makes both
look like one socket; the protocol is below.
"""

from __future__ import annotations

import socket
import warnings

from refssl.constants import CHANNEL_BINDING_TYPES
from refssl.context import SSLContext
from refssl.errors import SSLError
from refssl.leftovers import has_peer
from refssl.sslobject import check_parameters

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from typing_extensions import Buffer, Self

    from refssl.session import SSLSession
    from refssl.tls import TLSConnection

__all__ = ["SSLSocket"]


class SSLSocket(socket.socket):
    """A TLS connection over a stream socket, made by SSLContext.wrap_socket() (ssl.SSLSocket)."""

    _sslobj: TLSConnection | None
    _context: SSLContext
    _session: SSLSession | None
    _connected: bool
    server_side: bool
    server_hostname: str | None
    do_handshake_on_connect: bool
    suppress_ragged_eofs: bool

    def __init__(self, *args: object, **kwargs: object) -> None:
        raise TypeError(
            f"{type(self).__name__} does not have a public constructor. "
            "Instances are returned by SSLContext.wrap_socket()."
        )

    @classmethod
    def _create(
        cls,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        context: SSLContext = None,  # type: ignore[assignment]  # as in ssl; there is no socket without one
        session: SSLSession | None = None,
    ) -> Self:
        if sock.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) != socket.SOCK_STREAM:
            raise NotImplementedError("only stream sockets are supported")
        check_parameters(context, server_side, server_hostname, session)
        self = cls.__new__(cls)
        socket.socket.__init__(self, sock.family, sock.type, sock.proto, fileno=sock.fileno())
        timeout = sock.gettimeout()
        # From here on the descriptor is ours, to be closed if anything goes wrong.
        sock.detach()
        try:
            self._context = context
            self._session = session
            self._sslobj = None
            self.server_side = server_side
            self.server_hostname = context._encode_hostname(server_hostname)
            self.do_handshake_on_connect = do_handshake_on_connect
            self.suppress_ragged_eofs = suppress_ragged_eofs
            self.settimeout(timeout)
            self._connected = has_peer(self)
            if self._connected:
                self._begin()
        except BaseException:
            self.close()
            raise
        return self

    def _begin(self) -> None:
        """Put TLS on the connected socket, and shake hands if that was asked for."""
        self._sslobj = self._context._wrap_socket(
            self, self.server_side, self.server_hostname, owner=self, session=self._session
        )
        if self.do_handshake_on_connect:
            if self.gettimeout() == 0.0:
                raise ValueError("do_handshake_on_connect should not be specified for non-blocking sockets")
            self.do_handshake()

    # -- what it is

    @property
    def context(self) -> SSLContext:
        """The context; assigning another one, from an sni_callback, switches the connection to it."""
        return self._context

    @context.setter
    def context(self, ctx: SSLContext) -> None:
        if self._sslobj is not None:
            self._sslobj.context = ctx
        self._context = ctx

    @property
    def session(self) -> SSLSession | None:
        """The connection's session; a client's may be set before the handshake to resume it."""
        return self._sslobj.session if self._sslobj is not None else None

    @session.setter
    def session(self, session: SSLSession) -> None:
        self._session = session
        if self._sslobj is not None:
            self._sslobj.session = session

    @property
    def session_reused(self) -> bool | None:
        """Whether the connection resumed a session; None where there is no connection."""
        return self._sslobj.session_reused if self._sslobj is not None else None

    def dup(self) -> NoReturn:
        """Never allowed: two sockets cannot share one connection."""
        raise NotImplementedError(f"Can't dup() {type(self).__name__} instances")

    def _checkClosed(self, msg: str | None = None) -> None:  # noqa: N802
        """Kept for subclasses that override it."""

    def _check_connected(self) -> None:
        if not self._connected:
            # Raises the OSError that says so.
            self.getpeername()

    def _no_wrapper(self) -> ValueError:
        return ValueError(f"No SSL wrapper around {self}")

    # -- bytes

    def read(self, len: int = 1024, buffer: Buffer | None = None) -> Any:  # noqa: A002
        """Up to `len` bytes of one record, or with `buffer` their number; see Channel.read.

        The transport's end without close_notify is b"" or 0 where suppress_ragged_eofs is True; a fault is not.
        """
        self._checkClosed()
        connection = self._sslobj
        if connection is None:
            raise ValueError("Read on closed or unwrapped SSL socket.")
        try:
            if buffer is not None:
                return connection.read(len, buffer)
            return connection.read(len)
        except SSLError:
            if self.suppress_ragged_eofs and connection.truncated:
                return 0 if buffer is not None else b""
            raise

    def write(self, data: Buffer) -> int:
        """Send `data` and return its length; see Channel.write."""
        self._checkClosed()
        if self._sslobj is None:
            raise ValueError("Write on closed or unwrapped SSL socket.")
        return self._sslobj.write(data)

    def _refuse_flags(self, flags: int, method: str) -> None:
        if flags != 0:
            raise ValueError(f"non-zero flags not allowed in calls to {method}() on {type(self)}")

    def recv(self, buflen: int = 1024, flags: int = 0) -> Any:
        """Like read(), or a plain socket's recv() where there is no TLS; flags must be 0 with it."""
        self._checkClosed()
        if self._sslobj is None:
            return super().recv(buflen, flags)
        self._refuse_flags(flags, "recv")
        return self.read(buflen)

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> Any:
        """Like read() into a buffer of which `nbytes` (None or 0: all) may be used."""
        self._checkClosed()
        if nbytes is None:
            nbytes = memoryview(buffer).nbytes if buffer is not None else 1024
        if self._sslobj is None:
            return super().recv_into(buffer, nbytes, flags)
        self._refuse_flags(flags, "recv_into")
        return self.read(nbytes, buffer)

    def send(self, data: Buffer, flags: int = 0) -> int:
        """Like write(), or a plain socket's send() where there is no TLS; flags must be 0 with it."""
        self._checkClosed()
        if self._sslobj is None:
            return super().send(data, flags)
        self._refuse_flags(flags, "send")
        return self._sslobj.write(data)

    def sendall(self, data: Buffer, flags: int = 0) -> None:
        """Send all of `data` within one time-out."""
        self._checkClosed()
        if self._sslobj is None:
            return super().sendall(data, flags)
        self._refuse_flags(flags, "sendall")
        with memoryview(data) as view, view.cast("B") as octets:
            sent = 0
            while sent < len(octets):
                sent += self.send(octets[sent:])
        return None

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        """Send a binary file from `offset`, at most `count` bytes, and return how many (ssl.SSLSocket.sendfile)."""
        if self._sslobj is None:
            return super().sendfile(file, offset, count)
        # The kernel cannot encrypt for us, so the file is read and sent as socket.sendfile() does without os.sendfile.
        sent: int = self._sendfile_use_send(file, offset, count)  # type: ignore[attr-defined]
        return sent

    def sendto(self, data: Any, flags_or_addr: Any, addr: Any = None) -> int:
        """Refused on a connection; a plain socket's sendto() where there is no TLS."""
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"sendto not allowed on instances of {type(self)}")
        if addr is None:
            return super().sendto(data, flags_or_addr)
        return super().sendto(data, flags_or_addr, addr)

    def recvfrom(self, buflen: int = 1024, flags: int = 0) -> Any:
        """Refused on a connection; a plain socket's recvfrom() where there is no TLS."""
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom not allowed on instances of {type(self)}")
        return super().recvfrom(buflen, flags)

    def recvfrom_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> Any:
        """Refused on a connection; a plain socket's recvfrom_into() where there is no TLS."""
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom_into not allowed on instances of {type(self)}")
        return super().recvfrom_into(buffer, nbytes or 0, flags)

    def recvmsg(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never allowed: ancillary data has no place in TLS."""
        raise NotImplementedError(f"recvmsg not allowed on instances of {type(self)}")

    def recvmsg_into(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never allowed: ancillary data has no place in TLS."""
        raise NotImplementedError(f"recvmsg_into not allowed on instances of {type(self)}")

    def sendmsg(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Never allowed: ancillary data has no place in TLS."""
        raise NotImplementedError(f"sendmsg not allowed on instances of {type(self)}")

    def pending(self) -> int:
        """How many bytes can be read without receiving; 0 where there is no connection."""
        self._checkClosed()
        return self._sslobj.pending() if self._sslobj is not None else 0

    # -- beginning and end

    def _real_connect(self, addr: Any, connect_ex: bool) -> int:
        if self.server_side:
            raise ValueError("can't connect in server-side mode")
        if self._connected or self._sslobj is not None:
            raise ValueError("attempt to connect already-connected SSLSocket!")
        self._sslobj = self._context._wrap_socket(self, False, self.server_hostname, owner=self, session=self._session)
        try:
            if connect_ex:
                result = super().connect_ex(addr)
            else:
                result = 0
                super().connect(addr)
            if not result:
                self._connected = True
                if self.do_handshake_on_connect:
                    self.do_handshake()
            return result
        except (OSError, ValueError):
            self._sslobj = None
            raise

    def connect(self, addr: Any) -> None:
        """Connect, and shake hands where do_handshake_on_connect is True."""
        self._real_connect(addr, False)

    def connect_ex(self, addr: Any) -> int:
        """Like connect(), but return the error number of the connecting itself."""
        return self._real_connect(addr, True)

    def accept(self) -> tuple[SSLSocket, Any]:
        """Accept a connection and wrap it as this socket was wrapped; it is closed if its handshake fails."""
        plain, address = super().accept()
        with plain:  # it closes what could not be wrapped; once it is wrapped, there is nothing left to close
            wrapped = self._context.wrap_socket(
                plain,
                do_handshake_on_connect=self.do_handshake_on_connect,
                suppress_ragged_eofs=self.suppress_ragged_eofs,
                server_side=True,
            )
        return wrapped, address

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands; `block` makes a non-blocking socket wait for it (ssl.SSLSocket.do_handshake)."""
        self._check_connected()
        timeout = self.gettimeout()
        try:
            if timeout == 0.0 and block:
                self.settimeout(None)
            self._sslobj.do_handshake()  # type: ignore[union-attr]
        finally:
            self.settimeout(timeout)

    def unwrap(self) -> SSLSocket:
        """Close the TLS connection on both sides and return the socket, plain from here on (ssl.SSLSocket.unwrap)."""
        if self._sslobj is None:
            raise self._no_wrapper()
        self._sslobj.shutdown()
        self._sslobj = None
        return self

    def shutdown(self, how: int) -> None:
        """Shut the socket down. TLS is dropped without a close_notify; unwrap() is what closes it."""
        self._checkClosed()
        self._sslobj = None
        super().shutdown(how)

    def _real_close(self, *args: Any) -> None:
        self._sslobj = None
        super()._real_close(*args)  # type: ignore[misc]

    # -- facts about the connection

    def getpeercert(self, binary_form: bool = False) -> Any:
        """The peer's certificate as a dict or as DER, None without one. Raises ValueError before the handshake."""
        self._checkClosed()
        self._check_connected()
        return self._sslobj.getpeercert(binary_form)  # type: ignore[union-attr]

    def get_verified_chain(self) -> list[bytes]:
        """The verified chain as DER, leaf first (ssl.SSLSocket.get_verified_chain)."""
        return self._sslobj.get_verified_chain()  # type: ignore[union-attr]

    def get_unverified_chain(self) -> list[bytes]:
        """The certificates that the peer sent, as DER (ssl.SSLSocket.get_unverified_chain)."""
        return self._sslobj.get_unverified_chain()  # type: ignore[union-attr]

    def selected_npn_protocol(self) -> None:
        """None: NPN is not supported."""
        warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)

    def selected_alpn_protocol(self) -> str | None:
        """The protocol that ALPN selected, or None."""
        return self._sslobj.selected_alpn_protocol() if self._sslobj is not None else None

    def cipher(self) -> tuple[str, str, int] | None:
        """The suite's name, protocol and secret bits, or None where there is no connection."""
        return self._sslobj.cipher() if self._sslobj is not None else None

    def group(self) -> str | None:
        """The name of the key exchange's group, or None where there is no connection."""
        return self._sslobj.group() if self._sslobj is not None else None

    def client_sigalg(self) -> str | None:
        """The scheme with which the client authenticated itself, or None."""
        return self._sslobj.client_sigalg() if self._sslobj is not None else None

    def server_sigalg(self) -> str | None:
        """The scheme with which the server authenticated itself, or None."""
        return self._sslobj.server_sigalg() if self._sslobj is not None else None

    def shared_ciphers(self) -> list[tuple[str, str, int]] | None:
        """At a server, the suites that both sides have; None at a client."""
        return self._sslobj.shared_ciphers() if self._sslobj is not None else None

    def compression(self) -> None:
        """None: there is no compression."""

    def version(self) -> str | None:
        """The protocol's name, or None where there is no connection."""
        return self._sslobj.version() if self._sslobj is not None else None

    def get_channel_binding(self, cb_type: str = "tls-unique") -> bytes | None:
        """Channel binding data, None before the handshake; ValueError for a type other than "tls-unique"."""
        if self._sslobj is not None:
            return self._sslobj.get_channel_binding(cb_type)
        if cb_type not in CHANNEL_BINDING_TYPES:
            raise ValueError(f"{cb_type} channel binding type not implemented")
        return None

    def verify_client_post_handshake(self) -> None:
        """At a server, ask the client for its certificate; the next write or read sends the question.

        Raises SSLError where that cannot be (ssl.SSLSocket.verify_client_post_handshake).
        """
        if self._sslobj is None:
            raise self._no_wrapper()
        self._sslobj.verify_client_post_handshake()


SSLSocket.__module__ = "refssl"
SSLContext.sslsocket_class = SSLSocket
