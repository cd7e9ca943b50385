"""SSLObject.unwrap(): close_notify in both directions (RFC 8446 6.1, RFC 5246 7.2.1), in whatever order."""

import pytest


def connected(pair):
    pair.shake_hands()
    pair.greet()
    pair.carry()


@pytest.mark.clause("RFC 5246 7.2.1:both-close", "RFC 8446 6.1:both-closed", "ssl.SSLSocket.unwrap:closing-handshake")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("all")
def test_the_end_that_closes_first_waits_for_the_other(pair, impl):
    """unwrap() sends close_notify and wants to read; when the peer's close_notify is in, it returns None."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    assert pair.peer.saw_close_notify()
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None


@pytest.mark.clause(
    "RFC 5246 7.2.1:both-close",
    "RFC 5246 7.2.1:answered-at-once",
    "RFC 8446 6.1:both-closed",
    "ssl.SSLSocket.unwrap:closing-handshake",
)
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("all")
def test_the_end_that_was_told_answers_and_is_done(pair):
    """With the peer's close_notify already in, unwrap() answers it and returns None at once."""
    connected(pair)
    pair.peer.close_notify()
    pair.carry()
    assert pair.subject.unwrap() is None
    assert pair.subject_outgoing.pending > 0
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.unwrap:closing-handshake")
@pytest.mark.deliveries("whole")
def test_without_unwrap_nothing_is_sent(pair):
    """The control: close_notify is sent by unwrap() alone, not by reading the peer's."""
    connected(pair)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.read, 10) == b""
    assert pair.subject_outgoing.pending == 0
    assert not pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.unwrap:once")
@pytest.mark.deliveries("whole")
def test_close_notify_is_sent_once(pair, impl):
    """unwrap() may be called again and again while it waits: one close_notify goes out, in a record of its own."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    record = pair.subject_outgoing.read()
    assert record[0] == (23 if pair.variant.version == "tls13" else 21)
    assert len(record) == 5 + int.from_bytes(record[3:5], "big")
    for _ in range(3):
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.unwrap()
    assert pair.subject_outgoing.pending == 0
    pair.peer.feed(record)
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("RFC 8446 6.1:both-closed", "ssl.SSLSocket.unwrap:closing-handshake")
def test_both_ends_may_close_at_once(couple, impl):
    """The two close_notify alerts may cross on their way; both ends are done with them."""
    couple.shake_hands()
    for end in (couple.client, couple.server):
        with pytest.raises(impl.SSLWantReadError):
            end.read(1)
    with pytest.raises(impl.SSLWantReadError):
        couple.client.unwrap()
    assert couple.server.unwrap() is None
    assert couple.client.unwrap() is None


@pytest.mark.clause("ssl.SSLSocket.unwrap:again")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_unwrap_again_is_harmless(pair):
    """Once it is through, unwrap() returns None for ever and sends nothing more."""
    connected(pair)
    pair.peer.close_notify()
    pair.carry()
    pair.subject.unwrap()
    pair.subject_outgoing.read()
    for _ in range(3):
        assert pair.subject.unwrap() is None
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("RFC 8446 6.1:ignored-behind", "ssl.SSLSocket.unwrap:plain-behind")
def test_bytes_after_close_notify_stay_in_the_bio(pair):
    """What the peer sends after close_notify is not TLS, and unwrap() leaves it for the caller."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    pair.peer.send_raw(b"220 plain again\r\n")
    pair.carry()
    assert pair.subject.unwrap() is None
    assert pair.subject_incoming.read() == b"220 plain again\r\n"


@pytest.mark.clause("ssl.SSLSocket.unwrap:plain-behind")
def test_the_bytes_on_either_side_of_the_tls_layer_are_plain(pair):
    """After both close_notify alerts the line is clear text again, in both directions."""
    connected(pair)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    pair.peer.send_raw(b"plain to you")
    pair.subject_outgoing.write(b"plain to me")
    pair.carry()
    assert pair.subject_incoming.read() == b"plain to you"
    assert pair.peer.receive_raw(11) == b"plain to me"


@pytest.mark.clause("ssl-tlsv1_3:tickets-later", "RFC 8446 4.6.1:tickets-any-time", "ssl.SSLSocket.unwrap:tickets")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("whole", "coalesced", "bytewise")
def test_unread_session_tickets_do_not_disturb_it(pair):
    """Tickets that lie unread in front of the server's close_notify are no application data: unwrap() returns None."""
    pair.shake_hands()
    pair.peer.close_notify()
    pair.carry()
    assert pair.subject_incoming.pending > 100
    assert pair.subject.unwrap() is None
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.unwrap:too-early")
def test_unwrap_before_the_handshake_is_refused(pair, impl):
    """unwrap() before the handshake has begun raises SSLError, and nothing goes onto the wire."""
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "SHUTDOWN_WHILE_IN_INIT"
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLSocket.unwrap:too-early")
@pytest.mark.deliveries("whole")
def test_unwrap_in_mid_handshake_is_refused_and_harmless(pair, impl):
    """In mid-handshake unwrap() is refused in the same way; the handshake can go on as if nothing had been asked."""
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    before = pair.subject_outgoing.pending
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "SHUTDOWN_WHILE_IN_INIT"
    assert pair.subject_outgoing.pending == before
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.unwrap:unread-data")
@pytest.mark.level("observed")
@pytest.mark.parametrize("peer_closes", [True, False], ids=["with_close_notify_behind", "alone"])
def test_unread_data_makes_unwrap_fail(pair, impl, peer_closes):
    """unwrap() gives no data out and throws none away: unread data is SSLError, APPLICATION_DATA_AFTER_CLOSE_NOTIFY.

    The connection is dead afterwards, although its close_notify has been sent; read everything before unwrap().
    """
    connected(pair)
    pair.peer.send(b"unread")
    if peer_closes:
        pair.peer.close_notify()
    pair.carry()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"
    for call in (pair.subject.unwrap, lambda: pair.subject.read(10), lambda: pair.subject.write(b"x")):
        with pytest.raises(impl.SSLError):
            call()
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLSocket.unwrap:unread-data")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_record_read_in_part_makes_unwrap_fail(pair, impl):
    """pending() bytes are unread data as well; there are none any more on a dead connection."""
    connected(pair)
    pair.peer.send(b"unread")
    pair.carry()
    assert pair.subject.read(2) == b"un"
    assert pair.subject.pending() == 4
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLSocket.unwrap:closing-handshake")
@pytest.mark.deliveries("whole")
def test_data_that_was_read_does_not(pair):
    """The control: with all data read, close_notify behind it lets unwrap() return None."""
    connected(pair)
    pair.peer.send(b"unread")
    pair.peer.close_notify()
    assert pair.read(6) == b"unread"
    assert pair.drive(pair.subject.unwrap) is None


@pytest.mark.clause("ssl.SSLSocket.unwrap:no-answer")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("whole")
def test_unwrap_reports_a_ragged_end(pair, impl):
    """An end of the stream in place of the peer's close_notify is SSLEOFError; our own is sent all the same."""
    connected(pair)
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.drive(pair.subject.unwrap)
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLError:protocol-failure", "ssl.SSLSocket.unwrap:swallows-nothing")
@pytest.mark.known("bpo-34759")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 200 OK\r\n\r\n", b"\x17\x03\x03\0\x20" + bytes(32)], ids=["http", "forged"]
)
def test_unwrap_swallows_no_error(pair, impl, text):
    """Something else in place of the peer's close_notify makes unwrap() raise SSLError, not return."""
    connected(pair)
    pair.subject_incoming.write(text)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert not isinstance(caught.value, (impl.SSLWantReadError, impl.SSLEOFError))
