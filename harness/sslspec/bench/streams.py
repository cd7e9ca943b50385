"""What a pair's subject is where asyncio drives it: the SSLObject that asyncio made, and its streams as blocking calls.

So a scenario that asks what a connection is, what its peer sees or how a handshake fails runs over asyncio unchanged.
What is asyncio's own (closing, time-outs, upgrading) has scenarios of its own, with the streams themselves.
"""

from __future__ import annotations

import socket
from typing import Any

from sslspec.bench.aio import Aio
from sslspec.bench.exits import Inapplicable


class StreamSubject:
    """do_handshake(), read() and write() are asyncio's doing; everything else is the SSLObject's."""

    def __init__(self, aio: Aio, connection: socket.socket, context: Any, options: dict[str, Any]) -> None:
        """options: those of wrap_bio() that asyncio passes on, ``server_side`` and ``server_hostname``."""
        unknown = options.keys() - {"server_side", "server_hostname"}
        if unknown:
            raise Inapplicable(f"asyncio passes no {', '.join(sorted(unknown))} on to wrap_bio()")
        self._aio = aio
        self._options = options
        self._connection = connection
        self._streams: tuple[Any, Any] | None = None
        self._context = context

    def do_handshake(self) -> None:
        """Make the connection, unless it is made. Raises what asyncio raises."""
        self._connected()

    def read(self, count: int) -> bytes:
        """At least one byte and no more than `count`; b"" at the end."""
        reader, _ = self._connected()
        data: bytes = self._aio.run(reader.read(count))
        return data

    def write(self, data: bytes) -> int:
        """Hand over all of it, and wait for as long as asyncio asks for; its length."""
        _, writer = self._connected()
        writer.write(data)
        self._aio.run(writer.drain())
        return len(data)

    def close(self) -> None:
        """End the connection at once, without close_notify."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._aio.run(self._aio.sleep(0))  # which is when the transport lets go of its socket
        self._connection.close()

    def __getattr__(self, name: str) -> Any:
        if self._streams is None:
            raise Inapplicable(f"asyncio shows no SSLObject, and so no {name}, before its handshake is complete")
        if name in ("unwrap", "shutdown"):
            raise Inapplicable("asyncio closes a connection; it has no way to unwrap one")
        return getattr(self._streams[1].get_extra_info("ssl_object"), name)

    def _connected(self) -> tuple[Any, Any]:
        if self._streams is None:
            self._streams = self._aio.run(self._aio.streams(self._connection, self._context, **self._options))
        return self._streams
