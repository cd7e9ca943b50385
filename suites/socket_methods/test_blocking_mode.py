"""SSLSocket.gettimeout(), settimeout() and setblocking(): three ways to wait, as for any socket.

What each means for reading and writing is in the areas nonblocking and timeouts.
"""

import select

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.transports("socketpair"),
    pytest.mark.versions("tls13"),
]


@pytest.mark.clause("ssl.SSLSocket.gettimeout:set", "ssl.SSLSocket.settimeout:set")
def test_the_time_out_is_what_was_set(pair):
    """gettimeout() gives what settimeout() was given last, None for a socket that waits for ever."""
    pair.subject.settimeout(2.5)
    assert pair.subject.gettimeout() == 2.5
    assert pair.subject.getblocking() is True
    pair.subject.settimeout(None)
    assert pair.subject.gettimeout() is None
    assert pair.subject.getblocking() is True


@pytest.mark.clause("ssl.SSLSocket.setblocking:time-outs")
def test_setblocking_stands_for_two_time_outs(pair):
    """setblocking(False) is settimeout(0), and setblocking(True) is settimeout(None)."""
    pair.subject.setblocking(False)
    assert pair.subject.gettimeout() == 0
    assert pair.subject.getblocking() is False
    pair.subject.setblocking(True)
    assert pair.subject.gettimeout() is None


@pytest.mark.clause("ssl.SSLSocket.settimeout:negative")
def test_a_negative_time_out_is_refused(pair):
    """settimeout() of a negative number raises ValueError and changes nothing."""
    pair.subject.settimeout(2.5)
    with pytest.raises(ValueError):
        pair.subject.settimeout(-1)
    assert pair.subject.gettimeout() == 2.5


@pytest.mark.clause("ssl.SSLSocket.settimeout:set", "ssl.SSLSocket.setblocking:time-outs")
def test_the_mode_may_change_on_a_living_connection(pair):
    """A connection goes on when its socket goes from blocking to non-blocking and back."""
    pair.shake_hands()
    pair.subject.setblocking(False)
    with pytest.raises(pair.impl.SSLWantReadError):
        pair.subject.recv(1)
    pair.subject.settimeout(5)
    pair.greet()


def done(pair, call, *arguments):
    """What a call gives in the end, however often the socket has to be waited for meanwhile."""
    while True:
        try:
            return call(*arguments)
        except pair.impl.SSLWantReadError:
            assert select.select([pair.bare_subject], [], [], 5)[0]
        except pair.impl.SSLWantWriteError:
            assert select.select([], [pair.bare_subject], [], 5)[1]


@pytest.mark.clause(
    "ssl.SSLSocket.settimeout:set", "ssl.SSLSocket.setblocking:time-outs", "ssl-nonblocking:want-errors"
)
@pytest.mark.roles("client", "server")
@pytest.mark.versions("tls12", "tls13")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.parametrize("seconds", [None, 5, 0], ids=["blocking", "time_out", "non_blocking"])
def test_a_connection_comes_to_the_same_in_each_mode(pair, seconds):
    """Handshake, data in both directions and the end of a connection are the same however the socket waits.

    How often a call has to be repeated meanwhile is not observed.
    """
    data = bytes(range(256)) * 400
    subject = pair.bare_subject
    pair.subject.settimeout(seconds)
    assert done(pair, subject.do_handshake) is None
    assert pair.peer.completes()
    for start in range(0, len(data), 10_240):
        assert done(pair, subject.send, data[start : start + 10_240]) == 10_240
    assert pair.peer.receive(len(data)) == data
    pair.peer.send(data)
    received = bytearray()
    while len(received) < len(data):
        received += done(pair, subject.recv, 65_536)
    assert received == data
    pair.peer.close_notify()
    assert done(pair, subject.recv, 1) == b""
    assert pair.subject.gettimeout() == seconds
