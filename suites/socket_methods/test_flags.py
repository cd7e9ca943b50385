"""What SSLSocket refuses of a plain socket's methods: flags, datagrams, messages, a second descriptor."""

import socket

import pytest

pytestmark = pytest.mark.transports("socketpair")

CALLS = {
    "recv": lambda subject, flags: subject.recv(1, flags),
    "recv_into": lambda subject, flags: subject.recv_into(bytearray(1), 1, flags),
    "send": lambda subject, flags: subject.send(b"x", flags),
    "sendall": lambda subject, flags: subject.sendall(b"x", flags),
}


@pytest.mark.clause("ssl.SSLSocket:flags-refused")
@pytest.mark.known("wolfssl-py#57", "RustPython#6892")
@pytest.mark.parametrize("method", CALLS)
def test_flags_are_refused(pair, method):
    """Passing a non-zero flags argument to recv(), recv_into(), send() or sendall() is not allowed: ValueError.

    Nothing is read or sent by such a call.
    """
    pair.shake_hands()
    pair.peer.send(b"y")
    with pytest.raises(ValueError):
        CALLS[method](pair.subject, socket.MSG_PEEK)
    assert pair.subject.recv(1) == b"y"
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket:flags-refused")
@pytest.mark.parametrize("method", CALLS)
def test_flags_of_zero_are_allowed(pair, method):
    """A flags argument of 0 means what leaving it out means."""
    pair.shake_hands()
    pair.peer.send(b"y")
    CALLS[method](pair.subject, 0)
    if method.startswith("send"):
        assert pair.peer.receive(1) == b"x"


DATAGRAM_CALLS = {
    "recvfrom": lambda subject: subject.recvfrom(1),
    "recvfrom_into": lambda subject: subject.recvfrom_into(bytearray(1)),
    "sendto": lambda subject: subject.sendto(b"x", ("127.0.0.1", 9)),
}
MESSAGE_CALLS = {
    "recvmsg": lambda subject: subject.recvmsg(1),
    "recvmsg_into": lambda subject: subject.recvmsg_into([bytearray(1)]),
    "sendmsg": lambda subject: subject.sendmsg([b"x"]),
    "dup": lambda subject: subject.dup(),
}


@pytest.mark.clause("ssl.SSLSocket:datagrams")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.parametrize("method", DATAGRAM_CALLS)
def test_datagram_methods_are_refused(pair, method):
    """What a TLS connection is not made for, recvfrom(), recvfrom_into() and sendto(), raises ValueError.

    They are not among the methods that an SSLSocket is documented to have. Were they inherited, they would read
    and write past TLS.
    """
    pair.shake_hands()
    pair.peer.send(b"y")
    with pytest.raises(ValueError):
        DATAGRAM_CALLS[method](pair.subject)
    assert pair.subject.recv(1) == b"y"
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket:messages")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.parametrize("method", MESSAGE_CALLS)
def test_message_methods_and_dup_are_refused(pair, method):
    """recvmsg(), recvmsg_into(), sendmsg() and dup() raise NotImplementedError.

    They are not among the methods that an SSLSocket is documented to have. Were they inherited, they would read
    and write past TLS.
    """
    pair.shake_hands()
    pair.peer.send(b"y")
    with pytest.raises(NotImplementedError):
        MESSAGE_CALLS[method](pair.subject)
    assert pair.subject.recv(1) == b"y"
    pair.greet()
