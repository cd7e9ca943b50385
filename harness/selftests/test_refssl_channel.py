"""When an operation has to be tried again, how a connection ends, and what threads may do to it."""

from __future__ import annotations

import contextlib
import gc
import select
import socket
import threading
import time
import weakref

import pytest

import refssl
from refssl.engine.connection import Connection
from selftests.refssl_support import Pair, contexts, raised, sockets


def _fill(sock: refssl.SSLSocket, piece: bytes) -> None:
    sock.setblocking(False)
    with pytest.raises(refssl.SSLWantWriteError):
        while True:
            sock.send(piece)


def _drain(sock: refssl.SSLSocket) -> int:
    sock.settimeout(0.1)
    total = 0
    try:
        while piece := sock.recv(2**16):
            total += len(piece)
    except TimeoutError:
        pass
    return total


# -- memory


def test_reading_and_writing_do_the_handshake_first() -> None:
    for operation in ("read", "write"):
        pair = Pair()
        with pytest.raises(refssl.SSLWantReadError):
            getattr(pair.client, operation)(*([b"x"] if operation == "write" else []))
        assert pair.client_out.pending > 0


def test_reading_nothing_is_nothing_even_before_the_handshake() -> None:
    pair = Pair()
    assert pair.client.read(0) == b""
    assert pair.client_out.pending == 0


def test_one_read_returns_at_most_one_record_and_pending_the_rest_of_it() -> None:
    pair = Pair().shake_hands()
    assert pair.client.write(b"x" * 40000) == 40000
    pair.carry()
    assert pair.server.pending() == 0
    assert (len(pair.server.read(10)), pair.server.pending()) == (10, 16374)
    assert len(pair.server.read(100000)) == 16374
    assert len(pair.server.read(100000)) == 16384
    assert len(pair.server.read(100000)) == 40000 - 2 * 16384


def test_reading_into_a_buffer() -> None:
    pair = Pair().shake_hands()
    pair.client.write(b"0123456789")
    pair.carry()
    buffer = bytearray(4)
    assert pair.server.read(100, buffer) == 4
    assert pair.server.read(-1, buffer) == 4
    assert buffer == b"4567"
    assert pair.server.read(1, memoryview(buffer)[2:]) == 1
    assert buffer == b"4587"
    for wrong in (b"read only", memoryview(bytearray(4))[::2], "text"):
        with pytest.raises(TypeError):
            pair.server.read(1, wrong)
    with pytest.raises(ValueError):
        pair.server.read(-1)


def test_closing_one_side_after_the_other() -> None:
    pair = Pair().shake_hands()
    pair.take_tickets()
    for _ in range(2):
        with pytest.raises(refssl.SSLWantReadError):
            pair.client.unwrap()
    assert raised(pair.client.write, b"x").reason == "PROTOCOL_IS_SHUTDOWN"  # type: ignore[attr-defined]
    pair.carry()
    assert (pair.server.read(), pair.server.read(), pair.server.read(5, bytearray(5))) == (b"", b"", 0)
    pair.server.write(b"late")
    pair.carry()
    assert pair.client.read() == b"late"
    assert pair.server.unwrap() is None
    pair.carry()
    for end in (pair.client, pair.server):
        with pytest.raises(refssl.SSLZeroReturnError):
            end.read()
        assert end.unwrap() is None
        assert end.version() == "TLSv1.3"


def test_what_follows_close_notify_stays_in_the_bio() -> None:
    pair = Pair().shake_hands()
    pair.take_tickets()
    with pytest.raises(refssl.SSLWantReadError):
        pair.server.unwrap()
    pair.carry()
    pair.client_in.write(b"220 plain again\r\n")
    assert pair.client.unwrap() is None
    assert pair.client_in.read() == b"220 plain again\r\n"


def test_application_data_instead_of_close_notify_ends_the_connection() -> None:
    pair = Pair().shake_hands()
    pair.client.write(b"unread")
    pair.carry()
    assert raised(pair.server.unwrap).reason == "APPLICATION_DATA_AFTER_CLOSE_NOTIFY"  # type: ignore[attr-defined]
    assert raised(pair.server.unwrap).reason == "SHUTDOWN_WHILE_IN_INIT"  # type: ignore[attr-defined]
    with pytest.raises(refssl.SSLEOFError):
        pair.server.read()


def test_an_end_without_close_notify_is_an_error_and_stays_one() -> None:
    pair = Pair().shake_hands()
    pair.take_tickets()
    pair.client_in.write_eof()
    first = raised(pair.client.read)
    assert isinstance(first, refssl.SSLEOFError)
    assert first.reason == "UNEXPECTED_EOF_WHILE_READING"
    assert first.__context__ is None
    for operation in (pair.client.read, lambda: pair.client.write(b"x"), pair.client.do_handshake):
        again = raised(operation)
        assert isinstance(again, refssl.SSLEOFError)
        assert again.reason is None
    assert pair.client.version() is None


def test_op_ignore_unexpected_eof_takes_the_end_for_close_notify() -> None:
    client_context, _ = contexts()
    client_context.options |= refssl.OP_IGNORE_UNEXPECTED_EOF
    pair = Pair(client_context).shake_hands()
    pair.take_tickets()
    pair.client_in.write_eof()
    assert (pair.client.read(), pair.client.read()) == (b"", b"")


def test_an_altered_record_is_refused_with_an_alert_and_the_connection_is_dead() -> None:
    pair = Pair().shake_hands()
    pair.take_tickets()
    pair.client.write(b"hello")
    record = bytearray(pair.client_out.read())
    record[-1] ^= 1
    pair.server_in.write(record)
    assert isinstance(raised(pair.server.read), refssl.SSLError)
    assert raised(pair.server.read).reason is None  # type: ignore[attr-defined]
    pair.carry()
    told = raised(pair.client.read)
    assert told.reason == "SSLV3_ALERT_BAD_RECORD_MAC"  # type: ignore[attr-defined]
    assert isinstance(raised(pair.client.read), refssl.SSLEOFError)
    with pytest.raises(refssl.SSLZeroReturnError):
        pair.client.write(b"x")


def test_nothing_is_left_behind_by_a_connection() -> None:
    gc.collect()
    gc.disable()
    try:
        pair = Pair().shake_hands()
        left = [weakref.ref(pair.client), weakref.ref(pair.server), weakref.ref(pair.client._sslobj)]
        failed = Pair(hostname="wrong.example")
        kind = type(raised(failed.shake_hands))
        left.append(weakref.ref(failed.client))
        del pair, failed
        assert kind is refssl.SSLCertVerificationError
        assert [reference() for reference in left] == [None] * 4
    finally:
        gc.enable()


# -- sockets


def test_a_refused_write_is_retried_with_the_same_data_in_any_buffer() -> None:
    client, server = sockets()
    with client, server:
        piece = b"x" * 2**16
        client.setblocking(False)
        sent = 0
        with pytest.raises(refssl.SSLWantWriteError):
            while True:
                sent += client.send(piece)
        received = _drain(server)
        assert client.send(bytearray(piece)) == len(piece)
        received += _drain(server)
        assert received == sent + len(piece)


@pytest.mark.parametrize("shorter", [b"x", b""])
def test_a_shorter_retry_is_bad_length_and_the_connection_is_dead(shorter: bytes) -> None:
    client, server = sockets()
    with client, server:
        _fill(client, b"x" * 2**16)
        assert raised(client.send, shorter).reason == "BAD_LENGTH"  # type: ignore[attr-defined]
        with pytest.raises(refssl.SSLEOFError):
            client.send(b"x" * 2**16)


def test_a_timeout_is_for_the_whole_operation() -> None:
    left, right = socket.socketpair()
    client_context, _ = contexts()
    left.settimeout(0.5)
    stop = threading.Event()

    def drip() -> None:
        for octet in b"\x16\x03\x03\x10\x00" + bytes(100):
            if stop.wait(0.1):
                return
            with contextlib.suppress(BrokenPipeError):  # the other end is closed as soon as its time is up
                right.send(bytes([octet]))

    thread = threading.Thread(target=drip)
    thread.start()
    started = time.monotonic()
    with pytest.raises(TimeoutError, match="handshake operation timed out"):
        client_context.wrap_socket(left, server_hostname="localhost")
    taken = time.monotonic() - started
    stop.set()
    thread.join()
    right.close()
    assert 0.4 < taken < 2
    assert left.fileno() == -1


def test_reading_and_writing_time_out_with_their_own_words() -> None:
    client, server = sockets()
    with client, server:
        client.settimeout(0.05)
        with pytest.raises(TimeoutError, match="The read operation timed out"):
            client.recv(1)
        with pytest.raises(TimeoutError, match="The write operation timed out"):
            client.sendall(b"x" * 2**24)


@pytest.mark.parametrize("suppress", [True, False])
def test_ragged_ends_are_suppressed_or_not(suppress: bool) -> None:
    client, server = sockets(suppress_ragged_eofs=suppress)
    with client:
        client.settimeout(0.05)
        with pytest.raises(TimeoutError):
            client.recv(1)
        server.close()
        if suppress:
            assert (client.recv(5), client.recv_into(bytearray(5)), client.makefile("rb").read()) == (b"", 0, b"")
        else:
            for _ in range(2):
                with pytest.raises(refssl.SSLEOFError):
                    client.recv(5)
        with pytest.raises(refssl.SSLEOFError):
            client.send(b"x")


def test_unwrap_gives_the_same_socket_in_plain_text() -> None:
    client, server = sockets()
    with client, server:
        thread = threading.Thread(target=server.unwrap)
        thread.start()
        assert client.unwrap() is client
        thread.join()
        client.send(b"plain")
        assert server.recv(10) == b"plain"
        assert (client.version(), client.cipher(), client.pending()) == (None, None, 0)
        for refused in (client.unwrap, client.read, lambda: client.write(b"x")):
            with pytest.raises(ValueError):
                refused()


def test_bytes_from_a_peer_that_has_gone_are_never_taken_for_decrypted_ones() -> None:
    import struct

    for server_side in (True, False):
        listener = socket.create_server(("127.0.0.1", 0))
        peer = socket.create_connection(listener.getsockname())
        accepted, _ = listener.accept()
        listener.close()
        peer.sendall(b"GET / HTTP/1.0\r\n\r\n")
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
        reset = select.poll()
        reset.register(accepted, 0)
        assert reset.poll(10_000) == [(accepted.fileno(), select.POLLERR | select.POLLHUP)]
        context = contexts()[int(server_side)]
        hostname = None if server_side else "localhost"
        with pytest.raises(OSError) as caught:
            context.wrap_socket(accepted, server_side=server_side, server_hostname=hostname)
        assert accepted.fileno() == -1
        if isinstance(caught.value, refssl.SSLError):
            assert caught.value.reason == "Closed before TLS handshake with data in recv buffer."


def test_the_descriptor_is_taken_over_and_closed_when_wrapping_fails() -> None:
    client_context, server_context = contexts()
    left, right = socket.socketpair()
    number = left.fileno()
    left.setblocking(False)
    with pytest.raises(ValueError):
        client_context.wrap_socket(left, server_hostname="localhost")
    assert left.fileno() == -1
    assert right.recv(1) == b""
    right.close()
    with pytest.raises(OSError):
        socket.socket(fileno=number).getpeername()
    untouched, other = socket.socketpair()
    with untouched, other:
        with pytest.raises(ValueError):
            client_context.wrap_socket(untouched)
        with pytest.raises(ValueError):
            server_context.wrap_socket(untouched, server_side=True, server_hostname="x")
        assert untouched.fileno() != -1


def test_a_signal_in_the_middle_of_a_record_ends_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = Pair().shake_hands()
    pair.take_tickets()
    pair.server.write(b"half of it")
    pair.carry()
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Connection, "receive", interrupted)
        pair.client.read()
    pair.server.write(b"more")
    pair.carry()
    with pytest.raises(refssl.SSLEOFError):
        pair.client.read()


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt
