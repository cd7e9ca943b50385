"""What executions may take: from an earlier record, else from the table that comes with the suite.

The figures only decide which part of a cut run an execution goes to, so that a rough one serves. The table holds the
median of each area and what is far from it; ``python -m sslspec.shards.durations RESULTS...`` prints it anew.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from sslspec import layout
from sslspec.results import record
from sslspec.results.record import Key

_EVERY = 0.0005  # seconds that an execution costs besides its duration: collecting it, telling of it
_SAVED = ".durations"
_FAR = 1.5  # the factor beyond which the table names a scenario of its own
_UNKNOWN = 0.002  # seconds, where nobody has ever measured


class Durations:
    """Seconds by scenario and area. `known` has the mean of each scenario, ``area/topic/name``."""

    def __init__(self, known: Mapping[str, float], areas: Mapping[str, float] | None = None) -> None:
        self.known = dict(known)
        self.areas = dict(areas or _medians(self.known))

    @classmethod
    def shipped(cls) -> Durations:
        """The table that comes with the suite."""
        table = json.loads(layout.durations().read_text(encoding="utf-8"))
        known = {f"{area}/{name}": ms / 1000 for area, found in table.items() for name, ms in found.items() if name}
        return cls(known, {area: found[""] / 1000 for area, found in table.items()})

    @classmethod
    def of_record(cls, path: Path) -> Durations:
        """Those of an earlier run, of all its columns together. Raises RecordError."""
        with record.open_record(path) as reader:
            means = _means(reader)
        return cls(means, cls.shipped().areas | _medians(means))

    @classmethod
    def load(cls, path: Path) -> Durations:
        """Those of an earlier record, or what `save` wrote. Raises RecordError."""
        if path.suffix != _SAVED:
            return cls.of_record(path)
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as problem:
            raise record.RecordError(f"{path}: cannot be read as durations ({problem})") from problem

    def save(self, folder: Path) -> Path:
        """Write them for a child, which need not go through a record again; the file."""
        path = folder / f"durations{_SAVED}"
        path.write_text(json.dumps(self.to_json()), encoding="utf-8")
        return path

    def to_json(self) -> dict[str, Any]:
        """For another process."""
        return {"known": self.known, "areas": self.areas}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Durations:
        """What `to_json` gave."""
        return cls(value["known"], value["areas"])

    def seconds(self, key: Key) -> float:
        """What one execution may take."""
        scenario = key[0].partition("@")[0]
        area = scenario.partition("/")[0]
        return _EVERY + self.known.get(scenario, self.areas.get(area, _UNKNOWN))

    def table(self) -> dict[str, dict[str, float]]:
        """{area: {"": median, ``topic/name``: what is far from it}} in milliseconds."""
        found = {area: {"": round(seconds * 1000, 1)} for area, seconds in sorted(self.areas.items())}
        for scenario, seconds in sorted(self.known.items()):
            area, _, name = scenario.partition("/")
            if seconds > self.areas[area] * _FAR or seconds < self.areas[area] / _FAR:
                found[area][name] = round(seconds * 1000, 1)
        return found


def _means(results: Iterable[record.Result]) -> dict[str, float]:
    total: dict[str, float] = defaultdict(float)
    times: dict[str, int] = defaultdict(int)
    for result in results:
        if result.duration:
            total[result.scenario] += result.duration
            times[result.scenario] += 1
    return {scenario: total[scenario] / times[scenario] for scenario in total}


def _medians(known: Mapping[str, float]) -> dict[str, float]:
    areas: dict[str, list[float]] = defaultdict(list)
    for scenario, seconds in known.items():
        areas[scenario.partition("/")[0]].append(seconds)
    return {area: median(found) for area, found in areas.items()}


def main(paths: list[str]) -> int:
    """Print the table of what these records measured, for reports/durations.json."""
    together: dict[str, list[float]] = defaultdict(list)
    for path in paths:
        for scenario, seconds in Durations.of_record(Path(path)).known.items():
            together[scenario].append(seconds)
    table = Durations({scenario: median(found) for scenario, found in together.items()}).table()
    print(json.dumps(table, indent=0, separators=(",", ":")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
