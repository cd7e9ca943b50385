"""The taps: every kind of connection that a scenario can have is taken down, and none of them notices."""

from __future__ import annotations

import socket
import ssl
from pathlib import Path
from types import ModuleType

import pytest

import refssl
from selftests.wire_support import EXECUTION, captured, fields, greet, message, messages, told
from sslspec import peers
from sslspec.bench import loopback
from sslspec.bench.credentials import Pki
from sslspec.bench.endpoints import Journal
from sslspec.bench.pair import Variant, module_peer
from sslspec.wire import account, capture, relay
from sslspec.wire.tap import Recorder, Steps, TappedCouple, TappedPair

TALK = ["[application data] 13 bytes b'from the peer'", "[application data] 16 bytes b'from the subject'"]


@pytest.mark.parametrize("transport", ["memory", "socketpair", "tcp", "asyncio"])
def test_over_each_transport_all_of_it_is_seen(tmp_path: Path, made_pki: Pki, transport: str) -> None:
    said = messages(told(tmp_path, made_pki, Variant("server", "tls13", transport), greet))
    assert said[:2] == ["client ClientHello", "server ServerHello"]
    assert f"client {TALK[0]}" in said
    assert f"server {TALK[1]}" in said
    assert not any("stays closed" in line for line in said)


@pytest.mark.parametrize("version", ["tls12", "tls13"])
@pytest.mark.parametrize(("peer", "role"), [("openssl", "client"), ("openssl", "server"), ("gnutls", "server")])
def test_programs_are_seen_through_a_relay(tmp_path: Path, made_pki: Pki, peer: str, role: str, version: str) -> None:
    if absent := peers.missing([peer]):
        pytest.skip(absent[0])
    found = told(tmp_path, made_pki, Variant(role, version, "tcp"), greet, peer=peer)
    said = messages(found)
    assert sum(line.endswith(tuple(TALK)) for line in said) == 2
    assert not any("stays closed" in line for line in said)
    assert fields(message(found, "ServerHello"))["cipher_suite"].startswith("TLS_")


def test_a_server_that_is_a_program_takes_two_connections(tmp_path: Path, made_pki: Pki) -> None:
    if absent := peers.missing(["openssl"]):
        pytest.skip(absent[0])

    def play(pair: TappedPair) -> None:
        greet(pair)
        second = pair.reconnect(session=pair.bare_subject.session)
        second.shake_hands()

    found = told(tmp_path, made_pki, Variant("client", "tls13", "tcp"), play, peer="openssl")
    assert fields(message(found, "ServerHello", 2))["pre_shared_key"] == "identity 0"


@pytest.mark.parametrize("implementation", [ssl, refssl], ids=["ssl", "refssl"])
@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_both_ends_of_a_couple_are_seen(
    tmp_path: Path, made_pki: Pki, implementation: ModuleType, version: str
) -> None:
    recorder = Recorder(str(tmp_path / "wire"), EXECUTION)
    journal = Journal(implementation)
    journal.steps = Steps(recorder)
    couple = TappedCouple(implementation, Variant("both", version), made_pki, journal, recorder=recorder)
    couple.shake_hands()
    assert couple.client.write(b"hello") == 5
    assert couple.server.read(5) == b"hello"
    assert couple.client.version() == couple.bare_server.version()
    (taken,) = capture.read(tmp_path / "wire")
    found = account.of_capture(taken, capture.secrets(tmp_path / "wire.keys").by_random)
    said = messages(found)
    assert found.subjects == {1: "both"}
    assert said[:2] == ["client ClientHello", "server ServerHello"]
    assert said[-1] == "client [application data] 5 bytes b'hello'"
    assert sum("Finished" in line for line in said) == 2


def test_deliveries_and_what_a_scenario_carries_by_hand_are_told(tmp_path: Path, made_pki: Pki) -> None:
    def play(pair: TappedPair) -> None:
        pair.shake_hands()
        pair.subject_incoming.write(b"\x15\x03\x03")

    found = told(tmp_path, made_pki, Variant("client", "tls13", "memory", "bytewise"), play)
    delivered = [entry for entry in found.entries if entry.kind == "delivered"]
    assert delivered[0].aside.endswith(" x 1 bytes")
    assert [entry.title for entry in found.entries if entry.kind == "verb"] == ["subject_incoming.write(bytes[3])"]


def test_a_peer_that_cannot_tell_its_secrets_is_seen_all_the_same(tmp_path: Path, made_pki: Pki) -> None:
    class Context(ssl.SSLContext):
        @property
        def keylog_filename(self) -> str | None:
            raise AttributeError("keylog_filename")

    module = ModuleType("without_key_log")
    vars(module).update(vars(ssl) | {"__name__": "without_key_log", "SSLContext": Context})

    found, _ = captured(tmp_path, made_pki, Variant("client", "tls13"), greet, make=module_peer(module, "other"))
    said = messages(account.of_capture(found, {}))
    assert said[:2] == ["client ClientHello", "server ServerHello"]
    assert "server application_data record that stays closed" in said


def test_what_a_peer_puts_out_when_it_has_gone_did_not_pass(tmp_path: Path, made_pki: Pki) -> None:
    def play(pair: TappedPair) -> None:
        pair.wrap()
        pair.peer.close_transport()
        with pytest.raises(ssl.SSLEOFError):
            pair.drive(pair.subject.do_handshake)

    said = messages(told(tmp_path, made_pki, Variant("client", "tls13"), play))
    assert "client ClientHello" in said
    assert not any(line.startswith("server") for line in said)


def test_what_comes_when_the_scenario_is_over_is_not_told(tmp_path: Path, made_pki: Pki) -> None:
    """The bench closes sockets to clean up; that is no doing of the implementation."""
    found = told(tmp_path, made_pki, Variant("client", "tls13", "socketpair"), greet)
    assert not [entry for entry in found.entries if entry.kind == "closed"]


class TestRelay:
    """It is a socket like any other, to both ends."""

    class Told(list[tuple[str, object]]):
        def sent(self, by: str, data: bytes) -> None:
            self.append((by, data))

        def closed(self, by: str, how: str) -> None:
            self.append((by, how))

    def test_bytes_and_ends_pass_in_both_directions(self) -> None:
        seen = self.Told()
        near, far = loopback.connected("tcp")
        with near, relay.between(far, seen, mine="client", theirs="server") as mine:
            mine.settimeout(loopback.DEADLINE)
            near.settimeout(loopback.DEADLINE)
            mine.sendall(b"to")
            assert near.recv(10) == b"to"
            near.sendall(b"fro")
            assert mine.recv(10) == b"fro"
            mine.shutdown(socket.SHUT_WR)
            assert near.recv(10) == b""
            near.sendall(b"still")
            assert mine.recv(10) == b"still"
            near.close()
            assert mine.recv(10) == b""
        ours = [what for by, what in seen if by == "client"]
        assert ours == [b"to", "close"]
        assert [what for by, what in seen if by == "server"] == [b"fro", b"still", "close"]

    def test_a_reset_passes_as_a_reset(self) -> None:
        seen = self.Told()
        near, far = loopback.connected("tcp")
        with relay.between(far, seen, mine="client", theirs="server") as mine:
            mine.settimeout(loopback.DEADLINE)
            near.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            near.close()
            with pytest.raises(ConnectionResetError):
                mine.recv(10)
        assert seen[0] == ("server", "reset")
