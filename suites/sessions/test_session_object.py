"""SSLSession: its attributes, and what cannot be done with it."""

import copy
import pickle
import time

import pytest

client = pytest.mark.roles("client")


@pytest.mark.clause(
    "ssl-tlsv1_3:tickets-later",
    "ssl.SSLSession:attributes",
    "ssl.SSLSession.id:bytes",
    "ssl.SSLSession.ticket_lifetime_hint:seconds",
    "ssl.SSLSession.has_ticket:ticket",
    "ssl.SSLSocket.session:after-handshake",
)
@client
def test_a_session_knows_itself(pair, impl):
    """After a handshake and a first message a client has a session with id, time, timeout and ticket."""
    pair.shake_hands()
    pair.greet()
    session = pair.subject.session
    assert isinstance(session, impl.SSLSession)
    assert isinstance(session.id, bytes)
    assert isinstance(session.time, int)
    assert isinstance(session.timeout, int)
    assert isinstance(session.ticket_lifetime_hint, int)
    assert session.has_ticket is True


@pytest.mark.clause("ssl.SSLSession.time:now", "ssl.SSLSession.timeout:seconds")
@client
def test_its_time_is_now(pair):
    """`time` is in seconds since the epoch, `timeout` the seconds for which it is good."""
    before = int(time.time())
    pair.shake_hands()
    pair.greet()
    session = pair.subject.session
    assert before - 1 <= session.time <= int(time.time()) + 1
    assert session.timeout > 0


@pytest.mark.clause("ssl.SSLSession.id:bytes")
@client
@pytest.mark.versions("tls13")
@pytest.mark.level("observed")
def test_a_ticket_makes_an_id(pair):
    """In TLS 1.3 the session that a ticket brought has an id of 32 bytes, before that an empty one."""
    pair.peer.settings.tickets = 2
    pair.shake_hands()
    assert pair.subject.session.has_ticket is False
    assert pair.subject.session.id == b""
    pair.greet()
    assert len(pair.subject.session.id) == 32
    assert pair.subject.session.ticket_lifetime_hint == 7200


@pytest.mark.clause("ssl.SSLContext.num_tickets:observable", "ssl.SSLSession.has_ticket:ticket")
@client
@pytest.mark.versions("tls13")
def test_no_ticket_gives_no_ticket(pair):
    """A server that sends no tickets leaves the client without one."""
    pair.peer.settings.tickets = 0
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session.has_ticket is False
    assert pair.subject.session.ticket_lifetime_hint == 0
    assert pair.subject.session.timeout > 0


@pytest.mark.clause("ssl.SSLSession.ticket_lifetime_hint:seconds", "ssl.SSLSession.has_ticket:ticket")
@pytest.mark.versions("tls12")
def test_a_session_without_ticket_has_no_life_of_one(couple, impl):
    """A session of TLS 1.2 that the server keeps, since it gives no tickets, has no ticket and no life of one."""
    couple.server_context.options |= impl.OP_NO_TICKET
    couple.shake_hands()
    assert couple.client.session.id
    assert couple.client.session.has_ticket is False
    assert couple.client.session.ticket_lifetime_hint == 0
    assert couple.client.session.timeout > 0


@pytest.mark.clause("ssl.SSLSession.has_ticket:ticket")
@pytest.mark.roles("server")
@pytest.mark.level("observed")
def test_a_server_has_no_ticket_of_its_own(pair):
    """The session of a server, which gives tickets and gets none, has no ticket and no life of one."""
    pair.shake_hands()
    assert pair.subject.session.has_ticket is False
    assert pair.subject.session.ticket_lifetime_hint == 0
    assert pair.subject.session.timeout > 0


@pytest.mark.clause("ssl.SSLSocket.session:before")
@pytest.mark.roles("client", "server")
def test_before_the_handshake_there_is_none(pair):
    """A fresh object has no session, and has reused none."""
    assert pair.subject.session is None
    assert pair.subject.session_reused is False


@pytest.mark.clause("ssl.SSLSession:read-only")
@client
@pytest.mark.parametrize("name", ["id", "time", "timeout", "ticket_lifetime_hint", "has_ticket"])
def test_a_session_is_read_only(pair, name):
    """No attribute of a session can be set."""
    pair.shake_hands()
    session = pair.subject.session
    with pytest.raises(AttributeError):
        setattr(session, name, getattr(session, name))


@pytest.mark.clause("ssl.SSLSession:identity")
@client
@pytest.mark.level("observed")
def test_a_session_is_itself(pair):
    """Two looks at one session are equal; sessions are not hashable."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session == pair.subject.session
    assert (pair.subject.session == pair.subject.session.id) is False
    assert (pair.subject.session != pair.subject.session.id) is True
    with pytest.raises(TypeError):
        hash(pair.subject.session)


@pytest.mark.clause("ssl.SSLSession:identity")
@client
@pytest.mark.level("observed")
@pytest.mark.versions("tls12")
def test_a_session_that_is_resumed_is_the_same(pair):
    """Two connections over one session of TLS 1.2 have sessions that are equal."""
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect(session=pair.subject.session)
    again.shake_hands()
    assert again.subject.session_reused
    assert again.subject.session is not pair.subject.session
    assert again.subject.session == pair.subject.session


@pytest.mark.clause("ssl.SSLSession:identity")
@client
@pytest.mark.level("observed")
def test_two_connections_have_two_sessions(pair):
    """The sessions of two full handshakes are not equal."""
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect()
    second.shake_hands()
    second.greet()
    assert pair.subject.session != second.subject.session


@pytest.mark.clause("ssl.SSLSession:no-copies")
@client
@pytest.mark.level("observed")
def test_a_session_stays_in_its_process(pair):
    """A session can be neither pickled nor copied."""
    pair.shake_hands()
    pair.greet()
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            attempt(pair.subject.session)


@pytest.mark.clause("ssl.SSLSession:no-constructor")
@pytest.mark.known("bpo-32951")
def test_a_session_has_no_constructor(impl):
    """SSLSession cannot be made by hand."""
    with pytest.raises(TypeError):
        impl.SSLSession()
    with pytest.raises(TypeError):
        type("OwnSession", (impl.SSLSession,), {})


@pytest.mark.clause("RFC 8446 4.6.1:lifetime")
@pytest.mark.versions("tls13")
def test_a_ticket_lives_for_a_week_at_most(couple):
    """ticket_lifetime_hint, which is the life that the server gives its ticket, is no more than seven days."""
    couple.shake_hands()
    assert 0 < couple.client.session.ticket_lifetime_hint <= 7 * 24 * 3600
