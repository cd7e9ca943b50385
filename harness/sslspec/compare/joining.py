"""Which result is compared with which: two sorted streams, or two columns of one, joined by id, column and peer.

One scenario's results are in memory at a time, and what is different. What a difference looks like is not known here.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from sslspec.compare import reasons, rendering
from sslspec.compare.changes import Change, Comparison, Group, Side, Source
from sslspec.results import columns, record
from sslspec.results.record import Header, Key, Record, RecordError, Result
from sslspec.shards import cutting
from sslspec.shards.cutting import Part

Pair = tuple[Result | None, Result | None]


def compare(
    before: Source, after: Source, chosen: tuple[str, str] | None = None, most: int | None = None
) -> Comparison:
    """What became of every scenario of two records, or of one column of each (`chosen`).

    At most `most` groups of a kind are kept, the rest is counted. Raises RecordError where a record is not sound, or
    has no such column.
    """
    headers = (before.header, after.header)
    if chosen:
        headers = (_only(before, chosen[0]), _only(after, chosen[1]))
    found = Comparison(Side("before", headers[0], before.path), Side("after", headers[1], after.path), most)
    rename = _renaming(*headers)
    keep = [set(header.implementations) if chosen else None for header in headers]
    streams = [
        _labelled(_narrowed(_stream(source), wanted), number)
        for number, (source, wanted) in enumerate(zip((before, after), keep, strict=True))
    ]
    _fill(found, _pairs(heapq.merge(*streams, key=lambda pair: pair[0].id), rename))
    found.warnings = _warnings(*headers) + _incomplete(before, after)
    return found


def within(source: Source, chosen: tuple[str, str] | None = None, most: int | None = None) -> Comparison:
    """Two columns of one record, the stdlib first where there are only two. Raises RecordError where there are not."""
    there = sorted(source.header.implementations, key=lambda name: (name != "ssl", name))
    if chosen is None and len(there) != 2:
        how = "; --columns A B says which to compare" if len(there) > 2 else "; two implementations compare"
        raise RecordError(f"{source.path or 'record'}: holds {', '.join(there) or 'nothing'}{how}")
    names = chosen or (there[0], there[1])
    headers = [_only(source, name) for name in names]
    sides = [Side(name, header, source.path) for name, header in zip(names, headers, strict=True)]
    found = Comparison(sides[0], sides[1], most)
    numbers = {name: number for number, name in enumerate(names)}
    stream = ((one, numbers[one.implementation]) for one in _stream(source) if one.implementation in numbers)
    _fill(found, _pairs(stream, _renaming(*headers)))
    found.warnings = [] if _complete(source) else ["the run is incomplete: not every scenario had its turn"]
    found.warnings += [f"the run is {part.title} of one: the other parts may tell more" for part in _parts(source)]
    found.names = names
    return found


def implementations_of(found: Record) -> set[str]:
    """The implementations that a record has results of."""
    return {result.implementation for result in found.results}


# -- streams -------------------------------------------------------------------------------------------------------


def _stream(source: Source) -> Iterable[Result]:
    return record.in_order(source.results) if isinstance(source, Record) else source


def _complete(source: Source) -> bool:
    return source.complete


def _narrowed(stream: Iterable[Result], wanted: set[str] | None) -> Iterable[Result]:
    return stream if wanted is None else (result for result in stream if result.implementation in wanted)


def _labelled(stream: Iterable[Result], number: int) -> Iterator[tuple[Result, int]]:
    return ((result, number) for result in stream)


def _pairs(ordered: Iterable[tuple[Result, int]], rename: dict[str, str]) -> Iterator[Pair]:
    """Before and after of each key, sorted by it; `rename` says what names of before are called in after."""
    for _, group in itertools.groupby(ordered, key=lambda pair: pair[0].id):
        sides: tuple[dict[Key, Result], dict[Key, Result]] = ({}, {})
        for result, number in group:
            sides[number][_key(result, rename if number == 0 else {})] = result
        for key in sorted(sides[0].keys() | sides[1].keys()):
            yield sides[0].get(key), sides[1].get(key)


def _key(result: Result, rename: dict[str, str]) -> Key:
    name, peer = result.implementation, result.peer
    return result.id, rename.get(name, name), rename.get(peer, peer)


def _fill(found: Comparison, pairs: Iterable[Pair]) -> None:
    """Sort each pair onto its shelf; variants of a scenario that changed alike go together."""
    for _, group in itertools.groupby(pairs, key=lambda pair: (pair[1] or pair[0]).scenario):  # type: ignore[union-attr]
        alike: dict[tuple[str, ...], Group] = {}
        for before, after in group:
            if before is None or after is None:
                found.gone.add(before) if before is not None else found.added.add(after)  # type: ignore[arg-type]
                continue
            change = Change(before, after)
            if change.kind is None:
                found.unchanged += 1
                continue
            reading = (change.kind.value, before.implementation, *rendering.signature(change))
            like = alike.setdefault(reading, Group(change, [], [], []))
            like.ids.append(after.id)
            like.peers += [after.peer] if after.peer not in like.peers else []
            like.reasons += [reason for reason in reasons.of(change) if reason not in like.reasons]
        for (kind, *_), like in alike.items():
            getattr(found, kind).add(like, len(like.ids))


# -- columns -------------------------------------------------------------------------------------------------------


def _only(source: Source, name: str) -> Header:
    there = source.header.implementations
    if name not in there:
        raise RecordError(
            f"{source.path or 'record'}: has no column {name!r}; there are {', '.join(columns.in_order(there))}"
        )
    return replace(source.header, implementations={name: there[name]})


def _renaming(before: Header, after: Header) -> dict[str, str]:
    """What a column of before is called in after: the same; or the only other one of its implementation, or at all."""
    old, new = (dict(header.implementations) for header in (before, after))
    if len(old) == len(new) == 1:
        pairs = [(*old, *new)]
    else:
        left = [name for name in old if name not in new]
        free = [name for name in new if name not in old]
        pairs = []
        for name in left:
            same = [other for other in free if _called(other, after) == _called(name, before)]
            if len(same) == 1 and sum(_called(other, before) == _called(name, before) for other in left) == 1:
                pairs.append((name, same[0]))
    found = {}
    for name, other in pairs:
        found[_called(name, before)] = _called(other, after)  # as a peer
        found[name] = other
    return {name: other for name, other in found.items() if name != other}


def _called(column: str, header: Header) -> str:
    return str(header.implementations[column].get("name") or column)


# -- warnings ------------------------------------------------------------------------------------------------------


def _warnings(old: Header, new: Header) -> list[str]:
    found = []
    if old.suite != new.suite:
        found.append(f"the suite was sslspec {old.suite}, and is {new.suite}")
    if old.platform != new.platform:
        found.append(f"the platform was {old.platform}, and is {new.platform}")
    left, right = (header.environment.get("unscrubbed", {}) for header in (old, new))
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            said = f"{_said(left.get(name))}, and is {_said(right.get(name))}"
            found.append(
                f"{name.replace('_', ' ')} was {said}: a difference may be the system's, not the implementation's"
            )
    return found


def _incomplete(before: Source, after: Source) -> list[str]:
    """What makes either side less than a whole run, so that something may be gone or added for that reason alone."""
    parts = [
        f"the run {word} is {part.title} of one: what is {what} may only stand in another part"
        for word, what, source in (("before", "added", before), ("after", "gone", after))
        for part in _parts(source)
    ]
    return parts + [
        f"the run {word} is incomplete: what it says is gone may only not have had its turn"
        for word, source in (("before", before), ("after", after))
        if not _complete(source)
    ]


def _parts(source: Source) -> list[Part]:
    """Which parts of runs the columns of a record are, each once; none where they are whole."""
    path = source.path or Path("record")
    found = (cutting.of_column(path, facts) for facts in source.header.implementations.values())
    return list(dict.fromkeys(part for part in found if part is not None))


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in sorted(value.items())) or "empty"
    return "empty" if value in (None, "", []) else str(value).lower() if isinstance(value, bool) else str(value)
