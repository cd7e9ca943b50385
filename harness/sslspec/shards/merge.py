"""Several result files made one: the shards of a run, the columns of several runs. In bounded memory.

What does not belong together is refused: files that are not whole, results that stand in two of them, runs of other
suites or of other scenarios. What is missing is said, and makes the output incomplete.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec.results import columns, record
from sslspec.results.record import Header, Reader, RecordError, Result
from sslspec.results.ways import Way, note_ways, ways_of, without_ways
from sslspec.shards import cutting

_Named = tuple[Result, int]  # a result, and the number of the file it came from


@dataclass(slots=True)
class Merged:
    """What became of it: how many results there are, whether they are all there, and what there is to say."""

    results: int = 0
    complete: bool = True
    warnings: list[str] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)


def merge(paths: Sequence[Path], output: Path, *, allow_mixed: bool = False) -> Merged:
    """Write the results of all `paths` to `output`, which holds all of them or what it held before.

    `allow_mixed` takes records of several suite versions, or of different scenarios. Raises RecordError for files that
    are not whole or do not belong together, naming them.
    """
    with contextlib.ExitStack() as stack:
        readers = [stack.enter_context(record.open_record(path)) for path in _distinct(paths)]
        for path in paths:
            record.refuse_unfinished(path)
        _refuse_mixed(readers, allow_mixed)
        merged = Merged()
        header, renamed = _headers(readers, merged)

        def complete() -> bool:
            for reader in readers:
                if not reader.complete:
                    merged.warnings.append(f"{reader.path}: is incomplete itself")
                    merged.complete = False
            return merged.complete

        record.write_stream(output, header, _counted(_together(readers, renamed), merged), complete=complete)
    return merged


def _distinct(paths: Sequence[Path]) -> Sequence[Path]:
    seen: dict[Path, Path] = {}
    for path in paths:
        if path.resolve() in seen:
            raise RecordError(f"{path}: is named twice")
        seen[path.resolve()] = path
    return paths


def _refuse_mixed(readers: Sequence[Reader], allow_mixed: bool) -> None:
    first = readers[0]
    for reader in readers[1:]:
        if allow_mixed:
            continue
        ours, theirs = first.header.suite, reader.header.suite
        if ours != theirs:
            raise RecordError(
                f"{reader.path}: is of sslspec {theirs}, and {first.path} of {ours}; --allow-mixed-suites takes both"
            )
        if reader.header.manifest != first.header.manifest:
            raise RecordError(
                f"{reader.path}: other scenarios were selected than in {first.path}: no shards of one run, nor one"
                " selection for several implementations; --allow-mixed-suites takes both"
            )


# -- columns -------------------------------------------------------------------------------------------------------


def _headers(readers: Sequence[Reader], merged: Merged) -> tuple[Header, list[dict[str, str]]]:
    """The header of the output, and for each file what its columns are called there."""
    headers = [reader.header for reader in readers]
    suites, platforms = ({getattr(header, what) for header in headers} for what in ("suite", "platform"))
    places: dict[str, list[tuple[Path, str, dict[str, Any]]]] = defaultdict(list)
    for reader in readers:
        for name, described in reader.header.implementations.items():
            facts = dict(described)
            # What one header says once must be said of each column where the headers do not agree.
            facts |= {"platform": reader.header.platform} if len(platforms) > 1 else {}
            facts |= {"suite": reader.header.suite} if len(suites) > 1 else {}
            places[columns.identity(facts)].append((reader.path, name, facts))
    found = list(places.values())
    named = columns.names([(each[0][1], each[0][2]) for each in found])
    renamed: dict[Path, dict[str, str]] = defaultdict(dict)
    implementations = {}
    for column, each in zip(named, found, strict=True):
        for path, name, _ in each:
            renamed[path][name] = column
        facts = {name: value for name, value in each[0][2].items() if name != columns.SHARD}
        implementations[column] = facts | _shards(column, each, merged)
    merged.columns = sorted(named)
    header = Header(
        suite=" and ".join(sorted(suites)),
        implementations=implementations,
        manifest=headers[0].manifest if len({header.manifest for header in headers}) == 1 else _manifest(readers),
        environment=_environment(readers, merged),
        platform=" and ".join(sorted(platforms)),
        volatile={"merged": [{"file": reader.path.name, **without_ways(reader.header)} for reader in readers]},
    )
    note_ways(header, _ways(readers, renamed))
    return header, [renamed[reader.path] for reader in readers]


def _ways(readers: Sequence[Reader], renamed: Mapping[Path, Mapping[str, str]]) -> dict[str, Way]:
    """How the columns came about, by their new names; of one that stands in several files, as the last one says."""
    return {
        renamed[reader.path][column]: way
        for reader in readers
        for column, way in ways_of(reader.header).items()
        if column in renamed[reader.path]
    }


def _shards(column: str, found: Iterable[tuple[Path, str, dict[str, Any]]], merged: Merged) -> dict[str, Any]:
    """Put the parts of one column together: what its facts say of it then; nothing where it is whole."""
    parts = [(path, part) for path, _, facts in found if (part := cutting.of_column(path, facts)) is not None]
    if not parts:
        return {}
    whole = cutting.together(column, parts)
    missing = whole.missing
    if not missing:
        return {}
    merged.complete = False
    verb = "shards {} are" if len(missing) > 1 else "shard {} is"
    merged.warnings.append(f"{column}: {verb.format(', '.join(missing))} missing")
    return {columns.SHARD: whole.to_json()}


def _environment(readers: Sequence[Reader], merged: Merged) -> dict[str, Any]:
    """What the environments agree on; a warning for the rest."""
    every = [reader.header.environment for reader in readers]
    common: dict[str, Any] = {"scrubbed": sorted({name for one in every for name in one.get("scrubbed", [])})}
    unscrubbed = [one.get("unscrubbed", {}) for one in every]
    common["unscrubbed"] = {}
    for name in sorted({name for one in unscrubbed for name in one}):
        values = [one.get(name) for one in unscrubbed]
        if all(value == values[0] for value in values):
            common["unscrubbed"][name] = values[0]
            continue
        other = next(number for number, value in enumerate(values) if value != values[0])
        merged.warnings.append(
            f"{readers[other].path}: {name.replace('_', ' ')} is another than in {readers[0].path}:"
            " a difference may be the system's, not the implementation's"
        )
    return common


def _manifest(readers: Sequence[Reader]) -> str:
    """That of all their ids, for which each file is gone through once more."""

    def ids(path: Path) -> Iterator[str]:
        with record.open_record(path) as reader:
            yield from (result.id for result in reader)

    return record.manifest(itertools.chain.from_iterable(ids(reader.path) for reader in readers))


# -- results -------------------------------------------------------------------------------------------------------


def _together(readers: Sequence[Reader], renamed: Sequence[dict[str, str]]) -> Iterator[Result]:
    """The results of all files in order; what has one id is put in order of the new columns."""
    streams = [zip(reader, itertools.repeat(number)) for number, reader in enumerate(readers)]
    ordered: Iterable[_Named] = heapq.merge(*streams, key=lambda pair: pair[0].id)
    for _, group in itertools.groupby(ordered, key=lambda pair: pair[0].id):
        found: dict[record.Key, _Named] = {}
        for result, number in group:
            path = readers[number].path
            if result.implementation not in renamed[number]:
                raise RecordError(
                    f"{path}: {result.id} is of {result.implementation}, of which the header says nothing"
                )
            result.implementation = renamed[number][result.implementation]
            if result.key in found:
                other = readers[found[result.key][1]].path
                what = f"{result.id} with {result.implementation} and peer {result.peer}"
                raise RecordError(f"{path}: {what} stands in {other} already: the same run, or parts that overlap")
            found[result.key] = result, number
        for key in sorted(found):
            yield found[key][0]


def _counted(results: Iterable[Result], merged: Merged) -> Iterator[Result]:
    for result in results:
        merged.results += 1
        yield result
