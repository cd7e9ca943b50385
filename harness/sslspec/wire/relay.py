"""Stands between a socket and whoever connects: takes down what passes, and passes on all of it, ends included.

For peers that make their own connections, of which nothing can be seen from outside. No TLS is known here.
"""

from __future__ import annotations

import contextlib
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
    with near, far:
        back = threading.Thread(target=_pump, args=(far, near, theirs, tap), name="sslspec-relay", daemon=True)
        back.start()
        _pump(near, far, mine, tap)
        back.join()


def _pump(source: socket.socket, target: socket.socket, by: str, tap: Tap) -> None:
    """One direction, until its end."""
    with contextlib.suppress(OSError):  # nobody is there any more to whom it could be given
        try:
            while data := source.recv(_CHUNK):
                tap.sent(by, data)
                target.sendall(data)
        except ConnectionResetError:
            tap.closed(by, "reset")
            target.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            target.close()
        else:
            tap.closed(by, "close")
            target.shutdown(socket.SHUT_WR)
