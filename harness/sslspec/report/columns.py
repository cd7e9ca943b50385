"""The columns of a site: which implementation on which Python and library, under one name each, in one order.

Result files name their columns for themselves; where two of them mean different things by one name, it is made longer
here. Facts come from headers and may be anything: what has not the form of a fact is taken for unknown.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sslspec import columns
from sslspec.record import Header, RecordError

STDLIB = "ssl"
_PYTHONS = {"cpython": "CPython", "pypy": "PyPy", "graalpy": "GraalPy", "rustpython": "RustPython"}


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its name on this site, and what the header of its result file says of it."""

    name: str
    facts: Mapping[str, Any] = field(repr=False)
    platform: str = ""

    @property
    def implementation(self) -> str:
        """The implementation's own name, without Python and library."""
        return _text(self.facts.get("name")) or self.name.partition("@")[0]

    @property
    def python(self) -> str:
        """``CPython 3.13.0``, or empty."""
        told = _mapping(self.facts.get("python"))
        kind, version = _text(told.get("implementation")), _text(told.get("version"))
        return f"{_PYTHONS.get(kind, kind)} {version}".strip() if version else ""

    @property
    def library(self) -> str:
        """``OpenSSL 3.0.19``; ``as OpenSSL 3.6.5`` where it only says so; or empty."""
        words = _text(self.facts.get("openssl")).split()
        genuine = len(words) < 3 or words[2].isdecimal()
        return f"{'' if genuine else 'as '}{' '.join(words[:2])}" if words else ""

    @property
    def library_text(self) -> str:
        """What the implementation says of its library, in full; or empty."""
        return _text(self.facts.get("openssl"))

    @property
    def release(self) -> str:
        """The implementation's own version; empty for the standard library's."""
        return _text(self.facts.get("version"))

    @property
    def documented(self) -> str:
        """Whose documentation it is held to: ``ssl of Python 3.13``; or empty."""
        version = _text(self.facts.get("documented"))
        return f"ssl of Python {version}" if version else ""

    @property
    def version(self) -> tuple[int, ...]:
        """Of the Python, for comparing; empty where it is unknown."""
        return _numbers(_text(_mapping(self.facts.get("python")).get("version")))

    @property
    def library_version(self) -> tuple[int, ...]:
        """Of the library, for comparing; empty where it is unknown."""
        return _numbers(self.library)

    @property
    def features(self) -> list[str]:
        """The HAS_* flags that are set."""
        found = self.facts.get("features")
        return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []

    @property
    def rank(self) -> tuple[object, ...]:
        """Where it stands: the stdlib's ssl before others, CPython before other Pythons, the older before the newer."""
        kind = _text(_mapping(self.facts.get("python")).get("implementation"))
        stdlib = self.implementation != STDLIB
        name = "" if self.implementation == STDLIB else self.implementation
        return stdlib, name, kind != "cpython", kind, self.version, self.library_version, self.name

    def told(self) -> str:
        """All of it in a few words: ``ssl, CPython 3.13.0, OpenSSL 3.0.19``."""
        return ", ".join(part for part in (self.implementation, self.python, self.library) if part)


class Columns:
    """The columns of several result files. What a file calls a column, `of` finds; `listed` is their order."""

    def __init__(self, headers: Sequence[Header]) -> None:
        self._of: dict[tuple[int, str], Column] = {}
        named = _named(headers)
        made: dict[str, Column] = {}
        for key, name in named.items():
            header = headers[key[0]]
            if name not in made:
                made[name] = Column(name, header.implementations[key[1]], header.platform)
            self._of[key] = made[name]
        self.listed = sorted(made.values(), key=lambda column: column.rank)

    def of(self, file: int, name: str) -> Column:
        """The column that the result file of this number calls `name`; one that its header forgot comes last."""
        found = self._of.get((file, name))
        if found is None:
            known = next((column for column in self.listed if column.name == name), None)
            found = self._of[file, name] = known or Column(name, {"name": name})
            self.listed += [] if known else [found]
        return found

    def sources(self, column: Column) -> list[int]:
        """The numbers of the result files that speak of a column."""
        return sorted({file for (file, _), found in self._of.items() if found is column})

    def find(self, name: str) -> Column:
        """The column of this name. Raises RecordError, naming those that there are."""
        for column in self.listed:
            if column.name == name:
                return column
        raise RecordError(f"no column {name!r}; there are {', '.join(column.name for column in self.listed)}")

    def reference(self) -> Column | None:
        """With which the others are compared unless one is named: the stdlib's on the newest CPython, or the first."""
        stdlib = [c for c in self.listed if c.implementation == STDLIB and c.python.startswith("CPython")]
        newest = max(stdlib, key=lambda column: (column.version, column.library_version), default=None)
        return newest or (self.listed[0] if self.listed else None)

    def pairs(self) -> dict[str, list[tuple[Column, Column]]]:
        """The comparisons that people ask for, by their question; the older column of a pair comes first."""
        by_name: dict[str, list[Column]] = {}
        for column in self.listed:
            by_name.setdefault(column.implementation, []).append(column)
        pythons: list[tuple[Column, Column]] = []
        libraries: list[tuple[Column, Column]] = []
        for same in by_name.values():
            pythons += _adjacent(same, lambda column: column.library, lambda column: column.version)
            libraries += _adjacent(same, lambda column: column.version[:2], lambda column: column.library_version)
            reached = {column for pair in pythons + libraries for column in pair}
            pythons += [(old, new) for old, new in itertools.pairwise(same) if new not in reached]
        return {
            "What a newer Python changes": pythons,
            "What a newer OpenSSL changes": libraries,
            "Beside the standard library, on the same Python": _beside_stdlib(self.listed),
        }


def _adjacent(columns: Iterable[Column], common: Any, by: Any) -> list[tuple[Column, Column]]:
    """Of the columns that have `common` in common, each with the next one by `by`."""
    alike: dict[Any, list[Column]] = {}
    for column in columns:
        if by(column):
            alike.setdefault(common(column), []).append(column)
    found = []
    for same in alike.values():
        ordered = sorted(same, key=by)
        found += [(old, new) for old, new in itertools.pairwise(ordered) if by(old) != by(new)]
    return found


def _beside_stdlib(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    stdlib = {column.python: column for column in columns if column.implementation == STDLIB}
    others = [column for column in columns if column.implementation != STDLIB]
    return [(stdlib[column.python], column) for column in others if column.python in stdlib]


def _named(headers: Sequence[Header]) -> dict[tuple[int, str], str]:
    """A name for each column of each file; what is the same in all facts is one column, as of the shards of a run."""
    places: dict[str, list[tuple[int, str]]] = {}
    for number, header in enumerate(headers):
        for name, facts in header.implementations.items():
            same = f"{name}\n{columns.identity(facts)}" if facts else f"{name}\n{number}"
            places.setdefault(same, []).append((number, name))
    first = [(name, _sound(headers[number].implementations[name])) for (number, name), *_ in places.values()]
    names = columns.names(first)
    return {place: name for name, same in zip(names, places.values(), strict=True) for place in same}


def _sound(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """The facts, but for a Python that is told in another form."""
    return {**facts, "python": _mapping(facts.get("python"))}


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d{1,9}", text)[:4])
