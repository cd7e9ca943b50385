"""Peers that an agent keeps for a host of another Python, or that its host keeps for it.

The scenario is on one side, the peer on the other (``bench.far_peer``, ``bench.peer_host``); here they are joined by
the conversation.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.far_peer import FarPeer, refusal
from sslspec.bench.pair import module_peer
from sslspec.bench.peer import Peer
from sslspec.bench.peer_host import PeerHost
from sslspec.bench.travelling import Traveller
from sslspec.carried import certificates
from sslspec.implementations import loading

_kept: PeerHost | None = None
_travellers: list[Traveller] = []


# -- peers of this interpreter, for a scenario of the host's -----------------------------------------------------------


def begin() -> None:
    """Forget the peers of the scenario before."""
    global _kept

    _kept = PeerHost(partial(module_peer, loading.load("ssl").module), Pki(certificates.folder()), Traveller())


def answer(what: str, arguments: dict[str, Any]) -> Any:
    """What a far peer of the host's asks."""
    assert _kept is not None, "begin() comes first"
    return _kept.answer(what, arguments)


# -- peers of the host's, for a scenario that is played here -----------------------------------------------------------


def of_the_host(name: str) -> Callable[..., Peer]:
    """What makes peers of this name, which live in the host."""
    conversation: Any = sys.modules["sslspec_agent"].conversation
    refused: Any = sys.modules["sslspec_agent"].HostRefused
    traveller = Traveller()
    _travellers[:] = [traveller]

    def ask(what: str, arguments: dict[str, Any]) -> Any:
        try:
            return conversation.ask("peer", what=what, arguments=arguments)
        except refused as problem:
            raise refusal(problem.name, problem.says) from None

    def make(pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> Peer:
        return FarPeer(ask, traveller, name, pki, server_side=server_side, versions=versions)

    return make


def call_back(number: int, arguments: list[Any]) -> Any:
    """Call a function that a scenario has given to a peer of the host's."""
    return _travellers[0].answer(number, arguments)
