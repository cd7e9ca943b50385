"""A cross-section of the suite, for those who cannot wait: a few scenarios of each topic, each in one variant.

Which ones depends on their names alone, so that it is the same in each run and for each implementation.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable

from sslspec.plugin.scenario import Scenario
from sslspec.scenarios.axes import Cell

EACH = 2  # scenarios of a topic


def points(cells: Iterable[Cell], scenario: str) -> list[Cell]:
    """One cell for each implementation: the same for all of them, another point of the axes for another scenario."""
    places: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        places[cell.implementation].append(cell)
    chosen = zlib.crc32(scenario.encode())
    return [found[chosen % len(found)] for found in places.values()]


def section(scenarios: Iterable[Scenario]) -> set[tuple[str, str, str]]:
    """The keys of what to run: one execution for each implementation of the first scenarios of each topic."""
    names: dict[str, set[str]] = defaultdict(set)
    chosen: dict[tuple[str, str], Scenario] = {}
    for scenario in scenarios:
        name = scenario.id.partition("@")[0]
        topic = names[name.rpartition("/")[0]]
        if len(topic) < EACH:
            topic.add(name)
        if name in topic:
            chosen.setdefault((name, scenario.cell.implementation), scenario)
    return {scenario.key for scenario in chosen.values()}
