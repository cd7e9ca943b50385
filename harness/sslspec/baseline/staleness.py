"""Which entries of a baseline are no longer true, from results that are looked at one by one.

Only counts are kept, so that a record of any length can be held against a baseline of any length. An entry that is
inherited is its owner's business, and never stale here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sslspec import columns
from sslspec.baseline.conditions import Facts, FactsOf
from sslspec.baseline.entry import Entry
from sslspec.baseline.matching import Baseline
from sslspec.record import Result
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
class _Tally:
    """What came of the scenarios of one entry: how many results it matches and decides, were tried, and passed."""

    matched: int = 0
    spoken: int = 0
    tried: int = 0
    passed: int = 0


class Staleness:
    """Takes the results of a run and says which entries it has proved wrong.

    An entry must be needed in each column where its scenarios are tried: one for some Pythons says so with a condition.
    """

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._columns: dict[str, _Column] = {}

    def add(self, result: Result, facts: Facts) -> None:
        """Take one result; one of another implementation is passed over."""
        if facts.implementation == self.baseline.implementation:
            self._columns.setdefault(result.implementation, _Column(self.baseline)).add(result, facts)

    def found(self, *, whole_run: bool) -> list[str]:
        """A line for each entry that is no longer true, with the columns where it is not unless that is all of them.

        `whole_run` is True where no selection was made, so that an entry which matched nothing speaks of nothing.
        """
        seen = self._columns or {"": _Column(self.baseline)}
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


class _Column:
    """What the results of one column say of each entry."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self._tallies = [_Tally() for _ in baseline.entries]
        self._features: frozenset[str] = frozenset()

    def add(self, result: Result, facts: Facts) -> None:
        self._features = facts.features
        for position in self.baseline.speaking(result.id, facts):
            self._tallies[position].matched += 1
        chosen = self.baseline.chosen(result.id, facts)
        if chosen is not None:
            tally = self._tallies[chosen]
            tally.spoken += 1
            tally.tried += result.verdict not in _NOT_TRIED
            tally.passed += result.verdict is Verdict.PASSED

    def found(self, *, whole_run: bool) -> Iterator[StaleEntry]:
        unsupported = self.baseline.unsupported
        for feature in sorted(unsupported.features & self._features):
            yield StaleEntry(unsupported.where, feature, "is a feature that the implementation has now: remove it")
        for entry, tally in zip(self.baseline.entries, self._tallies, strict=True):
            why = _why(entry, tally, whole_run)
            if why:
                yield StaleEntry(entry.where, entry.id, why, anywhere=tally.tried > 0)


def line_of(told: str) -> int:
    """The line of its file that a text ``FILE:LINE: ...`` is about; 0 for the file as a whole."""
    found = re.match(r".*?:(\d+): ", told)
    return int(found[1]) if found else 0


def _why(entry: Entry, tally: _Tally, whole_run: bool) -> str:
    if entry.expired:
        return f"expired on {entry.until}: look at it again, then remove it or give it a new date"
    if not tally.matched:
        # An entry for other circumstances (another Python, another peer) may well match nothing here.
        return "matches no scenario: remove it, or correct the id" if whole_run and not entry.when else ""
    if not tally.spoken:
        return "is overruled by other entries for everything it matches: remove it"
    if tally.tried and tally.passed == tally.tried and Verdict.PASSED not in entry.verdicts:
        count = "its scenario passes" if tally.tried == 1 else f"all its {plural(tally.tried, 'result')} passed"
        return f"is no longer needed: {count}: remove it"
    return ""
