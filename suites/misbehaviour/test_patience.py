"""A peer that sends what brings nothing: how much of it is borne. The numbers are nobody's; that there is an end is."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

ALERT, APPLICATION_DATA = 21, 23
EARLY_DATA = 42
USER_CANCELED, UNRECOGNIZED_NAME = bytes((1, 90)), bytes((1, 112))
MANY = 200


def is_given_up(pair, trial, *alerts):
    """Reading ends with an SSLError, and the peer is told by one of these alerts."""
    error = trial.attempt(pair.subject.read, 100)
    assert isinstance(error, pair.impl.SSLError)
    assert not isinstance(error, (pair.impl.SSLWantReadError, pair.impl.SSLEOFError, pair.impl.SSLZeroReturnError))
    assert pair.peer.alert_seen in alerts
    trial.is_over()


@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 5.1:empty-data", "RFC 5246 6.2.1:empty-data")
def test_records_without_end_that_hold_nothing(pair, trial):
    """A peer that sends one empty record after the other is given up: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    for _ in range(MANY):
        pair.peer.send_record(APPLICATION_DATA, b"")
    is_given_up(pair, trial, "unexpected_message")


@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 5.1:empty-data", "RFC 5246 6.2.1:empty-data")
def test_data_between_them_makes_up_for_them(pair):
    """As many empty records do no harm where data comes between them."""
    pair.shake_hands()
    pair.greet()
    for _ in range(MANY // 20):
        for _ in range(20):
            pair.peer.send_record(APPLICATION_DATA, b"")
        pair.peer.send(b"!")
        assert pair.read(1) == b"!"


@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 6.1:user-canceled")
def test_warnings_without_end(pair, trial):
    """A peer that says again and again that its user has changed his mind is given up: unexpected_message."""
    pair.shake_hands()
    pair.greet()
    for _ in range(MANY):
        pair.peer.send_record(ALERT, USER_CANCELED)
    is_given_up(pair, trial, "unexpected_message")


@pytest.mark.versions("tls12")
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 5246 7.2.2:warning-goes-on")
def test_other_warnings_without_end(pair, trial):
    """So is one of TLS 1.2 with any other warning."""
    pair.shake_hands()
    pair.greet()
    for _ in range(MANY):
        pair.peer.send_record(ALERT, UNRECOGNIZED_NAME)
    is_given_up(pair, trial, "unexpected_message")


@pytest.mark.level("observed")
@pytest.mark.clause("RFC 5246 7.2.2:warning-goes-on", "RFC 8446 6.1:user-canceled")
def test_a_warning_or_two(pair):
    """One or two warnings are borne."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(ALERT, USER_CANCELED)
    pair.peer.send_record(ALERT, USER_CANCELED)
    pair.peer.send(b"as before")
    assert pair.read(9) == b"as before"


def early(pair, size, count):
    """A server has a ClientHello before it that announces early data, and behind it so many records of it."""
    pair.peer.change_extension("client_hello", EARLY_DATA, b"")
    pair.carry()
    pair.subject_incoming.write((b"\x17\x03\x03" + size.to_bytes(2, "big") + bytes(size)) * count)


@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 4.2.10:skipped")
def test_early_data_that_is_not_wanted(pair):
    """A server that takes no early data passes over it, and completes the handshake."""
    early(pair, 500, 3)
    pair.shake_hands()
    pair.greet()


@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 4.2.10:skipped")
def test_early_data_without_end(pair, trial):
    """It passes over as much as it would have let be sent, and not over more: unexpected_message."""
    early(pair, 16_000, 20)
    trial.refused("unexpected_message")


@pytest.mark.roles("server")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 5.2:bad-mac")
def test_early_data_that_nobody_announced(pair, trial):
    """Records that cannot be opened are passed over for early data only where the ClientHello has announced it."""
    pair.carry()
    pair.subject_incoming.write(b"\x17\x03\x03\x01\x00" + bytes(256))
    trial.refused("bad_record_mac")
