"""The standard library's ssl, refssl, and whatever else has ssl's names."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from typing import Any, NamedTuple

from benchmarks.certificates import HOST, Certificates
from benchmarks.peers.base import GROUPS, MAX_FLIGHTS, SUITE12, SUITE13, Facts, NeverEnds, Peer, Pipe, Unsupported

# A key_share extension of one X25519 share: in a ClientHello and in a ServerHello (RFC 8446 4.2.8).
_CLIENT_SHARE = bytes.fromhex("0033 0026 0024 001d 0020")
_SERVER_SHARE = bytes.fromhex("0033 0024 001d 0020")
_SHARE_LENGTH = 32


class _Link(NamedTuple):
    client: Any
    server: Any
    to_client: Any
    from_client: Any
    to_server: Any
    from_server: Any


class ShapedPeer(Peer):
    """A module with SSLContext, MemoryBIO and wrap_bio."""

    def __init__(self, name: str, certificates: Certificates) -> None:
        super().__init__(certificates)
        self.name = name
        self.statement = f"import {name}"
        self.module: Any = importlib.import_module(name)
        missing = [needed for needed in ("SSLContext", "MemoryBIO", "TLSVersion") if not hasattr(self.module, needed)]
        if missing:
            raise ImportError(f"it has no {', '.join(missing)}, so it cannot stand for ssl")

    def version(self) -> str:
        return str(getattr(self.module, "OPENSSL_VERSION", "?"))

    def configure(
        self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None
    ) -> tuple[Any, Any]:
        module = self.module
        if not getattr(module, f"HAS_TLSv1_{version - 10}", True):
            raise Unsupported(f"TLS 1.{version - 10}")
        client = module.SSLContext(module.PROTOCOL_TLS_CLIENT)
        server = module.SSLContext(module.PROTOCOL_TLS_SERVER)
        if verify:
            client.load_verify_locations(root or self.certificates.root)
        else:
            client.check_hostname = False
            client.verify_mode = module.CERT_NONE
        server.load_cert_chain(leaf or self.certificates.leaf, self.certificates.key)
        only = module.TLSVersion.TLSv1_3 if version == 13 else module.TLSVersion.TLSv1_2
        for context in (client, server):
            context.minimum_version = only
            context.maximum_version = only
            # Both came with Python 3.15; before, OPENSSL_CONF says it (see prepared.py).
            if hasattr(context, "set_groups"):
                context.set_groups(GROUPS)
            if version == 12:
                context.set_ciphers(SUITE12)
            elif hasattr(context, "set_ciphersuites"):
                context.set_ciphersuites(SUITE13)
        return client, server

    def _wrap(self, configuration: tuple[Any, Any], host: str, session: Any) -> _Link:
        bio = self.module.MemoryBIO
        to_client, from_client, to_server, from_server = bio(), bio(), bio(), bio()
        client = configuration[0].wrap_bio(to_client, from_client, server_hostname=host, session=session)
        server = configuration[1].wrap_bio(to_server, from_server, server_side=True)
        return _Link(client, server, to_client, from_client, to_server, from_server)

    def connect(self, configuration: tuple[Any, Any], *, host: str = HOST, session: Any = None) -> _Link:
        link = self._wrap(configuration, host, session)
        client, server, to_client, from_client, to_server, from_server = link
        want = self.module.SSLWantReadError
        client_done = server_done = False
        # try and except rather than contextlib.suppress: this loop is part of what is measured.
        for _ in range(MAX_FLIGHTS):
            if not client_done:
                try:
                    client.do_handshake()
                    client_done = True
                except want:
                    pass
                to_server.write(from_client.read())
            if not server_done:
                try:
                    server.do_handshake()
                    server_done = True
                except want:
                    pass
                to_client.write(from_server.read())
            if client_done and server_done:
                return link
        raise NeverEnds

    def facts(self, link: _Link) -> Facts:
        return Facts(13 if link.client.version() == "TLSv1.3" else 12, link.client.cipher()[0])

    def pipe(self, link: _Link) -> Pipe:
        give, take = link.to_server.write, link.from_client.read
        return Pipe(link.client.write, lambda: give(take()), link.server.read)

    def sender(self, link: _Link) -> Callable[[bytes, int], bytes]:
        write, take = link.client.write, link.from_client.read
        give, read = link.to_server.write, link.server.read

        def send(data: bytes, times: int) -> bytes:
            size = len(data)
            got = b""
            for _ in range(times):
                write(data)
                give(take())
                got = read(size)
            return got

        return send

    def settle(self, link: _Link) -> None:
        link.to_client.write(link.from_server.read())
        with contextlib.suppress(self.module.SSLWantReadError):
            link.client.read(1)

    def session(self, link: _Link) -> Any:
        return link.client.session

    def resumed(self, link: _Link) -> bool:
        return bool(link.client.session_reused)

    def default_context(self) -> Callable[[], object]:
        if not hasattr(self.module, "create_default_context"):
            raise Unsupported("create_default_context()")
        make: Callable[[], object] = self.module.create_default_context
        return make

    def shares(self, configuration: tuple[Any, Any]) -> tuple[bytes, bytes] | None:
        link = self._wrap(configuration, HOST, None)
        with contextlib.suppress(self.module.SSLWantReadError):
            link.client.do_handshake()
        hello = link.from_client.read()
        link.to_server.write(hello)
        with contextlib.suppress(self.module.SSLWantReadError):
            link.server.do_handshake()
        found = _after(hello, _CLIENT_SHARE), _after(link.from_server.read(), _SERVER_SHARE)
        return found if all(found) else None


def _after(data: bytes, mark: bytes) -> bytes:
    _, there, rest = data.partition(mark)
    return rest[:_SHARE_LENGTH] if there else b""
