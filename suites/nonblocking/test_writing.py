"""Writing to a non-blocking SSLSocket whose peer does not keep up, and how a write is repeated."""

import select

import pytest

pytestmark = pytest.mark.transports("socketpair")

DATA = bytes(range(256)) * 1024


def fill(pair):
    """Send DATA until the peer, who has stopped reading, keeps up no longer: how often it went out whole.

    Which depends on the system, and is not observed.
    """
    pair.shake_hands()
    pair.greet()
    pair.peer.stop_reading()
    pair.subject.setblocking(False)
    whole = 0
    with pytest.raises(pair.impl.SSLWantWriteError):
        while True:
            assert pair.bare_subject.send(DATA) == len(DATA)
            whole += 1
    return whole


def send_again(pair, data):
    """send() until it does not ask to wait any more."""
    while True:
        try:
            return pair.bare_subject.send(data)
        except pair.impl.SSLWantWriteError:
            assert select.select([], [pair.bare_subject], [], 5)[1]


@pytest.mark.clause(
    "ssl.SSLWantWriteError:line-full",
    "ssl.SSLWantWriteError:errno-3",
    "ssl-nonblocking:want-errors",
    "ssl.SSLSocket.send:nonblocking",
    "ssl.SSLSocket.write:would-block",
    "What's New 3.5:send-wants",
)
@pytest.mark.known("bpo-20951", "wolfssl-py 5.9.2", "RustPython#8660", "gevent's skip list")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
def test_a_full_line_is_want_write(pair, impl):
    """send() raises SSLWantWriteError, not BlockingIOError, and does not return 0, where it would have to wait."""
    fill(pair)
    with pytest.raises(impl.SSLWantWriteError) as caught:
        pair.subject.send(DATA)
    assert caught.value.errno == impl.SSL_ERROR_WANT_WRITE
    assert (caught.value.library, caught.value.reason) == (None, None)
    assert not isinstance(caught.value, BlockingIOError)


@pytest.mark.clause("ssl.SSLWantWriteError:line-full", "ssl.SSLSocket.write:retry")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
def test_a_write_is_repeated_with_the_same_data(pair):
    """After SSLWantWriteError and select(), send() of the same data returns its length, and all of it arrives once."""
    whole = fill(pair)
    pair.peer.go_on_reading()
    assert send_again(pair, DATA) == len(DATA)
    assert pair.peer.receive(len(DATA) * (whole + 1)) == DATA * (whole + 1)
    pair.subject.settimeout(5)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.write:retry")
def test_the_data_may_stand_elsewhere_when_repeated(pair):
    """The repeated send() may take another buffer with the same data."""
    whole = fill(pair)
    pair.peer.go_on_reading()
    assert send_again(pair, bytearray(DATA)) == len(DATA)
    assert pair.peer.receive(len(DATA) * (whole + 1)) == DATA * (whole + 1)


@pytest.mark.clause("ssl.SSLSocket.write:retry")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
def test_reading_goes_on_while_writing_waits(pair):
    """A connection that cannot write at the moment can be read, and the write repeated afterwards."""
    whole = fill(pair)
    pair.peer.send(b"meanwhile")
    assert select.select([pair.bare_subject], [], [], 5)[0]
    assert pair.subject.recv(100) == b"meanwhile"
    pair.peer.go_on_reading()
    assert send_again(pair, DATA) == len(DATA)
    assert pair.peer.receive(len(DATA) * (whole + 1)) == DATA * (whole + 1)


@pytest.mark.clause("ssl.SSLSocket.write:odd-retry")
@pytest.mark.level("observed")
@pytest.mark.parametrize("shorter", [DATA[:100], b""], ids=["less", "nothing"])
def test_a_shorter_write_cannot_follow(pair, impl, shorter):
    """After SSLWantWriteError, send() of less data than before is BAD_LENGTH: more than that is sealed already."""
    fill(pair)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.send(shorter)
    assert caught.value.reason == "BAD_LENGTH"
    assert caught.value.library == "SSL"


@pytest.mark.clause("ssl.SSLSocket.write:odd-retry")
@pytest.mark.level("observed")
def test_a_bad_retry_ends_the_connection(pair, impl):
    """After BAD_LENGTH nothing more can be written, also not what was begun: SSLEOFError."""
    fill(pair)
    with pytest.raises(impl.SSLError):
        pair.subject.send(b"")
    with pytest.raises(impl.SSLEOFError):
        pair.subject.send(DATA)


@pytest.mark.clause("ssl.SSLSocket.write:odd-retry")
@pytest.mark.level("observed")
def test_a_longer_write_may_follow(pair):
    """After SSLWantWriteError, send() may take more data than before, beginning with the same."""
    whole = fill(pair)
    pair.peer.go_on_reading()
    assert send_again(pair, DATA + b"and more") == len(DATA) + 8
    expected = DATA * (whole + 1) + b"and more"
    assert pair.peer.receive(len(expected)) == expected


@pytest.mark.clause("ssl.SSLSocket.sendall:nonblocking")
def test_sendall_does_not_wait_either(pair, impl):
    """sendall() of a non-blocking socket raises SSLWantWriteError; how much has gone out cannot be known then."""
    fill(pair)
    with pytest.raises(impl.SSLWantWriteError):
        pair.subject.sendall(DATA)


@pytest.mark.clause("ssl.SSLSocket.write:retry")
def test_with_a_time_out_it_waits(pair):
    """The same write, repeated with a time-out, waits for the peer by itself."""
    whole = fill(pair)
    pair.peer.go_on_reading()
    pair.subject.settimeout(5)
    assert pair.subject.send(DATA) == len(DATA)
    assert pair.peer.receive(len(DATA) * (whole + 1)) == DATA * (whole + 1)
