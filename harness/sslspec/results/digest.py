"""What a closing report needs to know of a run, from results that are looked at one by one.

Counts and groups of alike outcomes are kept, never the results themselves: a record of a million lines is summed up in
as much memory as it has scenarios that are worth attention.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from sslspec.results.failures import brief
from sslspec.results.record import Key, Result
from sslspec.verdicts import EXPECTED, WORST_FIRST, Verdict

SLOW = 2.0  # seconds: what no scenario should take
MOST_SLOW = 60
_IN_COMMON = 3  # scenarios with the same outcome that are still told one by one
_NOT_COUNTED = frozenset({Verdict.INAPPLICABLE})


@dataclass(slots=True)
class Count:
    """What there is to say in one cell of a table."""

    every: int = 0
    counted: int = 0
    passed: int = 0
    unexpected: int = 0

    def add(self, result: Result) -> None:
        """Count one result."""
        self.every += 1
        self.counted += result.verdict not in _NOT_COUNTED
        self.passed += result.verdict is Verdict.PASSED
        self.unexpected += result.unexpected


@dataclass(slots=True)
class Group:
    """Results of one column with the same verdict, of which the same is said; `scenarios` counts those of each.

    `example` is the key of one of them.
    """

    verdict: Verdict
    column: str
    said: str
    example: Key
    scenarios: Counter[str] = field(default_factory=Counter)

    @property
    def in_common(self) -> bool:
        """Whether this is told once for all scenarios."""
        return bool(self.said) and len(self.scenarios) > _IN_COMMON

    @property
    def place(self) -> tuple[int, str, bool, str]:
        """Where it stands: by verdict and column, what is in common last, else by scenario."""
        return WORST_FIRST.index(self.verdict), self.column, len(self.scenarios) > _IN_COMMON, min(self.scenarios)


class Digest:
    """Takes results; `counts` are by area (and "" for all) and column, `slowest` are (seconds, id, column)."""

    def __init__(self, slowest: int = 0) -> None:
        self.counts: dict[tuple[str, str], Count] = defaultdict(Count)
        self.verdicts: Counter[Verdict] = Counter()
        self.surprises: Counter[Verdict] = Counter()
        self.new = 0
        self.slow = 0
        self._shown = max(slowest, MOST_SLOW)
        self._least = slowest
        self._unexpected: dict[tuple[Verdict, str, str], Group] = {}
        self._newcomers: dict[tuple[Verdict, str, str], Group] = {}
        self._heap: list[tuple[float, str, str]] = []

    @classmethod
    def of(cls, results: Iterable[Result], slowest: int = 0) -> Digest:
        """The digest of all these results."""
        digest = cls(slowest)
        for result in results:
            digest.add(result)
        return digest

    def add(self, result: Result) -> None:
        """Take one result."""
        for area in (result.area, ""):
            self.counts[area, result.implementation].add(result)
        self.verdicts[result.verdict] += 1
        if result.unexpected:
            self.surprises[result.verdict] += 1
            _put(self._unexpected, result)
        elif result.new and result.verdict not in EXPECTED:
            self.new += 1
            _put(self._newcomers, result)
        if result.duration:
            self.slow += result.duration > SLOW
            push = heapq.heappush if len(self._heap) < self._shown else heapq.heappushpop
            push(self._heap, (result.duration, result.id, result.implementation))

    @property
    def areas(self) -> list[str]:
        """The areas that there are results of."""
        return sorted({area for area, _ in self.counts} - {""})

    @property
    def columns(self) -> set[str]:
        """The columns that there are results of."""
        return {column for _, column in self.counts}

    @property
    def unexpected(self) -> list[Group]:
        """What nobody expected, the worst first."""
        return sorted(self._unexpected.values(), key=lambda group: group.place)

    @property
    def newcomers(self) -> list[Group]:
        """What scenarios found that the baseline has not reviewed, and nobody counts yet."""
        return sorted(self._newcomers.values(), key=lambda group: group.place)

    @property
    def slowest(self) -> list[tuple[float, str, str]]:
        """As many as were asked for, and in any case those above what a scenario should take; the slowest first."""
        ordered = sorted(self._heap, key=lambda one: -one[0])
        return ordered[: max(self._least, min(self.slow, MOST_SLOW))]


def _put(groups: dict[tuple[Verdict, str, str], Group], result: Result) -> None:
    key = result.verdict, result.implementation, brief(result)
    group = groups.setdefault(key, Group(*key, result.key))
    group.scenarios[result.scenario] += 1
