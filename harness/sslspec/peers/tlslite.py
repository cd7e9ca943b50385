"""tlslite-ng as peer: the one module that knows it.

Its generators are driven over a socket that is only two buffers, so that it is as sans-IO as the other peers. It never
judges certificate chains or host names: a scenario in which the peer must refuse takes another peer.
"""

from __future__ import annotations

import errno
import functools
import warnings
from collections.abc import Iterator
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.bench.peer import Peer, Seen
from sslspec.peers import tlslite_crypto

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it imports asyncore where that still exists
    from tlslite import api, keyexchange
    from tlslite.constants import (
        AlertDescription,
        AlertLevel,
        CipherSuite,
        KeyUpdateMessageType,
    )
    from tlslite.errors import TLSError, TLSRemoteAlert
    from tlslite.messages import Alert
    from tlslite.utils import python_aesgcm, python_chacha20_poly1305, python_ecdsakey

tlslite_crypto.install(python_aesgcm, python_chacha20_poly1305, keyexchange, python_ecdsakey)

_RANDOM = slice(11, 43)  # where a ClientHello has it that begins a stream (RFC 8446 4, 4.1.2, 5.1)
WANTS_TO_READ = 0  # what its generators yield then; they never want to write, since the buffers take everything
_VERSIONS = {"tls12": (3, 3), "tls13": (3, 4)}
_GROUPS = {
    "X25519": "x25519",
    "X448": "x448",
    "prime256v1": "secp256r1",
    "P-256": "secp256r1",
    "secp384r1": "secp384r1",
    "P-384": "secp384r1",
    "secp521r1": "secp521r1",
    "P-521": "secp521r1",
}
_DEFAULT_GROUPS = ("X25519", "P-256", "P-384", "P-521")  # without those that RFC 8446 4.2.7 withdrew


class _Buffers:
    """What tlslite-ng takes for a socket that never blocks."""

    def __init__(self) -> None:
        self.incoming = bytearray()
        self.outgoing = bytearray()
        self.eof = False

    def send(self, data: bytes) -> int:
        self.outgoing += data
        return len(data)

    def sendall(self, data: bytes) -> None:
        self.outgoing += data

    def recv(self, size: int) -> bytes:
        if not self.incoming and not self.eof:
            raise OSError(errno.EWOULDBLOCK, "nothing to read yet")
        data = bytes(self.incoming[:size])
        del self.incoming[:size]
        return data

    def close(self) -> None:
        self.eof = True


class TlslitePeer(Peer):
    """A peer that is tlslite-ng."""

    name = "tlslite"
    failures = (TLSError, OSError, SyntaxError)  # it says SyntaxError to what it cannot decode

    def __init__(self, pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> None:
        super().__init__(pki, server_side=server_side, versions=versions)
        self._buffers = _Buffers()
        self._connection: Any = api.TLSConnection(self._buffers)
        self._connection.closeSocket = False
        self._steps: Iterator[Any] | None = None
        self._reading: Iterator[Any] | None = None
        self._earlier: TlslitePeer | None = None
        self._cache: Any = None
        self._ticket_keys = [bytearray(range(32))]
        self._first_flight = b""

    def _facts(self) -> Seen:
        connection = self._connection
        session = connection.session
        chain = session.clientCertChain if self.server_side else session.serverCertChain
        alpn = session.appProto
        name = session.serverName if self.server_side else None
        return Seen(
            version={(3, 3): "TLSv1.2", (3, 4): "TLSv1.3"}.get(connection.version),
            cipher=CipherSuite.ietfNames.get(session.cipherSuite),
            alpn=bytes(alpn).decode() if alpn else None,
            server_name=bytes(name).decode() if isinstance(name, (bytes, bytearray)) else (name or None),
            certificate=bytes(chain.x509List[0].bytes) if chain else None,
            resumed=bool(connection.resumed),
        )

    def resume(self, earlier: Peer) -> None:
        assert isinstance(earlier, TlslitePeer)
        self._earlier = earlier
        self._ticket_keys = earlier._ticket_keys
        self._cache = earlier._cache

    def _open(self) -> None:
        settings = self._handshake_settings()
        chain, key = self._credentials()
        alpn = [bytearray(name.encode()) for name in self.settings.alpn] or None
        if self.server_side:
            if self._cache is None:
                self._cache = api.SessionCache()
            self._steps = self._connection.handshakeServerAsync(
                certChain=chain,
                privateKey=key,
                reqCert=self.settings.verify_client != "none" and not self.settings.post_handshake_auth,
                sessionCache=self._cache,
                settings=settings,
                alpn=alpn,
            )
        else:
            self._steps = self._connection.handshakeClientCert(
                certChain=chain,
                privateKey=key,
                session=self._earlier._connection.session if self._earlier else None,
                settings=settings,
                serverName=self.settings.server_hostname,
                async_=True,
                alpn=alpn,
            )

        if self.key_log is not None:
            self._tell_secrets(self.key_log)

    def _tell_secrets(self, path: str) -> None:
        """Append the secrets that the connection comes to have to a file, in NSS's format."""
        layer = self._connection._recordLayer
        calculate13, calculate12 = layer.calcTLS1_3PendingState, layer.calcPendingStates
        stages = iter(("HANDSHAKE_TRAFFIC_SECRET", "TRAFFIC_SECRET_0"))

        def tell(label: str, client_random: bytes, secret: bytes) -> None:
            with open(path, "a", encoding="ascii") as file:
                file.write(f"{label} {client_random.hex()} {secret.hex()}\n")

        def of_13(suite: int, client: bytes, server: bytes, implementations: Any) -> Any:
            stage = next(stages)
            hello = bytes(self.bytes_seen) if self.server_side else self._first_flight
            for role, secret in (("CLIENT", client), ("SERVER", server)):
                tell(f"{role}_{stage}", hello[_RANDOM], secret)
            return calculate13(suite, client, server, implementations)

        def of_12(suite: int, master: bytes, client_random: bytes, *rest: Any) -> Any:
            tell("CLIENT_RANDOM", client_random, master)
            return calculate12(suite, master, client_random, *rest)

        layer.calcTLS1_3PendingState, layer.calcPendingStates = of_13, of_12

    def _handshake_settings(self) -> Any:
        settings = api.HandshakeSettings()
        settings.minVersion, settings.maxVersion = (_VERSIONS[version] for version in self.settings.versions)
        settings.versions = [v for v in ((3, 4), (3, 3)) if settings.minVersion <= v <= settings.maxVersion]
        # a client sends a CompressedCertificate that nobody offered to take
        settings.certificate_compression_send = []
        settings.eccCurves = [_GROUPS[group] for group in self.settings.groups or _DEFAULT_GROUPS]
        settings.keyShares = settings.eccCurves[:1]
        if self.server_side:
            settings.ticketKeys = self._ticket_keys
        if self.settings.psk is not None:
            identity, key = self.settings.psk
            settings.pskConfigs = [(bytearray(identity.encode()), bytearray(key), "sha256")]
        if self.settings.tickets is not None:
            settings.ticket_count = self.settings.tickets
        if self.settings.ciphers is not None:
            raise Inapplicable("the peer tlslite is not told TLS 1.2 suites in OpenSSL's language")
        return settings

    def _credentials(self) -> tuple[Any, Any]:
        if self.settings.certificate is None:
            return None, None
        return _loaded(*self.pki[self.settings.certificate])

    def _receive(self, data: bytes) -> None:
        self._buffers.incoming += data

    def _receive_eof(self) -> None:
        self._buffers.eof = True

    def _pending_output(self) -> bytes:
        data = bytes(self._buffers.outgoing)
        self._buffers.outgoing.clear()
        self._first_flight = self._first_flight or data
        return data

    def _handshake(self) -> bool:
        assert self._steps is not None
        return all(wanted != WANTS_TO_READ for wanted in self._steps)

    def _read(self) -> bytes | None:
        if self._reading is None:
            self._reading = self._connection.readAsync(None, 1)
        result = next(self._reading, b"")
        if result == WANTS_TO_READ:
            return None
        self._reading = None
        return bytes(result)

    def _write(self, data: bytes) -> None:
        for _ in self._connection.writeAsync(data):
            pass

    def _close_notify(self) -> None:
        for _ in self._connection._sendMsg(Alert().create(AlertDescription.close_notify, AlertLevel.warning)):
            pass

    def _update_keys(self, answer_wanted: bool) -> None:
        kind = KeyUpdateMessageType.update_requested if answer_wanted else KeyUpdateMessageType.update_not_requested
        for _ in self._connection.send_keyupdate_request(kind):
            pass

    def _request_certificate(self) -> None:
        for _ in self._connection.request_post_handshake_auth(self._handshake_settings()):
            pass
        self._reading = None  # what a read takes is settled when it begins

    def _unread(self) -> bytes:
        data = bytes(self._buffers.incoming)
        self._buffers.incoming.clear()
        return data

    def _alert_in(self, exception: BaseException) -> str | None:
        if isinstance(exception, TLSRemoteAlert):
            return str(AlertDescription.toStr(exception.description))
        return None


@functools.lru_cache(maxsize=100)
def _loaded(chain_path: str, key_path: str) -> tuple[Any, Any]:
    """A chain and its key, parsed once: reading them takes longer than a handshake without them."""
    chain = api.X509CertChain()
    with open(chain_path) as file:
        chain.parsePemList(file.read())
    with open(key_path) as file:
        return chain, api.parsePEMKey(file.read(), private=True)
