"""Foreign peers, one module each: nothing outside this folder knows the library behind one."""

from __future__ import annotations

from sslspec import implementations
from sslspec.bench.pair import PeerFactory, module_peer


def factory(name: str) -> PeerFactory:
    """What makes peers of this name: ``tlslite``, or the name of an implementation. Raises ImplementationError."""
    if name == "tlslite":
        from sslspec.peers.tlslite import TlslitePeer

        return TlslitePeer
    loaded = implementations.load(name)
    return module_peer(loaded.module, name)
