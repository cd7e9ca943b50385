"""After the handshake: records that are damaged, replayed, lost, too long, in the clear, or of the wrong kind."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = 20, 21, 22, 23, 24
LARGEST = 2**14
KEY_UPDATE, HELLO_REQUEST = bytes((24, 0, 0, 1, 0)), bytes(4)


def flipped(place):
    def edit(record):
        damaged = bytearray(record)
        damaged[place] ^= 1
        return bytes(damaged)

    return edit


def fails(pair, trial, *alerts):
    """What the peer has sent is not read; it gets one of these alerts, and nothing is written afterwards."""
    error = trial.attempt(pair.subject.read, LARGEST)
    assert isinstance(error, pair.impl.SSLError)
    assert not isinstance(error, (pair.impl.SSLWantReadError, pair.impl.SSLEOFError, pair.impl.SSLZeroReturnError))
    assert pair.peer.alert_seen in alerts
    assert pair.subject.version() is None
    trial.is_over()


@pytest.mark.parametrize("place", [5, 12, -1], ids=["first_byte", "middle", "last_byte"])
@pytest.mark.clause("RFC 8446 5.2:bad-mac", "RFC 5246 6.2.3:bad-mac", "RFC 5246 7.2.2:bad-record-mac")
def test_a_damaged_record(pair, trial, place):
    """A record of which one bit has changed on its way ends the connection: bad_record_mac."""
    pair.shake_hands()
    pair.greet()
    pair.peer.tamper(flipped(place))
    pair.peer.send(b"to be damaged")
    fails(pair, trial, "bad_record_mac")


@pytest.mark.clause("RFC 8446 5.2:bad-mac", "RFC 5246 6.2.3:bad-mac")
def test_a_record_of_another_type_than_was_sealed(pair, trial):
    """The type of a record is protected: application data that is called an alert is refused."""
    pair.shake_hands()
    pair.greet()
    pair.peer.tamper(lambda record: bytes([ALERT]) + record[1:])
    pair.peer.send(b"data")
    fails(pair, trial, "bad_record_mac", "unexpected_message")


@pytest.mark.clause("RFC 8446 5.3:sequence", "RFC 5246 6.2.3:sequence")
def test_a_replayed_record(pair, trial):
    """A record that comes a second time is not taken for another: bad_record_mac."""
    pair.shake_hands()
    pair.greet()
    pair.peer.tamper(lambda record: record + record)
    pair.peer.send(b"once")
    assert pair.drive(pair.subject.read, 100) == b"once"
    fails(pair, trial, "bad_record_mac")


@pytest.mark.clause("RFC 8446 5.3:sequence", "RFC 5246 6.2.3:sequence")
def test_a_lost_record(pair, trial):
    """What follows a record that was lost is not taken for it: bad_record_mac."""
    pair.shake_hands()
    pair.greet()
    pair.peer.tamper(lambda _record: b"")
    pair.peer.send(b"lost")
    pair.carry()
    pair.peer.send(b"behind it")
    fails(pair, trial, "bad_record_mac")


@pytest.mark.clause("RFC 8446 5.1:record-limit", "RFC 5246 6.2.1:record-limit")
def test_the_largest_record(pair):
    """A record may hold 2**14 bytes of data."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(APPLICATION_DATA, bytes(LARGEST))
    assert pair.read(LARGEST) == bytes(LARGEST)


@pytest.mark.clause("RFC 8446 5.4:content-over-limit", "RFC 5246 6.2.1:content-over-limit")
def test_a_record_that_holds_a_byte_too_much(pair, trial):
    """A record that turns out to hold more than 2**14 bytes is refused: record_overflow."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(APPLICATION_DATA, bytes(LARGEST + 1))
    fails(pair, trial, "record_overflow")


@pytest.mark.clause("RFC 8446 5.2:protected-limit", "RFC 5246 6.2.3:over-limit")
def test_a_header_that_claims_too_much(pair, trial):
    """A record that says to be longer than the RFC allows is refused before it has come: record_overflow."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(bytes((APPLICATION_DATA, 3, 3)) + (LARGEST + 2049).to_bytes(2, "big"))
    fails(pair, trial, "record_overflow")


@pytest.mark.parametrize("length", [0, 1, 16], ids=str)
@pytest.mark.clause("RFC 8446 5.2:bad-mac", "RFC 5246 6.2.3:bad-mac")
def test_a_record_that_is_too_short(pair, trial, length):
    """A record too short to hold what protects it is refused."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(bytes((APPLICATION_DATA, 3, 3)) + length.to_bytes(2, "big") + bytes(length))
    fails(pair, trial, "bad_record_mac", "decode_error", "unexpected_message")


@pytest.mark.clause("RFC 8446 5:plain-too-late", "RFC 5246 6.2.3:encrypted")
def test_data_in_the_clear(pair, trial):
    """Data that comes without protection is not given to the caller."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(b"\x17\x03\x03\x00\x1dthis has never been encrypted")
    fails(pair, trial, "bad_record_mac")


@pytest.mark.clause("RFC 8446 5:plain-too-late", "RFC 5246 6.2.3:bad-mac")
def test_close_notify_in_the_clear(pair, trial):
    """An end that comes without protection is no end: whoever is on the way could have sent it."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(b"\x15\x03\x03\x00\x02\x01\x00")
    fails(pair, trial, "bad_record_mac", "unexpected_message")


@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 5.4:only-padding")
def test_nothing_but_padding(pair, trial):
    """A record of TLS 1.3 that holds only zeros has no content type: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(0, bytes(20))
    fails(pair, trial, "unexpected_message")


@pytest.mark.clause("RFC 8446 5.1:empty-data", "RFC 5246 6.2.1:empty-data")
def test_records_without_data(pair):
    """Application data of no bytes says nothing, and ends nothing."""
    pair.shake_hands()
    pair.greet()
    for _ in range(3):
        pair.peer.send_record(APPLICATION_DATA, b"")
    pair.peer.send(b"data at last")
    assert pair.read(12) == b"data at last"


@pytest.mark.clause("RFC 8446 5:ccs-too-late", "RFC 5246 7.1:once")
def test_change_cipher_spec_after_the_handshake(pair, trial):
    """There is nothing to change after the handshake: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(CHANGE_CIPHER_SPEC, b"\x01")
    fails(pair, trial, "unexpected_message", "bad_record_mac")


@pytest.mark.parametrize("content_type", [HEARTBEAT, 99], ids=["heartbeat", "type_99"])
@pytest.mark.clause("RFC 8446 5:unknown-type", "RFC 5246 6:unknown-type")
def test_a_record_of_an_unknown_type(pair, trial, content_type):
    """A protected record of a type that nobody has agreed on ends the connection: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(content_type, b"\x01\x00\x03abc" + bytes(16))
    fails(pair, trial, "unexpected_message")


# What has no place once TLS 1.3's handshake is over, and what has one but is wrong.
MESSAGES = {
    "client_hello": (bytes((1, 0, 0, 38, 3, 3)) + bytes(36), ("unexpected_message",)),
    "server_hello": (bytes((2, 0, 0, 38, 3, 3)) + bytes(36), ("unexpected_message",)),
    "encrypted_extensions": (bytes((8, 0, 0, 2, 0, 0)), ("unexpected_message",)),
    "certificate_verify": (bytes((15, 0, 0, 4, 4, 3, 0, 0)), ("unexpected_message",)),
    "finished": (bytes((20, 0, 0, 32)) + bytes(32), ("unexpected_message",)),
    "unknown_type": (bytes((99, 0, 0, 0)), ("unexpected_message",)),
    "key_update_of_a_third_kind": (bytes((24, 0, 0, 1, 2)), ("illegal_parameter",)),
    "key_update_without_content": (bytes((24, 0, 0, 0)), ("decode_error",)),
    "key_update_with_more_behind_it": (bytes((24, 0, 0, 1, 0, 24, 0, 0, 1, 0)), ("unexpected_message",)),
}


@pytest.mark.versions("tls13")
@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.clause("RFC 8446 4.6:few", "RFC 8446 4.6.3:bad-value", "RFC 8446 5.1:keys-end-records")
def test_a_handshake_message_after_the_handshake(pair, trial, message):
    """After the handshake few messages have a place, and those must be whole and alone where keys change."""
    pair.shake_hands()
    pair.greet()
    content, alerts = MESSAGES[message]
    pair.peer.send_record(HANDSHAKE, content)
    fails(pair, trial, *alerts)


@pytest.mark.versions("tls12")
@pytest.mark.parametrize("message", ["certificate_verify", "finished", "unknown_type"])
@pytest.mark.clause("RFC 5246 7.4:order")
def test_a_message_of_a_handshake_that_is_over(pair, trial, message):
    """After the handshake of TLS 1.2 none of its messages comes again but by a hello: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(HANDSHAKE, MESSAGES[message][0])
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls13")
@pytest.mark.roles("client")
@pytest.mark.clause("RFC 8446 4.6.2:unexpected-request")
def test_a_question_that_was_not_allowed(pair, trial):
    """A client that has not said that it may be asked for its certificate afterwards refuses the question."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(HANDSHAKE, bytes((13, 0, 0, 13, 2, 1, 2, 0, 8, 0, 13, 0, 4, 0, 2, 4, 3)))
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls12")
@pytest.mark.clause("RFC 5246 7.1:once")
def test_a_protected_change_cipher_spec_after_the_handshake(pair, trial):
    """A change_cipher_spec under the keys of TLS 1.2 changes nothing either: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(CHANGE_CIPHER_SPEC, b"\x02")
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 5.1:not-interleaved")
def test_data_between_the_halves_of_a_message(pair, trial):
    """In TLS 1.3 nothing comes between two fragments of a message, after the handshake neither: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(HANDSHAKE, KEY_UPDATE[:2])
    pair.peer.send(b"data")
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls12")
@pytest.mark.roles("client")
@pytest.mark.clause("RFC 5246 6.2.1:interleaved")
def test_data_between_the_halves_of_a_message_of_tls_1_2(pair):
    """In TLS 1.2 data may come between two fragments of a message, after the handshake: a request to begin another."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(HANDSHAKE, HELLO_REQUEST[:2])
    pair.peer.send(b"data")
    assert pair.read(4) == b"data"
    pair.peer.send_record(HANDSHAKE, HELLO_REQUEST[2:])
    pair.peer.send(b"more")
    assert pair.read(4) == b"more"


@pytest.mark.clause("RFC 5246 6.2.1:version", "RFC 8446 5.2:header")
def test_a_record_of_another_version(pair, trial):
    """A record under the keys that were agreed on names TLS 1.2, whichever version that is; another is refused."""
    pair.shake_hands()
    pair.greet()
    pair.peer.tamper(lambda record: record[:2] + b"\x02" + record[3:])
    pair.peer.send(b"data")
    fails(pair, trial, "protocol_version", "decode_error")


@pytest.mark.versions("tls12")
@pytest.mark.parametrize("content", [b"\x03\x28", b"\x00\x28"], ids=["three", "zero"])
@pytest.mark.clause("RFC 5246 7.2:levels")
def test_an_alert_of_a_level_that_nobody_knows(pair, trial, content):
    """In TLS 1.2 an alert is a warning or fatal: illegal_parameter."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(ALERT, content)
    fails(pair, trial, "illegal_parameter")


@pytest.mark.parametrize("content", [b"", b"\x02", b"\x02\x28\x00"], ids=["empty", "one_byte", "three_bytes"])
@pytest.mark.clause("RFC 8446 5.1:whole-alerts", "ssl.SSLError:protocol-failure")
def test_an_alert_of_another_length(pair, trial, content):
    """An alert that is not of two bytes is no alert."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(ALERT, content)
    fails(pair, trial, "unexpected_message", "decode_error")


@pytest.mark.clause("RFC 8446 5:unknown-type", "RFC 5246 6:unknown-type")
def test_a_record_of_an_unknown_type_in_the_clear(pair, trial):
    """So does one that comes without protection, when there should be some."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(b"\x63\x03\x03\x00\x40" + bytes(64))
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls13")
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 5:unknown-type")
def test_an_unknown_type_is_refused_by_its_header(pair, trial):
    """A record of a type that nobody has agreed on is refused when its header has come; its body is not waited for."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_raw(b"\x63\x03\x03\x00\x40")
    fails(pair, trial, "unexpected_message")


@pytest.mark.versions("tls13")
@pytest.mark.parametrize("zeros", [1, 100, LARGEST - 20], ids=str)
@pytest.mark.clause("RFC 8446 5.4:padding")
def test_padding_is_no_data(pair, zeros):
    """Zeros behind the content type of a record are padding, however many there are; what was sent is read."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(0, b"the data itself" + bytes([APPLICATION_DATA]) + bytes(zeros - 1))
    assert pair.drive(pair.subject.read, LARGEST) == b"the data itself"


@pytest.mark.parametrize("level", [1, 2], ids=["warning", "fatal"])
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 6:unknown-alerts")
def test_an_alert_that_nobody_knows(pair, trial, level):
    """An alert of a number that is not assigned is an error, whatever its level says."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(ALERT, bytes((level, 250)))
    error = trial.attempt(pair.subject.read, 1)
    assert isinstance(error, pair.impl.SSLError)
    assert not isinstance(error, pair.impl.SSLWantReadError)
    trial.is_over()
