"""Reading and writing at once: the two directions of a connection do not wait for each other."""

import pytest

pytestmark = pytest.mark.peers("module", "tlslite")


@pytest.mark.clause("ssl.SSLSocket.write:stream")
@pytest.mark.deliveries("all")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.peers("module", "openssl", "gnutls")
def test_a_dialogue_goes_to_and_fro(pair):
    """Question and answer alternate, begun by either end, for as long as they like."""
    pair.shake_hands()
    for turn in range(5):
        pair.peer.send(b"question %d" % turn)
        assert pair.read(10) == b"question %d" % turn
        assert pair.drive(pair.subject.write, b"answer %d" % turn) == 8
        assert pair.peer.receive(8) == b"answer %d" % turn


@pytest.mark.clause("ssl.SSLSocket.write:stream")
@pytest.mark.deliveries("whole", "coalesced")
@pytest.mark.transports("memory", "asyncio")
def test_both_ends_may_send_before_they_read(pair):
    """Data under way in one direction does not hold up the other: both ends write first and read afterwards."""
    pair.shake_hands()
    pair.greet()
    from_peer, from_subject = b"p" * 16_000, b"s" * 20_000  # the one in a record, the other in two
    pair.peer.send(from_peer)
    assert pair.subject.write(from_subject) == 20_000
    assert pair.read(16_000) == from_peer
    assert pair.peer.receive(20_000) == from_subject


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("split")
def test_writing_between_reads_keeps_both_streams(pair):
    """A record read in small parts, with writes between the parts, arrives unchanged, and so do the writes."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"abcdefghij" * 10)
    received = b""
    while len(received) < 100:
        received += pair.drive(pair.subject.read, 7)
        pair.subject.write(b"ok")
    assert received == b"abcdefghij" * 10
    assert pair.peer.receive(30) == b"ok" * 15


@pytest.mark.clause("RFC 8446 4.6.1:tickets-any-time", "ssl.SSLSocket.write:stream")
@pytest.mark.deliveries("whole")
@pytest.mark.roles("client")
def test_the_client_may_speak_before_it_has_read_anything(pair):
    """A client writes right after its handshake, whatever the server has already sent it (TLS 1.3: tickets)."""
    pair.shake_hands()
    assert pair.subject.write(b"GET / HTTP/1.0\r\n\r\n") == 18
    assert pair.peer.receive(18) == b"GET / HTTP/1.0\r\n\r\n"
    pair.peer.send(b"HTTP/1.0 200 OK\r\n\r\n")
    assert pair.read(19) == b"HTTP/1.0 200 OK\r\n\r\n"


@pytest.mark.clause("ssl.SSLContext.wrap_bio:reads-and-writes", "What's New 3.5:memory-bio")
@pytest.mark.peers("module")
def test_two_objects_joined_by_their_bios_need_nobody_between(couple, impl):
    """The outgoing BIO of one end may be the incoming BIO of the other: data flows with nothing to carry it."""
    couple.shake_hands()
    data = bytes(range(256)) * 200
    assert couple.client.write(data) == len(data)
    assert couple.server.write(data[::-1]) == len(data)
    for end, expected in ((couple.server, data), (couple.client, data[::-1])):
        received = bytearray()
        while len(received) < len(expected):
            received += end.read(10_000)
        assert received == expected
        with pytest.raises(impl.SSLWantReadError):
            end.read(1)
