"""One connection, two threads: a call that waits does not keep the other thread from its own.

That the other call is really waiting cannot be known; each scenario does its own part many times, so that it will be.
The sockets have no time-out: with one, the stdlib's two threads now and then take each other's state for their own
(seen until 3.12: recv() gives b"", or send() raises SSLEOFError), and what happens now and then is no scenario.
"""

import socket

import pytest

pytestmark = [pytest.mark.clause("ssl.SSLSocket:two-threads"), pytest.mark.transports("socketpair", "tcp", "tcp6")]


def without_time_out(pair):
    """The subject, unobserved, waiting for ever: what two threads do has no order that could be written down."""
    pair.subject.settimeout(None)
    return pair.bare_subject


@pytest.mark.known("gh-137583")
def test_waiting_to_read_does_not_stop_writing(pair, background):
    """While one thread waits in recv(), another can send, and what it sends arrives."""
    pair.shake_hands()
    pair.greet()
    subject = without_time_out(pair)
    reading = background(subject.recv, 100)
    for number in range(100):
        subject.sendall(b"message %02d" % number)
        assert pair.peer.receive(10) == b"message %02d" % number
    pair.peer.send(b"answer")
    assert reading.result() == b"answer"


@pytest.mark.known("gh-137583")
def test_waiting_to_write_does_not_stop_reading(pair, background):
    """While one thread waits in sendall(), since the peer does not read, another can receive."""
    data = bytes(range(256)) * 40_000
    pair.shake_hands()
    pair.greet()
    pair.peer.stop_reading()
    subject = without_time_out(pair)
    subject.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
    writing = background(subject.sendall, data)
    for number in range(100):
        pair.peer.send(b"message %02d" % number)
        assert subject.recv(10) == b"message %02d" % number
    assert not writing.is_back
    pair.peer.go_on_reading()
    assert pair.peer.receive(len(data)) == data
    assert writing.result() is None


@pytest.mark.known("gh-137583")
def test_both_directions_at_once(pair, background):
    """A lot of data goes each way at the same time, written by one thread and read by another, and arrives whole."""
    data = bytes(range(256)) * 4000
    pair.shake_hands()
    subject = without_time_out(pair)

    def read_all():
        received = bytearray()
        while len(received) < len(data):
            received += subject.recv(65_536)
        return bytes(received)

    reading = background(read_all)
    writing = background(subject.sendall, data)
    pair.peer.send(data)
    assert pair.peer.receive(len(data)) == data
    assert writing.result() is None
    assert reading.result() == data


@pytest.mark.known("gh-137583")
@pytest.mark.transports("socketpair")
def test_waiting_to_read_does_not_stop_questions(pair, background):
    """While one thread waits in recv(), another can ask for version, cipher, certificate and session."""
    pair.shake_hands()
    pair.greet()
    subject = without_time_out(pair)
    expected = (subject.version(), subject.cipher(), subject.getpeercert(True), subject.session.id)
    reading = background(subject.recv, 100)
    for _ in range(100):
        found = (subject.version(), subject.cipher(), subject.getpeercert(True), subject.session.id)
        assert found == expected
    assert not reading.is_back
    pair.peer.send(b"answer")
    assert reading.result() == b"answer"
