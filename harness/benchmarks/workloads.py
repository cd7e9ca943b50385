"""What a metric does with a peer: a function that does it n times, made before the clock starts.

Nothing is timed or counted here, and nothing that is done for the first time only (a ticket, a first connection) is
left for the clock.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable
from functools import partial

from benchmarks.metrics import BATCH, MESSAGE, WRITE
from benchmarks.peers.base import Peer, Unsupported

Run = Callable[[int], None]


class Damaged(Exception):
    """What was read is not what was written."""


def handshakes(peer: Peer, version: int = 13, *, verify: bool = True) -> Run:
    """Full handshakes, each on a new link."""
    configuration = peer.configure(version, verify=verify)
    connect = peer.connect

    def run(times: int) -> None:
        for _ in range(times):
            connect(configuration)

    return run


def fresh_chains(peer: Peer) -> Run:
    """Full handshakes, each with another leaf than the one before; the client's context stays."""
    if not peer.verifies:
        raise Unsupported("verification")
    client = peer.configure(13)[0]
    turn = itertools.cycle([(client, *peer.configure(13, leaf=leaf)[1:]) for leaf in peer.certificates.fresh])
    connect = peer.connect

    def run(times: int) -> None:
        for configuration in itertools.islice(turn, times):
            connect(configuration)

    return run


def resumptions(peer: Peer) -> Run:
    """Handshakes that resume one session; the last of each batch is asked whether it did."""
    configuration = peer.configure(13)
    first = peer.connect(configuration)
    peer.settle(first)
    session = peer.session(first)
    connect = peer.connect

    def run(times: int) -> None:
        link = None
        for _ in range(times):
            link = connect(configuration, session=session)
        if link is not None and not peer.resumed(link):  # a ticket may be good for one use only
            raise Unsupported("resumption again and again")

    run(3)
    return run


def contexts(peer: Peer) -> Run:
    """Both contexts, from files."""
    if not peer.verifies:
        raise Unsupported("contexts")

    def run(times: int) -> None:
        for _ in range(times):
            peer.configure(13)

    return run


def default_contexts(peer: Peer) -> Run:
    """The peer's own create_default_context()."""
    make = peer.default_context()

    def run(times: int) -> None:
        for _ in range(times):
            make()

    return run


def writes(peer: Peer, version: int, size: int) -> Run:
    """Write, move, read, from client to server."""
    data = os.urandom(size)
    link = peer.connect(peer.configure(version))
    peer.settle(link)
    send = peer.sender(link)
    if bytes(send(data, 2)) != data:
        raise Damaged(f"{size} bytes came out otherwise than they went in")

    def run(times: int) -> None:
        send(data, times)

    return run


def batches(peer: Peer) -> Run:
    """Many writes, one move, then reads until everything is there."""
    data = os.urandom(WRITE)
    link = peer.connect(peer.configure(13))
    peer.settle(link)
    write, move, read = peer.pipe(link)

    def run(times: int) -> None:
        for _ in range(times):
            for _ in range(BATCH):
                write(data)
            move()
            left = BATCH * WRITE
            while left > 0:
                got = len(read(WRITE))
                if not got:
                    raise Damaged(f"{left} bytes of {BATCH * WRITE} did not come")
                left -= got

    return run


TIMED: dict[str, Callable[[Peer], Run]] = {
    "hs13": handshakes,
    "hs13_fresh": fresh_chains,
    "hs13nv": partial(handshakes, verify=False),
    "hs12": partial(handshakes, version=12),
    "res13": resumptions,
    "bulk13_16k": partial(writes, version=13, size=WRITE),
    "bulk13_64": partial(writes, version=13, size=MESSAGE),
    "bulk13_1m": batches,
    "bulk12_16k": partial(writes, version=12, size=WRITE),
    "bulk12_64": partial(writes, version=12, size=MESSAGE),
    "ctx": contexts,
    "ctx_default": default_contexts,
}
COUNTED: dict[str, Callable[[Peer], Run]] = {"calls_hs": TIMED["hs13"], "calls_rec": TIMED["bulk13_16k"]}
