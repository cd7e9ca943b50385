"""tlslite-ng: a protocol in pure Python, its cryptography too unless M2Crypto or gmpy2 are there."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.certificates import HOST, Certificates
from benchmarks.peers.base import MAX_FLIGHTS, Facts, NeverEnds, Peer, Pipe, Unsupported

_ACCELERATORS = ("m2cryptoLoaded", "gmpyLoaded", "GMPY2_LOADED", "pycryptoLoaded")
_VERSIONS = {13: (3, 4), 12: (3, 3)}


class _Fifo:
    """What tlslite-ng takes for a non-blocking socket."""

    def __init__(self, inbox: bytearray, outbox: bytearray) -> None:
        self._inbox, self._outbox = inbox, outbox

    def send(self, data: bytes) -> int:
        self._outbox += data
        return len(data)

    def sendall(self, data: bytes) -> None:
        self._outbox += data

    def recv(self, size: int) -> bytes:
        if not self._inbox:
            raise BlockingIOError(11, "empty")
        data = bytes(self._inbox[:size])
        del self._inbox[:size]
        return data

    def close(self) -> None:
        """Nothing to close."""


class TlslitePeer(Peer):
    """A link is (client, server, bytes to the client)."""

    name = "tlslite-ng"
    statement = "import tlslite.tlsconnection"
    verifies = False
    scarce = True
    remark = "tlslite-ng never verifies chains or names: its handshakes compare in hs13nv alone"

    def __init__(self, certificates: Certificates) -> None:
        super().__init__(certificates)
        self._api: Any = importlib.import_module("tlslite.api")
        self._chain = self._api.X509CertChain()
        self._chain.parsePemList(Path(certificates.leaf).read_text(encoding="ascii"))
        self._key = self._api.parsePEMKey(Path(certificates.key).read_text(encoding="ascii"), private=True)

    def version(self) -> str:
        cryptomath: Any = importlib.import_module("tlslite.utils.cryptomath")
        loaded = [name for name in _ACCELERATORS if getattr(cryptomath, name, False)]
        return f"accelerators: {', '.join(loaded) or 'none'}"

    def configure(
        self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None
    ) -> tuple[Any, Any]:
        client, server = (self._settings(version) for _ in range(2))
        server.ticketKeys = [bytearray(os.urandom(32))]
        return client, server

    def _settings(self, version: int) -> Any:
        settings = self._api.HandshakeSettings()
        settings.minVersion = settings.maxVersion = _VERSIONS[version]
        settings.versions = [_VERSIONS[version]]
        settings.cipherNames = ["aes128gcm"]
        settings.keyShares = ["x25519"]
        settings.eccCurves = ["x25519", "secp256r1"]
        settings.defaultCurve = "x25519" if version == 12 else "secp256r1"
        return settings

    def connect(self, configuration: tuple[Any, Any], *, host: str = HOST, session: Any = None) -> Any:
        to_server, to_client = bytearray(), bytearray()
        client = self._api.TLSConnection(_Fifo(to_client, to_server))
        server = self._api.TLSConnection(_Fifo(to_server, to_client))
        steps = client.handshakeClientCert(session=session, settings=configuration[0], serverName=host, async_=True)
        answers = server.handshakeServerAsync(certChain=self._chain, privateKey=self._key, settings=configuration[1])
        client_done = server_done = False
        for _ in range(MAX_FLIGHTS):
            client_done = client_done or _advance(steps, to_client)
            server_done = server_done or _advance(answers, to_server)
            if client_done and server_done:
                return client, server, to_client
        raise NeverEnds

    def settle(self, link: Any) -> None:
        client, _server, to_client = link
        for wanted in client.readAsync(1, 1):
            if wanted == 0 and not to_client:
                break

    def session(self, link: Any) -> Any:
        session = link[0].session
        if not session or not session.tickets:
            raise Unsupported("resumption: no ticket came")
        return session

    def resumed(self, link: Any) -> bool:
        return bool(link[0].resumed)

    def facts(self, link: Any) -> Facts:
        version = link[0].getVersionName()
        return Facts(13 if version == "TLS 1.3" else 12, link[0].getCipherName())

    def pipe(self, link: Any) -> Pipe:
        return Pipe(link[0].write, lambda: None, link[1].recv)

    def sender(self, link: Any) -> Callable[[bytes, int], bytes]:
        write, read = link[0].write, link[1].recv

        def send(data: bytes, times: int) -> bytes:
            size = len(data)
            got = b""
            for _ in range(times):
                write(data)
                got = read(size)
            return got

        return send


def _advance(steps: Iterator[int], inbox: bytearray) -> bool:
    """Run one side until it wants to read (0) what is not there; True where it has come to its end."""
    return all(wanted != 0 or inbox for wanted in steps)


def make(certificates: Certificates) -> Peer:
    """The peer. Raises ImportError where tlslite-ng is not installed."""
    return TlslitePeer(certificates)
