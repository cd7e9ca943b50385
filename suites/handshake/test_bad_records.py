"""Records that were tampered with on their way: not a byte of them is given out, and the peer is told."""

import pytest

pytestmark = pytest.mark.deliveries("whole")

# OpenSSL 3.0 names the fault, 3.6 only the layer; the alert tells the peer in either case
BAD_MAC = {"DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "RECORD_LAYER_FAILURE"}


def record_from_peer(pair, data):
    """One record of the peer's with `data`, taken out of the subject's incoming BIO."""
    pair.peer.send(data)
    pair.carry()
    return bytearray(pair.subject_incoming.read())


def refused(pair, impl):
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.read(100)
    assert not isinstance(caught.value, impl.SSLWantReadError)
    return caught.value


@pytest.mark.clause(
    "ssl.SSLError:protocol-failure",
    "RFC 5246 6.2.3:bad-mac",
    "RFC 8446 5.2:whole-records",
    "RFC 8446 5.2:bad-mac",
    "RFC 8446 6.2:bad-record-mac",
)
@pytest.mark.peers("module", "tlslite")
@pytest.mark.parametrize("position", [5, 20, -1], ids=["first", "inside", "last"])
def test_an_altered_record_is_refused(pair, impl, position):
    """One bit changed anywhere in a record is noticed: SSLError, no data, and the peer gets bad_record_mac."""
    pair.shake_hands()
    pair.greet()
    record = record_from_peer(pair, b"pay 100 to Alice")
    record[position] ^= 1
    pair.subject_incoming.write(record)
    assert refused(pair, impl).reason in BAD_MAC
    assert pair.subject.pending() == 0
    assert pair.peer.alert_seen == "bad_record_mac"


@pytest.mark.clause("RFC 8446 5.2:unaltered-read")
def test_an_unaltered_record_is_not(pair):
    """The control: the same record, taken out and put back as it was, is read."""
    pair.shake_hands()
    pair.greet()
    pair.subject_incoming.write(record_from_peer(pair, b"pay 100 to Alice"))
    assert pair.subject.read(100) == b"pay 100 to Alice"


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 5246 6.2.3:sequence", "RFC 8446 5.3:sequence")
@pytest.mark.peers("module", "tlslite")
def test_a_record_is_read_once_only(pair, impl):
    """A replayed record is refused: each record has its number in the stream."""
    pair.shake_hands()
    pair.greet()
    record = record_from_peer(pair, b"pay 100 to Alice")
    pair.subject_incoming.write(record + record)
    assert pair.subject.read(100) == b"pay 100 to Alice"
    assert refused(pair, impl).reason in BAD_MAC


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 5246 6.2.3:sequence", "RFC 8446 5.3:sequence")
def test_records_cannot_be_swapped(pair, impl):
    """Two records in the wrong order are refused, and neither is given out."""
    pair.shake_hands()
    pair.greet()
    first, second = record_from_peer(pair, b"first"), record_from_peer(pair, b"second")
    pair.subject_incoming.write(second + first)
    assert refused(pair, impl).reason in BAD_MAC


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 5246 6.2.3:sequence", "RFC 8446 5.3:sequence")
def test_a_record_cannot_be_left_out(pair, impl):
    """A record that was dropped on its way is missed when the next one comes."""
    pair.shake_hands()
    pair.greet()
    record_from_peer(pair, b"lost")
    pair.subject_incoming.write(record_from_peer(pair, b"found"))
    assert refused(pair, impl).reason in BAD_MAC


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 8446 5.2:directions")
def test_what_one_end_sent_cannot_be_sent_back_to_it(pair, impl):
    """Each direction has its own keys: a record reflected to its sender is refused."""
    pair.shake_hands()
    pair.greet()
    pair.subject.write(b"meant for the peer")
    pair.subject_incoming.write(pair.subject_outgoing.read())
    assert refused(pair, impl).reason in BAD_MAC


@pytest.mark.clause("RFC 5246 6.2.3:over-limit", "RFC 8446 5.2:protected-limit", "RFC 8446 6.2:record-overflow")
@pytest.mark.peers("module", "tlslite")
def test_an_oversized_record_is_refused(pair, impl):
    """A protected record beyond the limit of its version is refused with record_overflow."""
    pair.shake_hands()
    pair.greet()
    length = 2**14 + (256 if pair.variant.version == "tls13" else 2048) + 1
    pair.subject_incoming.write(b"\x17\x03\x03" + length.to_bytes(2, "big") + bytes(length))
    # OpenSSL has three names for it, by its own version and that of the protocol
    reasons = {"PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE", "ENCRYPTED_LENGTH_TOO_LONG"}
    assert refused(pair, impl).reason in reasons
    assert pair.peer.alert_seen == "record_overflow"


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 8446 5:plain-too-late")
def test_plain_text_behind_the_handshake_is_refused(pair, impl):
    """Once keys are in use, bytes in the clear are no record: SSLError, and none of them is given out as data."""
    pair.shake_hands()
    pair.greet()
    pair.subject_incoming.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    refused(pair, impl)
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLError:protocol-failure", "ssl.SSLError:dead-afterwards", "RFC 8446 6:fatal-ends")
def test_after_a_bad_record_nothing_goes_on(pair, impl):
    """The connection is dead: reading and writing raise SSLError, though a good record follows."""
    pair.shake_hands()
    pair.greet()
    bad, good = record_from_peer(pair, b"altered"), record_from_peer(pair, b"as it was sent")
    bad[-1] ^= 1
    pair.subject_incoming.write(bad + good)
    refused(pair, impl)
    for _ in range(2):
        refused(pair, impl)
        with pytest.raises(impl.SSLError):
            pair.subject.write(b"anybody there?")
    assert pair.peer.received() == b""


@pytest.mark.clause("RFC 8446 6.2:alert-with-error")
def test_the_alert_is_in_the_bio_when_the_exception_leaves(pair, impl):
    """Whoever catches the exception finds the alert in the outgoing BIO, ready to be sent; it is encrypted."""
    pair.shake_hands()
    pair.greet()
    record = record_from_peer(pair, b"altered")
    record[-1] ^= 1
    pair.subject_incoming.write(record)
    assert pair.subject_outgoing.pending == 0
    refused(pair, impl)
    alert = pair.subject_outgoing.read()
    assert alert[0] == (23 if pair.variant.version == "tls13" else 21)
    assert len(alert) > 5 + 2 + 16 - 1
    pair.peer.feed(alert)
    assert pair.peer.alert_seen == "bad_record_mac"


@pytest.mark.clause("ssl.SSLError:alert-received")
@pytest.mark.peers("module", "tlslite")
def test_the_peers_fatal_alert_is_raised_by_reading(pair, impl):
    """Where the peer got a bad record, its alert makes the subject's next read() raise SSLError with that reason."""
    pair.shake_hands()
    pair.greet()
    pair.peer.feed(b"\x17\x03\x03\x00\x20" + bytes(32))
    pair.carry()
    assert refused(pair, impl).reason == "SSLV3_ALERT_BAD_RECORD_MAC"
    with pytest.raises(impl.SSLError):
        pair.subject.write(b"anybody there?")
    with pytest.raises(impl.SSLError):
        pair.subject.unwrap()


@pytest.mark.clause("ssl.SSLError:after-alert")
@pytest.mark.known("RustPython#6371")
@pytest.mark.level("should")
def test_reading_on_after_a_fatal_alert_never_looks_like_an_end(pair, impl):
    """After the peer's fatal alert has been raised once, read() raises SSLError again, and never gives b"".

    Only close_notify is an end of the data (RFC 8446 6.1). OpenSSL takes the alert for a peer that has closed, so the
    stdlib gives b"" from the second read() on, and whoever swallows the first exception, or reads on in another thread,
    takes a torn connection for a complete one.
    """
    pair.shake_hands()
    pair.greet()
    pair.peer.feed(b"\x17\x03\x03\x00\x20" + bytes(32))
    pair.carry()
    refused(pair, impl)
    for _ in range(2):
        with pytest.raises(impl.SSLError):
            pair.subject.read(10)
        with pytest.raises(impl.SSLError):
            pair.subject.read(10, bytearray(10))


@pytest.mark.clause("RFC 5246 7.4.9:finished", "RFC 8446 4.4.4:finished-verified")
@pytest.mark.peers("module")
def test_an_altered_handshake_is_refused(pair, impl):
    """One bit changed in the peer's first flight ends the handshake at one end or the other.

    Where it is noticed depends on the bit: here it is the last of the random, so that the transcripts differ.
    """
    if not pair.server_side:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
    pair.carry()
    flight = bytearray(pair.subject_incoming.read())
    assert flight[5] in (1, 2), "a ClientHello or a ServerHello"
    flight[5 + 4 + 2 + 31] ^= 1
    pair.subject_incoming.write(flight)
    try:
        pair.shake_hands()
    except (impl.SSLError, AssertionError):
        pass
    else:
        pytest.fail("both ends took an altered hello")
    assert pair.subject.version() is None or not pair.peer.handshake_complete
