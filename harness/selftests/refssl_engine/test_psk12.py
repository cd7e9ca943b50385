"""Pre-shared keys in TLS 1.2 (RFC 4279, RFC 5489): hints, unknown identities, other keys, and malformed messages.

That every suite connects is test_handshake12's. The reasons are those that CPython 3.15 gives on OpenSSL 3.6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refssl.engine import schedule12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ClientAuthentication, PeerIdentity, Verified
from refssl.engine.faults import ProtocolError, RecordFault
from refssl.engine.messages.hello import ServerHello
from refssl.engine.messages.tls12 import (
    Certificate,
    CertificateRequest,
    ClientKeyExchange,
    ServerHelloDone,
    ServerKeyExchange,
)
from refssl.engine.output import M, Output
from selftests.refssl_engine.support import credential, pair, shaken
from selftests.refssl_engine.support12 import IDENTITY, KEY, client_config, server_config, sessions, talk
from selftests.refssl_engine.test_handshake12 import Editing, fails

PLAIN, RSA = "PSK-AES128-GCM-SHA256", "RSA-PSK-AES128-GCM-SHA256"
ELLIPTIC, FINITE = "ECDHE-PSK-AES128-CBC-SHA256", "DHE-PSK-AES128-GCM-SHA256"
EVERY = (PLAIN, ELLIPTIC, FINITE, RSA)
# What stands before the other exchange's part in ClientKeyExchange and in ServerKeyExchange.
BEFORE, HINTED = 2 + len(IDENTITY), 2 + len(b"hint")


class Adding(Output):
    """A server that sends one message more, before or behind those of a class."""

    __slots__ = ("behind", "extra", "message_class")

    def __init__(self, message_class: type, extra: Any, behind: bool) -> None:
        super().__init__()
        self.message_class, self.extra, self.behind = message_class, extra, behind

    def send(self, message: M) -> M:
        here = isinstance(message, self.message_class)
        if here and not self.behind:
            super().send(self.extra)
        sent = super().send(message)
        if here and self.behind:
            super().send(self.extra)
        return sent


@pytest.mark.parametrize("name", EVERY)
def test_only_rsa_psk_shows_a_certificate(name: str) -> None:
    client, server = shaken(client_config(name), server_config(name))
    assert (client.peer is not None) is (name == RSA)
    assert server.peer is None
    assert client.server_signature_scheme is server.server_signature_scheme is None
    assert (client.group is not None) is (name == ELLIPTIC)
    assert client.group == server.group
    assert not client.resumed
    assert not server.resumed
    talk(client, server)


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("hint", [None, b"", b"hint", b"h" * 256])
def test_the_client_is_told_the_hint(name: str, hint: bytes | None) -> None:
    """RFC 4279 2: "If no hint is provided, the ServerKeyExchange message is omitted", unless a share is in it."""
    asked, seen = [], []

    def answer(given: bytes) -> tuple[bytes, bytes]:
        asked.append(given)
        return IDENTITY, KEY

    def observe(sent: bool, _version: int, _content_type: int, message: bytes) -> None:
        if not sent and message[:1] == b"\x0c":
            seen.append(message)

    shaken(client_config(name, psk_client=answer, observe=observe), server_config(name, psk_hint=hint))
    assert asked == [hint or b""]
    assert len(seen) == (hint is not None or name in (ELLIPTIC, FINITE))


def test_the_premaster_secret_is_the_rfc_s(monkeypatch: pytest.MonkeyPatch) -> None:
    """RFC 4279 2: "if the PSK is N octets long, concatenate a uint16 with the value N, N zero octets, a second uint16
    with the value N, and the PSK itself."
    """
    found = []
    derive = schedule12.extended_master_secret

    def spy(name: str, premaster: bytes, session_hash: bytes) -> Any:
        found.append(premaster)
        return derive(name, premaster, session_hash)

    monkeypatch.setattr(schedule12, "extended_master_secret", spy)
    shaken(client_config(PLAIN), server_config(PLAIN))
    assert found == [b"\0\x20" + bytes(32) + b"\0\x20" + KEY] * 2
    found.clear()
    shaken(client_config(ELLIPTIC), server_config(ELLIPTIC))
    # RFC 5489 2: Z first, which for X25519 is 32 bytes.
    assert found[0] == found[1]
    assert found[0][:2] == b"\0\x20"
    assert found[0][34:] == b"\0\x20" + KEY
    assert found[0][2:34] != bytes(32)


@pytest.mark.parametrize("name", EVERY)
def test_another_key_does_not_connect(name: str) -> None:
    fault = fails(*pair(client_config(name, psk_client=lambda _: (IDENTITY, b"another")), server_config(name)))
    assert isinstance(fault, RecordFault)
    assert fault.alert == 20


@pytest.mark.parametrize("name", EVERY)
def test_an_unknown_identity_is_refused(name: str) -> None:
    fault = fails(*pair(client_config(name, psk_client=lambda _: (b"who", KEY)), server_config(name)))
    assert (fault.alert, fault.reason) == (115, "PSK_IDENTITY_NOT_FOUND")


@pytest.mark.parametrize("name", EVERY)
def test_a_client_without_a_key_gives_up(name: str) -> None:
    fault = fails(*pair(client_config(name, psk_client=lambda _: None), server_config(name)))
    assert (fault.alert, fault.reason) == (40, "PSK_IDENTITY_NOT_FOUND")


def test_a_server_without_keys_takes_another_suite() -> None:
    names = (PLAIN, "ECDHE-RSA-AES128-GCM-SHA256")
    client, _ = shaken(client_config(*names), server_config(*names, psk_server=None))
    assert client.cipher_suite is not None
    assert client.cipher_suite.name == names[1]
    fault = fails(*pair(client_config(PLAIN), server_config(PLAIN, psk_server=None)))
    assert (fault.alert, fault.reason) == (40, "NO_SHARED_CIPHER")


@pytest.mark.parametrize("name", [PLAIN, ELLIPTIC, FINITE])
def test_a_server_without_certificates_asks_for_none(name: str) -> None:
    """RFC 4279 2: "The Certificate and CertificateRequest payloads are omitted from the response.\""""
    config = server_config(name, credentials=(), client_authentication=ClientAuthentication.REQUIRED)
    client, server = shaken(client_config(name, credentials=(credential(),)), config)
    assert client.client_signature_scheme is None
    talk(client, server)


def test_with_rsa_psk_both_show_certificates() -> None:
    config = server_config(RSA, client_authentication=ClientAuthentication.REQUIRED)
    _, server = shaken(client_config(RSA, credentials=(credential(),)), config)
    assert server.peer is not None
    assert server.peer.certificates == credential().certificates
    fault = fails(*pair(client_config(RSA), config))
    assert fault.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("required", [False, True])
def test_the_session_is_resumed(name: str, required: bool) -> None:
    """Who asks for certificates resumes all the same what was made with a pre-shared key in their place."""
    asking = ClientAuthentication.REQUIRED if required else ClientAuthentication.NONE
    config = server_config(name, sessions=sessions(), client_authentication=asking)
    mine = client_config(name, credentials=(credential(),))
    client, server = shaken(mine, config)
    again, server = shaken(replace(mine, session=client.session), replace(config, psk_server=None))
    assert again.resumed
    assert server.resumed
    assert (again.peer is not None) is (name == RSA)
    talk(again, server)


def test_with_rsa_psk_the_certificate_is_judged() -> None:
    client, _ = shaken(client_config(RSA), server_config(RSA))
    assert client.peer is not None
    assert isinstance(client.peer.proof, Verified)

    def refuse(_certificates: tuple[bytes, ...], encrypts: bool) -> PeerIdentity:
        assert encrypts
        raise ProtocolError(AlertDescription.BAD_CERTIFICATE, "CERTIFICATE_VERIFY_FAILED")

    fault = fails(*pair(client_config(RSA, authenticate=refuse), server_config(RSA)))
    assert fault.reason == "CERTIFICATE_VERIFY_FAILED"
    # Negative control: nobody is asked where there is no certificate.
    shaken(client_config(PLAIN, authenticate=refuse), server_config(PLAIN))


Change = Callable[[bytes], bytes]


@pytest.mark.parametrize(
    ("name", "change", "alert", "reason"),
    [
        *((name, lambda _: b"", 50, "LENGTH_MISMATCH") for name in EVERY),
        *((name, lambda _: b"\0\5ab", 50, "LENGTH_MISMATCH") for name in EVERY),
        *((name, lambda keys: b"\1\1" + b"i" * 257 + keys[BEFORE:], 50, "DATA_LENGTH_TOO_LONG") for name in EVERY),
        *((name, lambda keys: b"\1\0" + b"i" * 256 + keys[BEFORE:], 115, "PSK_IDENTITY_NOT_FOUND") for name in EVERY),
        (PLAIN, lambda keys: keys + b"x", 50, "LENGTH_MISMATCH"),
        (RSA, lambda keys: keys + b"x", 50, "LENGTH_MISMATCH"),
        (ELLIPTIC, lambda keys: keys + b"x", 50, "LENGTH_MISMATCH"),
        (ELLIPTIC, lambda keys: keys[:BEFORE], 40, "MISSING_TMP_ECDH_KEY"),
        (FINITE, lambda keys: keys + b"x", 50, "DH_PUBLIC_VALUE_LENGTH_IS_WRONG"),
        (FINITE, lambda keys: keys[:BEFORE], 50, "DH_PUBLIC_VALUE_LENGTH_IS_WRONG"),
        (FINITE, lambda keys: keys[:BEFORE] + b"\0\0", 50, "MISSING_TMP_DH_KEY"),
        (FINITE, lambda keys: keys[:BEFORE] + b"\0\1\1", 47, "BAD_KEY_SHARE"),
    ],
)
def test_a_malformed_client_key_exchange_is_refused(name: str, change: Change, alert: int, reason: str) -> None:
    output = Editing(ClientKeyExchange, exchange_keys=change)
    fault = fails(*pair(client_config(name), server_config(name), client_output=output))
    assert (fault.alert, fault.reason) == (alert, reason)


@pytest.mark.parametrize(
    ("name", "change", "alert", "reason"),
    [
        *((name, lambda _: b"", 50, "LENGTH_MISMATCH") for name in EVERY),
        *((name, lambda _: b"\0\5ab", 50, "LENGTH_MISMATCH") for name in EVERY),
        *((name, lambda body: b"\1\1" + b"h" * 257 + body[HINTED:], 40, "DATA_LENGTH_TOO_LONG") for name in EVERY),
        *((name, lambda body: body + b"x", 50, "EXTRA_DATA_IN_MESSAGE") for name in EVERY),
        (ELLIPTIC, lambda body: body[:HINTED], 50, "LENGTH_TOO_SHORT"),
        (ELLIPTIC, lambda body: body[:HINTED] + b"\3\0\x1e" + body[HINTED + 3 :], 47, "WRONG_CURVE"),
        (FINITE, lambda body: body[:HINTED], 50, "LENGTH_MISMATCH"),
    ],
)
def test_a_malformed_server_key_exchange_is_refused(name: str, change: Change, alert: int, reason: str) -> None:
    output = Editing(ServerKeyExchange, body=change)
    fault = fails(*pair(client_config(name), server_config(name, psk_hint=b"hint"), server_output=output))
    assert (fault.alert, fault.reason) == (alert, reason)


@pytest.mark.parametrize("hint", [None, b"hint"])
@pytest.mark.parametrize("name", [PLAIN, ELLIPTIC, FINITE])
def test_a_server_without_a_certificate_may_not_speak_of_them(name: str, hint: bytes | None) -> None:
    request = CertificateRequest((1, 64), (0x0403,), ())
    shown = Certificate(credential().certificates)
    for output in (Adding(ServerHelloDone, request, False), Adding(ServerHello, shown, True)):
        fault = fails(*pair(client_config(name), server_config(name, psk_hint=hint), server_output=output))
        assert (fault.alert, fault.reason) == (10, "UNEXPECTED_MESSAGE")
