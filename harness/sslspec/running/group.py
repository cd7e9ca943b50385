"""One group of columns while it is executed: a child in a session of its own, watched from here.

The child writes events and nothing else is read from it; it may hang, die or be ended. How many groups there are and
what their results mean together is not known here.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from sslspec.implementations import loading
from sslspec.pythons import child, hermetic
from sslspec.results.record import Result
from sslspec.running import renaming
from sslspec.running.events import Tailer
from sslspec.running.executors import Executor, Task
from sslspec.running.options import INACTIVITY, Options
from sslspec.running.state import Column, State

_TAIL = 4000  # bytes of what the child printed, for when it fails before it can say so in events


class Observer(Protocol):
    """Who is told while a run goes on; a state has the columns of all groups, and for the rest it is of one."""

    def result(self, result: Result, state: State) -> None:
        """A result came."""

    def tick(self, state: State) -> None:
        """Some time went by."""

    def say(self, text: str) -> None:
        """Something takes its time before the run begins."""


class Group:
    """The columns that one executor fills, and its process.

    `label` tells its interpreter from others, and `python` is how it was asked for; both are "" where none was named.
    `columns` maps the name of each implementation to its column, `facts` a column to what the preflight found. `status`
    is how the process ended; `gave_up` is True where it was ended because nothing came any more; `printed` is what it
    said.

    `progress` is shared by all groups of a run, so that whoever is told of one state sees the columns of all.
    """

    def __init__(
        self,
        options: Options,
        executor: Executor,
        facts: Mapping[str, dict[str, Any]],
        progress: dict[str, Column],
        label: str = "",
        python: str = "",
    ) -> None:
        self.options = options
        self.label = label
        self.columns = {name: f"{name}@{label}" if label else name for name in facts}
        self.facts = {self.columns[name]: found for name, found in facts.items()}
        specs = {loading.name_of(spec): spec for spec in options.implementations}
        ways = {column: options.way(specs.get(name, name), python) for name, column in self.columns.items()}
        self.state = State(columns=progress, ways=ways)
        self.scrubbed: list[str] = []
        self.status: int | None = None
        self.gave_up = False
        self.printed = ""
        self.workers = 0
        self._executor = executor
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, folder: Path, workers: int, pki: Path | None) -> None:
        """Start the executor; `folder` is made for it."""
        folder.mkdir()
        self.workers = workers
        for column in self.columns.values():
            if column in self.state.columns:
                self.state.columns[column].at = "starting"
        self._tail = Tailer(folder / "events.jsonl")
        self._output = folder / "output"
        environment, self.scrubbed = hermetic.child_environment(os.environ)
        with self._output.open("wb") as sink:
            self._process = subprocess.Popen(
                self._executor(Task(self.options, self._tail.path, folder, workers, pki)),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
        self._heard = time.monotonic()

    def attend(self, observer: Observer) -> bool:
        """Take what came, and give up where nothing does; False once there is no reason to wait any longer."""
        assert self._process is not None
        if self._process.poll() is not None:
            return False
        if self._take(observer):
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > self.patience:
            # After "finish" there is nothing left but to go home; some implementation's thread may not want to.
            self.gave_up = self.state.exit_status is None
            return False
        return True

    def wait(self, seconds: float) -> None:
        """Until the process has ended, or that long."""
        assert self._process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(seconds)

    def end(self, observer: Observer) -> None:
        """End the process and all that it started, and take what it still has said. Nothing happens the second time."""
        if self._process is None:
            return
        child.end(self._process)
        self.status = self._process.returncode
        self._process = None
        self._take(observer, last=True)
        self.printed = _last_lines(self._output)

    @property
    def has_unexpected(self) -> bool:
        """Whether any result so far was unexpected."""
        return any(column.unexpected for column in map(self.state.column, self.columns.values()))

    @property
    def patience(self) -> float:
        """How many seconds nothing may come now. Until all is collected, which may take long, nothing is under test."""
        patience = self.options.patience
        return patience if self.state.collected else max(patience, INACTIVITY)

    def _take(self, observer: Observer, *, last: bool = False) -> bool:
        found = self._tail.rest() if last else self._tail.poll()
        for event in found:
            result = self.state.apply(renaming.renamed(event, self.columns))
            if result is not None:
                observer.result(result, self.state)
        return bool(found)


def _last_lines(output: Path) -> str:
    data = output.read_bytes()[-_TAIL:]
    lines = data.decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-15:])
