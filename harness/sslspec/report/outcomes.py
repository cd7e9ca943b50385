"""What became of one scenario in one column: executions that ended alike together, and how they differ from another's.

This is where a site's numbers come from: `Tally` counts executions, as a run's own table does, and scenarios that
behave differently from the reference column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from sslspec.report.columns import Column
from sslspec.report.differences import NONE, Difference, between
from sslspec.report.stream import Execution, Scenario, is_different, was_tried
from sslspec.results.failures import brief
from sslspec.results.record import Result
from sslspec.verdicts import WORST_FIRST, Verdict

_RANK = {verdict: rank for rank, verdict in enumerate(WORST_FIRST)}


@dataclass(slots=True)
class Outcome:
    """Executions of one column that ended alike, and differ alike from the reference: `sample` stands for all.

    `difference` is None where there is nothing to compare with. `differs` is also so where the steps are the same and
    only what the scenario saw in the end is not.
    """

    sample: Result
    executions: list[Execution]
    brief: str = ""
    difference: Difference | None = None
    differs: bool = False

    @property
    def verdict(self) -> Verdict:
        """Of each of them."""
        return self.sample.verdict


@dataclass(slots=True)
class Group:
    """Columns that do the same in every execution, and what they do."""

    columns: list[Column]
    outcomes: list[Outcome]


@dataclass(slots=True)
class Tally:
    """Counts of executions: by verdict, and how many were unexpected; of scenarios: how many `differ`."""

    verdicts: Counter[Verdict] = field(default_factory=Counter)
    unexpected: int = 0
    failing: int = 0  # unexpected ones that did not pass
    differ: int = 0

    def add(self, other: Tally) -> None:
        """Count what another has counted as well."""
        self.verdicts.update(other.verdicts)
        self.unexpected += other.unexpected
        self.failing += other.failing
        self.differ += other.differ

    @property
    def passed(self) -> int:
        """Executions in which what the clause demands was seen."""
        return self.verdicts[Verdict.PASSED]

    @property
    def applicable(self) -> int:
        """All executions but those that have nothing to test."""
        return self.verdicts.total() - self.verdicts[Verdict.INAPPLICABLE]

    @property
    def worst(self) -> Verdict:
        """The verdict to show where there is room for one."""
        return min((verdict for verdict, count in self.verdicts.items() if count), key=_RANK.__getitem__)

    @property
    def issues(self) -> int:
        """What somebody may have to look at: all that applies and did not pass."""
        return self.applicable - self.passed


def tally(results: Mapping[Execution, Result], reference: Mapping[Execution, Result]) -> Tally:
    """The counts of one scenario in one column."""
    unexpected = [result for result in results.values() if result.unexpected]
    return Tally(
        Counter(result.verdict for result in results.values()),
        len(unexpected),
        sum(result.verdict is not Verdict.PASSED for result in unexpected),
        int(any(is_different(result, reference.get(execution)) for execution, result in results.items())),
    )


def outcomes(scenario: Scenario, column: Column, reference: Column | None) -> list[Outcome]:
    """What a column has to say of a scenario, the worst first."""
    against = scenario.results.get(reference, {}) if reference not in (None, column) else {}
    found: dict[object, Outcome] = {}
    for execution, result in sorted(scenario.results[column].items()):
        other = against.get(execution)
        differs = is_different(result, other)
        difference = _difference(result, other, differs=differs)
        said = brief(result)
        essence = None if difference is None else difference.essence
        alike = (result.verdict, result.unexpected, result.reason, said, essence, differs)
        found.setdefault(alike, Outcome(result, [], said, difference, differs)).executions.append(execution)
    return sorted(found.values(), key=lambda one: (not one.sample.unexpected, _RANK[one.verdict]))


def _difference(result: Result, other: Result | None, *, differs: bool) -> Difference | None:
    if other is None or not (was_tried(result) and was_tried(other)):
        return None
    return between(other.steps, result.steps) if differs else NONE


def grouped(found: Mapping[Column, list[Outcome]], reference: Column | None) -> list[Group]:
    """The columns of a scenario by what they do; the reference first, with those that do as it does."""
    groups: dict[object, Group] = {}
    for column in sorted(found, key=lambda column: column is not reference):  # stable: else in their own order
        alike = tuple(_alike(one) for one in found[column])
        groups.setdefault(alike, Group([], found[column])).columns.append(column)
    return list(groups.values())


def _alike(one: Outcome) -> tuple[object, ...]:
    essence = one.difference.essence if one.differs and one.difference else None  # the reference has none from itself
    return one.verdict, one.sample.unexpected, one.sample.reason, one.brief, tuple(one.executions), essence
