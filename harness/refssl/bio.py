"""Where records come from and go to: what a Channel needs of that, MemoryBIO, and a pair of them.

A Bio gives its Channel one whole record at a time and never takes a byte beyond it, because what follows may not be
TLS any more. It knows headers only through the function that measures them, and nothing of the protocol. The Bio of a
socket is in socketbio.py.
"""

from __future__ import annotations

import enum
import time
from collections import deque

from refssl.errors import SSLError, want_read
from refssl.integers import INT_MAX, c_int

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import NoReturn, Protocol

    from typing_extensions import Buffer

    class BioLike(Protocol):
        """What wrap_bio() needs of a BIO: the stdlib's MemoryBIO has it as well as ours."""

        @property
        def eof(self) -> bool: ...

        def read(self, size: int, /) -> bytes: ...

        def write(self, b: bytes, /) -> int: ...

    class Bio(Protocol):
        """What a Channel needs of the place where its records come from and go to."""

        in_memory: bool

        def deadline(self, message: str) -> Deadline | None:
            """When the operation that starts now must be done; `message` is the TimeoutError's."""

        def receive_record(self, measure: Callable[[bytes], int], deadline: Deadline | None) -> bytes:
            """The next whole record.

            Raises EndOfTransport, SSLWantReadError, TimeoutError, OSError, and what `measure` raises.
            """

        def push(self, data: bytes) -> bool:
            """Queue `data` and hand over what goes without waiting; whether nothing is left."""

        def wait_writable(self, deadline: Deadline | None, reading: bool) -> bool:
            """Wait until push() may get further; with `reading` also until there is something to read: whether it is.

            Raises SSLWantWriteError or TimeoutError.
            """

        def turn(self, turn: Turn, deadline: Deadline | None) -> AbstractContextManager[None]:
            """Keep other threads from doing the same, once they have done with it.

            Raises SSLWantReadError or SSLWantWriteError, and TimeoutError.
            """


__all__ = ["MemoryBIO"]

HEADER = 5


class Turn(enum.IntEnum):
    """What only one thread does at a time."""

    HANDSHAKE = 0
    RECEIVE = 1
    WRITE = 2


class EndOfTransport(Exception):
    """No byte will follow; whether that is an orderly end is for the Channel to say."""


class MemoryBIO:
    """A buffer in memory between a program and its SSLObject (ssl.MemoryBIO).

    A chunk that is read whole is handed back as the very object that was written, so that a record moved from one
    BIO to another is not copied.
    """

    __slots__ = ("_chunk", "_ended", "_more", "_offset", "_pending")

    def __init__(self) -> None:
        self._chunk = b""  # what is read next
        self._offset = 0  # how much of it has been read
        self._more: deque[bytes] | None = None  # what comes after it; most BIOs never hold more than one chunk
        self._pending = 0
        self._ended = False

    def __init_subclass__(cls) -> None:
        raise TypeError("type 'refssl.MemoryBIO' is not an acceptable base type")

    def __reduce__(self) -> NoReturn:
        raise TypeError("cannot pickle 'refssl.MemoryBIO' object")

    @property
    def pending(self) -> int:
        """How many bytes can be read."""
        return self._pending

    @property
    def eof(self) -> bool:
        """Whether write_eof() was called and everything before it has been read."""
        return self._ended and not self._pending

    def write(self, b: Buffer, /) -> int:
        """Append the bytes of a contiguous buffer and return how many they were.

        Raises SSLError after write_eof().
        """
        if type(b) is not bytes:
            view = memoryview(b)
            if not view.c_contiguous:
                raise BufferError("memoryview: underlying buffer is not C-contiguous")
            b = view.tobytes()
        if self._ended:
            raise SSLError("cannot write() after write_eof()")
        if self._pending:
            return self._append(b)
        self._chunk = b
        self._pending = size = len(b)
        return size

    def write_eof(self) -> None:
        """Mark the end: once everything has been read, `eof` is True and a connection meets the end."""
        self._ended = True

    def read(self, size: int = -1, /) -> bytes:
        """Up to `size` bytes, all there is if `size` is negative; b"" where there is nothing."""
        if size == -1 and self._more is None and type(size) is int:  # all, in one piece, as most want
            data = self._chunk[self._offset :]
            self._chunk, self._offset, self._pending = b"", 0, 0
            return data
        if type(size) is not int or not -1 <= size <= INT_MAX:
            size = c_int(size)
        pending = self._pending
        if size < 0 or size >= pending:
            size = pending
        if not size:
            return b""
        first = self._chunk
        start = self._offset
        available = len(first) - start
        if size < available:
            self._offset = start + size
            self._pending = pending - size
            return first[start : start + size]
        if size == available:
            self._advance(size)
            return first[start:]
        parts = []
        while size:
            available = len(self._chunk) - self._offset
            parts.append(self.read(min(size, available)))
            size -= len(parts[-1])
        return b"".join(parts)

    def _append(self, data: bytes) -> int:
        size = len(data)
        if not self._pending:
            self._chunk = data
        elif size:
            self._more = self._more or deque()
            self._more.append(data)
        self._pending += size
        return size

    def _advance(self, available: int) -> None:
        """The last `available` bytes of the chunk have been read; go on to the next."""
        self._pending -= available
        self._offset = 0
        self._chunk = self._more.popleft() if self._more else b""
        self._more = self._more or None  # an idle connection should not hold an empty queue

    def _take_record(self, measure: Callable[[bytes], int]) -> bytes | None:
        """One record that lies whole in the chunk, or None where it does not."""
        first = self._chunk
        start = self._offset
        body = start + HEADER
        available = len(first)
        if available < body:
            return None
        end = body + measure(first[start:body])
        if available > end:
            self._offset = end
            self._pending -= end - start
            return first[start:end]
        if available < end:
            return None
        if self._more:
            self._advance(end - start)
        else:
            self._chunk = b""
            self._offset = self._pending = 0
        return first[start:] if start else first


MemoryBIO.__module__ = "refssl"


class Deadline:
    """The time that one whole operation may take: `end` on the monotonic clock, None for ever, 0.0 for no waiting."""

    __slots__ = ("end", "message")

    def __init__(self, timeout: float | None, message: str) -> None:
        self.end = None if timeout is None else timeout and time.monotonic() + timeout
        self.message = message

    def remaining(self) -> float:
        """Seconds left. Raises TimeoutError when there are none."""
        seconds = (self.end or 0.0) - time.monotonic()
        if seconds <= 0:
            raise TimeoutError(self.message)
        return seconds


class Assembler:
    """A record that arrives in pieces: the header, then the body, and never a byte more."""

    __slots__ = ("_buffer", "_size")

    def __init__(self) -> None:
        self._buffer = b""
        self._size = 0

    def assemble(self, read: Callable[[int], bytes], measure: Callable[[bytes], int]) -> bytes:
        """Read on until the record is whole; what was read is kept if `read` raises."""
        while not self._size:
            self._buffer += read(HEADER - len(self._buffer))
            if len(self._buffer) == HEADER:
                header, self._buffer = self._buffer, b""
                self._size = HEADER + measure(header)
                self._buffer = header
        parts = [self._buffer]
        missing = self._size - len(self._buffer)
        try:
            while missing:
                piece = read(missing)
                missing -= len(piece)
                parts.append(piece)
        except BaseException:
            self._buffer = b"".join(parts)
            raise
        self._buffer = b""
        self._size = 0
        return b"".join(parts)

    @property
    def empty(self) -> bool:
        """Whether no record has been begun."""
        return not self._buffer


class MemoryBios:
    """The two BIOs of an SSLObject. Nothing here ever waits."""

    __slots__ = ("_assembler", "_incoming", "_outgoing")

    in_memory = True

    def __init__(self, incoming: BioLike, outgoing: BioLike) -> None:
        self._incoming = incoming
        self._outgoing = outgoing
        self._assembler: Assembler | None = None

    def deadline(self, message: str) -> None:
        """None: memory does not make anyone wait."""

    def receive_record(self, measure: Callable[[bytes], int], deadline: Deadline | None) -> bytes:
        incoming = self._incoming
        if self._assembler is None:
            if type(incoming) is MemoryBIO:
                if not incoming._pending:
                    if incoming._ended:
                        raise EndOfTransport
                    raise want_read()
                record = incoming._take_record(measure)
                if record is not None:
                    return record
            self._assembler = Assembler()
        record = self._assembler.assemble(self._read, measure)
        self._assembler = None
        return record

    def _read(self, size: int) -> bytes:
        piece = self._incoming.read(size)
        if not piece:
            if self._incoming.eof:
                raise EndOfTransport
            if self._assembler is not None and self._assembler.empty:
                self._assembler = None
            raise want_read()
        return piece

    def push(self, data: bytes) -> bool:
        if data:
            outgoing = self._outgoing
            if type(outgoing) is MemoryBIO:
                # OpenSSL writes on after write_eof(); only the program is refused.
                if outgoing._pending:
                    outgoing._append(data)
                else:
                    outgoing._chunk = data
                    outgoing._pending = len(data)
            else:
                outgoing.write(data)
        return True

    def wait_writable(self, deadline: Deadline | None, reading: bool) -> bool:
        """Never needed: memory takes everything at once."""
        raise NotImplementedError("a MemoryBIO never refuses data")

    def turn(self, turn: Turn, deadline: Deadline | None) -> AbstractContextManager[None]:
        """Never needed: nobody waits here."""
        raise NotImplementedError("a MemoryBIO makes nobody wait")
