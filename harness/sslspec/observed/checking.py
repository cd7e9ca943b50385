"""A run held against what was recorded: on the same Python and OpenSSL it must do the same again.

What is new in the suite is told and fails nothing: it has yet to be recorded. Nothing here writes a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sslspec import compare
from sslspec.compare import rendering
from sslspec.observed import store
from sslspec.observed.store import Observation
from sslspec.results import record
from sslspec.results.record import Header
from sslspec.style import Style, plural


@dataclass(slots=True)
class Checked:
    """What there is to say, line by line; whether everything that could be held against a record was the same."""

    lines: list[str] = field(default_factory=list)
    same: bool = True


def check(path: Path, style: Style, paths: Sequence[Path] | None = None) -> Checked:
    """Hold each column of a result file against its observation. Raises RecordError."""
    every = [store.load(one) for one in (store.files() if paths is None else paths)]
    with record.open_record(path) as reader:
        header = reader.header
    checked = Checked()
    for column in header.implementations:
        recorded = next((one for one in every if store.is_of(one, header, column)), None)
        if recorded is None:
            checked.lines.append(_without(header, column, every))
        else:
            _hold(path, column, recorded, style, checked)
    return checked


def _hold(path: Path, column: str, recorded: Observation, style: Style, checked: Checked) -> None:
    before = recorded.to_record()
    before.path = Path(recorded.file_name)
    with record.open_record(path) as after:
        found = compare.compare(before, after, (str(recorded.facts["name"]), column))
    changed = sum(len(shelf) for _, shelf in rendering.sections(found))
    told = f"{column}, {recorded.title}: {found.unchanged} as recorded"
    told += f", {plural(changed, 'other')}" if changed else ""
    told += f", {len(found.added)} not recorded yet" if found.added else ""
    told += f", {len(found.gone)} not run" if found.gone else ""
    checked.lines.append(told)
    if changed:
        checked.same = False
        found.alone_matters = False
        checked.lines += ["", *rendering.lines(found, style, verbose=True)]


def _without(header: Header, column: str, every: Sequence[Observation]) -> str:
    facts = header.implementations[column]
    mine = Observation(dict(facts), {}, {})
    there = [one.title for one in every if one.facts["name"] == facts.get("name")]
    known = f"; there are records of {', '.join(there)}" if there else ""
    return f"{column}, {mine.title}: no record to hold it against{known}"
