"""Records and reads: what has been decrypted, what is still in the BIO, and what is not complete yet."""

import pytest


@pytest.mark.clause("ssl.SSLSocket.pending:counts")
@pytest.mark.deliveries("whole")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.transports("memory", "socketpair")
def test_pending_counts_the_rest_of_the_record(pair):
    """pending() is the number of bytes that are decrypted but not read: the rest of a record that was read in part."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"a" * 100)
    assert pair.drive(pair.subject.read, 10) == b"a" * 10
    assert pair.subject.pending() == 90
    assert pair.subject.read(30) == b"a" * 30
    assert pair.subject.pending() == 60
    assert pair.subject.read(100) == b"a" * 60
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLSocket.pending:decrypted-only")
@pytest.mark.deliveries("whole")
def test_pending_does_not_count_what_is_not_decrypted(pair):
    """Bytes in the incoming BIO are not pending(), neither before nor after another record has been read."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.pending() == 0
    pair.peer.send(b"first")
    pair.peer.send(b"second")
    pair.carry()
    assert pair.subject_incoming.pending > 0
    assert pair.subject.pending() == 0
    assert pair.subject.read(5) == b"first"
    assert pair.subject.pending() == 0
    assert pair.subject.read(6) == b"second"


@pytest.mark.clause("ssl.SSLSocket.pending:counts")
@pytest.mark.deliveries("whole")
def test_pending_bytes_can_be_read_without_the_network(pair, impl):
    """What pending() promises can be read at once; only after that does read() want more from outside."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(bytes(5000))
    pair.carry()
    read = len(pair.subject.read(1))
    while pair.subject.pending():
        promised = pair.subject.pending()
        assert len(pair.subject.read(min(promised, 700))) == min(promised, 700)
        read += min(promised, 700)
    assert read == 5000
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(1)


@pytest.mark.clause("ssl.SSLSocket.read:up-to-len")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole", "coalesced")
@pytest.mark.peers("module", "tlslite")
def test_one_read_gives_bytes_of_one_record(pair):
    """However much is asked for and however much is there, a read returns at most what one record holds."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"one")
    pair.peer.send(b"two")
    pair.peer.send(b"x" * (2**14 + 1))
    pair.carry()
    assert pair.subject.read(10) == b"one"
    assert pair.subject.read(10) == b"two"
    assert len(pair.subject.read(2**15)) == 2**14
    assert pair.subject.read(2**15) == b"x"


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.level("observed")
@pytest.mark.deliveries("coalesced")
def test_no_byte_behind_the_record_in_hand_is_taken(pair):
    """A read takes one record out of the incoming BIO and leaves the next, so that what follows TLS is not lost."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"first")
    pair.carry()
    one = pair.subject_incoming.pending
    pair.peer.send(b"other")
    pair.carry()
    assert pair.subject_incoming.pending == 2 * one
    assert pair.subject.read(5) == b"first"
    assert pair.subject_incoming.pending == one


@pytest.mark.clause(
    "ssl.SSLWantReadError:more-needed", "RFC 8446 5.2:whole-records", "ssl.SSLSocket.read:incomplete-record"
)
@pytest.mark.deliveries("whole")
def test_nothing_of_an_incomplete_record_is_given_out(pair, impl):
    """Only a whole record can be authenticated: up to its last byte read() wants more, then it gives everything."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"all or nothing")
    pair.carry()
    record = pair.subject_incoming.read()
    for position in range(len(record)):
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.read(100)
        assert pair.subject.pending() == 0
        pair.subject_incoming.write(record[position : position + 1])
    assert pair.subject.read(100) == b"all or nothing"


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("all")
def test_an_incomplete_record_holds_up_nothing_else(pair, impl):
    """While half a record is in, write() goes on as usual, and the record is complete with its second half."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"in two halves")
    pair.carry()
    record = pair.subject_incoming.read()
    pair.subject_incoming.write(record[:10])
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(100)
    assert pair.subject.write(b"meanwhile") == 9
    assert pair.peer.receive(9) == b"meanwhile"
    pair.subject_incoming.write(record[10:])
    assert pair.subject.read(100) == b"in two halves"


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.deliveries("coalesced")
@pytest.mark.peers("module", "tlslite")
def test_many_records_at_once_are_all_read(pair, impl):
    """Records that arrive in one piece come out one after the other, without another byte from outside."""
    pair.shake_hands()
    pair.greet()
    for number in range(100):
        pair.peer.send(b"%04d" % number)
    pair.carry()
    assert [pair.subject.read(4) for _ in range(100)] == [b"%04d" % number for number in range(100)]
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(4)


@pytest.mark.clause("ssl.SSLSocket.read:stream")
@pytest.mark.known("RustPython#7946")
@pytest.mark.deliveries("whole")
def test_pieces_of_every_size_add_up(pair, impl):
    """Records that arrive in pieces of one to seven bytes, never on a boundary, are read like whole ones."""
    pair.shake_hands()
    pair.greet()
    for number in range(20):
        pair.peer.send(b"record %02d" % number)
    pair.carry()
    wire = pair.subject_incoming.read()
    received, step = b"", 0
    while wire:
        step = step % 7 + 1
        pair.subject_incoming.write(wire[:step])
        wire = wire[step:]
        try:
            received += pair.subject.read(100)
        except impl.SSLWantReadError:
            continue
    assert received == b"".join(b"record %02d" % number for number in range(20))


@pytest.mark.clause("RFC 5246 6.2.1:empty-data", "RFC 8446 5.1:empty-data")
@pytest.mark.deliveries("whole")
@pytest.mark.peers("tlslite")
def test_an_empty_record_is_no_end(pair, impl):
    """A peer may send application_data records without data: they read as nothing, never as the end of the stream."""
    pair.shake_hands()
    pair.greet()
    for _ in range(3):
        pair.peer.send(b"")
    pair.carry()
    assert pair.subject_incoming.pending >= 3 * 21  # a header and a tag each
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(100)
    assert pair.subject_incoming.pending == 0
    pair.peer.send(b"")
    pair.peer.send(b"data behind it")
    assert pair.drive(pair.subject.read, 100) == b"data behind it"
