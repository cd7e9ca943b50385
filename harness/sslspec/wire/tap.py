"""Takes down what passes between an implementation and its peer: bytes, closings, the scenario's steps, in their order.

It sits where every byte passes anyway: on the peer, which is fed what the subject sends and asked for what it sends
itself. Nothing of it is there in an ordinary run. What the bytes mean is not known here.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Endpoint, Journal, bare, written_call
from sslspec.bench.lines import Line, MemoryLine
from sslspec.bench.pair import Couple, Pair, PeerFactory
from sslspec.bench.peer import Peer
from sslspec.bench.variant import Variant
from sslspec.running import events
from sslspec.wire import relay

CLIENT, SERVER = "client", "server"


class Recorder:
    """Appends what one execution does to a file of events, each at once: it may be the last.

    key_log: the file beside it in which the secrets are.
    """

    def __init__(self, path: str, execution: Mapping[str, Any]) -> None:
        self.key_log = path + ".keys"
        self._path = path
        self._connections = 0
        self._over = False
        self._lock = threading.Lock()
        self.tell("execution", **execution)

    def tell(self, event: str, **facts: Any) -> None:
        """Append one event, unless the scenario is over: what the bench does to clean up tells nothing."""
        with self._lock:
            if not self._over:
                events.append(self._path, {"event": event, "time": time.time_ns(), **facts})

    def connection(self, subject: str) -> Tap:
        """A new connection, in which the implementation is `subject`: CLIENT, SERVER or ``both``."""
        self._connections += 1
        self.tell("connection", number=self._connections, subject=subject)
        return Tap(self, self._connections)

    def over(self) -> None:
        """The scenario has come to its end."""
        with self._lock:
            self._over = True


class Tap:
    """Where the bytes of one connection are noted. `by` is CLIENT or SERVER."""

    def __init__(self, recorder: Recorder, number: int) -> None:
        self._recorder = recorder
        self._number = number

    def sent(self, by: str, data: bytes) -> None:
        """`by` has put these bytes onto the wire."""
        if data:
            self._recorder.tell("data", connection=self._number, by=by, hex=bytes(data).hex())

    def closed(self, by: str, how: str) -> None:
        """`by` has ended its half of the connection: how is ``close`` or ``reset``."""
        self._recorder.tell("closed", connection=self._number, by=by, how=how)

    def delivered(self, size: int) -> None:
        """The subject was given a piece of this size."""
        self._recorder.tell("delivered", connection=self._number, size=size)

    def verb(self, name: str, *args: Any, **kwargs: Any) -> None:
        """The scenario had the peer do something."""
        self._recorder.tell("verb", actor="peer", call=written_call(name, args, kwargs))


class Steps(list[dict[str, Any]]):
    """A journal's steps, each told as it is written down."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def append(self, step: dict[str, Any]) -> None:
        super().append(step)
        self._recorder.tell("step", step=step)


class _Tapped(Peer):
    """What a peer's class becomes: what goes through it is noted on the way."""

    recorder: Recorder
    tap: Tap | None = None
    gone = False  # it has closed its end: what it puts out now goes nowhere

    @property
    def mine(self) -> str:
        return SERVER if self.server_side else CLIENT

    @property
    def theirs(self) -> str:
        return CLIENT if self.server_side else SERVER

    def join(self, transport: str) -> tuple[socket.socket, Line] | None:
        joined = super().join(transport)
        if joined is None:
            return None
        near, line = joined
        self.tap = self.recorder.connection(self.theirs)
        return relay.between(near, self.tap, mine=self.theirs, theirs=self.mine), line

    def start(self) -> None:
        tap = self._noted()
        line = self.line
        if isinstance(line, MemoryLine) and not isinstance(line._incoming, _Pieces):
            line._incoming = _Pieces(line._incoming, tap)
        super().start()

    def feed(self, data: bytes) -> None:
        self._noted().sent(self.theirs, data)
        super().feed(data)

    def feed_eof(self) -> None:
        if not self.transport_closed_seen:
            self._noted().closed(self.theirs, "close")
        super().feed_eof()

    def take(self) -> bytes:
        data = super().take()
        if data and not self.gone:
            self._noted().sent(self.mine, data)
        return data

    def send(self, data: bytes) -> None:
        self._noted().verb("send", data)
        super().send(data)

    def send_raw(self, data: bytes) -> None:
        self._noted().verb("send_raw", data)
        super().send_raw(data)

    def close_notify(self) -> None:
        self._noted().verb("close_notify")
        super().close_notify()

    def update_keys(self, *, answer_wanted: bool = False) -> None:
        self._noted().verb("update_keys", answer_wanted=answer_wanted)
        super().update_keys(answer_wanted=answer_wanted)

    def request_certificate(self) -> None:
        self._noted().verb("request_certificate")
        super().request_certificate()

    def close_transport(self) -> None:
        self._noted().verb("close_transport")
        super().close_transport()
        self.gone = True
        self._noted().closed(self.mine, "close")

    def reset_transport(self) -> None:
        self._noted().verb("reset_transport")
        super().reset_transport()
        self.gone = True
        self._noted().closed(self.mine, "reset")

    def _noted(self) -> Tap:
        with self.turn:  # over a socket it is started by the line's own thread
            if self.tap is None:
                self.tap = self.recorder.connection(self.theirs)
            return self.tap


class _Pieces:
    """The subject's incoming MemoryBIO as a line sees it: what is written is noted by its size."""

    def __init__(self, bio: Any, tap: Tap) -> None:
        self._bio = bio
        self._tap = tap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bio, name)

    def write(self, data: bytes) -> Any:
        self._tap.delivered(len(data))
        return self._bio.write(data)


class _ByHand:
    """A MemoryBIO that the scenario reads or writes itself: that it does is told."""

    def __init__(self, bio: Any, name: str, recorder: Recorder) -> None:
        self._bio = bio
        self._name = name
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._bio, name)

    def read(self, *size: int) -> Any:
        data = self._bio.read(*size)
        self._recorder.tell("verb", actor=self._name, call=f"read() takes {len(data)} bytes")
        return data

    def write(self, data: bytes) -> Any:
        self._recorder.tell("verb", actor=self._name, call=written_call("write", (data,), {}))
        return self._bio.write(data)


def tapped(make: PeerFactory, recorder: Recorder) -> PeerFactory:
    """A factory that makes the same peers, each with a tap."""

    def made(pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> Peer:
        peer = make(pki, server_side=server_side, versions=versions)
        kind = type(peer)
        peer.key_log = recorder.key_log
        peer.__class__ = type(kind.__name__, (_Tapped, kind), {"recorder": recorder})
        return peer

    return made


class TappedPair(Pair):
    """A pair whose connections are taken down."""

    def __init__(
        self,
        impl: ModuleType,
        variant: Variant,
        make_peer: PeerFactory,
        pki: Pki,
        journal: Journal,
        *,
        recorder: Recorder,
    ) -> None:
        super().__init__(impl, variant, tapped(make_peer, recorder), pki, journal)
        self._recorder = recorder

    @property
    def subject_incoming(self) -> Any:
        return _ByHand(super().subject_incoming, "subject_incoming", self._recorder)

    @property
    def subject_outgoing(self) -> Any:
        return _ByHand(super().subject_outgoing, "subject_outgoing", self._recorder)


class TappedCouple(Couple):
    """A couple whose connection is taken down: after each call of an end, what it has put into its MemoryBIO."""

    def __init__(self, impl: ModuleType, variant: Variant, pki: Pki, journal: Journal, *, recorder: Recorder) -> None:
        super().__init__(impl, variant, pki, journal)
        self._recorder = recorder

    def wrap(self, *, session: Any = None) -> None:
        keep_secrets(self.server_context, self._recorder.key_log)
        super().wrap(session=session)
        assert self._ends is not None
        peek = _Peek(self.impl, self._recorder.connection("both"), {CLIENT: self._to_server, SERVER: self._to_client})
        client, server = (
            Endpoint(Endpoint(bare(end), name, peek), name, self._journal)
            for end, name in zip(self._ends, ("client", "server"), strict=True)
        )
        self._ends = client, server


class _Peek(Journal):
    """Looks, after each call, at what has come to be in the two MemoryBIOs; by whoever writes into each."""

    def __init__(self, impl: ModuleType, tap: Tap, bios: dict[str, Any]) -> None:
        super().__init__(impl)
        self._tap = tap
        self._bios = bios
        self._known = dict.fromkeys(bios, 0)

    def _append(self, actor: str, call: str, outcome: dict[str, Any]) -> None:
        for by, bio in self._bios.items():
            new = bio.pending - self._known[by]
            if new > 0:
                data = bio.read()
                bio.write(data)
                self._tap.sent(by, data[-new:])
            self._known[by] = bio.pending


def keep_secrets(context: Any, path: str) -> None:
    """Have a context append its secrets to a file, where it can and the scenario has no file of its own."""
    try:
        if context.keylog_filename is None:
            context.keylog_filename = path
    except (AttributeError, NotImplementedError, OSError):
        pass  # then the wire is shown as far as it is readable
