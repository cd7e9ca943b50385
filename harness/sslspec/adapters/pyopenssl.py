"""urllib3.contrib.pyopenssl: the context and the socket that ``inject_into_urllib3()`` gives to urllib3."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from urllib3.contrib.pyopenssl import PyOpenSSLContext, WrappedSocket

from sslspec.adapters import in_the_place_of_ssl

_OF_THE_PLAIN_SOCKET = frozenset({"close", "fileno", "getpeername", "getsockname", "gettimeout", "settimeout"})


class Context(PyOpenSSLContext):  # type: ignore[misc]
    """urllib3's context; whoever puts the handshake off gets a socket that can wait with it."""

    def wrap_socket(
        self, sock: Any, server_side: bool = False, do_handshake_on_connect: bool = True, **options: Any
    ) -> Any:
        def wrap() -> Any:
            return super(Context, self).wrap_socket(sock, server_side, **options)

        return wrap() if do_handshake_on_connect else Waiting(sock, wrap)


class Waiting:
    """urllib3's socket once do_handshake() is called, or anything that needs it; the plain socket until then."""

    def __init__(self, plain: Any, wrap: Any) -> None:
        self._plain, self._wrap, self._made = plain, wrap, None

    def do_handshake(self) -> None:
        """What urllib3 does within wrap_socket()."""
        if self._made is None:
            self._made = self._wrap()

    def read(self, count: int = 1024) -> bytes:
        """recv() by the name that SSLObject has too."""
        data: bytes = self.recv(count)
        return data

    def write(self, data: Any) -> int:
        """sendall(), which is urllib3's only way to send."""
        self.sendall(data)
        return memoryview(data).nbytes

    def __getattr__(self, name: str) -> Any:
        if self._made is None and name in _OF_THE_PLAIN_SOCKET:
            return getattr(self._plain, name)
        self.do_handshake()
        return getattr(self._made, name)


def make() -> ModuleType:
    """ssl with urllib3's two classes in the place of its own; constants and errors are the standard library's."""
    return in_the_place_of_ssl("urllib3.contrib.pyopenssl", SSLContext=Context, SSLSocket=WrappedSocket)
