"""Timing, counting and summing up. It knows functions that do something n times, and no peer.

The clock is the process's own CPU time unless wall time is asked for. Rounds are interleaved (A B C, C B A, ...) and a
ratio is the median over rounds of the two figures of one round, so that a machine that drifts does not tilt it.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any

from benchmarks.workloads import Run

Clock = Callable[[], float]
CLOCKS: dict[str, Clock] = {"cpu": time.process_time, "wall": time.perf_counter}
_COUNTED = 20  # operations whose calls are counted
_PROBE = 8  # a batch is planned from a probe of this part of it


@dataclass(frozen=True, slots=True)
class Cell:
    """What one peer has in one metric: a figure for each round in the metric's unit, or why there is none."""

    rounds: tuple[float, ...] = ()
    reason: str = ""

    @property
    def median(self) -> float | None:
        """Over the rounds; None where there are none."""
        return statistics.median(self.rounds) if self.rounds else None

    @property
    def spread(self) -> float:
        """Largest less smallest, as a part of the median."""
        middle = self.median
        return (max(self.rounds) - min(self.rounds)) / middle if middle else 0.0

    def ratio(self, baseline: Cell) -> float | None:
        """To the baseline, round by round; None where one of the two has no figures."""
        pairs = list(zip(self.rounds, baseline.rounds, strict=False))
        if not pairs or not all(other for _, other in pairs):
            return None
        return statistics.median(own / other for own, other in pairs)


def interleaved(runs: Mapping[str, Run], clock: Clock, batch: float, rounds: int) -> dict[str, list[float] | Exception]:
    """Seconds for one operation, one figure a round, of each run; `batch` is seconds of work in each round.

    A run that raises is left out from then on, and its exception stands for its figures.
    """
    counts: dict[str, int] = {}
    taken: dict[str, list[float] | Exception] = {}
    for name, run in runs.items():
        try:
            counts[name] = _planned(run, clock, batch)
        except Exception as problem:  # whatever a peer may raise
            taken[name] = problem
    series: dict[str, list[float]] = {name: [] for name in counts}
    gc.collect()
    gc.freeze()
    for number in range(rounds):
        for name in list(series)[:: -1 if number % 2 else 1]:
            gc.collect()
            try:
                series[name].append(timed(runs[name], counts[name], clock))
            except Exception as problem:  # whatever a peer may raise
                taken[name] = problem
                del series[name]
    gc.unfreeze()
    return taken | series


def timed(run: Run, times: int, clock: Clock) -> float:
    """Seconds for one operation."""
    before = clock()
    run(times)
    return (clock() - before) / times


def _planned(run: Run, clock: Clock, batch: float) -> int:
    """How many operations take `batch` seconds."""
    run(1)
    times = 1
    while True:
        seconds = timed(run, times, clock) * times
        if seconds >= batch / _PROBE or times > 10_000_000:
            return max(1, round(times * batch / max(seconds, 1e-9)))
        times *= 4


def calls(run: Run, times: int = _COUNTED) -> float:
    """Calls of Python and C functions for one operation, as sys.setprofile sees them."""
    run(times)
    return (_seen(run, times) - _seen(run, 0)) / times


def _seen(run: Run, times: int) -> int:
    seen = 0

    def hook(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal seen
        seen += event in ("call", "c_call")

    gc.collect()
    gc.disable()
    before = sys.getprofile()
    sys.setprofile(hook)
    try:
        run(times)
    finally:
        sys.setprofile(before)
        gc.enable()
    return seen


def rates(seconds: Sequence[float], scale: float) -> Cell:
    """Operations a second, times `scale`."""
    return Cell(tuple(scale / max(value, 1e-12) for value in seconds))
