"""What is to be done to a baseline: entries that are not sound, not reviewed, expired, idle or no longer true."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from sslspec.baseline.conditions import facts_in
from sslspec.baseline.loading import examine
from sslspec.baseline.matching import Baseline
from sslspec.baseline.staleness import StaleEntry, Staleness
from sslspec.record import Reader, RecordError


def check(path: Path, scenarios: Iterable[str], reader: Reader | None = None) -> list[str]:
    """One line ``FILE:LINE: ...`` for each thing that is to be done, in the file's order.

    `scenarios` are the names of all that the suite has, without variants; with a record the entries are held against
    its results as well. Raises UnreadableBaseline, and RecordError where the record is of other implementations.
    """
    names = list(scenarios)
    baseline, problems = examine(path)
    found = list(map(str, problems))
    found += [
        f"{said.where}: {_name(said)} is unreviewed: say in its reason why it is so" for said in baseline.unreviewed
    ]
    idle = [
        StaleEntry(entry.where, entry.id, "matches nothing in the suite: remove it, or correct the id", entry)
        for entry in baseline.entries
        if not any(map(entry.may_match, names))
    ]
    stale = _stale(baseline, set(names), reader) if reader is not None else _expired(baseline)
    spoken = {entry.where for entry in idle}
    found += [str(entry) for entry in [*idle, *(entry for entry in stale if entry.where not in spoken)]]
    return sorted(found, key=_line)


def _stale(baseline: Baseline, names: set[str], reader: Reader) -> list[StaleEntry]:
    facts = facts_in(reader.header.implementations)
    seen = Staleness(baseline)
    ran = set()
    mine = 0
    for result in reader:
        here = facts(result)
        seen.add(result, here)
        if here.implementation == baseline.implementation:
            mine += 1
            ran.add(result.scenario)
    if not mine:
        raise RecordError(f"{reader.path}: holds no result of {baseline.implementation!r}")
    return seen.found(whole_run=reader.complete and names <= ran)


def _expired(baseline: Baseline) -> list[StaleEntry]:
    """The stale entries of a run that tried nothing: those whose day has gone by."""
    return Staleness(baseline).found(whole_run=False)


def _name(said: object) -> str:
    return repr(getattr(said, "id", "unsupported"))


def _line(finding: str) -> int:
    """The line that a finding is about; 0 for the file as a whole."""
    found = re.match(r".*?:(\d+): ", finding)
    return int(found[1]) if found else 0
