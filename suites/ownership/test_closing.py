"""close(), detach(), and what becomes of a socket that nobody closes."""

import errno
import gc
import socket
import warnings
import weakref

import pytest

pytestmark = pytest.mark.transports("socketpair")


def is_open(fileno):
    """Whether the system knows a socket by this descriptor."""
    try:
        socket.socket(fileno=fileno).detach()
    except OSError:
        return False
    return True


@pytest.mark.clause("ssl.SSLSocket.close:descriptor")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
def test_close_closes_the_descriptor(pair):
    """close() closes the descriptor, fileno() is -1 afterwards, and the peer sees the end of the transport."""
    pair.shake_hands()
    pair.greet()
    fileno = pair.subject.fileno()
    pair.subject.close()
    assert pair.subject.fileno() == -1
    assert not is_open(fileno)
    assert pair.peer.saw_transport_close()


@pytest.mark.clause("ssl.SSLSocket.close:no-close-notify")
@pytest.mark.level("observed")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
def test_close_sends_no_close_notify(pair):
    """close() does not end TLS: without unwrap() before it, the peer sees a truncated connection."""
    pair.shake_hands()
    pair.greet()
    pair.subject.close()
    assert not pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.close:twice")
def test_closing_twice_is_no_error(pair):
    """close() of a closed socket does nothing, also before any handshake."""
    pair.subject.close()
    assert pair.subject.close() is None
    assert pair.subject.fileno() == -1


CALLS = {
    "recv": lambda subject: subject.recv(1),
    "recv_into": lambda subject: subject.recv_into(bytearray(1)),
    "send": lambda subject: subject.send(b"x"),
    "sendall": lambda subject: subject.sendall(b"x"),
    "do_handshake": lambda subject: subject.do_handshake(),
    "getpeername": lambda subject: subject.getpeername(),
}


@pytest.mark.clause("ssl.SSLSocket.close:useless")
@pytest.mark.known("pypy#5124")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("method", CALLS)
def test_a_closed_socket_is_of_no_use(pair, impl, method):
    """After close(), reading, writing and the handshake raise OSError with EBADF, as for any socket; no SSLError."""
    pair.shake_hands()
    pair.subject.close()
    with pytest.raises(OSError) as caught:
        CALLS[method](pair.subject)
    assert caught.value.errno == errno.EBADF
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLSocket:context-manager")
@pytest.mark.versions("tls13")
def test_with_closes(pair):
    """An SSLSocket is a context manager that closes itself, also when the block raises."""
    pair.shake_hands()
    fileno = pair.subject.fileno()
    with pytest.raises(KeyError), pair.subject as subject:
        assert subject is pair.subject
        raise KeyError
    assert not is_open(fileno)


@pytest.mark.clause("ssl.SSLSocket.detach:descriptor")
def test_detach_gives_the_descriptor(pair):
    """detach() gives the descriptor to the caller, open, with the raw connection on it; fileno() is -1 afterwards."""
    pair.shake_hands()
    pair.greet()
    fileno = pair.subject.fileno()
    assert pair.subject.detach() == fileno
    assert pair.subject.fileno() == -1
    pair.subject.close()
    with socket.socket(fileno=fileno) as raw:
        raw.settimeout(5)
        pair.peer.send(b"secret")
        assert raw.recv(3) == b"\x17\x03\x03"


@pytest.mark.clause("ssl.SSLSocket.detach:closed")
@pytest.mark.parametrize("method", ["recv", "send"])
def test_a_detached_socket_is_closed(pair, method):
    """After detach() the SSLSocket is in closed state: reading and writing raise OSError, and touch nothing.

    Until 3.13 the stdlib goes on reading from the descriptor, which is somebody else's by then.
    """
    pair.shake_hands()
    pair.greet()
    with socket.socket(fileno=pair.subject.detach()) as raw:
        raw.settimeout(5)
        pair.peer.send(b"s")
        with pytest.raises(OSError) as caught:
            CALLS[method](pair.subject)
        assert not isinstance(caught.value, TimeoutError)
        assert raw.recv(3) == b"\x17\x03\x03"


@pytest.mark.clause("ssl.SSLSocket:collected")
@pytest.mark.versions("tls13")
def test_a_forgotten_socket_is_closed(pair):
    """An SSLSocket that nobody refers to any more is closed, with a ResourceWarning, and leaves nothing behind."""
    near, far = socket.socketpair()
    near.settimeout(5)
    pair.attach(far)
    subject = pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)
    fileno, alive = subject.fileno(), weakref.ref(subject)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        del subject
        gc.collect()
    assert ResourceWarning in [warning.category for warning in caught]
    caught.clear()  # a warning refers to what it warns of
    assert alive() is None
    assert not is_open(fileno)
    assert pair.peer.saw_transport_close()


@pytest.mark.clause("ssl.SSLSocket.close:descriptor")
@pytest.mark.versions("tls13")
def test_a_hundred_connections_leave_no_descriptor(pair):
    """However many connections were made and closed, the next socket gets the same number."""
    numbers = set()
    for _ in range(100):
        near, far = socket.socketpair()
        with far:
            subject = pair.subject_context.wrap_socket(
                near, server_side=pair.server_side, server_hostname=pair.server_hostname, do_handshake_on_connect=False
            )
            subject.setblocking(False)
            with subject, pytest.raises(pair.impl.SSLWantReadError):
                subject.do_handshake()
        with socket.socket() as probe:
            numbers.add(probe.fileno())
    assert len(numbers) == 1


def wrap_what_is_no_tls(pair):
    """A handshake with a peer that speaks something else."""
    near, far = socket.socketpair()
    with far:
        near.settimeout(5)
        far.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)


def wrap_what_does_not_wait(pair):
    """A handshake where none can be, on a socket that does not wait."""
    near, far = socket.socketpair()
    with far:
        near.setblocking(False)
        pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)


def accept_what_is_no_tls(pair):
    """A listener, and a client that speaks something else."""
    with pair.subject_context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as listener:
        listener.settimeout(5)
        with socket.create_connection(listener.getsockname(), timeout=5) as client:
            client.sendall(b"EHLO client.example\r\n\r\n")
            listener.accept()


def connect_to_nobody(pair):
    """A connection that is refused."""
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        subject = pair.subject_context.wrap_socket(socket.socket(), server_hostname=pair.server_hostname)
        with subject:
            subject.connect(silent.getsockname())


def leaves_nothing(failing, pair):
    """Assert that a call that raises, five times, leaves no descriptor and warns of no forgotten socket."""
    numbers = set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for _ in range(5):
            with pytest.raises((OSError, ValueError)):
                failing(pair)
            gc.collect()
            with socket.socket() as probe:
                numbers.add(probe.fileno())
    assert ResourceWarning not in [warning.category for warning in caught]
    assert len(numbers) == 1


@pytest.mark.clause("ssl.SSLSocket.close:descriptor", "ssl.SSLContext:collectable")
@pytest.mark.known("gh-113280")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("failing", [wrap_what_is_no_tls, wrap_what_does_not_wait], ids=["no_tls", "nonblocking"])
def test_wrapping_that_fails_leaves_no_descriptor(pair, failing):
    """wrap_socket() that fails has closed the socket, however often it fails."""
    leaves_nothing(failing, pair)


@pytest.mark.clause("ssl.SSLSocket.accept:bad-client", "ssl.SSLContext:collectable")
@pytest.mark.known("gh-113280")
@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
def test_accepting_that_fails_leaves_no_descriptor(pair):
    """accept() that fails has closed the connection that it accepted."""
    leaves_nothing(accept_what_is_no_tls, pair)


@pytest.mark.clause("ssl.SSLSocket.connect:refused", "ssl.SSLContext:collectable")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_connecting_that_fails_leaves_the_descriptor_to_its_owner(pair):
    """connect() that fails leaves a socket that its owner closes, and no other."""
    leaves_nothing(connect_to_nobody, pair)
