"""One comparison from its plan to its results: every metric of the plan for every peer, or the reason why not."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from benchmarks import children, measuring, sanity, workloads
from benchmarks.certificates import Certificates
from benchmarks.growth import growth
from benchmarks.measuring import Cell
from benchmarks.metrics import METRICS, Metric
from benchmarks.peers import BASELINE, NAMES, NoSuchPeer, load
from benchmarks.peers.base import Peer, Unsupported
from benchmarks.sanity import Health
from benchmarks.workloads import Run

UNSUPPORTED = "unsupported"
FAILS = "fails"
_IMPORTS = 5  # interpreters at least in which a module is imported
_CHILDREN = 3  # that hold pairs, for what has noise: each is a round
_SCARCE = 5  # a slow peer holds so many times fewer pairs
_HELD = 10  # growth holds so many times more

Cells = dict[str, Cell]


@dataclass(slots=True)
class Plan:
    """What to measure. `batch` is seconds for each peer and round; `optional` peers may be missing."""

    subject: str = "refssl"
    peers: tuple[str, ...] = NAMES
    optional: frozenset[str] = frozenset(NAMES)
    metrics: tuple[str, ...] = tuple(METRICS)
    rounds: int = 7
    batch: float = 0.3
    clock: str = "cpu"
    connections: int = 500

    @property
    def names(self) -> list[str]:
        """Every peer once: the baseline, the subject, then the others as they were named."""
        return list(dict.fromkeys([BASELINE, self.subject, *self.peers]))


@dataclass(slots=True)
class Results:
    """What was found: `cells` by metric and peer."""

    peers: dict[str, Peer] = field(default_factory=dict)
    health: dict[str, Health] = field(default_factory=dict)
    cells: dict[str, Cells] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def cell(self, metric: str, peer: str) -> Cell:
        """An empty one where nothing was measured."""
        return self.cells.get(metric, {}).get(peer, Cell())

    def doubts(self, peer: str) -> list[str]:
        """What the sanity checks hold against a peer."""
        return self.health[peer].doubts if peer in self.health else []


def compare(plan: Plan, certificates: Certificates, progress: Callable[[str], None]) -> Results:
    """Measure. Raises NoSuchPeer for a peer that cannot be loaded, unless it is optional and not the subject."""
    results = Results()
    for name in plan.names:
        try:
            results.peers[name] = load(name, certificates)
        except NoSuchPeer as problem:
            if name == plan.subject or name not in plan.optional:
                raise
            results.notes.append(f"left out: {problem}")
    for name, peer in results.peers.items():
        results.health[name] = health = sanity.examine(peer)
        results.notes += [f"! {name}: {doubt}; its figures are void" for doubt in health.doubts]
        results.notes += [f"{name}: TLS 1.{version - 10} {why}" for version, why in health.missing.items()]
        if peer.remark:
            results.notes.append(peer.remark)
    for name in plan.metrics:
        progress(name)
        results.cells[name] = _measured(METRICS[name], plan, results, certificates)
    return results


def _measured(metric: Metric, plan: Plan, results: Results, certificates: Certificates) -> Cells:
    able: dict[str, Peer] = {}
    cells: Cells = {}
    for name, peer in results.peers.items():
        missing = results.health[name].missing.get(metric.version or 0)
        if missing is None:
            able[name] = peer
        else:
            cells[name] = Cell(reason=UNSUPPORTED if missing == UNSUPPORTED else FAILS)
    trial = _Trial(metric, results.notes)
    if metric.name in workloads.TIMED:
        return cells | _timed(metric, plan, able, trial)
    if metric.name in workloads.COUNTED:
        return cells | _counted(metric, able, trial)
    if metric.name == "import":
        return cells | _imported(plan, able, certificates, trial)
    return cells | _held(metric, plan, able, certificates, trial)


class _Trial:
    """Turns what a peer raises while it is measured into a cell, and a note where that is news."""

    def __init__(self, metric: Metric, notes: list[str]) -> None:
        self._metric = metric
        self._notes = notes

    def __call__(self, name: str, measure: Callable[[], tuple[float, ...]]) -> Cell:
        try:
            return Cell(measure())
        except Exception as problem:  # whatever a peer may raise
            return self.failed(name, problem)

    def failed(self, name: str, problem: Exception) -> Cell:
        """The cell of a peer that raised."""
        if isinstance(problem, (Unsupported, NotImplementedError)):
            return Cell(reason=UNSUPPORTED)
        said = str(problem) if isinstance(problem, children.ChildFailed) else f"{type(problem).__name__}: {problem}"
        self._notes.append(f"{name}: {self._metric.name} fails: {said}")
        return Cell(reason=FAILS)


def _timed(metric: Metric, plan: Plan, able: Mapping[str, Peer], trial: _Trial) -> Cells:
    runs: dict[str, Run] = {}
    cells: Cells = {}
    for name, peer in able.items():
        try:
            runs[name] = workloads.TIMED[metric.name](peer)
        except Exception as problem:  # whatever a peer may raise
            cells[name] = trial.failed(name, problem)
    taken = measuring.interleaved(runs, measuring.CLOCKS[plan.clock], plan.batch, plan.rounds)
    for name, seconds in taken.items():
        if isinstance(seconds, Exception):
            cells[name] = trial.failed(name, seconds)
        else:
            cells[name] = measuring.rates(seconds, metric.scale)
    return cells


def _counted(metric: Metric, able: Mapping[str, Peer], trial: _Trial) -> Cells:
    cells: Cells = {}
    for name, peer in able.items():

        def measure(peer: Peer = peer) -> tuple[float, ...]:
            return (measuring.calls(workloads.COUNTED[metric.name](peer)),)

        cells[name] = trial(name, measure)
    return cells


def _imported(plan: Plan, able: Mapping[str, Peer], certificates: Certificates, trial: _Trial) -> Cells:
    """Interleaved like what is timed: one interpreter for each peer in each round; the first round only warms up."""
    rounds: dict[str, list[float]] = {name: [] for name in able}
    cells: Cells = {}
    for _ in range(1 + max(_IMPORTS, plan.rounds)):
        for name in [name for name in able if name not in cells]:
            try:
                rounds[name].append(children.import_time(able[name], certificates.folder, plan.clock))
            except children.ChildFailed as problem:
                cells[name] = trial.failed(name, problem)
    return {name: cells.get(name) or Cell(tuple(figures[1:])) for name, figures in rounds.items()}


def _held(metric: Metric, plan: Plan, able: Mapping[str, Peer], certificates: Certificates, trial: _Trial) -> Cells:
    cells: Cells = {}
    for name, peer in able.items():
        count = plan.connections * (_HELD if metric.name == "growth" else 1) // (_SCARCE if peer.scarce else 1)
        times = 1 if metric.name == "mem_py" or peer.scarce else _CHILDREN

        def measure(peer: Peer = peer, count: int = count, times: int = times) -> tuple[float, ...]:
            if metric.name == "growth":
                return tuple(growth(peer, certificates.folder, count, 2 * plan.rounds + 1) for _ in range(times))
            return tuple(children.ask(metric.name, peer, certificates.folder, count) for _ in range(times))

        cells[name] = trial(name, measure)
    return cells


def to_stderr(text: str) -> None:
    """The progress of a run, a line for each metric."""
    print(f"# {text}", file=sys.stderr, flush=True)
