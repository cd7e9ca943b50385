"""Which entries of a baseline are no longer true, from results that are looked at one by one.

Only counts are kept, so that a record of any length can be held against a baseline of any length. An entry that is
inherited is its owner's business, and never stale here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sslspec.baseline.conditions import Facts, FactsOf
from sslspec.baseline.entry import Entry
from sslspec.baseline.matching import Baseline
from sslspec.results import columns
from sslspec.results.record import Result
from sslspec.scenarios import releases
from sslspec.style import plural
from sslspec.verdicts import Verdict

_NOT_TRIED = frozenset({Verdict.INAPPLICABLE, Verdict.NOTRUN})


@dataclass(slots=True)
class StaleEntry:
    """An entry that is no longer true, and what to do about it. `where` is ``file:line``.

    `anywhere` is True for what is wrong even if one column alone shows it.
    """

    where: str
    name: str
    why: str
    anywhere: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.name!r} {self.why}"


@dataclass(slots=True)
class Tally:
    """What came of one entry: how many results it matches and decides, and how many were tried, passed, needed it."""

    matched: int = 0
    spoken: int = 0
    tried: int = 0
    passed: int = 0
    excused: int = 0


class Staleness:
    """Takes the results of a run and says which entries it has proved wrong.

    An entry must be needed in each column where its scenarios are tried: one for some Pythons says so with a condition.
    """

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._columns: dict[str, Tallies] = {}

    def add(self, result: Result, facts: Facts) -> None:
        """Take one result; one of another implementation is passed over."""
        if facts.implementation == self.baseline.implementation:
            self._columns.setdefault(result.implementation, Tallies(self.baseline)).add(result, facts)

    def found(self, *, whole_run: bool) -> list[str]:
        """A line for each entry that is no longer true, with the columns where it is not unless that is all of them.

        `whole_run` is True where no selection was made, so that an entry which matched nothing speaks of nothing.
        """
        seen = self._columns or {"": Tallies(self.baseline)}
        told: dict[str, list[str]] = {}
        anywhere: set[str] = set()
        for column, tallies in seen.items():
            for entry in tallies.found(whole_run=whole_run):
                told.setdefault(str(entry), []).append(column)
                anywhere |= {str(entry)} if entry.anywhere else set()
        lines = [line for line, where in told.items() if len(where) == len(seen)]
        lines += [
            f"{line} (in {', '.join(columns.in_order(where))})"
            for line, where in told.items()
            if len(where) < len(seen) and line in anywhere
        ]
        return sorted(lines, key=line_of)


def stale(baseline: Baseline, results: Iterable[Result], *, whole_run: bool, facts: FactsOf) -> list[str]:
    """What `Staleness` finds in all of `results`; `facts` gives the circumstances of each."""
    seen = Staleness(baseline)
    for result in results:
        seen.add(result, facts(result))
    return seen.found(whole_run=whole_run)


class Tallies:
    """What the results of one column, or of all, say of each entry; `counts` in the order of the entries."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self.counts = [Tally() for _ in baseline.entries]
        self._features: frozenset[str] | None = None

    @property
    def features(self) -> frozenset[str]:
        """The flags that were set wherever there was a result."""
        return self._features or frozenset()

    def add(self, result: Result, facts: Facts) -> None:
        """Take one result."""
        self._features = facts.features if self._features is None else self._features & facts.features
        for position in self.baseline.speaking(result.id, facts):
            self.counts[position].matched += 1
        chosen = self.baseline.chosen(result.id, facts)
        if chosen is None:
            return
        tally = self.counts[chosen]
        tally.spoken += 1
        if result.verdict not in _NOT_TRIED:
            tally.tried += 1
            tally.passed += result.verdict is Verdict.PASSED
            message = str(result.detail.get("message", ""))
            tally.excused += self.baseline.entries[chosen].excuses(result.verdict, message)

    def why(self, position: int, *, whole_run: bool) -> str:
        """Why an entry is stale, or ""."""
        return _why(self.baseline.entries[position], self.counts[position], whole_run)

    def found(self, *, whole_run: bool) -> Iterator[StaleEntry]:
        """The features and entries that are no longer true."""
        unsupported = self.baseline.unsupported
        for feature in sorted(unsupported.features & self.features):
            yield StaleEntry(unsupported.where, feature, "is a feature that the implementation has now: remove it")
        for position, entry in enumerate(self.baseline.entries):
            why = self.why(position, whole_run=whole_run)
            if why:
                yield StaleEntry(entry.where, entry.id, why, anywhere=self.counts[position].tried > 0)


def line_of(told: str) -> int:
    """The line of its file that a text ``FILE:LINE: ...`` is about; 0 for the file as a whole."""
    found = re.match(r".*?:(\d+): ", told)
    return int(found[1]) if found else 0


def _why(entry: Entry, tally: Tally, whole_run: bool) -> str:
    if entry.expired:
        return f"expired on {entry.until}: look at it again, then remove it or give it a new date"
    if not tally.matched:
        # An entry for other circumstances (another Python, another peer) may well match nothing here, and a scenario
        # that was withdrawn is not its fault.
        excused = entry.when or entry.scenario in releases.current().withdrawn
        return "matches no scenario: remove it, or correct the id" if whole_run and not excused else ""
    if not tally.spoken:
        return "is overruled by other entries for everything it matches: remove it"
    if tally.tried and tally.passed == tally.tried and Verdict.PASSED not in entry.verdicts:
        count = "its scenario passes" if tally.tried == 1 else f"all its {plural(tally.tried, 'result')} passed"
        return f"is no longer needed: {count}: remove it"
    return ""
