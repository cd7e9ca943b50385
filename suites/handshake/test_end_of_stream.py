"""The stream ends before the handshake does: SSLEOFError, wherever it is cut."""

import pytest


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end")
@pytest.mark.known("urllib3#2628")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole")
def test_a_peer_that_closes_at_once_is_an_eof(pair, impl):
    """A peer that closes its end without a word makes do_handshake() raise SSLEOFError."""
    pair.wrap()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError) as caught:
        pair.drive(pair.subject.do_handshake)
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_EOF
    assert pair.subject.version() is None


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end")
@pytest.mark.deliveries("whole")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize("kept", [1, 5, 40, -1], ids=["one_byte", "a_header", "forty_bytes", "all_but_one"])
def test_a_flight_that_is_cut_off_is_an_eof(pair, impl, kept):
    """Wherever the peer's first flight is cut off, the end is an SSLEOFError, not an unexpected message."""
    if not pair.server_side:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
    pair.carry()
    flight = pair.subject_incoming.read()
    pair.subject_incoming.write(flight[:kept])
    pair.subject_incoming.write_eof()
    with pytest.raises(impl.SSLEOFError) as caught:
        pair.subject.do_handshake()
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_EOF
    assert pair.subject.version() is None


@pytest.mark.clause("ssl.SSLSocket.do_handshake:implicit")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("begin", ["read", "write"])
def test_reading_and_writing_report_the_end_as_well(pair, impl, begin):
    """read() and write() that perform the handshake raise SSLEOFError at its early end; read() does not return b""."""
    pair.subject_incoming.write_eof()
    arguments = {"read": (10,), "write": (b"data",)}[begin]
    with pytest.raises(impl.SSLEOFError):
        getattr(pair.subject, begin)(*arguments)


@pytest.mark.clause("ssl.SSLSocket.do_handshake:retried")
@pytest.mark.deliveries("whole")
def test_a_complete_flight_is_handled_before_the_end(pair, impl):
    """The end counts when the bytes before it are used up: what was complete is answered first."""
    pair.carry()
    if not pair.server_side:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
        pair.carry()
    pair.subject_incoming.write_eof()
    before = pair.subject_outgoing.pending
    if pair.server_side or pair.variant.version == "tls12":
        with pytest.raises(impl.SSLEOFError):
            pair.subject.do_handshake()
    else:
        pair.subject.do_handshake()  # a TLS 1.3 client has all that it needs
    assert pair.subject_outgoing.pending > before


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "ssl.SSLEOFError:for-ever")
@pytest.mark.since("3.15")
@pytest.mark.known("gh-148292")
@pytest.mark.deliveries("whole")
def test_the_end_is_reported_again_and_again(pair, impl):
    """After SSLEOFError every further do_handshake(), read() and write() raises SSLEOFError.

    Until 3.14 it depended on OpenSSL what came the second time, SSLSyscallError for one.
    """
    pair.subject_incoming.write_eof()
    for call in (pair.subject.do_handshake, pair.subject.do_handshake, pair.subject.read, pair.subject.do_handshake):
        with pytest.raises(impl.SSLEOFError):
            call()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.write(b"data")
