"""Reading from a non-blocking SSLSocket, and what select() can say about it."""

import select

import pytest

pytestmark = pytest.mark.transports("socketpair")


def readable(pair, patience=5):
    """Whether select() says that the subject can be read."""
    return bool(select.select([pair.bare_subject], [], [], patience)[0])


READS = {
    "recv": lambda subject: subject.recv(1),
    "recv_into": lambda subject: subject.recv_into(bytearray(1)),
    "read": lambda subject: subject.read(1),
}


@pytest.mark.clause("ssl.SSLWantReadError:more-needed", "ssl-nonblocking:want-errors", "ssl.SSLSocket.read:nothing-yet")
@pytest.mark.known("wolfssl-py 5.9.2")
@pytest.mark.transports("socketpair", "tcp", "tcp6")
@pytest.mark.parametrize("method", READS)
def test_nothing_to_read_is_want_read(pair, impl, method):
    """Reading raises SSLWantReadError where nothing has come, in the place of BlockingIOError."""
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    with pytest.raises(impl.SSLWantReadError) as caught:
        READS[method](pair.subject)
    assert caught.value.errno == impl.SSL_ERROR_WANT_READ
    assert not isinstance(caught.value, BlockingIOError)
    pair.subject.settimeout(5)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.read:nothing-yet")
def test_what_has_come_is_given_at_once(pair, impl):
    """Where the peer's data has come, reading gives it, and raises SSLWantReadError only for what follows."""
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    pair.peer.send(b"data")
    assert readable(pair)
    assert pair.subject.recv(100) == b"data"
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.recv(100)


@pytest.mark.clause("ssl-nonblocking:data-without-select")
def test_the_rest_of_a_record_needs_no_select(pair, observe):
    """An SSL socket may have data that select() is not aware of: the rest of a record is read without it."""
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    pair.peer.send(b"x" * 100)
    assert readable(pair)
    assert pair.subject.recv(10) == b"x" * 10
    observe(readable(pair, 0), "select sees the rest")
    assert pair.subject.pending() == 90
    assert pair.subject.recv(100) == b"x" * 90


@pytest.mark.clause("ssl-nonblocking:select-no-promise", "ssl.SSLSocket.read:incomplete-record")
def test_part_of_a_record_is_not_yet_data(pair, impl):
    """That select() finds bytes to read does not mean that there is data: with part of a record it is SSLWantReadError.

    Here the rest of the record comes later, and is nothing that the peer encrypted: that the record is whole then is
    seen by how it is refused.
    """
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    pair.peer.send_raw(b"\x17\x03\x03\x00\x30")
    assert readable(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.recv(1)
    pair.peer.send_raw(b"\0" * 0x30)
    assert readable(pair)
    with pytest.raises(impl.SSLError):
        pair.subject.recv(1)
    assert pair.peer.alert_seen == "bad_record_mac"


@pytest.mark.clause("ssl-nonblocking:end-at-once", "ssl.SSLSocket.recv:end")
def test_the_end_is_given_at_once(pair):
    """After the peer's close_notify, recv() returns b"" and does not ask to wait."""
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    pair.peer.close_notify()
    assert readable(pair)
    assert pair.subject.recv(1) == b""
    assert pair.subject.recv(1) == b""


@pytest.mark.clause("ssl-nonblocking:data-without-select", "ssl-nonblocking:drain")
def test_data_larger_than_a_record_is_read_by_waiting_in_between(pair, impl):
    """What takes many records is read whole by reading until SSLWantReadError and waiting with select() then."""
    data = bytes(range(256)) * 400
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    pair.peer.send(data)
    received = bytearray()
    while len(received) < len(data):
        try:
            received += pair.bare_subject.recv(100_000)
        except impl.SSLWantReadError:
            assert readable(pair)
    assert received == data


@pytest.mark.clause("ssl-nonblocking:closing-retried", "ssl.SSLSocket.unwrap:closing-handshake")
def test_unwrap_is_repeated_until_the_peer_answers(pair, impl):
    """unwrap() sends close_notify at once and raises SSLWantReadError until the peer's has come."""
    pair.shake_hands()
    pair.greet()
    pair.subject.setblocking(False)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    assert pair.peer.saw_close_notify()
    pair.peer.close_notify()
    assert readable(pair)
    assert pair.subject.unwrap() is pair.subject
    assert pair.subject.version() is None
