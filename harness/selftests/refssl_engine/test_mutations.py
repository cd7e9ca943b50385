"""Whatever bytes a peer sends, nothing but a Fault comes of it: mutated flights, from a fixed seed."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from refssl.engine.config import ClientAuthentication
from refssl.engine.connection import Connection
from refssl.engine.faults import Fault
from refssl.engine.messages.control import HANDSHAKE, Raw
from refssl.engine.output import M, Output, framed
from refssl.engine.records import HEADER
from selftests.refssl_engine.support import (
    client_config,
    credential,
    pair,
    records,
    server_config,
    shaken,
    tickets,
)
from selftests.refssl_engine.support12 import BY_NAME, SIGNATURE_SCHEMES, field, sessions

ROUNDS = 150


def damaged(data: bytes, chance: random.Random) -> bytes:
    """`data` with a few bytes changed, cut out, doubled or put in."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        place = chance.randrange(len(changed) + 1)
        match chance.randrange(5):
            case 0 | 1:
                changed[place : place + 1] = bytes((chance.choice((0, 1, 255, chance.randrange(256))),))
            case 2:
                del changed[place : place + chance.choice((1, 2, 30))]
            case 3:
                changed[place:place] = changed[place : place + chance.choice((1, 2, 30))]
            case _:
                changed[place:place] = chance.randbytes(chance.choice((1, 2, 30)))
    return bytes(changed)


class Damaging(Output):
    """A peer of which one handshake message is damaged before it is protected."""

    __slots__ = ("chance", "countdown")

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance
        self.countdown = chance.randrange(6)

    def send(self, message: M) -> M:
        self.countdown -= 1
        if message.content_type != HANDSHAKE or self.countdown != -1:  # type: ignore[attr-defined]
            return super().send(message)
        data = framed(message)
        changed = damaged(data[4:], self.chance)
        if self.chance.random() < 0.8:
            changed = data[:1] + len(changed).to_bytes(3, "big") + changed
        if self.transcript is not None:
            self.transcript.update(changed)
        if changed:
            super().send(Raw(HANDSHAKE, changed[: 2**14]))
        return message


def feed(receiver: Connection, data: bytes) -> None:
    while len(data) >= HEADER:
        size = HEADER + receiver.check_header(data[:HEADER])
        if len(data) < size:
            return
        receiver.receive(data[:size])
        data = data[size:]


def converse(client: Connection, server: Connection) -> None:
    client.start()
    for _ in range(6):
        feed(server, client.take_output())
        feed(client, server.take_output())


def is_refused(client: Connection, server: Connection) -> bool:
    """Whether what one of them does ends the conversation, by a Fault that leaves its finder dead."""
    try:
        converse(client, server)
    except Fault:
        assert client.failed or server.failed
        return True
    return False


@pytest.mark.parametrize("faulty", ["client", "server"])
def test_damaged_messages_are_faults(faulty: str) -> None:
    chance = random.Random(faulty)
    sealed = tickets()
    session = shaken(server=server_config(tickets=sealed))[0].session
    refused = 0
    for _ in range(ROUNDS):
        ends = pair(
            client_config(session=chance.choice((None, session)), credentials=(credential(),), alpn=(b"h2",)),
            server_config(
                tickets=sealed,
                groups=chance.choice(((0x1D,), (0x17,))),
                alpn=(b"h2",),
                client_authentication=chance.choice(list(ClientAuthentication)),
            ),
            **{f"{faulty}_output": Damaging(chance)},
        )
        refused += is_refused(*ends)
    assert refused > ROUNDS // 2


@pytest.mark.parametrize("faulty", ["client", "server"])
def test_damaged_messages_of_tls_1_2_are_faults(faulty: str) -> None:
    """Either end may speak TLS 1.3 too; key exchange, session and client certificate change from round to round."""
    chance = random.Random(faulty + "12")
    codes = tuple(BY_NAME.values())
    common: dict[str, Any] = {"cipher_suites": codes, "signature_schemes": SIGNATURE_SCHEMES}
    both = (credential(), credential("RSA"))
    server = server_config(
        credentials=both,
        tickets=tickets(),
        sessions=sessions(),
        dh_parameters=field(),
        maximum_version=0x0303,
        **common,
    )
    session = shaken(client_config(**common), server)[0].session
    refused = 0
    for _ in range(ROUNDS):
        common["cipher_suites"] = (chance.choice(codes), 0x1301, codes[0])
        ends = pair(
            client_config(
                session=chance.choice((None, session)),
                credentials=both,
                alpn=(b"h2",),
                maximum_version=chance.choice((0x0303, 0x0304)),
                **common,
            ),
            replace(
                server,
                alpn=(b"h2",),
                prefer_server_ciphers=False,
                session_tickets=chance.choice((True, False)),
                client_authentication=chance.choice(list(ClientAuthentication)),
            ),
            **{f"{faulty}_output": Damaging(chance)},
        )
        refused += is_refused(*ends)
    assert refused > ROUNDS // 2


@pytest.mark.parametrize("at", ["client", "server"])
def test_damaged_streams_are_faults(at: str) -> None:
    """The bytes on the wire, at any moment of a connection's life."""
    chance = random.Random(at)
    refused = 0
    for _ in range(ROUNDS):
        client, server = pair()
        client.start()
        first = client.take_output()
        subject, flight = (server, first) if at == "server" else (client, b"")
        if not flight:
            feed(server, first)
            flight = server.take_output()
        try:
            feed(subject, damaged(flight, chance))
        except Fault:
            refused += 1
            assert subject.failed
    assert refused > ROUNDS // 3


def test_noise_is_a_fault() -> None:
    chance = random.Random("noise")
    for _ in range(ROUNDS):
        for subject in (*pair(), *shaken()):
            subject.start()
            noise = bytes((chance.choice((20, 21, 22, 23)), 3, 3)) + chance.randbytes(2) + chance.randbytes(300)
            try:
                feed(subject, noise)
            except Fault:
                assert subject.failed
    assert list(records(b"")) == []
