"""SocketBio: a connected socket as the place where records come from and go to, and the turns that threads take at it.

Waiting happens here and nowhere else. Nothing of the protocol is known here; see bio.py for what a Bio has to do.
"""

from __future__ import annotations

import contextlib
import errno
import os
import select
import socket
import threading
import weakref
from collections import deque

from refssl.bio import Assembler, Deadline, EndOfTransport, Turn
from refssl.errors import want_read, want_write

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NO_WAIT = getattr(socket, "MSG_DONTWAIT", 0)

UNASKED = 2048
"""How many bytes a socket that can be written to takes without waiting, where MSG_DONTWAIT is unknown (Windows)."""


def _wait(sock: socket.socket, writing: bool, seconds: float | None, *, too: bool = False) -> bool:
    """Whether `sock` is ready for reading or writing, or (`too`) for either of them, within `seconds` (None: for ever).

    Signals are handled. Raises OSError for a socket that has been closed.
    """
    fd = sock.fileno()
    if fd < 0:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(fd, (select.POLLOUT if writing or too else 0) | (select.POLLIN if too or not writing else 0))
        return bool(poll.poll(None if seconds is None else seconds * 1000 + 0.5))
    return any(select.select([fd] if too or not writing else [], [fd] if writing or too else [], [], seconds))


class SocketBio:
    """A connected socket. Its time-out is asked once for each operation, and that time is all the operation has.

    Sending never waits here, so that the Channel's lock is not held by a thread that waits: what the socket does not
    take stays queued. The socket is held weakly, because it owns the Channel that owns this.

    There is a lock for each Turn: another thread that wants the same waits, as long as its own operation may take.
    """

    __slots__ = ("_assembler", "_socket", "_turns", "_unsent")

    in_memory = False

    def __init__(self, sock: socket.socket) -> None:
        self._socket = weakref.ref(sock)
        self._assembler = Assembler()
        self._unsent: deque[memoryview] = deque()
        self._turns = (threading.Lock(), threading.Lock(), threading.Lock())

    def _open_socket(self) -> socket.socket:
        sock = self._socket()
        if sock is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return sock

    def deadline(self, message: str) -> Deadline:
        """From now, as long as the socket's time-out says."""
        return Deadline(self._open_socket().gettimeout(), message)

    def receive_record(self, measure: Callable[[bytes], int], deadline: Deadline | None) -> bytes:
        return self._assembler.assemble(lambda size: self._receive(size, deadline), measure)

    def _receive(self, size: int, deadline: Deadline | None) -> bytes:
        sock = self._open_socket()
        if deadline is not None and deadline.end:
            while not _wait(sock, False, deadline.remaining()):
                pass  # until nothing remains, which raises
        piece = None
        with contextlib.suppress(BlockingIOError):
            piece = socket.socket.recv(sock, size)
        if piece is None:
            raise want_read()
        if not piece:
            raise EndOfTransport
        return piece

    def push(self, data: bytes) -> bool:
        unsent = self._unsent
        if data:
            unsent.append(memoryview(data))
        if not unsent:
            return True
        sock = self._open_socket()
        timeout = sock.gettimeout()
        # Without a time-out the system would wait, where it cannot be told not to; with one Python would wait before it
        # sends, the descriptor being non-blocking then.
        would_wait = timeout is None and not _NO_WAIT
        ask = would_wait or bool(timeout)
        most = UNASKED if would_wait else None
        while unsent:
            if ask and not _wait(sock, True, 0):
                return False
            piece = unsent[0]
            try:
                sent = socket.socket.send(sock, piece[:most], _NO_WAIT)
            except BlockingIOError:
                return False
            if sent == len(piece):
                unsent.popleft()
            else:
                unsent[0] = piece[sent:]
        return True

    @contextlib.contextmanager
    def turn(self, turn: Turn, deadline: Deadline | None) -> Iterator[None]:
        lock = self._turns[turn]
        if not lock.acquire(blocking=False):
            if deadline is None or deadline.end is None:
                lock.acquire()
            elif deadline.end == 0:
                raise want_write() if turn is Turn.WRITE else want_read()
            elif not lock.acquire(timeout=deadline.remaining()):
                raise TimeoutError(deadline.message)
        try:
            yield
        finally:
            lock.release()

    def wait_writable(self, deadline: Deadline | None, reading: bool) -> bool:
        sock = self._open_socket()
        if reading and _wait(sock, False, 0):
            return True
        if deadline is None or deadline.end is None:
            seconds = None
        elif deadline.end == 0:
            raise want_write()
        else:
            seconds = deadline.remaining()
        _wait(sock, True, seconds, too=reading)
        return reading and _wait(sock, False, 0)
