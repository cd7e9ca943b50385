"""What a hostile peer can make one connection do or hold: each flood ends in an error, or costs no more than its bytes.

Calls of refssl's functions are counted, and memory by tracemalloc; time is not looked at.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

import refssl
from fuzz import actors, certificate_seeds
from fuzz.ends import Attacker, Subject
from fuzz.scenarios import BY_NAME
from refssl.engine.messages import hello, tls12, tls13
from refssl.engine.messages.control import ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE, Raw
from refssl.engine.output import Output, framed
from refssl.engine.states.table import LIMITS
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.path import Policy, verify
from refssl.x509.store import TrustStore
from selftests import x509_forge as forge

HELD = 1 << 18
"""Bytes that a connection may hold after anything at all: one message of the largest kind, and a record."""
PEAK = 4 << 20
"""Bytes that one message may need while it is read: 65,000 numbers in a list, and the message three times."""
TIMES = 10_000


class Cost:
    """Calls of refssl's functions; memory held in the end, and at the worst moment."""

    def __init__(self) -> None:
        self.calls = self.held = self.peak = 0

    def _count(self, frame: FrameType, event: str, argument: object) -> None:
        self.calls += event == "call" and "refssl" in frame.f_code.co_filename


@contextlib.contextmanager
def measured(memory: bool = False) -> Iterator[Cost]:
    """What happens within. Calls and memory are not counted together: one would cost the other."""
    cost = Cost()
    if not memory:
        sys.setprofile(cost._count)
        try:
            yield cost
        finally:
            sys.setprofile(None)
        return
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    try:
        yield cost
        now, peak = tracemalloc.get_traced_memory()
        cost.held, cost.peak = now - before, peak - before
    finally:
        tracemalloc.stop()


def ends(name: str, server_side: bool, connected: bool = True) -> tuple[Subject, Attacker]:
    """refssl under test in one role, and an engine that does as it is told in the other."""
    subject, attacker = Subject(BY_NAME[name], server_side), Attacker(BY_NAME[name], not server_side, Output())
    subject.receive(b"")
    if connected:
        attacker.receive(b"")
        for _ in range(4):
            subject.receive(attacker.take())
            attacker.receive(subject.take())
        assert subject.complete
    return subject, attacker


def sent(attacker: Attacker, content_type: int, content: bytes, times: int) -> bytes:
    """So many messages as records, under the attacker's keys."""
    for _ in range(times):
        for start in range(0, max(len(content), 1), 1 << 14):
            attacker.connection.output.send(Raw(content_type, content[start : start + (1 << 14)]))
    return attacker.take()


PLAIN = {
    "empty handshake records": b"\x16\3\3\0\0",
    "empty data": b"\x17\3\3\0\0",
    "change_cipher_spec": b"\x14\3\3\0\1\1",
    "warnings": b"\x15\3\3\0\2\1\x5a",
    "fatal alerts": b"\x15\3\3\0\2\2\x28",
    "the beginning of a record": b"\x16\3\3\x40\x01",
}


@pytest.mark.parametrize("flood", PLAIN)
@pytest.mark.parametrize("server_side", [False, True], ids=["client", "server"])
@pytest.mark.parametrize("name", ["tls13", "tls12 gcm"])
def test_a_flood_before_the_handshake_ends_it(name: str, server_side: bool, flood: str) -> None:
    subject, _ = ends(name, server_side, connected=False)
    with measured() as cost:
        subject.receive(PLAIN[flood] * TIMES)
    assert subject.error is not None
    assert cost.calls < 1_000
    subject.finish()


AFTERWARDS: dict[str, tuple[int, bytes]] = {
    "empty data": (APPLICATION_DATA, b""),
    "empty handshake records": (HANDSHAKE, b""),
    "user_canceled": (ALERT, b"\1\x5a"),
    "no_renegotiation": (ALERT, b"\1\x64"),
    "change_cipher_spec": (CHANGE_CIPHER_SPEC, b"\1"),
    "a long message begun": (HANDSHAKE, b"\x04\xff\xff\xff"),
    "requests for new keys under the old": (HANDSHAKE, framed(tls13.KeyUpdate(1))),
}


@pytest.mark.parametrize("flood", AFTERWARDS)
@pytest.mark.parametrize("server_side", [False, True], ids=["client", "server"])
@pytest.mark.parametrize("name", ["tls13", "tls12 gcm"])
def test_a_flood_after_the_handshake_ends_the_connection(name: str, server_side: bool, flood: str) -> None:
    subject, attacker = ends(name, server_side)
    flooding = sent(attacker, *AFTERWARDS[flood], times=TIMES // 10)
    with measured() as cost:
        subject.receive(flooding)
    assert subject.error is not None
    assert cost.calls < 1_000


@pytest.mark.parametrize("memory", [False, True], ids=["calls", "memory"])
def test_new_keys_without_end_cost_what_they_are(memory: bool) -> None:
    """RFC 8446 4.6.3 has no limit; many requests are answered once while nothing is sent."""
    subject, attacker = ends("tls13", False)
    for _ in range(1_000):
        attacker.connection.update_keys(request=True)
    flooding = attacker.take()
    with measured(memory) as cost:
        subject.receive(flooding)
    assert subject.error is None
    assert len(subject.take()) < 100
    assert cost.calls < 1_000 * 60
    assert cost.held < HELD


@pytest.mark.parametrize("memory", [False, True], ids=["calls", "memory"])
def test_tickets_without_end_leave_one_session(memory: bool) -> None:
    subject, attacker = ends("tls13", False)
    ticket = framed(tls13.NewSessionTicket(100, 1, b"", bytes(60_000), {}))
    flooding = sent(attacker, HANDSHAKE, ticket, 50)
    with measured(memory) as cost:
        subject.receive(flooding)
    assert subject.error is None
    assert cost.calls < 50 * 200
    assert cost.held < HELD


@pytest.mark.parametrize(
    ("server_side", "kind"), [(True, hello.ClientHello), (False, hello.ServerHello), (False, tls13.NewSessionTicket)]
)
def test_the_largest_message_of_a_kind_is_held_once(server_side: bool, kind: Any) -> None:
    """Up to its limit a message is collected, and that is all that is held; beyond it there is none."""
    connected = kind is tls13.NewSessionTicket
    for limit, fits in ((LIMITS[kind], True), (LIMITS[kind] + 1, False)):
        subject, attacker = ends("tls13", server_side, connected)
        message = bytes((kind.msg_type,)) + limit.to_bytes(3, "big") + bytes(limit - 1)
        flooding = sent(attacker, HANDSHAKE, message, 1) if connected else records(message, 1 << 14)
        with measured(memory=True) as cost:
            subject.receive(flooding)
        assert (subject.error is None) is fits
        assert cost.held < (HELD if fits else 1 << 14)


def records(message: bytes, size: int) -> bytes:
    """A handshake message in plain records of this size."""
    pieces = [message[start : start + size] for start in range(0, len(message), size)]
    return b"".join(b"\x16\3\3" + len(piece).to_bytes(2, "big") + piece for piece in pieces)


@pytest.mark.parametrize("memory", [False, True], ids=["calls", "memory"])
@pytest.mark.parametrize("size", [16, 1 << 14])
def test_a_hello_of_the_largest_size(size: int, memory: bool) -> None:
    """Cut into pieces it costs calls for each record, and no more memory."""
    suites = bytes.fromhex("fffe") + bytes(2) * 32767
    extensions = b"".join(n.to_bytes(2, "big") + b"\0\1x" for n in range(100, 13_000))
    body = b"\3\3" + bytes(32) + b"\0" + suites + b"\1\0" + len(extensions).to_bytes(2, "big") + extensions
    message = b"\1" + len(body).to_bytes(3, "big") + body
    assert len(message) > 120_000
    flooding = records(message, size)
    subject, _ = ends("tls13", True, connected=False)
    with measured(memory) as cost:
        subject.receive(flooding)
    assert subject.error is not None
    assert cost.calls < 2_000 + 20 * len(message) // size
    assert cost.peak < PEAK
    assert cost.held < HELD


@pytest.mark.parametrize("asks", ["renegotiation", "certificate"])
def test_a_peer_that_asks_and_takes_no_answer_is_not_listened_to(asks: str) -> None:
    """What it is told waits for it to read, and does not pile up: OpenSSL stops reading, too."""
    name = "tls12 gcm" if asks == "renegotiation" else "tls13 later authentication"
    context = BY_NAME[name].contexts()[0]
    near, far = socket.socketpair()
    for end, option in ((near, socket.SO_SNDBUF), (far, socket.SO_RCVBUF)):
        end.setsockopt(socket.SOL_SOCKET, option, 4096)
    with near, far:
        client = context.wrap_socket(near, server_hostname=actors.HOST, do_handshake_on_connect=False)
        client.setblocking(False)
        far.setblocking(False)
        attacker = Attacker(BY_NAME[name], True, Output())
        while not attacker.connection.handshake_complete:
            with contextlib.suppress(refssl.SSLWantReadError):
                client.do_handshake()
            attacker.receive(far.recv(1 << 16))
            far.sendall(attacker.take())
        with contextlib.suppress(refssl.SSLWantReadError):
            client.recv(1)
        assert flooded(client, far, attacker, asks)
        assert waiting(client) < HELD
        client.close()


def flooded(client: refssl.SSLSocket, far: socket.socket, attacker: Attacker, asks: str) -> bool:
    """Ask until the client will not listen any more; False where it always does."""
    for _ in range(2_000):
        if asks == "renegotiation":
            flooding = sent(attacker, HANDSHAKE, bytes(4) * 100, 1)
        else:
            attacker.connection._state = getattr(attacker.connection._state, "connected", attacker.connection._state)
            attacker.connection.request_client_certificate()
            flooding = attacker.take()
        try:
            far.sendall(flooding)
            client.recv(1)
        except refssl.SSLWantReadError:
            continue
        except (refssl.SSLWantWriteError, BlockingIOError):
            return True
    return False


def waiting(client: Any) -> int:
    """How many bytes of answers wait for the transport."""
    return sum(map(len, client._sslobj._bio._unsent))


# -- certificates


def judged(*chain: bytes, flags: int = 0x8000) -> int | None:
    """The verify code, or None where the chain is accepted."""
    store = TrustStore()
    store.add_certificate(Certificate(actors.ROOT))
    try:
        verify(tuple(map(Certificate, chain)), store, Policy("server", flags, actors.HOST), now=1.8e9)
    except VerificationError as refused:
        return refused.code
    return None


def namesakes(count: int) -> list[bytes]:
    """Authorities of one name, none of them self-signed, that may all have issued each other."""
    identifier = forge.extension("2.5.29.35", forge.sequence(forge.tlv(0x82, forge.integer(5)[2:])))
    return [
        forge.certificate(
            actors.NAMES["Inter"],
            actors.key("Inter"),
            actors.NAMES["Inter"],
            actors.key("Inter"),
            (*actors.CA, forge.extension("1.2.3.4", forge.integer(number)), identifier)[: 3 + number % 2],
            serial=5,
            not_before=actors.FIRST,
            not_after=actors.LAST,
        )
        for number in range(count)
    ]


def test_the_search_for_a_path_through_namesakes_is_bounded() -> None:
    """No backtracking: at each step one issuer is taken, and after a hundred there is no more looking."""
    costs = []
    for count in (100, 200):
        chain = [actors.LEAF, *namesakes(count)]
        with measured() as cost:
            assert judged(*chain) is not None
        costs.append(cost.calls)
    assert costs[1] < 200_000
    assert costs[1] < 5 * costs[0]


def test_a_list_of_certificates_is_read_in_proportion() -> None:
    body = framed(tls12.Certificate((actors.LEAF, *[actors.INTER] * 180)))
    assert len(body) < LIMITS[tls12.Certificate]
    with measured() as cost:
        assert judged(actors.LEAF, *[actors.INTER] * 180) is None
    assert cost.calls < 180 * 40


@pytest.mark.parametrize("tag", [0x30, 0x31, 0xA0, 0x24])
def test_deep_nesting_is_no_recursion(tag: int) -> None:
    """As deep as the largest message allows; in a name, in an extension, and instead of everything."""
    nested = b""
    while len(nested) < 40_000:
        nested = forge.tlv(tag, nested)
    with measured() as cost:
        for made in (
            lambda: nested,
            lambda: actors.certificate("leaf", "Inter", name=forge.sequence(nested)),
            lambda: actors.certificate("leaf", "Inter", forge.extension("2.5.29.17", nested)),
            lambda: actors.certificate("leaf", "Inter", forge.extension("2.5.29.30", forge.sequence(nested))),
        ):
            with contextlib.suppress(Exception):
                judged(made(), actors.INTER)
    assert cost.calls < 40_000


def many(kind: Callable[[str], bytes], count: int) -> tuple[bytes, ...]:
    return tuple(kind(f"{number:x}.example") for number in range(count))


def test_names_against_constraints_are_given_up_when_they_are_too_many() -> None:
    """A thousand names against a thousand constraints is as far as OpenSSL goes; here too, and then code 1."""
    few = forge.name_constraints((), many(lambda name: forge.dns("not." + name), 15))
    leaf = actors.certificate("leaf", "Inter", forge.alternative_names(forge.dns(actors.HOST), *many(forge.dns, 1500)))
    assert judged(leaf, actors.certificate("Inter", "Root", *actors.CA, few)) is None
    authority = actors.certificate(
        "Inter", "Root", *actors.CA, forge.name_constraints((), many(lambda name: forge.dns("not." + name), 1500))
    )
    assert judged(leaf, authority) == 1


def test_extensions_that_repeat_are_counted_once_each() -> None:
    repeated = [forge.extension(f"1.3.{number}", b"") for number in range(2_000)]
    leaf = actors.certificate("leaf", "Inter", *repeated, *repeated)
    with measured() as cost:
        judged(leaf, actors.INTER)
    assert cost.calls < 4_000 * 20


def test_every_extension_at_once_is_within_bounds() -> None:
    """What the fuzzer's targets state, for the richest of their seeds."""
    with measured() as cost:
        for leaf in certificate_seeds.leaves():
            judged(leaf, actors.INTER, flags=0x88020)
    assert cost.calls < 40_000
