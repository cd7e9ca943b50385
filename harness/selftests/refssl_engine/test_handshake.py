"""Two engines shaking hands: everything that TLS 1.3 can agree on, each with its negative control."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.alerts import AlertDescription
from refssl.engine.config import (
    ClientAuthentication,
    Config,
    ExplicitlyUnverified,
    PeerIdentity,
    PskBinder,
    Verified,
)
from refssl.engine.connection import Connection
from refssl.engine.faults import AlertReceived, CertificateRefused, ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.messages.tls13 import CertificateVerify, Finished
from refssl.engine.output import M, Output
from refssl.engine.presentation import decode, encode
from selftests.refssl_engine.support import (
    GROUPS,
    SIGNATURE_SCHEMES,
    SUITES,
    client_config,
    credential,
    deliver,
    pair,
    pump,
    records,
    server_config,
    shaken,
    tickets,
    trusting,
)


class Edited(Output):
    """A faulty peer: `edit` gives the message to send in place of the one that should be sent."""

    __slots__ = ("edit",)

    def __init__(self, edit: Callable[[Any], Any]) -> None:
        super().__init__()
        self.edit = edit

    def send(self, message: M) -> M:
        edited: M = self.edit(message)
        return super().send(edited)


def refusal(client: Connection, server: Connection) -> tuple[Connection, ProtocolError]:
    """Shake hands until someone refuses; gives who did, and how. The other must have been told by an alert."""
    with pytest.raises(ProtocolError) as caught:
        pump(client, server)
    refuser, other = (client, server) if client.failed else (server, client)
    assert refuser.failed
    with pytest.raises(AlertReceived) as told:
        deliver(refuser, other)
    assert told.value.description == caught.value.alert
    return refuser, caught.value


def exchange(sender: Connection, receiver: Connection, data: bytes) -> bytes:
    sender.send(data)
    deliver(sender, receiver)
    received = b"".join(receiver.plaintext)
    receiver.plaintext.clear()
    return received


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("group", GROUPS)
def test_every_suite_and_group(suite: int, group: int) -> None:
    client, server = shaken(client_config(cipher_suites=(suite,), groups=(group,)))
    for end in (client, server):
        assert end.cipher_suite is not None
        assert (end.cipher_suite.code, end.group, end.version) == (suite, group, 0x0304)
    assert exchange(client, server, b"ping") == b"ping"
    assert exchange(server, client, b"pong" * 10000) == b"pong" * 10000


@pytest.mark.parametrize("kind", ["P-256", "P-384", "P-521", "RSA", "Ed25519", "Ed448"])
def test_every_kind_of_key_on_both_sides(kind: str) -> None:
    client, server = shaken(
        client_config(credentials=(credential(kind),)),
        server_config(credentials=(credential(kind),), client_authentication=ClientAuthentication.REQUIRED),
    )
    assert client.peer is not None
    assert server.peer is not None
    assert client.server_signature_scheme in credential(kind).schemes
    assert server.client_signature_scheme == client.client_signature_scheme
    assert client.client_finished == server.client_finished
    assert client.server_finished == server.server_finished


@pytest.mark.parametrize("scheme", [s for s in SIGNATURE_SCHEMES if s in credential("RSA").schemes])
def test_the_servers_scheme_is_one_that_the_client_offers(scheme: int) -> None:
    client, _ = shaken(client_config(signature_schemes=(scheme,)), server_config(credentials=(credential("RSA"),)))
    assert client.server_signature_scheme == scheme


@pytest.mark.parametrize("prefer_server", [True, False])
def test_whose_order_of_suites_counts(prefer_server: bool) -> None:
    client, server = shaken(
        client_config(cipher_suites=SUITES[::-1]), server_config(prefer_server_ciphers=prefer_server)
    )
    assert client.cipher_suite is not None
    assert client.cipher_suite.code == (SUITES if prefer_server else SUITES[::-1])[0]
    assert server.shared_ciphers is not None
    assert tuple(suite.code for suite in server.shared_ciphers) == SUITES


@pytest.mark.parametrize("compatible", [True, False])
def test_hello_retry_request(compatible: bool) -> None:
    """The server's callback is asked about the name for each ClientHello."""
    asked: list[str | None] = []
    client, server = shaken(
        client_config(groups=(0x1D, 0x18), middlebox_compatibility=compatible),
        server_config(groups=(0x18,), choose=asked.append),
    )
    assert client.group == server.group == 0x18
    assert asked == ["server.example"] * 2
    assert exchange(server, client, b"after a retry") == b"after a retry"


def test_a_cookie_is_echoed() -> None:
    """RFC 8446 4.2.2. The server of this engine sends none, so that one is put in at the seam."""
    cookie = encode(ext.Cookie(b"remember me"))
    seen: list[bytes | None] = []

    def edit(message: Any) -> Any:
        if isinstance(message, HelloRetryRequest):
            return replace(message, extensions={**message.extensions, ext.COOKIE: cookie})
        return message

    def observe(sent: bool, version: int, content_type: int, data: bytes) -> None:
        if content_type == 22 and data[0] == 1 and not sent:
            seen.append(decode(ClientHello, data[4:]).extensions.get(ext.COOKIE))

    ends = pair(client_config(), server_config(groups=(0x17,), observe=observe), server_output=Edited(edit))
    pump(*ends)
    assert ends[0].handshake_complete
    assert seen == [None, cookie]


def test_alpn_is_the_servers_choice() -> None:
    client, server = shaken(client_config(alpn=(b"a", b"b", b"c")), server_config(alpn=(b"x", b"c", b"b")))
    assert client.alpn == server.alpn == b"c"


def test_without_a_common_protocol_there_is_none() -> None:
    client, server = shaken(client_config(alpn=(b"a",)), server_config(alpn=(b"b",)))
    assert client.alpn is server.alpn is None


def test_the_name_chooses_the_config() -> None:
    other = server_config(credentials=(credential("Ed25519"),), alpn=(b"other",))
    client, server = shaken(
        client_config(alpn=(b"other",)), server_config(choose=lambda name: other if name == "server.example" else None)
    )
    assert server.config is other
    assert client.alpn == b"other"
    assert client.peer is not None
    assert client.peer.public_key.kind == "ed25519"


def test_the_name_chooses_an_alert() -> None:
    ends = pair(server=server_config(choose=lambda _: AlertDescription.UNRECOGNIZED_NAME))
    refuser, fault = refusal(*ends)
    assert (refuser, fault.alert, fault.reason) == (ends[1], 112, "CALLBACK_FAILED")


def test_no_name_is_none() -> None:
    asked: list[str | None] = []
    _, server = shaken(client_config(server_name=None), server_config(choose=asked.append))
    assert asked == [None]
    assert server.server_name is None


@pytest.mark.parametrize(
    ("client", "server", "who", "alert", "reason"),
    [
        ({"groups": (0x1D,)}, {"groups": (0x17,)}, "server", 40, "NO_SUITABLE_KEY_SHARE"),
        ({"cipher_suites": (0x1301,)}, {"cipher_suites": (0x1302,)}, "server", 40, "NO_SHARED_CIPHER"),
        ({"signature_schemes": (0x0804,)}, {}, "server", 40, "NO_SUITABLE_SIGNATURE_ALGORITHM"),
        (
            {"minimum_version": 0x0304},
            {"maximum_version": 0x0303, "cipher_suites": (0xC02B,)},
            "server",
            70,
            "UNSUPPORTED_PROTOCOL",
        ),
        ({}, {"cipher_suites": (0xC02B,)}, "server", 40, "NO_CIPHERS_AVAILABLE"),
        ({}, {"credentials": ()}, "server", 40, "NO_SHARED_CIPHER"),
        ({}, {"credentials": (), "minimum_version": 0x0304}, "server", 70, "UNSUPPORTED_PROTOCOL"),
        (
            {},
            {"client_authentication": ClientAuthentication.REQUIRED},
            "server",
            116,
            "PEER_DID_NOT_RETURN_A_CERTIFICATE",
        ),
    ],
)
def test_nothing_in_common(client: Any, server: Any, who: str, alert: int, reason: str) -> None:
    ends = pair(client_config(**client), server_config(**server))
    refuser, fault = refusal(*ends)
    assert (refuser is ends[0], fault.alert, fault.reason) == (who == "client", alert, reason)


def test_a_client_without_versions_says_so() -> None:
    connection = Connection(client_config(minimum_version=0x0304, maximum_version=0x0303))
    with pytest.raises(ProtocolError) as caught:
        connection.start()
    assert caught.value.reason == "NO_PROTOCOLS_AVAILABLE"
    assert connection.take_output() == b""


def test_an_optional_certificate_may_be_missing() -> None:
    _, server = shaken(server=server_config(client_authentication=ClientAuthentication.OPTIONAL))
    assert server.peer is None


def test_the_authenticator_is_asked_and_obeyed() -> None:
    def refuse(certificates: tuple[bytes, ...]) -> PeerIdentity:
        assert certificates == credential().certificates
        raise CertificateRefused(AlertDescription.UNKNOWN_CA, 20, "unable to get local issuer certificate")

    ends = pair(client_config(authenticate=refuse))
    refuser, fault = refusal(*ends)
    assert refuser is ends[0]
    assert isinstance(fault, CertificateRefused)
    assert (fault.alert, fault.verify_code) == (AlertDescription.UNKNOWN_CA, 20)
    assert refuser.unverified_certificates == credential().certificates


def flipped(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


def _bad_signature(message: Any) -> Any:
    if isinstance(message, CertificateVerify):
        return replace(message, signature=flipped(message.signature))
    return message


def _bad_finished(message: Any) -> Any:
    return replace(message, verify_data=flipped(message.verify_data)) if isinstance(message, Finished) else message


def _bad_key_share(message: Any) -> Any:
    if isinstance(message, (ClientHello, ServerHello)) and ext.KEY_SHARE in message.extensions:
        share = message.extensions[ext.KEY_SHARE]
        return replace(message, extensions={**message.extensions, ext.KEY_SHARE: share[:-32] + bytes(32)})
    return message


@pytest.mark.parametrize("faulty", ["client", "server"])
@pytest.mark.parametrize(
    ("edit", "alert", "reason"),
    [
        (_bad_signature, 51, "BAD_SIGNATURE"),
        (_bad_finished, 51, "DIGEST_CHECK_FAILED"),
        (_bad_key_share, 47, "BAD_KEY_SHARE"),
    ],
)
def test_a_false_proof_is_refused(faulty: str, edit: Callable[[Any], Any], alert: int, reason: str) -> None:
    ends = pair(
        client_config(credentials=(credential(),)),
        server_config(client_authentication=ClientAuthentication.REQUIRED),
        **{f"{faulty}_output": Edited(edit)},
    )
    refuser, fault = refusal(*ends)
    assert refuser is ends[faulty == "client"]
    assert (fault.alert, fault.reason) == (alert, reason)
    assert not refuser.handshake_complete


def test_what_proves_a_peer_is_said() -> None:
    sealed = tickets()
    client, server = shaken(client_config(credentials=(credential(),)), server_config(tickets=sealed))
    assert client.peer is not None
    assert isinstance(client.peer.proof, Verified)
    assert server.peer is None
    again, _ = shaken(client_config(session=client.session), server_config(tickets=sealed))
    assert again.peer is not None
    assert again.peer.proof == PskBinder(client.peer.proof)


def test_nobody_asked_is_explicit() -> None:
    def unverified(certificates: tuple[bytes, ...]) -> PeerIdentity:
        return replace(trusting(certificates), proof=ExplicitlyUnverified("CERT_NONE"))

    client, _ = shaken(client_config(authenticate=unverified))
    assert client.peer is not None
    assert client.peer.proof == ExplicitlyUnverified("CERT_NONE")


def test_secrets_are_logged_alike_on_both_sides() -> None:
    logs: tuple[list[Any], list[Any]] = ([], [])

    def logger(into: list[Any]) -> Callable[[str, bytes, bytes], None]:
        return lambda *entry: into.append(entry)

    client, _ = shaken(client_config(keylog=logger(logs[0])), server_config(keylog=logger(logs[1])))
    assert sorted(logs[0]) == sorted(logs[1])
    assert {entry[0] for entry in logs[0]} == {
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "SERVER_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
    }
    assert {entry[1] for entry in logs[0]} == {client.client_random}


def test_a_flight_is_as_few_records_as_can_be() -> None:
    """RFC 8446 5.1; server: ServerHello, CCS, the rest; then all tickets in one. Client: CCS, its flight."""
    client, server = pair(server=server_config(tickets=tickets(4)))
    client.start()
    assert deliver(client, server) == 1
    assert [record[0] for record in records(server.output.take())] == [22, 20, 23]
    client, server = shaken(server=server_config(tickets=tickets(4)))
    connections: list[int] = []
    client, server = pair(server=server_config(tickets=tickets(4)))
    client.start()
    for sender, receiver in ((client, server), (server, client), (client, server), (server, client)):
        connections.append(deliver(sender, receiver))
    assert connections == [1, 3, 2, 1]


@pytest.mark.parametrize("config", [client_config, server_config])
def test_the_seam_takes_any_config(config: Callable[..., Config]) -> None:
    """A Connection keeps no reference to itself: it is freed at once when it is dropped."""
    import gc
    import weakref

    gc.disable()
    try:
        ends = list(shaken())
        watched = [weakref.ref(end) for end in ends]
        ends.clear()
        assert [watch() for watch in watched] == [None, None]
    finally:
        gc.enable()
