"""Handing a session over: what resuming gives, and the rules for the hand-over."""

import pytest

client = pytest.mark.roles("client")
both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


def with_session(pair):
    """The session of a first connection, which has had time to receive its tickets."""
    pair.shake_hands()
    pair.greet()
    return pair.subject.session


@pytest.mark.clause(
    "ssl.SSLContext.wrap_bio:parameters",
    "RFC 5246 7.3:resumption",
    "RFC 5246 7.4.1.3:session-id",
    "RFC 8446 2.2:resumption",
    "ssl.SSLSocket.session:observable",
    "ssl.SSLSocket.session_reused:says",
    "What's New 3.6:sessions",
)
@pytest.mark.known("GraalPy's list", "scylladb#789", "urllib3#1898", "aiohttp#2673")
@client
@pytest.mark.deliveries("all")
def test_a_session_is_resumed(pair):
    """A client that hands over a session resumes it, and both ends say so."""
    second = pair.reconnect(session=with_session(pair))
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is True
    assert second.peer.seen.resumed is True
    assert pair.subject.session_reused is False


@pytest.mark.clause("ssl.SSLSocket.session:observable", "ssl.SSLSocket.session_reused:says")
@client
def test_without_a_session_nothing_is_resumed(pair):
    """The same second connection without a session is a full handshake."""
    with_session(pair)
    second = pair.reconnect()
    second.shake_hands()
    assert second.subject.session_reused is False
    assert second.peer.seen.resumed is False


@pytest.mark.clause("RFC 5246 7.3:resumption", "RFC 8446 2.2:resumption", "ssl.SSLSocket.session_reused:says")
@pytest.mark.known("aiohttp#2673")
@pytest.mark.roles("server")
@both_kinds
@pytest.mark.deliveries("all")
def test_a_server_resumes_what_it_issued(pair):
    """A server recognises the session of its own context, and both ends say so."""
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect()
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is True


@pytest.mark.clause("RFC 8446 2.2:unknown-ticket", "ssl.SSLSocket.session_reused:says")
@pytest.mark.roles("server")
def test_another_server_does_not(pair, impl):
    """A server with a context of its own does not recognise the session, and makes a full handshake."""
    pair.shake_hands()
    pair.greet()
    stranger = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    stranger.load_cert_chain(*pair.pki["server"])
    second = pair.reconnect(context=stranger)
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is False
    assert second.peer.seen.resumed is False


@pytest.mark.clause("ssl.SSLSocket.session:observable")
@client
def test_a_session_can_be_set_before_the_handshake(pair):
    """Setting `session` on an object does what session= does when it is made."""
    session = with_session(pair)
    second = pair.reconnect()
    second.subject.session = session
    second.shake_hands()
    assert second.subject.session_reused is True


@pytest.mark.clause("ssl.SSLSocket.session:too-late")
@client
@pytest.mark.known("bpo-19500")
def test_after_the_handshake_it_is_too_late(pair):
    """Setting `session` after the handshake raises ValueError."""
    session = with_session(pair)
    with pytest.raises(ValueError):
        pair.subject.session = session


@pytest.mark.clause("ssl.SSLSocket.session:own-context")
@client
@pytest.mark.known("bpo-19500", "pyOpenSSL 26.3")
def test_a_session_belongs_to_its_context(pair, impl):
    """A session of another context is refused with ValueError."""
    session = with_session(pair)
    stranger = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        stranger.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_hostname="localhost", session=session)


@pytest.mark.clause("ssl.SSLSocket.session:own-context", "ssl.SSLSocket.context:before-the-handshake")
@client
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_session_belongs_to_the_context_of_its_handshake(pair, impl):
    """Where a client is given another context before its handshake, the session is that one's, and not the first's."""
    first, other = pair.subject_context, impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    other.load_verify_locations(pair.pki.authority())
    other.minimum_version, other.maximum_version = first.minimum_version, first.maximum_version
    pair.subject.context = other
    session = with_session(pair)
    with pytest.raises(ValueError):
        pair.reconnect().wrap(session=session)
    again = pair.reconnect(context=other, session=session)
    again.shake_hands()
    assert again.subject.session_reused


@pytest.mark.clause("ssl.SSLSocket.session:clients-only")
@client
@pytest.mark.known("bpo-19500")
def test_a_server_takes_no_session(pair, impl):
    """A session on the server side is refused with ValueError."""
    session = with_session(pair)
    server = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(*pair.pki["server"])
    with pytest.raises(ValueError):
        server.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True, session=session)


@pytest.mark.clause("ssl.SSLSocket.session:clients-only")
@pytest.mark.roles("server")
@pytest.mark.deliveries("whole")
def test_a_server_does_not_take_its_own(pair):
    """Not even a session that the same context has made at a server: ValueError."""
    pair.shake_hands()
    pair.greet()
    session = pair.bare_subject.session
    second = pair.reconnect()
    with pytest.raises(ValueError):
        second.subject.session = session


@pytest.mark.clause("ssl.SSLSocket.session:before-handshake")
@client
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_session_that_is_offered_can_be_read_back(pair):
    """Before the handshake `session` is what was handed over."""
    session = with_session(pair)
    second = pair.reconnect(session=session)
    assert second.bare_subject.session is session or second.bare_subject.session == session
    assert pair.reconnect().bare_subject.session is None


@pytest.mark.clause("ssl.SSLSocket.session:sessions-only")
@client
@pytest.mark.known("bpo-19500")
@pytest.mark.parametrize("wrong", ["text", 1, b"bytes"], ids=["str", "int", "bytes"])
def test_only_a_session_is_a_session(pair, wrong):
    """Anything else raises TypeError."""
    with pytest.raises(TypeError):
        pair.subject.session = wrong


@pytest.mark.clause("ssl.SSLSocket.session:twice")
@client
@pytest.mark.level("observed")
def test_a_session_may_be_used_twice(pair):
    """A session resumes more than one later connection."""
    session = with_session(pair)
    for _ in range(2):
        second = pair.reconnect(session=session)
        second.shake_hands()
        assert second.subject.session_reused is True


@pytest.mark.clause("RFC 8446 4.6.1:identity-kept", "ssl.SSLSocket.getpeercert:resumed")
@client
def test_a_resumed_connection_knows_its_peer(pair):
    """getpeercert() after resumption gives the certificate of the first handshake."""
    session = with_session(pair)
    second = pair.reconnect(session=session)
    second.shake_hands()
    assert second.subject.session_reused is True
    assert second.subject.getpeercert(True) == pair.subject.getpeercert(True)
