"""The line between the implementation under test and its peer: memory, or a pair of connected sockets.

Over memory everything happens in the scenario's own thread, and bytes reach the subject only when it asks for them
(``Pair.drive``) or the scenario carries them; so the delivery axis means something there. Over sockets a thread of the
line's serves the peer, and the kernel decides how bytes are cut.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from sslspec.bench import threads
from sslspec.bench.deliveries import cut
from sslspec.bench.exits import Inapplicable
from sslspec.bench.loopback import DEADLINE
from sslspec.bench.peer import Peer

CHUNK = 65536


class Line:
    """What both kinds of line can do."""

    def __init__(self, peer: Peer) -> None:
        self.peer = peer
        peer.line = self

    def wake(self) -> None:
        """The peer has put something out."""

    def settle(self, reached: Callable[[], bool]) -> bool:
        """Give the peer what is on its way until `reached()` holds; whether it did in the end."""
        raise NotImplementedError

    def carry(self) -> None:
        """Bring over everything that is under way, in both directions."""

    def close_from_peer(self, *, reset: bool) -> None:
        """Close the peer's end of the connection."""
        raise NotImplementedError

    def stop_reading(self) -> None:
        """Leave what the subject sends where it is."""
        raise Inapplicable("over memory nothing backs up: only the scenario itself carries bytes")

    def go_on_reading(self) -> None:
        """Take it again."""

    def stop(self) -> None:
        """Leave nothing behind: no thread, no descriptor."""


class MemoryLine(Line):
    """Joins the subject's two MemoryBIOs to the peer, in the pieces that `delivery` says."""

    def __init__(self, peer: Peer, incoming: Any, outgoing: Any, delivery: str) -> None:
        super().__init__(peer)
        self._incoming = incoming
        self._outgoing = outgoing
        self._delivery = delivery
        self._under_way: deque[bytes] = deque()
        self._closed_by_peer = False
        peer.start()

    def collect(self) -> None:
        """Take what the subject has put out to the peer, and the peer's answer onto the way back."""
        data = self._outgoing.read()
        if data:
            self.peer.feed(data)
        elif self._outgoing.eof:
            self.peer.feed_eof()
        answer = self.peer.take()
        if answer and not self._closed_by_peer:
            self._send(answer)

    def deliver(self) -> bool:
        """Bring the subject the next piece, or the end of the stream; False if nothing is under way."""
        if self._under_way:
            self._incoming.write(self._under_way.popleft())
        elif self._closed_by_peer and not self._incoming.eof:
            self._incoming.write_eof()
        else:
            return False
        return True

    def next_piece(self) -> bool:
        """Bring the subject, which waits for it, the next piece; False if there is none.

        The peer is only asked where it may have an answer: bytewise, that is once in a thousand times.
        """
        if self._outgoing.pending:
            self.collect()
        if self.deliver():
            return True
        self.collect()
        return self.deliver()

    def carry(self) -> None:
        self.collect()
        while self.deliver():
            pass

    def settle(self, reached: Callable[[], bool]) -> bool:
        self.collect()
        return reached()

    def close_from_peer(self, *, reset: bool) -> None:
        if reset:
            raise Inapplicable("memory knows no reset")
        self.collect()
        self._closed_by_peer = True

    def _send(self, data: bytes) -> None:
        if self._delivery == "coalesced":
            data = b"".join(self._under_way) + data
            self._under_way.clear()
        self._under_way.extend(cut(data, self._delivery))


class SocketLine(Line):
    """Serves the peer over a connected socket, in a thread of its own, until it is stopped."""

    def __init__(self, peer: Peer, connection: socket.socket) -> None:
        super().__init__(peer)
        self._connection = connection
        self._connection.setblocking(False)
        self._changed = threading.Condition(peer.turn)
        self._waker, self._woken = socket.socketpair()
        self._woken.setblocking(False)
        self._waker.setblocking(False)
        self._to_send = bytearray()
        self._reading = True
        self._sending = True
        self._closing: str | None = None
        self._closed = False
        self._stopping = False
        self._trouble: BaseException | None = None
        self._thread = threads.start("sslspec-peer", self._serve)

    def wake(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it has been woken often enough
            self._waker.send(b"!")

    def settle(self, reached: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + DEADLINE
        with self._changed:
            while not (done := reached()):
                left = deadline - time.monotonic()
                if left <= 0 or self._trouble is not None or not self._changed.wait(left):
                    break
        if isinstance(self._trouble, Inapplicable):
            raise self._trouble
        if self._trouble is not None:
            raise RuntimeError("the thread that serves the peer failed") from self._trouble
        return done or reached()

    def close_from_peer(self, *, reset: bool) -> None:
        if reset and self._connection.family not in (socket.AF_INET, socket.AF_INET6):
            raise Inapplicable("only TCP knows a reset")
        self._ask_to_close("reset" if reset else "close")
        self.settle(lambda: self._closed)

    def stop_reading(self) -> None:
        with self._changed:
            self._reading = False
        self.wake()

    def go_on_reading(self) -> None:
        with self._changed:
            self._reading = not self.peer.transport_closed_seen
        self.wake()

    def stop(self) -> None:
        self._end_thread()
        self._connection.close()

    def release(self) -> socket.socket:
        """Stop, but leave the connection open, with all that the peer has put out sent; gives it back."""
        self._end_thread()
        self.peer.line = None
        self._connection.settimeout(DEADLINE)
        self._connection.sendall(self._to_send + self.peer.take())
        return self._connection

    def _end_thread(self) -> None:
        with self._changed:
            self._stopping = True
        self.wake()
        self._thread.join(DEADLINE)
        self._waker.close()
        self._woken.close()

    def _ask_to_close(self, how: str) -> None:
        with self._changed:
            self._closing = how
        self.wake()

    def _serve(self) -> None:
        try:
            with self._changed:
                self.peer.start()
            with selectors.DefaultSelector() as selector:
                selector.register(self._woken, selectors.EVENT_READ)
                while self._turn(selector):
                    pass
        except BaseException as exception:
            with self._changed:
                self._trouble = exception
                self._changed.notify_all()
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)  # nobody need wait for what will not come

    def _turn(self, selector: selectors.BaseSelector) -> bool:
        """One round: put out, wait, take in. False when it is over."""
        with self._changed:
            if self._stopping:
                return False
            self._put_out()
            if self._closing and not self._closed and not (self._to_send and self._sending):
                self._close()
            interest = self._interest()
            _watch(selector, self._connection, interest)
            self._changed.notify_all()
        ready = {key.fileobj for key, _ in selector.select()}
        with self._changed:
            if self._woken in ready:
                _drain(self._woken)
            if self._connection in ready and self._reading:
                self._take_in()
        return True

    def _interest(self) -> int:
        if self._connection.fileno() < 0:
            return 0
        interest = selectors.EVENT_READ if self._reading else 0
        return interest | (selectors.EVENT_WRITE if self._to_send and self._sending else 0)

    def _put_out(self) -> None:
        self._to_send += self.peer.take()
        if self._to_send and self._sending and self._connection.fileno() >= 0:
            try:
                del self._to_send[: self._connection.send(self._to_send)]
            except (BlockingIOError, InterruptedError):
                pass
            except OSError:
                self._sending = False  # the subject has gone; what it does not read is lost

    def _take_in(self) -> None:
        try:
            data = self._connection.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""  # a reset ends the stream like a close does
        if data:
            self.peer.feed(data)
        else:
            self._reading = False
            self.peer.feed_eof()

    def _close(self) -> None:
        self._closed = True
        self._sending = False
        if self._closing == "reset":
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._connection.close()
        else:
            # only the sending half: closing over unread bytes would be a reset, and whether there are any is luck
            self._connection.shutdown(socket.SHUT_WR)


def _watch(selector: selectors.BaseSelector, connection: socket.socket, interest: int) -> None:
    for key in list(selector.get_map().values()):
        if key.fileobj is connection:
            selector.unregister(connection)
    if interest:
        selector.register(connection, interest)


def _drain(end: socket.socket) -> None:
    try:
        while end.recv(CHUNK):
            pass
    except BlockingIOError:
        pass
