"""Stands between a socket and whoever connects: takes down what passes, and passes on all of it, ends included.

For peers that make their own connections, of which nothing can be seen from outside. No TLS is known here.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import threading
from typing import Protocol

from sslspec.bench import loopback

_CHUNK = 65536


class Tap(Protocol):
    """Who is told: see `sslspec.wire.tap`."""

    def sent(self, by: str, data: bytes) -> None: ...

    def closed(self, by: str, how: str) -> None: ...


def between(far: socket.socket, tap: Tap, *, mine: str, theirs: str) -> socket.socket:
    """A TCP socket to be used in the place of `far`. mine, theirs: which end uses it, and which is behind `far`."""
    given, inner = loopback.connected("tcp")
    far.settimeout(None)
    threading.Thread(target=_relay, args=(inner, far, tap, mine, theirs), name="sslspec-relay", daemon=True).start()
    return given


def _relay(near: socket.socket, far: socket.socket, tap: Tap, mine: str, theirs: str) -> None:
    """Until both directions have ended. One thread for both: a socket that another one waits for cannot be reset."""
    ways = {near: (far, mine), far: (near, theirs)}
    with near, far, selectors.DefaultSelector() as selector, contextlib.suppress(OSError):
        for end in ways:
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                source = key.fileobj
                assert isinstance(source, socket.socket)
                target, by = ways[source]
                try:
                    data = source.recv(_CHUNK)
                except ConnectionResetError:
                    tap.closed(by, "reset")
                    target.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                    return
                if data:
                    tap.sent(by, data)
                    target.sendall(data)
                else:
                    tap.closed(by, "close")
                    selector.unregister(source)
                    target.shutdown(socket.SHUT_WR)
