"""The loop: take an input that is known, change it, run it, keep it if it reached what nothing had reached before.

Everything follows from the seed and the number of inputs, as far as the target does. What is done with findings, and
how long a loop goes on, is for who calls it.
"""

from __future__ import annotations

import itertools
import sys
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import refssl
from fuzz import coverage, mutations
from fuzz.target import Broken, Target

_HOME = str(Path(refssl.__path__[0]).parent)
MEMORY = 64 << 20
"""How many bytes the peak of the process may rise by during one input."""


@dataclass(slots=True)
class Finding:
    """An input after which something had happened that must not. key: the same for inputs that show the same."""

    target: str
    data: bytes
    key: str
    told: str


@dataclass(slots=True)
class Result:
    """What one target gave. kept: the inputs that reached something new, in the order in which they were met."""

    target: Target
    inputs: int = 0
    reached: int = 0
    most_calls: int = 0
    kept: list[bytes] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)


def _nobody(data: bytes) -> None:
    """What is told of an input that nobody waits for."""


class Loop:
    """One target under one seed. announce(data) is told each input before it is run."""

    def __init__(
        self, target: Target, seed: int, known: Iterable[bytes] = (), announce: Callable[[bytes], None] = _nobody
    ) -> None:
        self._target = target
        self._chance = Random(f"{seed} {target.name}")
        self._announce = announce
        self.result = Result(target)
        self._waiting = [*target.seeds(), *known]
        self._waiting.reverse()

    def run(self, enough: Callable[[int], bool]) -> Result:
        """Go on until enough(inputs so far); what is known already is run first, all of it."""
        with coverage.watching() as watch:
            while self._waiting or not enough(self.result.inputs):
                self._once(self._waiting.pop() if self._waiting else self._changed(), watch)
        self.result.reached = watch.reached
        return self.result

    def _changed(self) -> bytes:
        chance, kept = self._chance, self.result.kept
        if not kept:
            return chance.randbytes(chance.randrange(64))
        # What was found last has been changed least.
        recent = kept[-8:] if chance.random() < 0.3 else kept
        data = chance.choice(recent)
        if chance.random() < 0.1:
            data = mutations.spliced(data, chance.choice(kept), chance)
        return self._target.mutate(data, chance)[: self._target.longest]

    def _once(self, data: bytes, watch: coverage.Coverage) -> None:
        result = self.result
        result.inputs += 1
        self._announce(data)
        before = watch.reached
        watch.calls = 0
        finding = judged(self._target, data, lambda: watch.calls)
        result.most_calls = max(result.most_calls, watch.calls)
        if finding is not None:
            result.findings.setdefault(finding.key, finding)
        elif watch.reached > before:
            result.kept.append(data)


def unguided(target: Target, seed: int, known: Iterable[bytes], inputs: int) -> Result:
    """All that is known of a target, and then so many changed inputs, without a look at what they reach: it is quick
    under every Python, and what CI does."""
    result = Result(target)
    chance = Random(f"{seed} {target.name}")
    begun = [*target.seeds(), *known]
    changed = (target.mutate(chance.choice(begun), chance)[: target.longest] for _ in range(inputs))
    for data in itertools.chain(begun, changed):
        result.inputs += 1
        finding = judged(target, data)
        if finding is not None:
            result.findings.setdefault(finding.key, finding)
    return result


def judged(target: Target, data: bytes, calls: Callable[[], int] = lambda: 0) -> Finding | None:
    """Run one input; what must not have happened, or None. calls() counts the calls of refssl's functions."""
    peak = _peak()
    try:
        target.run(data)
    except Exception as error:
        return Finding(target.name, data, _key(error), "".join(traceback.format_exception(error)))
    base, each = target.calls
    if calls() > base + each * len(data):
        return Finding(target.name, data, "calls", f"{calls()} calls of functions for {len(data)} bytes\n")
    grown = _peak() - peak
    if grown > MEMORY:
        return Finding(target.name, data, "memory", f"{grown >> 20} MiB more for {len(data)} bytes\n")
    return None


def smallest(target: Target, inputs: Iterable[bytes], announce: Callable[[bytes], None] = _nobody) -> list[bytes]:
    """Of these inputs those that reach what neither the target's seeds nor the others do, the shorter first."""
    kept = []
    with coverage.watching() as watch:
        for data in target.seeds():
            judged(target, data)
        for data in sorted(set(inputs), key=lambda data: (len(data), data)):
            announce(data)
            before = watch.reached
            if judged(target, data) is None and watch.reached > before:
                kept.append(data)
    return kept


def reached(target: Target, inputs: Iterable[bytes], announce: Callable[[bytes], None] = _nobody) -> int:
    """How many places of refssl these inputs reach."""
    with coverage.watching() as watch:
        for data in inputs:
            announce(data)
            judged(target, data)
    return watch.reached


def _key(error: BaseException) -> str:
    """The kind of an exception and where in refssl it came from; what a Broken says."""
    if isinstance(error, Broken):
        return f"Broken: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    inner = [frame for frame in frames if frame.filename.startswith(_HOME)] or frames
    return f"{type(error).__name__} at {Path(inner[-1].filename).name}:{inner[-1].name}"


def _peak() -> int:
    """The most memory that the process has had, bytes; 0 where the platform does not say."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
