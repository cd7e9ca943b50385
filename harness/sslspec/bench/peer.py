"""Who is on the other end: neutral verbs and settings, whatever library does the work.

A Peer is sans-IO, unless it is a program. A line (``lines.py``) feeds it bytes and carries away what it puts out, on a
memory transport in the scenario's own thread, on a socket in a thread of the line's. Subclasses supply the hooks at the
end of the class.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable, PeerFailed

if TYPE_CHECKING:
    from sslspec.bench.lines import Line

HOSTNAME = "localhost"


@dataclass
class Settings:
    """What the peer brings to the handshake; a scenario changes it before the first byte flows.

    certificate: name in the PKI of what the peer presents (a client presents none unless it is set).
    trust: name of the authority that it trusts, or None to verify nothing.
    verify_client: ``none``, ``optional`` or ``required``, for a peer that serves.
    server_hostname: what a client asks for (SNI) and checks; None for neither.
    alpn: protocol names, the preferred first. groups: as OpenSSL names them (``X25519``, ``secp384r1``).
    ciphers: an OpenSSL string for TLS 1.2. tickets: how many a TLS 1.3 server sends, None for the library's default.
    versions: lowest and highest, ``tls12`` or ``tls13``.
    post_handshake_auth: a client can be asked for its certificate after the handshake, a server does not ask before.
    psk: identity and key of an external pre-shared key. psk_hint: what a server of TLS 1.2 says to choose it by.
    """

    certificate: str | None = None
    trust: str | None = "root"
    verify_client: str = "none"
    server_hostname: str | None = HOSTNAME
    alpn: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    ciphers: str | None = None
    tickets: int | None = None
    versions: tuple[str, str] = ("tls12", "tls13")
    post_handshake_auth: bool = False
    psk: tuple[str, bytes] | None = None
    psk_hint: str | None = None

    def key(self) -> tuple[Any, ...]:
        """What two peers must have in common to share a context."""
        return tuple(vars(self).items())


@dataclass
class Seen:
    """What the peer knows of the connection once its handshake is complete; None where there was none."""

    version: str | None = None
    cipher: str | None = None
    alpn: str | None = None
    server_name: str | None = None
    certificate: bytes | None = field(default=None, repr=False)
    resumed: bool = False


class Peer:
    """One end of a connection, seen from outside. ``name`` is its column in a record."""

    name = "?"
    failures: tuple[type[Exception], ...] = (OSError,)  # what the library raises when a connection fails

    def __init__(self, pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> None:
        self.pki = pki
        self.server_side = server_side
        self.settings = Settings(certificate="server" if server_side else None, versions=versions)
        self.line: Line | None = None
        self.key_log: str | None = None  # a file for the secrets of its connections, for who wants to read the wire
        self.turn = threading.RLock()
        self.handshake_complete = False
        self.close_notify_seen = False
        self.transport_closed_seen = False
        self.error: Exception | None = None
        self.bytes_seen = bytearray()
        self.seen = Seen()
        self._alert: str | None = None
        self._plaintext = bytearray()
        self._output = bytearray()
        self._open_for_use = False

    def __repr__(self) -> str:
        return f"<the peer {self.name}>"

    def join(self, transport: str) -> tuple[socket.socket, Line] | None:
        """The subject's end of a new connection, for a peer that makes its own; None for all that are sans-IO."""
        return None

    # -- what a line does with it ------------------------------------------------------------------------------------

    def start(self) -> None:
        """Make the connection; a client puts out its first flight. Idempotent."""
        if not self._open_for_use:
            self._open_for_use = True
            self._open()
            self.advance()

    @property
    def is_open(self) -> bool:
        """Whether the connection is made; before that, a scenario may still change the settings."""
        return self._open_for_use

    def feed(self, data: bytes) -> None:
        """Give the peer bytes from the wire."""
        self.bytes_seen += data
        self._receive(data)
        self.advance()

    def feed_eof(self) -> None:
        """Tell the peer that no more bytes will come."""
        if not self.transport_closed_seen:
            self.transport_closed_seen = True
            self._receive_eof()
            self.advance()

    def take(self) -> bytes:
        """What is to go onto the wire now; b"" if nothing is."""
        self._output += self._pending_output()
        data = bytes(self._output)
        self._output.clear()
        return data

    def advance(self) -> None:
        """Go on with handshake and reading as far as the bytes at hand allow. What goes wrong is kept in `error`."""
        if self.ended:
            return
        try:
            if not self.handshake_complete:
                if not self._handshake():
                    return
                self.handshake_complete = True
                self.seen = self._facts()
            while (chunk := self._read()) is not None:
                if not chunk:
                    self.close_notify_seen = True
                    return
                self._plaintext += chunk
        except self.failures as exception:
            # Alone: its traceback holds every frame, and a shared context its last peer.
            self.error = exception.with_traceback(None)
            self.error.__context__ = None
            self._alert = self._alert_in(exception)

    @property
    def ended(self) -> bool:
        """Nothing more can be learnt from this connection."""
        return self.error is not None or self.close_notify_seen

    # -- verbs -------------------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send application data."""
        with self._verb():
            self._write(data)

    def receive(self, count: int) -> bytes:
        """`count` bytes of application data; PeerFailed if the connection ends, or nothing more comes, before that."""
        self._await(lambda: len(self._plaintext) >= count or self.ended)
        if len(self._plaintext) < count:
            raise PeerFailed(f"the peer received {bytes(self._plaintext)!r}, not {count} bytes{self.trouble}")
        data = bytes(self._plaintext[:count])
        del self._plaintext[:count]
        return data

    def received(self) -> bytes:
        """All application data that has come so far and was not asked for yet; waits for nothing."""
        self._await(lambda: True)
        data = bytes(self._plaintext)
        self._plaintext.clear()
        return data

    def close_notify(self) -> None:
        """Send close_notify (RFC 8446 6.1); reading goes on."""
        with self._verb():
            self._close_notify()

    def send_raw(self, data: bytes) -> None:
        """Put bytes onto the wire that are not TLS of this connection, behind what it has already put out."""
        with self._verb():
            self._output += self._pending_output() + data

    def receive_raw(self, count: int) -> bytes:
        """The `count` bytes that came on the wire behind close_notify."""
        raw = bytearray()

        def enough() -> bool:
            raw.extend(self._unread())
            return len(raw) >= count

        self._await(enough)
        if len(raw) < count:
            raise PeerFailed(f"the peer received {bytes(raw)!r} behind close_notify, not {count} bytes")
        return bytes(raw)

    def update_keys(self, *, answer_wanted: bool = False) -> None:
        """Send a KeyUpdate (RFC 8446 4.6.3). Inapplicable where the library cannot."""
        with self._verb():
            self._update_keys(answer_wanted)

    def request_certificate(self) -> None:
        """Ask the client for its certificate (RFC 8446 4.6.2). Inapplicable where the library cannot."""
        with self._verb():
            self._request_certificate()

    def look_again(self) -> None:
        """Bring `seen` up to date: after the handshake it stays as it was."""
        with self._verb():
            self.seen = self._facts()

    def close_transport(self) -> None:
        """Close the connection underneath, behind what was put out; no close_notify of its own."""
        self._required_line().close_from_peer(reset=False)

    def reset_transport(self) -> None:
        """Close the connection underneath so that the other end sees a reset. Inapplicable but over TCP."""
        self._required_line().close_from_peer(reset=True)

    def stop_reading(self) -> None:
        """Leave what comes on the wire where it is, so that it backs up; only on sockets."""
        self._required_line().stop_reading()

    def go_on_reading(self) -> None:
        """End stop_reading()."""
        self._required_line().go_on_reading()

    @property
    def alert_seen(self) -> str | None:
        """The fatal alert that ended the connection, named as in RFC 8446 6, or None. Waits for the end."""
        self._await(lambda: self.ended or self.transport_closed_seen)
        return self._alert

    def saw_close_notify(self) -> bool:
        """Whether close_notify came. Waits for the connection's end."""
        self._await(lambda: self.ended or self.transport_closed_seen)
        return self.close_notify_seen

    def saw_transport_close(self) -> bool:
        """Whether the connection underneath was closed. Waits for it."""
        self._await(lambda: self.transport_closed_seen)
        return self.transport_closed_seen

    def completes(self) -> bool:
        """Whether the peer's handshake gets done. Waits for it, or for the connection's end."""
        self._await(lambda: self.handshake_complete or self.ended or self.transport_closed_seen)
        return self.handshake_complete

    def resume(self, earlier: Peer) -> None:
        """Share the earlier peer's context, and offer the session that it got."""
        raise Inapplicable(f"the peer {self.name} does not resume sessions")

    def _verb(self) -> Turn:
        return Turn(self)

    def _await(self, reached: Callable[[], bool]) -> None:
        self._required_line().settle(reached)

    def _required_line(self) -> Line:
        if self.line is None:
            raise RuntimeError("the peer has no line yet; wrap the subject first (pair.subject, pair.wrap())")
        return self.line

    @property
    def trouble(self) -> str:
        """What became of the peer, as the end of a message; "" if nothing."""
        if self.error is not None:
            return f" (it raised {self.error!r})"
        return " (close_notify came first)" if self.close_notify_seen else ""

    # -- hooks for a library -----------------------------------------------------------------------------------------

    def _facts(self) -> Seen:
        """What the library knows of the connection, now that its handshake is complete."""
        raise NotImplementedError

    def _open(self) -> None:
        raise NotImplementedError

    def _receive(self, data: bytes) -> None:
        raise NotImplementedError

    def _receive_eof(self) -> None:
        raise NotImplementedError

    def _pending_output(self) -> bytes:
        raise NotImplementedError

    def _handshake(self) -> bool:
        """Go on; True once complete."""
        raise NotImplementedError

    def _read(self) -> bytes | None:
        """Application data, b"" at close_notify, None when more bytes are needed."""
        raise NotImplementedError

    def _write(self, data: bytes) -> None:
        raise NotImplementedError

    def _close_notify(self) -> None:
        raise NotImplementedError

    def _unread(self) -> bytes:
        """Take out what came behind close_notify."""
        raise NotImplementedError

    def _alert_in(self, exception: BaseException) -> str | None:
        raise NotImplementedError

    def _update_keys(self, answer_wanted: bool) -> None:
        raise Inapplicable(f"the peer {self.name} cannot send a KeyUpdate")

    def _request_certificate(self) -> None:
        raise Inapplicable(f"the peer {self.name} does not ask for certificates after the handshake")


class Turn:
    """One verb of a peer: nobody else touches it meanwhile, and the line carries away what came of it."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def __enter__(self) -> None:
        line = self._peer._required_line()
        self._peer.turn.acquire()
        self._line = line

    def __exit__(self, *exception: object) -> None:
        self._peer.turn.release()
        self._line.wake()
