"""pyOpenSSL: the OpenSSL that is bundled with pyca/cryptography, by way of cffi."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable
from typing import Any

from benchmarks.certificates import HOST, Certificates
from benchmarks.peers.base import GROUPS, MAX_FLIGHTS, SUITE12, SUITE13, Facts, NeverEnds, Peer, Pipe

_MOVED = 65536  # bytes that one move may carry
_MOVED_AT_ONCE = 1 << 21


class PyOpenSSLPeer(Peer):
    """A link is (client, server)."""

    name = "pyOpenSSL"
    statement = "import OpenSSL.SSL"

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        self._ssl: Any = importlib.import_module("OpenSSL.SSL")
        # There is no public way to set groups and to verify a host name.
        self._lib: Any = importlib.import_module("OpenSSL._util").lib

    def version(self) -> str:
        return str(self._ssl.OpenSSL_version(0).decode())

    def configure(
        self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None
    ) -> tuple[Any, Any, bool]:
        ssl = self._ssl
        client, server = ssl.Context(ssl.TLS_CLIENT_METHOD), ssl.Context(ssl.TLS_SERVER_METHOD)
        if verify:
            client.load_verify_locations(root or self.certificates.root)
            client.set_verify(ssl.VERIFY_PEER)
        server.use_certificate_chain_file(leaf or self.certificates.leaf)
        server.use_privatekey_file(self.certificates.key)
        only = ssl.TLS1_3_VERSION if version == 13 else ssl.TLS1_2_VERSION
        for context in (client, server):
            context.set_min_proto_version(only)
            context.set_max_proto_version(only)
            self._lib.SSL_CTX_set1_curves_list(context._context, GROUPS.encode())
            if version == 12:
                context.set_cipher_list(SUITE12.encode())
            else:
                context.set_tls13_ciphersuites(SUITE13.encode())
        server.set_session_id(b"bench")
        return client, server, verify

    def connect(self, configuration: tuple[Any, Any, bool], *, host: str = HOST, session: Any = None) -> Any:
        client, server = self._begin(configuration, host, session)
        want = self._ssl.WantReadError
        client_done = server_done = False
        for _ in range(MAX_FLIGHTS):
            if not client_done:
                try:
                    client.do_handshake()
                    client_done = True
                except want:
                    pass
                self._move(client, server)
            if not server_done:
                try:
                    server.do_handshake()
                    server_done = True
                except want:
                    pass
                self._move(server, client)
            if client_done and server_done:
                if session is not None:
                    self._keep_session(client)
                return client, server
        raise NeverEnds

    def _begin(self, configuration: tuple[Any, Any, bool], host: str, session: Any) -> tuple[Any, Any]:
        client_context, server_context, verify = configuration
        client = self._ssl.Connection(client_context, None)
        server = self._ssl.Connection(server_context, None)
        name = host.encode()
        client.set_tlsext_host_name(name)
        if verify:
            self._lib.X509_VERIFY_PARAM_set1_host(self._lib.SSL_get0_param(client._ssl), name, len(name))
        if session is not None:
            client.set_session(session)
        client.set_connect_state()
        server.set_accept_state()
        return client, server

    def _keep_session(self, client: Any) -> None:
        """OpenSSL makes a session unusable when its connection is freed while open."""
        client.set_shutdown(self._ssl.SENT_SHUTDOWN | self._ssl.RECEIVED_SHUTDOWN)

    def _move(self, source: Any, target: Any) -> None:
        try:  # a with block would be paid for by what is measured
            target.bio_write(source.bio_read(_MOVED))
        except self._ssl.WantReadError:
            return

    def settle(self, link: Any) -> None:
        self._move(link[1], link[0])
        with contextlib.suppress(self._ssl.WantReadError):
            link[0].recv(1)

    def session(self, link: Any) -> Any:
        self._keep_session(link[0])
        return link[0].get_session()

    def resumed(self, link: Any) -> bool:
        return bool(self._lib.SSL_session_reused(link[0]._ssl))

    def facts(self, link: Any) -> Facts:
        version = link[0].get_protocol_version_name()
        return Facts(13 if version == "TLSv1.3" else 12, link[0].get_cipher_name())

    def pipe(self, link: Any) -> Pipe:
        client, server = link
        return Pipe(client.send, lambda: server.bio_write(client.bio_read(_MOVED_AT_ONCE)), server.recv)

    def sender(self, link: Any) -> Callable[[bytes, int], bytes]:
        client, server = link
        write, take, give, read = client.send, client.bio_read, server.bio_write, server.recv

        def send(data: bytes, times: int) -> bytes:
            size = len(data)
            got = b""
            for _ in range(times):
                write(data)
                give(take(_MOVED))
                got = read(size)
            return got

        return send


def make(certificates: Certificates) -> Peer:
    """The peer. Raises ImportError where pyOpenSSL is not installed."""
    return PyOpenSSLPeer(certificates)
