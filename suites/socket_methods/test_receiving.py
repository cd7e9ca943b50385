"""SSLSocket.recv(), recv_into() and read(): how much comes, and into what."""

import array
import ctypes

import pytest

pytestmark = pytest.mark.transports("socketpair", "tcp", "tcp6")


@pytest.mark.clause("ssl.SSLSocket.recv:data")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_recv_gives_what_the_peer_sent(pair):
    """recv() returns the application data that the peer sent, as bytes."""
    pair.shake_hands()
    pair.peer.send(b"from the peer")
    received = pair.subject.recv(100)
    assert received == b"from the peer"
    assert type(received) is bytes


@pytest.mark.clause("ssl.SSLSocket.recv:data")
@pytest.mark.transports("socketpair")
def test_recv_gives_no_more_than_was_asked_for(pair):
    """recv(n) returns at most n bytes, and the rest of what came is there for the next call."""
    pair.shake_hands()
    pair.peer.send(b"abcdef")
    assert pair.subject.recv(4) == b"abcd"
    assert pair.subject.recv(4) == b"ef"


@pytest.mark.clause("ssl.SSLSocket.recv:nothing", "ssl.SSLSocket.read:zero")
@pytest.mark.transports("socketpair")
@pytest.mark.known("bpo-23804")
def test_recv_of_nothing_does_not_wait(pair):
    """recv(0) and read(0) return b"" at once, although the peer has sent nothing."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(0)
    assert pair.subject.recv(0) == b""
    assert pair.subject.read(0) == b""
    with pytest.raises(pair.impl.SSLWantReadError):
        pair.subject.recv(1)


@pytest.mark.clause("ssl.SSLSocket.recv:negative")
@pytest.mark.transports("socketpair")
def test_recv_of_a_negative_length_is_refused(pair):
    """recv() with a negative length raises ValueError, and the connection goes on."""
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.recv(-1)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.recv:default", "ssl.SSLSocket.read:default-len")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
def test_read_without_a_length_gives_up_to_1024_bytes(pair):
    """read() and recv() without a length return up to 1024 bytes."""
    pair.shake_hands()
    pair.peer.send(b"x" * 3000)
    assert pair.subject.read() == b"x" * 1024
    assert pair.subject.recv() == b"x" * 1024
    assert pair.subject.recv(1024) == b"x" * 952


@pytest.mark.clause("ssl.SSLSocket.read:buffer")
@pytest.mark.known("wolfssl-py#57", "pyodide#6295")
def test_read_into_a_buffer_gives_the_count(pair):
    """read(n, buffer) reads up to n bytes into the buffer, leaves the rest of it alone and returns their number."""
    pair.shake_hands()
    pair.peer.send(b"abcdef")
    buffer = bytearray(b"........")
    assert pair.subject.read(4, buffer) == 4
    assert buffer == b"abcd...."
    assert pair.subject.read(100, buffer) == 2
    assert buffer == b"efcd...."


@pytest.mark.clause("ssl.SSLSocket.recv_into:fills")
@pytest.mark.known("wolfssl-py#57")
def test_recv_into_fills_a_buffer(pair):
    """recv_into(buffer) reads up to the size of the buffer and returns the number of bytes."""
    pair.shake_hands()
    pair.peer.send(b"abcdef")
    buffer = bytearray(4)
    assert pair.subject.recv_into(buffer) == 4
    assert buffer == b"abcd"
    assert pair.subject.recv_into(buffer) == 2
    assert buffer == b"efcd"


@pytest.mark.clause("ssl.SSLSocket.recv_into:nbytes")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize("nbytes", [0, 3], ids=["zero", "three"])
def test_recv_into_heeds_nbytes(pair, nbytes):
    """recv_into(buffer, nbytes) reads up to nbytes bytes, where 0 stands for the size of the buffer."""
    pair.shake_hands()
    pair.peer.send(b"abcdef")
    buffer = bytearray(5)
    expected = nbytes or len(buffer)
    assert pair.subject.recv_into(buffer, nbytes) == expected
    assert buffer == b"abcdef"[:expected].ljust(5, b"\0")


@pytest.mark.clause("ssl.SSLSocket.recv_into:bytes-not-items")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.known("gh-84443", "bpo-40262")
def test_recv_into_counts_bytes_not_items(pair):
    """recv_into() of an array of wider items fills all its bytes.

    Before 3.11.7 and 3.12.1 the stdlib took the number of items for the number of bytes.
    """
    pair.shake_hands()
    pair.peer.send(b"abcdefgh")
    buffer = array.array("I", [0, 0])
    assert pair.subject.recv_into(buffer) == 2 * buffer.itemsize
    assert buffer.tobytes() == b"abcdefgh"[: 2 * buffer.itemsize]


@pytest.mark.clause("ssl.SSLSocket.recv_into:fills")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
def test_recv_into_part_of_a_buffer(pair):
    """recv_into() takes a memoryview, and writes nowhere else."""
    pair.shake_hands()
    pair.peer.send(b"abc")
    buffer = bytearray(b".........")
    assert pair.subject.recv_into(memoryview(buffer)[3:6]) == 3
    assert buffer == b"...abc..."


@pytest.mark.clause("ssl.SSLSocket.recv_into:writable")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
def test_recv_into_what_cannot_be_written_is_refused(pair):
    """recv_into() of a read-only buffer raises TypeError, and what came is not lost."""
    pair.shake_hands()
    pair.peer.send(b"abc")
    with pytest.raises(TypeError):
        pair.subject.recv_into(b"...")
    assert pair.subject.recv(3) == b"abc"


@pytest.mark.clause("ssl.SSLSocket.recv:end", "ssl.SSLSocket.recv_into:end")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_end_of_stream_is_empty_for_ever(pair):
    """After the peer's close_notify, recv() returns b"" and recv_into() 0, however often they are called.

    The TCP connection is still open then: what says that nothing more comes is close_notify.
    """
    pair.shake_hands()
    pair.peer.send(b"the last words")
    pair.peer.close_notify()
    assert pair.subject.recv(14) == b"the last words"
    assert pair.subject.recv(1) == b""
    assert pair.subject.recv_into(bytearray(1)) == 0
    assert pair.subject.read(1) == b""


@pytest.mark.clause("ssl.SSLSocket.recv:data", "ssl.SSLSocket.read:stream")
def test_data_larger_than_a_record_comes_in_parts(pair):
    """What takes several records arrives whole and in order, in as many recv() as it takes."""
    data = bytes(range(256)) * 400
    pair.shake_hands()
    pair.peer.send(data)
    received = bytearray()
    while len(received) < len(data):
        received += pair.bare_subject.recv(30_000)
    assert received == data


@pytest.mark.clause("ssl.SSLSocket.pending:counts")
@pytest.mark.transports("socketpair")
def test_pending_counts_what_is_already_decrypted(pair):
    """pending() is the number of bytes that can be read without the network: the rest of a record in hand."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.pending() == 0
    pair.peer.send(b"x" * 100)
    pair.subject.recv(10)
    assert pair.subject.pending() == 90
    pair.subject.recv(90)
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLSocket.recv_into:fills")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.known("bpo-40262", "gh-84443")
@pytest.mark.parametrize("nbytes", [(), (0,), (None,)], ids=["left_out", "zero", "none"])
def test_recv_into_what_has_no_length(pair, nbytes):
    """recv_into() takes any writable buffer, also one that has no len()."""
    pair.shake_hands()
    pair.peer.send(b"abcd")

    class Four(ctypes.Structure):
        _fields_ = (("letters", ctypes.c_char * 4),)

    buffer = Four()
    assert pair.subject.recv_into(buffer, *nbytes) == 4
    assert bytes(buffer) == b"abcd"
