"""Changing a baseline's text line by line, so that its order and its comments stay.

A comment right above an entry goes with it where the entry stands alone in its paragraph; any other may be the heading
of several, and stays. What was written in another way than one table for each entry cannot be edited, and whoever calls
this must see whether the new text can still be read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sslspec.baseline import writing
from sslspec.baseline.entry import Entry, Unsupported

_KNOWN = re.compile(r"\s*\[\[\s*known\s*\]\]")
_UNSUPPORTED = re.compile(r"\s*\[\s*unsupported\s*\]")
_HEADER = re.compile(r"\s*\[(?!\s*known\s*\.)")  # [known.when] is part of its entry
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"


@dataclass(slots=True)
class _Table:
    """The lines of one table: from its header, at `start`, to behind the last line that says something."""

    start: int
    end: int


def edited(
    text: str,
    *,
    removed: Collection[int] = (),
    narrowed: Mapping[int, Sequence[Entry]] | None = None,
    added: Sequence[Entry] = (),
    suite: str = "",
    gone_features: Collection[str] = (),
    new_features: Unsupported | None = None,
) -> str:
    """The text with entries taken out or replaced, by their positions, others added at its end, and a new suite."""
    lines = text.splitlines()
    known = _tables(lines, _KNOWN)
    changes: list[tuple[_Table, list[str]]] = []
    for position, entries in (narrowed or {}).items():
        table = known[position]
        changes.append((table, _narrowed(lines[table.start : table.end], entries)))
    changes += [(_paragraph(lines, known[position]), []) for position in removed]
    changes += [change for table in _tables(lines, _UNSUPPORTED) for change in _features(lines, table, gone_features)]
    changes += _suite(lines, suite)
    for table, instead in sorted(changes, key=lambda change: change[0].start, reverse=True):
        _put(lines, table, instead)
    if new_features is not None and new_features.features:
        lines += ["", *writing.features(new_features).split("\n")]
    for entry in added:
        lines += ["", *writing.known(entry).split("\n")]
    while lines and not lines[0].strip():
        del lines[0]
    return "\n".join(lines) + "\n"


def _tables(lines: list[str], header: re.Pattern[str]) -> list[_Table]:
    starts = [number for number, line in enumerate(lines) if header.match(line)]
    found = []
    for start in starts:
        end = start + 1
        for number in range(start + 1, len(lines)):
            if _HEADER.match(lines[number]):
                break
            if lines[number].strip() and not lines[number].lstrip().startswith("#"):
                end = number + 1
        found.append(_Table(start, end))
    return found


def _paragraph(lines: list[str], table: _Table) -> _Table:
    """The table, with the comment right above it where both are a paragraph of their own."""
    start = table.start
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    alone = not start or not lines[start - 1].strip()
    followed = table.end < len(lines) and lines[table.end].strip()
    return _Table(start, table.end) if alone and not followed else table


def _put(lines: list[str], table: _Table, instead: list[str]) -> None:
    lines[table.start : table.end] = instead
    at = table.start
    if not instead and at and at < len(lines) and not lines[at].strip() and not lines[at - 1].strip():
        del lines[at]
    while not instead and lines and not lines[-1].strip():
        del lines[-1]


def _narrowed(old: list[str], entries: Sequence[Entry]) -> list[str]:
    """The first narrower entry keeps the lines of the old one but for its id and its conditions."""
    found: list[str] = []
    for number, entry in enumerate(entries):
        whole = writing.known(entry).split("\n")
        if number:
            found += ["", *whole]
            continue
        fresh = {line.partition(" = ")[0]: line for line in whole}
        kept = [_value(line, fresh) for line in old]
        if "when" in fresh and not any(re.match(r"\s*when\s*=", line) for line in old):
            kept.append(fresh["when"])
        found += kept
    return found


def _value(line: str, fresh: Mapping[str, str]) -> str:
    """A line with the new id or conditions, and the comment behind it."""
    for key, value in (("id", _QUOTED), ("when", r"\{.*?\}(?=\s*(?:#|$))")):
        found = re.fullmatch(rf"(\s*){key}\s*=\s*(?:{value})(\s*(?:#.*)?)", line)
        if found and key in fresh:
            return f"{found[1]}{fresh[key]}{found[2]}"
    return line


def _features(lines: list[str], table: _Table, gone: Collection[str]) -> list[tuple[_Table, list[str]]]:
    """Without the features that are there now; without the table when none is left."""
    body = "\n".join(lines[table.start : table.end])
    found = re.search(r"features\s*=\s*\[([^\]]*)\]", body)
    if not gone or found is None:
        return []
    left = [name for name in re.findall(r"HAS_\w+", found[1]) if name not in gone]
    if not left:
        return [(_paragraph(lines, table), [])]
    listed = ", ".join(f'"{name}"' for name in left)
    return [(table, (body[: found.start()] + f"features = [{listed}]" + body[found.end() :]).split("\n"))]


def _suite(lines: list[str], suite: str) -> list[tuple[_Table, list[str]]]:
    if not suite:
        return []
    top = next((number for number, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    for number, line in enumerate(lines[:top]):
        found = re.fullmatch(rf"(\s*suite\s*=\s*)(?:{_QUOTED})(\s*(?:#.*)?)", line)
        if found:
            return [(_Table(number, number + 1), [f'{found[1]}"{suite}"{found[2]}'])]
    at = next((number for number, line in enumerate(lines[:top]) if re.match(r"\s*implementation\s*=", line)), top - 1)
    return [(_Table(at + 1, at + 1), [f'suite = "{suite}"'])]
