"""SSLSocket.connect() and connect_ex(): TCP, and the handshake behind it."""

import errno

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.transports("tcp", "tcp6"),
]

HERE = {"tcp": "127.0.0.1", "tcp6": "::1"}


def dial(pair, background, method="connect"):
    """Wrap an unconnected socket and connect it to the peer: the socket, and the call under way in the background."""
    subject = pair.subject_context.wrap_socket(pair.plain_socket(), server_hostname=pair.server_hostname)
    subject.settimeout(5)
    with pair.plain_listener() as listener:
        listener.settimeout(5)
        call = background(getattr(subject, method), listener.getsockname())
        far, _ = listener.accept()
    pair.attach(far)
    return subject, call


@pytest.mark.clause(
    "ssl.SSLContext.wrap_socket:lazy-client",
    "ssl.SSLContext.wrap_socket:handshake-on-connect",
    "ssl.SSLSocket.connect:handshake",
    "ssl.SSLSocket.do_handshake:completes",
)
@pytest.mark.known("truststore#210")
@pytest.mark.peers("module", "tlslite")
def test_connect_shakes_hands(pair, background):
    """connect() of a wrapped socket connects, does the handshake, and returns None; application data can follow."""
    subject, call = dial(pair, background)
    with subject:
        assert call.result() is None
        assert subject.version() is not None
        assert subject.getpeercert(True) == pair.pki.der("server")
        subject.sendall(b"hello")
        assert pair.peer.receive(5) == b"hello"


@pytest.mark.clause("ssl.SSLSocket.connect_ex:zero")
def test_connect_ex_gives_zero(pair, background):
    """connect_ex() connects, does the handshake, and returns 0."""
    subject, call = dial(pair, background, "connect_ex")
    with subject:
        assert call.result() == 0
        assert subject.version() is not None


@pytest.mark.clause("ssl.SSLSocket.connect:bad-certificate")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_a_failed_handshake_is_raised(pair, background, impl, method):
    """Where the peer's certificate is not good, connect() raises, and so does connect_ex(): it is no errno."""
    pair.peer.settings.certificate = "other-server"
    subject, call = dial(pair, background, method)
    with subject, pytest.raises(impl.SSLCertVerificationError):
        call.result()
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl.SSLSocket.connect:once")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_what_is_about_to_be_connected_is_not_connected_again(pair, method):
    """On a non-blocking socket whose connection is under way connect() and connect_ex() raise ValueError."""
    with pair.plain_listener() as listener:
        subject = pair.subject_context.wrap_socket(
            pair.plain_socket(), do_handshake_on_connect=False, server_hostname=pair.server_hostname
        )
        with subject:
            subject.setblocking(False)
            assert subject.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS)
            with pytest.raises(ValueError):
                getattr(subject, method)(listener.getsockname())


@pytest.mark.clause("ssl.SSLSocket.session:observable")
def test_a_session_can_be_set_before_the_connection(pair, background):
    """A session that was set on a socket before connect() is resumed by it."""
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect()
    subject = again.subject_context.wrap_socket(
        again.plain_socket(), do_handshake_on_connect=False, server_hostname=again.server_hostname
    )
    subject.settimeout(5)
    subject.session = pair.subject.session
    with again.plain_listener() as listener:
        subject.connect(listener.getsockname())
        far, _ = listener.accept()
    again.attach(far)
    with subject:
        subject.do_handshake()
        assert subject.session_reused is True


@pytest.mark.clause("ssl.SSLSocket.connect:after-failure")
@pytest.mark.level("observed")
@pytest.mark.versions("tls13")
def test_after_a_failed_handshake_there_is_no_tls(pair, background, impl):
    """Where connect() raised for its handshake, the socket has no TLS any more, and cannot connect again: close it."""
    pair.peer.settings.certificate = "other-server"
    subject, call = dial(pair, background)
    with subject:
        with pytest.raises(impl.SSLCertVerificationError):
            call.result()
        assert subject.version() is None
        assert subject.cipher() is None
        for useless in (subject.read, lambda: subject.write(b"x"), subject.unwrap, lambda: subject.connect(("::1", 9))):
            with pytest.raises(ValueError):
                useless()


@pytest.mark.clause("ssl.SSLContext.wrap_socket:handshake-by-hand", "ssl.SSLSocket.connect:by-hand")
@pytest.mark.known("truststore#204")
def test_connect_without_handshake(pair):
    """With do_handshake_on_connect False, connect() connects and no more; do_handshake() does the rest."""
    subject = pair.subject_context.wrap_socket(
        pair.plain_socket(), server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )
    subject.settimeout(5)
    with subject, pair.plain_listener() as listener:
        subject.connect(listener.getsockname())
        assert subject.version() is None
        far, _ = listener.accept()
        pair.attach(far)
        subject.do_handshake()
        assert subject.version() is not None


@pytest.mark.clause("ssl.SSLSocket.connect:before")
@pytest.mark.versions("tls13")
def test_an_unconnected_socket_has_no_tls(pair, impl):
    """A client socket that is not connected has no connection to tell of, and cannot do a handshake: OSError."""
    subject = pair.subject_context.wrap_socket(pair.plain_socket(), server_hostname=pair.server_hostname)
    with subject:
        assert subject.version() is None
        assert subject.cipher() is None
        assert subject.selected_alpn_protocol() is None
        assert subject.session is None
        with pytest.raises(OSError) as caught:
            subject.do_handshake()
    assert caught.value.errno == errno.ENOTCONN
    assert not isinstance(caught.value, impl.SSLError)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:server-hostname", "RFC 9525 6.1:reference-identity")
@pytest.mark.known("eventlet#182", "eventlet#567")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("bad", ["other.example", "127.0.0.2"], ids=["name", "address"])
def test_the_hostname_is_that_of_wrap_socket(pair, background, impl, bad):
    """The name that is checked is the server_hostname given to wrap_socket(), not the address given to connect()."""
    pair.server_hostname = bad
    subject, call = dial(pair, background)
    with subject, pytest.raises(impl.SSLCertVerificationError):
        call.result()


@pytest.mark.clause("ssl.SSLSocket.connect:once")
@pytest.mark.versions("tls13")
def test_connecting_twice_is_refused(pair):
    """connect() and connect_ex() on a connected SSLSocket raise ValueError, and the connection goes on."""
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.connect(("127.0.0.1", 9))
    with pytest.raises(ValueError):
        pair.subject.connect_ex(("127.0.0.1", 9))
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.connect:clients-only")
@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
def test_a_server_does_not_connect(pair):
    """connect() and connect_ex() on a server-side SSLSocket raise ValueError."""
    with pair.subject_context.wrap_socket(pair.plain_socket(), server_side=True) as subject:
        with pytest.raises(ValueError):
            subject.connect(("127.0.0.1", 9))
        with pytest.raises(ValueError):
            subject.connect_ex(("127.0.0.1", 9))


@pytest.mark.clause("ssl.SSLSocket.connect:refused", "ssl.SSLSocket.connect_ex:errno")
@pytest.mark.versions("tls13")
def test_a_refused_connection_is_an_oserror(pair, impl):
    """Where nobody listens, connect() raises ConnectionRefusedError, and connect_ex() returns its errno."""
    with pair.plain_socket() as silent:
        silent.bind((HERE[pair.variant.transport], 0))  # keeps the port, but does not listen
        subject = pair.subject_context.wrap_socket(pair.plain_socket(), server_hostname=pair.server_hostname)
        subject.settimeout(5)
        with subject, pytest.raises(ConnectionRefusedError):
            subject.connect(silent.getsockname())
        subject = pair.subject_context.wrap_socket(pair.plain_socket(), server_hostname=pair.server_hostname)
        subject.settimeout(5)
        with subject:
            assert subject.connect_ex(silent.getsockname()) == errno.ECONNREFUSED


@pytest.mark.clause("ssl.SSLSocket.bind:address")
@pytest.mark.versions("tls13")
def test_bind_chooses_where_to_connect_from(pair):
    """bind() gives an unconnected SSLSocket its own address, which is where it connects from."""
    subject = pair.subject_context.wrap_socket(
        pair.plain_socket(), server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )
    with subject, pair.plain_listener() as listener:
        subject.settimeout(5)
        subject.bind((HERE[pair.variant.transport], 0))
        own = subject.getsockname()
        subject.connect(listener.getsockname())
        far, address = listener.accept()
        pair.attach(far)
        assert subject.getsockname() == own == address
