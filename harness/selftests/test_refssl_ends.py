"""How a connection's end, found by one thread, reaches another that is in the middle of a write."""

from __future__ import annotations

import contextlib
import socket
import threading

import pytest

import refssl
from refssl.channel import SEALED_AT_ONCE
from refssl.engine.messages.control import Alert
from selftests.refssl_support import raised, sockets, waiting

SIZE = 8 * SEALED_AT_ONCE


@pytest.mark.parametrize("how", ["nothing", "fault", "alert", "close"])
def test_a_writer_that_waited_sends_nothing_after_the_end(how: str) -> None:
    """RFC 8446 6.2: after a fatal alert both sides close at once; 6.1: nothing is sent after close_notify."""
    client, server = sockets()
    outcome: list[BaseException | int] = []

    def write() -> None:
        try:
            outcome.append(client.send(bytes(SIZE)))
        except OSError as error:
            outcome.append(error)

    with client, server:
        writer = threading.Thread(target=write)
        with waiting(writing=True) as writes:
            writer.start()
            assert writes.wait(10)
        _end(client, server, how)
        server.setblocking(False)
        total = 0
        while writer.is_alive():
            with contextlib.suppress(BlockingIOError):
                total += len(socket.socket.recv(server, 2**16))
        with contextlib.suppress(BlockingIOError):
            while piece := socket.socket.recv(server, 2**16):
                total += len(piece)
    if how == "nothing":
        assert outcome == [SIZE]
        assert total > SIZE
        return
    assert isinstance(outcome[0], refssl.SSLError)
    assert total < SIZE
    if how == "close":
        assert outcome[0].reason == "PROTOCOL_IS_SHUTDOWN"


def _end(client: refssl.SSLSocket, server: refssl.SSLSocket, how: str) -> None:
    if how == "close":
        with client._sslobj._lock:
            client._sslobj._connection.close()
    elif how != "nothing":
        record = b"\x17\x03\x03\x00\x20" + bytes(32)
        if how == "alert":
            engine = server._sslobj._connection
            engine.output.send(Alert(2, 80))
            record = engine.take_output()
        socket.socket.sendall(server, record)
        assert isinstance(raised(client.recv, 1), refssl.SSLError)
