"""Foreign peers, one module each: nothing outside this folder knows the library behind one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from sslspec.bench.pair import PeerFactory, module_peer
from sslspec.implementations import loading
from sslspec.implementations.loading import ImplementationError
from sslspec.peers import pythons

if TYPE_CHECKING:
    from sslspec.peers.program import ProgramPeer

PROGRAMS = ("openssl", "gnutls")
FOREIGN = ("tlslite", "scripted", *PROGRAMS)


def factory(name: str) -> PeerFactory:
    """What makes peers of this name: tlslite's, the scripted one, a program's, another Python's or an implementation's.

    For one scenario. Raises ImplementationError where it cannot be loaded, or is not installed.
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
    if pythons.is_one(name):
        return pythons.factory(name)
    loaded = loading.load(name)
    return module_peer(loaded.module, name)


def _program(name: str) -> type[ProgramPeer]:
    if name == "openssl":
        from sslspec.peers.openssl import OpensslPeer

        return OpensslPeer
    from sslspec.peers.gnutls import GnutlsPeer

    return GnutlsPeer


def is_implementation(name: str) -> bool:
    """Whether a peer of this name is an implementation, to be loaded where the one under test is."""
    return name not in FOREIGN and not pythons.is_one(name)


def column(name: str) -> str:
    """What a peer is called in records. Raises ImplementationError where it is another Python, and not there."""
    return pythons.column(name) if pythons.is_one(name) else name


def missing(names: Iterable[str]) -> list[str]:
    """A line for each of these peers that is a program, or another Python, and not installed here."""
    return [*_missing_programs(names), *_missing_pythons(names)]


def _missing_pythons(names: Iterable[str]) -> Iterator[str]:
    for name in filter(pythons.is_one, names):
        try:
            pythons.column(name)
        except ImplementationError as problem:
            yield str(problem)


def _missing_programs(names: Iterable[str]) -> list[str]:
    return [f"{name}: {reason}" for name in names if name in PROGRAMS and (reason := _program(name).missing())]


def programs() -> dict[str, str]:
    """Of each program that may serve as peer, its version, or why it cannot."""
    return {name: _program(name).missing() or _program(name).version() for name in PROGRAMS}
