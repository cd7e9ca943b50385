"""What is to be done to a baseline: entries that are not sound, not reviewed, expired, idle or no longer true."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sslspec.baseline.conditions import facts_in
from sslspec.baseline.loading import examine
from sslspec.baseline.matching import Baseline
from sslspec.baseline.staleness import StaleEntry, Staleness, line_of
from sslspec.results.record import Reader, RecordError
from sslspec.shards.cutting import refuse_parts


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
        str(StaleEntry(entry.where, entry.id, "matches nothing in the suite: remove it, or correct the id"))
        for entry in baseline.entries
        if not any(map(entry.may_match, names))
    ]
    no_longer = Staleness(baseline).found(whole_run=False) if reader is None else _stale(baseline, set(names), reader)
    said = set(map(line_of, idle))
    return sorted([*found, *idle, *(line for line in no_longer if line_of(line) not in said)], key=line_of)


def _stale(baseline: Baseline, names: set[str], reader: Reader) -> list[str]:
    """What the results of a record have proved wrong."""
    refuse_parts(reader.path, reader.header)
    facts = facts_in(reader.header.implementations)
    seen = Staleness(baseline)
    ran = set()
    for result in reader:
        here = facts(result)
        seen.add(result, here)
        if here.implementation == baseline.implementation:
            ran.add(result.scenario)
    if not ran:
        raise RecordError(f"{reader.path}: holds no result of {baseline.implementation!r}")
    return seen.found(whole_run=reader.complete and names <= ran)


def _name(said: object) -> str:
    return repr(getattr(said, "id", "unsupported"))
