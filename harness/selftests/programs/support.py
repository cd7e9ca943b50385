"""How real programs are run in these tests: a server and a client in processes of their own, each with either ssl.

A server is given sockets that listen already, as file descriptors: its port is known before it runs, and a client that
comes early waits in the queue. What the programs do is said in scripts/.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
import trustme

from selftests.support import environment

SCRIPTS = Path(__file__).resolve().parent / "scripts"
DEADLINE = 60
REMINDER = "refssl takes the place of ssl"
PAIRS = [
    pytest.param("refssl", "ssl", id="refssl_serves"),
    pytest.param("ssl", "refssl", id="refssl_asks"),
    pytest.param("refssl", "refssl", id="refssl_on_both_sides"),
]
"""(the server's ssl, the client's ssl)"""


@functools.lru_cache(maxsize=1)
def folder() -> Path:
    """A folder of certificates: authority, stranger (an authority of nobody), server (for localhost alone), client."""
    kept = tempfile.TemporaryDirectory(prefix="refssl-programs-")
    folder.kept = kept  # type: ignore[attr-defined]  # until the process ends
    path = Path(kept.name)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(path / "authority.pem")
    trustme.CA().cert_pem.write_to_path(path / "stranger.pem")
    server = authority.issue_cert("localhost")
    server.private_key_and_cert_chain_pem.write_to_path(path / "server.pem")
    server.private_key_pem.write_to_path(path / "server.key")
    server.cert_chain_pems[0].write_to_path(path / "server.crt")
    authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(path / "client.pem")
    return path


def require(*modules: str) -> None:
    """Skip the test where one of these packages is not installed."""
    for module in modules:
        if importlib.util.find_spec(module) is None:
            pytest.skip(f"{module} is not installed (pip install 'sslspec[programs]')")


def _command(which: str, program: Sequence[object]) -> list[str]:
    """`program` is a script's name and its arguments, or ``-m``, a module's and its arguments; `which` its ssl."""
    first, *rest = map(str, program)
    if first != "-m":
        first = str(SCRIPTS / f"{first}.py")
    return [sys.executable, *(("-m", "refssl") if which == "refssl" else ()), first, *rest]


def _environment() -> dict[str, str]:
    """No proxy and no configuration of the machine's own comes between the two programs."""
    kept = environment(SCRIPTS)
    for name in list(kept):
        if name.lower().endswith("_proxy") or name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
            del kept[name]
    return {**kept, "PYTHONUNBUFFERED": "1"}


@contextmanager
def served(which: str, *program: object, listening: int = 1) -> Iterator[SimpleNamespace]:
    """A server program on this many sockets; it yields their `ports`, and `log()`, what the program has printed.

    ``{fd}``, ``{fd1}`` ... in the program's arguments stand for the sockets' descriptors, ``{folder}`` for folder().
    """
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(listening)]
        names: dict[str, object] = {f"fd{number}": one.fileno() for number, one in enumerate(sockets)}
        names.update(fd=sockets[0].fileno(), folder=folder())
        command = _command(which, [str(word).format(**names) for word in program])
        output = stack.enter_context(tempfile.TemporaryFile())
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=_environment(),
            pass_fds=[one.fileno() for one in sockets],
        )
        ports = [one.getsockname()[1] for one in sockets]
        for one in sockets:
            one.close()  # so that clients do not wait for a server that has died

        def log() -> str:
            return os.pread(output.fileno(), 1_000_000, 0).decode(errors="replace")

        try:
            yield SimpleNamespace(ports=ports, port=ports[0], log=log, process=process)
        except BaseException:
            print(f"-- the server:\n{log()}")  # pytest shows it with the failure
            raise
        finally:
            process.terminate()
            try:
                process.wait(DEADLINE)
            finally:
                process.kill()
                process.wait()
        if which == "refssl":
            assert REMINDER in log()


def printed(which: str, *program: object) -> list[str]:
    """What a client program prints, line by line; it must succeed. ``{folder}`` stands for folder()."""
    command = _command(which, [str(word).format(folder=folder()) for word in program])
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        env=_environment(),
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (REMINDER in done.stderr) is (which == "refssl"), done.stderr
    return done.stdout.splitlines()
