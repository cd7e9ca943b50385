"""SSLSocket.makefile(): the connection as a file."""

import socket

import pytest

pytestmark = pytest.mark.transports("socketpair")


def is_open(fileno):
    """Whether the system knows a socket by this descriptor."""
    try:
        socket.socket(fileno=fileno).detach()
    except OSError:
        return False
    return True


@pytest.mark.clause("ssl.SSLSocket.makefile:reading")
def test_lines_are_read_across_records(pair):
    """A file made for reading gives lines, however the peer has cut them into records."""
    pair.shake_hands()
    for piece in (b"one\ntw", b"o\nthr", b"ee\n"):
        pair.peer.send(piece)
    with pair.subject.makefile("rb") as file:
        assert [file.readline() for _ in range(3)] == [b"one\n", b"two\n", b"three\n"]


@pytest.mark.clause("ssl.SSLSocket.makefile:end")
def test_reading_ends_with_close_notify(pair):
    """read() without a size gives everything until the peer's close_notify."""
    pair.shake_hands()
    pair.peer.send(b"x" * 50_000)
    pair.peer.close_notify()
    with pair.subject.makefile("rb") as file:
        assert file.read() == b"x" * 50_000
        assert file.read() == b""


@pytest.mark.clause("ssl.SSLSocket.makefile:writing")
def test_writing_reaches_the_peer_with_flush(pair):
    """What is written into a file for writing is sent with flush() at the latest, encrypted."""
    pair.shake_hands()
    with pair.subject.makefile("wb") as file:
        file.write(b"from the subject")
        file.flush()
        assert pair.peer.receive(16) == b"from the subject"
    assert b"from the subject" not in pair.peer.bytes_seen


@pytest.mark.clause("ssl.SSLSocket.makefile:writing")
@pytest.mark.roles("client")
def test_one_file_for_both_directions(pair):
    """A file made with "rwb" reads and writes."""
    pair.shake_hands()
    with pair.subject.makefile("rwb") as file:
        file.write(b"ping\n")
        file.flush()
        assert pair.peer.receive(5) == b"ping\n"
        pair.peer.send(b"pong\n")
        assert file.readline() == b"pong\n"


@pytest.mark.clause("ssl.SSLSocket.makefile:text")
@pytest.mark.roles("client")
def test_a_text_file_has_an_encoding(pair):
    """Without "b" in the mode the file takes and gives str, encoded as it is told."""
    pair.shake_hands()
    with pair.subject.makefile("rw", encoding="utf-8", newline="\n") as file:
        file.write("grüße\n")
        file.flush()
        assert pair.peer.receive(8) == "grüße\n".encode()
        pair.peer.send("zurück\n".encode())
        assert file.readline() == "zurück\n"


@pytest.mark.clause("ssl.SSLSocket.makefile:reading")
@pytest.mark.roles("client")
def test_unbuffered_reads_are_single_reads(pair):
    """An unbuffered file gives what one recv() gives, and fills a buffer like recv_into()."""
    pair.shake_hands()
    pair.peer.send(b"abcdef")
    with pair.subject.makefile("rb", buffering=0) as file:
        assert file.read(4) == b"abcd"
        buffer = bytearray(4)
        assert file.readinto(buffer) == 2
        assert buffer[:2] == b"ef"


@pytest.mark.clause("ssl.SSLSocket.makefile:lifetime")
@pytest.mark.known("urllib3#2970")
def test_the_connection_lives_as_long_as_the_file(pair):
    """After close() of the socket, the file made of it still reads; the descriptor is closed with the last of both."""
    pair.shake_hands()
    fileno = pair.subject.fileno()
    file = pair.subject.makefile("rb")
    pair.subject.close()
    pair.peer.send(b"still here")
    assert file.read(10) == b"still here"
    assert is_open(fileno)
    file.close()
    assert not is_open(fileno)
    assert pair.subject.fileno() == -1


@pytest.mark.clause("ssl.SSLSocket.makefile:lifetime")
@pytest.mark.known("urllib3#2970")
@pytest.mark.roles("client")
def test_closing_the_file_leaves_the_socket_open(pair):
    """close() of the file does not close the socket that it was made of."""
    pair.shake_hands()
    pair.subject.makefile("rwb").close()
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.makefile:time-out")
@pytest.mark.roles("client")
def test_a_time_out_reaches_the_reader(pair):
    """Reading a file of a socket with a time-out raises TimeoutError when nothing comes."""
    pair.shake_hands()
    pair.greet()
    pair.subject.settimeout(0.01)
    with pair.subject.makefile("rb") as file, pytest.raises(TimeoutError):
        file.read(1)
