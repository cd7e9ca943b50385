"""Programs as peers: how they are run, listened to and spoken to; their command lines are peers.py's.

How a program is run at all is the suite's own (sslspec.peers.process). Whatever waits here waits for a line of a
program's output.
"""

from __future__ import annotations

import subprocess
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

from selftests.interop.rows import LINE
from sslspec.peers.process import DEADLINE, running, wait_for


def operated(process: subprocess.Popen[bytes], done: bytes, rounds: list[tuple[bytes, bytes]]) -> threading.Thread:
    """Sit at an interactive server: for each line that it shows, type a command, await `done`, and type an answer.

    rounds: command and answer, an empty command for none. The thread reads on until the program ends.
    """

    def operate() -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(AssertionError, OSError):  # it ends early where it is to refuse; its client will notice
            for command, answer in rounds:
                wait_for(process, LINE[:-1])
                if command:
                    process.stdin.write(command)
                    process.stdin.flush()
                    wait_for(process, done)
                process.stdin.write(answer)
                process.stdin.flush()
            process.stdout.read()

    thread = threading.Thread(target=operate)
    thread.start()
    return thread


class Commands(ExitStack):
    """Client programs, started one after the other; the last may serve for several connections."""

    def __init__(self, commands: list[list[str]], folder: Path, update: bytes = b"") -> None:
        """update: what is typed to make the program change its keys."""
        super().__init__()
        self._commands = commands
        self._folder = folder
        self._update = update
        self._process: subprocess.Popen[bytes] | None = None
        self._printed = b""

    def _type(self, text: bytes) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(text)
        self._process.stdin.flush()

    def start(self) -> None:
        """Let the next client connect and say LINE, if there is one; otherwise the last one will connect again."""
        if self._commands:
            self._process = self.enter_context(running(self._commands.pop(0), self._folder))
            self._type(LINE)

    def update_keys(self, answer: bytes) -> None:
        """Once the client has shown `answer`, let it send a KeyUpdate."""
        assert self._process is not None
        self._printed += wait_for(self._process, answer)
        self._type(self._update)

    def go_on(self, answer: bytes) -> None:
        """Let it say LINE again, once it has shown `answer`, unless that was shown before."""
        assert self._process is not None
        if answer not in self._printed:
            self._printed += wait_for(self._process, answer)
        self._type(LINE)

    def finish(self) -> bytes:
        """All that the client has printed; it must have succeeded."""
        assert self._process is not None
        assert self._process.stdout is not None
        output = self._printed
        if self._printed:
            output += self._process.stdout.read()  # to its end, which the server's brings: before it hears of ours
        output += self._process.communicate(timeout=DEADLINE)[0]
        assert self._process.returncode == 0, output.decode(errors="replace")
        return output
