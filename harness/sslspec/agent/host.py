"""The host's side of an agent: its process, what is said to it, how long it may take, and how it ended.

What an agent is asked to do is known by those who ask (``plugin.player``, and the peer of another Python).
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sslspec import subinterpreters
from sslspec.agent import luggage
from sslspec.pythons import child, hermetic
from sslspec.verdicts import limits

PATIENCE = 30.0  # seconds for what takes no time at all, on a machine that is busy with something else
_PARTING = 5.0  # seconds until one that was told to go has gone
_FILE = Path(__file__).with_name("agent.py")
_MOST_WORDS = 200_000  # bytes of what a dying agent leaves

Asked = Callable[[str, Mapping[str, Any]], Any]


class AgentError(Exception):
    """An interpreter cannot serve as agent; the text is one line that names it."""


class Refused(Exception):
    """A call raised something in the agent: `name` of its class, what it `says`, and its `traceback`, as text."""

    def __init__(self, told: Mapping[str, str]) -> None:
        super().__init__(f"{told['name']}: {told['says']}")
        self.name, self.says, self.traceback = told["name"], told["says"], told["traceback"]


class Died(Exception):
    """The agent is no more.

    `status`: how it ended (negative: a signal); None where it had to be ended. `words`: what it left on its standard
    error.
    """

    def __init__(self, status: int | None, words: str) -> None:
        super().__init__("it gave no answer" if status is None else f"it {limits.how_it_ended(status)}")
        self.status = status
        self.words = words


class Agent:
    """A running agent. `python`: version, implementation and executable, as it says itself."""

    def __init__(self, command: str) -> None:
        """Start it. command: an interpreter (a name on PATH, or a path), with ``sub:`` before it for a sub-interpreter;
        or a command line with blanks that starts one with ``agent.py``, on another machine for instance. Raises
        AgentError."""
        self.command = command
        self._words = tempfile.TemporaryFile()  # noqa: SIM115 - open for as long as the agent may have last words
        self._lines: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._turn = threading.RLock()  # who answers a question of the agent's may ask it something
        self._process = self._started()
        threading.Thread(target=self._read, name="sslspec-agent", daemon=True).start()
        try:
            self.python: dict[str, Any] = self._next(time.monotonic() + PATIENCE)["hello"]
        except (Died, ValueError, KeyError, TypeError) as problem:
            self.end()
            how = problem if isinstance(problem, Died) else "it says something else than an agent"
            raise AgentError(f"{command}: is no Python that can serve as agent: {how}{self._said()}") from problem
        if tuple(self.python["python"]) < luggage.OLDEST:
            self.end()
            oldest = ".".join(map(str, luggage.OLDEST))
            raise AgentError(f"{command}: is Python {self.version}; what an agent plays needs {oldest} or later")
        self._begin_of_words = self._words.seek(0, os.SEEK_END)

    @property
    def version(self) -> str:
        """The version of its Python."""
        return ".".join(map(str, self.python["python"]))

    def call(self, target: str, *, seconds: float = PATIENCE, asked: Asked | None = None, **arguments: Any) -> Any:
        """What ``package.module:function`` answers there. `asked` answers what it asks meanwhile.

        Raises Refused with what the function raised, and Died where the agent ended or took longer than `seconds`.
        """
        with self._turn:
            try:
                self._say({"call": target, "arguments": arguments})
                deadline = time.monotonic() + seconds
                while "ask" in (message := self._next(deadline)):
                    self._say(_answered(asked, message))
            except BaseException:
                self.end()  # an answer that nobody has waited for would be taken for that to the next question
                raise
        if "refused" in message:
            raise Refused(message["refused"])
        return message["value"]

    def send(self, modules: luggage.Modules) -> None:
        """Let it have modules, before it is asked to do something with them."""
        with self._turn:
            self._say({"modules": modules, "call": "sys:getrecursionlimit", "arguments": {}})
            self._next(time.monotonic() + PATIENCE)

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def part(self) -> None:
        """Hang up, so that it can tidy up; it is ended if it does not go."""
        with contextlib.suppress(OSError, ValueError):
            if self._process.stdin is not None:
                self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_PARTING)
        self.end()

    def end(self) -> None:
        """End it at once."""
        with contextlib.suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        if not self._words.closed:
            self._left = self._last_words()
            self._words.close()

    def _started(self) -> subprocess.Popen[bytes]:
        is_sub, command = subinterpreters.asked_for(self.command)
        words = [command] if os.path.exists(command) else shlex.split(command)
        if not words or shutil.which(words[0]) is None:
            raise AgentError(f"{self.command}: there is no such program")
        if is_sub and len(words) > 1:
            raise AgentError(f"{self.command}: a command line cannot be had in a sub-interpreter, an interpreter can")
        # As text: an interpreter behind a script that enters a container sees no file of ours.
        agent = _FILE.read_text(encoding="utf-8")
        agent = subinterpreters.running(agent) if is_sub else agent
        environment, _ = hermetic.child_environment(os.environ)
        try:
            return subprocess.Popen(
                [*words, *(["-c", agent] if len(words) == 1 else [])],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._words,
                env=environment,
            )
        except OSError as problem:
            raise AgentError(f"{self.command}: cannot be run: {problem.strerror}") from problem

    def _read(self) -> None:
        assert self._process.stdout is not None
        with contextlib.suppress(OSError, ValueError):  # closed under our hands, when it is ended
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _say(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            self._process.stdin.flush()
        except (OSError, ValueError):  # it has ended, or was ended
            raise self._died() from None

    def _next(self, deadline: float) -> dict[str, Any]:
        try:
            line = self._lines.get(timeout=max(deadline - time.monotonic(), 0))
        except queue.Empty:
            self.end()
            raise Died(None, self._last_words()) from None
        if line is None:
            raise self._died()
        message: dict[str, Any] = json.loads(line)
        return message

    def _died(self) -> Died:
        with contextlib.suppress(subprocess.TimeoutExpired):  # its pipes are closed, and it lives on
            self._process.wait(PATIENCE)
        self.end()
        return Died(self._process.returncode, self._last_words())

    def _last_words(self) -> str:
        if self._words.closed:
            return self._left
        self._words.seek(getattr(self, "_begin_of_words", 0))
        return self._words.read(_MOST_WORDS).decode("utf-8", "replace")

    def _said(self) -> str:
        lines = self._last_words().strip().splitlines()
        return f" ({lines[-1]})" if lines else ""


def extra_path() -> list[str]:
    """Where an agent looks for modules besides its own folders: where this process does, but for its installation."""
    installed = [Path(prefix).resolve() for prefix in {sys.prefix, sys.base_prefix, sys.exec_prefix}]
    places = [Path(entry).resolve() for entry in child.import_path()]
    return [str(place) for place in places if not any(place.is_relative_to(prefix) for prefix in installed)]


def _answered(asked: Asked | None, message: Mapping[str, Any]) -> dict[str, Any]:
    try:
        if asked is None:
            raise LookupError(f"nobody answers {message['ask']!r}")
        return {"value": asked(message["ask"], message["arguments"])}
    except Exception as problem:
        return {"refused": {"name": type(problem).__name__, "says": str(problem), "traceback": ""}}
