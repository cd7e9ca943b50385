"""The other implementations in Python: the standard library's ssl and tlslite-ng, each in a thread of this process.

They are brought to what a row says like the programs of peers.py, and answer a line in reverse. Every socket has a
deadline, so every thread ends.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import tlslite
from tlslite.api import HandshakeSettings, SessionCache, TLSConnection, X509CertChain, parsePEMKey
from tlslite.constants import KeyUpdateMessageType
from tlslite.handshakesettings import CURVE_NAMES
from tlslite.utils.compat import ML_KEM_AVAILABLE
from tlslite.x509 import X509

from selftests.interop.rows import (
    ALLOW_NO_DHE_KEX,
    AUTHENTICATION,
    CURVES,
    FINITE_FIELDS,
    IDENTITY,
    KEY,
    LINE,
    OTHER_KEY,
    POST_QUANTUM,
    PREFER_NO_DHE_KEX,
    PROTOCOLS,
    THEIR_KEYS,
    TLS12,
    TLS13,
    WEAKLY,
    Row,
    anonymous,
    weak,
)
from sslspec.peers.process import DEADLINE

Speak = Callable[[socket.socket], bytes]


@contextmanager
def _serving(connections: int, speak: Speak) -> Iterator[int]:
    """A thread that lets `speak` have each of so many connections; what it raises is the client's to notice."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(DEADLINE)

        def serve() -> None:
            for _ in range(connections):
                plain, _address = listener.accept()
                plain.settimeout(DEADLINE)
                with plain, contextlib.suppress(Exception):
                    speak(plain)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            thread.join(DEADLINE)


class _Asking:
    """A client in a thread, started once for each connection."""

    def __init__(self, port: int, speak: Speak) -> None:
        self._port = port
        self._speak = speak
        self._result: bytes | Exception = b""
        self._thread = threading.Thread()

    def __enter__(self) -> _Asking:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(DEADLINE)

    def start(self) -> None:
        """Connect, say LINE and read a line."""
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def update_keys(self, answer: bytes) -> None:
        """It does so by itself, after the first answer."""

    def go_on(self, answer: bytes) -> None:
        """It does so by itself."""

    def _run(self) -> None:
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=DEADLINE) as plain:
                self._result = self._speak(plain)
        except Exception as error:
            self._result = error

    def finish(self) -> bytes:
        """What has been read. Raises what went wrong."""
        self._thread.join(DEADLINE)
        if isinstance(self._result, Exception):
            raise self._result
        return self._result


class Stdlib:
    """The ssl of the running Python."""

    name = "Python's ssl"
    silent_before_resuming = False

    def version(self) -> str:
        """What it says of itself."""
        return ssl.OPENSSL_VERSION

    def missing(self) -> str:
        """Why it cannot be run here, or ""."""
        return ""

    def lacks(self, row: Row, client: bool) -> str:
        """Why it cannot do what the row says, as client or as server, or ""."""
        python = f"Python {sys.version_info[0]}.{sys.version_info[1]}"
        chosen = "CCM" in row.suite or row.refused == "suite"
        if chosen and row.version == TLS13 and not hasattr(ssl.SSLContext, "set_ciphersuites"):
            return f"{python} cannot choose this suite"
        known = (*CURVES, *FINITE_FIELDS[: 2 if ssl.OPENSSL_VERSION_INFO >= (3, 5) else None])
        if row.group not in ("", *known) and not hasattr(ssl.SSLContext, "set_groups"):
            return f"{python} cannot choose this group"
        if row.group in POST_QUANTUM and ssl.OPENSSL_VERSION_INFO < (3, 5):
            return "OpenSSL has ML-KEM from 3.5 on"
        if row.psk and not getattr(ssl, "HAS_PSK", False):
            return "Python has callbacks for pre-shared keys from 3.13 on"
        if row.later == THEIR_KEYS:
            return f"the ssl of {python} changes its keys when it has to, and has no call for it"
        if row.alone and not client and ssl.OPENSSL_VERSION_INFO < (3, 3):
            return "a server can prefer no key exchange from OpenSSL 3.3 on"
        return ""

    def answer(self, line: bytes) -> bytes:
        return line[-2::-1] + b"\n"

    def prompt(self, row: Row) -> tuple[bytes, bytes]:
        return b"", b""

    def _context(self, row: Row, folder: Path, client: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if client else ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, row.version.replace(".", "_"))
        if row.version != TLS13:
            context.set_ciphers((row.suite or "DEFAULT") + WEAKLY * weak(row))
        elif row.suite and hasattr(context, "set_ciphersuites"):
            context.set_ciphers("DEFAULT" + WEAKLY * weak(row))
            context.set_ciphersuites(row.suite)
        if row.group and ((row.retry and not client) or row.refused) and not hasattr(context, "set_groups"):
            context.set_ecdh_curve(row.group)
        elif row.group and not (row.retry and client) and hasattr(context, "set_groups"):
            context.set_groups(row.group)
        if not client and row.suite.startswith(("DHE-", "ADH-")):
            context.load_dh_params(folder / "dh-parameters.pem")
        mine = row.client if client else row.certificate
        if mine:
            context.load_cert_chain(folder / f"{mine}.pem", folder / f"{mine}.key")
        if anonymous(row):
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        elif client or row.client or row.refused == "no client certificate":
            context.verify_mode = ssl.CERT_REQUIRED
            trusted = "other-root" if client and row.refused == "authority" else "root"
            context.load_verify_locations(folder / f"{trusted}.pem")
        if row.alpn:
            context.set_alpn_protocols(list(PROTOCOLS) if client else [row.alpn])
        if not row.tickets:
            context.options |= ssl.OP_NO_TICKET
        if row.alone:
            context.options |= ALLOW_NO_DHE_KEX | (0 if client else PREFER_NO_DHE_KEX)
        context.post_handshake_auth = row.later == AUTHENTICATION
        if row.psk and client:
            key = OTHER_KEY if row.refused == "psk" else KEY
            context.set_psk_client_callback(lambda _hint: (IDENTITY, key))
        elif row.psk:
            context.set_psk_server_callback(lambda identity: KEY if identity == IDENTITY else b"")
        return context

    def _named(self, row: Row, folder: Path) -> ssl.SSLContext:
        """The server's context; where certificates go by name, one for another, which changes to it for localhost."""
        context = self._context(row, folder, client=False)
        if not row.by_name:
            return context
        other = self._context(replace(row, certificate="sni-a"), folder, client=False)

        def choose(connection: ssl.SSLObject, name: str | None, _context: ssl.SSLContext) -> None:
            if name == "localhost":
                connection.context = context

        other.sni_callback = choose
        return other

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        context = self._named(row, folder)

        def speak(plain: socket.socket) -> bytes:
            with context.wrap_socket(plain, server_side=True) as connection, connection.makefile("rb") as lines:
                line = lines.readline()
                if row.later == AUTHENTICATION:
                    connection.verify_client_post_handshake()
                connection.sendall(self.answer(line))
                if row.later:
                    connection.sendall(self.answer(lines.readline()))
                with contextlib.suppress(OSError):
                    connection.unwrap()
                return line

        with _serving(1 + row.resumes, speak) as port:
            yield port

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> _Asking:
        """Clients that connect to this port, one after the other."""
        context = self._context(row, folder, client=True)
        kept: list[ssl.SSLSession | None] = [None]
        hostname = "wrong.example" if row.refused == "host" else "localhost"

        def speak(plain: socket.socket) -> bytes:
            with context.wrap_socket(plain, server_hostname=hostname, session=kept[0]) as connection:
                with connection.makefile("rb") as lines:
                    for _ in range(2 if row.later else 1):
                        connection.sendall(LINE)
                        line = lines.readline()
                kept[0] = connection.session
                with contextlib.suppress(OSError):
                    connection.unwrap()
                return line

        return _Asking(port, speak)


class Tlslite:
    """tlslite-ng."""

    name = "tlslite-ng"
    silent_before_resuming = False

    def version(self) -> str:
        """What it says of itself."""
        return str(tlslite.__version__)

    def missing(self) -> str:
        """Why it cannot be run here, or ""."""
        return ""

    def lacks(self, row: Row, client: bool) -> str:
        """Why it cannot do what the row says, as client or as server, or ""."""
        if row.group in POST_QUANTUM and row.group.lower() not in CURVE_NAMES:
            without = "does not have this group" if ML_KEM_AVAILABLE else "has ML-KEM where kyber-py is installed"
            return f"tlslite-ng {self.version()} {without}"
        judged = ("authority", "host") if client else ("client authority", "no client certificate", "later authority")
        if row.refused in judged:
            return f"tlslite-ng {self.version()} leaves certificates to its caller"
        if row.psk and row.version == TLS12:
            return f"tlslite-ng {self.version()} has no pre-shared keys in TLS 1.2"
        if "CAMELLIA" in row.suite:
            return f"tlslite-ng {self.version()} has no Camellia"
        if row.by_name and not client:
            return f"tlslite-ng {self.version()} chooses no certificate by server_name"
        if not client and row.version == TLS13 and not row.tickets:
            return f"the server of tlslite-ng {self.version()} resumes by tickets alone in TLS 1.3"
        return ""

    def answer(self, line: bytes) -> bytes:
        return line[-2::-1] + b"\n"

    def prompt(self, row: Row) -> tuple[bytes, bytes]:
        return b"", b""

    def _settings(self, row: Row, client: bool) -> HandshakeSettings:
        settings = HandshakeSettings()
        settings.minVersion = settings.maxVersion = (3, 4) if row.version == TLS13 else (3, 3)
        settings.ticketKeys = [bytes(32)]
        settings.cipherNames += ["aes256ccm_8", "aes128ccm_8"]  # what is there, but not by default
        if "NULL" in row.suite:
            settings.cipherNames, settings.macNames = ["null"], ["md5", "sha", "sha256"]
        # As a client it compresses its certificate though the server has not said that it may (RFC 8879 4).
        settings.certificate_compression_send = []
        if row.retry or row.refused == "group":
            settings.keyShares = []
            settings.eccCurves = [row.group]
            settings.dhGroups = []
        if row.version == TLS12 and client and row.client_scheme.startswith("rsa_pss"):
            settings.rsaSchemes = ["pss"]
        if row.refused == "suite":
            settings.cipherNames = ["aes128gcm"]
        if row.psk:
            key = OTHER_KEY if client and row.refused == "psk" else KEY
            settings.pskConfigs = [(IDENTITY.encode(), key, "sha256")]
        if row.alone:
            settings.psk_modes = ["psk_ke"]
        return settings

    def _chain(self, name: str, folder: Path) -> tuple[Any, Any]:
        if not name:
            return None, None
        certificate = X509()
        certificate.parse((folder / f"{name}.pem").read_text())
        return X509CertChain([certificate]), parsePEMKey((folder / f"{name}.key").read_text(), private=True)

    def _update_keys(self, row: Row, connection: Any) -> None:
        if row.later == THEIR_KEYS:
            list(connection.send_keyupdate_request(KeyUpdateMessageType.update_requested))

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        chain, key = self._chain(row.certificate, folder)
        cache = SessionCache()

        def speak(plain: socket.socket) -> bytes:
            connection = TLSConnection(plain)
            wanted = bool(row.client) or row.refused == "no client certificate"
            settings = self._settings(row, client=False)
            connection.handshakeServer(
                certChain=chain,
                privateKey=key,
                reqCert=wanted and not row.later,
                sessionCache=cache,
                settings=settings,
                alpn=[row.alpn.encode()] if row.alpn else None,
                anon=anonymous(row),
            )
            if wanted and not row.later and connection.session.clientCertChain is None:
                return b""
            lines = connection.makefile("rb")
            line = lines.readline()
            if row.later == AUTHENTICATION:
                list(connection.request_post_handshake_auth(settings))
            self._update_keys(row, connection)
            connection.sendall(self.answer(line))
            if row.later:
                connection.sendall(self.answer(lines.readline()))
            connection.close()
            return bytes(line)

        with _serving(1 + row.resumes, speak) as port:
            yield port

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> _Asking:
        """Clients that connect to this port, one after the other."""
        chain, key = self._chain(row.client, folder)
        kept: list[Any] = [None]

        def speak(plain: socket.socket) -> bytes:
            connection = TLSConnection(plain)
            settings = self._settings(row, client=True)
            if anonymous(row):
                connection.handshakeClientAnonymous(settings=settings, serverName="localhost")
            else:
                connection.handshakeClientCert(
                    chain,
                    key,
                    session=kept[0],
                    settings=settings,
                    serverName="localhost",
                    alpn=[protocol.encode() for protocol in PROTOCOLS] if row.alpn else None,
                )
            lines = connection.makefile("rb")
            connection.sendall(LINE)
            line = lines.readline()
            if row.later:
                self._update_keys(row, connection)
                connection.sendall(LINE)
                line = lines.readline()
            kept[0] = connection.session
            connection.close()
            return bytes(line)

        return _Asking(port, speak)
