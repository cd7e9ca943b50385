"""write(): any buffer of any size, all of it, encrypted, in order (RFC 8446 5.1, 5.2)."""

import array
import ctypes
import io

import pytest

BUFFERS = {
    "bytes": bytes,
    "bytearray": bytearray,
    "memoryview": memoryview,
    "memoryview_slice": lambda data: memoryview(b"<" + data + b">")[1:-1],
    "two_dimensions": lambda data: memoryview(data).cast("B", (2, len(data) // 2)),
    "array_of_wider_items": lambda data: array.array("H", data),
    "bytesio_view": lambda data: io.BytesIO(data).getbuffer(),
    "ctypes_array": lambda data: (ctypes.c_ubyte * len(data))(*data),
}
NO_BUFFERS = {"text": "text", "none": None, "integer": 3, "list": [1, 2]}
SIZES = {"1": 1, "16383": 2**14 - 1, "16384": 2**14, "16385": 2**14 + 1, "40000": 40_000}


def data_of(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.clause("ssl.SSLSocket.write:count")
@pytest.mark.deliveries("whole")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_what_is_written_arrives(pair, size):
    """write() returns the number of bytes written, and the peer receives exactly those, whatever their number."""
    pair.shake_hands()
    pair.greet()
    data = data_of(size)
    assert pair.drive(pair.subject.write, data) == size
    assert pair.peer.receive(size) == data
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLSocket.write:count")
@pytest.mark.deliveries("whole")
@pytest.mark.peers("tlslite")
def test_another_library_reads_what_is_written(pair):
    """A write that takes more than one record arrives complete at a peer that is another library."""
    pair.shake_hands()
    data = data_of(2**14 + 1)
    assert pair.subject.write(data) == len(data)
    assert pair.peer.receive(len(data)) == data


@pytest.mark.clause("ssl.SSLSocket.write:count")
@pytest.mark.deliveries("whole")
def test_ten_megabytes_arrive_in_order(pair):
    """There is no limit to what a connection carries: ten megabytes of one write() are all there, unchanged."""
    pair.shake_hands()
    data = data_of(10_000_000)
    view = memoryview(data)
    while view:
        view = view[pair.subject.write(view) :]
    assert pair.peer.receive(len(data)) == data


@pytest.mark.clause("ssl.SSLSocket.write:buffers")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("make", BUFFERS.values(), ids=BUFFERS)
def test_write_takes_any_buffer_and_counts_bytes(pair, make):
    """*data* is any object that supports the buffer interface; what counts is its bytes, not its items."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.write(make(b"sixteen bytes ..")) == 16
    assert pair.peer.receive(16) == b"sixteen bytes .."


@pytest.mark.clause("ssl.SSLSocket.write:buffers-only")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("thing", NO_BUFFERS.values(), ids=NO_BUFFERS)
def test_write_refuses_what_is_no_buffer(pair, thing):
    """write() of an object without the buffer interface raises TypeError; the connection is as good as before."""
    pair.shake_hands()
    pair.greet()
    with pytest.raises(TypeError):
        pair.subject.write(thing)
    assert pair.subject_outgoing.pending == 0
    assert pair.subject.write(b"a buffer") == 8
    assert pair.peer.receive(8) == b"a buffer"


@pytest.mark.clause("ssl.SSLSocket.write:buffers-only")
@pytest.mark.deliveries("whole")
@pytest.mark.level("observed")
def test_write_refuses_a_buffer_with_gaps(pair):
    """A memoryview with a stride is not one piece of memory: BufferError, and nothing is sent."""
    pair.shake_hands()
    with pytest.raises(BufferError):
        pair.subject.write(memoryview(b"a-b-c-")[::2])
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLSocket.write:empty")
@pytest.mark.known("bpo-42854")
@pytest.mark.deliveries("whole")
@pytest.mark.transports("memory", "socketpair")
def test_writing_nothing_is_no_error(pair):
    """Writing zero-length data returns 0, harms nothing, and the peer sees no data of it."""
    pair.shake_hands()
    pair.greet()
    assert pair.drive(pair.subject.write, b"") == 0
    assert pair.drive(pair.subject.write, bytearray()) == 0
    pair.drive(pair.subject.write, b"something")
    assert pair.peer.receive(9) == b"something"


@pytest.mark.clause("ssl.SSLSocket.write:copies")
@pytest.mark.deliveries("whole")
def test_write_copies_what_it_is_given(pair):
    """The buffer is free once write() is back: it may be changed and resized, and what was sent stays."""
    pair.shake_hands()
    pair.greet()
    data = bytearray(b"as it was")
    pair.subject.write(data)
    data[:2] = b"XX"
    data += b" and more"  # BufferError while somebody still holds an export
    assert pair.peer.receive(9) == b"as it was"


@pytest.mark.clause("ssl.SSLSocket.write:stream")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_writes_are_one_stream(pair):
    """Data of many writes arrives joined, in order, without loss."""
    pair.shake_hands()
    pair.greet()
    for number in range(50):
        assert pair.subject.write(b"%04d" % number) == 4
    assert pair.peer.receive(200) == b"".join(b"%04d" % number for number in range(50))


@pytest.mark.clause("RFC 5246 6.2.1:record-limit", "RFC 8446 5.1:record-limit")
@pytest.mark.deliveries("whole")
def test_no_record_is_longer_than_the_protocol_allows(pair):
    """What is longer than 2**14 bytes is cut into several application_data records, none over the limit."""
    pair.shake_hands()
    pair.greet()
    pair.subject.write(data_of(2**15 + 1))
    wire = pair.subject_outgoing.read()
    lengths = []
    while wire:
        assert wire[:3] == b"\x17\x03\x03"
        lengths.append(int.from_bytes(wire[3:5], "big"))
        wire = wire[5 + lengths[-1] :]
    assert len(lengths) >= 3
    assert max(lengths) <= 2**14 + (256 if pair.variant.version == "tls13" else 2048)


@pytest.mark.clause("RFC 5246 6.2.3:encrypted", "RFC 8446 5.2:encrypted", "ssl.SSLSocket.write:encrypted")
@pytest.mark.deliveries("whole")
def test_nothing_goes_onto_the_wire_in_the_clear(pair):
    """What is written is encrypted: the text is nowhere in the outgoing BIO, and sent twice it looks different."""
    pair.shake_hands()
    pair.greet()
    secret = b"nobody may read this on the way"
    pair.subject.write(secret)
    once = pair.subject_outgoing.read()
    pair.subject.write(secret)
    again = pair.subject_outgoing.read()
    assert secret not in once + again
    assert len(once) == len(again)
    assert once != again
    pair.peer.feed(once + again)
    assert pair.peer.receive(2 * len(secret)) == secret * 2
