"""Messages whose length is a lie, and messages cut into records as they may be, and as they must not be."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, APPLICATION_DATA, HEARTBEAT = 20, 21, 22, 23, 24
USER_CANCELED = bytes((1, 90))


@pytest.mark.messages("handshake", "-client_hello", "-server_hello", "-finished")
@pytest.mark.clause("RFC 8446 6.2:decode-error", "RFC 5246 7.2.2:decode-error")
def test_a_byte_too_much(pair, trial, message):
    """A message with a byte behind its last field cannot be decoded: decode_error."""
    pair.peer.settings.certificate = "rsa"  # whose signatures are all of one length
    pair.peer.change_body(message, lambda body: body + b"\0")
    trial.refused("decode_error", "illegal_parameter")


@pytest.mark.messages("finished")
@pytest.mark.parametrize("edit", [lambda body: body + b"\0", lambda body: body[:-1]], ids=["longer", "shorter"])
@pytest.mark.clause("RFC 8446 4.4.4:finished-verified", "RFC 5246 7.4.9:finished")
def test_a_finished_of_another_length(pair, trial, message, edit):
    """A Finished that is longer or shorter than its hash is refused."""
    pair.peer.change_body(message, edit)
    trial.refused("decode_error", "decrypt_error", "illegal_parameter")


@pytest.mark.messages("handshake", "-finished", "-server_hello_done", "-new_session_ticket")
@pytest.mark.clause("RFC 8446 6.2:decode-error", "RFC 5246 7.2.2:decode-error")
def test_a_byte_too_few(pair, trial, message):
    """A message that ends within its last field cannot be decoded: decode_error."""
    pair.peer.change_body(message, lambda body: body[:-1])
    trial.refused("decode_error")


@pytest.mark.messages("handshake", "-server_hello_done", "-client_key_exchange")
@pytest.mark.clause("RFC 8446 6.2:decode-error", "RFC 5246 7.2.2:decode-error")
def test_a_message_without_content(pair, trial, message):
    """A message with a body of no bytes cannot be decoded: decode_error."""
    pair.peer.change_body(message, lambda _body: b"")
    trial.refused("decode_error", "decrypt_error")


@pytest.mark.messages("handshake")
@pytest.mark.clause("ssl.SSLError:protocol-failure")
def test_a_length_beyond_all_limits(pair, trial, message):
    """A message that claims 16 MiB is refused at its header; nobody waits for all of it."""
    pair.peer.change_bytes(message, lambda data: data[:1] + b"\xff\xff\xff" + data[4:])
    trial.refused("illegal_parameter", "decode_error", "unexpected_message")


@pytest.mark.messages("handshake")
@pytest.mark.parametrize("size", [1, 5], ids=["of_1_byte", "of_5_bytes"])
@pytest.mark.clause("RFC 8446 5.1:fragments", "RFC 5246 6.2.1:fragments")
def test_a_message_in_small_pieces(pair, trial, message, size):
    """A handshake message may come in as many records as it has bytes."""
    pair.peer.in_records_of(message, size)
    trial.goes_on()


@pytest.mark.messages("handshake")
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 5.1:no-empty-fragments", "RFC 5246 6.2.1:no-empty-fragments")
def test_an_empty_handshake_record(pair, trial, message):
    """A record of no handshake bytes is refused, or is as good as not sent: nobody may send one, all may get one."""
    pair.peer.insert(message, HANDSHAKE, b"")
    if (error := trial.outcome()) is not None:
        assert isinstance(error, pair.impl.SSLError)
        assert pair.peer.alert_seen in ("unexpected_message", "decode_error")


@pytest.mark.messages("handshake")
@pytest.mark.clause("RFC 8446 5.1:not-interleaved", "RFC 5246 7.4:order")
def test_data_between_the_halves_of_a_message(pair, trial, message):
    """Application data between two fragments of a handshake message ends the connection: unexpected_message."""
    pair.peer.interrupt(message, APPLICATION_DATA, b"data")
    trial.refused("unexpected_message")


@pytest.mark.messages("handshake", "-client_hello")
@pytest.mark.versions("tls13")
@pytest.mark.level("should")
@pytest.mark.clause("RFC 8446 5.1:not-interleaved")
def test_an_alert_between_the_halves_of_a_message(pair, trial, message):
    """In TLS 1.3 nothing may come between the fragments of a handshake message, not even an alert without weight."""
    pair.peer.interrupt(message, ALERT, USER_CANCELED)
    trial.refused("unexpected_message")


@pytest.mark.messages("handshake")
@pytest.mark.parametrize("content_type", [HEARTBEAT, 99], ids=["heartbeat", "type_99"])
@pytest.mark.clause("RFC 8446 5:unknown-type", "RFC 5246 6:unknown-type")
def test_a_record_of_an_unknown_type(pair, trial, message, content_type):
    """A record of a type that nobody has agreed on ends the connection: unexpected_message."""
    pair.peer.insert(message, content_type, b"\x01\x00\x03abc" + bytes(16))
    trial.refused("unexpected_message")


@pytest.mark.messages("handshake")
@pytest.mark.parametrize("content_type", [APPLICATION_DATA, ALERT], ids=["application_data", "alert"])
@pytest.mark.clause("RFC 8446 5:unknown-type", "RFC 5246 6:unknown-type")
def test_a_message_in_a_record_of_another_type(pair, trial, message, content_type):
    """A handshake message in a record that is called something else is not taken for one."""
    pair.peer.carry_as(message, content_type)
    trial.refused("unexpected_message", "decode_error", "illegal_parameter", "bad_record_mac")


@pytest.mark.messages("handshake")
@pytest.mark.clause("RFC 8446 5.1:header-over-limit", "RFC 5246 6.2.1:header-over-limit")
def test_a_record_that_claims_too_much(pair, trial, message):
    """A record header with more than the RFC allows is refused before its content has come: record_overflow."""
    pair.peer.insert_header(message, 0x7FFF)
    trial.refused("record_overflow")


@pytest.mark.messages("handshake", "-client_hello", "-server_hello")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 5:protected-messages")
def test_a_message_without_protection(pair, trial, message):
    """Once there are keys, a handshake message that comes in the clear is refused."""
    pair.peer.send_unprotected(message)
    trial.refused("unexpected_message", "bad_record_mac")


@pytest.mark.messages("finished")
@pytest.mark.clause("RFC 8446 5.2:bad-mac", "RFC 5246 6.2.3:bad-mac")
def test_a_message_that_was_damaged(pair, trial, message):
    """A protected message of which one bit has changed on its way ends the handshake: bad_record_mac."""
    pair.peer.cut(message, lambda record: record[:-1] + bytes([record[-1] ^ 1]))
    trial.refused("bad_record_mac")


@pytest.mark.messages("-client_hello", "-server_hello")
@pytest.mark.clause("RFC 8446 5:ccs-other", "RFC 5246 7.1:once")
def test_a_change_cipher_spec_with_other_content(pair, trial, message):
    """A change_cipher_spec that holds anything but the one byte 1 is refused: unexpected_message."""
    pair.peer.insert_bytes(message, b"\x14\x03\x03\x00\x01\x02")
    trial.refused("unexpected_message", "illegal_parameter", "decode_error", "bad_record_mac")


@pytest.mark.versions("tls12")
@pytest.mark.messages("change_cipher_spec")
@pytest.mark.clause("RFC 5246 7.1:once")
def test_another_change_cipher_spec(pair, trial, message):
    """A ChangeCipherSpec that says something else than 1 is none: unexpected_message or illegal_parameter."""
    pair.peer.replace(message, CHANGE_CIPHER_SPEC, b"\x02")
    trial.refused("unexpected_message", "illegal_parameter", "decode_error")


@pytest.mark.messages("certificate")
@pytest.mark.versions("tls12")
@pytest.mark.clause("RFC 5246 7.4:order")
def test_a_change_cipher_spec_between_the_halves_of_a_message(pair, trial, message):
    """Keys do not change within a message: unexpected_message."""
    pair.peer.interrupt(message, CHANGE_CIPHER_SPEC, b"\x01")
    trial.refused("unexpected_message")


@pytest.mark.messages("certificate")
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 5.1:not-interleaved")
def test_a_dummy_change_cipher_spec_between_the_halves_of_a_message(pair, trial, message):
    """Not even a change_cipher_spec that means nothing comes between the fragments of a message."""
    pair.peer.interrupt_with_bytes(message, b"\x14\x03\x03\x00\x01\x01")
    trial.refused("unexpected_message")


EXTENSIONS = {
    "half_a_header": b"\0\3\xfa\xfa\0",
    "more_than_there_is": b"\0\4\xfa\xfa\0\1",
    "more_than_the_message_holds": b"\0\xff\xfa\xfa\0\0",
    "half_a_length": b"\0",
}


@pytest.mark.messages("encrypted_extensions")
@pytest.mark.parametrize("extensions", EXTENSIONS)
@pytest.mark.versions("tls13")
@pytest.mark.clause("RFC 8446 6.2:decode-error")
def test_extensions_that_end_too_early(pair, trial, message, extensions):
    """Extensions whose lengths do not add up cannot be decoded: decode_error."""
    pair.peer.change_body(message, lambda _: EXTENSIONS[extensions])
    trial.refused("decode_error")


def cut_with_header(pair, header):
    """The peer's ClientHello in two records, of which the second begins with these three bytes."""
    pair.carry()
    wire = pair.subject_incoming.read()
    body = wire[5:]
    for start, part in ((wire[:3], body[:20]), (header, body[20:])):
        pair.subject_incoming.write(start + len(part).to_bytes(2, "big") + part)


@pytest.mark.roles("server")
@pytest.mark.clause("ssl.SSLError:protocol-failure")
def test_a_second_record_of_another_protocol(pair, trial):
    """A record behind the first that is not of TLS by its version ends the handshake: protocol_version."""
    cut_with_header(pair, b"\x16\x05\x03")
    trial.refused("protocol_version")


@pytest.mark.roles("server")
@pytest.mark.clause("RFC 8446 5.1:legacy-version-ignored", "RFC 5246 Appendix E.1:legacy-version-ignored")
def test_a_second_record_of_another_version(pair, trial):
    """The control: which version of TLS the records of the ClientHello name is not looked at."""
    cut_with_header(pair, b"\x16\x03\x01")
    trial.goes_on()
