"""SSLSocket.shutdown(): the socket's own, of which TLS knows nothing. unwrap() is TLS's."""

import socket

import pytest

pytestmark = pytest.mark.transports("socketpair", "tcp", "tcp6")


@pytest.mark.clause("ssl.SSLSocket.shutdown:ends-stream")
@pytest.mark.known("RustPython#6871")
@pytest.mark.parametrize("how", [socket.SHUT_WR, socket.SHUT_RDWR], ids=["write", "both"])
def test_shutdown_ends_the_stream(pair, how):
    """After shutdown() of the sending half the peer sees the end of the transport."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.shutdown(how) is None
    assert pair.peer.saw_transport_close()


@pytest.mark.clause("ssl.SSLSocket.shutdown:no-close-notify")
@pytest.mark.level("observed")
@pytest.mark.known("gh-124618")
@pytest.mark.parametrize("how", [socket.SHUT_WR, socket.SHUT_RDWR], ids=["write", "both"])
def test_shutdown_sends_no_close_notify(pair, how):
    """shutdown() sends no close_notify: for the peer the connection is truncated."""
    pair.shake_hands()
    pair.greet()
    pair.subject.shutdown(how)
    assert not pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.shutdown:takes-tls-off")
@pytest.mark.level("observed")
@pytest.mark.known("gh-124618")
@pytest.mark.transports("socketpair")
def test_shutdown_takes_tls_off(pair):
    """After shutdown() the socket has no TLS any more: no version, no read(), no unwrap(), and recv() gives ciphertext.

    Nobody should want that, but that is what the stdlib does in all its versions. First byte 23 is a TLS record with
    application data (RFC 8446 5.1).
    """
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"secret")
    pair.subject.shutdown(socket.SHUT_WR)
    assert pair.subject.version() is None
    with pytest.raises(ValueError):
        pair.subject.read(1)
    with pytest.raises(ValueError):
        pair.subject.unwrap()
    assert pair.subject.recv(3) == b"\x17\x03\x03"


@pytest.mark.clause("ssl.SSLSocket.shutdown:connection-needed")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_shutdown_needs_a_connection(pair, impl):
    """shutdown() of a socket that is not connected raises OSError, as for any socket."""
    subject = pair.subject_context.wrap_socket(socket.socket(), server_hostname=pair.server_hostname)
    with subject, pytest.raises(OSError) as caught:
        subject.shutdown(socket.SHUT_WR)
    assert not isinstance(caught.value, impl.SSLError)
