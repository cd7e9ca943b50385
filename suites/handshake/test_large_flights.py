"""Certificates that do not fit into what the system keeps between two sockets: the peer has to read meanwhile."""

import select
import socket

import pytest

pytestmark = pytest.mark.transports("socketpair")

NARROW = 4096  # bytes, for which the system may put another number
FILLING = 40_000  # more than it then keeps, and less than a message of certificates may have


@pytest.fixture
def long_chain(pki, tmp_path):
    """The files of a certificate that is followed by its authority, again and again, and of its key."""

    def made(name):
        certificate, key = pki[name][:2]
        with open(certificate, encoding="ascii") as own, open(pki.authority(), encoding="ascii") as authority:
            text, root = own.read(), authority.read()
        path = tmp_path / "long.pem"
        path.write_text(text + root * (FILLING * 4 // 3 // len(root)), encoding="ascii")
        return path, key

    return made


def repeated(impl, sock, call, *arguments):
    """What the call gives, which is repeated where a socket without time-out has to be waited for."""
    while True:
        try:
            return call(*arguments)
        except impl.SSLWantReadError:
            assert select.select([sock], [], [], 5)[0]
        except impl.SSLWantWriteError:
            assert select.select([], [sock], [], 5)[1]


def narrowly_wrapped(pair, waiting):
    """The subject over a socket that takes little at once."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, NARROW)
    near.settimeout(waiting)
    pair.attach(far)
    return pair.subject_context.wrap_socket(
        near, server_side=pair.server_side, server_hostname=pair.server_hostname, do_handshake_on_connect=False
    )


every_mode = pytest.mark.parametrize("waiting", [None, 5, 0], ids=["blocking", "time-out", "non-blocking"])


@pytest.mark.clause("RFC 8446 4.4.2:large", "ssl.SSLSocket.do_handshake:completes")
@every_mode
def test_a_flight_is_sent_to_its_end(pair, impl, long_chain, waiting):
    """A handshake completes however little the socket takes at once; nobody waits for an answer to half a flight."""
    pair.subject_context.load_cert_chain(*long_chain("server" if pair.server_side else "client"))
    if not pair.server_side:
        pair.peer.settings.verify_client = "required"
    with narrowly_wrapped(pair, waiting) as subject:
        repeated(impl, subject, subject.do_handshake)
        assert pair.peer.completes()
        subject.settimeout(5)
        pair.peer.send(b"all of it")
        assert subject.recv(9) == b"all of it"


@pytest.mark.clause("RFC 8446 4.4.2:large", "RFC 8446 4.6.2:request-answered")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.since("3.14")
@pytest.mark.feature("HAS_PHA")
@every_mode
def test_an_answer_is_sent_to_its_end(pair, impl, long_chain, waiting):
    """Who waits for data sends its certificates meanwhile, if asked: the server sees all of them, and refuses them."""
    pair.subject_context.load_cert_chain(*long_chain("other-client"))
    pair.subject_context.post_handshake_auth = True
    pair.peer.settings.post_handshake_auth = True
    pair.peer.settings.verify_client = "required"
    with narrowly_wrapped(pair, waiting) as subject:
        repeated(impl, subject, subject.do_handshake)
        assert pair.peer.completes()
        pair.peer.request_certificate()
        with pytest.raises(impl.SSLError) as caught:
            repeated(impl, subject, subject.recv, 1)
        assert caught.value.reason == "TLSV1_ALERT_UNKNOWN_CA"
