"""The one place where a connection's operations meet its transport.

Theory of operation
-------------------

A Channel joins an `engine.Connection`, which turns records into plaintext and back and knows no I/O, with a `Bio`,
which brings and takes records and knows no TLS. Every operation of ssl is the same loop: let the engine do what it
can; hand over what it has queued; if that is not enough, bring it *one* record more and look again. Rules:

* **One record at a time.** Nothing beyond the record in hand is taken from the transport, so that after unwrap() the
  peer's plain bytes are still there for the caller.
* **The handshake comes first.** read() and write() on a fresh connection do it, as OpenSSL does.
* **Output goes before the exception.** Whatever the engine has queued, an alert above all, is handed to the transport
  before a call returns or raises. A transport that refuses the alert changes nothing about the exception.
* **write() seals once.** If the transport takes only a part, the call fails with SSLWantWriteError (or a time-out) and
  what was sealed stays queued. The retry flushes it and seals what is still missing; it must come with at least as
  many bytes as before (`_owed`), or it is BAD_LENGTH and the connection is dead: records cannot be unsealed.
* **A failed connection stays failed** (`_end`): all is SSLEOFError then, and write() after the peer's fatal alert is
  SSLZeroReturnError, as in OpenSSL. There read() gives b"" after that alert, as if the peer had closed; here never.
* **One reader and one writer at a time**, in different threads if they like. Everything that touches the engine runs
  under `_lock`, and nothing that waits for the transport does: a blocked receive cannot stop a send, nor a blocked
  send a receive, and a KeyUpdate that the reader has to answer is sealed between the writer's records, not within.
* **Those that want the same take turns** (`Bio.turn`): two writers, two threads in the first handshake, one that waits
  for the close_notify that another receives. Whose turn has come looks whether anything `_arrived` meanwhile.
* **Answers go out while nothing comes in**, and a peer that takes nothing is not read from beyond `ANSWERS_HELD`.
* **One deadline for an operation**, not for each of its system calls.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from refssl import errors
from refssl.bio import EndOfTransport, Turn
from refssl.buffers import fill, readable, writable
from refssl.ends import End, bare
from refssl.engine.alerts import AlertDescription, AlertLevel
from refssl.engine.faults import AlertReceived, Fault
from refssl.engine.messages.control import Alert
from refssl.integers import SIZE_MAX, c_size

if TYPE_CHECKING:
    from typing import NoReturn

    from typing_extensions import Buffer

    from refssl.bio import Bio, Deadline
    from refssl.engine.connection import Connection

_READ_TIMED_OUT = "The read operation timed out"
_WRITE_TIMED_OUT = "The write operation timed out"
_HANDSHAKE_TIMED_OUT = "The handshake operation timed out"
_Lock = type(threading.RLock())  # RLock itself is a function that hands on what it is given

SEALED_AT_ONCE = 2**18
"""How many bytes write() seals before it looks whether the transport still takes them."""
ANSWERS_HELD = 2**16
"""How many bytes of answers to what the peer asked (new keys, certificates, renegotiation) may wait for it to read."""


class Channel:
    """A TLS connection over a transport: handshake, read, write and shutdown with ssl's rules for when to retry."""

    # fmt: off
    __slots__ = (
        "_arrived", "_asking", "_bio", "_connection", "_end", "_ignore_eof", "_in_memory", "_lock", "_offset", "_owed",
        "_peer_gone", "_rest", "_sealed", "_started", "_unsent",
    )
    # fmt: on

    def __init__(self, connection: Connection, bio: Bio, ignore_eof: bool) -> None:
        self._connection = connection
        self._bio = bio
        self._in_memory = bio.in_memory
        self._ignore_eof = ignore_eof
        self._lock = _Lock()
        self._arrived = 0  # how many times somebody's turn to receive has come
        self._asking = False  # a question to the peer waits for the next operation that sends
        self._end: End | None = None
        self._peer_gone = False  # the transport's end stands for the peer's close_notify
        self._rest = b""  # the record being read
        self._offset = 0  # how much of it was read
        self._owed = 0  # how long the write is that could not be flushed
        self._started = False
        self._sealed = 0  # how much of it has been sealed
        self._unsent = 0  # how long the answers are that the transport did not take at once

    # -- operations

    def do_handshake(self) -> None:
        """Complete the handshake; nothing where it is complete.

        Raises SSLWantReadError, SSLWantWriteError, TimeoutError, SSLError for what the peer did, and OSError.
        """
        if self._end is not None:
            self._refuse_after_end()
        self._handshake(None if self._in_memory else self._bio.deadline(_HANDSHAKE_TIMED_OUT))

    def read(self, size: int = 1024, buffer: Buffer | None = None) -> bytes | int:
        """Up to `size` bytes of one record; with `buffer`, put there instead, and how many they were.

        b"" or 0 once the peer has sent close_notify. Raises like do_handshake, and SSLZeroReturnError when both
        sides have closed. Source: ssl.SSLSocket.read, RFC 8446 6.1.
        """
        if type(size) is not int or not ~SIZE_MAX <= size <= SIZE_MAX:
            size = c_size(size)
        if buffer is None:
            if size < 0:
                raise ValueError("size should not be negative")
            if self._end is not None:
                raise errors.dead_connection()
            return self._receive_data(size) if size else b""
        view = writable(buffer)
        size = min(size, view.nbytes) if size > 0 else view.nbytes
        if self._end is not None:
            raise errors.dead_connection()
        if not size:
            return 0
        return fill(view, self._receive_data(size))

    def write(self, data: Buffer, /) -> int:
        """Send all of `data`, or as much as the transport takes before it refuses, in which case it raises; the length.

        Raises SSLWantWriteError or TimeoutError, after which the same data has to be given again, SSLError with
        BAD_LENGTH where less is given, and PROTOCOL_IS_SHUTDOWN after our own close_notify.
        """
        connection = self._connection
        if (
            type(data) is bytes
            and self._in_memory
            and connection.handshake_complete
            and not (self._end or connection.close_notify_sent or self._asking)
        ):
            # Memory takes everything, so there is nothing to retry.
            with self._lock:
                self._bio.push(connection.seal(data) if data else connection.take_output())
            return len(data)
        view = readable(data)
        deadline = self._bio.deadline(_WRITE_TIMED_OUT)
        if self._in_memory:
            return self._write(view, deadline)
        with self._bio.turn(Turn.WRITE, deadline):
            return self._write(view, deadline)

    def shutdown(self) -> None:
        """Send close_notify and wait for the peer's (RFC 8446 6.1).

        Raises SSLWantReadError while the peer's is missing, and SSLError where application data comes instead.
        """
        connection = self._connection
        if self._end or self._asking or not connection.handshake_complete:
            raise errors.library_error("SHUTDOWN_WHILE_IN_INIT")
        deadline = self._bio.deadline(_READ_TIMED_OUT)
        with self._lock:
            connection.close()
        self._flush(deadline)
        while True:
            arrived = self._arrived
            if connection.close_notify_received or self._peer_gone:
                return
            if self.pending() or connection.plaintext:
                self._fail()
                raise errors.library_error("APPLICATION_DATA_AFTER_CLOSE_NOTIFY")
            self._receive(deadline, arrived)

    def pending(self) -> int:
        """How many bytes can be read without receiving anything: the rest of the record in hand."""
        return len(self._rest) - self._offset

    # -- the loop

    def _handshake(self, deadline: Deadline | None) -> None:
        connection = self._connection
        if connection.handshake_complete:
            if not self._in_memory or self._asking:
                self._flush(deadline)
            return
        if self._in_memory:
            self._shake_hands(deadline)
            return
        with self._bio.turn(Turn.HANDSHAKE, deadline):
            self._refuse_after_end()
            if not connection.handshake_complete:
                self._shake_hands(deadline)

    def _shake_hands(self, deadline: Deadline | None) -> None:
        connection = self._connection
        if not self._started:
            self._started = True
            self._begin()
            self._start()
            self._flush(deadline)
        elif not self._in_memory:
            self._flush(deadline)
        while not connection.handshake_complete:
            if connection.close_notify_received:
                raise errors.zero_return()
            if self._unsent:  # the peer does not answer half a flight
                self._flush(deadline)
            self._receive(deadline, self._arrived)
        self._complete()
        if not self._in_memory:  # memory has taken each answer already
            self._flush(deadline)

    def _begin(self) -> None:
        """The handshake is about to begin."""

    def _start(self) -> None:
        try:
            with self._lock:
                self._connection.start()
            return
        except Fault as caught:
            fault = bare(caught)
        self._fail_with(fault)

    def _complete(self) -> None:
        """The handshake is complete."""

    def _receive_data(self, size: int) -> bytes:
        """Up to `size` (at least 1) bytes of plaintext; b"" after the peer's close_notify."""
        if self._asking:
            self._flush(self._bio.deadline(_READ_TIMED_OUT))
        rest = self._rest
        if not rest:
            connection = self._connection
            plaintext = connection.plaintext
            if not plaintext:
                deadline = None if self._in_memory else self._bio.deadline(_READ_TIMED_OUT)
                if not connection.handshake_complete:
                    self._handshake(deadline)
                arrived = self._arrived
                while not plaintext:
                    if connection.close_notify_received or self._peer_gone:
                        if connection.close_notify_sent:
                            raise errors.zero_return()
                        return b""
                    self._receive(deadline, arrived)
                    arrived = self._arrived
            rest = plaintext.pop(0)
            if len(rest) <= size:
                return rest
            self._rest = rest
        start = self._offset
        end = start + size
        if end >= len(rest):
            self._rest = b""
            self._offset = 0
            return rest[start:]
        self._offset = end
        return rest[start:end]

    def _receive(self, deadline: Deadline | None, arrived: int) -> None:
        """Bring the engine one more record, unless another thread has since `arrived`, and send what it answers."""
        fault: Fault | None = None
        try:
            if self._in_memory:
                with self._lock:
                    self._take_in(self._bio.receive_record(self._connection.check_header, None))
            else:
                self._receive_in_turn(deadline, arrived)
            return
        except EndOfTransport:
            pass
        except Fault as caught:
            fault = bare(caught)
        # Raised from here, the error that a program sees has no context that it would not understand.
        if fault is not None:
            self._fail_with(fault)
        self._meet_end()

    def _receive_in_turn(self, deadline: Deadline | None, arrived: int) -> None:
        with self._bio.turn(Turn.RECEIVE, deadline):
            if self._arrived != arrived:
                return
            if self._end or self._connection.failed:
                raise errors.dead_connection()
            if self._unsent:  # the peer may be waiting for them
                self._flush(deadline, reading=self._unsent <= ANSWERS_HELD)
            try:
                record = self._bio.receive_record(self._check_header, deadline)
                with self._lock:
                    self._take_in(record)
            finally:
                self._arrived += 1

    def _take_in(self, record: bytes) -> None:
        connection = self._connection
        try:
            connection.receive(record)
        except Fault:
            raise
        except BaseException:
            # A callback's exception, or a signal: nobody knows how far the record was taken in.
            self._fail()
            raise
        if not connection.plaintext:
            # It was no data, so there may be an answer to it.
            output = connection.output.take()
            if output:
                self._unsent = 0 if self._bio.push(output) else self._unsent + len(output)

    def _meet_end(self) -> None:
        """The transport has ended before the peer's close_notify.

        RFC 8446 6.1: "Any data received after a closure alert has been received MUST be ignored", and an end without
        one is a truncation unless the program has said that it does not mind.
        """
        if self._ignore_eof and self._connection.handshake_complete:
            self._peer_gone = True
            return
        with self._lock:
            # OpenSSL 3 answers a truncation with decode_error, in case someone still listens.
            if self._end is None:
                self._end = End.TRUNCATED
                self._connection.output.send(Alert(AlertLevel.FATAL, AlertDescription.DECODE_ERROR))
        self._fail()
        raise errors.unexpected_eof()

    def _check_header(self, header: bytes) -> int:
        with self._lock:
            return self._connection.check_header(header)

    def _write(self, view: memoryview, deadline: Deadline | None) -> int:
        self._refuse_after_end()
        connection = self._connection
        if not connection.handshake_complete:
            self._handshake(deadline)
        if connection.close_notify_sent:
            raise errors.library_error("PROTOCOL_IS_SHUTDOWN")
        size = len(view)
        if size < self._owed:
            self._fail()
            raise errors.library_error("BAD_LENGTH")
        self._owed = size
        while True:
            self._flush(deadline)
            if self._sealed == size:
                break
            piece = view[self._sealed : min(self._sealed + SEALED_AT_ONCE, size)]
            with self._lock:
                self._refuse_after_end()  # another thread may have closed the connection, or met its end, meanwhile
                if connection.close_notify_sent:
                    raise errors.library_error("PROTOCOL_IS_SHUTDOWN")
                connection.send(piece)
                self._sealed += len(piece)
                self._bio.push(connection.output.take())  # or a reader takes it for answers of its own to wait for
        self._owed = self._sealed = 0
        return size

    def _flush(self, deadline: Deadline | None, *, reading: bool = False) -> None:
        """Hand over all that is queued, `reading` only until something comes; raises where it is not taken in time."""
        bio = self._bio
        self._asking = False
        while True:
            with self._lock:
                if bio.push(self._connection.output.take()):
                    self._unsent = 0
                    return
            if bio.wait_writable(deadline, reading):
                return

    # -- the end

    def _fail(self) -> None:
        """Let nothing more happen on this connection but the sending of what is queued."""
        self._end = self._end or End.FAILED
        self._rest = b""
        self._offset = 0
        try:
            with self._lock:
                self._bio.push(self._connection.take_output())
        except OSError:
            pass  # the failure that led here is the one to report

    def _fail_with(self, fault: Fault) -> NoReturn:
        if isinstance(fault, AlertReceived):
            self._end = End.ALERTED
        self._fail()
        raise errors.from_fault(fault)

    def _refuse_after_end(self) -> None:
        if self._end is End.ALERTED:
            raise errors.zero_return()
        if self._end is not None:
            raise errors.dead_connection()

    @property
    def truncated(self) -> bool:
        """Whether the connection is at an end because the transport was, without the peer's close_notify."""
        return self._end is End.TRUNCATED
