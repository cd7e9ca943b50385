"""What a site keeps of the scenarios of one area while they go by: counts, and a code for each execution.

The codes are what the site's scripts filter and compare by. A string for each column, two characters for each
execution: the verdict's first letter, a capital one where nobody expected it, and the number of the behaviour among
those that were seen of this execution, as a character from "0" on; "--" where there is no result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sslspec.report.columns import Column
from sslspec.report.outcomes import Tally, tally
from sslspec.report.stream import Execution, Scenario, is_different, was_tried
from sslspec.results.record import Result

_NOTHING = "--"
_FIRST = ord("0")
_BEYOND_ASCII = 0x100  # where codes go on that have no character left between "0" and "~"


@dataclass(slots=True)
class Row:
    """One scenario as a row: what is said of it, its counts by column, its executions and its codes."""

    id: str
    topic: str
    name: str
    requirement: str
    level: str
    clauses: tuple[str, ...]
    known: tuple[str, ...]
    tallies: dict[Column, Tally]
    executions: list[Execution]
    codes: dict[Column, str]


@dataclass(slots=True)
class Area:
    """The rows of one area, in order, and their counts together."""

    name: str
    rows: list[Row] = field(default_factory=list)
    tallies: dict[Column, Tally] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Put a scenario behind the others."""
        self.rows.append(row)
        add(self.tallies, row.tallies)


def add(counts: dict[Column, Tally], more: Mapping[Column, Tally]) -> None:
    """Count what `more` counts as well."""
    for column, found in more.items():
        counts.setdefault(column, Tally()).add(found)


def row(scenario: Scenario, reference: Column | None) -> Row:
    """The row of a scenario."""
    result = scenario.any()
    against = scenario.results.get(reference, {}) if reference is not None else {}
    return Row(
        id=scenario.id,
        topic=scenario.topic,
        name=scenario.name,
        requirement=result.requirement,
        level=result.level,
        clauses=result.clauses,
        known=result.known,
        tallies={
            column: tally(results, {} if column is reference else against)
            for column, results in scenario.results.items()
        },
        executions=scenario.executions,
        codes=_codes(scenario, reference),
    )


def _codes(scenario: Scenario, reference: Column | None) -> dict[Column, str]:
    executions = scenario.executions
    order = sorted(scenario.results, key=lambda column: column is not reference)  # the reference's behaviour is "0"
    seen: dict[Execution, list[Result]] = {execution: [] for execution in executions}
    return {column: "".join(_code(scenario.results[column], e, seen[e]) for e in executions) for column in order}


def _code(results: Mapping[Execution, Result], execution: Execution, seen: list[Result]) -> str:
    result = results.get(execution)
    if result is None:
        return _NOTHING
    letter = result.verdict.value[0].upper() if result.unexpected else result.verdict.value[0]
    if not was_tried(result):
        return letter + _character(0)
    number = next((number for number, other in enumerate(seen) if not is_different(result, other)), len(seen))
    if number == len(seen):
        seen.append(result)
    return letter + _character(number)


def _character(number: int) -> str:
    return chr(_FIRST + number) if _FIRST + number < ord("~") else chr(_BEYOND_ASCII + number)


def by_topic(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows of each topic, in order."""
    found: dict[str, list[Row]] = {}
    for one in rows:
        found.setdefault(one.topic, []).append(one)
    return found
