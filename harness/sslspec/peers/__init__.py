"""Foreign peers, one module each: nothing outside this folder knows the library behind one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sslspec import implementations
from sslspec.bench.pair import PeerFactory, module_peer
from sslspec.implementations import ImplementationError

if TYPE_CHECKING:
    from sslspec.peers.program import ProgramPeer

PROGRAMS = ("openssl", "gnutls")


def factory(name: str) -> PeerFactory:
    """What makes peers of this name: tlslite's, the scripted one, a program's or an implementation's.

    Raises ImplementationError where it cannot be loaded, or is not installed.
    """
    if name == "tlslite":
        from sslspec.peers.tlslite import TlslitePeer

        return TlslitePeer
    if name == "scripted":
        from sslspec.peers.scripted import ScriptedPeer

        return ScriptedPeer
    if name in PROGRAMS:
        if absent := missing([name]):
            raise ImplementationError(absent[0])
        return _program(name)
    loaded = implementations.load(name)
    return module_peer(loaded.module, name)


def _program(name: str) -> type[ProgramPeer]:
    if name == "openssl":
        from sslspec.peers.openssl import OpensslPeer

        return OpensslPeer
    from sslspec.peers.gnutls import GnutlsPeer

    return GnutlsPeer


def missing(names: Iterable[str]) -> list[str]:
    """A line for each of these peers that is a program and not installed here."""
    return [f"{name}: {reason}" for name in names if name in PROGRAMS and (reason := _program(name).missing())]


def programs() -> dict[str, str]:
    """Of each program that may serve as peer, its version, or why it cannot."""
    return {name: _program(name).missing() or _program(name).version() for name in PROGRAMS}
