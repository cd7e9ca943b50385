"""What every peer can do, and nothing that only one of them does.

A *configuration* is what both sides need and keep for many connections; a *link* is a client and a server whose
handshake is complete. Both belong to their peer: nobody else looks inside.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.certificates import HOST, Certificates

SUITE13 = "TLS_AES_128_GCM_SHA256"
SUITE12 = "ECDHE-ECDSA-AES128-GCM-SHA256"
# P-256 must stay: TLS 1.2 wants the certificate's curve among the groups (RFC 8422 5.1).
GROUPS = "X25519:P-256"
MAX_FLIGHTS = 40

Configuration = Any
Link = Any


class Unsupported(Exception):
    """The peer has no such feature; the text names it."""


class NeverEnds(Exception):
    """A handshake that goes on without end."""

    def __init__(self) -> None:
        super().__init__(f"the handshake is not complete after {MAX_FLIGHTS} flights")


class Facts(NamedTuple):
    """What was negotiated: `version` 12 or 13, and the suite in the peer's own spelling."""

    version: int
    suite: str


class Pipe(NamedTuple):
    """One way through a link, from client to server: write some bytes, move what was written, read up to so many."""

    write: Callable[[bytes], object]
    move: Callable[[], object]
    read: Callable[[int], bytes]


class Peer(ABC):
    """One implementation. `statement` imports it; `verifies` is False where it never looks at chains or names."""

    name: str
    statement: str
    verifies = True
    remark = ""
    scarce = False  # so slow that fewer connections must do

    def __init__(self, certificates: Certificates) -> None:
        self.certificates = certificates

    @abstractmethod
    def version(self) -> str:
        """Of the library, in one line."""

    @abstractmethod
    def configure(
        self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None
    ) -> Configuration:
        """Both sides for TLS 1.2 (12) or 1.3 (13), from PEM files. Raises Unsupported."""

    @abstractmethod
    def connect(self, configuration: Configuration, *, host: str = HOST, session: Any = None) -> Link:
        """A new link. Raises whatever the peer raises when it refuses."""

    @abstractmethod
    def facts(self, link: Link) -> Facts:
        """What a link has negotiated."""

    @abstractmethod
    def pipe(self, link: Link) -> Pipe:
        """For many writes moved at once."""

    @abstractmethod
    def sender(self, link: Link) -> Callable[[bytes, int], bytes]:
        """A function of data and n: n times write, move and read; what was read last. No code but the peer's."""

    def settle(self, link: Link) -> None:
        """Let the client read what is on its way: tickets. A peer without any has nothing to do."""
        return

    def session(self, link: Link) -> Any:
        """What a later connection can resume. Raises Unsupported."""
        raise Unsupported("resumption")

    def resumed(self, link: Link) -> bool:
        """Whether a link resumed a session. Raises Unsupported."""
        raise Unsupported("resumption")

    def default_context(self) -> Callable[[], object]:
        """The peer's create_default_context. Raises Unsupported."""
        raise Unsupported("default contexts")

    def shares(self, configuration: Configuration) -> tuple[bytes, bytes] | None:
        """The X25519 shares on the wire of a new handshake, client's and server's; None where nobody can see them."""
        return None
