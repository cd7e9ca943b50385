"""Faults around a session that is resumed, or offered: what a ticket does not excuse."""

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


@pytest.mark.clause("RFC 8446 2.2:resumption", "RFC 5246 7.3:resumption")
def test_nothing_is_wrong(pair):
    """The control: where the peer breaks no rule the session is resumed."""
    again = second(pair)
    again.shake_hands()
    again.greet()
    assert again.subject.session_reused is True


@server
@tls13
@pytest.mark.clause("RFC 8446 4.2.11.2:binder-of-ticket")
def test_a_wrong_binder(pair):
    """A ticket is worth nothing without its secret: a wrong binder ends the handshake with decrypt_error."""
    again = second(pair)
    again.peer.change_extension("client_hello", PRE_SHARED_KEY, flipped)
    refused(again, "decrypt_error", "illegal_parameter")


@server
@tls13
@pytest.mark.clause("RFC 8446 4.2.11:must-be-last")
def test_another_extension_behind_the_ticket(pair):
    """pre_shared_key is a ClientHello's last extension; another behind it is an illegal_parameter."""
    again = second(pair)
    again.peer.change_extension("client_hello", 0xFAFA, b"")
    refused(again, "illegal_parameter")


@server
@tls13
@pytest.mark.clause("RFC 8446 4.2.9:modes-needed")
def test_a_ticket_without_modes(pair):
    """Who offers a ticket says how it may be used; else the handshake ends with missing_extension."""
    again = second(pair)
    again.peer.change_extension("client_hello", PSK_MODES, None)
    refused(again, "missing_extension", "illegal_parameter")


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


@server
@tls13
@pytest.mark.clause("RFC 8446 4.2.11:malformed")
@pytest.mark.parametrize(
    "edit",
    [lambda _: b"", lambda _: bytes(4), lambda data: data + b"!", lambda data: data[:-33] + b"\0\0"],
    ids=["empty", "no_identities", "a_byte_too_much", "no_binders"],
)
def test_a_ticket_in_another_form(pair, edit):
    """An offer of tickets that cannot be decoded, or has not as many binders as identities, ends the handshake."""
    again = second(pair)
    again.peer.change_extension("client_hello", PRE_SHARED_KEY, edit)
    refused(again, "decode_error", "illegal_parameter", "decrypt_error")


@client
@tls13
@pytest.mark.clause("RFC 8446 4.2.11:selection-checked")
def test_an_identity_that_was_not_offered(pair):
    """A server that selects a ticket that was not offered is refused with illegal_parameter."""
    again = second(pair)
    again.peer.change_extension("server_hello", PRE_SHARED_KEY, b"\0\1")
    refused(again, "illegal_parameter")


@client
@tls13
@pytest.mark.clause("RFC 8446 4.2.11:selection-checked")
def test_a_suite_of_another_hash(pair):
    """The suite of a resumption has the hash of the ticket; another is refused with illegal_parameter."""
    again = second(pair)
    again.peer.change_fields("server_hello", cipher_suite=lambda suite: 0x1301 if suite == 0x1302 else 0x1302)
    refused(again, "illegal_parameter")


@client
@tls13
@pytest.mark.clause("RFC 8446 4.2.9:ke-modes")
def test_a_server_that_agrees_on_no_key(pair):
    """A client that offers psk_dhe_ke alone goes on with no server that sends no share."""
    again = second(pair)
    again.peer.change_extension("server_hello", KEY_SHARE, None)
    refused(again, "illegal_parameter", "missing_extension", "handshake_failure")


@client
@tls12
@pytest.mark.clause("RFC 5246 7.4.1.3:resumed-suite")
def test_another_suite_in_a_resumption(pair):
    """A session is resumed with the suite that it has: another is refused with illegal_parameter."""
    again = second(pair)
    again.peer.change_fields("server_hello", cipher_suite=lambda suite: 0xC02B if suite == 0xC02C else 0xC02C)
    refused(again, "illegal_parameter")


@client
@tls12
@pytest.mark.clause("RFC 7627 5.3:resumption")
def test_a_server_that_forgets_the_extended_master_secret(pair):
    """A session that had the extended master secret is not resumed by a server that does not say so again."""
    again = second(pair)
    again.peer.change_extension("server_hello", EXTENDED_MASTER_SECRET, None)
    refused(again, "handshake_failure")


@server
@tls12
@pytest.mark.clause("RFC 7627 5.3:resumption")
def test_a_client_that_forgets_the_extended_master_secret(pair):
    """A session that had the extended master secret is not resumed for a client that does not offer it again."""
    again = second(pair)
    again.peer.change_extension("client_hello", EXTENDED_MASTER_SECRET, None)
    refused(again, "handshake_failure")


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
