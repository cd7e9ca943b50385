"""From plain text to TLS and back, on one connection."""

import socket

import pytest

pytestmark = pytest.mark.transports("socketpair")


def connected():
    """Two connected sockets that do not wait for ever."""
    near, far = socket.socketpair()
    near.settimeout(5)
    far.settimeout(5)
    return near, far


def wrap(pair, near):
    """TLS on `near`, with the handshake done."""
    return pair.subject_context.wrap_socket(near, server_side=pair.server_side, server_hostname=pair.server_hostname)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:late")
@pytest.mark.peers("module", "tlslite")
def test_a_connection_can_be_wrapped_late(pair):
    """A socket on which plain text has been exchanged can be wrapped; what follows is TLS."""
    near, far = connected()
    near.sendall(b"STARTTLS\r\n")
    assert far.recv(100) == b"STARTTLS\r\n"
    far.sendall(b"220 go ahead\r\n")
    assert near.recv(100) == b"220 go ahead\r\n"
    pair.attach(far)
    with wrap(pair, near) as subject:
        subject.sendall(b"secret")
        assert pair.peer.receive(6) == b"secret"
        assert b"secret" not in pair.peer.bytes_seen
        pair.peer.send(b"answer")
        assert subject.recv(100) == b"answer"


@pytest.mark.clause("ssl.SSLSocket.unwrap:socket")
def test_unwrap_gives_a_plain_socket(pair):
    """unwrap() returns the underlying socket, which is used for further communication, in plain text both ways."""
    near, far = connected()
    pair.attach(far)
    subject = wrap(pair, near)
    assert pair.peer.completes()
    pair.peer.close_notify()
    with subject.unwrap() as plain:
        plain.sendall(b"250 plain again\r\n")
        assert pair.peer.receive_raw(17) == b"250 plain again\r\n"
        pair.peer.send_raw(b"QUIT\r\n")
        assert plain.recv(100) == b"QUIT\r\n"


@pytest.mark.clause("ssl.SSLSocket.unwrap:plain-behind")
def test_plain_text_right_behind_close_notify_is_not_lost(pair):
    """What the peer sends in plain text behind its close_notify is read from the socket that unwrap() returns."""
    near, far = connected()
    pair.attach(far)
    subject = wrap(pair, near)
    assert pair.peer.completes()
    pair.peer.close_notify()
    pair.peer.send_raw(b"250 plain again\r\n")
    with subject.unwrap() as plain:
        assert plain.recv(100) == b"250 plain again\r\n"


@pytest.mark.clause("ssl.SSLSocket.unwrap:socket")
def test_unwrap_needs_no_close(pair):
    """After unwrap() the connection and its descriptor are what they were, the time-out too; only TLS is gone."""
    near, far = connected()
    pair.attach(far)
    subject = wrap(pair, near)
    fileno = subject.fileno()
    assert pair.peer.completes()
    pair.peer.close_notify()
    with subject.unwrap() as plain:
        assert isinstance(plain, socket.socket)
        assert plain.fileno() == fileno
        assert plain.gettimeout() == 5


@pytest.mark.clause("ssl.SSLSocket.read:connection-needed", "ssl.SSLSocket.write:closed")
def test_an_unwrapped_ssl_socket_has_no_tls(pair):
    """read() and write() require a connection on which unwrap() was not called: they raise ValueError after it.

    So does a second unwrap(). What there is to know of the connection is None.
    """
    near, far = connected()
    pair.attach(far)
    with wrap(pair, near) as subject:
        assert pair.peer.completes()
        pair.peer.close_notify()
        subject.unwrap()
        for call in (lambda: subject.read(1), lambda: subject.write(b"x"), subject.unwrap):
            with pytest.raises(ValueError):
                call()
        assert subject.version() is None
        assert subject.cipher() is None
        assert subject.selected_alpn_protocol() is None
        assert subject.session is None


@pytest.mark.clause("ssl.SSLSocket.unwrap:itself")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_unwrap_gives_the_socket_itself(pair):
    """unwrap() returns the SSLSocket itself, which is a plain socket from then on: recv() takes flags again."""
    near, far = connected()
    pair.attach(far)
    with wrap(pair, near) as subject:
        assert pair.peer.completes()
        pair.peer.close_notify()
        assert subject.unwrap() is subject
        pair.peer.send_raw(b"peeked")
        assert subject.recv(6, socket.MSG_PEEK) == b"peeked"
        assert subject.recv(6) == b"peeked"


@pytest.mark.clause("ssl.SSLContext.wrap_socket:again")
def test_tls_can_be_put_on_again(pair):
    """After unwrap() and some plain text, the socket can be wrapped a second time, and unwrapped again."""
    near, far = connected()
    pair.attach(far)
    first = wrap(pair, near)
    assert pair.peer.completes()
    pair.peer.close_notify()
    plain = first.unwrap()
    plain.sendall(b"AUTH TLS\r\n")
    assert pair.peer.receive_raw(10) == b"AUTH TLS\r\n"
    second = pair.reconnect()
    second.attach(pair.release())
    with wrap(second, plain) as subject:
        assert plain.fileno() == -1
        subject.sendall(b"secret")
        assert second.peer.receive(6) == b"secret"
        second.peer.close_notify()
        subject.unwrap().sendall(b"bye")
        assert second.peer.receive_raw(3) == b"bye"


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "ssl.SSLSocket.unwrap:no-answer")
@pytest.mark.known("bpo-34759", "gh-95495")
def test_unwrap_without_an_answer_is_an_error(pair):
    """Where the peer closes the connection instead of answering close_notify, unwrap() raises an error."""
    pair.shake_hands()
    pair.greet()
    pair.peer.stop_reading()
    pair.peer.close_transport()
    with pytest.raises(OSError) as caught:
        pair.subject.unwrap()
    assert not isinstance(caught.value, TimeoutError)
