"""Targets that are whole connections: one end, or the way between them, follows a program of faults.

insider: a peer with all the keys it should have. impostor: one without the key that it would have to prove. middle: two
honest ends, and somebody who changes records between them. stream: bytes as they stand, from recorded connections on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from random import Random

from fuzz import actors, edits
from fuzz.edits import Faulty, Records, cut, program
from fuzz.ends import SAYS, Attacker, Subject, signing
from fuzz.scenarios import SCENARIOS, Scenario
from fuzz.target import Broken, Target
from refssl.engine.config import Config, Credential
from refssl.engine.messages.extensions import EARLY_DATA
from refssl.engine.messages.hello import ClientHello
from refssl.engine.output import Output, framed
from refssl.engine.presentation import decode
from refssl.engine.records import HEADER
from refssl.engine.session import Session

_ROUNDS = 12
_SERVER = 0x80
_VARIANT = 0x40
_RETRY = 2  # the scenario in which the server wants another share


def _scenario(head: int) -> Scenario:
    return SCENARIOS[(head & 0x3F) % len(SCENARIOS)]


End = Subject | Attacker


def converse(
    ends: tuple[End, End], afterwards: str, ways: tuple[Records, Records], others: Sequence[bytes] = ()
) -> None:
    """Carry records between client and server until nothing moves, and again after each thing done afterwards."""
    client, server = ends
    client.receive(b"")
    toward_server, toward_client = ways
    for letter in ("", *afterwards):
        for end in (client, server):
            if letter:
                end.act(letter)
        for _ in range(_ROUNDS):
            asked = toward_server.carry(client.take(), others)
            server.receive(asked)
            answered = toward_client.carry(server.take(), others)
            client.receive(answered)
            if not asked and not answered:
                break
        else:
            raise Broken("the ends never stop talking")


def _placed(subject: Subject, attacker: Attacker) -> tuple[End, End]:
    """The client first."""
    return (attacker, subject) if subject.server_side else (subject, attacker)


def _ways(faults: list[edits.Edit]) -> tuple[Records, Records]:
    return Records(faults, False), Records(faults, True)


@cache
def recorded(number: int, server_side: bool, label: str = "attacker") -> tuple[bytes, ...]:
    """What an honest peer sends a subject of the given role in one scenario, as records."""
    scenario = SCENARIOS[number]
    subject = Subject(scenario, server_side)
    peer = Attacker(scenario, not server_side, Output(), lambda config: replace(config, random=Random(label).randbytes))
    sent: list[bytes] = []

    class Listening(Records):
        def carry(self, data: bytes, others: Sequence[bytes] = ()) -> bytes:
            sent.extend(cut(data))
            return data

    silent, listening = Records([], True), Listening([], True)
    ways = (listening, silent) if server_side else (silent, listening)
    converse(_placed(subject, peer), scenario.afterwards, ways)
    return tuple(sent)


def _others(data: bytes) -> Sequence[bytes]:
    return recorded((data[0] & 0x3F) % len(SCENARIOS), bool(data[0] & _SERVER), "another")


def _insider(data: bytes) -> None:
    """The first byte says which scenario, and by its highest bit which end is under test."""
    if not data:
        return
    scenario, server_side = _scenario(data[0]), bool(data[0] & _SERVER)
    faults = program(data[1:])
    output = Faulty(faults)
    lies = not all(fault.believed for fault in faults)
    subject = Subject(scenario, server_side, listening=lies)
    attacker = Attacker(scenario, not server_side, output)
    converse(_placed(subject, attacker), scenario.afterwards, _ways(faults), _others(data))
    if lies and subject.complete and not output.believed.startswith(b"".join(subject.heard)):
        raise Broken("a handshake is complete whose ends have seen different messages")
    subject.finish()


# -- somebody else


def _impostor(data: bytes) -> None:
    """As an insider, but without the key that the subject asks to be proved."""
    if not data:
        return
    scenario, server_side = _scenario(data[0]), bool(data[0] & _SERVER)
    if server_side and (not (scenario.asks_client or scenario.external_key) or "A" in scenario.afterwards):
        return  # everybody may be a client there
    faults = program(data[1:])
    disguise = _stranger if data[0] & _VARIANT else _thief
    subject = Subject(scenario, server_side)
    attacker = Attacker(scenario, not server_side, Faulty(faults), disguise)
    converse(_placed(subject, attacker), scenario.afterwards, _ways(faults), _others(data))
    if subject.complete or subject.received:
        raise Broken("somebody without the key has completed a handshake")
    subject.finish()


def _without_secrets(config: Config, credentials: tuple[Credential, ...]) -> Config:
    """Nobody's keys but its own: pre-shared keys and remembered sessions are wrong, too."""
    config = replace(config, credentials=credentials)
    if config.session is not None:
        config = replace(config, session=_spoiled(config.session))
    if config.tickets is not None:
        found = config.tickets.open
        config = replace(config, tickets=replace(config.tickets, open=lambda ticket: _spoiled(found(ticket))))
    if config.sessions is not None:
        find = config.sessions.find
        config = replace(config, sessions=replace(config.sessions, find=lambda name: _spoiled(find(name))))
    if config.psk_server is not None:
        config = replace(config, psk_server=lambda _: bytes(32))
    if config.psk_client is not None:
        ask = config.psk_client
        config = replace(config, psk_client=lambda hint: ((ask(hint) or (b"",))[0], bytes(32)))
    return config


def _spoiled(session: Session | None) -> Session | None:
    return None if session is None else replace(session, secret=bytes(len(session.secret)))


def _thief(config: Config) -> Config:
    """The right chain, signed for with another key."""
    stolen = (replace(each, sign=signing("Stranger"), decrypt=lambda _: None) for each in config.credentials)
    return _without_secrets(config, tuple(stolen))


def _stranger(config: Config) -> Config:
    """A chain of one's own, and its key."""
    label, chain = ("leaf", actors.STRANGER) if config.server_side else ("client", actors.STRANGE_CLIENT)
    own = (
        replace(each, certificates=(chain,), sign=signing(label), decrypt=lambda _: None) for each in config.credentials
    )
    return _without_secrets(config, tuple(own))


# -- in between


def _middle(data: bytes) -> None:
    """Both ends are honest; what is complete must be the same connection on both sides."""
    if not data:
        return
    scenario = _scenario(data[0])
    faults = program(data[1:])
    client = Subject(scenario, False, "client", listening=True)
    server = Subject(scenario, True, "server", listening=True)
    converse((client, server), scenario.afterwards.replace("K", "").replace("k", ""), _ways(faults), _others(data))
    for one, other in ((client, server), (server, client)):
        if one.complete and one.heard != other.said[: len(one.heard)]:
            raise Broken("a handshake is complete whose ends have seen different messages")
        if not other.wrote.startswith(one.received):
            raise Broken("data that the peer has not written")
    client.finish()
    server.finish()


# -- bytes as they stand


def _stream(data: bytes) -> None:
    if not data:
        return
    subject = Subject(_scenario(data[0]), bool(data[0] & _SERVER))
    subject.receive(data[1:])
    for letter in _scenario(data[0]).afterwards:
        subject.act(letter)
    if subject.received.replace(SAYS[not subject.server_side], b""):
        raise Broken("data that nobody has protected")
    subject.finish()


def _streams() -> list[bytes]:
    found = []
    for number in range(len(SCENARIOS)):
        for server_side in (False, True):
            found.append(bytes((number | _SERVER * server_side,)) + b"".join(recorded(number, server_side)))
    # A server that is sent early data, which it never takes.
    for number in (0, _RETRY):
        sent = recorded(number, True)
        found.append(
            bytes((number | _SERVER,)) + _eager(sent[0]) + (b"\x17\3\3\0\x20" + bytes(32)) * 3 + b"".join(sent[1:])
        )
    return found


def _eager(record: bytes) -> bytes:
    """The record of a ClientHello, with early_data in it."""
    first = decode(ClientHello, record[HEADER + 4 :])
    eager = framed(replace(first, extensions={EARLY_DATA: b"", **first.extensions}))
    return record[:3] + len(eager).to_bytes(2, "big") + eager


def _heads() -> list[bytes]:
    """Each scenario and role without any fault."""
    return [bytes((number | role,)) for number in range(len(SCENARIOS)) for role in (0, _SERVER)]


def _impostors() -> list[bytes]:
    return [bytes((head[0] | variant,)) for head in _heads() for variant in (0, _VARIANT)]


_CALLS = 10_000, 100

TARGETS = (
    Target("stream", "recorded connections", _stream, _streams, calls=_CALLS, longest=8192, share=12),
    Target("insider", "a peer that breaks the protocol", _insider, _heads, edits.other_program, _CALLS, 1024, 24),
    Target("impostor", "a peer without the key", _impostor, _impostors, edits.other_program, _CALLS, 1024, 12),
    Target("middle", "records changed on their way", _middle, _heads, edits.other_program, _CALLS, 1024, 12),
)
