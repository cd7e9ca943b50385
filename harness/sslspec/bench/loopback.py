"""Plain sockets of this machine for each transport that has any: two that are connected, one that listens, one that is
nothing yet. TLS is not known here.
"""

from __future__ import annotations

import socket

from sslspec.bench.exits import Inapplicable

DEADLINE = 5.0  # seconds for anything that needs no waiting at all, on a machine that is busy with something else
FAMILIES = {"tcp": socket.AF_INET, "tcp6": socket.AF_INET6, "asyncio": socket.AF_INET}
ADDRESSES = {"tcp": "127.0.0.1", "tcp6": "::1", "asyncio": "127.0.0.1"}


def plain(transport: str) -> socket.socket:
    """A TCP socket that is neither connected nor bound. Raises Inapplicable where the host has no such addresses."""
    try:
        return socket.socket(_family(transport))
    except OSError as problem:
        raise _absent(transport, problem) from problem


def listener(transport: str, backlog: int = 16) -> socket.socket:
    """A socket that listens on loopback alone, on a port that the system picks. Raises Inapplicable like `plain`."""
    family = _family(transport)
    try:
        return socket.create_server((ADDRESSES[transport], 0), family=family, backlog=backlog)
    except OSError as problem:
        raise _absent(transport, problem) from problem


def connected(transport: str) -> tuple[socket.socket, socket.socket]:
    """Two connected stream sockets that block. Raises Inapplicable like `plain`."""
    if transport == "socketpair":
        return socket.socketpair()
    with listener(transport, backlog=1) as listening:
        near = socket.create_connection(listening.getsockname()[:2], timeout=DEADLINE)
        far, _ = listening.accept()
    near.settimeout(None)
    for end in (near, far):
        end.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_NODELAY, 1
        )  # else small flights wait 40 ms for an acknowledgement
    return near, far


def _family(transport: str) -> socket.AddressFamily:
    if transport not in FAMILIES:
        raise ValueError(f"unknown socket transport {transport!r}; there are socketpair, {', '.join(FAMILIES)}")
    return FAMILIES[transport]


def _absent(transport: str, problem: OSError) -> Inapplicable:
    return Inapplicable(f"nobody can listen on {ADDRESSES[transport]} here: {problem.strerror or problem}")
