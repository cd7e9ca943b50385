"""The objects on which names are tried: contexts of both roles, BIOs, connections fresh and shaken hands, a session.

Each is made anew for each call, since a call may leave anything behind. Only the module's public surface is used.
"""

from __future__ import annotations

import contextlib
import socket
import warnings
from collections.abc import Callable
from typing import Any

from sslspec.bench.credentials import Pki

NAME = "localhost"


class Receivers:
    """Makes what a module's methods are called on.

    module: what is described. pki: the certificates of a run. `close` closes every socket that was made.
    """

    def __init__(self, module: Any, pki: Pki) -> None:
        self.module = module
        self._pki = pki
        self._sockets = contextlib.ExitStack()
        self._ready: dict[str, Any] = {}

    def close(self) -> None:
        """Close the sockets of all connections made so far."""
        self._sockets.close()

    def makers(self) -> dict[str, Callable[[], Any]]:
        """By the label that a record shows: ``Class`` or ``Class, how``."""
        return {
            "SSLContext, client": self.client,
            "SSLContext, server": self.server,
            "MemoryBIO": lambda: self.module.MemoryBIO(),
            "SSLObject, fresh": self.fresh_object,
            "SSLObject, connected": lambda: self._objects()[0],
            "SSLObject, server": lambda: self._objects()[1],
            "SSLSocket, fresh": self.fresh_socket,
            "SSLSocket, connected": lambda: self._connected()[0],
            "SSLSession": lambda: self._objects()[0].session,
        }

    def client(self) -> Any:
        """A client's context that trusts the PKI's root."""
        context = self.module.SSLContext(self.module.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(self._pki.authority())
        return context

    def server(self) -> Any:
        """A server's context with a certificate."""
        context = self.module.SSLContext(self.module.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self._pki["server"])
        return context

    def fresh_object(self) -> Any:
        """A client's SSLObject that has done nothing yet."""
        return self._shared("client").wrap_bio(self.module.MemoryBIO(), self.module.MemoryBIO(), server_hostname=NAME)

    def fresh_socket(self) -> Any:
        """A client's SSLSocket over a connected socket, before the handshake; it never blocks."""
        return self._wrapped(self._tcp()[0], "client")

    def plain_socket(self) -> socket.socket:
        """A TCP socket that is not connected."""
        return self._sockets.enter_context(socket.socket())

    def _shared(self, role: str) -> Any:
        """A context for connections; these do not change it."""
        if role not in self._ready:
            self._ready[role] = self.client() if role == "client" else self.server()
        return self._ready[role]

    def _objects(self) -> tuple[Any, Any]:
        there, back = self.module.MemoryBIO(), self.module.MemoryBIO()
        client = self._shared("client").wrap_bio(back, there, server_hostname=NAME)
        server = self._shared("server").wrap_bio(there, back, server_side=True)
        return self._shaken(client, server)

    def _connected(self) -> tuple[Any, Any]:
        here, there = self._tcp()
        return self._shaken(self._wrapped(here, "client"), self._wrapped(there, "server"))

    def _shaken(self, client: Any, server: Any) -> tuple[Any, Any]:
        for _ in range(10):
            for end in (client, server):
                with contextlib.suppress(self.module.SSLWantReadError):
                    end.do_handshake()
        with contextlib.suppress(self.module.SSLWantReadError):
            client.read(1)  # takes the tickets
        return client, server

    def _wrapped(self, plain: socket.socket, role: str) -> Any:
        plain.setblocking(False)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._sockets.enter_context(
                self._shared(role).wrap_socket(
                    plain,
                    server_side=role == "server",
                    do_handshake_on_connect=False,
                    server_hostname=NAME if role == "client" else None,
                )
            )

    def _tcp(self) -> tuple[socket.socket, socket.socket]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            here = socket.create_connection(listener.getsockname())
            there, _ = listener.accept()
        return here, there

    @property
    def credentials(self) -> Any:
        """Paths of a chain and its key."""
        return self._pki["server"]

    @property
    def authority(self) -> str:
        """The path of the root's certificate."""
        return self._pki.authority()
