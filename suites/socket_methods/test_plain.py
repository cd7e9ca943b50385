"""An SSLSocket without TLS, before it is connected or when TLS was taken off: a plain socket, that knows nothing."""

import io
import socket

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.transports("socketpair"),
]


def taken_off(pair, near, how):
    """A wrapped socket whose TLS shutdown() has taken off, with this half of the connection."""
    wrapped = pair.subject_context.wrap_socket(
        near, do_handshake_on_connect=False, server_hostname=pair.server_hostname
    )
    wrapped.shutdown(how)
    return wrapped


@pytest.fixture
def plain(pair):
    """A socket that can still send, and its other end."""
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    with taken_off(pair, near, socket.SHUT_RD) as wrapped, far:
        yield wrapped, far


@pytest.fixture
def receiving(pair):
    """A socket that can still receive, for which eleven bytes have come."""
    near, far = socket.socketpair()
    near.settimeout(5)
    with taken_off(pair, near, socket.SHUT_WR) as wrapped, far:
        far.sendall(b"hello hello")
        yield wrapped


SENDING = {
    "send": lambda plain: plain.send(b"hello"),
    "send_with_flags": lambda plain: plain.send(b"hello", socket.MSG_DONTWAIT),
    "sendall": lambda plain: plain.sendall(b"hello"),
    "sendfile": lambda plain: plain.sendfile(io.BytesIO(b"hello")),
}


@pytest.mark.clause("ssl.SSLSocket:plain")
@pytest.mark.level("observed")
@pytest.mark.parametrize("method", SENDING)
def test_what_is_sent_goes_out_as_it_is(plain, method):
    """Without TLS send(), sendall() and sendfile() send plain bytes, and return what a socket's return."""
    subject, far = plain
    assert SENDING[method](subject) == (None if method == "sendall" else 5)
    assert far.recv(100) == b"hello"


def filled(method, size, *nbytes):
    """What a method puts into a buffer of this size; those of the name "from" tell of an address, too."""
    buffer = bytearray(size)
    count = method(buffer, *nbytes)
    return bytes(buffer[: without_address(count) if isinstance(count, tuple) else count])


def without_address(given):
    """What came, of what came and whence."""
    came, _ = given
    return came


RECEIVING = {
    "recv": lambda plain: plain.recv(3),
    "recv_with_flags": lambda plain: plain.recv(3, socket.MSG_PEEK),
    "recvfrom": lambda plain: without_address(plain.recvfrom(3)),
    "recv_into": lambda plain: filled(plain.recv_into, 10, 3),
    "recv_into_all": lambda plain: filled(plain.recv_into, 3),
    "recvfrom_into": lambda plain: filled(plain.recvfrom_into, 10, 3),
    "recvfrom_into_all": lambda plain: filled(plain.recvfrom_into, 3),
    "recvfrom_into_zero": lambda plain: filled(plain.recvfrom_into, 3, 0),
}


@pytest.mark.clause("ssl.SSLSocket:plain")
@pytest.mark.level("observed")
@pytest.mark.parametrize("method", RECEIVING)
def test_what_is_received_is_what_came(receiving, method):
    """Without TLS recv(), recv_into() and their like give the bytes of the transport, as many as were asked for."""
    assert RECEIVING[method](receiving) == b"hel"


@pytest.mark.clause("ssl.SSLSocket:plain")
@pytest.mark.level("observed")
@pytest.mark.parametrize("flags", [(), (0,)], ids=["without_flags", "with_flags"])
def test_datagrams_are_a_plain_sockets_affair(pair, flags):
    """Without TLS sendto() is the socket's own, by address alone or with flags before it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname(), timeout=5)
        far, _ = listener.accept()
    far.settimeout(5)
    with far, taken_off(pair, near, socket.SHUT_RD) as subject:
        assert subject.sendto(b"hello", *flags, far.getsockname()) == 5
        assert far.recv(100) == b"hello"


NOTHING_IS_KNOWN = {
    "pending": 0,
    "version": None,
    "cipher": None,
    "compression": None,
    "selected_alpn_protocol": None,
    "shared_ciphers": None,
    "get_channel_binding": None,
}


@pytest.mark.clause("ssl.SSLSocket:plain")
@pytest.mark.level("observed")
@pytest.mark.parametrize("how", ["taken_off", "closed"])
def test_nothing_is_known_without_tls(pair, how):
    """Without TLS there is no version and no cipher, nothing is pending and nothing bound; after close() neither."""
    pair.shake_hands()
    subject = pair.bare_subject
    assert subject.version()
    if how == "closed":
        subject.close()
    else:
        subject.shutdown(socket.SHUT_RD)
    for name, expected in NOTHING_IS_KNOWN.items():
        assert getattr(subject, name)() == expected, name
    assert subject.session is None
    assert subject.session_reused is None


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:types")
def test_a_channel_binding_has_a_known_type_even_so(plain):
    """get_channel_binding() of a type that is not supported raises ValueError, TLS or not."""
    with pytest.raises(ValueError):
        plain[0].get_channel_binding("nonsense")


@pytest.mark.clause("ssl.SSLSocket:plain")
@pytest.mark.level("observed")
@pytest.mark.parametrize("method", ["read", "write", "unwrap", "verify_client_post_handshake"])
def test_what_needs_tls_is_refused(plain, method):
    """read(), write(), unwrap() and verify_client_post_handshake() raise ValueError where there is no TLS."""
    with pytest.raises(ValueError):
        getattr(plain[0], method)(*([b"hello"] if method == "write" else []))


@pytest.mark.clause("ssl.SSLSocket.getpeercert:connection-needed")
@pytest.mark.level("observed")
def test_there_is_no_certificate_without_a_connection(pair, impl):
    """getpeercert() of a socket that is not connected raises OSError, no SSLError."""
    subject = pair.subject_context.wrap_socket(socket.socket(), server_hostname=pair.server_hostname)
    with subject, pytest.raises(OSError) as caught:
        subject.getpeercert()
    assert not isinstance(caught.value, impl.SSLError)
