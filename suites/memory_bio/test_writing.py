"""MemoryBIO.write(): the bytes of any buffer, all of them, in the order in which they were written."""

import array
import ctypes
import io
import mmap

import pytest


def anonymous_map(data):
    made = mmap.mmap(-1, len(data))
    made[:] = data
    return made


BUFFERS = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "memoryview_slice": lambda data: memoryview(b"<" + data + b">")[1:-1],
    "two_dimensions": lambda data: memoryview(data).cast("B", (2, len(data) // 2)),
    "array_of_bytes": lambda data: array.array("B", data),
    "array_of_wider_items": lambda data: array.array("H", data),
    "bytesio_view": lambda data: io.BytesIO(data).getbuffer(),
    "ctypes_array": lambda data: (ctypes.c_ubyte * len(data))(*data),
    "mmap": anonymous_map,
}
NO_BUFFERS = {"text": "text", "none": None, "integer": 3, "list": [1, 2], "iterator": iter(b"bytes")}


@pytest.mark.clause("ssl.MemoryBIO.write:length", "ssl.MemoryBIO.write:buffers")
@pytest.mark.parametrize("make", BUFFERS.values(), ids=BUFFERS)
def test_write_takes_any_buffer_and_returns_its_length_in_bytes(impl, observe, make):
    """write() takes every object that supports the buffer protocol and returns its length, counted in bytes."""
    bio = observe(impl.MemoryBIO(), "bio")
    assert bio.write(make(b"sixteen bytes ..")) == 16
    assert bio.pending == 16
    assert bio.read() == b"sixteen bytes .."


@pytest.mark.clause("ssl.MemoryBIO.write:buffers-only")
@pytest.mark.parametrize("thing", NO_BUFFERS.values(), ids=NO_BUFFERS)
def test_write_refuses_what_is_no_buffer(impl, observe, thing):
    """write() of an object without the buffer protocol raises TypeError and writes nothing."""
    bio = observe(impl.MemoryBIO(), "bio")
    with pytest.raises(TypeError):
        bio.write(thing)
    assert bio.pending == 0


@pytest.mark.clause("ssl.MemoryBIO.write:buffers-only")
@pytest.mark.level("observed")
def test_write_refuses_a_buffer_with_gaps(impl, observe):
    """A memoryview with a stride is a buffer, but not one piece of memory: BufferError, and nothing is written."""
    bio = observe(impl.MemoryBIO(), "bio")
    with pytest.raises(BufferError):
        bio.write(memoryview(b"a-b-c-")[::2])
    assert bio.pending == 0


@pytest.mark.clause("ssl.MemoryBIO.write:position-only")
def test_write_takes_one_argument_by_position(impl, observe):
    """The documented signature is write(buf, /): no argument, two, or one by keyword raise TypeError."""
    bio = observe(impl.MemoryBIO(), "bio")
    for args, keywords in (((), {}), ((b"one", b"two"), {}), ((), {"buf": b"one"})):
        with pytest.raises(TypeError):
            bio.write(*args, **keywords)
    assert bio.pending == 0


@pytest.mark.clause("ssl.MemoryBIO.write:length")
def test_an_empty_write_changes_nothing(impl, observe):
    """write(b"") returns 0; it marks no end and adds no byte."""
    bio = observe(impl.MemoryBIO(), "bio")
    assert bio.write(b"") == 0
    assert bio.eof is False
    bio.write(b"after")
    assert bio.write(bytearray()) == 0
    assert bio.read() == b"after"


@pytest.mark.clause("ssl.MemoryBIO.write:joined")
def test_writes_are_joined_in_order(impl, observe):
    """The buffer is a stream: several writes come out joined, wherever reads fall between and across them."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"abc")
    bio.write(b"def")
    assert bio.read(4) == b"abcd"
    bio.write(b"ghi")
    assert bio.pending == 5
    assert bio.read() == b"efghi"


@pytest.mark.clause("ssl.MemoryBIO.write:copies")
def test_write_copies_what_it_is_given(impl, observe):
    """The buffer written is free afterwards: it may be changed and resized, and the bytes in the BIO stay."""
    bio = observe(impl.MemoryBIO(), "bio")
    data = bytearray(b"as it was")
    bio.write(data)
    data[:2] = b"XX"
    data += b" and more"  # BufferError while somebody still holds an export
    assert bio.read() == b"as it was"


@pytest.mark.clause("ssl.MemoryBIO.write:length")
def test_a_bio_takes_as_much_as_it_is_given(impl):
    """There is no limit that a write() could meet: ten megabytes at once are all there, in order."""
    bio = impl.MemoryBIO()
    data = bytes(range(251)) * 41777
    assert bio.write(data) == len(data)
    assert bio.pending == len(data)
    assert bio.read(1000) == data[:1000]
    assert bio.read() == data[1000:]


@pytest.mark.clause("ssl.MemoryBIO.write:joined")
def test_many_small_writes_and_reads_keep_the_stream(impl):
    """A BIO that is written and read in unequal pieces for a long time loses, doubles and swaps no byte."""
    bio = impl.MemoryBIO()
    sent, received = bytearray(), bytearray()
    for turn in range(600):
        piece = bytes([turn % 251]) * (turn % 37)
        sent += piece
        bio.write(piece)
        received += bio.read(turn % 31)
        assert bio.pending == len(sent) - len(received)
    received += bio.read()
    assert received == sent
