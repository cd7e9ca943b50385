"""Something other than TLS on the line: refused by name, answered by an alert where that makes sense, then dead."""

import pytest

pytestmark = pytest.mark.deliveries("whole", "bytewise")

REQUESTS = {
    "get": b"GET / HTTP/1.0\r\n\r\n",
    "post": b"POST /a HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "head": b"HEAD / ",
}
OTHERS = {
    "http_reply": b"HTTP/1.0 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    "ssh": b"SSH-2.0-OpenSSH_9.9\r\n",
    "smtp": b"220 mail.example ESMTP ready\r\n",
    "zeros": bytes(64),
    "noise": bytes(range(128, 256)),
    "unknown_version": b"\x16\x09\x09\x00\x05hello",
}


def received(pair, impl, data):
    """The subject in the place where the peer's first bytes are due, with `data` there instead, as it is delivered."""
    if not pair.server_side:
        with pytest.raises(impl.SSLWantReadError):
            pair.subject.do_handshake()
        pair.subject_outgoing.read()
    size = 1 if pair.variant.delivery == "bytewise" else len(data)
    for start in range(0, len(data), size):
        pair.subject_incoming.write(data[start : start + size])
        if start + size < min(5, len(data)):  # not even a record's header yet
            with pytest.raises(impl.SSLWantReadError):
                pair.subject.do_handshake()


def alert_in(wire):
    """The description of the one plaintext alert record in `wire`; None where there is nothing."""
    if not wire:
        return None
    assert wire[0] == 21
    assert wire[3:5] == b"\0\2"
    assert len(wire) == 7
    assert wire[5] == 2, "a fatal alert"
    return wire[6]


@pytest.mark.clause("ssl.SSLError:protocol-failure")
@pytest.mark.roles("server")
@pytest.mark.parametrize("request_text", REQUESTS.values(), ids=REQUESTS)
def test_an_http_request_is_recognised(pair, impl, request_text):
    """Plain HTTP at a TLS port is SSLError with the reason HTTP_REQUEST; no alert is sent, for nobody could read it."""
    received(pair, impl, request_text)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == "HTTP_REQUEST"
    assert caught.value.library == "SSL"
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLError:protocol-failure")
@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_what_is_no_record_is_a_wrong_version(pair, impl, text):
    """Bytes whose record header cannot be TLS are SSLError with the reason WRONG_VERSION_NUMBER."""
    received(pair, impl, text)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == "WRONG_VERSION_NUMBER"
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_SSL


@pytest.mark.clause("ssl.SSLError:protocol-failure")
@pytest.mark.level("observed")
@pytest.mark.roles("server")
@pytest.mark.deliveries("whole")
def test_a_proxy_request_is_recognised(pair, impl):
    """HTTP's CONNECT at a TLS port has a reason of its own, HTTPS_PROXY_REQUEST."""
    received(pair, impl, b"CONNECT server.example:443 HTTP/1.1\r\n\r\n")
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == "HTTPS_PROXY_REQUEST"


@pytest.mark.clause("ssl.SSLError:dead-afterwards")
@pytest.mark.parametrize("text", [REQUESTS["post"], OTHERS["http_reply"]], ids=["request", "reply"])
def test_a_connection_that_met_something_else_stays_dead(pair, impl, text):
    """After the refusal nothing succeeds: each later call raises SSLError, version() is None, no data comes out.

    OpenSSL 3.6 goes on to look for a record in what is left, 3.0 does not; neither ever finds one.
    """
    received(pair, impl, text)
    for call in (pair.subject.do_handshake, pair.subject.read, lambda: pair.subject.write(b"x"), pair.subject.unwrap):
        with pytest.raises(impl.SSLError):
            call()
    assert pair.subject.version() is None
    assert pair.subject.cipher() is None
    assert pair.subject.pending() == 0


@pytest.mark.clause(
    "ssl.SSLError:protocol-failure",
    "RFC 5246 6.2.1:header-over-limit",
    "RFC 8446 5.1:header-over-limit",
    "RFC 8446 6.2:record-overflow",
)
@pytest.mark.parametrize("length", [b"\xff\xff", b"\x40\x01"], ids=["far", "by_one"])
def test_a_record_that_is_too_long_is_refused_by_its_header(pair, impl, length):
    """A length above 2**14 in the first header is refused at once, with record_overflow; no body is awaited."""
    received(pair, impl, b"\x16\x03\x01" + length)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason in {
        "PACKET_LENGTH_TOO_LONG",
        "DATA_LENGTH_TOO_LONG",
        "RECORD_LAYER_FAILURE",
    }  # the latter since OpenSSL 3.2
    assert alert_in(pair.subject_outgoing.read()) == impl.AlertDescription.ALERT_DESCRIPTION_RECORD_OVERFLOW


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 8446 5:data-too-early", "RFC 8446 6.2:unexpected-message")
def test_data_before_the_handshake_is_unexpected(pair, impl):
    """Where a hello is due, a record of application data is refused with unexpected_message."""
    refused_as_unexpected(pair, impl, b"\x17\x03\x03\x00\x05hello")


@pytest.mark.clause("RFC 5246 7.4:order", "RFC 8446 5:ccs-too-early", "RFC 8446 6.2:unexpected-message")
@pytest.mark.roles("server")
def test_a_server_expects_no_change_cipher_spec_before_the_hello(pair, impl):
    """Before the first ClientHello a change_cipher_spec is refused with unexpected_message, in TLS 1.3 too."""
    refused_as_unexpected(pair, impl, b"\x14\x03\x03\x00\x01\x01")


@pytest.mark.clause("ssl.SSLError:protocol-failure", "RFC 5246 7.4:order")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
def test_a_tls_1_2_client_expects_no_change_cipher_spec_before_the_hello(pair, impl):
    """In TLS 1.2 a change_cipher_spec in place of the ServerHello is refused with unexpected_message."""
    refused_as_unexpected(pair, impl, b"\x14\x03\x03\x00\x01\x01")


def refused_as_unexpected(pair, impl, record):
    received(pair, impl, record)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == "UNEXPECTED_MESSAGE"
    assert alert_in(pair.subject_outgoing.read()) == impl.AlertDescription.ALERT_DESCRIPTION_UNEXPECTED_MESSAGE


@pytest.mark.clause("RFC 8446 5:ccs-dropped")
@pytest.mark.versions("tls13")
@pytest.mark.roles("client")
@pytest.mark.deliveries("whole")
def test_a_change_cipher_spec_in_front_of_a_tls_1_3_server_hello_is_dropped(pair, impl):
    """From the first ClientHello to the peer's Finished, one byte 0x01 of change_cipher_spec must simply be dropped.

    OpenSSL refuses it in front of the ServerHello, although the ClientHello has been sent by then.
    """
    flight = first_flight(pair, impl)
    pair.subject_incoming.write(b"\x14\x03\x03\x00\x01\x01" + flight)
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("RFC 8446 5:ccs-dropped", "RFC 8446 D.4:compatible")
@pytest.mark.versions("tls13")
@pytest.mark.deliveries("whole")
def test_a_change_cipher_spec_behind_a_tls_1_3_hello_is_dropped(pair, impl):
    """A change_cipher_spec behind the hello, as middleboxes like to see it, changes nothing, also where two come."""
    flight = first_flight(pair, impl)
    end = 5 + int.from_bytes(flight[3:5], "big")
    pair.subject_incoming.write(flight[:end] + b"\x14\x03\x03\x00\x01\x01" * 2 + flight[end:])
    pair.shake_hands()
    pair.greet()


def first_flight(pair, impl):
    """The first that the peer has to say, taken out of the subject's incoming BIO."""
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    pair.carry()
    return pair.subject_incoming.read()


@pytest.mark.clause("ssl.SSLError:alert-received", "RFC 8446 6.2:alert-learnt")
@pytest.mark.deliveries("whole")
@pytest.mark.roles("client")
@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (40, "SSLV3_ALERT_HANDSHAKE_FAILURE"),
        (48, "TLSV1_ALERT_UNKNOWN_CA"),
        (70, "TLSV1_ALERT_PROTOCOL_VERSION"),
        (80, "TLSV1_ALERT_INTERNAL_ERROR"),
        (112, "TLSV1_UNRECOGNIZED_NAME"),
    ],
    ids=["handshake_failure", "unknown_ca", "protocol_version", "internal_error", "unrecognized_name"],
)
def test_a_fatal_alert_in_answer_to_the_hello_has_its_reason(pair, impl, code, reason):
    """A server that refuses says why by its alert: the client raises SSLError with that reason, and sends no alert."""
    received(pair, impl, bytes([21, 3, 3, 0, 2, 2, code]))
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == reason
    assert pair.subject_outgoing.pending == 0
    assert pair.subject.version() is None


@pytest.mark.clause("ssl.SSLZeroReturnError:close-in-handshake", "RFC 8446 6.1:within-handshake")
@pytest.mark.deliveries("whole")
@pytest.mark.roles("client")
def test_a_server_may_close_instead_of_answering(pair, impl):
    """close_notify in answer to the hello is a clean end, though an early one: SSLZeroReturnError."""
    received(pair, impl, bytes([21, 3, 3, 0, 2, 1, 0]))
    with pytest.raises(impl.SSLZeroReturnError) as caught:
        pair.subject.do_handshake()
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_ZERO_RETURN
    assert pair.subject.version() is None


@pytest.mark.clause("ssl.SSLWantReadError:more-needed")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("start", [b"G", b"\x16", b"\x16\x03\x01\x00"], ids=["letter", "type", "four_bytes"])
def test_less_than_a_header_is_no_reason_to_refuse(pair, impl, start):
    """Up to the five bytes of a record header nothing is decided: the handshake wants to read."""
    received(pair, impl, start)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    assert pair.subject_outgoing.pending == 0
