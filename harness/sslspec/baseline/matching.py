"""A baseline: the entries for one implementation, and which of them speaks of a scenario.

Own entries come before the features that are not there, and these before what is inherited. Nothing here reads a file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path

from sslspec.baseline.conditions import Facts
from sslspec.baseline.entry import Entry, Expectation, Unsupported
from sslspec.scenarios import releases
from sslspec.style import plural
from sslspec.verdicts import EXPECTED, Verdict


class Baseline:
    """The entries for one implementation.

    `parent` is the baseline that it inherits; `suite` the version of sslspec whose scenarios it has reviewed, as text
    and "" where it does not say. Scenarios that are newer may do what they like, unless `strict_new`.
    """

    strict_new = False

    def __init__(
        self,
        implementation: str,
        entries: Iterable[Entry] = (),
        path: Path | None = None,
        *,
        unsupported: Unsupported | None = None,
        parent: Baseline | None = None,
        suite: str = "",
    ) -> None:
        self.implementation = implementation
        self.entries = list(entries)
        self.path = path
        self.unsupported = unsupported or Unsupported()
        self.parent = parent
        self.suite = suite
        # A baseline may have an entry for each scenario, and is asked for each execution.
        self._of_one: dict[str, list[int]] = defaultdict(list)
        self._of_several: list[int] = []
        for position, entry in enumerate(self.entries):
            place = self._of_several if entry.scenario is None else self._of_one[entry.scenario]
            place.append(position)

    @property
    def unreviewed(self) -> list[Entry | Unsupported]:
        """What nobody has given a reason for yet, in the file's order."""
        whole: list[Entry | Unsupported] = [self.unsupported, *self.entries]
        return [said for said in whole if said.unreviewed]

    def speaking(self, scenario_id: str, facts: Facts) -> list[int]:
        """The positions of the entries that match and hold, expired ones among them, in the file's order."""
        near = [*self._of_one.get(scenario_id.partition("@")[0], ()), *self._of_several]
        return sorted(at for at in near if self.entries[at].matches(scenario_id) and self.entries[at].holds(facts))

    def chosen(self, scenario_id: str, facts: Facts) -> int | None:
        """The position of the entry that decides: the exact id wins over globs, a later entry over an earlier one."""
        here = [at for at in self.speaking(scenario_id, facts) if not self.entries[at].expired]
        return max(here, key=lambda at: (self.entries[at].rank(scenario_id), at), default=None)

    def expectation(self, scenario_id: str, facts: Facts, needs: Collection[str] = ()) -> Expectation:
        """What is expected of a scenario that needs these ``HAS_*`` flags."""
        position = self.chosen(scenario_id, facts)
        if position is not None:
            best = self.entries[position]
            never = {Verdict.INAPPLICABLE} | (set() if best.run else {Verdict.NOTRUN})
            return Expectation(best.verdicts | never, best.reason, best.run, best.match, best)
        if self.unsupported.features & (set(needs) - facts.features):
            return Expectation(EXPECTED | {Verdict.UNSUPPORTED}, self.unsupported.reason)
        if self.parent is not None:
            inherited = self.parent.expectation(scenario_id, facts, needs)
            if inherited.reason and not inherited.new:
                # The heir may well do what its model does not.
                return replace(inherited, verdicts=inherited.verdicts | {Verdict.PASSED})
        if self.suite and releases.current().is_newer(scenario_id.partition("@")[0], self.suite):
            reason = "" if self.strict_new else f"newer than suite {self.suite}, which the baseline has reviewed"
            return Expectation(reason=reason, new=True, tolerated=not self.strict_new)
        return Expectation()


def note(baseline: Baseline) -> str:
    """One line on what nobody has reviewed yet, or ""."""
    count = len(baseline.unreviewed)
    if not count:
        return ""
    what = f"{plural(count, 'entry')} {'is' if count == 1 else 'are'}"
    return f"{baseline.path}: {what} unreviewed; `sslspec baseline check` names {'it' if count == 1 else 'them'}"
