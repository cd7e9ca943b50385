"""A program as peer: it makes its own TCP connection, and tells what becomes of it in what it prints.

What a program is told on its command line and how its output is read is its own module's (``openssl``, ``gnutls``).
Here is what they share: the process, the threads that listen to it, and the line, over which nothing has to be carried.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.bench.lines import Line
from sslspec.bench.loopback import DEADLINE, listener
from sslspec.bench.peer import Peer
from sslspec.peers.process import listening_port, running

_STEP = 0.005  # seconds between two looks at whether a server listens yet, which nothing reports


class ProgramFailed(Exception):
    """The program ended its connection; the text is what it said last."""


class Program:
    """A running program: its input, and threads that hand what it prints to whoever is its peer at the moment."""

    def __init__(self, owner: ProgramPeer, command: Callable[[str], list[str]]) -> None:
        """command: makes the command line, given the path of a pipe that the program may write to.

        It is the one to which its errors go, so that all it says but its output comes in order.
        """
        self.owner = owner
        self._stack = contextlib.ExitStack()
        self.scratch = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="sslspec-")))
        told, given = os.pipe()
        try:
            self.process: subprocess.Popen[bytes] = self._stack.enter_context(
                running(
                    command(f"/dev/fd/{given}"),
                    Path(owner.pki.directory),
                    stderr=given,
                    pass_fds=[given],
                )
            )
        finally:
            os.close(given)
        assert self.process.stdout is not None
        outputs = {"output": self.process.stdout.fileno(), "told": told}
        self._threads = [threading.Thread(target=self._listen, args=of, daemon=True) for of in outputs.items()]
        self._stack.callback(os.close, told)
        self._stack.callback(self._join)
        self._stack.callback(self.process.kill)
        for thread in self._threads:
            thread.start()

    def type(self, data: bytes) -> None:
        """Give it input."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # it has ended, which is told otherwise
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def end_input(self) -> None:
        """Tell it that no more input will come."""
        assert self.process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()

    def port(self) -> int:
        """Where it listens, once it does."""
        deadline = time.monotonic() + DEADLINE
        while (found := listening_port(self.process.pid)) is None:
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{self.process.args!r} does not listen: {self.owner.said}")
            time.sleep(_STEP)
        return found

    def stop(self) -> None:
        """Kill it, and leave nothing behind."""
        self._stack.close()

    def _join(self) -> None:
        for thread in self._threads:
            thread.join(DEADLINE)

    def _listen(self, name: str, descriptor: int) -> None:
        while data := os.read(descriptor, 65536):
            self.owner.hear(name, data)
        self.owner.hear(name, b"")


class ProgramLine(Line):
    """Nothing to carry: the program has a connection of its own, and the line waits for what it tells."""

    def __init__(self, peer: ProgramPeer) -> None:
        super().__init__(peer)
        self.changed = threading.Condition(peer.turn)

    def settle(self, reached: Callable[[], bool]) -> bool:
        with self.changed:
            return self.changed.wait_for(reached, DEADLINE)

    def close_from_peer(self, *, reset: bool) -> None:
        raise Inapplicable(f"the peer {self.peer.name} closes its connection when it likes")

    def stop_reading(self) -> None:
        raise Inapplicable(f"the peer {self.peer.name} reads whenever it can")

    def stop(self) -> None:
        assert isinstance(self.peer, ProgramPeer)
        self.peer.stop()


class ProgramPeer(Peer):
    """A peer that is a program. Subclasses say how it is called, and `_understand` what it prints."""

    program = "?"  # what it is called
    asks_version = "?"  # and how it is asked for its version
    failures = (ProgramFailed,)

    def __init__(self, pki: Pki, *, server_side: bool, versions: tuple[str, str]) -> None:
        super().__init__(pki, server_side=server_side, versions=versions)
        self.said = ""
        self._running: Program | None = None
        self._near: socket.socket | None = None
        self._closed_outputs: set[str] = set()
        self._begun = True  # otherwise what comes may still be of the connection before

    @classmethod
    def missing(cls) -> str:
        """Why it cannot be run here, with the way out, or ""."""
        if shutil.which(cls.program) is None:
            return f"the program {cls.program} is not installed; install it, or leave out --peer {cls.name}"
        return ""

    @classmethod
    def version(cls) -> str:
        """What it says of itself. Raises OSError or CalledProcessError where it cannot be run."""
        return subprocess.check_output([cls.program, cls.asks_version], text=True).partition("\n")[0]

    # -- the connection ----------------------------------------------------------------------------------------------

    def join(self, transport: str) -> tuple[socket.socket, Line]:
        """Start the program and connect to it, or let it connect: the subject's end, and the line."""
        line = ProgramLine(self)
        if not self.server_side:
            with listener(transport) as listening:
                listening.settimeout(DEADLINE)
                port = listening.getsockname()[1]
                self._running = Program(self, lambda extra: self._client(port, extra))
                near, _ = listening.accept()
        else:
            if not Path("/proc/net/tcp").exists():
                raise Inapplicable("the port that the system picked for a program is looked up in /proc")
            if self._running is None:
                self._running = Program(self, self._server)
            near = socket.create_connection(("127.0.0.1", self._running.port()), timeout=DEADLINE)
        self._near = near.dup()
        return near, line

    def start(self) -> None:
        raise Inapplicable(f"the peer {self.name} makes its own connections; it cannot be put onto another")

    def resume(self, earlier: Peer) -> None:
        assert isinstance(earlier, ProgramPeer)
        if self.server_side:
            assert earlier._near is not None
            with contextlib.suppress(OSError):
                earlier._near.shutdown(socket.SHUT_RDWR)  # it serves one after the other
            self._running, earlier._running = earlier._running, None
            assert self._running is not None
            self._running.owner = self
            self._begun = False
        else:
            self._offer_session_of(earlier)

    def stop(self) -> None:
        """End the program."""
        if self._near is not None:
            self._near.close()
        if self._running is not None:
            self._running.stop()
            self._running = None

    def hear(self, name: str, data: bytes) -> None:
        """Take in what the program printed: ``output``, or what it ``told`` besides; b"" at its end."""
        with self.turn:
            if data:
                self._understand(name, data)
            else:
                self._closed_outputs.add(name)
                if len(self._closed_outputs) == 2:
                    self.transport_closed_seen = True
                    if self.error is None and not self.close_notify_seen:
                        self.error = ProgramFailed(self.said.strip()[-300:] or "it ended")
            if isinstance(self.line, ProgramLine):
                self.line.changed.notify_all()

    # -- verbs -------------------------------------------------------------------------------------------------------

    def look_again(self) -> None:
        raise Inapplicable(f"the peer {self.name} tells of its handshake once")

    def _write(self, data: bytes) -> None:
        self._program().type(data)

    def _close_notify(self) -> None:
        self._program().end_input()

    def send_raw(self, data: bytes) -> None:
        raise Inapplicable(f"the peer {self.name} sends nothing but TLS")

    def receive_raw(self, count: int) -> bytes:
        raise Inapplicable(f"the peer {self.name} shows nothing of what came behind close_notify")

    def _program(self) -> Program:
        assert self._running is not None
        return self._running

    # -- hooks for a program -----------------------------------------------------------------------------------------

    def _client(self, port: int, extra: str) -> list[str]:
        """The command line of a client. Raises Inapplicable for settings that the program has not."""
        raise NotImplementedError

    def _server(self, extra: str) -> list[str]:
        """The command line of a server at a port that the system picks. Raises Inapplicable."""
        raise NotImplementedError

    def _understand(self, name: str, data: bytes) -> None:
        raise NotImplementedError

    def _offer_session_of(self, earlier: Any) -> None:
        raise Inapplicable(f"the peer {self.name} keeps no session for another run of it")

    def _file(self, name: str) -> str:
        """The path of a certificate in the PKI. Raises Inapplicable for chains, of which the programs take but one."""
        path = self.pki.path(f"{name}.pem")
        if Path(path).read_bytes().count(b"-----BEGIN CERT") != 1:
            raise Inapplicable(f"the peer {self.name} is given no chain, as {name} is one")
        return str(path)
