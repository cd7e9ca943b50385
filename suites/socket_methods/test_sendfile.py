"""SSLSocket.sendfile(): a file, or part of one, goes to the peer."""

import io

import pytest

pytestmark = pytest.mark.transports("socketpair")

HUNDRED = bytes(range(100))


@pytest.mark.clause("ssl.SSLSocket.sendfile:whole-file", "What's New 3.5:sendfile")
@pytest.mark.known("gh-99813")
@pytest.mark.transports("socketpair", "tcp")
def test_the_whole_file_is_sent(pair, tmp_path):
    """sendfile() sends the file until its end, returns the number of bytes sent, and moves the file's position."""
    data = HUNDRED * 1000
    path = tmp_path / "file"
    path.write_bytes(data)
    pair.shake_hands()
    with path.open("rb") as file:
        assert pair.subject.sendfile(file) == len(data)
        assert file.tell() == len(data)
    assert pair.peer.receive(len(data)) == data
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.sendfile:part")
@pytest.mark.known("gh-99813")
def test_offset_and_count_choose_a_part(pair, tmp_path):
    """sendfile() begins at offset, sends no more than count bytes, and leaves the file's position behind them."""
    path = tmp_path / "file"
    path.write_bytes(HUNDRED)
    pair.shake_hands()
    with path.open("rb") as file:
        assert pair.subject.sendfile(file, offset=10, count=20) == 20
        assert file.tell() == 30
    assert pair.peer.receive(20) == HUNDRED[10:30]
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLSocket.sendfile:part")
@pytest.mark.roles("client")
def test_a_count_past_the_end_sends_what_there_is(pair, tmp_path):
    """sendfile() ends with the file, where count is more than that."""
    path = tmp_path / "file"
    path.write_bytes(HUNDRED)
    pair.shake_hands()
    with path.open("rb") as file:
        assert pair.subject.sendfile(file, 90, 50) == 10
    assert pair.peer.receive(10) == HUNDRED[90:]


@pytest.mark.clause("ssl.SSLSocket.sendfile:any-file")
@pytest.mark.roles("client")
def test_a_file_in_memory_is_sent_too(pair):
    """sendfile() takes any file object opened in binary mode, with or without a descriptor."""
    pair.shake_hands()
    assert pair.subject.sendfile(io.BytesIO(HUNDRED)) == 100
    assert pair.peer.receive(100) == HUNDRED


@pytest.mark.clause("ssl.SSLSocket.sendfile:refusals")
@pytest.mark.roles("client")
def test_a_text_file_is_refused(pair, tmp_path):
    """sendfile() of a file in text mode raises ValueError and sends nothing."""
    path = tmp_path / "file"
    path.write_text("text")
    pair.shake_hands()
    with path.open(encoding="ascii") as file, pytest.raises(ValueError):
        pair.subject.sendfile(file)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.sendfile:refusals")
@pytest.mark.roles("client")
def test_a_count_of_nothing_is_refused(pair):
    """sendfile() with a count of 0 raises ValueError and sends nothing."""
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.sendfile(io.BytesIO(HUNDRED), count=0)
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.sendfile:refusals")
def test_a_non_blocking_socket_is_refused(pair):
    """sendfile() on a non-blocking socket raises ValueError and sends nothing."""
    pair.shake_hands()
    pair.subject.setblocking(False)
    with pytest.raises(ValueError):
        pair.subject.sendfile(io.BytesIO(HUNDRED))
    pair.subject.settimeout(5)
    pair.greet()
