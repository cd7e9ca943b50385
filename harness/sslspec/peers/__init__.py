"""Foreign peers, one module each: nothing outside this folder knows the library behind one."""

from __future__ import annotations

from sslspec import implementations
from sslspec.bench.pair import PeerFactory, module_peer


def factory(name: str) -> PeerFactory:
    """What makes peers of this name: ``tlslite``, ``scripted``, or an implementation's. Raises ImplementationError."""
    if name == "tlslite":
        from sslspec.peers.tlslite import TlslitePeer

        return TlslitePeer
    if name == "scripted":
        from sslspec.peers.scripted import ScriptedPeer

        return ScriptedPeer
    loaded = implementations.load(name)
    return module_peer(loaded.module, name)
