"""The comparisons that people ask for, out of all that a site's columns allow; a script compares any other two."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sslspec.report.columns import STDLIB, Column

Pair = tuple[Column, Column]
By = Callable[[Column], Any]


def presets(columns: Sequence[Column]) -> dict[str, list[Pair]]:
    """Pairs by the question that they answer; what is older, or is the measure of the other, comes first."""
    pythons: list[Pair] = []
    libraries: list[Pair] = []
    for same in _alike(columns, lambda column: (column.implementation, column.kind, column.label)):
        ours = _adjacent(same, lambda column: column.library, lambda column: column.version)
        theirs = _adjacent(same, lambda column: column.version[:2], lambda column: column.library_version)
        reached = {column for pair in ours + theirs for column in pair}
        ours += [(old, new) for old, new in itertools.pairwise(same) if new not in reached]
        pythons += ours
        libraries += theirs
    return {
        "What another run changes": _runs(columns),
        "What a newer Python changes": pythons,
        "What a newer OpenSSL changes": libraries,
        "Another Python beside CPython": _beside(
            columns, _is_other_python, lambda c: (c.implementation, c.version[:2])
        ),
        "Beside the standard library, on the same Python": _beside(columns, _is_library, lambda c: (c.kind, c.version)),
    }


def _is_other_python(column: Column) -> bool:
    return column.kind not in ("", "cpython")


def _is_library(column: Column) -> bool:
    return column.implementation != STDLIB


def _alike(columns: Iterable[Column], common: By) -> list[list[Column]]:
    """The columns in groups that have `common` in common, each in the columns' order."""
    found: dict[Any, list[Column]] = {}
    for column in columns:
        found.setdefault(common(column), []).append(column)
    return list(found.values())


def _adjacent(columns: Iterable[Column], common: By, by: By) -> list[Pair]:
    """Of the columns that have `common` in common, each with the next one by `by`."""
    found = []
    for same in _alike((column for column in columns if by(column)), common):
        ordered = sorted(same, key=by)
        found += [(old, new) for old, new in itertools.pairwise(ordered) if by(old) != by(new)]
    return found


def _runs(columns: Sequence[Column]) -> list[Pair]:
    """The same software in one labelled run and in the next."""
    found = []
    for same in _alike(columns, lambda column: (column.implementation, column.python, column.library)):
        ordered = sorted(same, key=lambda column: column.run)
        found += [(old, new) for old, new in itertools.pairwise(ordered) if old.label and new.label]
    return found


def _beside(columns: Sequence[Column], is_other: Callable[[Column], bool], common: By) -> list[Pair]:
    """Each of the others behind the last column that is none of them and has `common`, and the label, in common."""
    measures = {(common(column), column.label): column for column in columns if not is_other(column)}
    others = [(measures.get((common(column), column.label)), column) for column in columns if is_other(column)]
    return [(measure, column) for measure, column in others if measure is not None]
