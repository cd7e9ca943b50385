"""suppress_ragged_eofs: what an SSLSocket says when the transport ends without close_notify."""

import io
import socket

import pytest

pytestmark = pytest.mark.transports("socketpair", "tcp")

READS = {
    "recv": lambda subject: subject.recv(1),
    "recv_into": lambda subject: subject.recv_into(bytearray(1)),
    "read": lambda subject: subject.read(1),
    "read_into": lambda subject: subject.read(1, bytearray(1)),
}


@pytest.mark.clause("ssl.SSLContext.wrap_socket:ragged-eof-suppressed")
@pytest.mark.parametrize("method", READS)
@pytest.mark.transports("socketpair")
def test_a_ragged_end_is_a_normal_one(pair, method):
    """By default a transport that ends without close_notify reads as a normal end: b"", or 0 with a buffer."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_transport()
    assert READS[method](pair.subject) in (b"", 0)
    assert READS[method](pair.subject) in (b"", 0)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:ragged-eof-raised", "ssl.SSLEOFError:abrupt-end")
@pytest.mark.known("gh-95494", "gevent's skip list")
@pytest.mark.parametrize("method", READS)
def test_a_ragged_end_is_an_error_where_wanted(pair, impl, method):
    """With suppress_ragged_eofs False, a transport that ends without close_notify raises SSLEOFError."""
    pair.wrap(suppress_ragged_eofs=False)
    pair.shake_hands()
    pair.greet()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        READS[method](pair.subject)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:ragged-eof-suppressed", "ssl.SSLError:after-alert")
@pytest.mark.level("should")
@pytest.mark.parametrize("method", READS)
@pytest.mark.parametrize("whose", ["ours", "theirs"])
@pytest.mark.transports("socketpair")
def test_a_fault_is_no_ragged_end(pair, impl, whose, method):
    """suppress_ragged_eofs is for a transport that ends: after a fault, found here or there, reading raises for ever.

    Documented are "unexpected EOF errors raised from the underlying socket". The stdlib raises once, then it gives b"".
    """
    pair.shake_hands()
    pair.greet()
    if whose == "ours":
        pair.peer.send_raw(b"\x17\x03\x03\x00\x20" + bytes(32))
    else:
        socket.socket.sendall(pair.bare_subject, b"\x17\x03\x03\x00\x20" + bytes(32))
    for _ in range(3):
        with pytest.raises(impl.SSLError):
            READS[method](pair.subject)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:clean-end")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_a_clean_end_is_no_error(pair):
    """With suppress_ragged_eofs False, close_notify is still the normal end."""
    pair.wrap(suppress_ragged_eofs=False)
    pair.shake_hands()
    pair.peer.close_notify()
    pair.peer.close_transport()
    assert pair.subject.recv(1) == b""
    assert pair.subject.recv_into(bytearray(1)) == 0


@pytest.mark.clause("ssl.SSLContext.wrap_socket:ragged-eof-suppressed", "ssl.SSLContext.wrap_socket:ragged-eof-raised")
@pytest.mark.parametrize("suppress", [True, False], ids=["suppressed", "raised"])
def test_what_came_before_the_end_is_given(pair, impl, suppress):
    """Either way, the data in front of a ragged end is given first."""
    pair.wrap(suppress_ragged_eofs=suppress)
    pair.shake_hands()
    pair.peer.send(b"the last words")
    pair.peer.close_transport()
    assert pair.subject.recv(14) == b"the last words"
    if suppress:
        assert pair.subject.recv(1) == b""
    else:
        with pytest.raises(impl.SSLEOFError):
            pair.subject.recv(1)


@pytest.mark.clause(
    "ssl.SSLContext.wrap_socket:ragged-eof-raised", "ssl.SSLEOFError:abrupt-end", "ssl.SSLSocket.read:incomplete-record"
)
@pytest.mark.transports("socketpair")
def test_an_end_within_a_record_is_ragged_too(pair, impl):
    """A transport that ends in the middle of a record is a ragged end as well, and never gives part of the record."""
    pair.wrap(suppress_ragged_eofs=False)
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(b"\x17\x03\x03\x00\x30half")
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.recv(100)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:reset-is-error")
@pytest.mark.known("urllib3#367", "urllib3#2118")
@pytest.mark.transports("tcp", "tcp6")
@pytest.mark.parametrize("suppress", [True, False], ids=["suppressed", "raised"])
def test_a_reset_is_no_end(pair, impl, suppress):
    """A reset of the connection is no EOF: it raises ConnectionResetError, whatever suppress_ragged_eofs says."""
    pair.wrap(suppress_ragged_eofs=suppress)
    pair.shake_hands()
    pair.greet()
    pair.peer.reset_transport()
    with pytest.raises(ConnectionResetError):
        pair.subject.recv(1)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:handshake-never-suppressed")
def test_the_handshake_knows_no_suppression(pair, impl):
    """A transport that ends during the handshake is an error, whatever suppress_ragged_eofs says."""
    pair.wrap(suppress_ragged_eofs=True)
    pair.peer.stop_reading()
    pair.peer.close_transport()
    with pytest.raises(OSError):
        pair.subject.do_handshake()
    assert pair.subject.version() is None


@pytest.mark.clause("ssl.SSLEOFError:for-ever")
@pytest.mark.since("3.15")
@pytest.mark.known("gh-148292")
@pytest.mark.transports("socketpair")
def test_every_call_reports_a_ragged_end_again(pair, impl):
    """After SSLEOFError reading, writing, sendfile() and do_handshake() raise SSLEOFError each time."""
    pair.wrap(suppress_ragged_eofs=False)
    pair.shake_hands()
    pair.greet()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.recv(1)
    subject = pair.subject
    writes = [lambda: subject.send(b"x"), lambda: subject.sendall(b"x"), lambda: subject.sendfile(io.BytesIO(b"x"))]
    for call in [*(lambda read=read: read(subject) for read in READS.values()), *writes, subject.do_handshake] * 2:
        with pytest.raises(impl.SSLEOFError):
            call()
