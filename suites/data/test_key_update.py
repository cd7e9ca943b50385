"""KeyUpdate (RFC 8446 4.6.3): the peer changes its keys under way, and nobody who reads or writes notices."""

import pytest

pytestmark = [
    pytest.mark.versions("tls13"),
    pytest.mark.peers("tlslite"),
]


def records(wire):
    found = []
    while wire:
        end = 5 + int.from_bytes(wire[3:5], "big")
        found.append(bytes(wire[:end]))
        wire = wire[end:]
    return found


@pytest.mark.clause("RFC 8446 4.6.3:keys-change", "ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("whole")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.parametrize("answer_wanted", [False, True], ids=["silent", "answered"])
def test_data_goes_on_across_a_key_update(pair, answer_wanted):
    """Data before and after the peer's KeyUpdate arrives, and what is written afterwards is understood."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"old keys, ")
    pair.peer.update_keys(answer_wanted=answer_wanted)
    pair.peer.send(b"new keys")
    assert pair.read(18) == b"old keys, new keys"
    pair.drive(pair.subject.write, b"understood")
    assert pair.peer.receive(10) == b"understood"
    pair.greet()


@pytest.mark.clause("RFC 8446 4.6.3:keys-change", "ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("coalesced")
def test_a_key_update_between_coalesced_records_changes_the_keys_in_time(pair):
    """The records in front of a KeyUpdate and behind it may arrive in one piece: each is read with its own key."""
    pair.shake_hands()
    pair.greet()
    for number in range(5):
        pair.peer.send(b"record %d" % number)
        pair.peer.update_keys()
    pair.peer.send(b"the last")
    assert pair.read(48) == b"record 0record 1record 2record 3record 4the last"
    pair.greet()


@pytest.mark.clause("RFC 8446 4.6.3:no-data", "ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("split", "bytewise")
def test_a_key_update_in_pieces_is_awaited(pair):
    """A KeyUpdate that arrives in pieces makes read() want more, and takes effect when it is complete."""
    pair.shake_hands()
    pair.greet()
    pair.peer.update_keys(answer_wanted=True)
    pair.peer.send(b"behind it")
    assert pair.read(9) == b"behind it"
    pair.greet()


@pytest.mark.clause("RFC 8446 4.6.3:no-data", "ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("whole")
def test_a_key_update_alone_is_no_data(pair, impl):
    """read() with nothing but a KeyUpdate there takes it in and wants to read on; it returns neither b"" nor bytes."""
    pair.shake_hands()
    pair.greet()
    pair.peer.update_keys()
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(10)
    assert pair.subject_incoming.pending == 0
    assert pair.subject.pending() == 0
    pair.greet()


@pytest.mark.clause("RFC 8446 4.6.3:answered")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("answer_wanted", [False, True], ids=["silent", "answered"])
def test_a_requested_update_is_answered_before_the_next_data(pair, answer_wanted):
    """If the peer wants an answer, one KeyUpdate record goes out ahead of the next data; else data goes out alone."""
    pair.shake_hands()
    pair.greet()
    start = len(pair.peer.bytes_seen)
    pair.peer.update_keys(answer_wanted=answer_wanted)
    pair.peer.send(b"!")
    assert pair.read(1) == b"!"
    pair.drive(pair.subject.write, b"data under whichever key")
    assert pair.peer.receive(24) == b"data under whichever key"
    assert len(records(pair.peer.bytes_seen[start:])) == (2 if answer_wanted else 1)


@pytest.mark.clause("RFC 8446 4.6.3:close-after")
@pytest.mark.deliveries("whole")
def test_the_connection_closes_cleanly_after_key_updates(pair):
    """close_notify crosses under the updated keys, in both directions."""
    pair.shake_hands()
    pair.greet()
    pair.peer.update_keys(answer_wanted=True)
    pair.peer.close_notify()
    assert pair.drive(pair.subject.read, 10) == b""
    assert pair.drive(pair.subject.unwrap) is None
    assert pair.peer.saw_close_notify()
