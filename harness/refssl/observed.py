"""A connection that a _msg_callback looks on: each operation ends with what the callback has raised meanwhile.

Only the order of exceptions is decided here. Connections that nobody looks on are plain TLSConnections.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from refssl.observers import MessageObserver
from refssl.tls import TLSConnection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Buffer


class ObservedConnection(TLSConnection):
    """A TLSConnection whose operations raise what its observer's callback raised, once they are done.

    An operation's own exception goes first, with the callback's as its context, as CPython has it.
    """

    __slots__ = ()

    @contextmanager
    def _watched(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            raised = self._raised()
            if raised is not None:
                error.__context__ = raised
            raise
        raised = self._raised()
        if raised is not None:
            raise raised

    def _raised(self) -> BaseException | None:
        observer = self._connection.config.observe
        return observer.take() if isinstance(observer, MessageObserver) else None

    def do_handshake(self) -> None:
        """As Channel.do_handshake."""
        with self._watched():
            super().do_handshake()

    def read(self, *args: Any) -> bytes | int:
        """As Channel.read."""
        with self._watched():
            return super().read(*args)

    def write(self, data: Buffer, /) -> int:
        """As Channel.write."""
        with self._watched():
            return super().write(data)

    def shutdown(self) -> None:
        """As Channel.shutdown, but that here the callback's exception goes first."""
        try:
            super().shutdown()
        finally:
            raised = self._raised()
            if raised is not None:
                raise raised
