"""SSLSocket.getsockname(), getpeername(), getsockopt(), setsockopt() and fileno(): the socket underneath."""

import socket

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.transports("tcp", "tcp6"),
    pytest.mark.versions("tls13"),
]


@pytest.mark.clause("ssl.SSLSocket:is-a-socket")
def test_an_ssl_socket_is_a_socket(pair, impl):
    """SSLSocket is derived from socket.socket, and has family, type and proto of the socket that it wraps."""
    assert issubclass(impl.SSLSocket, socket.socket)
    assert isinstance(pair.bare_subject, impl.SSLSocket)
    assert pair.subject.family == {"tcp": socket.AF_INET, "tcp6": socket.AF_INET6}[pair.variant.transport]
    assert pair.subject.type == socket.SOCK_STREAM


@pytest.mark.clause("ssl.SSLSocket.getpeername:address", "ssl.SSLSocket.getsockname:address")
def test_names_are_those_of_the_connection(pair):
    """getsockname() and getpeername() give the two addresses of the TCP connection, each end the other's."""
    with pair.plain_listener() as listener:
        near = pair.plain_socket()
        near.settimeout(5)
        near.connect(listener.getsockname())
        far, address = listener.accept()
    own = near.getsockname()
    pair.attach(far)
    with pair.subject_context.wrap_socket(near, server_hostname="localhost") as subject:
        assert subject.getsockname() == own == address
        assert subject.getpeername() == far.getsockname()


@pytest.mark.clause("ssl.SSLSocket.getpeername:unconnected")
def test_getpeername_needs_a_peer(pair, impl):
    """getpeername() of a socket that is not connected raises OSError, not an SSLError."""
    subject = pair.subject_context.wrap_socket(pair.plain_socket(), server_hostname="localhost")
    with subject, pytest.raises(OSError) as caught:
        subject.getpeername()
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLSocket:inherited", "ssl.SSLSocket.getsockopt:option", "ssl.SSLSocket.setsockopt:option")
def test_options_are_those_of_the_socket(pair):
    """setsockopt() sets an option of the socket, and getsockopt() reads it."""
    assert pair.subject.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE) == socket.SOCK_STREAM
    assert not pair.subject.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    pair.subject.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert pair.subject.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)


@pytest.mark.clause("ssl.SSLSocket.fileno:descriptor")
def test_fileno_is_the_descriptor_of_the_socket(pair):
    """fileno() is the descriptor that the operating system knows the connection by, for select and the like."""
    same = socket.socket(fileno=pair.subject.fileno())
    assert same.getsockname() == pair.subject.getsockname()
    assert same.getpeername() == pair.subject.getpeername()
    same.detach()
