"""TLS 1.2, the ways in which its suites protect records: what is damaged, too short or too long under each of them."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
]

APPLICATION_DATA = 23
ENCRYPT_THEN_MAC = 22
LARGEST = 2**14
MAC_FIRST = "mac_first"
SUITES = {
    "gcm": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "chacha20": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "ccm": "ECDHE-ECDSA-AES128-CCM",
    "encrypt_then_mac": "ECDHE-ECDSA-AES128-SHA256",
    MAC_FIRST: "ECDHE-ECDSA-AES256-SHA384",
    "unencrypted": "ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0",
}
AEADS = ("gcm", "chacha20", "ccm")
MACS = ("encrypt_then_mac", MAC_FIRST, "unencrypted")
protections = pytest.mark.parametrize("protection", SUITES)


def connect(pair, protection):
    """A connection whose records are protected so."""
    pair.subject_context.set_ciphers(SUITES[protection])
    pair.peer.settings.ciphers = SUITES[protection]
    if protection == MAC_FIRST:
        pair.subject_context.options |= 1 << 19  # SSL_OP_NO_ENCRYPT_THEN_MAC, for which ssl has no name
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0] == SUITES[protection].partition(":")[0]


def is_refused(pair, trial, *alerts):
    """What the peer has sent is not read, and it gets one of these alerts; nothing is written afterwards."""
    error = trial.attempt(pair.subject.read, LARGEST)
    assert isinstance(error, pair.impl.SSLError)
    assert not isinstance(error, (pair.impl.SSLWantReadError, pair.impl.SSLEOFError, pair.impl.SSLZeroReturnError))
    assert pair.peer.alert_seen in alerts
    trial.is_over()


@protections
@pytest.mark.parametrize("place", [5, -20, -1], ids=["first_byte", "inside", "last_byte"])
@pytest.mark.clause("RFC 5246 6.2.3:bad-mac", "RFC 5246 6.2.3.2:padding-oracle")
def test_a_damaged_record(pair, trial, protection, place):
    """A record of which one bit has changed on its way ends the connection: bad_record_mac, whatever was hit."""

    def damaged(record):
        changed = bytearray(record)
        changed[place] ^= 1
        return bytes(changed)

    connect(pair, protection)
    pair.peer.tamper(damaged)
    pair.peer.send(b"to be damaged")
    is_refused(pair, trial, "bad_record_mac")


@pytest.mark.parametrize("protection", AEADS)
@pytest.mark.parametrize("length", [1, 15], ids=str)
@pytest.mark.clause("RFC 5246 6.2.3:bad-mac")
def test_a_record_shorter_than_its_tag(pair, trial, protection, length):
    """A record too short for what an AEAD adds is refused like a damaged one: bad_record_mac."""
    connect(pair, protection)
    pair.peer.send_raw(bytes((APPLICATION_DATA, 3, 3)) + length.to_bytes(2, "big") + bytes(length))
    is_refused(pair, trial, "bad_record_mac")


@pytest.mark.parametrize("protection", MACS)
@pytest.mark.parametrize("length", [1, 15, 16, 32, 64], ids=str)
@pytest.mark.clause("RFC 5246 6.2.3:bad-mac")
def test_a_record_shorter_than_its_mac(pair, trial, protection, length):
    """A record too short for its MAC and padding is refused like a damaged one, or as one that cannot be decoded."""
    connect(pair, protection)
    pair.peer.send_raw(bytes((APPLICATION_DATA, 3, 3)) + length.to_bytes(2, "big") + bytes(length))
    is_refused(pair, trial, "bad_record_mac", "decode_error")


@protections
@pytest.mark.clause("RFC 5246 6.2.1:content-over-limit")
def test_a_record_that_holds_a_byte_too_much(pair, trial, protection):
    """A record that turns out to hold more than 2**14 bytes is refused: record_overflow."""
    connect(pair, protection)
    pair.peer.send_record(APPLICATION_DATA, bytes(LARGEST + 1))
    is_refused(pair, trial, "record_overflow")


@protections
@pytest.mark.clause("RFC 5246 6.2.1:record-limit")
def test_the_largest_record(pair, protection):
    """The control: a record of 2**14 bytes is read."""
    connect(pair, protection)
    pair.peer.send_record(APPLICATION_DATA, bytes(LARGEST))
    assert pair.read(LARGEST) == bytes(LARGEST)


@pytest.mark.parametrize("protection", ["encrypt_then_mac", MAC_FIRST])
@pytest.mark.parametrize(
    "padding",
    [b"\1", b"\xff", bytes(16) + b"\x10", b"\x10" * 16 + b"\x11"],
    ids=["too_short", "longer_than_the_record", "of_zeros", "one_byte_wrong"],
)
@pytest.mark.clause("RFC 5246 6.2.3.2:padding-oracle")
def test_a_record_with_the_wrong_padding(pair, trial, protection, padding):
    """A record whose padding is wrong under the right keys is refused like a damaged one: bad_record_mac."""
    connect(pair, protection)
    pair.peer.send_padded(bytes(15), padding)
    is_refused(pair, trial, "bad_record_mac")


@pytest.mark.parametrize("protection", ["encrypt_then_mac", MAC_FIRST])
@pytest.mark.parametrize("padding", [b"\0", b"\x10" * 17], ids=["shortest", "longer_than_needed"])
@pytest.mark.clause("RFC 5246 6.2.3.2:padding")
def test_a_record_with_more_padding_than_it_needs(pair, protection, padding):
    """The control: padding may be longer than it needs to be, up to 255 bytes."""
    connect(pair, protection)
    pair.peer.send_padded(b"fifteen letters", padding)
    assert pair.read(15) == b"fifteen letters"
