"""read(): up to n bytes, as a bytes object or into a buffer, from one record at a time."""

import array
import ctypes

import pytest

pytestmark = pytest.mark.deliveries("whole")

BUFFERS = {
    "bytearray": lambda: bytearray(8),
    "memoryview": lambda: memoryview(bytearray(8)),
    "memoryview_slice": lambda: memoryview(bytearray(20))[6:14],
    "two_dimensions": lambda: memoryview(bytearray(8)).cast("B", (2, 4)),
    "array_of_wider_items": lambda: array.array("H", [0] * 4),
    "ctypes_array": lambda: (ctypes.c_ubyte * 8)(),
}
NO_BUFFERS = {
    "bytes": b"cannot be written",
    "read_only_view": memoryview(b"cannot be written"),
    "text": "text",
    "list": [0] * 8,
}


def connected(pair, data):
    pair.shake_hands()
    pair.greet()
    pair.peer.send(data)
    pair.carry()


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.transports("memory", "socketpair")
def test_read_gives_what_the_peer_sent(pair):
    """read() returns the peer's bytes in order, however they are cut on their way."""
    pair.shake_hands()
    sent = bytes(range(256)) * 8
    pair.peer.send(sent[:1])
    pair.peer.send(sent[1:1000])
    pair.peer.send(sent[1000:])
    assert pair.read(len(sent)) == sent


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.parametrize("size", [1, 2**14 - 1, 2**14, 2**14 + 1, 40_000], ids=str)
@pytest.mark.deliveries("whole", "coalesced", "split")
def test_read_gives_messages_of_every_size(pair, size):
    """Up to and beyond a full record, what the peer has sent comes out complete."""
    pair.shake_hands()
    data = (bytes(range(251)) * (size // 251 + 1))[:size]
    pair.peer.send(data)
    assert pair.read(size) == data


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.peers("tlslite")
def test_read_gives_what_another_library_sent(pair):
    """A message of more than one record is read complete from a peer that is another library."""
    pair.shake_hands()
    data = bytes(range(256)) * 65
    pair.peer.send(data)
    assert pair.read(len(data)) == data


@pytest.mark.clause("ssl.SSLSocket.read:up-to-len")
def test_read_gives_at_most_what_it_is_asked_for(pair):
    """read(n) returns no more than n bytes; the rest comes with the next calls, in order."""
    connected(pair, b"0123456789")
    assert pair.subject.read(4) == b"0123"
    assert pair.subject.read(1) == b"4"
    assert pair.subject.read(100) == b"56789"


@pytest.mark.clause("ssl.SSLSocket.read:default-len")
def test_read_without_a_number_reads_up_to_1024(pair):
    """read() is read(1024)."""
    connected(pair, b"x" * 1500)
    assert pair.subject.read() == b"x" * 1024
    assert pair.subject.read() == b"x" * 476


@pytest.mark.clause("ssl.SSLSocket.read:bytes")
def test_read_gives_bytes(pair):
    """Without a buffer the result is a bytes object."""
    connected(pair, b"data")
    assert type(pair.subject.read(4)) is bytes


@pytest.mark.clause("ssl.SSLWantReadError:more-needed", "ssl.SSLSocket.read:nothing-yet")
def test_read_with_nothing_there_wants_to_read(pair, impl):
    """An SSLObject does not wait: read() without data raises SSLWantReadError, again and again, and loses nothing."""
    pair.shake_hands()
    pair.greet()
    for _ in range(3):
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.read(10)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(10, bytearray(10))
    pair.peer.send(b"now")
    assert pair.drive(pair.subject.read, 10) == b"now"


@pytest.mark.clause("ssl.SSLSocket.read:zero")
@pytest.mark.known("bpo-23804")
@pytest.mark.transports("memory", "socketpair")
def test_read_zero_gives_nothing_at_once(pair):
    """read(0) returns b"" without waiting and without taking a byte, whether there is data or not."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.read(0) == b""
    pair.peer.send(b"still here")
    assert pair.subject.read(0) == b""
    assert pair.read(10) == b"still here"
    assert pair.subject.read(0) == b""


@pytest.mark.clause("ssl.SSLSocket.read:zero")
@pytest.mark.level("observed")
def test_read_zero_before_the_handshake_starts_nothing(pair):
    """read(0) is b"" even on a fresh object, and does not begin the handshake."""
    assert pair.subject.read(0) == b""
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLSocket.read:negative")
def test_a_negative_number_is_refused(pair):
    """read(-1) does not mean everything: ValueError, and the data stays."""
    connected(pair, b"still here")
    with pytest.raises(ValueError) as caught:
        pair.subject.read(-1)
    assert not isinstance(caught.value, OSError)
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:integer-only")
@pytest.mark.level("observed")
@pytest.mark.parametrize("count", [2**63, -(2**63) - 1], ids=["large", "small"])
@pytest.mark.parametrize("into", [(), (bytearray(1),)], ids=["bytes", "buffer"])
def test_read_takes_no_integer_that_no_machine_counts_to(pair, count, into):
    """read() of more than 64 bits raises OverflowError, and the data stays."""
    connected(pair, b"still here")
    with pytest.raises(OverflowError):
        pair.subject.read(count, *into)
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:integer-only")
@pytest.mark.parametrize("count", [None, "4", 4.0], ids=["none", "text", "float"])
def test_read_takes_only_an_integer(pair, count):
    """read() of something that is no integer raises TypeError, and the data stays."""
    connected(pair, b"still here")
    with pytest.raises(TypeError):
        pair.subject.read(count)
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:buffer")
@pytest.mark.known("gh-84443")
@pytest.mark.parametrize("make", BUFFERS.values(), ids=BUFFERS)
def test_read_fills_any_writable_buffer(pair, make):
    """With a buffer the result is the number of bytes read, and the bytes are in the buffer, whatever its kind."""
    connected(pair, b"12345678")
    buffer = make()
    assert pair.subject.read(8, buffer) == 8
    assert bytes(buffer) == b"12345678"


@pytest.mark.clause("ssl.SSLSocket.read:buffer")
@pytest.mark.transports("memory", "socketpair")
def test_read_into_a_buffer_touches_only_what_it_read(pair):
    """read(n, buffer) writes the bytes read to the front of the buffer and leaves the rest of it alone."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"12345678")
    buffer = bytearray(b"--------")
    assert pair.drive(pair.subject.read, 3, buffer) == 3
    assert buffer == b"123-----"
    assert pair.drive(pair.subject.read, 8, buffer) == 5
    assert buffer == b"45678---"


@pytest.mark.clause("ssl.SSLSocket.read:buffer")
def test_read_into_a_part_of_a_buffer(pair):
    """A slice of a memoryview receives in place, as frameworks use it; nothing beside it changes."""
    connected(pair, b"12345678")
    buffer = bytearray(b"........")
    assert pair.subject.read(4, memoryview(buffer)[2:5]) == 3
    assert buffer == b"..123..."
    assert pair.subject.read(8) == b"45678"


@pytest.mark.clause("ssl.SSLSocket.read:odd-numbers")
@pytest.mark.level("observed")
@pytest.mark.parametrize("count", [0, -1, 20], ids=["zero", "negative", "more_than_fits"])
def test_a_number_that_does_not_fit_the_buffer_means_all_of_it(pair, count):
    """With a buffer, n of zero, a negative n and one beyond its length all read up to the buffer's length."""
    connected(pair, b"12345678and more")
    buffer = bytearray(8)
    assert pair.subject.read(count, buffer) == 8
    assert buffer == b"12345678"
    assert pair.subject.read(8) == b"and more"


@pytest.mark.clause("ssl.SSLSocket.read:odd-numbers")
@pytest.mark.level("observed")
def test_an_empty_buffer_takes_nothing(pair):
    """read(n, buffer) into a buffer without room returns 0 at once and leaves the data."""
    connected(pair, b"still here")
    assert pair.subject.read(5, bytearray()) == 0
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:writable-only")
@pytest.mark.parametrize("thing", NO_BUFFERS.values(), ids=NO_BUFFERS)
def test_read_refuses_a_buffer_that_cannot_be_written(pair, thing):
    """A read-only buffer, or no buffer at all, raises TypeError, and the data stays."""
    connected(pair, b"still here")
    with pytest.raises(TypeError):
        pair.subject.read(4, thing)
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:writable-only")
@pytest.mark.level("observed")
def test_read_refuses_a_buffer_with_gaps(pair):
    """A writable memoryview with a stride is not one piece of memory: TypeError or BufferError, and the data stays."""
    connected(pair, b"still here")
    with pytest.raises((TypeError, BufferError)):
        pair.subject.read(4, memoryview(bytearray(20))[::2])
    assert pair.subject.read(10) == b"still here"


@pytest.mark.clause("ssl.SSLSocket.read:releases-buffer")
def test_the_buffer_is_free_afterwards(pair):
    """Once read() is back nobody holds the buffer: it can be resized."""
    connected(pair, b"data")
    buffer = bytearray(4)
    pair.subject.read(4, buffer)
    buffer.clear()
    assert buffer == b""


@pytest.mark.clause("ssl.SSLSocket.read:buffer")
@pytest.mark.deliveries("whole")
def test_no_more_than_was_asked_for_goes_into_the_buffer(pair):
    """read(n, buffer) fills n bytes of a larger buffer, and leaves the rest of it and of the record alone."""
    pair.shake_hands()
    pair.peer.send(b"data")
    buffer = bytearray(b"..........")
    assert pair.drive(pair.subject.read, 1, buffer) == 1
    assert buffer == b"d........."
    assert pair.subject.read(3, buffer) == 3
    assert buffer == b"ata......."


@pytest.mark.clause("ssl.SSLError:dead-afterwards")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("place", [5, -1], ids=["first", "last"])
def test_a_dead_connection_fills_no_buffer(pair, impl, place):
    """After a fault of the peer reading into a buffer raises SSLError like any other reading, and waits for nothing."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"data")
    pair.carry()
    record = bytearray(pair.subject_incoming.read())
    record[place] ^= 1
    pair.subject_incoming.write(record)
    with pytest.raises(impl.SSLError):
        pair.subject.read(100)
    buffer = bytearray(10)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.read(10, buffer)
    assert not isinstance(caught.value, impl.SSLWantReadError)
    assert buffer == bytes(10)
