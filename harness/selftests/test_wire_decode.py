"""The wire decoded: every message of real connections in both versions, their fields, and bytes that are hostile."""

from __future__ import annotations

import random
import ssl
import zlib
from pathlib import Path

import pytest

import refssl
from selftests.wire_support import captured, fields, greet, message, messages, told
from sslspec.bench.credentials import Pki
from sslspec.bench.pair import Variant
from sslspec.wire.capture import Data
from sslspec.wire.decode import Decoder, Said
from sslspec.wire.fields import Setting
from sslspec.wire.fields import read as read_message
from sslspec.wire.tap import TappedPair

SERVER_FLIGHT_13 = [
    "server ServerHello",
    "server change_cipher_spec",
    "server {EncryptedExtensions}",
    "server {Certificate}",
    "server {CertificateVerify}",
    "server {Finished}",
]


class TestTls13:
    def test_a_handshake_with_client_certificate_and_tickets(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            pair.subject_context.load_cert_chain(*made_pki["client"])
            pair.subject_context.set_alpn_protocols(["h2", "http/1.1"])
            pair.peer.settings.alpn = ("h2",)
            pair.peer.settings.verify_client = "required"
            greet(pair)
            pair.peer.close_notify()
            pair.carry()

        found = told(tmp_path, made_pki, Variant("client", "tls13"), play)
        assert messages(found) == [
            "client ClientHello",
            *SERVER_FLIGHT_13[:3],
            "server {CertificateRequest}",
            *SERVER_FLIGHT_13[3:],
            "client change_cipher_spec",
            "client {Certificate}",
            "client {CertificateVerify}",
            "client {Finished}",
            "server [NewSessionTicket]",
            "server [NewSessionTicket]",
            "server [application data] 13 bytes b'from the peer'",
            "client [application data] 16 bytes b'from the subject'",
            "server [alert] warning close_notify (0)",
        ]
        hello = fields(message(found, "ClientHello"))
        assert hello["server_name"] == "localhost"
        assert hello["supported_versions"] == "TLS 1.3"
        assert hello["application_layer_protocol_negotiation"] == "h2, http/1.1"
        assert "TLS_AES_128_GCM_SHA256" in hello["cipher_suites"].split(", ")
        assert "ecdsa_secp256r1_sha256" in hello["signature_algorithms"].split(", ")
        chosen = fields(message(found, "ServerHello"))
        assert chosen["supported_versions"] == "TLS 1.3"
        assert "bytes)" in chosen["key_share"]
        assert fields(message(found, "EncryptedExtensions"))["application_layer_protocol_negotiation"] == "h2"
        assert fields(message(found, "NewSessionTicket"))["ticket_lifetime"].endswith(" s")
        ours = [entry for entry in found.entries if entry.title.endswith("Certificate") and entry.by == "client"]
        assert fields(ours[0])["certificate"].startswith("O=sslspec/OU=client")
        assert fields(message(found, "CertificateVerify"))["algorithm"] == "ecdsa_secp256r1_sha256"

    def test_a_hello_retry_request(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            pair.peer.settings.groups = ("secp384r1",)
            pair.shake_hands()

        found = told(tmp_path, made_pki, Variant("client", "tls13"), play)
        retry = fields(message(found, "HelloRetryRequest"))
        assert retry["key_share"] == "secp384r1"
        assert messages(found)[:5] == [
            "client ClientHello",
            "server HelloRetryRequest",
            "server change_cipher_spec",
            "client change_cipher_spec",
            "client ClientHello",
        ]
        assert "client {Finished}" in messages(found)

    def test_a_resumed_session(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            greet(pair)
            second = pair.reconnect(session=pair.bare_subject.session)
            greet(second)  # type: ignore[arg-type]

        found = told(tmp_path, made_pki, Variant("client", "tls13"), play)
        assert found.subjects == {1: "client", 2: "client"}
        assert fields(message(found, "ClientHello", 2))["pre_shared_key"] == "1 identity"
        assert fields(message(found, "ServerHello", 2))["pre_shared_key"] == "identity 0"
        assert "server {Certificate}" in messages(found, 1)
        assert "server {Certificate}" not in messages(found, 2)
        assert "server {Finished}" in messages(found, 2)

    @pytest.mark.parametrize("role", ["client", "server"])
    def test_key_updates_in_both_directions(self, tmp_path: Path, made_pki: Pki, role: str) -> None:
        """With tlslite-ng, which tells its secrets in its own way."""

        def play(pair: TappedPair) -> None:
            pair.shake_hands()
            pair.peer.update_keys(answer_wanted=True)
            pair.greet()
            pair.peer.update_keys()
            pair.greet()

        found = told(tmp_path, made_pki, Variant(role, "tls13"), play, peer="tlslite")
        said = messages(found)
        assert sum("[KeyUpdate]" in line for line in said) == 3
        assert sum("b'from the peer'" in line for line in said) == 2
        assert sum("b'from the subject'" in line for line in said) == 2
        assert fields(message(found, "KeyUpdate"))["request_update"] == "update_requested"

    def test_an_alert_under_keys_and_one_in_the_clear(self, tmp_path: Path, made_pki: Pki) -> None:
        def refuse(pair: TappedPair) -> None:
            pair.subject_context.verify_mode = ssl.CERT_REQUIRED  # and it trusts nobody
            pair.peer.settings.certificate = "client"
            with pytest.raises(ssl.SSLError):
                pair.drive(pair.subject.do_handshake)

        def part(pair: TappedPair) -> None:
            pair.peer.settings.versions = ("tls12", "tls12")
            with pytest.raises(ssl.SSLError):
                pair.drive(pair.subject.do_handshake)

        refused = messages(told(tmp_path, made_pki, Variant("server", "tls13"), refuse))
        assert refused[-1] == "server [alert] fatal unknown_ca (48)"
        parted = messages(told(tmp_path, made_pki, Variant("client", "tls13"), part))
        assert parted[-1] == "server alert fatal protocol_version (70)"

    def test_a_compressed_certificate_is_unpacked(self, made_pki: Pki) -> None:
        der = made_pki.der("server")
        entry = len(der).to_bytes(3, "big") + der + b"\0\0"
        packed = zlib.compress(b"\0" + len(entry).to_bytes(3, "big") + entry)
        body = b"\0\1" + (len(entry) + 4).to_bytes(3, "big") + len(packed).to_bytes(3, "big") + packed
        title, found = read_message(25, body, Setting(tls13=True))
        assert title == "CompressedCertificate"
        assert [(field.name, field.value.partition(",")[0]) for field in found] == [
            ("algorithm", "zlib"),
            ("certificate", "O=sslspec/OU=server"),
        ]
        unknown = read_message(25, b"\0\2" + body[2:], Setting(tls13=True))[1]
        assert [field.name for field in unknown] == ["algorithm", "compressed_certificate_message"]
        (spoilt,) = read_message(25, body[:20], Setting(tls13=True))[1]
        assert spoilt.name == "not readable"


class TestTls12:
    def test_a_handshake_with_a_ticket_and_its_resumption(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            greet(pair)
            greet(pair.reconnect(session=pair.bare_subject.session))  # type: ignore[arg-type]

        found = told(tmp_path, made_pki, Variant("client", "tls12"), play)
        assert messages(found, 1) == [
            "client ClientHello",
            "server ServerHello",
            "server Certificate",
            "server ServerKeyExchange",
            "server ServerHelloDone",
            "client ClientKeyExchange",
            "client change_cipher_spec",
            "client [Finished]",
            "server NewSessionTicket",
            "server change_cipher_spec",
            "server [Finished]",
            "server [application data] 13 bytes b'from the peer'",
            "client [application data] 16 bytes b'from the subject'",
        ]
        assert messages(found, 2)[:6] == [
            "client ClientHello",
            "server ServerHello",
            "server change_cipher_spec",
            "server [Finished]",
            "client change_cipher_spec",
            "client [Finished]",
        ]
        assert fields(message(found, "ServerKeyExchange"))["named_curve"]
        assert fields(message(found, "NewSessionTicket"))["ticket"] == "present"
        assert fields(message(found, "ClientHello", 2))["session_ticket"] == "present"

    @pytest.mark.parametrize(
        "suite", ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "DHE-RSA-AES128-GCM-SHA256"]
    )
    def test_each_kind_of_protection_is_opened(self, tmp_path: Path, made_pki: Pki, suite: str) -> None:
        """Block ciphers with encrypt_then_mac, and finite fields; AEAD is what the others have."""

        def play(pair: TappedPair) -> None:
            pair.subject_context.set_ciphers(suite)
            pair.peer.settings.ciphers = suite
            if "RSA" in suite:
                pair.peer.settings.certificate = "rsa"
            greet(pair)

        found = told(tmp_path, made_pki, Variant("client", "tls12"), play)
        assert "client [Finished]" in messages(found)
        assert messages(found)[-1] == "client [application data] 16 bytes b'from the subject'"
        if suite.startswith("DHE"):
            assert fields(message(found, "ServerKeyExchange"))["dh_p"].endswith(" bits")

    def test_an_alert_behind_the_handshake_is_opened(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            greet(pair)
            with pytest.raises(ssl.SSLWantReadError):
                pair.subject.unwrap()
            pair.carry()

        found = told(tmp_path, made_pki, Variant("client", "tls12"), play)
        assert "client [alert] warning close_notify (0)" in messages(found)


class TestHostileBytes:
    def test_a_message_that_cannot_be_read_is_shown_in_hexadecimal(self, tmp_path: Path, made_pki: Pki) -> None:
        def play(pair: TappedPair) -> None:
            pair.peer.change_body("encrypted_extensions", lambda body: body + b"\0")  # type: ignore[attr-defined]
            with pytest.raises(ssl.SSLError):
                pair.drive(pair.subject.do_handshake)

        found = told(tmp_path, made_pki, Variant("client", "tls13"), play, peer="scripted")
        spoilt = message(found, "EncryptedExtensions").fields[0]
        assert (spoilt.name, spoilt.value.partition(":")[2]) == ("not readable", " LENGTH_MISMATCH")
        assert spoilt.aside.endswith("00")
        assert messages(found)[-1] == "client alert fatal decode_error (50)"  # OpenSSL has no keys to send with yet

    def test_what_is_no_tls_is_told_as_it_is(self) -> None:
        (said,) = Decoder({}).feed("client", b"GET / HTTP/1.1\r\n\r\n")
        assert (said.kind, said.title, said.fields[0].aside) == ("bytes", "no TLS", r"b'GET / HTTP/1.1\r\n\r\n'")

    def test_what_was_begun_and_never_completed_is_told_at_the_end(self) -> None:
        decoder = Decoder({})
        assert decoder.feed("server", bytes.fromhex("160303000a0b00006400")) == []
        assert [said.title for said in decoder.rest()] == ["part of a record"]
        assert decoder.feed("server", bytes(5)) == []
        (said,) = decoder.rest()
        assert (said.title, said.fields[0].value) == ("Certificate", "10 of 104 bytes came")

    def test_without_secrets_records_stay_closed(self, tmp_path: Path, made_pki: Pki) -> None:
        """The negative control of all that is opened."""
        capture, secrets = captured(tmp_path, made_pki, Variant("client", "tls13"), greet)
        said = read(capture.happenings, {})
        assert [one.title for one in said if one.by == "server"][:2] == ["ServerHello", "change_cipher_spec"]
        assert all(one.kind == "record" for one in said if one.by == "server" and one.record > 2)
        wrong = {key: dict.fromkeys(known, bytes(48)) for key, known in secrets.by_random.items()}
        assert [one.kind for one in read(capture.happenings, wrong)] == [one.kind for one in said]

    @pytest.mark.parametrize("version", ["tls12", "tls13"])
    def test_how_bytes_are_cut_makes_no_difference(self, tmp_path: Path, made_pki: Pki, version: str) -> None:
        capture, secrets = captured(tmp_path, made_pki, Variant("client", version), greet)
        whole = read(capture.happenings, secrets.by_random)
        decoder, pieces = Decoder(secrets.by_random), []
        for one in capture.happenings:
            if isinstance(one, Data):
                pieces += [said for byte in one.data for said in decoder.feed(one.by, bytes([byte]))]
        assert pieces == whole

    @pytest.mark.parametrize("version", ["tls12", "tls13"])
    def test_nothing_that_is_sent_raises(self, tmp_path: Path, made_pki: Pki, version: str) -> None:
        capture, secrets = captured(tmp_path, made_pki, Variant("client", version), greet)
        chance = random.Random(20)
        for _ in range(300):
            decoder = Decoder(secrets.by_random)
            for one in capture.happenings:
                if isinstance(one, Data):
                    data = bytearray(one.data)
                    for _ in range(chance.randrange(4)):
                        data[chance.randrange(len(data))] = chance.randrange(256)
                    decoder.feed(
                        one.by, bytes(data[: chance.randrange(len(data) + 1)] if chance.random() < 0.2 else data)
                    )
            decoder.rest()


def test_refssl_as_the_implementation_is_read_alike(tmp_path: Path, made_pki: Pki) -> None:
    theirs = told(tmp_path, made_pki, Variant("server", "tls13"), greet, impl=refssl)
    assert "server {Finished}" in messages(theirs)
    assert theirs.subjects == {1: "server"}


def test_over_a_socket_the_same_is_seen(tmp_path: Path, made_pki: Pki) -> None:
    def play(pair: TappedPair) -> None:
        greet(pair)
        pair.peer.close_transport()

    found = told(tmp_path, made_pki, Variant("client", "tls13", "socketpair"), play)
    assert [line for line in messages(found) if line.startswith("server")][:6] == SERVER_FLIGHT_13
    assert "closes its end" in [entry.title for entry in found.entries if entry.kind == "closed"]


def read(happenings: object, secrets: dict[bytes, dict[str, bytes]]) -> list[Said]:
    assert isinstance(happenings, list)
    decoder = Decoder(secrets)
    return [said for one in happenings if isinstance(one, Data) for said in decoder.feed(one.by, one.data)]
