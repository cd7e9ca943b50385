"""Handshakes of TLS 1.2: each key exchange and cipher, client certificates, versions, and what must not succeed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from refssl.ciphers.support import SUITES12
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ClientAuthentication
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, Fault, ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages import tls12
from refssl.engine.messages.control import HANDSHAKE, Raw
from refssl.engine.messages.hello import DOWNGRADE_TLS12, ClientHello, ServerHello
from refssl.engine.messages.tls13 import CertificateVerify, Finished
from refssl.engine.negotiation import FALLBACK_SCSV
from refssl.engine.output import M, Output
from refssl.engine.presentation import decode
from selftests.refssl_engine import support
from selftests.refssl_engine.support import credential, deliver, pair, pump, shaken
from selftests.refssl_engine.support12 import BY_NAME, client_config, field, server_config, talk

EVERY_SUITE = [suite.name for suite in SUITES12.values()]


class Editing(Output):
    """A peer of which every message of a class is edited: ``Editing(Finished, verify_data=...)``."""

    __slots__ = ("changes", "message_class")

    def __init__(self, message_class: type, **changes: Any) -> None:
        super().__init__()
        self.message_class = message_class
        self.changes = changes

    def send(self, message: M) -> M:
        if isinstance(message, self.message_class):
            found = {name: new(getattr(message, name)) if callable(new) else new for name, new in self.changes.items()}
            message = replace(message, **found)  # type: ignore[type-var]
        return super().send(message)


def fails(client: Connection, server: Connection) -> ProtocolError:
    """The fault in which a handshake ends, of whoever found it; the other is told."""
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    found = caught.value
    guilty, other = (client, server) if client.failed else (server, client)
    with pytest.raises(AlertReceived) as told:
        deliver(guilty, other)
    assert told.value.description == found.alert
    assert not client.handshake_complete or not server.handshake_complete
    return found


@pytest.mark.parametrize("name", EVERY_SUITE)
def test_every_suite_connects(name: str) -> None:
    client, server = shaken(client_config(name), server_config(name))
    assert client.version == server.version == 0x0303
    assert client.cipher_suite is server.cipher_suite is SUITES12[BY_NAME[name]]
    assert client.client_finished == server.client_finished != client.server_finished == server.server_finished
    talk(client, server)
    client.close()
    deliver(client, server)
    assert server.close_notify_received


@pytest.mark.parametrize("etm", [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("ems", [(True, True), (True, False), (False, True)])
def test_both_extensions_are_only_there_where_both_want_them(ems: tuple[bool, bool], etm: tuple[bool, bool]) -> None:
    name = "ECDHE-RSA-AES128-SHA"
    client, server = shaken(
        client_config(name, extended_master_secret=ems[0], encrypt_then_mac=etm[0]),
        server_config(name, extended_master_secret=ems[1], encrypt_then_mac=etm[1]),
    )
    assert client.session is not None
    assert client.session.extended_master_secret is all(ems)
    client.send(b"x")
    record = client.take_output()
    # RFC 7366 3: with a MAC of 20 bytes behind the ciphertext the record is no longer whole blocks.
    assert ((len(record) - 5) % 16 == 0) is not all(etm)
    server.receive(record)
    assert server.plaintext.pop() == b"x"
    talk(client, server)


@pytest.mark.parametrize("kind", ["P-256", "P-384", "RSA", "Ed25519", "Ed448"])
@pytest.mark.parametrize("side", ["client", "server"])
def test_every_kind_of_key_authenticates(kind: str, side: str) -> None:
    names = ("ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-RSA-AES256-GCM-SHA384")
    asking = ClientAuthentication.REQUIRED if side == "client" else ClientAuthentication.NONE
    server_side = {"credentials": (credential(kind),)} if side == "server" else {}
    client, server = shaken(
        client_config(*names, credentials=(credential(kind),) if side == "client" else ()),
        server_config(*names, client_authentication=asking, **server_side),
    )
    identified = server.peer if side == "client" else client.peer
    assert identified is not None
    assert identified.certificates == credential(kind).certificates
    assert (server.client_signature_scheme is not None) is (side == "client")
    assert client.client_signature_scheme == server.client_signature_scheme
    assert client.server_signature_scheme == server.server_signature_scheme


def test_a_client_without_certificate() -> None:
    optional = server_config(client_authentication=ClientAuthentication.OPTIONAL)
    _, server = shaken(client_config(), optional)
    assert server.peer is None
    required = server_config(client_authentication=ClientAuthentication.REQUIRED)
    fault = fails(*pair(client_config(), required))
    assert (fault.alert, fault.reason) == (40, "PEER_DID_NOT_RETURN_A_CERTIFICATE")


def test_the_highest_common_version_is_spoken_in_one_hello() -> None:
    codes = (0x1301, BY_NAME["ECDHE-ECDSA-AES128-GCM-SHA256"])
    for versions, spoken in (((0x0303, 0x0304), 0x0304), ((0x0303, 0x0303), 0x0303), ((0x0304, 0x0304), 0x0304)):
        low, high = versions
        ends = {"cipher_suites": codes, "minimum_version": 0x0303, "maximum_version": 0x0304}
        limited = {**ends, "minimum_version": low, "maximum_version": high}
        client, server = shaken(client_config(**ends), server_config(**limited))
        assert client.version == server.version == spoken
        client, server = shaken(client_config(**limited), server_config(**ends))
        assert client.version == server.version == spoken
        talk(client, server)


def test_a_downgrade_is_seen() -> None:
    """RFC 8446 4.1.3: whoever takes supported_versions out of the hello is found out by the sentinel."""
    both = {"cipher_suites": (0x1301, BY_NAME["ECDHE-ECDSA-AES128-GCM-SHA256"]), "maximum_version": 0x0304}

    class Downgrading(Output):
        def send(self, message: M) -> M:
            if isinstance(message, ClientHello):
                left = {kind: data for kind, data in message.extensions.items() if kind != ext.SUPPORTED_VERSIONS}
                super().send(replace(message, extensions=left))
                return message
            return super().send(message)

    fault = fails(*pair(client_config(**both), server_config(**both), client_output=Downgrading()))
    assert (fault.alert, fault.reason) == (47, "INAPPROPRIATE_FALLBACK")
    # Negative control: a server that has no TLS 1.3 sets no sentinel.
    client, _ = shaken(client_config(**both), server_config())
    assert client.version == 0x0303


def test_fallback_is_refused_where_more_was_possible() -> None:
    both = {"cipher_suites": (0x1301, BY_NAME["ECDHE-ECDSA-AES128-GCM-SHA256"]), "maximum_version": 0x0304}
    fault = fails(*pair(client_config(fallback=True), server_config(**both)))
    assert (fault.alert, fault.reason) == (AlertDescription.INAPPROPRIATE_FALLBACK, "INAPPROPRIATE_FALLBACK")
    shaken(client_config(fallback=True), server_config())


@pytest.mark.parametrize("faulty", ["client", "server"])
def test_a_wrong_finished_is_refused(faulty: str) -> None:
    for changed, reason in ((bytes(12), "DIGEST_CHECK_FAILED"), (bytes(11), "BAD_DIGEST_LENGTH")):
        output = {f"{faulty}_output": Editing(Finished, verify_data=changed)}
        fault = fails(*pair(client_config(), server_config(), **output))  # type: ignore[arg-type]
        assert fault.reason == reason


@pytest.mark.parametrize("name", ["ECDHE-RSA-AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256"])
def test_a_signature_over_other_parameters_is_refused(name: str) -> None:
    def change(body: bytes) -> bytes:
        return body[:-1] + bytes((body[-1] ^ 1,))

    output = Editing(tls12.ServerKeyExchange, body=change)
    fault = fails(*pair(client_config(name), server_config(name), server_output=output))
    assert (fault.alert, fault.reason) == (51, "BAD_SIGNATURE")


def test_a_wrong_certificate_verify_is_refused() -> None:
    asking = server_config(client_authentication=ClientAuthentication.REQUIRED)
    output = Editing(CertificateVerify, signature=lambda signature: signature[:-1] + bytes((signature[-1] ^ 1,)))
    client = client_config(credentials=(credential("RSA"),))
    fault = fails(*pair(client, asking, client_output=output))
    assert (fault.alert, fault.reason) == (51, "BAD_SIGNATURE")


def encrypted_to(public: Any, premaster: bytes) -> bytes:
    from refssl.crypto.keys import PublicKey

    data = PublicKey.from_spki(public).encrypt_pkcs1(premaster)
    assert data is not None
    return len(data).to_bytes(2, "big") + data


def test_no_wrong_premaster_secret_can_be_told_from_another() -> None:
    """RFC 5246 7.4.7.1: padding, length and version of what was encrypted make no difference that the client sees."""
    spki = credential("RSA").certificates[0]
    wrong = {
        "another secret": encrypted_to(spki, b"\x03\x03" + bytes(46)),
        "version": encrypted_to(spki, b"\x03\x02" + bytes(46)),
        "length": encrypted_to(spki, b"\x03\x03" + bytes(20)),
        "padding": b"\x01\x00" + b"\x17" * 256,
        "too short": b"\x00\x05" + bytes(5),
        "larger than the modulus": b"\x01\x00" + b"\xff" * 256,
        "empty": b"\x00\x00",
    }
    seen = set()
    for exchange_keys in wrong.values():
        output = Editing(tls12.ClientKeyExchange, exchange_keys=exchange_keys)
        client, server = pair(client_config("AES128-SHA"), server_config("AES128-SHA"), client_output=output)
        fault = fails(client, server)
        assert server.failed
        seen.add((type(fault), fault.alert, fault.reason))
    assert len(seen) == 1


def test_bad_points_and_numbers_are_refused() -> None:
    p, _ = field()
    for name, contents in (
        ("ECDHE-RSA-AES128-GCM-SHA256", b"\x20" + bytes(32)),
        ("DHE-RSA-AES128-GCM-SHA256", b"\x00\x01\x01"),
        ("DHE-RSA-AES128-GCM-SHA256", b"\x01\x00" + (p - 1).to_bytes(256, "big")),
    ):
        output = Editing(tls12.ClientKeyExchange, exchange_keys=contents)
        fault = fails(*pair(client_config(name), server_config(name), client_output=output))
        assert fault.alert == 47


@pytest.mark.parametrize(
    ("name", "highest", "groups", "formats"),
    [
        ("ECDHE-RSA-AES128-GCM-SHA256", 0x0303, b"\0\x02\0\x1d", True),
        ("DHE-RSA-AES128-GCM-SHA256", 0x0303, None, False),
        ("DHE-RSA-AES128-GCM-SHA256", 0x0304, b"\0\x04\x01\0\0\x1d", False),
        ("ECDHE-RSA-AES128-GCM-SHA256", 0x0304, b"\0\x04\x01\0\0\x1d", True),
    ],
)
def test_groups_are_offered_where_they_mean_something(
    name: str, highest: int, groups: bytes | None, formats: bool
) -> None:
    """RFC 7919 4: finite fields are not listed where only TLS 1.2 is offered; RFC 8422 4: nor curves without use."""
    seen: list[ClientHello] = []

    class Watching(Output):
        def send(self, message: M) -> M:
            if isinstance(message, ClientHello):
                seen.append(message)
            return super().send(message)

    suites = (BY_NAME[name], 0x1301)
    config = client_config(cipher_suites=suites, maximum_version=highest, groups=(0x0100, 0x1D), key_shares=(0x1D,))
    Connection(config, Watching()).start()
    assert seen[0].extensions.get(ext.SUPPORTED_GROUPS) == groups
    assert (ext.EC_POINT_FORMATS in seen[0].extensions) is formats


@pytest.mark.parametrize("least", [(112, 80), (80, 112)])
def test_a_small_field_is_refused(least: tuple[int, int]) -> None:
    name, small = "DHE-RSA-AES128-GCM-SHA256", (2**1024 - 1093337, 2)
    client, server = pair(
        client_config(name, least_field=least[0]), server_config(name, least_field=least[1], dh_parameters=small)
    )
    fault = fails(client, server)
    assert (fault.alert, fault.reason) == (40, "DH_KEY_TOO_SMALL")
    # Negative control: who asks for less gets it.
    shaken(client_config(name, least_field=80), server_config(name, least_field=80, dh_parameters=small))


@pytest.mark.parametrize(
    ("client", "server", "alert", "reason"),
    [
        (client_config("AES128-SHA"), server_config("AES256-SHA"), 40, "NO_SHARED_CIPHER"),
        (client_config(groups=(0x18,)), server_config(groups=(0x1D,)), 40, "NO_SHARED_CIPHER"),
        (client_config(), server_config(credentials=(support.credential("RSA"),)), 40, "NO_SHARED_CIPHER"),
        (client_config(signature_schemes=(0x0401,)), server_config(), 40, "NO_SHARED_CIPHER"),
        (client_config("DHE-RSA-AES128-SHA"), server_config("DHE-RSA-AES128-SHA", dh_parameters=None), 40, None),
        (
            client_config(),
            server_config(cipher_suites=(0x1301,), minimum_version=0x0304, maximum_version=0x0304),
            70,
            "UNSUPPORTED_PROTOCOL",
        ),
    ],
)
def test_nothing_in_common(client: Any, server: Any, alert: int, reason: str | None) -> None:
    fault = fails(*pair(client, server))
    assert (fault.alert, fault.reason) == (alert, reason or "NO_SHARED_CIPHER")


@pytest.mark.parametrize(
    ("change", "alert", "reason"),
    [
        ({"extensions": {}}, 40, "UNSAFE_LEGACY_RENEGOTIATION_DISABLED"),
        ({"extensions": {0xFF01: b"\x01\x07"}}, 47, "RENEGOTIATION_MISMATCH"),
        ({"extensions": {0xFF01: b"\0", 23: b"", 5: b""}}, 110, "UNSOLICITED_EXTENSION"),
        ({"extensions": {0xFF01: b"\0", 23: b"x"}}, 50, "BAD_EXTENSION"),
        ({"extensions": {0xFF01: b"\0", 10: b"\0\2\0\x1d"}}, 47, "BAD_EXTENSION"),
        ({"extensions": {0xFF01: b"\0", 16: b"\0\3\2xx"}}, 110, "UNSOLICITED_EXTENSION"),
        ({"cipher_suite": 0x1301}, 47, "WRONG_CIPHER_RETURNED"),
        ({"cipher_suite": 0xC02C}, 47, "WRONG_CIPHER_RETURNED"),
        ({"cipher_suite": 0xEEEE}, 47, "UNKNOWN_CIPHER_RETURNED"),
        ({"legacy_compression_method": 1}, 47, "COMPRESSION_DISABLED"),
        ({"legacy_version": 0x0302}, 70, "UNSUPPORTED_PROTOCOL"),
    ],
)
def test_a_server_hello_that_does_not_fit_is_refused(change: Any, alert: int, reason: str) -> None:
    client, server = pair(client_config(), server_config(), server_output=Editing(ServerHello, **change))
    fault = fails(client, server)
    assert client.failed
    assert (fault.alert, fault.reason) == (alert, reason)


def test_a_server_without_rfc_5746_is_accepted_on_request() -> None:
    output = Editing(ServerHello, extensions=lambda found: {k: v for k, v in found.items() if k != 0xFF01})
    client, server = pair(client_config(legacy_server_connect=True), server_config(), server_output=output)
    pump(client, server)
    assert client.handshake_complete


def test_renegotiation_is_refused_with_a_warning() -> None:
    """RFC 5246 7.2.2: no_renegotiation, and the connection goes on; the one that asked need not accept that."""
    client, server = shaken(client_config(), server_config())
    server.output.send(tls12.HelloRequest())
    deliver(server, client)
    with pytest.raises(ProtocolError) as caught:
        deliver(client, server)
    assert caught.value.reason == "NO_RENEGOTIATION"
    client, server = shaken(client_config(), server_config())
    client.output.send(ClientHello(0x0303, bytes(32), b"", (BY_NAME["AES128-SHA"],), (0,), {}))
    deliver(client, server)
    assert not server.failed
    with pytest.raises(ProtocolError):
        deliver(server, client)
    talk_after = shaken(client_config(), server_config())
    talk(*talk_after)


class Impatient(Output):
    """A server that asks for a handshake within the handshake."""

    def send(self, message: M) -> M:
        sent = super().send(message)
        if isinstance(message, (ServerHello, tls12.Certificate)):
            super().send(Raw(HANDSHAKE, bytes(4)))
        return sent


def test_a_hello_request_within_the_handshake_is_passed_over() -> None:
    client, server = pair(client_config(), server_config(), server_output=Impatient())
    pump(client, server)
    assert client.handshake_complete


def test_the_sentinel_and_nothing_else_is_in_the_random() -> None:
    for high, marked in ((0x0304, True), (0x0303, False)):
        codes = (BY_NAME["ECDHE-ECDSA-AES128-GCM-SHA256"], 0x1301)
        server = Connection(server_config(maximum_version=high, cipher_suites=codes))
        client = Connection(client_config())
        client.start()
        deliver(client, server)
        hello = decode(ServerHello, first_message(server.take_output()))
        assert (hello.random[24:] == DOWNGRADE_TLS12) is marked


def first_message(flight: bytes) -> bytes:
    return flight[9 : 9 + int.from_bytes(flight[6:9], "big")]


def test_the_scsv_asks_for_renegotiation_info() -> None:
    """RFC 5746 3.6: "TLS_EMPTY_RENEGOTIATION_INFO_SCSV" is as good as the extension."""
    for codes, there in (((0x00FF,), True), ((), False)):
        hello = ClientHello(0x0303, bytes(32), b"", (BY_NAME["AES128-SHA"], *codes), (0,), {})
        server, sender = Connection(server_config("AES128-SHA")), Output()
        sender.send(hello)
        server.receive(sender.take())
        answer = decode(ServerHello, first_message(server.take_output()))
        assert (ext.RENEGOTIATION_INFO in answer.extensions) is there
    assert FALLBACK_SCSV == 0x5600


def test_a_fault_is_one() -> None:
    """Negative control for `fails`: a good handshake does not."""
    with pytest.raises(pytest.fail.Exception):
        fails(*pair(client_config(), server_config()))
    assert issubclass(ProtocolError, Fault)
