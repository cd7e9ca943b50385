"""Several result files as one stream of scenarios, each with all that any column has to say of it.

The files are in order, so that one pass joins them and one scenario at a time is held. Nothing here knows how a
scenario is shown.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sslspec.compare.changes import Change
from sslspec.compare.rendering import DID_NOTHING
from sslspec.report.columns import Column, Columns
from sslspec.results.record import Reader, RecordError, Result


class Execution(NamedTuple):
    """What a column runs a scenario with, once each: a variant (empty where there is one only) and a peer."""

    variant: str
    peer: str


@dataclass(slots=True)
class Scenario:
    """One scenario and its results, by column and then by execution."""

    id: str
    results: dict[Column, dict[Execution, Result]] = field(default_factory=dict)

    @property
    def area(self) -> str:
        """The first part of the id."""
        return self.id.partition("/")[0]

    @property
    def topic(self) -> str:
        """What is between area and name; empty where there is nothing."""
        return "/".join(self.id.split("/")[1:-1])

    @property
    def name(self) -> str:
        """The last part of the id."""
        return self.id.rpartition("/")[2]

    @property
    def executions(self) -> list[Execution]:
        """Every execution that some column has, in order."""
        return sorted(set(itertools.chain.from_iterable(self.results.values())))

    def any(self) -> Result:
        """One of the results, for what they have in common."""
        return next(iter(next(iter(self.results.values())).values()))


def is_different(result: Result, reference: Result | None) -> bool:
    """Whether both were tried and behaved differently, in steps or in what came in the end, whatever the verdicts."""
    if reference is None or not (was_tried(result) and was_tried(reference)):
        return False
    return result.steps != reference.steps or Change(reference, result).other_failure


def was_tried(result: Result) -> bool:
    """Whether there is a behaviour to compare."""
    return result.verdict not in DID_NOTHING


def scenarios(readers: Sequence[Reader], columns: Columns) -> Iterator[Scenario]:
    """The scenarios of all files in the order of their ids.

    Raises RecordError where a file is not sound, where two files have the same result, or where the results of a
    scenario are not together.
    """
    tagged = [_tagged(number, reader) for number, reader in enumerate(readers)]
    merged = heapq.merge(*tagged, key=lambda pair: pair[1].id)
    seen: set[str] = set()  # of one area, so that it stays small
    area = ""
    for name, pairs in itertools.groupby(merged, key=lambda pair: pair[1].scenario):
        scenario = Scenario(name)
        if scenario.area != area:
            seen, area = set(), scenario.area
        if name in seen:
            raise RecordError(f"{name}: stands with a variant and without one, and other scenarios between them")
        seen.add(name)
        _fill(scenario, pairs, readers, columns)
        yield scenario


def _fill(scenario: Scenario, pairs: Iterable[tuple[int, Result]], readers: Sequence[Reader], columns: Columns) -> None:
    seen: dict[Execution, list[list[dict[str, Any]]]] = {}
    for number, result in pairs:
        column = columns.of(number, result.implementation)
        execution = Execution(result.id.partition("@")[2], result.peer)
        found = scenario.results.setdefault(column, {})
        if execution in found:
            what = f"{result.id} with {result.implementation} and peer {result.peer}"
            where = f"{readers[number].path}: {what} stands in another of the files"
            raise RecordError(f"{where}: call the runs by names, as in before={readers[number].path}")
        found[execution] = result
        result.steps = _shared(result.steps, seen.setdefault(execution, []))


def _shared(steps: list[dict[str, Any]], seen: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The same list for the same steps: a hundred columns that behave alike need no more memory than one."""
    for other in seen:
        if other == steps:
            return other
    seen.append(steps)
    return steps


def _tagged(number: int, reader: Reader) -> Iterator[tuple[int, Result]]:
    for result in reader:
        yield number, result
