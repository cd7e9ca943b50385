"""The columns of a site: which implementation on which Python and library, under one name each, in one order.

Result files name their columns for themselves; where two of them mean different things by one name, it is made longer
here. Facts come from headers and may be anything: what has not the form of a fact is taken for unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from sslspec import repeating, subinterpreters
from sslspec.results import columns
from sslspec.results.record import Header, RecordError, Result
from sslspec.results.software import CPYTHON, Software, numbers, text_of
from sslspec.results.ways import Way, ways_of
from sslspec.shards import cutting
from sslspec.shards.cutting import Part

STDLIB = "ssl"
_STROKES = r"[/\\]"


@dataclass(frozen=True, eq=False)
class Column:
    """One column: its name on this site, and what the header of its result file says of it."""

    name: str
    facts: Mapping[str, Any] = field(repr=False)
    platform: str = ""
    label: str = ""  # which run it is of, where the same software was run several times
    run: int = 0  # the place of that run among them
    part: Part | None = None  # of a run, where not all of them are there
    way: Way | None = None  # how it came about, as somebody on another machine would ask for it

    @cached_property
    def software(self) -> Software:
        """What the header of its result file says of it, as far as it has the form of facts."""
        return Software.of(self.facts)

    @property
    def implementation(self) -> str:
        """The implementation's own name, without Python and library."""
        return self.software.implementation or columns.split(self.name)[0]

    @property
    def kind(self) -> str:
        """The implementation of Python: ``cpython``, ``pypy``; or empty."""
        return self.software.interpreter

    @property
    def family(self) -> tuple[str, str]:
        """What two columns have in common of which one may be a later state of the other."""
        return self.implementation, self.kind

    @property
    def python(self) -> str:
        """``CPython 3.13.0``, or empty."""
        return self.software.python_title

    @property
    def library(self) -> str:
        """``OpenSSL 3.0.19``; ``as OpenSSL 3.6.5`` where it only says so; or empty."""
        return self.software.library_title

    @property
    def library_text(self) -> str:
        """What the implementation says of its library, in full; or empty."""
        return text_of(self.facts, "openssl")

    @property
    def release(self) -> str:
        """The implementation's own version; empty for the standard library's."""
        return text_of(self.facts, "version")

    @property
    def documented(self) -> str:
        """Whose documentation it is held to: ``ssl of Python 3.13``; or empty."""
        version = text_of(self.facts, "documented")
        return f"ssl of Python {version}" if version else ""

    @property
    def version(self) -> tuple[int, ...]:
        """Of the Python, for comparing; empty where it is unknown."""
        return numbers(self.software.python)

    @property
    def library_version(self) -> tuple[int, ...]:
        """Of the library, for comparing; empty where it is unknown."""
        return numbers(self.software.library_version)

    @property
    def features(self) -> list[str]:
        """The HAS_* flags that are set."""
        found = self.facts.get("features")
        return [name for name in found if isinstance(name, str)] if isinstance(found, list) else []

    @property
    def rank(self) -> tuple[object, ...]:
        """Where it stands: the stdlib's ssl before others, CPython before other Pythons, the older before the newer."""
        name = "" if self.implementation == STDLIB else self.implementation
        return name, self.kind != CPYTHON, self.kind, self.version, self.library_version, self.run, self.name

    def repeated(self, result: Result) -> str:
        """The command that repeats an execution of this column."""
        return repeating.command(result.key, self._ways(result))

    def on_the_wire(self, result: Result) -> str:
        """The command that shows what passes on the wire in an execution of this column; "" where an agent plays it."""
        played = self.kind not in ("", CPYTHON) or self.software.python.endswith(subinterpreters.SUFFIX)
        return "" if played else repeating.on_the_wire(result.key, self._ways(result))

    def _ways(self, result: Result) -> dict[str, Way]:
        return {} if self.way is None else {result.implementation: self.way}

    def told(self) -> str:
        """All of it in a few words: ``ssl, CPython 3.13.0, OpenSSL 3.0.19``."""
        return ", ".join(part for part in (self.implementation, self.python, self.library) if part)


class Columns:
    """The columns of several result files. What a file calls a column, `of` finds; `listed` is their order."""

    def __init__(self, headers: Sequence[Header], labels: Sequence[str] = (), paths: Sequence[Path] = ()) -> None:
        """The columns of files with these headers; a file's label, where it has one, is that of its run.

        `paths` are for what there is to complain of. Raises RecordError where parts of a run do not belong together.
        """
        self._of: dict[tuple[int, str], Column] = {}
        self._labels = list(labels) or [""] * len(headers)
        places: dict[str, list[tuple[int, str]]] = {}
        for place, name in _named(headers, self._labels).items():
            places.setdefault(name, []).append(place)
        for name, same in places.items():
            number = same[0][0]
            told = [
                (paths[file] if paths else Path(f"file {file + 1}"), headers[file].implementations[called])
                for file, called in same
            ]
            facts = {fact: value for fact, value in told[0][1].items() if fact != columns.SHARD}
            label = self._labels[number]
            way = ways_of(headers[number]).get(same[0][1])
            here = None if way is None else _elsewhere(way, Software.of(facts))
            column = Column(name, facts, headers[number].platform, label, number, _part(name, told), here)
            self._of.update(dict.fromkeys(same, column))
        self.listed = sorted(set(self._of.values()), key=lambda column: column.rank)

    def of(self, file: int, name: str) -> Column:
        """The column that the result file of this number calls `name`; one that its header forgot comes last."""
        found = self._of.get((file, name))
        if found is None:
            label = self._labels[file]
            full = "+".join(filter(None, (name, label)))
            known = next((column for column in self.listed if column.name == full), None)
            found = self._of[file, name] = known or Column(full, {"name": name}, "", label, file)
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
        """With which the others are compared unless one is named: the stdlib's on the newest CPython, or the first.

        None where there are no others.
        """
        if len(self.listed) < 2:
            return None
        stdlib = [c for c in self.listed if c.implementation == STDLIB and c.kind == CPYTHON]
        newest = max(stdlib, key=lambda column: (column.version, column.library_version, -column.run), default=None)
        return newest or self.listed[0]


def _named(headers: Sequence[Header], labels: Sequence[str]) -> dict[tuple[int, str], str]:
    """A name for each column of each file; what is the same in all facts is one column, as of the shards of a run.

    A file with a label has columns of its own, whatever the others have: ``ssl+before``.
    """
    places: dict[str, list[tuple[int, str]]] = {}
    for number, header in enumerate(headers):
        for name, facts in header.implementations.items():
            same = f"{name}\n{columns.identity(facts)}" if facts else f"{name}\n{number}"
            places.setdefault(same, []).append((number, name))
    first = [(name, headers[number].implementations[name]) for (number, name), *_ in places.values()]
    named = zip(columns.names(first), places.values(), strict=True)
    return {place: "+".join(filter(None, (name, labels[place[0]]))) for name, same in named for place in same}


def _part(column: str, told: Sequence[tuple[Path, Mapping[str, Any]]]) -> Part | None:
    """Which parts of a run the files have of a column; None where none is missing."""
    parts = [(path, part) for path, facts in told if (part := cutting.of_column(path, facts)) is not None]
    whole = cutting.together(column, parts) if parts else None
    return whole if whole is not None and whole.missing else None


def _elsewhere(way: Way, software: Software) -> Way:
    """The same without what is of one machine only: a Python by its version, a file by its name."""
    python = subinterpreters.by_name(software.python_name) if _is_path(way.python) else way.python
    split = [option.partition("=") for option in way.options]
    options = [f"{name}{equals}{re.split(_STROKES, value)[-1]}" for name, equals, value in split]
    asked = {peer: given for peer, given in way.peers.items() if not _is_path(given)}
    return replace(way, python=python, options=tuple(options), peers=asked)


def _is_path(text: str) -> bool:
    return re.search(_STROKES, text) is not None
