"""A collected scenario: what the plugin knows of one pytest item before, while and after it runs."""

from __future__ import annotations

import functools
import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sslspec import layout
from sslspec.baseline import Expectation
from sslspec.bench.applies import needed_flags
from sslspec.bench.endpoints import Journal
from sslspec.plugin import marks
from sslspec.plugin.marks import Marks
from sslspec.results.record import Key, Result
from sslspec.scenarios import axes
from sslspec.scenarios.axes import Cell
from sslspec.scenarios.profiles import Place
from sslspec.scenarios.requirement import requirement
from sslspec.verdicts import Verdict
from sslspec.verdicts.ending import Judgement


@dataclass
class Scenario:
    """One execution: where it stands, what its marks say, what the baseline expects, and what has become of it.

    `outside` is why the profile of the implementation leaves it out, or "".
    """

    id: str
    cell: Cell
    marks: Marks
    requirement: str
    expectation: Expectation = field(default_factory=Expectation)
    outside: str = ""
    journal: Journal | None = None
    judgement: Judgement | None = None
    started: float = 0.0
    parameters: str = ""  # the ids of those of its own, joined by ``+``

    @property
    def execution(self) -> dict[str, Any]:
        """What names this execution in events."""
        return {"id": self.id, "implementation": self.cell.implementation, "peer": self.cell.peer}

    @property
    def key(self) -> Key:
        """What a session has at most once."""
        return self.id, self.cell.implementation, self.cell.peer

    @property
    def place(self) -> Place:
        """Where it stands, for a profile."""
        variant = self.cell.variant
        role, transport = (variant.role, variant.transport) if variant else (None, None)
        return Place(self.id, self.marks.clauses, self.marks.features, role, transport)

    @property
    def needs(self) -> tuple[str, ...]:
        """The ``HAS_*`` flags without which it is unsupported."""
        return needed_flags(self.marks.features, self.cell.variant.version if self.cell.variant else None)

    def will(self, nodeid: str) -> dict[str, Any]:
        """What the record will say if the process does not live to say it."""
        lost = Judgement(Verdict.CRASHED)
        return self.result(lost, unexpected=True, volatile={"nodeid": nodeid, "duration": 0.0}).to_json()

    def result(self, judgement: Judgement, *, unexpected: bool, volatile: dict[str, Any]) -> Result:
        """The line of the record."""
        return Result(
            id=self.id,
            implementation=self.cell.implementation,
            peer=self.cell.peer,
            verdict=judgement.verdict,
            expected=tuple(sorted(self.expectation.verdicts)),
            unexpected=unexpected,
            reason=self.expectation.reason,
            level=self.marks.level,
            clauses=self.marks.clauses,
            requirement=self.requirement,
            steps=self.journal.steps if self.journal else [],
            detail=judgement.detail,
            known=self.marks.known,
            since=_version(self.marks.since),
            until=_version(self.marks.until),
            volatile=volatile,
            new=self.expectation.new,
        )


def _version(found: tuple[int, int] | None) -> str:
    return f"{found[0]}.{found[1]}" if found else ""


KEY: pytest.StashKey[Scenario] = pytest.StashKey()


def of(item: pytest.Item) -> Scenario | None:
    """The scenario that an item stands for; None for any other test."""
    return item.stash.get(KEY, None)


def is_scenario(path: Path) -> bool:
    """Whether tests of this file are scenarios."""
    return _place(path) is not None


@functools.cache
def _place(path: Path) -> tuple[str, str] | None:
    """Area and topic of a file of scenarios; None for any other. Asked for each item, of which a file has hundreds."""
    if not path.is_relative_to(layout.suites()):
        return None
    inside = path.relative_to(layout.suites())
    return inside.parent.as_posix(), inside.stem


def read(item: pytest.Function) -> Scenario:
    """What an item of the suites says of itself. Raises MarkError or AxisError, naming it."""
    cell = item.callspec.params["cell"]
    assert isinstance(cell, Cell)
    extra = item.callspec.id.replace(cell.pytest_id, "", 1).strip("-").replace("-", "+")
    place = _place(item.path)
    assert place is not None
    scenario_id = axes.scenario_id(*place, item.originalname, cell.place, extra)
    requirement = _requirement(item.function, item.nodeid)
    return Scenario(scenario_id, cell, marks.read(item), requirement, parameters=extra)


def _requirement(function: Any, nodeid: str) -> str:
    found = _first_sentence(function)
    if not found:
        raise marks.MarkError(f"{nodeid}: no docstring; its first sentence is the requirement that users read")
    return found


@functools.cache
def _first_sentence(function: Any) -> str:
    return requirement(inspect.getdoc(function) or "")
