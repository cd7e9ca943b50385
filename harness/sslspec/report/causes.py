"""Why executions of a column do not pass, in short: the reasons of its baseline, by how much each of them explains.

A result file may have any number of reasons of any length: only the first of them are counted one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sslspec.report.outcomes import Outcome

_MOST_COUNTED = 1000
_LONGEST = 400


@dataclass(slots=True)
class Cause:
    """A reason, how many executions of how many scenarios it explains, and one of the scenarios."""

    reason: str
    example: str
    executions: int = 0
    scenarios: int = 0


@dataclass(slots=True)
class Causes:
    """The reasons of one column for what passes in the reference and not here; `beyond` counts executions of more."""

    _found: dict[str, Cause] = field(default_factory=dict)
    beyond: int = 0

    def add(self, scenario_id: str, outcomes: Iterable[Outcome]) -> None:
        """Count what a scenario has come to."""
        here: dict[str, int] = {}
        for one in outcomes:
            if one.is_known and not one.shared and one.sample.reason:
                reason = one.sample.reason[:_LONGEST]
                here[reason] = here.get(reason, 0) + len(one.executions)
        for reason, executions in here.items():
            if reason not in self._found and len(self._found) >= _MOST_COUNTED:
                self.beyond += executions
                continue
            cause = self._found.setdefault(reason, Cause(reason, scenario_id))
            cause.executions += executions
            cause.scenarios += 1

    def most(self, count: int) -> list[Cause]:
        """Those that explain most, the first `count` of them."""
        return sorted(self._found.values(), key=lambda cause: (-cause.executions, cause.reason))[:count]

    def __len__(self) -> int:
        return len(self._found)
