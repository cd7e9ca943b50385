"""What became of one scenario in one column: executions that ended alike together, and how they differ from another's.

This is where a site's numbers come from: `Tally` counts executions, as a run's own table does, and scenarios that
behave differently from the reference column.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from sslspec.report.columns import Column
from sslspec.report.differences import NONE, Difference, between
from sslspec.report.stream import Execution, Scenario, is_different, was_tried
from sslspec.results.failures import brief
from sslspec.results.record import Result
from sslspec.verdicts import EXPECTED, WORST_FIRST, Verdict

_RANK = {verdict: rank for rank, verdict in enumerate(WORST_FIRST)}


_MOST_WAYS = 4  # of ending with one verdict for one reason that are told one by one


@dataclass(slots=True)
class Outcome:
    """Executions of one column that ended alike, and differ alike from the reference: `sample` stands for all.

    `difference` is None where there is nothing to compare with. `differs` is also so where the steps are the same and
    only what the scenario saw in the end is not. `shared`: the reference did not pass either. Where executions ended
    with one verdict, but in more ways than anybody reads, the last outcome stands for the rest: `more` are those.
    """

    sample: Result
    executions: list[Execution]
    brief: str = ""
    difference: Difference | None = None
    differs: bool = False
    shared: bool = False
    more: list[Outcome] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        """Of each of them."""
        return self.sample.verdict

    @property
    def is_known(self) -> bool:
        """Whether they did not pass, and nobody had expected them to."""
        return _is_issue(self.sample) and not self.sample.unexpected


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
    shared: int = 0  # of those that were expected not to pass: how many do not in the reference either

    def add(self, other: Tally) -> None:
        """Count what another has counted as well."""
        self.verdicts.update(other.verdicts)
        self.unexpected += other.unexpected
        self.failing += other.failing
        self.differ += other.differ
        self.shared += other.shared

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

    @property
    def known(self) -> int:
        """What did not pass, as was expected."""
        return self.issues - self.failing


def tally(results: Mapping[Execution, Result], reference: Mapping[Execution, Result]) -> Tally:
    """The counts of one scenario in one column."""
    unexpected = [result for result in results.values() if result.unexpected]
    known = [execution for execution, result in results.items() if _is_issue(result) and not result.unexpected]
    return Tally(
        Counter(result.verdict for result in results.values()),
        len(unexpected),
        sum(result.verdict is not Verdict.PASSED for result in unexpected),
        int(any(is_different(result, reference.get(execution)) for execution, result in results.items())),
        sum(_is_issue(reference.get(execution)) for execution in known),
    )


def _is_issue(result: Result | None) -> bool:
    return result is not None and result.verdict not in EXPECTED


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
        shared = _is_issue(result) and _is_issue(other)
        alike = (result.verdict, result.unexpected, result.reason, said, essence, differs, shared)
        found.setdefault(alike, Outcome(result, [], said, difference, differs, shared)).executions.append(execution)
    return sorted(_folded(found.values()), key=lambda one: (not one.sample.unexpected, _RANK[one.verdict]))


def _folded(found: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes, but of those of one kind that are too many only the first, and one for the rest."""
    kinds: dict[object, list[Outcome]] = {}
    for one in found:
        kind = one.verdict, one.sample.unexpected, one.sample.reason, one.differs, one.shared
        kinds.setdefault(kind, []).append(one)
    for alike in kinds.values():
        if len(alike) > _MOST_WAYS:
            rest, *more = alike[_MOST_WAYS - 1 :]
            together = sorted(execution for one in (rest, *more) for execution in one.executions)
            alike = [*alike[: _MOST_WAYS - 1], replace(rest, executions=together, more=more)]
        yield from alike


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
    told = one.verdict, one.sample.unexpected, one.sample.reason, one.brief, tuple(one.executions), essence
    return *told, tuple(map(_alike, one.more))
