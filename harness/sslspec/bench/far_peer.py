"""A peer that lives in another process: here is what a line and a scenario see of it, there is the peer itself.

Bytes go through this process, so that every transport and delivery is as with any other peer. What a question to the
peer changed comes back with its answer; in between nothing is asked. `peer_host` is the other side.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable, PeerFailed
from sslspec.bench.peer import Peer, Seen
from sslspec.bench.travelling import Traveller

Ask = Callable[[str, "dict[str, Any]"], Any]
_FAILURES = {"Inapplicable": Inapplicable, "PeerFailed": PeerFailed}


class FarError(Exception):
    """What a far peer raised: its repr and its reason."""

    def __init__(self, told: dict[str, Any]) -> None:
        super().__init__(told["repr"])
        self.reason = told["reason"]

    def __repr__(self) -> str:
        return str(self)


class FarPeer(Peer):
    """A peer of another process, by its number there. What a Peer has not, it may have there: faults, for instance."""

    def __init__(
        self, ask: Ask, traveller: Traveller, name: str, pki: Pki, *, server_side: bool, versions: tuple[str, str]
    ) -> None:
        """ask: has the other process do something. Raises what `refusal` makes of its refusals."""
        super().__init__(pki, server_side=server_side, versions=versions)
        self.name = name
        self._ask = ask
        self._traveller = traveller
        arguments = {"name": name, "server_side": server_side, "versions": versions}
        self._number = ask("make", arguments)

    def resume(self, earlier: Peer) -> None:
        assert isinstance(earlier, FarPeer)
        self._do("resume", {"earlier": earlier._number})

    @property
    def ssl_object(self) -> Any:
        """The far SSLObject: its methods, for values that travel."""
        return _FarObject(self)

    def advance(self) -> None:
        """Nothing: it goes on by itself."""

    def verb(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Have the peer there do something of which a Peer knows nothing."""
        packed = {"name": name, "args": self._traveller.pack(args), "kwargs": self._traveller.pack(kwargs)}
        return self._traveller.unpack(self._do("verb", packed))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *args, **kwargs: self.verb(name, *args, **kwargs)

    def _open(self) -> None:
        self._do("start", {"settings": self._traveller.pack(vars(self.settings))})

    def _receive(self, data: bytes) -> None:
        self._do("feed", {"data": self._traveller.pack(data)})

    def _receive_eof(self) -> None:
        self._do("feed_eof", {})

    def _pending_output(self) -> bytes:
        return b""  # it came with the answers

    def _write(self, data: bytes) -> None:
        self.verb("send", data)

    def _close_notify(self) -> None:
        self.verb("close_notify")

    def _update_keys(self, answer_wanted: bool) -> None:
        self.verb("update_keys", answer_wanted=answer_wanted)

    def _request_certificate(self) -> None:
        self.verb("request_certificate")

    def _facts(self) -> Seen:
        self.verb("look_again")
        return self.seen

    def _unread(self) -> bytes:
        unread: bytes = self.verb("_unread")
        return unread

    def _do(self, what: str, arguments: dict[str, Any]) -> Any:
        told = self._traveller.unpack(self._ask(what, {"number": self._number, **arguments}))
        self._output += told["output"]
        self._plaintext += told["plaintext"]
        self._alert = told["alert"]
        self.handshake_complete = told["handshake_complete"]
        self.close_notify_seen = told["close_notify_seen"]
        if told["seen"] is not None:
            self.seen = Seen(**told["seen"])
        if told["error"] is not None:
            self.error = FarError(told["error"])
        return told["value"]


class _FarObject:
    """The methods of a far SSLObject."""

    def __init__(self, peer: FarPeer) -> None:
        self._peer = peer

    def __getattr__(self, name: str) -> Any:
        return lambda *args: self._peer.verb("ssl_object", name, *args)


def refusal(name: str, says: str) -> Exception:
    """What to raise here for what was raised there."""
    kind = _FAILURES.get(name)
    return kind(says) if kind else RuntimeError(f"the far peer failed: {name}: {says}")
