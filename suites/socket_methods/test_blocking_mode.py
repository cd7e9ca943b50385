"""SSLSocket.gettimeout(), settimeout() and setblocking(): three ways to wait, as for any socket.

What each means for reading and writing is in the areas nonblocking and timeouts.
"""

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
