"""When a session is not resumed: in a mode that was not offered, under another secret, after a failure."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

PSK_MODES, PRE_SHARED_KEY, KEY_SHARE, EXTENDED_MASTER_SECRET = 45, 41, 51, 23

ALERT = 21

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")
tls12, tls13 = pytest.mark.versions("tls12"), pytest.mark.versions("tls13")


def second(pair):
    """Another connection of the two, to which the client brings the session of the first."""
    pair.shake_hands()
    pair.greet()
    if pair.server_side:
        return pair.reconnect()
    return pair.reconnect(session=pair.bare_subject.session)


def refused(pair, *alerts):
    """The subject ends the handshake, and tells the peer so with one of these alerts."""
    with pytest.raises(pair.impl.SSLError) as caught:
        pair.shake_hands()
    assert not isinstance(caught.value, pair.impl.SSLWantReadError)
    assert pair.peer.alert_seen in alerts


def flipped(data):
    return data[:-1] + bytes([data[-1] ^ 1])


@server
@tls13
@pytest.mark.clause("RFC 8446 4.2.9:ke-modes")
@pytest.mark.parametrize("modes", [b"\1\0", b"\1\xfa"], ids=["psk_ke", "unknown"])
def test_a_ticket_for_another_mode(pair, modes):
    """A server uses a ticket only in a mode that the client offers: psk_dhe_ke is all that it has by default."""
    again = second(pair)
    again.peer.change_extension("client_hello", PSK_MODES, modes)
    again.shake_hands()
    again.greet()
    assert again.subject.session_reused is False


@client
@tls13
@pytest.mark.clause("RFC 8446 4.2.9:ke-modes")
def test_a_server_that_agrees_on_no_key(pair):
    """A client that offers psk_dhe_ke alone goes on with no server that sends no share."""
    again = second(pair)
    again.peer.change_extension("server_hello", KEY_SHARE, None)
    refused(again, "illegal_parameter", "missing_extension", "handshake_failure")


@server
@tls12
@pytest.mark.clause("RFC 7627 5.3:full-handshake")
def test_a_session_from_before_the_extended_master_secret(pair):
    """A session that was made without the extended master secret is not resumed for a client that offers it now."""
    pair.peer.change_extension("client_hello", EXTENDED_MASTER_SECRET, None)
    again = second(pair)
    again.shake_hands()
    again.greet()
    assert again.subject.session_reused is False


@client
@pytest.mark.clause("RFC 5246 7.2.2:forgotten")
@pytest.mark.parametrize("whose", ["ours", "theirs"])
def test_a_session_whose_connection_failed(pair, whose):
    """A connection that a fatal alert has ended, sent or received, is not resumed: its session is forgotten."""
    pair.shake_hands()
    pair.greet()
    session = pair.bare_subject.session
    if whose == "ours":
        pair.peer.tamper(flipped)
        pair.peer.send(b"to be damaged")
    else:
        pair.peer.send_record(ALERT, b"\x02\x50")
    with pytest.raises(pair.impl.SSLError):
        pair.drive(pair.subject.read, 20)
    again = pair.reconnect(session=session)
    again.shake_hands()
    assert again.subject.session_reused is False
