"""One run from its options to its outcome: the preflight, then a child for each interpreter, some of them at once.

How a child is watched stands in ``group``, what came of all together in ``outcome``; how all this looks is the business
of an observer.
"""

from __future__ import annotations

import contextlib
import signal
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

from sslspec import baseline, child, doctor, executors, implementations, outcome, peers
from sslspec.group import Group, Observer
from sslspec.options import Options
from sslspec.outcome import Outcome

_POLL = 0.1


class NotLoadable(Exception):
    """An implementation could not be loaded; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def execute(options: Options, observer: Observer) -> Outcome:
    """Run, from the preflight to the record.

    Raises BaselineError for a baseline that cannot be used, NotLoadable for an implementation that cannot.
    """
    names = [implementations.name_of(spec) for spec in options.implementations]
    baselines = {} if options.no_baseline else baseline.load_all(names, options.baselines)
    examined = preflight(options)
    facts = {found.name: found.facts for found in examined if found.name in names}
    groups = [Group(options, executors.with_pytest(child.running()), facts, {})]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sslspec-", ignore_cleanup_errors=True) as folder:
        interrupted = _run(groups, options.workers, Path(folder), observer)
    return outcome.of(options, groups, baselines, interrupted=interrupted, seconds=time.monotonic() - started)


def preflight(options: Options) -> list[doctor.Examination]:
    """Load each implementation, and each that serves as peer, in a process of its own. Raises NotLoadable."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        examined = list(pool.map(doctor.examine, options.to_load))
    problems = [*peers.missing(options.peers), *(found.problem for found in examined if found.problem)]
    if problems:
        raise NotLoadable(problems)
    return examined


def _run(groups: Sequence[Group], workers: int, folder: Path, observer: Observer) -> bool:
    """Until every group has ended, for whatever reason; True where somebody wanted it to end before."""
    waiting = deque(enumerate(groups))
    busy: list[Group] = []
    with _stoppable():
        try:
            while waiting or busy:
                free = workers - sum(group.workers for group in busy)
                while waiting and free > 0:
                    # Interpreters beside each other make better use of cores than workers of one.
                    share = max(1, free // len(waiting))
                    number, group = waiting.popleft()
                    busy.append(group)
                    group.start(folder / str(number), share, None)
                    free -= share
                for group in list(busy):
                    if not group.attend(observer):
                        busy.remove(group)
                        group.end(observer)
                if busy:
                    observer.tick(busy[0].state)
                    busy[0].wait(_POLL)
        except KeyboardInterrupt:
            return True
        finally:
            for group in busy:
                group.end(observer)
    return False


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """In the block, being asked to end (SIGTERM, SIGHUP) is an interruption: the children must not outlive us."""

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            with contextlib.suppress(ValueError):  # not in the main thread
                before[number] = signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
