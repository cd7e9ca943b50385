"""The handshake of a non-blocking SSLSocket: repeated until it is done."""

import contextlib
import errno
import select
import socket

import pytest

pytestmark = pytest.mark.transports("socketpair", "tcp", "tcp6")


def shake_hands(impl, sock):
    """The documentation's own loop, but it does not wait for ever.

    It is not observed: how often it goes round differs from run to run.
    """
    while True:
        try:
            return sock.do_handshake()
        except impl.SSLWantReadError:
            assert select.select([sock], [], [], 5)[0]
        except impl.SSLWantWriteError:
            assert select.select([], [sock], [], 5)[1]


@pytest.mark.clause("ssl-nonblocking:handshake-retried", "ssl.SSLSocket.do_handshake:retried")
@pytest.mark.known("wolfssl-py 5.9.2")
@pytest.mark.peers("module", "tlslite")
def test_it_is_repeated_until_it_is_done(pair, impl):
    """do_handshake() of a non-blocking socket, called again whenever the socket is ready, completes the handshake."""
    pair.subject.setblocking(False)
    assert shake_hands(impl, pair.bare_subject) is None
    assert pair.subject.version() is not None
    assert pair.peer.completes()
    pair.subject.settimeout(5)
    pair.greet()


@pytest.mark.clause("ssl-nonblocking:handshake-retried", "ssl.SSLSocket.do_handshake:retried")
@pytest.mark.transports("socketpair")
@pytest.mark.roles("client")
def test_a_hello_that_did_not_go_out_goes_when_it_is_repeated(pair, impl):
    """Over a line that is full do_handshake() raises SSLWantWriteError; the next one sends what was left."""
    near, far = socket.socketpair()
    near.setblocking(False)
    plain = 0
    for piece in (bytes(1000), b"."):
        with contextlib.suppress(BlockingIOError):
            while True:
                plain += near.send(piece)
    with pair.subject_context.wrap_socket(
        near, server_hostname=pair.server_hostname, do_handshake_on_connect=False
    ) as subject:
        with pytest.raises(impl.SSLWantWriteError):
            subject.do_handshake()
        while plain:
            plain -= len(far.recv(plain))
        pair.attach(far)
        assert shake_hands(impl, subject) is None
        assert pair.peer.completes()


@pytest.mark.clause("ssl.SSLSocket.read:nothing-yet", "ssl.SSLSocket.do_handshake:nonblocking")
@pytest.mark.transports("socketpair")
@pytest.mark.versions("tls13")
def test_a_silent_peer_is_waited_for_by_the_caller(pair, impl):
    """do_handshake() and whatever implies it raise SSLWantReadError at once while the peer says nothing."""
    near, far = socket.socketpair()
    near.setblocking(False)
    subject = pair.subject_context.wrap_socket(
        near,
        server_side=pair.server_side,
        server_hostname=pair.server_hostname,
        do_handshake_on_connect=False,
    )
    with subject, far:
        for call in (subject.do_handshake, lambda: subject.recv(1), lambda: subject.send(b"x"), subject.do_handshake):
            with pytest.raises(impl.SSLWantReadError):
                call()


@pytest.mark.clause(
    "ssl-nonblocking:handshake-retried", "RFC 8446 4.1.2:one-hello", "ssl.SSLSocket.do_handshake:retried"
)
@pytest.mark.transports("socketpair")
@pytest.mark.versions("tls13")
@pytest.mark.roles("client")
def test_a_client_sends_its_hello_once(pair, impl):
    """However often do_handshake() is repeated, the ClientHello is sent once (RFC 8446 4.1.2)."""
    near, far = socket.socketpair()
    near.setblocking(False)
    subject = pair.subject_context.wrap_socket(
        near, server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )
    with subject, far:
        for _ in range(3):
            with pytest.raises(impl.SSLWantReadError):
                subject.do_handshake()
        hello = far.recv(100_000)
    assert hello[0] == 22
    assert len(hello) == 5 + int.from_bytes(hello[3:5], "big")


@pytest.mark.clause("ssl.SSLSocket.read:may-write")
@pytest.mark.transports("socketpair")
def test_reading_implies_it(pair, impl):
    """recv() of a non-blocking socket that is called again whenever the socket is ready does the handshake too.

    That is so whether or not data follows: what the caller repeats is the read.
    """
    pair.subject.setblocking(False)
    subject = pair.bare_subject
    with pytest.raises(impl.SSLWantReadError):
        subject.recv(1)
    while subject.version() is None:
        assert select.select([subject], [], [], 5)[0]
        with pytest.raises(impl.SSLWantReadError):
            subject.recv(1)
    assert pair.peer.completes()


@pytest.mark.clause("ssl.SSLSocket.do_handshake:block")
@pytest.mark.transports("socketpair")
def test_block_makes_it_wait(pair):
    """do_handshake(block=True) of a non-blocking socket waits until it is done, and then restores the mode."""
    pair.subject.setblocking(False)
    assert pair.subject.do_handshake(block=True) is None
    assert pair.subject.version() is not None
    assert pair.subject.gettimeout() == 0


@pytest.mark.clause("ssl.SSLSocket.do_handshake:block")
@pytest.mark.transports("socketpair")
@pytest.mark.versions("tls13")
def test_block_leaves_a_time_out_alone(pair):
    """do_handshake(block=True) of a socket with a time-out changes nothing about it."""
    pair.subject.settimeout(4)
    pair.subject.do_handshake(block=True)
    assert pair.subject.gettimeout() == 4


@pytest.mark.clause("ssl.SSLContext.wrap_socket:nonblocking-on-connect")
@pytest.mark.level("observed")
@pytest.mark.transports("socketpair")
@pytest.mark.versions("tls13")
def test_it_cannot_be_done_on_connect(pair):
    """wrap_socket() of a connected non-blocking socket with do_handshake_on_connect raises ValueError."""
    near, far = socket.socketpair()
    near.setblocking(False)
    with far, near, pytest.raises(ValueError):
        pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)


@pytest.mark.clause("ssl.SSLSocket.do_handshake:retried")
@pytest.mark.roles("client")
@pytest.mark.transports("tcp", "tcp6")
@pytest.mark.versions("tls13")
def test_connecting_comes_first(pair, impl):
    """connect_ex() of a non-blocking socket says that it is under way; once writable, the handshake can be done."""
    subject = pair.subject_context.wrap_socket(
        pair.plain_socket(), server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )
    subject.setblocking(False)
    with subject, pair.plain_listener() as listener:
        listener.settimeout(5)
        assert subject.connect_ex(listener.getsockname()) in (0, errno.EINPROGRESS, errno.EWOULDBLOCK)
        far, _ = listener.accept()
        pair.attach(far)
        assert select.select([], [subject], [], 5)[1]
        shake_hands(impl, subject)
        assert subject.version() == "TLSv1.3"


@pytest.mark.clause("ssl.SSLSocket.do_handshake:nonblocking")
@pytest.mark.transports("socketpair")
def test_a_bad_certificate_is_no_reason_to_wait(pair, impl):
    """Where the handshake fails, the loop ends with the reason, as it would on a blocking socket."""
    if pair.server_side:
        pair.subject_context.load_verify_locations(pair.pki.authority("other-root"))
        pair.subject_context.verify_mode = impl.CERT_REQUIRED
        pair.peer.settings.certificate = "client"
    else:
        pair.peer.settings.certificate = "other-server"
    pair.subject.setblocking(False)
    with pytest.raises(impl.SSLCertVerificationError):
        shake_hands(impl, pair.bare_subject)
    assert pair.peer.alert_seen == "unknown_ca"
