"""A peer that says nothing, or takes nothing: every call that waits for it ends with TimeoutError."""

import signal
import socket
import sys
import threading
import time
from decimal import Decimal
from fractions import Fraction

import pytest

pytestmark = pytest.mark.transports("socketpair")

SHORT = 0.03
READS = {
    "recv": lambda subject: subject.recv(1),
    "recv_into": lambda subject: subject.recv_into(bytearray(1)),
    "read": lambda subject: subject.read(1),
}
LOTS = 8_000_000  # more than any system keeps between two sockets
WRITES = {
    "send": lambda subject: subject.send(bytes(LOTS)),
    "sendall": lambda subject: subject.sendall(bytes(LOTS)),
    "write": lambda subject: subject.write(bytes(LOTS)),
}


def beside_silence(pair, **options):
    """A wrapped socket, and a plain one at its other end that says nothing by itself."""
    near, far = socket.socketpair()
    near.settimeout(SHORT)
    options.update(server_side=pair.server_side, server_hostname=pair.server_hostname)
    return pair.subject_context.wrap_socket(near, do_handshake_on_connect=False, **options), far


@pytest.mark.clause("ssl.SSLSocket.settimeout:set", "ssl.SSLSocket.read:waits", "What's New 3.10:time-out-error")
@pytest.mark.known("bpo-42413", "pyOpenSSL#168")
@pytest.mark.parametrize("method", READS)
def test_reading_ends_with_the_time_out(pair, impl, method):
    """Reading raises TimeoutError, which is no SSLError, when the time-out is over, and not before."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(SHORT)
    begun = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        READS[method](pair.subject)
    assert time.monotonic() - begun > 0.9 * SHORT
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLSocket.read:waits")
@pytest.mark.parametrize("method", READS)
def test_the_shortest_time_out_is_no_waiting_for_ever(pair, method):
    """A time-out that is over before anybody can have looked ends the reading as any other does."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(1e-9)
    with pytest.raises(TimeoutError):
        READS[method](pair.subject)


@pytest.mark.clause("What's New 3.15:real-time-outs")
@pytest.mark.since("3.15")
@pytest.mark.skipif(sys.version_info < (3, 15), reason="what a socket takes for a time-out is the interpreter's")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("kind", [float, Fraction, Decimal], ids=lambda kind: kind.__name__.lower())
def test_a_time_out_is_any_real_number(pair, impl, kind):
    """A Fraction and a Decimal are time-outs like a float; a complex number is none."""
    subject, far = beside_silence(pair)
    with subject, far:
        subject.settimeout(kind(SHORT))
        with pytest.raises(TimeoutError):
            subject.do_handshake()
        assert subject.gettimeout() == pytest.approx(SHORT)
        with pytest.raises(TypeError):
            subject.settimeout(complex(SHORT))
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError):
        impl.get_server_certificate(silent.getsockname(), timeout=kind(SHORT))


@pytest.mark.clause("ssl.SSLSocket.do_handshake:block")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("block", [False, True], ids=["as_it_is", "block"])
def test_a_handshake_ends_with_the_time_out(pair, block):
    """block=True is for non-blocking sockets: where there is a time-out, do_handshake() keeps to it."""
    subject, far = beside_silence(pair)
    with subject, far:
        with pytest.raises(TimeoutError):
            subject.do_handshake(block)
        assert subject.gettimeout() == SHORT


@pytest.mark.clause("ssl.SSLSocket.write:time-out-total")
@pytest.mark.known("bpo-42413")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("method", WRITES)
def test_writing_ends_with_the_time_out(pair, impl, method):
    """Writing to a peer that has stopped reading raises TimeoutError when the time-out is over, and not before."""
    pair.shake_hands()
    pair.greet()
    pair.peer.stop_reading()
    pair.subject.settimeout(SHORT)
    begun = time.monotonic()
    with pytest.raises(TimeoutError) as caught:
        WRITES[method](pair.subject)
    assert time.monotonic() - begun > 0.9 * SHORT
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLSocket.do_handshake:time-out-total")
@pytest.mark.known("bpo-42413", "pyOpenSSL#168")
def test_the_handshake_ends_with_the_time_out(pair, impl):
    """do_handshake() with a silent peer raises TimeoutError when the time-out is over, and not before."""
    subject, far = beside_silence(pair)
    with subject, far:
        begun = time.monotonic()
        with pytest.raises(TimeoutError) as caught:
            subject.do_handshake()
        assert time.monotonic() - begun > 0.9 * SHORT
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:handshake-on-connect")
@pytest.mark.known("pyOpenSSL#168")
@pytest.mark.versions("tls13")
def test_wrapping_ends_with_the_time_out(pair):
    """wrap_socket() does the handshake within the time-out of the socket that it is given, or raises TimeoutError."""
    near, far = socket.socketpair()
    near.settimeout(SHORT)
    with far, pytest.raises(TimeoutError):
        pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)


@pytest.mark.clause("ssl.SSLSocket.connect:handshake")
@pytest.mark.known("bpo-42413")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_connecting_ends_with_the_time_out(pair):
    """connect() to somebody who accepts, but says nothing, raises TimeoutError: the handshake is part of it."""
    subject = pair.subject_context.wrap_socket(socket.socket(), server_hostname=pair.server_hostname)
    subject.settimeout(SHORT)
    with subject, socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(TimeoutError):
        subject.connect(listener.getsockname())


@pytest.mark.clause("ssl.SSLSocket.unwrap:time-out-total")
def test_unwrapping_ends_with_the_time_out(pair):
    """unwrap() sends close_notify and raises TimeoutError where the peer's does not come."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        pair.subject.unwrap()
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.read:waits")
def test_no_time_out_waits(pair, background):
    """With a time-out of None, recv() waits until there is data, however long that is."""
    pair.shake_hands()
    pair.subject.settimeout(None)
    received = background(pair.bare_subject.recv, 100)
    pair.peer.send(b"at last")
    assert received.result() == b"at last"


@pytest.mark.clause("ssl.SSLSocket.read:waits")
@pytest.mark.level("observed")
def test_reading_goes_on_after_a_time_out(pair):
    """A read that has timed out has lost nothing: the next one gives what has come since."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        pair.subject.recv(100)
    pair.subject.settimeout(5)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.write:retry")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
def test_writing_goes_on_after_a_time_out(pair):
    """A send() that has timed out can be repeated with the same data, as after SSLWantWriteError; it arrives once."""
    data = bytes(range(256)) * 4096 * 8
    pair.shake_hands()
    pair.greet()
    pair.peer.stop_reading()
    pair.subject.settimeout(SHORT)
    with pytest.raises(TimeoutError):
        pair.subject.send(data)
    pair.peer.go_on_reading()
    pair.subject.settimeout(5)
    assert pair.subject.send(data) == len(data)
    assert pair.peer.receive(len(data)) == data


@pytest.mark.clause("ssl.SSLSocket.do_handshake:time-out-total")
@pytest.mark.level("observed")
def test_the_handshake_goes_on_after_a_time_out(pair):
    """A handshake that has timed out is taken up again by the next do_handshake()."""
    subject, far = beside_silence(pair)
    with subject:
        with pytest.raises(TimeoutError):
            subject.do_handshake()
        subject.settimeout(5)
        pair.attach(far)
        subject.do_handshake()
        assert subject.version() is not None


class Enough(Exception):
    """What the handler of a signal raises."""


@pytest.mark.clause("What's New 3.5:interrupted")
@pytest.mark.versions("tls13")
@pytest.mark.skipif(not hasattr(signal, "SIGUSR1"), reason="no such signal here")
@pytest.mark.parametrize("raises", [False, True], ids=["returns", "raises"])
def test_a_signal_ends_no_read(pair, background, raises):
    """Signals do not end a recv() that waits, and it gives what comes later; it ends by what their handler raises."""
    pair.shake_hands()
    pair.greet()
    reader, over, seen = threading.get_ident(), threading.Event(), []

    def handle(number, _frame):
        seen.append(number)
        if len(seen) == 3 and raises:
            raise Enough
        if len(seen) == 3:
            pair.peer.send(b"at last")

    def interrupt():
        while not over.wait(0.01):
            signal.pthread_kill(reader, signal.SIGUSR1)

    try:
        before = signal.signal(signal.SIGUSR1, handle)
    except ValueError:
        pytest.skip("a sub-interpreter has no signals")
    interrupting = background(interrupt)
    try:
        if raises:
            with pytest.raises(Enough):
                pair.bare_subject.recv(100)
        else:
            assert pair.bare_subject.recv(100) == b"at last"
    finally:
        over.set()
        interrupting.result()
        signal.signal(signal.SIGUSR1, before)
