"""The traces of RFC 8448: sections 3, 5, 6 and 7 byte for byte through Connection, in both roles; of 4 the schedule.

Randomness and key shares are injected; recorded signatures are verified and then emitted. Where the RFC's peers say
what ours would not (record_size_limit, a cookie, padding), the recorded message goes out at the seam ``Output.send``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from refssl.ciphers.catalogue import BY_CODE, TLS_AES_128_GCM_SHA256
from refssl.crypto.keys import PublicKey
from refssl.crypto.shares import SECP256R1, X25519, CurveShare, KeyShare, MontgomeryShare
from refssl.engine import schedule13
from refssl.engine.config import ClientAuthentication, Config, Credential, PeerIdentity, Tickets, Verified
from refssl.engine.connection import Connection
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.hello import ClientHello, HelloRetryRequest, ServerHello
from refssl.engine.messages.tls13 import Certificate, CertificateVerify, EncryptedExtensions, NewSessionTicket
from refssl.engine.output import M, Output
from refssl.engine.presentation import decode
from refssl.engine.records import HEADER
from refssl.engine.states.table import CLIENT, SERVER

MESSAGES: dict[int, Any] = {
    message.msg_type: message for table in (CLIENT, SERVER) for _, message in table if message is not HelloRetryRequest
}
# The 50 bytes that either side sends in section 3.
APPLICATION_DATA = bytes(range(50))
DATA_RECORD, ALERT_RECORD = 72, 24


@dataclass
class Trace:
    """One section: the named values, and the records in order, each with ">" or "<"."""

    values: dict[str, bytes] = field(default_factory=dict)
    records: list[tuple[str, bytes]] = field(default_factory=list)

    def of(self, direction: str) -> list[bytes]:
        return [record for way, record in self.records if way == direction]


def read_traces() -> dict[str, Trace]:
    traces: dict[str, Trace] = {}
    entries: list[list[str]] = []
    for line in Path(__file__).with_name("rfc8448.txt").read_text(encoding="ascii").splitlines():
        if line.startswith("["):
            entries.append([line[1:2], ""])
        elif line.startswith("  "):
            entries[-1][1] += line.strip()
        elif line and not line.startswith("#"):
            entries.append(line.split())
    for name, value in entries:
        if not value:
            trace = traces[name] = Trace()
        elif name in "<>":
            trace.records.append((name, bytes.fromhex(value)))
        else:
            trace.values[name] = bytes.fromhex(value)
    return traces


TRACES = read_traces()
REPLAYED = ["3", "5", "6", "7"]


class Recorded(Output):
    """Sends the messages of a script in place of the engine's own of the same type."""

    __slots__ = ("script",)

    def __init__(self, script: list[Any]) -> None:
        super().__init__()
        self.script = script

    def send(self, message: M) -> M:
        for position, recorded in enumerate(self.script):
            if type(recorded) is type(message):
                return cast(M, super().send(self.script.pop(position)))
        return super().send(message)


def identify(certificates: tuple[bytes, ...]) -> PeerIdentity:
    public = x509.load_der_x509_certificate(certificates[0]).public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return PeerIdentity(certificates, PublicKey.from_spki(spki), Verified(certificates))


def recorded_credential(messages: list[Any]) -> Credential:
    """The chain and the signature that were recorded; signing verifies the signature before it is given."""
    chain = next(message for message in messages if isinstance(message, Certificate))
    proof = next(message for message in messages if isinstance(message, CertificateVerify))
    certificates = tuple(entry.cert_data for entry in chain.certificate_list)

    def sign(scheme: int, content: bytes) -> bytes:
        assert scheme == proof.algorithm
        assert identify(certificates).public_key.verify_scheme(scheme, proof.signature, content)
        return bytes(proof.signature)

    return Credential(certificates, (proof.algorithm,), sign)


def parse(record: bytes) -> Any:
    """The hello in a plain record; the codec writes it back as it was, or the replay fails."""
    message = decode(MESSAGES[record[HEADER]], record[HEADER + 4 :])
    if isinstance(message, ServerHello) and message.random[:2] == b"\xcf\x21":
        message = decode(HelloRetryRequest, record[HEADER + 4 :])
    return message


def shares(trace: Trace, side: str) -> Any:
    made: dict[int, KeyShare] = {}
    if f"{side}_private" in trace.values:
        made[X25519] = MontgomeryShare(X25519, trace.values[f"{side}_private"])
    if f"{side}_private_p256" in trace.values:
        made[SECP256R1] = CurveShare(SECP256R1, int.from_bytes(trace.values[f"{side}_private_p256"], "big"))
    return made.__getitem__


def hellos(trace: Trace) -> list[Any]:
    return [parse(record) for _, record in trace.records if record[0] == 22]


def collector(into: list[Any]) -> Any:
    """An observer that keeps the handshake messages that are received."""

    def observe(sent: bool, version: int, content_type: int, data: bytes) -> None:
        if content_type == 22 and not sent:
            into.append(decode(MESSAGES[data[0]], data[4:]))

    return observe


def client_of(trace: Trace, received: list[Any], credentials: tuple[Credential, ...] = ()) -> Connection:
    sent = [hello for hello in hellos(trace) if isinstance(hello, ClientHello)]
    first = sent[0]
    schemes = decode(ext.SignatureSchemeList, first.extensions[ext.SIGNATURE_ALGORITHMS])
    groups = decode(ext.NamedGroupList, first.extensions[ext.SUPPORTED_GROUPS])
    config = Config(
        server_side=False,
        cipher_suites=first.cipher_suites,
        groups=groups.named_group_list,
        signature_schemes=schemes.supported_signature_algorithms,
        authenticate=identify,
        server_name="server",
        credentials=credentials,
        middlebox_compatibility=bool(first.legacy_session_id),
        observe=collector(received),
        random=lambda size: (first.random + first.legacy_session_id)[:size],
        generate_share=shares(trace, "client"),
    )
    return Connection(config, Recorded(list(sent)))


def server_of(trace: Trace, script: list[Any], received: list[Any]) -> Connection:
    """script: the messages that the server sent, in order."""
    hello = next(message for message in script if type(message) is ServerHello)
    requests = [message for message in script if message.msg_type == 13]
    own = (HelloRetryRequest, EncryptedExtensions, NewSessionTicket)
    first = next(message for message in hellos(trace) if isinstance(message, ClientHello))
    schemes = decode(ext.SignatureSchemeList, first.extensions[ext.SIGNATURE_ALGORITHMS])
    tickets = [message for message in script if isinstance(message, NewSessionTicket)]
    share = decode(ext.KeyShareEntry, hello.extensions[ext.KEY_SHARE])
    config = Config(
        server_side=True,
        cipher_suites=(TLS_AES_128_GCM_SHA256,),
        groups=(share.group,),
        signature_schemes=schemes.supported_signature_algorithms,
        authenticate=identify,
        credentials=(recorded_credential(script),),
        client_authentication=ClientAuthentication.REQUIRED if requests else ClientAuthentication.NONE,
        tickets=Tickets(lambda _session: tickets[0].ticket, lambda _ticket: None, 1) if tickets else None,
        observe=collector(received),
        random=lambda size: hello.random if size == 32 else bytes(size),
        generate_share=shares(trace, "server"),
    )
    return Connection(config, Recorded([message for message in script if isinstance(message, own)]))


def replay(trace: Trace, connection: Connection, sends: str) -> None:
    """Feed the peer's records, and compare every record that goes out with the recorded one."""
    connection.start()
    waiting = b""
    for direction, record in trace.records:
        if direction != sends:
            connection.receive(record)
            continue
        waiting += connection.take_output()
        if not waiting and len(record) == DATA_RECORD:
            connection.send(APPLICATION_DATA)
        elif not waiting and len(record) == ALERT_RECORD:
            connection.close()
        waiting += connection.take_output()
        assert waiting[: len(record)].hex() == record.hex()
        waiting = waiting[len(record) :]
    assert waiting == b""
    assert connection.handshake_complete
    assert connection.close_notify_sent
    assert connection.close_notify_received


def server_messages(trace: Trace) -> list[Any]:
    """What the server sent, read by a client that is only fed."""
    received: list[Any] = []
    client = client_of(trace, received)
    client.start()
    for record in trace.of("<"):
        client.receive(record)
    return [message if type(message) is not ServerHello else _retried(message) for message in received]


def _retried(message: ServerHello) -> ServerHello:
    if message.random[:2] != b"\xcf\x21":
        return message
    return HelloRetryRequest(
        message.legacy_version,
        message.random,
        message.legacy_session_id_echo,
        message.cipher_suite,
        message.legacy_compression_method,
        message.extensions,
    )


@pytest.mark.parametrize("section", REPLAYED)
def test_the_server_says_what_was_recorded(section: str) -> None:
    trace = TRACES[section]
    connection = server_of(trace, server_messages(trace), [])
    replay(trace, connection, "<")
    assert not connection.output.script  # type: ignore[attr-defined]
    if section == "3":
        assert list(connection.plaintext) == [APPLICATION_DATA]


@pytest.mark.parametrize("section", REPLAYED)
def test_the_client_says_what_was_recorded(section: str) -> None:
    trace = TRACES[section]
    client_messages: list[Any] = []
    server = server_of(trace, server_messages(trace), client_messages)
    for record in trace.of(">"):
        server.receive(record)
    signed = any(isinstance(message, CertificateVerify) for message in client_messages)
    assert signed == (section == "6")
    connection = client_of(trace, [], (recorded_credential(client_messages),) if signed else ())
    replay(trace, connection, ">")
    if section == "3":
        assert list(connection.plaintext) == [APPLICATION_DATA]
        assert connection.session is not None
        assert connection.session.secret == TRACES["4"].values["psk"]


def test_another_signature_is_not_emitted() -> None:
    """Negative control: the recorded signature is really verified before it is given."""
    trace = TRACES["3"]
    script = server_messages(trace)
    proof = next(message for message in script if isinstance(message, CertificateVerify))
    proof.signature = bytes(reversed(proof.signature))
    with pytest.raises(AssertionError):
        server_of(trace, script, []).receive(trace.of(">")[0])


def test_the_key_schedule_of_a_resumed_handshake_with_early_data() -> None:
    """Section 4: the binder, and keys that open every record of both sides in its place."""
    trace = TRACES["4"]
    suite = BY_CODE[TLS_AES_128_GCM_SHA256]
    sent, received = trace.of(">"), trace.of("<")
    client_hello, server_hello = sent[0][HEADER:], received[0][HEADER:]
    offered = decode(ext.OfferedPsks, parse(sent[0]).extensions[ext.PRE_SHARED_KEY])
    truncated = hashlib.sha256(client_hello[: -len(offered.binders[0]) - 3]).digest()
    early = schedule13.EarlySecret("sha256", trace.values["psk"])
    assert early.binder(truncated) == offered.binders[0]
    secret = schedule13.Secret(early.hash, early.hash.early(trace.values["psk"]))
    early_opener = secret.derive("c e traffic", hashlib.sha256(client_hello).digest()).opener(suite)
    assert early_opener.open(sent[1]) == (23, b"ABCDEF")

    theirs = decode(ext.KeyShareEntry, parse(received[0]).extensions[ext.KEY_SHARE])
    shared = MontgomeryShare(X25519, trace.values["client_private"]).exchange(theirs.key_exchange)
    handshake = schedule13.handshake_secret("sha256", early, shared)
    transcript = hashlib.sha256(client_hello + server_hello)
    client_secret = handshake.derive("c hs traffic", transcript.digest())
    server_secret = handshake.derive("s hs traffic", transcript.digest())
    kind, flight = server_secret.opener(suite).open(received[1])
    assert (kind, flight[0]) == (22, EncryptedExtensions.msg_type)
    transcript.update(flight[:-36])
    assert flight[-36:] == b"\x14\x00\x00\x20" + server_secret.finished_mac(transcript.digest())
    transcript.update(flight[-36:])

    master = schedule13.master_secret(handshake)
    client_opener = master.derive("c ap traffic", transcript.digest()).opener(suite)
    server_opener = master.derive("s ap traffic", transcript.digest()).opener(suite)
    end_of_early_data = early_opener.open(sent[2])[1]
    assert end_of_early_data == b"\x05\x00\x00\x00"
    transcript.update(end_of_early_data)
    finished = client_secret.opener(suite).open(sent[3])[1]
    assert finished == b"\x14\x00\x00\x20" + client_secret.finished_mac(transcript.digest())
    assert client_opener.open(sent[4]) == server_opener.open(received[2]) == (23, APPLICATION_DATA)
    assert client_opener.open(sent[5]) == server_opener.open(received[3]) == (21, b"\x01\x00")
