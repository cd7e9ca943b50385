"""One run from its options to its outcome: the preflight, then a child for each interpreter, some of them at once.

How a child is watched stands in ``group``, what came of all together in ``outcome``; how all this looks is the business
of an observer.
"""

from __future__ import annotations

import contextlib
import signal
import tempfile
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from sslspec import peers
from sslspec.baseline import load_all
from sslspec.doctor import diagnosis
from sslspec.implementations import loading
from sslspec.pythons import environments
from sslspec.pythons.environments import Host
from sslspec.running import executors, outcome
from sslspec.running.executors import Executor
from sslspec.running.group import Group, Observer
from sslspec.running.options import Options
from sslspec.running.outcome import Outcome
from sslspec.running.state import Column

_POLL = 0.1
# What is said of a peer that is no implementation either.
_OF_PEERS = f" (--peer takes stdlib, {', '.join(peers.FOREIGN)}, self, python3.10 and the like, or an implementation)"


class NotLoadable(Exception):
    """An implementation could not be loaded, or an interpreter not be prepared; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def execute(options: Options, observer: Observer) -> Outcome:
    """Run, from the preflight to the record.

    Raises BaselineError for a baseline that cannot be used, InterpreterError for an interpreter that is not there,
    NotLoadable for an implementation that cannot be loaded, and an interpreter in which none can.
    """
    names = [loading.name_of(spec) for spec in options.implementations]
    baselines = {} if options.no_baseline else load_all(names, options.baselines, strict_new=options.strict_new)
    with tempfile.TemporaryDirectory(prefix="sslspec-", ignore_cleanup_errors=True) as place:
        folder = Path(place)
        hosts, refused = environments.hosts(options.pythons, folder / "sources", observer.say, install=options.install)
        if refused:
            raise NotLoadable(list(map(str, refused)))
        tasks = [(host, _asked_of(host, options, observer)) for host in hosts]
        groups = _groups(tasks, preflight(tasks))
        started = time.monotonic()
        pki = _certificates(folder) if len(groups) > 1 else None
        interrupted = _run(groups, options.workers, folder, pki, observer)
        return outcome.of(options, groups, baselines, interrupted=interrupted, seconds=time.monotonic() - started)


def _asked_of(host: Host, options: Options, observer: Observer) -> Options:
    """What of a run an interpreter is asked for: an agent gets nothing installed, nor refssl, which takes more.

    Raises NotLoadable where nothing is left.
    """
    if not host.is_agent:
        return options
    can = tuple(spec for spec in options.implementations if loading.named_by(spec) != "refssl")
    if not can:
        raise NotLoadable([f"{host.label}: refssl needs more than an agent is given"])
    if can != options.implementations:
        observer.say(f"{host.label}: refssl needs more than an agent is given, and has no column there")
    return replace(options, implementations=can)


def preflight(tasks: Sequence[tuple[Host, Options]]) -> dict[tuple[str, str], dict[str, Any]]:
    """Load each implementation, and each that serves as peer, in a process of its own, in each interpreter.

    What each says of itself, by the label of the interpreter and its own name. Raises NotLoadable.
    """
    wanted = [(host, spec) for host, options in tasks for spec in options.to_load]
    with ThreadPoolExecutor(max_workers=4) as pool:
        examined = list(pool.map(lambda each: diagnosis.examine_in(each[0], each[1]), wanted))
    found = [(host.label, examination) for (host, _), examination in zip(wanted, examined, strict=True)]
    tested = {spec for _, options in tasks for spec in options.implementations}
    problems = [
        f"{f'{label}: ' if label else ''}{one.problem}{'' if one.spec in tested else _OF_PEERS}"
        for label, one in found
        if one.problem
    ]
    if problems := [*peers.missing(tasks[0][1].peers), *problems]:
        raise NotLoadable(problems)
    return {(label, examination.name): examination.facts for label, examination in found}


def _groups(tasks: Sequence[tuple[Host, Options]], found: Mapping[tuple[str, str], dict[str, Any]]) -> list[Group]:
    """A group for each interpreter; where there are several, their columns are there to be seen from the beginning."""
    progress: dict[str, Column] = {}
    groups = []
    for host, options in tasks:
        facts = {name: found[host.label, name] for name in map(loading.name_of, options.implementations)}
        python = host.interpreter.said if host.interpreter else ""
        groups.append(Group(options, _executor(host), facts, progress, host.label, python))
    if len(groups) > 1:
        for group in groups:
            for column in group.columns.values():
                group.state.column(column).at = "waiting"
    return groups


def _executor(host: Host) -> Executor:
    if host.is_agent and host.interpreter:
        return executors.with_agent(host.interpreter.command)
    return executors.with_pytest(host.python)


def _certificates(folder: Path) -> Path:
    """The certificates for all interpreters: what one of them makes might differ."""
    from sslspec.certificates import pki  # slow to import; where there is one interpreter, its session does it

    pki.make(folder / "pki")
    return folder / "pki"


def _run(groups: Sequence[Group], workers: int, folder: Path, pki: Path | None, observer: Observer) -> bool:
    """Run until every group has ended, for whatever reason; True where somebody wanted it to end before."""
    waiting = deque(enumerate(groups))
    busy: list[Group] = []
    with _asked_to_stop() as stop:
        try:
            first = False  # -x: one has stopped at its first unexpected result, and the others need not go on
            while (waiting or busy) and not (first or stop.is_set()):
                free = workers - sum(group.workers for group in busy)
                while waiting and free > 0:
                    # Interpreters beside each other make better use of cores than workers of one.
                    share = max(1, free // len(waiting))
                    number, group = waiting.popleft()
                    group.start(folder / str(number), share, pki)
                    busy.append(group)
                    free -= share
                for group in list(busy):
                    if not group.attend(observer):
                        busy.remove(group)
                        group.end(observer)
                        first = first or (group.options.first_only and group.has_unexpected)
                if busy:
                    observer.tick(busy[0].state)
                    busy[0].wait(_POLL)
        finally:
            for group in busy:
                group.end(observer)
    return stop.is_set()


@contextlib.contextmanager
def _asked_to_stop() -> Iterator[threading.Event]:
    """In the block, being asked to end (Ctrl-C, SIGTERM, SIGHUP) is told by the event, and raises nothing.

    An exception might come while a child is being started, and nobody would know of it any more.
    """
    stop = threading.Event()

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not in the main thread
                before[number] = signal.signal(number, interrupt)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
