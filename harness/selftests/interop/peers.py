"""The command-line programs of OpenSSL and GnuTLS: how they are brought to what a row says, as server and as client.

Their port is picked by the system. A peer's server answers a line with `answer(line)`; `prompt(row)` is a command for
what comes later, where a client has to give it, with the line that says it was done. How programs are run is
programs.py's.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selftests.interop.programs import Commands, operated
from selftests.interop.rows import (
    AUTHENTICATION,
    IDENTITY,
    KEY,
    LINE,
    OTHER_KEY,
    POST_QUANTUM,
    PROTOCOLS,
    THEIR_KEYS,
    TLS12,
    TLS13,
    WEAKLY,
    Row,
    weak,
)
from sslspec.peers.process import DEADLINE, listening_port, running, wait_for


class OpenSSL:
    """``openssl s_server`` and ``openssl s_client``."""

    name = "OpenSSL"
    silent_before_resuming = False

    @functools.lru_cache(maxsize=1)  # noqa: B019 - there is one of it
    def version(self) -> str:
        """What it says of itself."""
        return subprocess.check_output(["openssl", "version"], text=True).split()[1]

    def _older_than(self, *version: int) -> bool:
        return tuple(map(int, self.version().split(".")[:2])) < version

    def missing(self) -> str:
        """Why it cannot be run here, or ""."""
        return "" if shutil.which("openssl") else "openssl is not installed"

    def lacks(self, row: Row, client: bool) -> str:
        """Why it cannot do what the row says, as client or as server, or ""."""
        if row.group in POST_QUANTUM and self._older_than(3, 5):
            return "OpenSSL has ML-KEM from 3.5 on"
        if row.alone and not client and self._older_than(3, 3):
            return "s_server can prefer no key exchange from OpenSSL 3.3 on"
        return ""

    def answer(self, line: bytes) -> bytes:
        """s_server -rev sends each line back in reverse."""
        return line[-2::-1] + b"\n"

    def prompt(self, row: Row) -> tuple[bytes, bytes]:
        """Nothing: its operator types commands."""
        return b"", b""

    def _options(self, row: Row, client: bool) -> list[str]:
        options = ["-tls1_3" if row.version == TLS13 else "-tls1_2"]
        if row.version == TLS12 and row.suite:
            options += ["-cipher", row.suite + WEAKLY * weak(row)]
        elif row.suite:
            options += ["-ciphersuites", row.suite, "-cipher", "DEFAULT" + WEAKLY * weak(row)]
        if row.group and not (row.retry and client):
            options += ["-groups", row.group]
        if row.psk:
            key = OTHER_KEY if client and row.refused == "psk" else KEY
            options += ["-psk_identity", IDENTITY, "-psk", key.hex()]
        if row.alone:
            options += ["-allow_no_dhe_kex"] if client else ["-allow_no_dhe_kex", "-prefer_no_dhe_kex"]
        if row.alpn:
            options += ["-alpn", ",".join(PROTOCOLS) if client else row.alpn]
        return options

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", *self._options(row, client=False)]
        if row.by_name:
            command += ["-cert", "sni-a.pem", "-key", "sni-a.key", "-servername", "localhost"]
            command += ["-cert2", f"{row.certificate}.pem", "-key2", f"{row.certificate}.key"]
        elif row.certificate:
            command += ["-cert", f"{row.certificate}.pem", "-key", f"{row.certificate}.key"]
        else:
            command += ["-nocert"]
        typed = {THEIR_KEYS: b"K\n", AUTHENTICATION: b"c\n"}.get(row.later)
        if row.later == AUTHENTICATION:
            command += ["-CAfile", "root.pem", "-verify_return_error"]
        elif row.client or row.refused == "no client certificate":
            command += ["-Verify", "1", "-CAfile", "root.pem", "-verify_return_error"]
        if not row.tickets:
            command += ["-no_ticket"]
        with running(command if typed else [*command, "-rev"], folder) as process:
            port = int(wait_for(process, b"ACCEPT").rpartition(b":")[2])
            if not typed:
                yield port
                return
            operator = operated(
                process, b"SSL_do_handshake -> 1", [(typed, self.answer(LINE)), (b"", self.answer(LINE))]
            )
            try:
                yield port
            finally:
                process.kill()
                operator.join(DEADLINE)

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> Commands:
        """Clients that connect to this port, one after the other."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet"]
        command += ["-no_ign_eof"] if row.later else ["-nocommands"]
        command += self._options(row, client=True)
        command += ["-CAfile", "other-root.pem" if row.refused == "authority" else "root.pem", "-verify_return_error"]
        command += ["-servername", "localhost"]
        if row.certificate:
            command += ["-verify_hostname", "wrong.example" if row.refused == "host" else "localhost"]
        if row.client:
            command += ["-cert", f"{row.client}.pem", "-key", f"{row.client}.key"]
        if row.later == AUTHENTICATION:
            command += ["-enable_pha"]
        if not row.resumes:
            return Commands([command], folder, update=b"K\n")
        kept = str(scratch / "session.pem")
        return Commands([[*command, "-sess_out", kept], [*command, "-sess_in", kept]], folder)


class GnuTLS:
    """``gnutls-serv`` and ``gnutls-cli``."""

    name = "GnuTLS"
    silent_before_resuming = True

    def version(self) -> str:
        """What it says of itself."""
        return subprocess.check_output(["gnutls-cli", "--version"], text=True).split()[1]

    def missing(self) -> str:
        """Why it cannot be run here, or ""."""
        if not (shutil.which("gnutls-cli") and shutil.which("gnutls-serv")):
            return "gnutls-cli and gnutls-serv are not installed"
        return ""

    def lacks(self, row: Row, client: bool) -> str:
        """Why it cannot do what the row says, as client or as server, or ""."""
        if not client and not sys.platform.startswith("linux"):
            return "the port that the system picked for gnutls-serv is looked up in /proc"
        if row.group and f"GROUP-{row.group.upper()}" not in self._known():
            return f"GnuTLS {self.version()} does not have this group"
        if client and "DHE-PSK" in row.suite and self.version().startswith("3.7."):
            return f"the client of GnuTLS {self.version()} ends after (EC)DHE_PSK in TLS 1.2, whoever the server is"
        if not client and row.version == TLS13 and not row.tickets:
            return f"the server of GnuTLS {self.version()} resumes by tickets alone in TLS 1.3"
        return ""

    @functools.lru_cache(maxsize=1)  # noqa: B019 - there is one of it
    def _known(self) -> frozenset[str]:
        """Every name that it lists of what it can do."""
        return frozenset(re.split(r"[\s,]+", subprocess.check_output(["gnutls-cli", "--list"], text=True)))

    def answer(self, line: bytes) -> bytes:
        """gnutls-serv --echo sends lines back as they are."""
        return line

    def prompt(self, row: Row) -> tuple[bytes, bytes]:
        """A line that gnutls-serv takes for a command, and what it says of it; in TLS 1.3 it updates its keys."""
        command = {AUTHENTICATION: b"**REAUTH**\n", THEIR_KEYS: b"**REHANDSHAKE**\n"}.get(row.later, b"")
        return command, b"Successfully executed command\n" if command else b""

    def _priority(self, row: Row, client: bool) -> list[str]:
        priority = f"NORMAL:-VERS-ALL:+VERS-{row.version.replace('v', '')}"
        # What is there, but not by default.
        priority += ":+AES-128-CCM-8"
        if row.version == TLS12:
            priority += ":+AES-256-CCM-8:+SHA256:+SHA384:+CAMELLIA-128-CBC:+CAMELLIA-256-CBC"
            if weak(row):
                priority += ":+NULL:+MD5:+ANON-DH:+ANON-ECDH"
        if row.group and not (row.retry and client):
            priority += f":-GROUP-ALL:+GROUP-{row.group.upper()}"
        if row.refused == "suite":
            priority += ":-CIPHER-ALL:+AES-128-GCM"
        if row.psk and row.version == TLS12:
            priority += ":-KX-ALL:+PSK:+DHE-PSK:+ECDHE-PSK:+RSA-PSK"
        elif row.alone:
            priority += ":+PSK"
        elif row.psk:
            priority += ":+ECDHE-PSK"
        options = ["--priority", priority]
        if row.alpn:
            for protocol in PROTOCOLS if client else [row.alpn]:
                options += ["--alpn", protocol]
        return options

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        command = ["gnutls-serv", "--port", "0", "--echo", *self._priority(row, client=False)]
        for certificate in (*(["sni-a"] if row.by_name else []), *([row.certificate] if row.certificate else [])):
            command += ["--x509certfile", f"{certificate}.pem", "--x509keyfile", f"{certificate}.key"]
        if row.psk:
            (folder / "psk-passwords").write_text(f"{IDENTITY}:{KEY.hex()}\n")
            command += ["--pskpasswd", "psk-passwords"]
        if row.client or row.refused == "no client certificate":
            if row.later != AUTHENTICATION:
                command += ["--require-client-cert"]
            command += ["--verify-client-cert", "--x509cafile", "root.pem"]
        else:
            command += ["--disable-client-cert"]
        with running(command, folder) as process:
            wait_for(process, b"done")
            port = listening_port(process.pid)
            assert port is not None
            yield port

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> Commands:
        """A client that connects to this port; it does so twice to resume, and has something to say the second time."""
        command = ["gnutls-cli", "--port", str(port), "127.0.0.1", *self._priority(row, client=True)]
        command += ["--sni-hostname", "localhost"]
        command += ["--x509cafile", "other-root.pem" if row.refused == "authority" else "root.pem"]
        if row.certificate:
            command += ["--verify-hostname", "wrong.example" if row.refused == "host" else "localhost"]
        if row.client:
            command += ["--x509certfile", f"{row.client}.pem", "--x509keyfile", f"{row.client}.key"]
        if row.psk or row.alone:  # it asks for a key whenever one may stand alone, be it a ticket's
            key = OTHER_KEY if row.refused == "psk" else KEY
            command += ["--pskusername", IDENTITY, "--pskkey", key.hex()]
        if row.later == AUTHENTICATION:
            command += ["--post-handshake-auth"]
        elif row.later == THEIR_KEYS:
            command += ["--inline-commands"]
        if row.resumes:
            command += ["--resume", "--waitresumption"]
        return Commands([command], folder, update=b"^rekey^\n")
