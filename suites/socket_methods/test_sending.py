"""SSLSocket.send(), sendall() and write(): what goes out, and what they return."""

import array
import errno

import pytest

pytestmark = pytest.mark.transports("socketpair", "tcp", "tcp6")


@pytest.mark.clause("ssl.SSLSocket.send:count")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_send_reaches_the_peer(pair):
    """send() returns the number of bytes sent, and just those reach the peer."""
    pair.shake_hands()
    assert pair.subject.send(b"from the subject") == 16
    assert pair.peer.receive(16) == b"from the subject"
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLSocket.write:count")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.peers("module", "openssl", "gnutls")
def test_write_gives_the_count(pair):
    """write() returns the number of bytes written."""
    pair.shake_hands()
    assert pair.subject.write(b"abc") == 3
    assert pair.peer.receive(3) == b"abc"


@pytest.mark.clause("ssl.SSLSocket.sendall:everything")
def test_sendall_sends_everything(pair):
    """sendall() returns None after it has sent all the data, however many records that takes."""
    data = bytes(range(256)) * 400
    pair.shake_hands()
    assert pair.subject.sendall(data) is None
    assert pair.peer.receive(len(data)) == data


@pytest.mark.clause("ssl.SSLSocket.send:empty")
@pytest.mark.transports("socketpair")
@pytest.mark.known("bpo-42854")
def test_sending_nothing_is_no_error(pair):
    """Zero-length data is sent without an error, and nothing reaches the peer.

    Before 3.10 it was a protocol violation and cost the connection.
    """
    pair.shake_hands()
    assert pair.subject.send(b"") == 0
    assert pair.subject.write(b"") == 0
    assert pair.subject.sendall(b"") is None
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.send:buffers")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.parametrize("make", [bytes, bytearray, memoryview], ids=["bytes", "bytearray", "memoryview"])
def test_any_buffer_can_be_sent(pair, make):
    """send(), write() and sendall() take any object that supports the buffer interface."""
    pair.shake_hands()
    assert pair.subject.send(make(b"abc")) == 3
    assert pair.subject.write(make(b"def")) == 3
    pair.subject.sendall(make(b"ghi"))
    assert pair.peer.receive(9) == b"abcdefghi"


@pytest.mark.clause("ssl.SSLSocket.send:buffers")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
@pytest.mark.known("bpo-27340")
def test_wider_items_are_sent_as_their_bytes(pair):
    """An array of wider items is sent whole, byte for byte, and counted in bytes."""
    numbers = array.array("I", [1, 2, 3])
    pair.shake_hands()
    assert pair.subject.send(numbers) == 3 * numbers.itemsize
    pair.subject.sendall(numbers)
    assert pair.peer.receive(6 * numbers.itemsize) == 2 * numbers.tobytes()


@pytest.mark.clause("ssl.SSLSocket.send:buffers-only")
@pytest.mark.roles("client")
@pytest.mark.transports("socketpair")
def test_text_cannot_be_sent(pair):
    """send(), write() and sendall() of a str raise TypeError, nothing is sent, and the connection goes on."""
    pair.shake_hands()
    for method in (pair.subject.send, pair.subject.write, pair.subject.sendall):
        with pytest.raises(TypeError):
            method("text")
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.send:broken-line")
@pytest.mark.transports("tcp")
@pytest.mark.known("gh-115627", "gh-127257", "pypy#5263")
@pytest.mark.parametrize("method", ["send", "sendall", "write"])
def test_a_broken_line_is_an_oserror(pair, impl, method):
    """Sending to a peer that has reset the connection raises what the system says: ConnectionError, no SSLError."""
    pair.shake_hands()
    pair.greet()
    pair.peer.reset_transport()
    with pytest.raises(ConnectionError) as caught:
        for _ in range(3):
            getattr(pair.subject, method)(b"nobody reads this")
    assert not isinstance(caught.value, impl.SSLError)
    assert caught.value.errno in (errno.EPIPE, errno.ECONNRESET)
