"""SSLContext.wrap_socket(): which sockets it takes, and what becomes of them."""

import gc
import io
import socket
import warnings

import pytest

pytestmark = [
    pytest.mark.transports("socketpair"),
    pytest.mark.versions("tls13"),
]


def is_open(fileno):
    """Whether the system knows a socket by this descriptor."""
    try:
        socket.socket(fileno=fileno).detach()
    except OSError:
        return False
    return True


def wrap(pair, sock, **options):
    """wrap_socket() as the subject's role wants it, without handshake unless told otherwise."""
    options.setdefault("do_handshake_on_connect", False)
    options.setdefault("server_hostname", pair.server_hostname)
    return pair.subject_context.wrap_socket(sock, server_side=pair.server_side, **options)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:owns-descriptor")
def test_the_original_is_detached(pair, impl):
    """The SSLSocket takes over the descriptor of the socket that it wraps, which is left without one."""
    near, far = socket.socketpair()
    fileno = near.fileno()
    with far, wrap(pair, near) as subject:
        assert isinstance(subject, impl.SSLSocket)
        assert subject.fileno() == fileno
        assert near.fileno() == -1
        near.close()
        assert is_open(fileno)
    assert not is_open(fileno)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:keeps-time-out")
def test_the_socket_keeps_its_time_out(pair):
    """The SSLSocket has the time-out of the socket that it was made of."""
    near, far = socket.socketpair()
    near.settimeout(2.5)
    with far, wrap(pair, near) as subject:
        assert subject.gettimeout() == 2.5


@pytest.mark.clause("ssl.SSLContext.wrap_socket:lazy-client")
@pytest.mark.known("truststore#210")
@pytest.mark.roles("client")
def test_an_unconnected_socket_can_be_wrapped(pair):
    """A client socket may be wrapped before it is connected; its TLS begins with connect()."""
    plain = socket.socket()
    fileno = plain.fileno()
    with wrap(pair, plain) as subject:
        assert subject.fileno() == fileno
        assert plain.fileno() == -1
        assert subject.version() is None


@pytest.mark.clause("ssl.SSLContext.wrap_socket:lazy-client")
@pytest.mark.roles("client")
def test_an_unconnected_socket_that_does_not_block_can_be_wrapped(pair):
    """do_handshake_on_connect is no reason to refuse a non-blocking socket that is not connected yet."""
    plain = socket.socket()
    plain.setblocking(False)
    with wrap(pair, plain, do_handshake_on_connect=True) as subject:
        assert subject.gettimeout() == 0


@pytest.mark.clause("ssl.SSLContext.wrap_socket:listening-server")
@pytest.mark.roles("server")
def test_a_listening_socket_can_be_wrapped(pair):
    """A server-side socket without remote peer is taken for a listening one: it is wrapped and goes on listening."""
    plain = socket.create_server(("127.0.0.1", 0))
    name = plain.getsockname()
    with wrap(pair, plain) as subject:
        assert plain.fileno() == -1
        assert subject.getsockname() == name
        assert subject.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        socket.create_connection(name, timeout=5).close()


@pytest.mark.clause("ssl.SSLContext.wrap_socket:stream-only")
def test_a_datagram_socket_is_refused(pair):
    """Other socket types than SOCK_STREAM are unsupported: NotImplementedError, and the socket stays as it is."""
    with socket.socket(type=socket.SOCK_DGRAM) as plain:
        fileno = plain.fileno()
        with pytest.raises(NotImplementedError):
            wrap(pair, plain)
        assert plain.fileno() == fileno
        assert is_open(fileno)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:no-name-at-server")
@pytest.mark.roles("server")
def test_a_server_has_no_server_hostname(pair):
    """server_hostname with server_side true raises ValueError, and the socket stays as it is."""
    near, far = socket.socketpair()
    with near, far:
        with pytest.raises(ValueError):
            wrap(pair, near, server_hostname="localhost")
        assert is_open(near.fileno())
        near.sendall(b"plain")
        assert far.recv(5) == b"plain"


@pytest.mark.clause("ssl.SSLContext.wrap_socket:name-demanded")
@pytest.mark.known("gh-113280")
@pytest.mark.roles("client")
def test_checking_hostnames_takes_a_hostname(pair):
    """With check_hostname, wrap_socket() without server_hostname raises ValueError, and the socket stays as it is.

    The negative control: without check_hostname it need not be passed.
    """
    near, far = socket.socketpair()
    with near, far:
        with pytest.raises(ValueError):
            wrap(pair, near, server_hostname=None)
        assert is_open(near.fileno())
        pair.subject_context.check_hostname = False
        wrap(pair, near, server_hostname=None).close()


@pytest.mark.clause("ssl.SSLContext.wrap_socket:sockets-only")
def test_what_is_no_socket_is_refused(pair):
    """wrap_socket() of something that is no socket raises, and makes nothing."""
    with pytest.raises((TypeError, AttributeError, OSError)):
        wrap(pair, io.BytesIO())


@pytest.mark.clause("ssl.SSLContext.wrap_socket:closed-socket")
def test_a_closed_socket_is_refused(pair, impl):
    """wrap_socket() of a closed socket raises OSError."""
    plain = socket.socket()
    plain.close()
    with pytest.raises(OSError) as caught:
        wrap(pair, plain)
    assert not isinstance(caught.value, impl.SSLError)


def garbage(pair, near, far):
    far.sendall(b"this is not TLS at all\r\n")
    wrap(pair, near, do_handshake_on_connect=True)


def silence(pair, near, far):
    near.settimeout(0.01)
    wrap(pair, near, do_handshake_on_connect=True)


def hangup(pair, near, far):
    far.close()
    wrap(pair, near, do_handshake_on_connect=True)


def nonblocking(pair, near, far):
    near.setblocking(False)
    wrap(pair, near, do_handshake_on_connect=True)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:owns-descriptor")
@pytest.mark.known("gh-113280")
@pytest.mark.parametrize("failure", [garbage, silence, hangup, nonblocking], ids=lambda call: call.__name__)
def test_a_failure_on_a_connected_socket_closes_it(pair, failure):
    """Where wrap_socket() fails after it has taken the descriptor, the original is detached, and nothing stays open.

    For the peer the connection is closed; the caller has nothing to close.
    """
    near, far = socket.socketpair()
    fileno = near.fileno()
    with near, far, warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", ResourceWarning
        )  # who closes it, wrap_socket() or the collector, is not the point
        with pytest.raises((OSError, ValueError)):
            failure(pair, near, far)
        gc.collect()
        assert near.fileno() == -1
        assert not is_open(fileno)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:session-type", "ssl.SSLContext.wrap_socket:owns-descriptor")
@pytest.mark.roles("client")
def test_what_is_no_session_closes_it_too(pair):
    """A session that is none is refused with TypeError, and nothing stays open."""
    near, far = socket.socketpair()
    fileno = near.fileno()
    with near, far, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(TypeError):
            wrap(pair, near, session="no session")
        gc.collect()
        assert not (near.fileno() == -1 and is_open(fileno))


@pytest.mark.clause("ssl.SSLContext.wrap_socket:session-client-only")
@pytest.mark.roles("server")
def test_a_server_takes_no_session(pair):
    """session with server_side true raises ValueError, and the socket stays as it is."""
    near, far = socket.socketpair()
    with near, far:
        with pytest.raises(ValueError):
            wrap(pair, near, session="no session")
        assert is_open(near.fileno())


@pytest.mark.clause(
    "ssl.PROTOCOL_TLS_CLIENT:clients-only",
    "ssl.PROTOCOL_TLS_SERVER:servers-only",
    "ssl.SSLContext.wrap_socket:owns-descriptor",
)
def test_a_wrong_context_closes_it_too(pair, impl):
    """Where the context is for the other role, wrap_socket() of a connected socket raises SSLError and closes it."""
    near, far = socket.socketpair()
    fileno = near.fileno()
    pair.subject_context.check_hostname = False
    with near, far, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        with pytest.raises(impl.SSLError):
            pair.subject_context.wrap_socket(near, server_side=not pair.server_side)
        gc.collect()
        assert not is_open(fileno)


@pytest.mark.clause("ssl.SSLSocket:no-constructor", "What's New 3.7:no-constructors")
@pytest.mark.known("bpo-27629", "bpo-32951", "gevent's skip list")
def test_there_is_no_public_constructor(pair, impl):
    """SSLSocket(sock) raises TypeError: instances are made with wrap_socket(). The socket stays as it is."""
    near, far = socket.socketpair()
    with near, far:
        with pytest.raises(TypeError):
            impl.SSLSocket(near)
        with pytest.raises(TypeError):
            impl.SSLSocket()
        assert is_open(near.fileno())
