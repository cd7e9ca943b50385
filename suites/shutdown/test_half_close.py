"""One direction is closed: what the other still carries, and what read() and write() say of it (RFC 8446 6.1)."""

import pytest


def connected(pair):
    pair.shake_hands()
    pair.greet()
    pair.carry()


@pytest.mark.clause("RFC 8446 6.1:clean-end", "ssl.SSLSocket.read:end")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.deliveries("all")
@pytest.mark.transports("memory", "socketpair")
def test_everything_sent_before_close_notify_is_read_first(pair):
    """close_notify ends the stream behind its last byte: all data comes out, then read() gives b""."""
    pair.shake_hands()
    pair.peer.send(b"first ")
    pair.peer.send(b"and last")
    pair.peer.close_notify()
    assert pair.read(14) == b"first and last"
    assert pair.drive(pair.subject.read, 10) == b""


@pytest.mark.clause("RFC 8446 6.1:clean-end", "ssl.SSLSocket.read:end")
@pytest.mark.known("bpo-23576", "pypy@94743925")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.transports("memory", "socketpair")
def test_close_notify_is_the_end_though_the_line_stays_open(pair):
    """read() returns b"" at close_notify, again and again, and 0 with a buffer; it waits for no end of the line."""
    connected(pair)
    pair.peer.close_notify()
    for _ in range(3):
        assert pair.drive(pair.subject.read, 10) == b""
        assert pair.drive(pair.subject.read, 10, bytearray(10)) == 0


@pytest.mark.clause("RFC 8446 6.1:one-direction", "ssl.SSLSocket.write:half-closed")
@pytest.mark.known("gh-74622", "gh-73599")
@pytest.mark.deliveries("whole")
@pytest.mark.transports("memory", "socketpair")
def test_the_end_that_was_told_may_go_on_writing(pair):
    """close_notify closes its sender's direction only: what is written afterwards reaches the peer, which reads on.

    RFC 5246 wanted pending writes discarded; RFC 8446 changed that, and OpenSSL does so in both versions.
    """
    connected(pair)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.read, 10) == b""
    assert pair.drive(pair.subject.write, b"not quite ") == 10
    assert pair.drive(pair.subject.write, b"done yet") == 8
    assert pair.peer.receive(18) == b"not quite done yet"
    assert pair.drive(pair.subject.read, 10) == b""


@pytest.mark.clause("RFC 8446 6.1:one-direction")
@pytest.mark.known("gh-86366", "hio#176")
@pytest.mark.deliveries("all")
def test_the_end_that_closed_may_go_on_reading(pair, impl):
    """After unwrap() has sent close_notify, read() still gives what the peer sends, until the peer closes."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    pair.peer.send(b"late")
    assert pair.drive(pair.subject.read, 10) == b"late"
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(10)
    pair.peer.send(b"later")
    assert pair.drive(pair.subject.read, 10) == b"later"
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None


@pytest.mark.clause("RFC 8446 6.1:sender-silent", "ssl.SSLSocket.write:closed")
@pytest.mark.deliveries("whole")
def test_the_end_that_closed_cannot_write(pair, impl):
    """After unwrap() has sent close_notify, write() raises SSLError PROTOCOL_IS_SHUTDOWN and sends nothing."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    pair.subject_outgoing.read()
    for data in (b"too late", b""):
        with pytest.raises(impl.SSLError) as caught:
            pair.subject.write(data)
        assert caught.value.reason == "PROTOCOL_IS_SHUTDOWN"
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLZeroReturnError:clean-close", "RFC 8446 6.1:both-closed")
@pytest.mark.known("urllib3#367")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("first", ["peer", "subject"])
def test_once_both_have_closed_reading_raises(pair, impl, first):
    """With both close_notify alerts across, the connection is closed cleanly: read() raises SSLZeroReturnError."""
    connected(pair)
    if first == "subject":
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.unwrap()
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    for arguments in ((10,), (10, bytearray(10))):
        with pytest.raises(impl.SSLZeroReturnError) as caught:
            pair.subject.read(*arguments)
        assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_ZERO_RETURN
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.write(b"too late")
    assert caught.value.reason == "PROTOCOL_IS_SHUTDOWN"


@pytest.mark.clause("ssl.SSLZeroReturnError:clean-close")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_the_peers_close_notify_read_after_our_own_raises_at_once(pair, impl):
    """The end that closed first reads no b"": with the other's close_notify both have closed, and read() raises."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    pair.peer.close_notify()
    pair.carry()
    with pytest.raises(impl.SSLZeroReturnError):
        pair.subject.read(10)
    assert pair.subject.unwrap() is None


@pytest.mark.clause("RFC 8446 6.1:ignored-behind", "RFC 5246 7.2.1:ignored-behind")
@pytest.mark.deliveries("whole", "coalesced")
def test_what_follows_close_notify_is_never_data(pair):
    """Data received after a closure alert must be ignored: read() stays at b"", whatever lies behind it."""
    connected(pair)
    pair.peer.close_notify()
    pair.peer.send_raw(b"\x17\x03\x03\x00\x20" + bytes(32))
    pair.carry()
    for _ in range(3):
        assert pair.subject.read(100) == b""
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLObject:closed-still-known")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_clean_close_forgets_nothing(pair):
    """version(), cipher() and the peer's certificate can be asked for after a full close; pending() is 0."""
    connected(pair)
    before = pair.subject.version(), pair.subject.cipher(), pair.subject.getpeercert(True)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    assert (pair.subject.version(), pair.subject.cipher(), pair.subject.getpeercert(True)) == before
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLSocket.do_handshake:again")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_closed_connection_does_not_begin_again(pair):
    """do_handshake() on a cleanly closed connection does nothing: no second connection over the same object."""
    connected(pair)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    pair.subject_outgoing.read()
    assert pair.subject.do_handshake() is None
    assert pair.subject_outgoing.pending == 0
