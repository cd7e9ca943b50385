"""siotls: TLS 1.3 in pure Python on pyca/cryptography, without TLS 1.2 and without resumption."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.certificates import HOST, Certificates
from benchmarks.metrics import WRITE
from benchmarks.peers.base import MAX_FLIGHTS, Facts, NeverEnds, Peer, Pipe, Unsupported

# 0.0.5 pads each record to a multiple of 1 KiB, then refuses its own of full size: two of 8 KiB go instead.
_HALF = WRITE // 2


class SiotlsPeer(Peer):
    """A link is (client, server)."""

    name = "siotls"
    statement = "import siotls, siotls.crypto; siotls.crypto.install('openssl'); import siotls.trust.backends.openssl"
    remark = "siotls pads each record to a multiple of 1 KiB and sends no tickets"

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        logging.getLogger("siotls").setLevel(logging.ERROR)
        importlib.import_module("siotls.crypto").install("openssl")
        self._siotls: Any = importlib.import_module("siotls")
        self._pem: Any = importlib.import_module("siotls.pem")
        self._store: Any = importlib.import_module("siotls.trust.backends.openssl").OpensslTrustStore
        iana: Any = importlib.import_module("siotls.iana")
        self._common = {
            "cipher_suites": [iana.CipherSuites.TLS_AES_128_GCM_SHA256],
            "key_exchanges": [iana.NamedGroup.x25519],
        }

    def version(self) -> str:
        return str(self._siotls.__version__)

    def configure(
        self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None
    ) -> tuple[Any, Any]:
        if version != 13:
            raise Unsupported("TLS 1.2")
        chain = self._pem.decode_pem_certificate_chain
        trust = {"truststore": self._store(chain(Path(root or self.certificates.root).read_bytes()))} if verify else {}
        client = self._siotls.TLSConfiguration("client", **self._common, **trust)
        server = self._siotls.TLSConfiguration(
            "server",
            private_key=self._pem.decode_pem_private_key(Path(self.certificates.key).read_bytes()),
            certificate_chain=chain(Path(leaf or self.certificates.leaf).read_bytes()),
            **self._common,
        )
        return client, server

    def connect(self, configuration: tuple[Any, Any], *, host: str = HOST, session: Any = None) -> Any:
        client = self._siotls.TLSConnection(configuration[0], server_hostname=host)
        server = self._siotls.TLSConnection(configuration[1])
        client.initiate_connection()
        server.initiate_connection()
        for _ in range(MAX_FLIGHTS):
            if flight := client.data_to_send():
                server.receive_data(flight)
            if flight := server.data_to_send():
                client.receive_data(flight)
            elif client.is_connected() and server.is_connected():
                return client, server
        raise NeverEnds

    def facts(self, link: Any) -> Facts:
        return Facts(13, str(link[0].nconfig.cipher_suite.name))

    def pipe(self, link: Any) -> Pipe:
        client, server = link

        def write(data: bytes) -> None:
            client.send_data(data[:_HALF])
            client.send_data(data[_HALF:])

        return Pipe(write, lambda: server.receive_data(client.data_to_send()), server.data_to_read)

    def sender(self, link: Any) -> Callable[[bytes, int], bytes]:
        client, server = link
        write, take, give, read = client.send_data, client.data_to_send, server.receive_data, server.data_to_read

        def send(data: bytes, times: int) -> bytes:
            got = b""
            for _ in range(times):
                for start in range(0, len(data), _HALF):
                    write(data[start : start + _HALF])
                give(take())
                got = read()
            return got

        return send


def make(certificates: Certificates) -> Peer:
    """The peer. Raises ImportError where siotls is not installed."""
    return SiotlsPeer(certificates)
