"""do_handshake(): retried until it returns, begun by read() and write() as well, complete once."""

import pytest


@pytest.mark.clause("RFC 5246 7.3:handshake", "RFC 8446 2:handshake", "ssl.SSLSocket.do_handshake:completes")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.transports("all")
def test_a_handshake_completes(pair):
    """Each version in each role completes with each peer, however the bytes travel, and data flows afterwards."""
    pair.shake_hands()
    assert pair.subject.version() == {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}[pair.variant.version]
    assert pair.peer.seen.version == pair.subject.version()
    pair.greet()


@pytest.mark.clause("ssl.SSLWantReadError:more-needed", "ssl.SSLSocket.do_handshake:retried")
@pytest.mark.deliveries("whole", "bytewise")
@pytest.mark.peers("module", "tlslite")
def test_do_handshake_is_retried_until_it_returns(pair, impl):
    """Each call that lacks bytes raises SSLWantReadError, with all output already in the BIO; the last returns None."""
    attempts = 0
    while True:
        try:
            result = pair.subject.do_handshake()
            break
        except impl.SSLWantReadError:
            attempts += 1
        assert pair.subject.version() is None
        pair.line.collect()
        assert pair.line.deliver(), "the subject waits for bytes that nobody owes it"
    assert result is None
    assert attempts > 0
    assert pair.peer.completes()


@pytest.mark.clause("RFC 8446 4.1.2:one-hello", "ssl.SSLSocket.do_handshake:retried")
@pytest.mark.deliveries("whole")
def test_waiting_puts_out_nothing_twice(pair, impl):
    """do_handshake() may be called again without new bytes: it wants to read again and sends nothing more."""
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    flight = pair.subject_outgoing.read()
    assert flight
    for _ in range(3):
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
    assert pair.subject_outgoing.pending == 0
    pair.peer.feed(flight)
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.do_handshake:again")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.transports("memory", "socketpair")
def test_a_second_do_handshake_does_nothing(pair):
    """Once the handshake is complete, do_handshake() returns at once: it is no renegotiation."""
    pair.shake_hands()
    before = pair.subject.version(), pair.subject.cipher()
    pair.greet()
    seen = len(pair.peer.bytes_seen)
    assert pair.subject.do_handshake() is None
    pair.greet()
    assert pair.subject.do_handshake() is None
    assert (pair.subject.version(), pair.subject.cipher()) == before
    # nothing but the greeting: one record of 16 bytes and what protects it
    assert len(pair.peer.bytes_seen) - seen < 16 + 5 + 60


@pytest.mark.clause("ssl.SSLSocket.write:may-read")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("all")
def test_write_begins_the_handshake(pair):
    """write() on a fresh object performs the handshake first and then sends its data."""
    assert pair.drive(pair.subject.write, b"straight away") == 13
    assert pair.peer.receive(13) == b"straight away"
    assert pair.subject.version() is not None
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.read:may-write")
@pytest.mark.peers("module", "tlslite")
def test_read_begins_the_handshake(pair, impl):
    """read() on a fresh object performs the handshake; with no data behind it, it goes on wanting to read."""
    with pytest.raises(impl.SSLWantReadError):
        pair.drive(pair.subject.read, 100)
    assert pair.subject.version() is not None
    assert pair.peer.completes()
    pair.peer.send(b"data")
    assert pair.drive(pair.subject.read, 100) == b"data"


@pytest.mark.clause("ssl.SSLSocket.write:may-read")
@pytest.mark.known("bpo-29334")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole")
def test_a_handshake_begun_by_writing_is_as_complete(pair):
    """After an implicit handshake everything can be asked for that do_handshake() would have made known."""
    pair.drive(pair.subject.write, b"x")
    assert pair.subject.cipher() is not None
    assert (pair.subject.getpeercert(True) is None) is pair.server_side
    assert (pair.subject.shared_ciphers() is not None) is pair.server_side
    assert pair.subject.do_handshake() is None
    assert pair.peer.receive(1) == b"x"


@pytest.mark.clause("ssl.SSLSocket.do_handshake:implicit")
@pytest.mark.deliveries("whole")
def test_read_write_and_do_handshake_may_take_turns(pair, impl):
    """Whichever call goes on with the handshake, it is one and the same: their turns add up."""
    calls = [pair.subject.read, lambda: pair.subject.write(b""), pair.subject.do_handshake]
    turns = 0
    while pair.subject.version() is None:
        try:
            calls[turns % 3]()
        except impl.SSLWantReadError:
            pair.carry()
        turns += 1
        assert turns < 20, "the handshake goes on for ever"
    assert turns > 1
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause(
    "ssl.SSLContext.check_hostname:compares",
    "ssl.SSLSocket.do_handshake:hostname",
    "ssl.SSLSocket.do_handshake:implicit",
)
@pytest.mark.known("gh-74327", "bpo-30141")
@pytest.mark.roles("client")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.parametrize("begin", ["read", "write", "do_handshake"])
def test_a_handshake_begun_by_reading_or_writing_is_no_less_checked(pair, impl, begin):
    """The wrong host name is refused whichever call performs the handshake, and no data is sent to that host."""
    pair.server_hostname = "elsewhere.example"
    arguments = {"read": (10,), "write": (b"confidential",), "do_handshake": ()}[begin]
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.drive(getattr(pair.subject, begin), *arguments)
    assert caught.value.verify_code == 62
    assert pair.peer.alert_seen == "bad_certificate"
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLSocket.read:may-write")
@pytest.mark.versions("tls12")
@pytest.mark.roles("client")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite")
def test_data_behind_the_finished_of_a_server_is_kept(pair, impl):
    """A server that has sent its Finished may send data at once; the client reads it after its handshake."""
    finish_with_data_behind(pair, impl)


@pytest.mark.clause("ssl.SSLSocket.read:may-write")
@pytest.mark.versions("tls13")
@pytest.mark.roles("server")
@pytest.mark.deliveries("all")
@pytest.mark.peers("module", "tlslite")
def test_data_behind_the_finished_of_a_client_is_kept(pair, impl):
    """A TLS 1.3 client may send data right behind its Finished; the server reads it after its handshake."""
    finish_with_data_behind(pair, impl)


def finish_with_data_behind(pair, impl):
    """The peer completes first, and its data is on the wire before the subject has seen its Finished."""
    while True:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
        if pair.peer.completes():
            break
        pair.carry()
    pair.peer.send(b"right behind")
    pair.carry()
    assert pair.subject.do_handshake() is None
    assert pair.subject.pending() == 0
    assert pair.read(12) == b"right behind"


@pytest.mark.clause("ssl.SSLSocket.do_handshake:nothing-returned")
@pytest.mark.deliveries("whole")
@pytest.mark.transports("memory", "socketpair")
def test_do_handshake_returns_nothing(pair):
    """do_handshake() returns None, the first time and afterwards."""
    assert pair.drive(pair.subject.do_handshake) is None
    assert pair.subject.do_handshake() is None


@pytest.mark.clause("RFC 8446 2:handshake", "ssl.SSLSocket.do_handshake:completes")
def test_two_ends_of_one_implementation_complete(couple):
    """An implementation shakes hands with itself, and both ends agree on what came of it."""
    couple.shake_hands()
    assert couple.client.version() == couple.server.version()
    assert couple.client.cipher() == couple.server.cipher()
    assert couple.client.getpeercert(True) is not None
    assert couple.server.getpeercert(True) is None
