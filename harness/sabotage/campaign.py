"""The campaign: for each fault a process in which refssl is wrong, and the executions that could notice it.

A pytest plugin. It collects the scenarios as ever, and instead of running them finds out in one process who passes
where, and then tries each fault in another, until a scenario fails. Processes are forked from the one that has
collected and has run nothing, so that nothing in refssl is warm that a fault would have to get past.
"""

from __future__ import annotations

import functools
import gc
import itertools
import os
import pickle
import select
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sabotage import cold
from sabotage.witnesses import Places, watching
from sslspec.plugin import session as sessions

PATIENCE = 60  # seconds for one execution; whatever takes longer is stuck, which is noticed
_KILLERS = 40  # how many executions that have noticed a fault are tried first on the next


@dataclass
class Task:
    """One fault to be tried. witnesses: numbers of executions, or None for all. came_to_it: whether it has shown."""

    name: str
    apply: Callable[[], None]
    witnesses: list[int] | None
    came_to_it: Callable[[], bool] = lambda: True


@dataclass
class Outcome:
    """What came of a fault. by: the id of the execution that noticed; tried: how many were run; seconds: how long.

    viable: whether the fault has shown at all: a method that never raises cannot raise another error.
    """

    name: str
    noticed: bool
    viable: bool = True
    by: str = ""
    tried: int = 0
    seconds: float = 0.0


@dataclass
class _Trial:
    """A process that tries a fault. said: what it has written; heard: when it last began an execution."""

    pid: int
    task: Task
    started: float
    heard: float
    said: bytes = b""


@dataclass
class Campaign:
    """Runs tasks over collected items.

    plan: makes the tasks, once it is known who passes where. noting: has more than that told of. last: which execution
    noticed each fault the last time; it is tried first. lines: whether the plan asks for more than functions.
    """

    plan: Callable[[Places], Iterable[Task]]
    noting: Callable[[Callable[[tuple[str, int]], None]], None] = lambda _meet: None
    last: Mapping[str, str] = field(default_factory=dict)
    lines: bool = True
    jobs: int = 1
    told: Callable[[Outcome, int], None] = lambda _outcome, _left: None
    outcomes: list[Outcome] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    _killers: list[int] = field(default_factory=list)
    _failures: int = 0

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """In the place of pytest's own loop."""
        items = session.items
        ours = sessions.of(session.config)
        ours.pki  # noqa: B018 - made once, before anything is forked
        ours.events_only = True  # pytest is told of what fails, and nobody of the rest
        session.config.pluginmanager.unregister(name="terminalreporter")  # of that nothing is printed
        gc.collect()
        gc.freeze()
        places, self.broken = self._witnessed(items)
        broken = set(self.broken)
        sound = [number for number, item in enumerate(items) if item.nodeid not in broken]
        self._run(items, list(self.plan(places)), _spread(items, sound))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count what fails in this process."""
        self._failures += report.failed

    def _fails(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        """Run an execution as pytest would: with every plugin's say, the marks about warnings among them."""
        before = self._failures
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return self._failures > before

    def _witnessed(self, items: list[pytest.Item]) -> tuple[Places, list[str]]:
        """Who passes where, and which executions fail without any fault; each process takes a part of them."""
        bounds = [len(items) * part // self.jobs for part in range(self.jobs + 1)]
        ranges = [range(start, end) for start, end in itertools.pairwise(bounds)]
        started = [_begun(functools.partial(self._watched, items, numbers)) for numbers in ranges]
        places: Places = {}
        broken: list[str] = []
        for seen, failed in [_ended(*process) for process in started]:
            broken += failed
            for place, numbers in seen.items():
                places.setdefault(place, []).extend(numbers)
        return places, broken

    def _watched(self, items: list[pytest.Item], numbers: range) -> tuple[Places, list[str]]:
        witnesses = watching(lines=self.lines)
        self.noting(witnesses.meet)
        broken = []
        for number in numbers:
            cold.start()
            witnesses.next(number)
            following = items[number + 1] if number + 1 in numbers else None
            if self._fails(items[number], following):
                broken.append(items[number].nodeid)
        return witnesses.stop(), broken

    def _run(self, items: list[pytest.Item], tasks: list[Task], order: list[int]) -> None:
        position = {number: place for place, number in enumerate(order)}
        numbers = {items[number].nodeid: number for number in order}
        waiting = tasks[::-1]
        running: dict[int, _Trial] = {}
        while waiting or running:
            while waiting and len(running) < self.jobs:
                task = waiting.pop()
                chosen = self._ordered(task, position, numbers.get(self.last.get(task.name, "")))
                if not chosen:
                    self._tell(Outcome(task.name, noticed=False), len(waiting))
                    continue
                pid, pipe = self._try(items, task, chosen)
                running[pipe] = _Trial(pid, task, time.monotonic(), time.monotonic())
            self._wait(items, running, len(waiting))

    def _try(self, items: list[pytest.Item], task: Task, chosen: list[int]) -> tuple[int, int]:
        """Fork a process that makes refssl wrong and runs until something fails; its id, and what it will say."""

        def run(writing: int) -> None:
            task.apply()
            found, tried = -1, 0
            for number, following in zip(chosen, [*chosen[1:], None], strict=True):
                tried += 1
                os.write(writing, b".")  # a sign of life
                if self._fails(items[number], items[following] if following is not None else None):
                    found = number
                    break
            os.write(writing, f" {found} {tried} {int(task.came_to_it())}".encode())

        return _forked(run)

    def _wait(self, items: list[pytest.Item], running: dict[int, _Trial], left: int) -> None:
        """Listen to all; collect who has ended, and end who is stuck."""
        for pipe in select.select(list(running), [], [], 1.0)[0] if running else []:
            trial = running[pipe]
            if words := os.read(pipe, 1 << 16):
                trial.said += words
                trial.heard = time.monotonic()
                continue
            os.close(pipe)
            self._collect(items, running.pop(pipe), left)
        for trial in running.values():
            if time.monotonic() - trial.heard > PATIENCE:
                os.kill(trial.pid, signal.SIGKILL)

    def _ordered(self, task: Task, position: dict[int, int], last: int | None) -> list[int]:
        """The witnesses: first who noticed this fault the last time, then those that have noticed something lately."""
        able = set(position) if task.witnesses is None else set(position).intersection(task.witnesses)
        first = [number for number in (last, *reversed(self._killers)) if number in able]
        return [*dict.fromkeys(first), *sorted(able.difference(first), key=position.__getitem__)]

    def _collect(self, items: list[pytest.Item], trial: _Trial, left: int) -> None:
        os.waitpid(trial.pid, 0)
        said = trial.said.lstrip(b".").split()
        # A process that could not even say what it saw was brought down by the fault: that is noticed.
        ended = len(said) != 3
        number, tried, came_to_it = (-1, 0, 1) if ended else map(int, said)
        noticed = ended or number >= 0
        by = items[number].nodeid if number >= 0 else "the process ended" if noticed else ""
        if number >= 0:
            self._killers = [*[known for known in self._killers if known != number][-_KILLERS:], number]
        seconds = time.monotonic() - trial.started
        self._tell(Outcome(trial.task.name, noticed, noticed or bool(came_to_it), by, tried, seconds), left)

    def _tell(self, outcome: Outcome, left: int) -> None:
        self.outcomes.append(outcome)
        self.told(outcome, left)


def _spread(items: list[pytest.Item], chosen: list[int]) -> list[int]:
    """An order in which one execution of each scenario comes before the second of any."""
    seen: dict[str, int] = {}
    rank = {}
    for number in chosen:
        name = items[number].nodeid.partition("[")[0]
        rank[number] = seen[name] = seen.get(name, 0) + 1
    return sorted(chosen, key=lambda number: (rank[number], number))


def _silence() -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - it ends with the process


def _begun(call: Callable[[], Any]) -> tuple[int, int]:
    """Start a call in a process of its own, of which nothing remains here; its id, and where its answer will come."""

    def answer(writing: int) -> None:
        with os.fdopen(writing, "wb") as file:
            pickle.dump(call(), file)

    return _forked(answer)


def _forked(run: Callable[[int], None]) -> tuple[int, int]:
    """A process that does this and no more, given a pipe to write to; its id, and the pipe's other end."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    try:
        _silence()
        run(writing)
    finally:
        os._exit(0)


def _ended(pid: int, pipe: int) -> Any:
    """What a call that was begun gives. Raises RuntimeError if its process has come to grief."""
    with os.fdopen(pipe, "rb") as file:
        data = file.read()
    os.waitpid(pid, 0)
    if not data:
        raise RuntimeError("the run without faults ended before its time: nothing can be said of faults")
    return pickle.loads(data)
