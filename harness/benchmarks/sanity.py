"""Whether a peer does what is measured: a fast handshake that verifies nothing is no fast handshake.

A check that fails makes a *doubt*: the peer's figures are shown all the same, marked, and meet no requirement.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.peers.base import Peer, Unsupported

_SUITE = re.compile(r"aes_?128_?gcm(_?sha256)?$")


@dataclass(slots=True)
class Health:
    """What the checks found. `missing` maps a TLS version, 12 or 13, to the reason why it cannot be measured."""

    missing: dict[int, str] = field(default_factory=dict)
    doubts: list[str] = field(default_factory=list)


def examine(peer: Peer) -> Health:
    """Connect in each version, and see that the peer refuses what it must. Raises nothing that the peer raises."""
    health = Health()
    for version in (13, 12):
        try:
            facts = peer.facts(peer.connect(peer.configure(version)))
        except (Unsupported, NotImplementedError):
            health.missing[version] = "unsupported"
            continue
        except Exception as problem:  # whatever a peer may raise
            health.missing[version] = f"fails: {type(problem).__name__}: {problem}"
            continue
        if facts.version != version:
            health.missing[version] = f"it negotiates TLS 1.{facts.version - 10}"
        elif not _SUITE.search(facts.suite.lower().replace("-", "_")):
            health.doubts.append(f"TLS 1.{version - 10} goes by {facts.suite}, where the others have AES-128-GCM")
    if 13 not in health.missing:
        if peer.verifies:
            health.doubts += _trusting(peer)
        health.doubts += _repeated(peer)
    return health


def _trusting(peer: Peer) -> list[str]:
    """Negative control: the same code with another name, and with another root, must fail."""
    doubts = []
    if _succeeds(lambda: peer.connect(peer.configure(13), host="wrong.example")):
        doubts.append("it accepts a wrong host name")
    if _succeeds(lambda: peer.connect(peer.configure(13, root=peer.certificates.other_root))):
        doubts.append("it accepts an unknown root")
    return doubts


def _repeated(peer: Peer) -> list[str]:
    """A key share that comes again saves time and forward secrecy (RFC 8446 4.2.8 wants them independent)."""
    configuration = peer.configure(13)
    seen = [peer.shares(configuration) for _ in range(3)]
    clients, servers = ([pair[side] for pair in seen if pair is not None] for side in (0, 1))
    if len(set(clients)) < len(clients) or len(set(servers)) < len(servers):
        return ["it uses a key share again"]
    return []


def _succeeds(act: Callable[[], object]) -> bool:
    try:
        act()
    except Exception:  # a refusal, in whatever words
        return False
    return True
