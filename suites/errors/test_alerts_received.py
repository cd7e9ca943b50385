"""Alerts of the peer: each becomes an SSLError whose reason names it (RFC 8446 6)."""

import pytest

FATAL, WARNING = 2, 1
ALERTS = [
    (10, "UNEXPECTED_MESSAGE"),
    (20, "BAD_RECORD_MAC"),
    (22, "RECORD_OVERFLOW"),
    (40, "HANDSHAKE_FAILURE"),
    (42, "BAD_CERTIFICATE"),
    (43, "UNSUPPORTED_CERTIFICATE"),
    (44, "CERTIFICATE_REVOKED"),
    (45, "CERTIFICATE_EXPIRED"),
    (46, "CERTIFICATE_UNKNOWN"),
    (47, "ILLEGAL_PARAMETER"),
    (48, "UNKNOWN_CA"),
    (49, "ACCESS_DENIED"),
    (50, "DECODE_ERROR"),
    (51, "DECRYPT_ERROR"),
    (70, "PROTOCOL_VERSION"),
    (71, "INSUFFICIENT_SECURITY"),
    (80, "INTERNAL_ERROR"),
    (86, "INAPPROPRIATE_FALLBACK"),
    (109, "MISSING_EXTENSION"),
    (110, "UNSUPPORTED_EXTENSION"),
    (112, "UNRECOGNIZED_NAME"),
    (113, "BAD_CERTIFICATE_STATUS_RESPONSE"),
    (116, "CERTIFICATE_REQUIRED"),
]


def answer(pair, level, number):
    """The ClientHello of the subject is answered with an alert that is not encrypted, as nothing is yet."""
    with pytest.raises(pair.impl.SSLWantReadError):
        pair.subject.do_handshake()
    pair.subject_outgoing.read()
    pair.subject_incoming.write(bytes([21, 3, 3, 0, 2, level, number]))


@pytest.mark.clause("ssl.SSLError:reason", "ssl.SSLError:alert-received", "RFC 8446 6.2:alert-learnt")
@pytest.mark.roles("client")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize(("number", "name"), ALERTS, ids=[name.lower() for _, name in ALERTS])
def test_the_reason_names_the_alert(pair, impl, number, name):
    """A fatal alert raises SSLError; its reason ends with the name that the RFC has for the alert."""
    answer(pair, FATAL, number)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.library == "SSL"
    assert caught.value.reason.endswith(name)
    assert not isinstance(caught.value, (impl.SSLCertVerificationError, impl.SSLEOFError, impl.SSLZeroReturnError))


@pytest.mark.clause("ssl.SSLError:unnamed-alert")
@pytest.mark.known("gh-127360")
@pytest.mark.roles("client")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize(
    ("number", "name"),
    [(115, "UNKNOWN_PSK_IDENTITY"), (120, "NO_APPLICATION_PROTOCOL"), (200, None)],
    ids=["unknown_psk_identity", "no_application_protocol", "unassigned"],
)
def test_an_alert_without_a_known_name_is_an_error_too(pair, impl, number, name):
    """An alert for which the library has no name is an SSLError all the same; its reason may be None.

    OpenSSL 3.0 has alerts 115 and 120 without a name, 3.6 with one; 200 is nobody's.
    """
    answer(pair, FATAL, number)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert type(caught.value) is impl.SSLError
    assert caught.value.errno == 1
    assert caught.value.reason is None or (name and caught.value.reason.endswith(name))


@pytest.mark.clause("ssl.SSLError:dead-afterwards", "RFC 5246 7.2.2:fatal-ends", "RFC 8446 6:fatal-ends")
@pytest.mark.roles("client")
def test_after_a_fatal_alert_there_is_silence(pair, impl):
    """A fatal alert ends the connection: nothing is answered, and nothing is written or waited for any more."""
    answer(pair, FATAL, 40)
    with pytest.raises(impl.SSLError):
        pair.subject.do_handshake()
    for call in (lambda: pair.subject.write(b"hello"), pair.subject.do_handshake, pair.subject.unwrap):
        with pytest.raises(impl.SSLError) as caught:
            call()
        assert not isinstance(caught.value, (impl.SSLWantReadError, impl.SSLWantWriteError))
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLError:after-alert")
@pytest.mark.roles("client")
@pytest.mark.level("should")
def test_after_a_fatal_alert_reading_raises(pair, impl):
    """Once an alert has ended the handshake, read() raises SSLError: b"" would say that the peer has closed."""
    answer(pair, FATAL, 40)
    with pytest.raises(impl.SSLError):
        pair.subject.do_handshake()
    for _ in range(2):
        with pytest.raises(impl.SSLError):
            pair.subject.read(10)


@pytest.mark.clause("ssl.SSLError:writing-after-alert")
@pytest.mark.roles("client")
@pytest.mark.level("observed")
def test_after_a_fatal_alert_writing_is_at_its_end(pair, impl):
    """Once the alert has been raised, write() raises SSLZeroReturnError, as after close_notify."""
    answer(pair, FATAL, 40)
    with pytest.raises(impl.SSLError):
        pair.subject.do_handshake()
    with pytest.raises(impl.SSLZeroReturnError):
        pair.subject.write(b"hello")


@pytest.mark.clause("ssl.SSLZeroReturnError:close-in-handshake", "RFC 8446 6.1:within-handshake")
@pytest.mark.roles("client")
def test_close_notify_within_the_handshake_is_a_clean_end(pair, impl):
    """A server that answers with close_notify has closed cleanly: SSLZeroReturnError."""
    answer(pair, WARNING, 0)
    with pytest.raises(impl.SSLZeroReturnError):
        pair.subject.do_handshake()


@pytest.mark.clause("RFC 5246 7.2.2:warning-goes-on", "RFC 6066 3:unrecognized")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
def test_a_warning_ends_nothing_in_tls12(pair, impl):
    """In TLS 1.2 a client may go on after an alert of level warning, and does: unrecognized_name comes from servers
    that are well."""
    answer(pair, WARNING, 112)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()


@pytest.mark.clause("ssl.SSLError:alert-received", "RFC 8446 6:levels-ignored")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("number", [40, 48, 80], ids=["handshake_failure", "unknown_ca", "internal_error"])
def test_a_level_does_not_excuse_an_error_in_tls13(pair, impl, number):
    """A client of TLS 1.3 alone takes an error for an error, whatever the level that stands beside it.

    "MUST be treated as error alerts when received regardless of the AlertLevel in the message". OpenSSL goes by the
    level until a ServerHello has said that the version is 1.3.
    """
    answer(pair, WARNING, number)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert not isinstance(caught.value, impl.SSLWantReadError)


@pytest.mark.clause("ssl.SSLError:alert-received")
@pytest.mark.roles("server")
@pytest.mark.parametrize(
    ("certificate", "trust", "host", "reason"),
    [
        ("server", "other-root", "localhost", "UNKNOWN_CA"),
        ("expired", "root", "localhost", "CERTIFICATE_EXPIRED"),
        ("server", "root", "other.example", "BAD_CERTIFICATE"),
        ("client-only", "root", "localhost", "UNSUPPORTED_CERTIFICATE"),
    ],
    ids=["unknown_ca", "expired", "wrong_host", "wrong_purpose"],
)
@pytest.mark.transports("memory", "asyncio")
@pytest.mark.peers("module", "openssl")
def test_a_server_learns_why_a_client_refused_it(pair, impl, certificate, trust, host, reason):
    """Where a client refuses the server's certificate, the server's handshake fails with what the client says."""
    pair.subject_context.load_cert_chain(*pair.pki[certificate])
    pair.peer.settings.trust, pair.peer.settings.server_hostname = trust, host
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason.endswith(reason)
    assert not isinstance(caught.value, impl.SSLCertVerificationError)


@pytest.mark.clause("ssl.SSLError:alert-received")
@pytest.mark.peers("module", "tlslite")
def test_an_alert_on_an_established_connection(pair, impl):
    """A fatal alert in the middle of the connection is raised by read(), after what was received before it."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"all is well")
    pair.subject.write(b"hello")
    record = bytearray(pair.subject_outgoing.read())
    record[-1] ^= 1
    pair.subject_outgoing.write(record)
    assert pair.read(11) == b"all is well"
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.read, 100)
    assert caught.value.reason == "SSLV3_ALERT_BAD_RECORD_MAC"
    assert pair.peer.received() == b""
