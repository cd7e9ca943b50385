"""Which entries of a baseline are no longer true, from results that are looked at one by one.

Only counts are kept, so that a record of any length can be held against a baseline of any length. An entry that is
inherited is its owner's business, and never stale here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sslspec.baseline.conditions import Facts
from sslspec.baseline.entry import Entry
from sslspec.baseline.matching import Baseline
from sslspec.record import Result
from sslspec.style import plural
from sslspec.verdicts import Verdict

FactsOf = Callable[[Result], Facts]
_NOT_TRIED = frozenset({Verdict.INAPPLICABLE, Verdict.NOTRUN})


@dataclass(slots=True)
class StaleEntry:
    """An entry that is no longer true, and what to do about it. `where` is ``file:line``, `entry` None for features."""

    where: str
    name: str
    why: str
    entry: Entry | None = None

    def __str__(self) -> str:
        return f"{self.where}: {self.name!r} {self.why}"


@dataclass(slots=True)
class Tally:
    """What came of the scenarios of one entry: how many results it matches, decides, saw tried, pass, and excuses."""

    matched: int = 0
    spoken: int = 0
    tried: int = 0
    passed: int = 0
    excused: int = 0


class Staleness:
    """Takes the results of a run and says which entries it has proved wrong."""

    def __init__(self, baseline: Baseline) -> None:
        self.baseline = baseline
        self.tallies = [Tally() for _ in baseline.entries]
        self._had: set[str] | None = None  # the features that every implementation so far has had

    def add(self, result: Result, facts: Facts) -> None:
        """Take one result; one of another implementation is passed over."""
        if facts.implementation != self.baseline.implementation:
            return
        self._had = set(facts.features) if self._had is None else self._had & facts.features
        for position in self.baseline.speaking(result.id, facts):
            self.tallies[position].matched += 1
        chosen = self.baseline.chosen(result.id, facts)
        if chosen is None:
            return
        tally = self.tallies[chosen]
        tally.spoken += 1
        if result.verdict not in _NOT_TRIED:
            tally.tried += 1
            tally.passed += result.verdict is Verdict.PASSED
            message = str(result.detail.get("message", ""))
            tally.excused += self.baseline.entries[chosen].excuses(result.verdict, message)

    def found(self, *, whole_run: bool) -> list[StaleEntry]:
        """The entries that are no longer true, in the file's order.

        `whole_run` is True where no selection was made, so that an entry which matched nothing speaks of nothing.
        """
        unsupported = self.baseline.unsupported
        found = [
            StaleEntry(unsupported.where, feature, "is a feature that the implementation has now: remove it")
            for feature in sorted(unsupported.features & (self._had or set()))
        ]
        for entry, tally in zip(self.baseline.entries, self.tallies, strict=True):
            why = _why(entry, tally, whole_run)
            if why:
                found.append(StaleEntry(entry.where, entry.id, why, entry))
        return found


def stale(baseline: Baseline, results: Iterable[Result], *, whole_run: bool, facts: FactsOf) -> list[StaleEntry]:
    """What `Staleness` finds in all of `results`; `facts` gives the circumstances of each."""
    seen = Staleness(baseline)
    for result in results:
        seen.add(result, facts(result))
    return seen.found(whole_run=whole_run)


def _why(entry: Entry, tally: Tally, whole_run: bool) -> str:
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
