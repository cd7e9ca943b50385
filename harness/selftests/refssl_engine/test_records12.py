"""Records of TLS 1.2: protection, limits, alerts, ChangeCipherSpec and its place (RFC 5246 6, 7.1, RFC 7366)."""

from __future__ import annotations

from typing import Any

import pytest

from refssl.ciphers.catalogue import BY_NAME
from refssl.crypto import blocks
from refssl.crypto.hashing import Mac, function
from refssl.engine import cbc, protection12
from refssl.engine.alerts import AlertDescription
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, Fault, ProtocolError, RecordFault
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, ChangeCipherSpec, Raw
from refssl.engine.messages.tls13 import Finished
from refssl.engine.output import M, Output
from selftests.refssl_engine.support import deliver, pair, pump, records, shaken
from selftests.refssl_engine.support12 import client_config, server_config

CBC = ["AES128-SHA", "ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA384"]
PROTECTED = [*CBC, "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-CHACHA20-POLY1305", "AES128-CCM8", "AES256-CCM"]


def connected(name: str, **changes: Any) -> tuple[Connection, Connection]:
    return shaken(client_config(name, **changes), server_config(name, **changes))


def outcome(receiver: Connection, record: bytes) -> tuple[Any, ...]:
    """Everything of a refusal that a peer could see: class, alert, reason, and the sizes of the answer's records."""
    with pytest.raises(RecordFault) as caught:
        receiver.check_header(record[:5])
        receiver.receive(record)
    answer = tuple(len(sent) for sent in records(receiver.take_output()))
    return type(caught.value), caught.value.alert, caught.value.reason, caught.value.cause, answer


@pytest.mark.parametrize("name", PROTECTED)
def test_an_altered_record_is_refused_wherever_it_was_altered(name: str) -> None:
    seen = set()
    for place in (5, 12, 13, 21, 22, 30, -1, -16, -17, -20):
        client, server = connected(name)
        client.send(b"x" * 40)
        record = bytearray(client.take_output())
        record[place] ^= 1
        seen.add(outcome(server, bytes(record)))
    assert len(seen) == 1
    assert next(iter(seen))[1] is AlertDescription.BAD_RECORD_MAC


@pytest.mark.parametrize("name", PROTECTED)
def test_records_out_of_order_or_again_are_refused(name: str) -> None:
    client, server = connected(name)
    client.send(b"one")
    first = client.take_output()
    server.receive(first)
    assert outcome(server, first)[1] is AlertDescription.BAD_RECORD_MAC


@pytest.mark.parametrize("name", PROTECTED)
def test_a_record_of_another_type_or_cut_short_is_refused(name: str) -> None:
    client, server = connected(name)
    client.send(b"x" * 64)
    record = client.take_output()
    assert outcome(server, b"\x16" + record[1:])[1] is AlertDescription.BAD_RECORD_MAC
    for size in (0, 1, 7, 8, 15, 16, 23, 24, 32, 40, 48):
        _, server = connected(name)
        cut = record[:3] + size.to_bytes(2, "big") + record[5 : 5 + size]
        # Too short for a MAC behind the ciphertext: there OpenSSL says decode_error.
        short = name in CBC and size < 48
        assert outcome(server, cut)[1] in {AlertDescription.BAD_RECORD_MAC, *([AlertDescription.DECODE_ERROR] * short)}


@pytest.mark.parametrize("name", ["NULL-SHA256", "NULL-MD5", "PSK-NULL-SHA384", "AECDH-NULL-SHA"])
def test_without_encryption_the_content_can_be_read_but_not_changed(name: str) -> None:
    """RFC 5246 6.2.3.1: "the NULL cipher"; the MAC protects what it covers, the order of records included."""
    client, server = connected(name)
    client.send(b"in the clear")
    client.send(b"and in order")
    first, second = records(client.take_output())
    assert first[5:17] == b"in the clear"
    for wrong in (first[:5] + b"I" + first[6:], second, first[:-1] + bytes((first[-1] ^ 1,)), first[:5]):
        _, other = connected(name)
        wrong = wrong[:3] + (len(wrong) - 5).to_bytes(2, "big") + wrong[5:]
        assert outcome(other, wrong)[1] is AlertDescription.BAD_RECORD_MAC
    for record in (first, second):
        server.receive(record)
    assert b"".join(server.plaintext) == b"in the clearand in order"


@pytest.mark.parametrize("etm", [True, False], ids=["encrypt_then_mac", "mac_then_encrypt"])
@pytest.mark.parametrize(
    "name", ["AES128-SHA", "AES128-SHA256", "PSK-AES256-CBC-SHA384", "CAMELLIA128-SHA", "PSK-CAMELLIA256-SHA384"]
)
def test_bad_padding_and_a_bad_mac_are_the_same(name: str, etm: bool) -> None:
    """RFC 5246 6.2.3.2: no alert, no reason and no record tells the one from the other."""
    suite = BY_NAME[name]
    digest = suite.digest or ""
    length = function(digest).length
    mac_key, key, iv = bytes(length), bytes(suite.key_length), bytes(range(16))
    block_key = blocks.cbc_key(suite.cipher, key)

    def record(content: bytes, padding: bytes, *, good_mac: bool) -> bytes:
        header = b"\x17\x03\x03" + len(content).to_bytes(2, "big")
        if etm:
            body = iv + blocks.cbc_encrypt(block_key, iv, content + padding)
            header = b"\x17\x03\x03" + len(body).to_bytes(2, "big")
            tag = Mac(function(digest), mac_key).mac(bytes(8) + header + body)
            body += tag if good_mac else bytes(length)
        else:
            tag = Mac(function(digest), mac_key).mac(bytes(8) + header + content)
            whole = content + (tag if good_mac else bytes(length)) + padding
            body = iv + blocks.cbc_encrypt(block_key, iv, whole)
        return b"\x17\x03\x03" + len(body).to_bytes(2, "big") + body

    fill = 48 if etm else 48 + (16 - length % 16) % 16
    content = b"c" * fill
    good = b"\x0f" * 16
    assert cbc.Opener(suite, mac_key, key, etm).open(record(content, good, good_mac=True)) == (23, content)
    # Padding may be longer than it need be (RFC 5246 6.2.3.2: "up to 255 bytes").
    long = b"\xef" * 240
    assert cbc.Opener(suite, mac_key, key, etm).open(record(content, long, good_mac=True)) == (23, content)
    seen = set()
    wrong = (b"\x0e" * 15 + b"\x0f", b"\x00" + b"\x0f" * 15, b"\xff" * 16, b"\x0f" * 8 + b"\x0e" + b"\x0f" * 7)
    for padding, good_mac in ((good, False), *((bad, True) for bad in wrong), *((bad, False) for bad in wrong)):
        with pytest.raises(RecordFault) as caught:
            cbc.Opener(suite, mac_key, key, etm).open(record(content, padding, good_mac=good_mac))
        seen.add((caught.value.alert, caught.value.reason, caught.value.cause))
    assert seen == {
        (AlertDescription.BAD_RECORD_MAC, "RECORD_LAYER_FAILURE", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC"),
    }


def test_every_iv_of_cbc_is_another() -> None:
    """RFC 5246 6.2.3.2: the IV "MUST be unpredictable"; it comes from `Config.random`."""
    client, _ = connected("AES128-SHA")
    client.send(b"same")
    client.send(b"same")
    first, second = records(client.take_output())
    assert first[5:21] != second[5:21]


def test_the_explicit_nonce_counts() -> None:
    """RFC 5288 3: "The nonce_explicit MUST be distinct for each distinct invocation"."""
    client, _ = connected("ECDHE-ECDSA-AES128-GCM-SHA256")
    client.send(b"one")
    client.send(b"two")
    assert [record[5:13] for record in records(client.take_output())] == [bytes(7) + b"\x01", bytes(7) + b"\x02"]


def test_what_is_too_long_is_refused() -> None:
    for length, reason in ((2**14 + 2049, None), (2**14 + 2048, "later")):
        _, server = connected("AES128-SHA")
        header = b"\x17\x03\x03" + length.to_bytes(2, "big")
        if reason is None:
            with pytest.raises(RecordFault) as caught:
                server.check_header(header)
            assert caught.value.alert is AlertDescription.RECORD_OVERFLOW
        else:
            assert server.check_header(header) == length
    suite = connected("ECDHE-ECDSA-AES128-GCM-SHA256")[0].cipher_suite
    assert suite is not None
    sealer = protection12.ExplicitNonceSealer(suite, bytes(16), bytes(4))
    with pytest.raises(RecordFault) as caught:
        protection12.ExplicitNonceOpener(suite, bytes(16), bytes(4)).open(sealer.seal(23, bytes(2**14 + 1)))
    assert caught.value.alert is AlertDescription.RECORD_OVERFLOW


def test_a_header_of_another_version_is_refused() -> None:
    _, server = connected("AES128-SHA")
    with pytest.raises(RecordFault) as caught:
        server.check_header(b"\x17\x03\x01\x00\x30")
    assert caught.value.alert is AlertDescription.PROTOCOL_VERSION


class Early(Output):
    """A peer whose ChangeCipherSpec is missing, doubled, misshapen, or comes before everything else."""

    __slots__ = ("way",)

    def __init__(self, way: str) -> None:
        super().__init__()
        self.way = way

    def send(self, message: M) -> M:
        if isinstance(message, ChangeCipherSpec):
            if self.way == "missing":
                return message
            if self.way == "doubled":
                super().send(message)
            if self.way == "misshapen":
                super().send(Raw(CHANGE_CIPHER_SPEC, b"\x02"))
                return message
            if self.way == "data":
                super().send(Raw(APPLICATION_DATA, b"early"))
        elif self.way == "early" and not isinstance(message, (Finished, Raw)):
            sent = super().send(message)
            super().send(ChangeCipherSpec())
            return sent
        return super().send(message)


@pytest.mark.parametrize("way", ["missing", "doubled", "misshapen", "data", "early"])
@pytest.mark.parametrize("faulty", ["client", "server"])
def test_change_cipher_spec_has_one_place_and_one_form(way: str, faulty: str) -> None:
    """RFC 5246 7.1: without it Finished is not taken, and nothing else may be in its place."""
    client, server = pair(client_config(), server_config(), **{f"{faulty}_output": Early(way)})
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    assert (server if faulty == "client" else client).failed
    # A Finished that is protected without notice is no handshake message at all, and so may be anything.
    expected = {AlertDescription.UNEXPECTED_MESSAGE}
    if way == "missing":
        expected |= {AlertDescription.ILLEGAL_PARAMETER, AlertDescription.DECODE_ERROR}
    if way == "doubled":
        expected |= {AlertDescription.BAD_RECORD_MAC}
    assert caught.value.alert in expected


def test_change_cipher_spec_after_the_handshake_is_refused() -> None:
    client, server = connected("AES128-SHA")
    client.output.flush()
    sealed = client.output.sealer
    assert sealed is not None
    with pytest.raises(ProtocolError) as caught:
        server.receive(sealed.seal(CHANGE_CIPHER_SPEC, b"\x01"))
    assert caught.value.alert is AlertDescription.UNEXPECTED_MESSAGE


def send_sealed(sender: Connection, receiver: Connection, content_type: int, content: bytes) -> None:
    assert sender.output.sealer is not None
    receiver.receive(sender.output.sealer.seal(content_type, content))


def test_alerts() -> None:
    client, server = connected("AES128-SHA")
    send_sealed(client, server, ALERT, b"\x01\x70")
    assert not server.failed
    with pytest.raises(ProtocolError) as caught:
        for _ in range(5):
            send_sealed(client, server, ALERT, b"\x01\x70")
    assert caught.value.reason == "TOO_MANY_WARN_ALERTS"
    client, server = connected("AES128-SHA")
    with pytest.raises(AlertReceived):
        send_sealed(client, server, ALERT, b"\x02\x28")
    client, server = connected("AES128-SHA")
    with pytest.raises(ProtocolError) as caught:
        send_sealed(client, server, ALERT, b"\x03\x28")
    assert caught.value.reason == "UNKNOWN_ALERT_TYPE"


def test_empty_records() -> None:
    """RFC 5246 6.2.1: "Zero-length fragments of Application data MAY be sent"; not for ever, and not of other types."""
    client, server = connected("AES128-SHA")
    for _ in range(32):
        send_sealed(client, server, APPLICATION_DATA, b"")
    assert not server.plaintext
    with pytest.raises(Fault):
        send_sealed(client, server, APPLICATION_DATA, b"")
    for content_type in (ALERT, HANDSHAKE, CHANGE_CIPHER_SPEC):
        client, server = connected("AES128-SHA")
        with pytest.raises(ProtocolError) as caught:
            send_sealed(client, server, content_type, b"")
        assert caught.value.alert is AlertDescription.UNEXPECTED_MESSAGE


def test_plain_records_are_refused_once_there_are_keys() -> None:
    for record in (b"\x15\x03\x03\x00\x02\x01\x00", b"\x17\x03\x03\x00\x01x", b"\x14\x03\x03\x00\x01\x01"):
        _, server = connected("ECDHE-ECDSA-AES128-GCM-SHA256")
        assert outcome(server, record)[1] is AlertDescription.BAD_RECORD_MAC


def test_close_is_answered_and_what_follows_is_ignored() -> None:
    client, server = connected("AES128-SHA")
    client.close()
    deliver(client, server)
    assert server.close_notify_received
    server.receive(b"\x17\x03\x03\x00\x01x")
    server.send(b"still")
    deliver(server, client)
    assert client.plaintext.pop() == b"still"


def test_a_whole_flight_may_share_one_record_and_a_message_many() -> None:
    """RFC 5246 6.2.1: messages "MAY be coalesced into a single TLSPlaintext record", and fragmented."""
    client, server = pair(client_config(), server_config())
    client.start()
    deliver(client, server)
    flight = server.take_output()
    assert len(list(records(flight))) == 1
    for octet in flight[5:]:
        client.receive(b"\x16\x03\x03\x00\x01" + bytes((octet,)))
    deliver(client, server)
    deliver(server, client)
    assert client.handshake_complete


def test_new_keys_are_not_for_tls_1_2() -> None:
    client, _ = connected("AES128-SHA")
    with pytest.raises(ValueError):
        client.update_keys(request=False)
