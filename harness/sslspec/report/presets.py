"""The comparisons that people ask for, out of all that a site's columns allow; a script compares any other two."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from sslspec.report.columns import STDLIB, Column
from sslspec.results.software import CPYTHON

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
        "Another Python beside CPython": [pair for other in columns for pair in _beside_cpython(other, columns)],
        "Beside the standard library, on the same Python": _beside_stdlib(columns),
    }


def _beside_cpython(other: Column, columns: Iterable[Column]) -> Iterator[Pair]:
    """Another Python behind CPython of its version; where that has another library, behind the nearest on its own, too.

    The one shows what a program meets that changes the Python, the other what is that Python's doing alone.
    """
    if other.kind in ("", CPYTHON):
        return
    family = [
        c for c in columns if c.kind == CPYTHON and (c.implementation, c.label) == (other.implementation, other.label)
    ]
    same_version = [column for column in family if column.version[:2] == other.version[:2]]
    same_library = [column for column in family if column.library == other.library]
    measure = max(same_version, key=lambda c: (c.library == other.library, c.library_version, c.version), default=None)
    if measure is not None:
        yield measure, other
    if measure is None or measure.library != other.library:
        nearest = min(same_library, key=lambda c: _distance(c.version, other.version), default=None)
        if nearest is not None:
            yield nearest, other


def _distance(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(abs(a - b) for a, b in zip(one, other, strict=False))


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


def _beside_stdlib(columns: Sequence[Column]) -> list[Pair]:
    """Every other implementation behind the last column of the standard library's on its Python and of its run."""
    measures = {_python_and_run(column): column for column in columns if column.implementation == STDLIB}
    others = [(measures.get(_python_and_run(c)), c) for c in columns if c.implementation != STDLIB]
    return [(measure, column) for measure, column in others if measure is not None]


def _python_and_run(column: Column) -> tuple[str, tuple[int, ...], str]:
    return column.kind, column.version, column.label
