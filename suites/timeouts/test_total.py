"""A time-out is the time of the whole call: a peer that is merely slow does not prolong it (since 3.5).

The peer's end is a plain socket here, which gives or takes a little every hundredth of a second, for as long as the
call lasts, and five seconds at most. That is a pace, and nothing waits for anything by it: were everything else slower,
the time-out would only come after fewer pieces.
"""

import socket
import threading

import pytest

pytestmark = [pytest.mark.transports("socketpair"), pytest.mark.versions("tls13")]

SHORT = 0.1
INCOMPLETE = (16_384).to_bytes(2, "big")  # the length of a record that will never be complete


def connect(pair):
    """A TLS connection, and the plain socket at its other end."""
    near, far = socket.socketpair()
    near.settimeout(5)
    pair.attach(far)
    subject = pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)
    assert pair.peer.completes()
    subject.settimeout(SHORT)
    return subject, pair.release()


def ends_while(call, step):
    """Take one step after the other until the call is back; whether that was before it was too late."""
    pace = threading.Event()
    for _ in range(500):
        if call.is_back:
            return True
        step()
        pace.wait(0.01)
    return False


@pytest.mark.clause(
    "ssl.SSLSocket:time-out-total", "ssl.SSLSocket.do_handshake:time-out-total", "What's New 3.5:total-time-outs"
)
def test_a_dripping_handshake(pair, background):
    """The time-out is the maximum total duration of the handshake; it is not reset each time that bytes come."""
    near, far = socket.socketpair()
    near.settimeout(SHORT)
    subject = pair.subject_context.wrap_socket(
        near, server_side=pair.server_side, server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )
    with subject, far:
        far.sendall(b"\x16\x03\x03" + INCOMPLETE)
        call = background(subject.do_handshake)
        assert ends_while(call, lambda: far.sendall(b"\0"))
        with pytest.raises(TimeoutError):
            call.result()


@pytest.mark.clause(
    "ssl.SSLSocket:time-out-total", "ssl.SSLSocket.read:time-out-total", "What's New 3.5:total-time-outs"
)
@pytest.mark.versions("tls12", "tls13")
def test_a_dripping_read(pair, background):
    """The time-out is the maximum total duration of a read; it is not reset each time that bytes come."""
    subject, far = connect(pair)
    with subject, far:
        far.sendall(b"\x17\x03\x03" + INCOMPLETE)
        call = background(subject.recv, 100)
        assert ends_while(call, lambda: far.sendall(b"\0"))
        with pytest.raises(TimeoutError):
            call.result()


@pytest.mark.clause(
    "ssl.SSLSocket:time-out-total", "ssl.SSLSocket.write:time-out-total", "What's New 3.5:total-time-outs"
)
@pytest.mark.parametrize("method", ["send", "sendall"])
def test_a_slow_reader(pair, background, method):
    """The time-out is the maximum total duration of a write; it is not reset each time that bytes go."""
    subject, far = connect(pair)
    with subject, far:
        far.settimeout(5)
        call = background(getattr(subject, method), bytes(8_000_000))
        assert ends_while(call, lambda: far.recv(50_000))
        with pytest.raises(TimeoutError):
            call.result()


@pytest.mark.clause(
    "ssl.SSLSocket:time-out-total", "ssl.SSLSocket.unwrap:time-out-total", "What's New 3.5:total-time-outs"
)
def test_a_dripping_close(pair, background):
    """The time-out is the maximum total duration of the shutdown handshake too."""
    subject, far = connect(pair)
    with subject, far:
        far.sendall(b"\x17\x03\x03" + INCOMPLETE)
        call = background(subject.unwrap)
        assert ends_while(call, lambda: far.sendall(b"\0"))
        with pytest.raises(TimeoutError):
            call.result()
