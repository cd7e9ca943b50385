"""Keeps peers for another process (`far_peer`), by number, and tells with each answer what has become of them.

A new one for each scenario, so that nothing of one is seen by the next.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.lines import Line
from sslspec.bench.peer import Peer, Settings
from sslspec.bench.travelling import Traveller


class _NoLine(Line):
    """Nothing to carry: the bytes come and go with questions and answers."""

    def settle(self, reached: Callable[[], bool]) -> bool:
        return reached()


class PeerHost:
    """The peers of one scenario. factory: what makes peers of a name."""

    def __init__(self, factory: Callable[[str], Callable[..., Peer]], pki: Pki, traveller: Traveller) -> None:
        self._factory = factory
        self._pki = pki
        self._traveller = traveller
        self._peers: list[Peer] = []

    def answer(self, what: str, arguments: dict[str, Any]) -> Any:
        """Do what is asked: make, resume, start, feed, feed_eof, or any verb of a peer's. Raises what it raises."""
        if what == "make":
            return self._make(**arguments)
        peer = self._peers[arguments.pop("number")]
        value = getattr(self, f"_{what}")(peer, **arguments)
        return self._traveller.pack(self._state(peer, value))

    def _make(self, name: str, server_side: bool, versions: list[str]) -> int:
        peer = self._factory(name)(self._pki, server_side=server_side, versions=tuple(versions))
        _NoLine(peer)
        self._peers.append(peer)
        return len(self._peers) - 1

    def _resume(self, peer: Peer, earlier: int) -> None:
        peer.resume(self._peers[earlier])

    def _start(self, peer: Peer, settings: Any) -> None:
        peer.settings = replace(Settings(), **self._traveller.unpack(settings))
        peer.start()

    def _feed(self, peer: Peer, data: Any) -> None:
        peer.feed(self._traveller.unpack(data))

    def _feed_eof(self, peer: Peer) -> None:
        peer.feed_eof()

    def _verb(self, peer: Peer, name: str, args: Any, kwargs: Any) -> Any:
        given, named = self._traveller.unpack(args), self._traveller.unpack(kwargs)
        if name == "ssl_object":
            method, *given = given
            return getattr(getattr(peer, name), method)(*given)
        return getattr(peer, name)(*given, **named)

    def _state(self, peer: Peer, value: Any) -> dict[str, Any]:
        error = peer.error
        return {
            "value": value,
            "output": peer.take() if peer.is_open else b"",
            "plaintext": peer.received(),
            "alert": peer.alert_seen,
            "handshake_complete": peer.handshake_complete,
            "close_notify_seen": peer.close_notify_seen,
            "seen": vars(peer.seen) if peer.handshake_complete else None,
            "error": {"repr": repr(error), "reason": getattr(error, "reason", None)} if error is not None else None,
        }
