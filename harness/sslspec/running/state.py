"""What is known of a session that is under way, from its events alone.

The one picture that the watchdog, the progress lines and the record share. It takes events in the order in which they
were written and believes nothing that is not in them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from sslspec.results.record import Header, Key, Result
from sslspec.results.ways import Way
from sslspec.running.events import Event
from sslspec.shards import cutting
from sslspec.verdicts import Verdict

_LETHAL = frozenset({Verdict.CRASHED, Verdict.HUNG})


@dataclass(slots=True)
class Column:
    """The state of one implementation: how many results there will be, what came, and where the session is."""

    total: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    unexpected: int = 0
    at: str = ""

    @property
    def done(self) -> int:
        """How many results there are."""
        return sum(self.verdicts.values())

    @property
    def is_under_way(self) -> bool:
        """True between the first result and the last."""
        return 0 < self.done < self.total


@dataclass(slots=True)
class State:
    """Everything that the events said.

    `problems` are what kept scenarios from being collected, each once, whichever workers told of it. `running` maps
    what a worker started last and what has no result yet to the worker. Several sessions may share their `columns`.
    `is_shard` says that what was collected is one part of a run, and that may be nothing at all. `ways` says how the
    columns came about, for whoever tells of a result how to repeat it.
    """

    header: Header | None = None
    collected: dict[Key, None] = field(default_factory=dict)
    running: dict[Key, str] = field(default_factory=dict)
    results: dict[Key, Result] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)
    problems: dict[str, None] = field(default_factory=dict)
    exit_status: int | None = None
    is_shard: bool = False
    ways: dict[str, Way] = field(default_factory=dict)

    def apply(self, event: Event) -> Result | None:
        """Take one event; the result that it brought, if it did. One that is not understood is passed over."""
        try:
            return self._apply(event)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def add(self, result: Result) -> None:
        """Take a result; the first that came for a key stands, but for the word that its process has died of it."""
        column = self.column(result.implementation)
        earlier = self.results.get(result.key)
        if earlier is not None:
            if result.verdict not in _LETHAL:
                return
            column.verdicts[earlier.verdict] -= 1
            column.unexpected -= earlier.unexpected
        self.results[result.key] = result
        self.running.pop(result.key, None)
        column.verdicts[result.verdict] += 1
        column.unexpected += result.unexpected

    def missing(self) -> list[Key]:
        """What was collected and has no result."""
        return [key for key in self.collected if key not in self.results]

    def column(self, implementation: str) -> Column:
        """The state of one implementation."""
        return self.columns.setdefault(implementation, Column())

    def _apply(self, event: Event) -> Result | None:
        kind = event["event"]
        if kind == "header":
            self.header = Header.from_json(event)
        elif kind == "collected":
            self._collect(event["items"])
            if "shard" in event and self.header is not None:
                self.is_shard = True
                cutting.describe(self.header, event)
        elif kind == "start":
            key = (str(event["id"]), str(event["implementation"]), str(event["peer"]))
            if key not in self.results:
                worker = str(event.get("worker", ""))
                self.running = {earlier: who for earlier, who in self.running.items() if who != worker}
                self.running[key] = worker
            self.column(key[1]).at = key[0]
        elif kind == "result":
            result = Result.from_json(event)
            self.add(result)
            return result if self.results[result.key] is result else None
        elif kind == "problem":
            self.problems[str(event["message"])] = None
        elif kind == "finish":
            self.exit_status = int(event["exitstatus"])
        return None

    def _collect(self, items: list[Any]) -> None:
        for scenario_id, implementation, peer in items:
            key = (str(scenario_id), str(implementation), str(peer))
            if key not in self.collected:
                self.collected[key] = None
                self.column(key[1]).total += 1
