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
from pathlib import Path
from typing import Any

import tlslite
from tlslite.api import HandshakeSettings, SessionCache, TLSConnection, X509CertChain, parsePEMKey
from tlslite.x509 import X509

from selftests.interop.peers import DEADLINE
from selftests.interop.rows import CURVES, FINITE_FIELDS, LINE, POST_QUANTUM, TLS12, TLS13, WEAKLY, Row, weak

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
        if "CCM" in row.suite and row.version == TLS13 and not hasattr(ssl.SSLContext, "set_ciphersuites"):
            return f"{python} cannot choose this suite"
        known = (*CURVES, *FINITE_FIELDS[: 2 if ssl.OPENSSL_VERSION_INFO >= (3, 5) else None])
        if row.group not in ("", *known) and not hasattr(ssl.SSLContext, "set_groups"):
            return f"{python} cannot choose this group"
        if row.group in POST_QUANTUM and ssl.OPENSSL_VERSION_INFO < (3, 5):
            return "OpenSSL has ML-KEM from 3.5 on"
        return ""

    def answer(self, line: bytes) -> bytes:
        return line[-2::-1] + b"\n"

    def _context(self, row: Row, folder: Path, client: bool) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT if client else ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, row.version.replace(".", "_"))
        if row.version != TLS13:
            context.set_ciphers((row.suite or "DEFAULT") + WEAKLY * weak(row))
        elif row.suite and hasattr(context, "set_ciphersuites"):
            context.set_ciphers("DEFAULT" + WEAKLY * weak(row))
            context.set_ciphersuites(row.suite)
        if row.retry and not client:
            context.set_ecdh_curve(row.group)
        elif row.group and not row.retry and hasattr(context, "set_groups"):
            context.set_groups(row.group)
        if not client and row.suite.startswith("DHE-"):
            context.load_dh_params(folder / "dh-parameters.pem")
        mine = row.client if client else row.certificate
        if mine:
            context.load_cert_chain(folder / f"{mine}.pem", folder / f"{mine}.key")
        if client or row.client or row.refused == "no client certificate":
            context.verify_mode = ssl.CERT_REQUIRED
            trusted = "other-root" if client and row.refused == "authority" else "root"
            context.load_verify_locations(folder / f"{trusted}.pem")
        return context

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        context = self._context(row, folder, client=False)

        def speak(plain: socket.socket) -> bytes:
            with context.wrap_socket(plain, server_side=True) as connection, connection.makefile("rb") as lines:
                line = lines.readline()
                connection.sendall(self.answer(line))
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
                connection.sendall(LINE)
                with connection.makefile("rb") as lines:
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
        if row.group in POST_QUANTUM:
            return "tlslite-ng has no ML-KEM without a library of its own"
        if "ed448" in (row.scheme, row.client_scheme):
            return "tlslite-ng has no Ed448 without a library of its own"
        if row.refused in (("authority", "host") if client else ("client authority", "no client certificate")):
            return "tlslite-ng leaves certificates to its caller"
        if client and row.version == TLS12 and row.client_scheme.startswith("rsa_pss"):
            return "tlslite-ng's client wants PKCS #1 v1.5 to be among what the server accepts"
        return ""

    def answer(self, line: bytes) -> bytes:
        return line[-2::-1] + b"\n"

    def _settings(self, row: Row) -> HandshakeSettings:
        settings = HandshakeSettings()
        settings.minVersion = settings.maxVersion = (3, 4) if row.version == TLS13 else (3, 3)
        settings.ticketKeys = [bytes(32)]
        settings.cipherNames += ["aes256ccm_8", "aes128ccm_8"]  # what is there, but not by default
        # As a client it compresses its certificate though the server has not said that it may (RFC 8879 4).
        settings.certificate_compression_send = []
        if row.retry:
            settings.keyShares = []
            settings.eccCurves = [row.group]
        return settings

    def _chain(self, name: str, folder: Path) -> tuple[Any, Any]:
        certificate = X509()
        certificate.parse((folder / f"{name}.pem").read_text())
        return X509CertChain([certificate]), parsePEMKey((folder / f"{name}.key").read_text(), private=True)

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        chain, key = self._chain(row.certificate, folder)
        cache = SessionCache()

        def speak(plain: socket.socket) -> bytes:
            connection = TLSConnection(plain)
            wanted = bool(row.client) or row.refused == "no client certificate"
            connection.handshakeServer(
                certChain=chain, privateKey=key, reqCert=wanted, sessionCache=cache, settings=self._settings(row)
            )
            if wanted and connection.session.clientCertChain is None:
                return b""
            line = connection.makefile("rb").readline()
            connection.sendall(self.answer(line))
            connection.close()
            return bytes(line)

        with _serving(1 + row.resumes, speak) as port:
            yield port

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> _Asking:
        """Clients that connect to this port, one after the other."""
        chain, key = self._chain(row.client, folder) if row.client else (None, None)
        kept: list[Any] = [None]

        def speak(plain: socket.socket) -> bytes:
            connection = TLSConnection(plain)
            connection.handshakeClientCert(
                chain, key, session=kept[0], settings=self._settings(row), serverName="localhost"
            )
            connection.sendall(LINE)
            line = connection.makefile("rb").readline()
            kept[0] = connection.session
            connection.close()
            return bytes(line)

        return _Asking(port, speak)
