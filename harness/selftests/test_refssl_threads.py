"""Several threads at one refssl socket, and at one context: who wants the same takes turns, and nobody is mixed up.

What the ssl documentation promises of threads is in suites/threads; here is what refssl promises besides.
"""

from __future__ import annotations

import contextlib
import gc
import socket
import threading
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import refssl
from refssl import socketbio
from refssl.bio import Deadline, Turn
from refssl.channel import Channel
from selftests.refssl_support import certificates, contexts, raised, sockets, waiting


class Call:
    """A call in a thread, and what became of it."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self._outcome: Any = None
        self._thread = threading.Thread(target=self._run, args=(function, *args))
        self._thread.start()

    def _run(self, function: Callable[..., Any], *args: Any) -> None:
        try:
            self._outcome = function(*args)
        except Exception as error:
            self._outcome = error

    def outcome(self) -> Any:
        """What the call returned or raised. It must be back within ten seconds."""
        self._thread.join(10)
        assert not self._thread.is_alive()
        return self._outcome


def _fresh(hostname: str = "localhost") -> tuple[refssl.SSLSocket, refssl.SSLSocket]:
    """Two connected sockets whose handshake has not begun."""
    client_context, server_context = contexts()
    near, far = socket.socketpair()
    near.settimeout(10)
    far.settimeout(10)
    options: dict[str, Any] = {"do_handshake_on_connect": False}
    return (
        client_context.wrap_socket(near, server_hostname=hostname, **options),
        server_context.wrap_socket(far, server_side=True, **options),
    )


@pytest.mark.parametrize("rounds", range(5))
def test_threads_that_begin_the_first_handshake_share_it(rounds: int) -> None:
    client, server = _fresh()
    with client, server:
        asked = [
            Call(client.recv, 6),
            Call(client.sendall, b"question"),
            *(Call(client.do_handshake) for _ in range(3)),
        ]
        answered = [
            Call(server.recv, 8),
            Call(server.sendall, b"answer"),
            *(Call(server.do_handshake) for _ in range(3)),
        ]
        assert [call.outcome() for call in asked] == [b"answer", None, None, None, None]
        assert [call.outcome() for call in answered] == [b"question", None, None, None, None]
        assert client.context.session_stats()["connect_good"] == 1
        assert server.context.session_stats()["accept_good"] == 1


def test_a_handshake_that_fails_fails_for_all_who_wait_for_it() -> None:
    client, server = _fresh("wrong.example")
    with client, server:
        calls = [Call(client.do_handshake) for _ in range(4)]
        served = Call(server.do_handshake)
        outcomes = [call.outcome() for call in calls]
        assert all(isinstance(outcome, refssl.SSLError) for outcome in outcomes)
        assert sum(isinstance(outcome, refssl.SSLCertVerificationError) for outcome in outcomes) == 1
        served.outcome()


def test_a_blocked_reader_stops_no_writer_and_a_blocked_writer_no_reader() -> None:
    client, server = sockets()
    with client, server:
        client.settimeout(10)
        server.settimeout(10)
        with waiting(writing=False) as reads:
            reader = Call(client.recv, 10)
            assert reads.wait(10)
        client.sendall(b"from the writer")
        assert server.recv(100) == b"from the writer"
        with waiting(writing=True) as writes:
            writer = Call(client.sendall, b"x" * 2**22)
            assert writes.wait(10)
        server.sendall(b"to reader")
        assert reader.outcome() == b"to reader"
        total = 0
        while total < 2**22:
            total += len(server.recv(2**16))
        assert writer.outcome() is None


def test_what_a_writer_has_sealed_is_no_answer_of_the_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader meets tickets, which are no data, while the writer is between sealing and sending."""
    client, server = sockets()
    sealed, may_send = threading.Event(), threading.Event()
    flush = Channel._flush

    def flush_at_leave(channel: Channel, deadline: Deadline | None) -> None:
        if channel is client._sslobj and channel._sealed:
            sealed.set()
            may_send.wait(10)
        flush(channel, deadline)

    monkeypatch.setattr(Channel, "_flush", flush_at_leave)
    with client, server:
        client.settimeout(10)
        server.settimeout(10)
        writer = Call(client.sendall, b"x" * 2**22)
        assert sealed.wait(10)
        with waiting(writing=False) as reads:
            reader = Call(client.recv, 10)
            assert reads.wait(10)
        server.sendall(b"to reader")
        assert reader.outcome() == b"to reader"
        may_send.set()
        total = 0
        while total < 2**22:
            total += len(server.recv(2**16))
        assert writer.outcome() is None


def test_a_key_update_that_the_reader_answers_does_not_disturb_the_writer() -> None:
    client, server = sockets()
    with client, server:
        data = bytes(range(256)) * 4096

        def serve() -> None:
            for _ in range(20):
                with server._sslobj._lock:
                    server._sslobj._connection.update_keys(True)
                server.sendall(b"x" * 100)

        got = bytearray()

        def collect() -> None:
            while len(got) < len(data):
                got.extend(server.recv(2**16))

        def read() -> None:
            total = 0
            while total < 2000:
                total += len(client.recv(2**16))

        threads = [threading.Thread(target=work) for work in (serve, collect, read)]
        for thread in threads:
            thread.start()
        for start in range(0, len(data), 10000):
            client.sendall(data[start : start + 10000])
        for thread in threads:
            thread.join(20)
        assert got == data


def test_two_writers_take_turns() -> None:
    client, server = sockets()
    size = 3 * 2**17
    with client, server:
        client.settimeout(10)
        server.settimeout(10)
        calls = [Call(client.sendall, letter * size) for letter in (b"a", b"b", b"c")]
        received = b""
        while len(received) < 3 * size:
            received += server.recv(2**16)
        assert [call.outcome() for call in calls] == [None] * 3
        assert sorted({received[start : start + size] for start in range(0, 3 * size, size)}) == [
            letter * size for letter in (b"a", b"b", b"c")
        ]


def test_whoever_cannot_wait_for_a_turn_is_told_to_come_again() -> None:
    left, right = socket.socketpair()
    with left, right:
        bio = socketbio.SocketBio(left)
        for turn in Turn:
            refused = refssl.SSLWantWriteError if turn is Turn.WRITE else refssl.SSLWantReadError
            with bio.turn(turn, None):
                with pytest.raises(refused), bio.turn(turn, Deadline(0.0, "")):
                    raise AssertionError("two have the same turn")
                with pytest.raises(TimeoutError, match="too long"), bio.turn(turn, Deadline(0.01, "it took too long")):
                    raise AssertionError("two have the same turn")
            with bio.turn(turn, Deadline(0.0, "")):
                pass


@pytest.mark.parametrize("how", ["unwrap", "shutdown", "close"])
def test_an_end_that_another_thread_makes_reaches_a_reader(how: str) -> None:
    client, server = sockets()
    with client, server:
        client.settimeout(10)
        server.settimeout(10)
        with waiting(writing=False) as reads:
            reading = Call(client.recv, 10)
            assert reads.wait(10)
        if how == "unwrap":
            answering = Call(server.recv, 10)
            closing = Call(client.unwrap)
            assert answering.outcome() == b""
            server.unwrap()
            assert closing.outcome() is client
            assert isinstance(reading.outcome(), refssl.SSLZeroReturnError)
        elif how == "shutdown":
            client.shutdown(socket.SHUT_RDWR)
            assert reading.outcome() == b""
        else:
            server.close()
            assert reading.outcome() == b""
            client.close()
            assert isinstance(raised(client.recv, 10), OSError)


def test_what_is_not_taken_at_once_waits_where_the_system_cannot_be_told_not_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on Windows, which has no MSG_DONTWAIT: a blocking socket's writer must not keep the reader from reading."""
    monkeypatch.setattr(socketbio, "_NO_WAIT", 0)
    client, server = sockets()
    data = bytes(range(256)) * 8192
    with client, server:
        client.settimeout(None)
        server.settimeout(10)
        with waiting(writing=True) as writes:
            writing = Call(client.sendall, data)
            assert writes.wait(10)
        for number in range(10):
            server.sendall(b"%d" % number)
            assert client.recv(1) == b"%d" % number
        received = b""
        while len(received) < len(data):
            received += server.recv(2**16)
        assert received == data
        assert writing.outcome() is None


def test_settings_that_change_meanwhile_are_old_or_new_for_each_connection() -> None:
    """No connection sees half of a change, and none of another's: the context is read once for each."""
    client_context, server_context = contexts()
    server_context.set_alpn_protocols(["old"])
    stop = threading.Event()

    def change() -> None:
        while not stop.is_set():
            for protocol in ("new", "old"):
                server_context.set_alpn_protocols([protocol])
                server_context.set_ciphersuites(
                    "TLS_AES_128_GCM_SHA256" if protocol == "new" else "TLS_AES_256_GCM_SHA384"
                )
                server_context.load_cert_chain(certificates().server)

    def converse(name: bytes) -> tuple[bytes, str | None]:
        near, far = socket.socketpair()
        near.settimeout(10)
        far.settimeout(10)
        serving = Call(lambda: server_context.wrap_socket(far, server_side=True))
        with client_context.wrap_socket(near, server_hostname="localhost") as client, serving.outcome() as server:
            client.sendall(name)
            return server.recv(100), client.selected_alpn_protocol()

    client_context.set_alpn_protocols(["old", "new"])
    changing = Call(change)
    try:
        calls = [Call(converse, b"connection %d" % number) for number in range(16)]
        outcomes = [call.outcome() for call in calls]
    finally:
        stop.set()
        changing.outcome()
    assert [name for name, _ in outcomes] == [b"connection %d" % number for number in range(16)]
    assert {protocol for _, protocol in outcomes} <= {"old", "new"}


def test_what_accept_cannot_wrap_is_closed() -> None:
    client_context, server_context = contexts()
    with server_context.wrap_socket(socket.create_server(("127.0.0.1", 0)), server_side=True) as listener:
        listener.context = client_context  # which has to know the host that it asks for
        with warnings.catch_warnings(), contextlib.ExitStack() as stack:
            warnings.simplefilter("error")
            plain = stack.enter_context(socket.create_connection(listener.getsockname(), timeout=10))
            assert isinstance(raised(listener.accept), ValueError)
            gc.collect()
            assert plain.recv(1) == b""
