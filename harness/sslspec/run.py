"""One run from its options to its record: a pytest child in a session of its own, watched from here.

The child writes events and nothing else is read from it; it may hang, die or be ended, and whatever had not its turn
still stands in the record. How all this looks is the business of an observer.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Protocol

from sslspec import (
    __version__,
    baseline,
    child,
    doctor,
    hermetic,
    implementations,
    layout,
    limits,
    listing,
    peers,
    record,
)
from sslspec.baseline import Baseline, Expectation, Facts
from sslspec.durations import Durations
from sslspec.events import Tailer
from sslspec.exitcodes import ExitCode
from sslspec.record import Header, Key, Record, Result
from sslspec.state import State
from sslspec.verdicts import EXPECTED, Verdict

INACTIVITY = 60.0  # seconds without an event, until the session is given up
FOREIGN_PEERS = frozenset({"tlslite", "scripted", "self", *peers.PROGRAMS})
_POLL = 0.1
_GLOB = frozenset("*?[")
_TAIL = 4000  # bytes of what the child printed, for when it fails before it can say so in events

FactsOf = Callable[[Result], Facts]


class NotLoadable(Exception):
    """An implementation could not be loaded; `problems` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(slots=True)
class Options:
    """What to run. Times are in seconds; an empty selection is everything."""

    implementations: tuple[str, ...] = implementations.DEFAULT
    peers: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    level: str | None = None
    smoke: bool = False
    workers: int = 1
    baselines: tuple[Path, ...] = ()
    no_baseline: bool = False
    limit: float = limits.SOFT
    first_only: bool = False
    shard: str = ""
    durations: Path | None = None
    pytest_args: tuple[str, ...] = ()
    inactivity: float = INACTIVITY
    argv: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True where nothing was selected, so that a baseline entry without a match says nothing at all."""
        return not (
            self.shard or self.smoke or self.globs or self.areas or self.level or self.pytest_args or self.first_only
        )

    @property
    def patience(self) -> float:
        """How long no event may come: longer than one scenario may take in any case."""
        return max(self.inactivity, (limits.HARD_FACTOR + 1) * self.limit)


@dataclass(slots=True)
class Outcome:
    """How a run ended. `problem` says in a few lines what kept it from its end, or ""."""

    exit_code: ExitCode
    record: Record
    stale: list[str] = field(default_factory=list)
    problem: str = ""
    seconds: float = 0.0


class Observer(Protocol):
    """Who is told while a run goes on."""

    def result(self, result: Result, state: State) -> None:
        """A result came."""

    def tick(self, state: State) -> None:
        """Some time went by."""


def execute(options: Options, observer: Observer) -> Outcome:
    """Run, from the preflight to the record.

    Raises BaselineError for a baseline that cannot be used, NotLoadable for an implementation that cannot.
    """
    names = [implementations.name_of(spec) for spec in options.implementations]
    baselines = {} if options.no_baseline else baseline.load_all(names, options.baselines)
    examined = preflight(options)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="sslspec-", ignore_cleanup_errors=True) as folder:
        session = _Session(options, Path(folder), observer)
        session.run()
    descriptions = {found.name: found.facts for found in examined if found.name in names}
    return _outcome(options, session, descriptions, baselines, time.monotonic() - started)


def preflight(options: Options) -> list[doctor.Examination]:
    """Load each implementation, and each that serves as peer, in a process of its own. Raises NotLoadable."""
    specs = [*options.implementations, *(peer for peer in options.peers if peer not in FOREIGN_PEERS)]
    with ThreadPoolExecutor(max_workers=4) as pool:
        examined = list(pool.map(doctor.examine, dict.fromkeys(specs)))
    problems = [*peers.missing(options.peers), *(found.problem for found in examined if found.problem)]
    if problems:
        raise NotLoadable(problems)
    return examined


class _Session:
    """The pytest child: starting it, reading its events, and ending it when nothing comes any more."""

    def __init__(self, options: Options, folder: Path, observer: Observer) -> None:
        self.options = options
        self.folder = folder
        self.state = State()
        self.scrubbed: list[str] = []
        self.status: int | None = None
        self.interrupted = False
        self.gave_up = False
        self.printed = ""
        self._observer = observer
        self._tail = Tailer(folder / "events.jsonl")

    def run(self) -> None:
        """Until the child has ended, for whatever reason."""
        environment, self.scrubbed = hermetic.child_environment(os.environ)
        output = self.folder / "output"
        with output.open("wb") as sink, _stoppable():
            process = subprocess.Popen(
                child.command("pytest", *_pytest_arguments(self.options, self._tail.path, self.folder)),
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
            )
            try:
                self._watch(process)
            except KeyboardInterrupt:
                self.interrupted = True
            finally:
                child.end(process)
        self.status = process.returncode
        self._take(last=True)
        self.printed = _last_lines(output)

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        heard = time.monotonic()
        while process.poll() is None:
            if self._take():
                heard = time.monotonic()
            elif time.monotonic() - heard > self.patience:
                # After "finish" there is nothing left but to go home; some implementation's thread may not want to.
                self.gave_up = self.state.exit_status is None
                return
            self._observer.tick(self.state)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_POLL)

    @property
    def patience(self) -> float:
        """How many seconds nothing may come now. Until all is collected, which may take long, nothing is under test."""
        return self.options.patience if self.state.collected else max(self.options.patience, INACTIVITY)

    def _take(self, *, last: bool = False) -> bool:
        found = self._tail.rest() if last else self._tail.poll()
        for event in found:
            result = self.state.apply(event)
            if result is not None:
                self._observer.result(result, self.state)
        return bool(found)


def _pytest_arguments(options: Options, events: Path, folder: Path) -> list[str]:
    suites = layout.suites()
    given = ["-c", str(layout.pytest_ini()), f"--rootdir={suites}", f"--confcutdir={suites}"]
    given += ["--disable-plugin-autoload", "-p", "xdist.plugin", "-p", "sslspec.plugin"]
    given += ["-p", "no:terminal", "-p", "no:cacheprovider", f"--basetemp={folder / 'tmp'}"]
    # Each crash costs a worker. There is no natural bound but that events must go on coming, which is watched here.
    given += ["-n", str(options.workers), "--max-worker-restart=1000000"]
    given += [f"--events={events}", f"--limit={options.limit}"]
    # Nobody reads what pytest would make of it, unless the user has asked for something of his own (--junitxml).
    given += [] if options.pytest_args else ["--events-only", "-p", "no:logging"]
    given += [f"--impl={spec}" for spec in options.implementations]
    given += [f"--peer={peer}" for peer in options.peers]
    given += [f"--scenario={glob}" for glob in options.globs]
    given += [f"--area={area}" for area in options.areas]
    given += [f"--level={options.level}"] if options.level else []
    given += ["--smoke"] if options.smoke else []
    given += [f"--baseline={path.absolute()}" for path in options.baselines]
    given += ["--no-baseline"] if options.no_baseline else []
    given += ["-x"] if options.first_only else []
    if options.shard:
        durations = Durations.load(options.durations) if options.durations else Durations.shipped()
        given += [f"--shard={options.shard}", f"--shard-durations={durations.save(folder)}"]
    return [*given, *options.pytest_args, *map(str, places(options))]


def places(options: Options) -> list[Path]:
    """The folders and files in which all that is selected lies: nothing else needs to be collected."""
    root = layout.suites()
    if options.areas:
        found = {root / area for area in options.areas}
    else:
        found = {_place(root, glob) for glob in options.globs} or {root}
    return [root] if root in found or not all(path.exists() for path in found) else sorted(found)


def _place(root: Path, glob: str) -> Path:
    """``area/topic/*`` lies in one file, ``area/*`` in one folder, ``*/x`` anywhere."""
    area, topic, *_ = [*glob.split("/"), "*", "*"]
    if _GLOB & set(area) or not (root / area).is_dir():
        return root
    return root / area if _GLOB & set(topic) else root / area / f"test_{topic}.py"


def _outcome(
    options: Options,
    session: _Session,
    descriptions: dict[str, dict[str, Any]],
    baselines: dict[str, Baseline],
    seconds: float,
) -> Outcome:
    state = session.state
    header = state.header or Header(__version__, descriptions, platform=hermetic.platform_name())
    header.environment = hermetic.describe(session.scrubbed)
    header.volatile["argv"] = list(options.argv)

    def facts(result: Result) -> Facts:
        return Facts.of(header.implementations.get(result.implementation, {}), result.peer)

    complete = bool(state.collected or state.is_shard) and not (state.missing() or state.problems or session.gave_up)
    for result in _never_judged(session, facts, baselines):
        state.add(result)
    results = list(state.results.values())
    header.manifest = header.manifest or record.manifest(result.id for result in results)
    whole = options.whole and complete
    # In one part of a run an entry may well have nothing to do.
    judged = {} if options.shard else baselines
    stale = [str(entry) for known in judged.values() for entry in known.stale(results, whole_run=whole, facts=facts)]
    code, problem = _judge(options, session, complete=complete, stale=bool(stale))
    return Outcome(code, Record(header, results, complete), stale, problem, seconds)


def _judge(options: Options, session: _Session, *, complete: bool, stale: bool) -> tuple[ExitCode, str]:
    """The exit code, and what there is to say where the run did not come to its end."""
    state = session.state
    unexpected = stale or any(result.unexpected for result in state.results.values())
    if session.interrupted:
        return ExitCode.INTERRUPTED, "interrupted"
    if state.problems:
        return ExitCode.USAGE, "\n".join(state.problems)
    said = f"; it said:\n{session.printed}" if session.printed else ""
    if session.gave_up:
        problem = f"nothing happened for {session.patience:g} s, so the session was ended"
        return ExitCode.INCOMPLETE, problem if ran_at_all(state.results.values()) else problem + said
    if not (state.collected or state.is_shard) and state.exit_status in (0, 5):
        return ExitCode.NOTHING, "nothing was selected; `sslspec list` shows what there is"
    if complete or (options.first_only and unexpected):
        return (ExitCode.UNEXPECTED if unexpected else ExitCode.AS_EXPECTED), ""
    status = session.status if session.status is not None else 0
    problem = f"pytest {child.how_it_ended(status)}{said}"
    if not ran_at_all(state.results.values()):
        return (ExitCode.USAGE if status == ExitCode.USAGE else ExitCode.INTERNAL), problem
    return ExitCode.INCOMPLETE, problem


def ran_at_all(results: Iterable[Result]) -> bool:
    """Whether anything was run at all."""
    return any(result.verdict is not Verdict.NOTRUN for result in results)


def _never_judged(session: _Session, facts: FactsOf, baselines: dict[str, Baseline]) -> Iterator[Result]:
    """A result for each scenario that has none: hung where the session was given up on it, else not run."""
    missing = session.state.missing()
    if not missing:
        return
    known = {scenario.id: scenario for scenario in listing.scenarios()}
    for key in missing:
        hung = session.gave_up and key in session.state.running
        yield _unjudged(key, hung, known.get(key[0].partition("@")[0]), facts, baselines)


def _unjudged(
    key: Key, hung: bool, scenario: listing.Scenario | None, facts: FactsOf, baselines: dict[str, Baseline]
) -> Result:
    result = Result(*key, Verdict.HUNG if hung else Verdict.NOTRUN, tuple(sorted(EXPECTED)))
    if scenario is not None:
        result.level, result.clauses = scenario.level, scenario.clauses
        result.requirement, result.known = scenario.requirement, scenario.known
    message = (
        "it was under way when the session stopped giving signs of life" if hung else "the run ended before its turn"
    )
    result.detail = {"message": message}
    known = baselines.get(result.implementation)
    expectation: Expectation = known.expectation(result.id, facts(result)) if known else Expectation()
    result.expected = tuple(sorted(expectation.verdicts))
    result.reason = expectation.reason
    result.unexpected = hung and not expectation.accepts(Verdict.HUNG, message)
    return result


def _last_lines(output: Path) -> str:
    data = output.read_bytes()[-_TAIL:]
    lines = data.decode("utf-8", "replace").strip().splitlines()
    return "\n".join(lines[-15:])


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """In the block, being asked to end (SIGTERM, SIGHUP) is an interruption: the child must not outlive us."""

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


def selection(globs: Sequence[str]) -> tuple[str, ...]:
    """The globs of -k; a plain name also stands for everything below it."""
    plain = [glob for glob in globs if not set(glob) & (_GLOB | {"@"})]
    return (*globs, *(f"{glob.rstrip('/')}/*" for glob in plain))
