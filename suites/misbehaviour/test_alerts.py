"""A peer that gives up: every fatal alert, at every point of the handshake, and what the error then says."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

ALERT = 21
FATAL = 2
# RFC 8446 6 and, beyond them, RFC 5246 7.2 and RFC 6066 9; the reason is OpenSSL's name for an alert that was received.
REASONS = {
    10: "SSLV3_ALERT_UNEXPECTED_MESSAGE",
    20: "SSLV3_ALERT_BAD_RECORD_MAC",
    21: "TLSV1_ALERT_DECRYPTION_FAILED",
    22: "TLSV1_ALERT_RECORD_OVERFLOW",
    30: "SSLV3_ALERT_DECOMPRESSION_FAILURE",
    40: "SSLV3_ALERT_HANDSHAKE_FAILURE",
    41: "SSLV3_ALERT_NO_CERTIFICATE",
    42: "SSLV3_ALERT_BAD_CERTIFICATE",
    43: "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE",
    44: "SSLV3_ALERT_CERTIFICATE_REVOKED",
    45: "SSLV3_ALERT_CERTIFICATE_EXPIRED",
    46: "SSLV3_ALERT_CERTIFICATE_UNKNOWN",
    47: "SSLV3_ALERT_ILLEGAL_PARAMETER",
    48: "TLSV1_ALERT_UNKNOWN_CA",
    49: "TLSV1_ALERT_ACCESS_DENIED",
    50: "TLSV1_ALERT_DECODE_ERROR",
    51: "TLSV1_ALERT_DECRYPT_ERROR",
    60: "TLSV1_ALERT_EXPORT_RESTRICTION",
    70: "TLSV1_ALERT_PROTOCOL_VERSION",
    71: "TLSV1_ALERT_INSUFFICIENT_SECURITY",
    80: "TLSV1_ALERT_INTERNAL_ERROR",
    86: "TLSV1_ALERT_INAPPROPRIATE_FALLBACK",
    109: "TLSV13_ALERT_MISSING_EXTENSION",
    110: "TLSV1_UNSUPPORTED_EXTENSION",
    111: "TLSV1_CERTIFICATE_UNOBTAINABLE",
    112: "TLSV1_UNRECOGNIZED_NAME",
    113: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
    114: "TLSV1_BAD_CERTIFICATE_HASH_VALUE",
    115: "TLSV1_ALERT_UNKNOWN_PSK_IDENTITY",
    116: "TLSV13_ALERT_CERTIFICATE_REQUIRED",
    120: "TLSV1_ALERT_NO_APPLICATION_PROTOCOL",
}


@pytest.mark.messages("-client_hello")
@pytest.mark.parametrize("description", [40, 80], ids=["handshake_failure", "internal_error"])
@pytest.mark.clause("RFC 8446 6:fatal-ends", "RFC 5246 7.2.2:fatal-ends", "ssl.SSLError:dead-afterwards")
def test_an_alert_at_any_point(pair, trial, message, description):
    """A fatal alert ends the handshake wherever it comes; it is the error's reason, and is not answered."""
    pair.peer.replace(message, ALERT, bytes((FATAL, description)))
    assert trial.refused("none").reason == REASONS[description]


@pytest.mark.messages("certificate")
@pytest.mark.parametrize("description", REASONS, ids=str)
@pytest.mark.clause("ssl.SSLError:alert-received", "RFC 8446 6.2:alert-learnt")
def test_each_alert_by_its_name(pair, trial, message, description):
    """An alert that ends the handshake is told by the reason of the SSLError, each by its own."""
    pair.peer.replace(message, ALERT, bytes((FATAL, description)))
    error = trial.refused("none")
    assert (type(error), error.library, error.reason) == (pair.impl.SSLError, "SSL", REASONS[description])


@pytest.mark.messages("finished")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 6:levels-ignored")
def test_the_level_of_an_alert_says_nothing(pair, trial, message):
    """In TLS 1.3 an alert is fatal by its description, whatever its level says."""
    pair.peer.replace(message, ALERT, bytes((1, 40)))
    assert trial.refused("none").reason == "SSLV3_ALERT_HANDSHAKE_FAILURE"


@pytest.mark.messages
@pytest.mark.parametrize("content", [b"", b"\x02", b"\x02\x28\x00"], ids=["empty", "one_byte", "three_bytes"])
@pytest.mark.clause("RFC 8446 5.1:whole-alerts", "ssl.SSLError:protocol-failure")
def test_an_alert_of_another_length(pair, trial, message, content):
    """An alert that is not of two bytes is no alert."""
    pair.peer.replace(message, ALERT, content)
    trial.refused("unexpected_message", "decode_error", "illegal_parameter")


@pytest.mark.messages("-client_hello")
@pytest.mark.clause("ssl.SSLZeroReturnError:close-in-handshake", "RFC 8446 6.1:within-handshake")
def test_close_notify_in_mid_handshake(pair, trial, message):
    """A peer that closes in mid-handshake makes it fail: there is no connection that could have been closed cleanly."""
    pair.peer.replace(message, ALERT, bytes((1, 0)))
    error = trial.fails()
    assert isinstance(error, (pair.impl.SSLZeroReturnError, pair.impl.SSLEOFError))
