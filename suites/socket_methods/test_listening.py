"""SSLSocket.bind(), listen() and accept(): a listening socket that gives TLS connections."""

import socket

import pytest

pytestmark = [
    pytest.mark.roles("server"),
    pytest.mark.transports("tcp", "tcp6"),
]


def listen(pair, **options):
    """A listening SSLSocket that does not wait for ever."""
    listener = pair.subject_context.wrap_socket(pair.plain_listener(), server_side=True, **options)
    listener.settimeout(5)
    return listener


def dial(listener):
    """A plain connection to it."""
    return socket.create_connection(listener.getsockname()[:2], timeout=5)


@pytest.mark.clause(
    "ssl.SSLContext.wrap_socket:listening-server",
    "ssl.SSLContext.wrap_socket:handshake-on-connect",
    "ssl.SSLSocket.accept:connection-and-address",
)
@pytest.mark.peers("module", "tlslite")
def test_accept_gives_a_connection_and_an_address(pair, impl):
    """accept() returns the connection, an SSLSocket whose handshake is done, and the address of the client."""
    with listen(pair) as listener:
        client = dial(listener)
        address = client.getsockname()
        pair.attach(client)
        connection, accepted = listener.accept()
    with connection:
        connection.settimeout(5)
        assert isinstance(connection, impl.SSLSocket)
        assert accepted == address == connection.getpeername()
        assert connection.version() is not None
        assert pair.peer.completes()
        pair.peer.send(b"hello")
        assert connection.recv(5) == b"hello"


@pytest.mark.clause("ssl.SSLContext.wrap_socket:tied", "ssl.SSLSocket.accept:like-the-listener")
@pytest.mark.versions("tls13")
def test_what_is_accepted_is_like_the_listener(pair):
    """An accepted connection is server-side, tied to the listener's context, and has no server_hostname."""
    with listen(pair) as listener:
        pair.attach(dial(listener))
        connection, _ = listener.accept()
        with connection:
            assert connection.server_side is True
            assert connection.context is listener.context is pair.subject_context
            assert connection.server_hostname is None


@pytest.mark.clause(
    "ssl.SSLContext.wrap_socket:listening-server", "ssl.SSLSocket.bind:address", "ssl.SSLSocket.listen:listener"
)
@pytest.mark.versions("tls13")
def test_bind_and_listen_make_a_listener(pair):
    """A server-side SSLSocket that is made first, and bound and set to listen afterwards, accepts TLS connections."""
    with pair.subject_context.wrap_socket(pair.plain_socket(), server_side=True) as listener:
        listener.settimeout(5)
        listener.bind(("127.0.0.1" if pair.variant.transport == "tcp" else "::1", 0))
        listener.listen(1)
        pair.attach(dial(listener))
        connection, _ = listener.accept()
        with connection:
            assert connection.version() == "TLSv1.3"


@pytest.mark.clause("ssl.SSLSocket.accept:listener-plain")
@pytest.mark.versions("tls13")
def test_a_listener_is_no_connection(pair):
    """The listening SSLSocket itself never has a TLS connection: version() and cipher() are None, before and after."""
    with listen(pair) as listener:
        assert listener.version() is None
        pair.attach(dial(listener))
        connection, _ = listener.accept()
        connection.close()
        assert listener.version() is None
        assert listener.cipher() is None


@pytest.mark.clause("ssl.SSLContext.wrap_socket:handshake-by-hand", "ssl.SSLSocket.accept:by-hand")
@pytest.mark.peers("module", "tlslite")
def test_accept_without_handshake(pair):
    """With do_handshake_on_connect False, accept() does not wait for the client to speak; do_handshake() does."""
    with listen(pair, do_handshake_on_connect=False) as listener:
        client = dial(listener)
        connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        assert connection.version() is None
        pair.attach(client)
        connection.do_handshake()
        assert connection.version() is not None


@pytest.mark.clause("ssl.SSLContext.wrap_socket:ragged-eof-inherited", "ssl.SSLSocket.accept:like-the-listener")
def test_accepted_sockets_signal_ragged_eof_like_the_listener(pair, impl):
    """suppress_ragged_eofs of the listener holds for the connections that it accepts."""
    with listen(pair, suppress_ragged_eofs=False) as listener:
        pair.attach(dial(listener))
        connection, _ = listener.accept()
    with connection:
        connection.settimeout(5)
        assert pair.peer.completes()
        pair.peer.close_transport()
        with pytest.raises(impl.SSLEOFError):
            connection.recv(1)


@pytest.mark.clause("ssl.SSLSocket.accept:bad-client")
@pytest.mark.versions("tls13")
def test_a_client_without_tls_does_not_end_the_listener(pair, impl):
    """accept() raises SSLError for a client that does not speak TLS, and the listener goes on to the next."""
    with listen(pair) as listener:
        with dial(listener) as client:
            client.sendall(b"EHLO client.example\r\n")
            with pytest.raises(impl.SSLError):
                listener.accept()
        pair.attach(dial(listener))
        connection, _ = listener.accept()
        with connection:
            assert connection.version() == "TLSv1.3"


@pytest.mark.clause("ssl.SSLSocket.accept:time-out")
@pytest.mark.versions("tls13")
def test_accept_times_out_like_a_plain_socket(pair, impl):
    """Where nobody connects, accept() raises TimeoutError after the listener's time-out, no SSLError."""
    with listen(pair) as listener:
        listener.settimeout(0.01)
        with pytest.raises(TimeoutError) as caught:
            listener.accept()
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLSocket.accept:nonblocking")
@pytest.mark.versions("tls13")
def test_a_non_blocking_accept_raises_like_a_plain_socket(pair, impl):
    """Where nobody connects, accept() of a non-blocking listener raises BlockingIOError.

    The documentation speaks of SSLWantReadError for most methods in its place; accept() has no TLS of its own.
    """
    with listen(pair) as listener:
        listener.setblocking(False)
        with pytest.raises(BlockingIOError):
            listener.accept()
