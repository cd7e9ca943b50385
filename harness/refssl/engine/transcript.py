"""The hash of the handshake messages so far (RFC 8446 4.4.1), which starts before it is known which hash it is.

Which messages belong to it is decided where they are sent and received.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from refssl.crypto.hashing import HASHES


class Transcript:
    """The running Transcript-Hash. Until `select` is called the messages themselves are kept.

    update(message): add one whole handshake message, header included. digest(): Transcript-Hash of all messages so far,
    once it is known which hash it is. They are the very methods of what collects the messages.
    """

    __slots__ = ("_hash", "_kept", "_name", "_waiting", "digest", "update")

    digest: Callable[[], bytes]

    def __init__(self) -> None:
        self._waiting: list[bytes] = []
        self._kept: list[bytes] | None = None
        self._hash: Any = None
        self._name = ""
        self.update: Callable[[bytes], object] = self._waiting.append

    def select(self, name: str, *, keep: bool = False) -> None:
        """The hash is `name` from now on; a second call changes nothing. keep: the messages will be asked for, too."""
        if self._hash is None:
            self._name = name
            self._go_on(HASHES[name](b"".join(self._waiting)))
            if keep:
                self._kept = self._waiting
                self.update = _to_both(self._hash, self._waiting)
            self._waiting = []

    def messages(self) -> bytes:
        """All messages so far, which TLS 1.2 signs in CertificateVerify (RFC 5246 7.4.8). Only where they were kept."""
        return b"".join(self._kept or ())

    def forget_messages(self) -> None:
        """Keep the hash only from here on."""
        self._kept = None
        self.update = self._hash.update

    def copy(self) -> Transcript:
        """A transcript that goes on from here by itself. Its hash must be known."""
        copied = Transcript()
        copied._name = self._name
        copied._go_on(self._hash.copy())
        return copied

    def digest_with(self, name: str, partial: bytes) -> bytes:
        """Transcript-Hash under `name` of all messages so far and a truncated one (RFC 8446 4.2.11.2)."""
        if self._hash is None:
            digest: bytes = HASHES[name](b"".join((*self._waiting, partial))).digest()
            return digest
        copied = self._hash.copy()
        copied.update(partial)
        return bytes(copied.digest())

    def replace_first_hello(self) -> None:
        """RFC 8446 4.4.1: on a HelloRetryRequest "the value of ClientHello1 is replaced with a special synthetic
        handshake message of handshake type "message_hash" containing Hash(ClientHello1)"."""
        digest = self.digest()
        self._go_on(HASHES[self._name](b"\xfe\x00\x00" + bytes((len(digest),)) + digest))

    def _go_on(self, running: Any) -> None:
        self._hash = running
        self.update = running.update
        self.digest = running.digest


def _to_both(running: Any, kept: list[bytes]) -> Callable[[bytes], None]:
    def update(message: bytes) -> None:
        running.update(message)
        kept.append(message)

    return update
