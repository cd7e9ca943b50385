"""The bench: steps by identity, bytes in pieces, and two ends that meet over each kind of line."""

from __future__ import annotations

import enum
import random
import socket
import ssl
import threading
from pathlib import Path
from typing import Any

import pytest

from sslspec import peers
from sslspec.bench import loopback, outcomes
from sslspec.bench.background import Background
from sslspec.bench.credentials import Pki
from sslspec.bench.deliveries import DELIVERIES, cut, records
from sslspec.bench.endpoints import Endpoint, Journal, bare
from sslspec.bench.exits import Inapplicable, PeerFailed
from sslspec.bench.pair import Couple, Pair, Variant


def make_pair(made_pki: Pki, variant: Variant, peer: str = "stdlib") -> Pair:
    return Pair(ssl, variant, peers.factory(peer), made_pki, Journal(ssl))


class TestOutcomes:
    def test_an_exception_is_known_by_its_public_class_and_its_facts(self) -> None:
        class _Private(ssl.SSLWantReadError):
            pass

        error = ssl.SSLCertVerificationError(1, "text that may change")
        error.reason, error.library, error.verify_code = "CERTIFICATE_VERIFY_FAILED", "SSL", 10
        assert outcomes.of_exception(error, ssl) == {
            "raises": "SSLCertVerificationError",
            "reason": "CERTIFICATE_VERIFY_FAILED",
            "library": "SSL",
            "verify_code": 10,
            "errno": 1,
        }
        assert outcomes.of_exception(_Private(2, "x"), ssl)["raises"] == "SSLWantReadError"
        assert outcomes.of_exception(KeyError("x"), ssl) == {"raises": "KeyError"}
        assert outcomes.of_exception(ConnectionResetError(104, "x"), ssl)["errno"] in ("ECONNRESET", 104)

    def test_values_become_json_and_say_what_they_are(self) -> None:
        class Colour(enum.IntEnum):
            RED = 1

        assert outcomes.of_value([1, True, None, "a"]) == {"list": [1, True, None, "a"]}
        assert outcomes.of_value(Colour.RED) == {"enum": "Colour.RED"}
        assert outcomes.of_value(b"short") == {"bytes": "short"}
        assert outcomes.of_value(bytes(100))["bytes"] == 100
        assert outcomes.of_value(object()) == {"object": "object"}
        assert outcomes.of_value(float("nan")) == {"float": "nan"}

    def test_what_differs_by_nature_is_known_by_its_shape(self) -> None:
        first = {"serialNumber": "01", "notAfter": "x", "subject": ((("commonName", "a"),),)}
        assert outcomes.shape_of(first) == outcomes.shape_of(first | {"serialNumber": "02"})
        assert outcomes.shape_of([b"one", b"other"]) == {"list": [{"kind": "bytes"}, {"kind": "bytes"}]}
        assert outcomes.shape_of(None) is None

    def test_a_value_that_contains_itself_has_an_end(self) -> None:
        loop: list[Any] = []
        loop.append(loop)
        assert "object" in str(outcomes.of_value(loop))


class TestEndpoint:
    def test_calls_and_attributes_are_forwarded_and_written_down(self) -> None:
        journal = Journal(ssl)
        bio = Endpoint(ssl.MemoryBIO(), "bio", journal)
        assert bio.write(b"12345") == 5
        assert bio.pending == 5
        with pytest.raises(TypeError):
            bio.write("text")
        assert journal.steps == [
            {"actor": "bio", "call": "write(bytes[5])", "outcome": {"returns": 5}},
            {"actor": "bio", "call": "pending", "outcome": {"returns": 5}},
            {"actor": "bio", "call": "write('text')", "outcome": {"raises": "TypeError"}},
        ]

    def test_it_passes_for_what_it_stands_for(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        observed = Endpoint(context, "context", Journal(ssl))
        assert isinstance(observed, ssl.SSLContext)
        assert bare(observed) is context
        observed.check_hostname = False
        assert context.check_hostname is False
        with pytest.raises(AttributeError):
            observed.no_such_thing  # noqa: B018

    def test_a_method_that_returns_its_object_returns_the_endpoint(self) -> None:
        class Chained:
            def again(self) -> Chained:
                return self

        observed = Endpoint(Chained(), "x", Journal(ssl))
        assert observed.again() is observed

    def test_a_journal_is_bounded(self) -> None:
        journal = Journal(ssl)
        bio = Endpoint(ssl.MemoryBIO(), "bio", journal)
        for _ in range(2000):
            bio.read()
        assert len(journal.steps) < 1000


class TestDeliveries:
    @pytest.mark.parametrize("delivery", DELIVERIES)
    def test_the_bytes_are_the_same_whatever_the_pieces(self, delivery: str) -> None:
        generator = random.Random(7)
        data = b"".join(
            bytes([23, 3, 3]) + len(body).to_bytes(2, "big") + body
            for body in (generator.randbytes(size) for size in (0, 1, 2, 300, 16640))
        )
        for whole in (data, data + b"\x17\x03", b"220 no TLS at all\r\n", b""):
            pieces = cut(whole, delivery)
            assert b"".join(pieces) == whole
            assert all(pieces)

    def test_each_delivery_is_what_it_says(self) -> None:
        record = bytes([22, 3, 1, 0, 4]) + b"abcd"
        assert cut(record * 2, "whole") == [record, record]
        assert cut(record * 2, "coalesced") == [record * 2]
        assert cut(record, "split") == [record[:3], record[3:5], b"ab", b"cd"]
        assert len(cut(record, "bytewise")) == 9
        assert records(b"GET / HTTP/1.1") == [b"GET / HTTP/1.1"]
        with pytest.raises(ValueError, match="unknown delivery"):
            cut(record, "by pigeon")


VARIANTS = [
    Variant(role, version, transport, delivery)
    for role in ("client", "server")
    for version in ("tls12", "tls13")
    for transport in ("memory", "socketpair", "tcp")
    for delivery in (DELIVERIES if transport == "memory" else ("whole",))
]


class TestPair:
    @pytest.mark.parametrize("peer", ["stdlib", "tlslite"])
    @pytest.mark.parametrize("variant", VARIANTS, ids=str)
    def test_two_ends_meet(self, made_pki: Pki, variant: Variant, peer: str) -> None:
        pair = make_pair(made_pki, variant, peer)
        try:
            pair.shake_hands()
            pair.greet()
            assert pair.peer.seen.version == {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}[variant.version or ""]
            pair.peer.close_notify()
            assert pair.drive(pair.subject.read, 10) == b""
            pair.drive(pair.subject.unwrap)
            assert pair.peer.saw_close_notify()
        finally:
            pair.close()

    @pytest.mark.parametrize("transport", ["memory", "socketpair", "tcp"])
    def test_a_refusal_reaches_both_ends(self, made_pki: Pki, transport: str) -> None:
        pair = make_pair(made_pki, Variant("client", "tls13", transport))
        try:
            pair.peer.settings.certificate = "other-server"
            with pytest.raises(ssl.SSLCertVerificationError):
                pair.shake_hands()
            assert pair.peer.alert_seen == "unknown_ca"
        finally:
            pair.close()

    def test_what_the_peer_does_not_get_is_said(self, made_pki: Pki) -> None:
        pair = make_pair(made_pki, Variant("client", "tls13"))
        pair.shake_hands()
        with pytest.raises(PeerFailed, match="not 5 bytes"):
            pair.peer.receive(5)
        pair.close()

    def test_a_closed_transport_is_the_end_of_the_stream(self, made_pki: Pki) -> None:
        for transport in ("memory", "socketpair", "tcp"):
            pair = make_pair(made_pki, Variant("client", "tls12", transport))
            try:
                pair.wrap(**({} if transport == "memory" else {"suppress_ragged_eofs": False}))
                pair.shake_hands()
                pair.greet()
                pair.peer.close_transport()
                with pytest.raises(ssl.SSLEOFError):
                    pair.drive(pair.subject.read, 1)
            finally:
                pair.close()

    def test_memory_knows_no_reset(self, made_pki: Pki) -> None:
        pair = make_pair(made_pki, Variant("client", "tls13"))
        pair.shake_hands()
        with pytest.raises(Inapplicable):
            pair.peer.reset_transport()

    def test_the_second_connection_resumes_the_first(self, made_pki: Pki) -> None:
        for role in ("client", "server"):
            for version in ("tls12", "tls13"):
                pair = make_pair(made_pki, Variant(role, version))
                pair.shake_hands()
                pair.greet()
                again = pair.reconnect(**({"session": pair.subject.session} if role == "client" else {}))
                again.shake_hands()
                assert again.subject.session_reused is True
                assert again.peer.seen.resumed is True

    def test_nothing_is_left_behind(self, made_pki: Pki) -> None:
        before = threading.active_count(), open_descriptors()
        for transport in ("socketpair", "tcp"):
            for meet in (True, False):
                pair = make_pair(made_pki, Variant("server", "tls13", transport))
                if meet:
                    pair.shake_hands()
                else:
                    pair.wrap()
                pair.close()
        assert (threading.active_count(), open_descriptors()) == before


class TestCouple:
    def test_one_implementation_on_both_ends(self, made_pki: Pki) -> None:
        couple = Couple(ssl, Variant("both", "tls13"), made_pki, Journal(ssl))
        couple.shake_hands()
        assert couple.client.version() == couple.server.version() == "TLSv1.3"
        assert couple.client.session.has_ticket


class TestBackground:
    def test_it_gives_what_came_of_the_call(self) -> None:
        assert Background(lambda: 7).result() == 7
        with pytest.raises(KeyError):
            Background({}.__getitem__, "x").result()

    def test_a_call_that_does_not_come_back_is_said(self) -> None:
        near, far = socket.socketpair()
        with near, far:
            waiting = Background(near.recv, 1)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.05)
            assert not waiting.is_back
            far.send(b"x")
            assert waiting.result() == b"x"


class TestLoopback:
    def test_unknown_transports_are_named(self) -> None:
        with pytest.raises(ValueError, match="socketpair, tcp, tcp6"):
            loopback.connected("carrier")

    @pytest.mark.parametrize(("transport", "family"), [("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)])
    def test_two_ends_are_connected_over_the_family(self, transport: str, family: int) -> None:
        near, far = loopback.connected(transport)
        with near, far:
            assert near.family == far.family == family
            assert near.getpeername() == far.getsockname()
            near.sendall(b"x")
            assert far.recv(2) == b"x"

    def test_a_host_without_the_address_is_not_judged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nobody has 192.0.2.1 (RFC 5737), as a host without IPv6 has no ::1."""
        monkeypatch.setitem(loopback.ADDRESSES, "tcp", "192.0.2.1")
        with pytest.raises(Inapplicable, match=r"nobody can listen on 192\.0\.2\.1 here: .+"):
            loopback.connected("tcp")


def open_descriptors() -> int | None:
    """How many descriptors this process has open, where the system says so."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else None
