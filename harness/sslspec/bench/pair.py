"""Two ends of one connection: the implementation under test, observed, and its peer.

What a scenario asks for with the ``pair`` fixture. Nothing happens until it is needed: contexts are made when they are
looked at, and the implementation's object (``subject``) when it is used or ``wrap()`` is called.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

from sslspec.bench import loopback
from sslspec.bench.contexts import SharedContexts, make_context
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Endpoint, Journal, bare, written_call
from sslspec.bench.exits import PeerFailed
from sslspec.bench.lines import Line, MemoryLine, SocketLine
from sslspec.bench.module_peer import ModulePeer
from sslspec.bench.peer import HOSTNAME, Peer
from sslspec.bench.variant import Variant as Variant

if TYPE_CHECKING:
    from sslspec.bench.aio import Aio

T = TypeVar("T")
PeerFactory = Callable[..., Peer]


class Pair:
    """The implementation under test and its peer, joined by a line.

    subject: the implementation's SSLObject (memory) or SSLSocket (sockets), observed; made at the first look.
    subject_context: its context, made for this scenario alone, to be changed, or set to another, before the subject
        is made.
    peer: the other end, with neutral verbs and ``settings``.
    server_hostname: what a client subject asks for and checks.
    """

    def __init__(self, impl: ModuleType, variant: Variant, make_peer: PeerFactory, pki: Pki, journal: Journal) -> None:
        self.impl: Any = impl
        self.variant = variant
        self.pki = pki
        self.server_side = variant.role == "server"
        self.server_hostname: str | None = None if self.server_side else HOSTNAME
        self._journal = journal
        self._make_peer = make_peer
        versions = (variant.version, variant.version) if variant.version else ("tls12", "tls13")
        self.peer = make_peer(pki, server_side=not self.server_side, versions=versions)
        self._context: Any = None
        self._wrapped_with: Any = None
        self._subject: Endpoint | None = None
        self._line: Line | None = None
        self._spare: list[Any] = []
        self._aio: Aio | None = None

    # -- the subject -------------------------------------------------------------------------------------------------

    @property
    def subject_context(self) -> Any:
        """The subject's SSLContext: default settings; a client trusts ``root``, a server presents ``server``."""
        if self._context is None:
            self._context = make_context(self.impl, self.variant, self.pki)
        return self._context

    @subject_context.setter
    def subject_context(self, context: Any) -> None:
        self._context = context

    @property
    def subject(self) -> Any:
        """The implementation's own object under observation."""
        if self._subject is None:
            self.wrap()
        return self._subject

    @property
    def bare_subject(self) -> Any:
        """The same object without the observer, where identity, type or reference counts matter."""
        return bare(self.subject)

    @property
    def subject_incoming(self) -> Any:
        """The MemoryBIO that the subject reads; memory transport only."""
        self.subject  # noqa: B018 - making it makes the BIOs
        return self._incoming

    @property
    def subject_outgoing(self) -> Any:
        """The MemoryBIO that the subject writes; memory transport only."""
        self.subject  # noqa: B018
        return self._outgoing

    def wrap(self, **options: Any) -> Any:
        """Make the subject, with other options for wrap_bio()/wrap_socket() than the usual ones; gives it back.

        A socket is wrapped with do_handshake_on_connect False and a timeout, so that nothing blocks for ever.
        """
        options.setdefault("server_side", self.server_side)
        options.setdefault("server_hostname", self.server_hostname)
        context = (
            self._context if self._context is not None else _shared_contexts.get(self.impl, self.variant, self.pki)
        )
        self._wrapped_with = context
        make = {"memory": self._wrap_bio, "asyncio": self._wrap_streams}.get(self.variant.transport, self._wrap_socket)
        self._subject = Endpoint(make(context, options), "subject", self._journal)
        return self._subject

    def _wrap_bio(self, context: Any, options: dict[str, Any]) -> Any:
        self._incoming, self._outgoing = self.impl.MemoryBIO(), self.impl.MemoryBIO()
        subject = self._noted("wrap_bio", context.wrap_bio, self._incoming, self._outgoing, **options)
        self._line = MemoryLine(self.peer, self._incoming, self._outgoing, self.variant.delivery)
        return subject

    def _wrap_socket(self, context: Any, options: dict[str, Any]) -> Any:
        options.setdefault("do_handshake_on_connect", False)
        joined = self.peer.join(self.variant.transport)
        if joined is not None:
            near, self._line = joined
            near.settimeout(loopback.DEADLINE)
        else:
            near, far = self.plain_ends()
            self._line = SocketLine(self.peer, far)
        self._spare.append(near)
        return self._noted("wrap_socket", context.wrap_socket, near, **options)

    def _wrap_streams(self, context: Any, options: dict[str, Any]) -> Any:
        near, far = self.plain_ends()
        self._spare.append(near)
        self._line = SocketLine(self.peer, far)
        from sslspec.bench.streams import StreamSubject

        return StreamSubject(self.aio, near, context, options)

    def _noted(self, name: str, call: Callable[..., Any], *args: Any, **options: Any) -> Any:
        try:
            return call(*args, **options)
        except BaseException as exception:
            self._journal.raised("subject", written_call(name, args, options), exception)
            raise

    @property
    def aio(self) -> Aio:
        """An event loop over the implementation, with asyncio's names; made at the first look."""
        if self._aio is None:
            from sslspec.bench.aio import Aio  # asyncio imports an ssl of its own, which most scenarios have no use for

            self._aio = Aio(self.impl)
        return self._aio

    async def streams(self, **options: Any) -> tuple[Any, Any]:
        """asyncio's reader and writer on a new connection to the peer, in the pair's role, both handshakes complete."""
        near, far = self.plain_ends()
        self._spare.append(near)
        self.attach(far)
        made = await self.aio.streams(
            near, self.subject_context, server_side=self.server_side, server_hostname=self.server_hostname, **options
        )
        await self.aio.to_thread(self.peer.completes)
        return made

    def attach(self, connection: socket.socket) -> None:
        """Put the peer onto `connection`: the other end of a socket that the scenario wraps itself.

        For what ``wrap()`` does not do: listening, accepting, connecting, plain text before TLS.
        """
        self._line = SocketLine(self.peer, connection)

    def plain_socket(self) -> socket.socket:
        """A plain socket that is neither bound nor connected; of the transport's family, ``tcp`` or ``tcp6``."""
        return loopback.plain(self.variant.transport)

    def plain_listener(self) -> socket.socket:
        """A plain socket that listens on the transport's loopback address, on a port that the system picks."""
        return loopback.listener(self.variant.transport)

    def plain_ends(self) -> tuple[socket.socket, socket.socket]:
        """Two connected plain sockets of the transport's, with a time-out: the subject's end and the peer's."""
        near, far = loopback.connected(self.variant.transport)
        near.settimeout(loopback.DEADLINE)
        far.settimeout(loopback.DEADLINE)
        return near, far

    def release(self) -> socket.socket:
        """Take the connection from an attached peer; it is left open, blocking with a timeout. The peer is done."""
        assert isinstance(self._line, SocketLine)
        line, self._line = self._line, None
        return line.release()

    # -- progress ----------------------------------------------------------------------------------------------------

    @property
    def line(self) -> Line:
        """What joins the two; made with the subject."""
        self.subject  # noqa: B018
        assert self._line is not None
        return self._line

    def shake_hands(self) -> None:
        """Complete the handshake of both ends. Raises what the subject raises; PeerFailed where only the peer fails."""
        self.drive(self.subject.do_handshake)
        if not self.peer.completes():
            raise PeerFailed(f"the subject's handshake is complete, the peer's is not: {self.peer.error!r}")

    def drive(self, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """``call(*args)``, given the bytes that it waits for one piece after the other; written down as one step.

        Over sockets that is an ordinary call. Over memory SSLWantReadError is met with the next piece that is under
        way, and goes on to the scenario when there is none.
        """
        if not isinstance(self.line, MemoryLine):
            try:
                return call(*args, **kwargs)
            except OSError:
                self.line.settle(lambda: True)  # raises where the peer could not even begin
                raise
        bare_call = getattr(call, "__wrapped__", call)
        written = written_call(getattr(call, "__name__", "call"), args, kwargs)
        try:
            value: T = self._retried(self.line, bare_call, *map(bare, args), **kwargs)
        except BaseException as exception:
            self._journal.raised("subject", written, exception)
            raise
        self._journal.returned("subject", written, value)
        return value

    def _retried(self, line: MemoryLine, call: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        while True:
            try:
                value = call(*args, **kwargs)
            except self.impl.SSLWantReadError:
                if not line.next_piece():
                    raise
            except BaseException:
                line.collect()
                raise
            else:
                line.collect()
                return value

    def carry(self) -> None:
        """Memory: bring over everything that is under way, in both directions. Sockets do so by themselves."""
        self.line.carry()

    def read(self, count: int) -> bytes:
        """`count` bytes of application data from the subject, in as many reads as that takes; fewer at close_notify."""
        data = bytearray()
        while len(data) < count:
            chunk = self.drive(self.subject.read, count - len(data))
            if not chunk:
                break
            data += chunk
        return bytes(data)

    def greet(self) -> None:
        """One message in each direction; what came with the handshake (session tickets) has been read after it."""
        self.peer.send(b"from the peer")
        assert self.read(13) == b"from the peer"
        assert self.drive(self.subject.write, b"from the subject") == 16
        assert self.peer.receive(16) == b"from the subject"

    def reconnect(self, context: Any = None, **options: Any) -> Pair:
        """A second pair of the same two: same contexts, same settings; a client peer offers the session that it got.

        For a client subject pass ``session=``; `context` is another context for the subject. The handshake is left to
        the scenario.
        """
        second = Pair(self.impl, self.variant, self._make_peer, self.pki, self._journal)
        second._context = context or self._context or bare(self.subject).context
        second.server_hostname = self.server_hostname
        second.peer.settings = replace(self.peer.settings)
        second.peer.resume(self.peer)
        self._spare.append(second)
        if options:
            second.wrap(**options)
        return second

    def close(self) -> None:
        """Leave nothing behind. What the implementation thinks of being closed now is not asked."""
        subject = bare(self._subject)
        for thing in (subject, *self._spare):
            close = getattr(thing, "close", None)
            if close is not None:
                with contextlib.suppress(Exception):
                    close()
        if self._line is not None:
            self._line.stop()
        if self._aio is not None:
            self._aio.close()
        _shared_contexts.check(self._wrapped_with)


class Couple:
    """One implementation on both ends, over memory, both observed: what ``both`` scenarios ask for as ``couple``."""

    def __init__(self, impl: ModuleType, variant: Variant, pki: Pki, journal: Journal) -> None:
        self.impl: Any = impl
        self.variant = variant
        self.pki = pki
        self.client_context = make_context(impl, replace(variant, role="client"), pki)
        self.server_context = make_context(impl, replace(variant, role="server"), pki)
        self.server_hostname: str | None = HOSTNAME
        self._journal = journal
        self._ends: tuple[Endpoint, Endpoint] | None = None

    def wrap(self, *, session: Any = None) -> None:
        """Make both objects anew from the contexts as they are now; `session` is what the client offers."""
        self._to_client, self._to_server = self.impl.MemoryBIO(), self.impl.MemoryBIO()
        client = self.client_context.wrap_bio(
            self._to_client, self._to_server, server_hostname=self.server_hostname, session=session
        )
        server = self.server_context.wrap_bio(self._to_server, self._to_client, server_side=True)
        self._ends = (Endpoint(client, "client", self._journal), Endpoint(server, "server", self._journal))

    @property
    def client(self) -> Any:
        """The client's SSLObject."""
        return self._both()[0]

    @property
    def server(self) -> Any:
        """The server's SSLObject."""
        return self._both()[1]

    @property
    def bare_client(self) -> Any:
        """The client's without the observer, for what differs from run to run: ciphertext, and how long it is."""
        return bare(self.client)

    @property
    def bare_server(self) -> Any:
        """The server's without the observer."""
        return bare(self.server)

    def _both(self) -> tuple[Endpoint, Endpoint]:
        if self._ends is None:
            self.wrap()
        assert self._ends is not None
        return self._ends

    def shake_hands(self) -> None:
        """Complete the handshake of both, and bring the client what follows it (session tickets)."""
        waiting = [bare(end) for end in self._both()]
        for _ in range(20):
            for end in list(waiting):
                try:
                    end.do_handshake()
                except self.impl.SSLWantReadError:
                    continue
                waiting.remove(end)
            if not waiting:
                break
        else:
            raise AssertionError("the handshake goes on for ever")
        with contextlib.suppress(self.impl.SSLWantReadError):
            bare(self.client).read(1)


_shared_contexts = SharedContexts()
forget_contexts = _shared_contexts.forget


def module_peer(module: ModuleType, name: str) -> PeerFactory:
    """A factory of peers that are an implementation."""

    def make(pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> Peer:
        return ModulePeer(module, name, pki, server_side=server_side, versions=versions)

    return make
