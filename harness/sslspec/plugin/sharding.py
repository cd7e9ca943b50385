"""A collected session cut down to one part of it, the same in each worker and on each machine.

What belongs to which part is decided in ``shards``; here it is done to pytest's items, and told to the record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from sslspec.plugin.scenario import Scenario
from sslspec.results import record
from sslspec.shards import cutting
from sslspec.shards.durations import Durations

_Item = TypeVar("_Item")


class Shards:
    """The cut of one session: ``Shards("2/3", durations).take(items, ...)``."""

    def __init__(self, text: str, durations: Durations) -> None:
        """Raises ValueError where `text` is no part of a run."""
        self.number, self.of = cutting.parse(text)
        self.durations = durations
        self._told: dict[str, Any] = {}

    @classmethod
    def read(cls, text: str, path: str | None, given: Mapping[str, Any] | None) -> Shards:
        """From the options, or for a worker from what its controller has `given`. Raises ValueError or RecordError."""
        if given is not None:
            return cls(text, Durations.from_json(given))
        return cls(text, Durations.load(Path(path)) if path else Durations.shipped())

    def take(self, items: list[_Item], scenario_of: Callable[[_Item], Scenario | None]) -> list[_Item]:
        """The items of this part, in their order; what is no scenario stays in each."""
        found = [(item, scenario_of(item)) for item in items]
        keys = [one.key for _, one in found if one is not None]
        assigned = cutting.cut({key: self.durations.seconds(key) for key in keys}, self.of)
        part = cutting.Part((self.number,), self.of, cutting.plan(assigned))
        if keys:
            self._told = {"shard": part.to_json(), "manifest": record.manifest(key[0] for key in keys)}
        return [item for item, one in found if one is None or assigned[one.key] == self.number]

    def told(self) -> dict[str, Any]:
        """What the record must say after `take`: the part, and the manifest of the whole. {} where nothing is."""
        return self._told

    def learn(self, told: Mapping[str, Any]) -> None:
        """Take over what a worker's `told` gave: the controller itself collects nothing."""
        self._told = dict(told)
