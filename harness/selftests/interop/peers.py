"""The command-line programs of OpenSSL and GnuTLS: how they are brought to what a row says, as server and as client.

Each process has a deadline, and its port is picked by the system. A peer's server answers a line with `answer(line)`.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from selftests.interop.rows import LINE, POST_QUANTUM, TLS12, TLS13, WEAKLY, Row, weak

DEADLINE = 20
_LISTENING = "0A"


@contextmanager
def running(command: list[str], folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in `folder`, its output one pipe; it is killed at the end and after DEADLINE seconds."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "OPENSSL_CONF": "/dev/null"},
    )
    deadline = threading.Timer(DEADLINE, process.kill)
    deadline.start()
    try:
        yield process
    finally:
        deadline.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                with suppress(BrokenPipeError):  # what is left for its input is not wanted any more
                    pipe.close()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    """The line of the program's output that has this word. Raises AssertionError where it ends without."""
    assert process.stdout is not None
    seen = b""
    while line := process.stdout.readline():
        if word in line:
            return line
        seen += line
    raise AssertionError(f"{process.args} ended: {seen.decode(errors='replace')}")


class Commands(ExitStack):
    """Client programs, started one after the other; the last may serve for several connections."""

    def __init__(self, commands: list[list[str]], folder: Path) -> None:
        super().__init__()
        self._commands = commands
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Let the next client connect and say LINE, if there is one; otherwise the last one will connect again."""
        if self._commands:
            self._process = self.enter_context(running(self._commands.pop(0), self._folder))
            assert self._process.stdin is not None
            self._process.stdin.write(LINE)
            self._process.stdin.flush()

    def finish(self) -> bytes:
        """All that the client has printed; it must have succeeded."""
        assert self._process is not None
        output = self._process.communicate(timeout=DEADLINE)[0]
        assert self._process.returncode == 0, output.decode(errors="replace")
        return output


class OpenSSL:
    """``openssl s_server`` and ``openssl s_client``."""

    name = "OpenSSL"
    silent_before_resuming = False

    @functools.lru_cache(maxsize=1)  # noqa: B019 - there is one of it
    def version(self) -> str:
        """What it says of itself."""
        return subprocess.check_output(["openssl", "version"], text=True).split()[1]

    def missing(self) -> str:
        """Why it cannot be run here, or ""."""
        return "" if shutil.which("openssl") else "openssl is not installed"

    def lacks(self, row: Row, client: bool) -> str:
        """Why it cannot do what the row says, as client or as server, or ""."""
        if row.group in POST_QUANTUM and tuple(map(int, self.version().split(".")[:2])) < (3, 5):
            return "OpenSSL has ML-KEM from 3.5 on"
        return ""

    def answer(self, line: bytes) -> bytes:
        """s_server -rev sends each line back in reverse."""
        return line[-2::-1] + b"\n"

    def _options(self, row: Row, client: bool) -> list[str]:
        options = ["-tls1_3" if row.version == TLS13 else "-tls1_2"]
        if row.version == TLS12 and row.suite:
            options += ["-cipher", row.suite + WEAKLY * weak(row)]
        elif row.suite:
            options += ["-ciphersuites", row.suite, "-cipher", "DEFAULT" + WEAKLY * weak(row)]
        if row.group and not (row.retry and client):
            options += ["-groups", row.group]
        return options

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        command = ["openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", *self._options(row, client=False)]
        command += ["-cert", f"{row.certificate}.pem", "-key", f"{row.certificate}.key"]
        if row.client or row.refused == "no client certificate":
            command += ["-Verify", "1", "-CAfile", "root.pem", "-verify_return_error"]
        with running(command, folder) as process:
            yield int(wait_for(process, b"ACCEPT").rpartition(b":")[2])

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> Commands:
        """Clients that connect to this port, one after the other."""
        command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-quiet", "-nocommands"]
        command += self._options(row, client=True)
        command += ["-CAfile", "other-root.pem" if row.refused == "authority" else "root.pem", "-verify_return_error"]
        command += ["-servername", "localhost", "-verify_hostname"]
        command += ["wrong.example" if row.refused == "host" else "localhost"]
        if row.client:
            command += ["-cert", f"{row.client}.pem", "-key", f"{row.client}.key"]
        if not row.resumes:
            return Commands([command], folder)
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
        return ""

    @functools.lru_cache(maxsize=1)  # noqa: B019 - there is one of it
    def _known(self) -> frozenset[str]:
        """Every name that it lists of what it can do."""
        return frozenset(re.split(r"[\s,]+", subprocess.check_output(["gnutls-cli", "--list"], text=True)))

    def answer(self, line: bytes) -> bytes:
        """gnutls-serv --echo sends lines back as they are."""
        return line

    def _priority(self, row: Row, client: bool) -> list[str]:
        priority = f"NORMAL:-VERS-ALL:+VERS-{row.version.replace('v', '')}"
        # What is there, but not by default.
        priority += ":+AES-128-CCM-8"
        if row.version == TLS12:
            priority += ":+AES-256-CCM-8:+SHA256:+SHA384"
        if row.group and not (row.retry and client):
            priority += f":-GROUP-ALL:+GROUP-{row.group.upper()}"
        return ["--priority", priority]

    @contextmanager
    def serving(self, row: Row, folder: Path) -> Iterator[int]:
        """Run a server, and give its port."""
        command = ["gnutls-serv", "--port", "0", "--echo", *self._priority(row, client=False)]
        command += ["--x509certfile", f"{row.certificate}.pem", "--x509keyfile", f"{row.certificate}.key"]
        if row.client or row.refused == "no client certificate":
            command += ["--require-client-cert", "--verify-client-cert", "--x509cafile", "root.pem"]
        else:
            command += ["--disable-client-cert"]
        with running(command, folder) as process:
            wait_for(process, b"done")
            yield _listening_port(process.pid)

    def asking(self, row: Row, port: int, folder: Path, scratch: Path) -> Commands:
        """A client that connects to this port; it does so twice to resume, and has something to say the second time."""
        command = [
            "gnutls-cli",
            "--port",
            str(port),
            "127.0.0.1",
            *self._priority(row, client=True),
            "--sni-hostname",
            "localhost",
        ]
        command += ["--x509cafile", "other-root.pem" if row.refused == "authority" else "root.pem"]
        command += ["--verify-hostname", "wrong.example" if row.refused == "host" else "localhost"]
        if row.client:
            command += ["--x509certfile", f"{row.client}.pem", "--x509keyfile", f"{row.client}.key"]
        if row.resumes:
            command += ["--resume", "--waitresumption"]
        return Commands([command], folder)


def _listening_port(pid: int) -> int:
    """The port at which a process of this machine listens over IPv4: gnutls-serv does not tell it."""
    links = [Path(f"/proc/{pid}/fd/{entry.name}").readlink() for entry in Path(f"/proc/{pid}/fd").iterdir()]
    inodes = {found[1] for link in links if (found := re.match(r"socket:\[(\d+)\]", str(link)))}
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENING and fields[9] in inodes:
            return int(fields[1].rpartition(":")[2], 16)
    raise AssertionError("the server does not listen")
