"""One run cut into parts for several machines: every execution in exactly one of them, equal loads, always the same.

A part is named ``2/3``; the digest of the whole cut goes into the record with it, so that parts of different cuts are
never taken for one run. How long things take is the business of ``durations``.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslspec.results import columns
from sslspec.results.record import Header, Key, RecordError

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Part:
    """Which parts of a run there are: `numbers` (from 1), sorted, out of `of`; `plan` stands for the whole cut."""

    numbers: tuple[int, ...]
    of: int
    plan: str

    def __str__(self) -> str:
        return f"{'+'.join(map(str, self.numbers))}/{self.of}"

    def __or__(self, other: Part) -> Part:
        return Part(tuple(sorted({*self.numbers, *other.numbers})), self.of, self.plan)

    @property
    def title(self) -> str:
        """``part 2/3``, ``parts 1+3/3``."""
        return f"part{'s' if len(self.numbers) > 1 else ''} {self}"

    @property
    def missing(self) -> list[str]:
        """Those that are not there: ``2/3``."""
        return [f"{number}/{self.of}" for number in sorted(set(range(1, self.of + 1)) - set(self.numbers))]

    def to_json(self) -> dict[str, Any]:
        """What a record's header says of a column that is not whole."""
        return {"numbers": list(self.numbers), "of": self.of, "plan": self.plan}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Part:
        """The part of a header; KeyError, TypeError or ValueError where it is none."""
        numbers, of = tuple(int(number) for number in value["numbers"]), int(value["of"])
        if not (numbers and 1 <= min(numbers) <= max(numbers) <= of <= MOST):
            raise ValueError(f"no parts of a run in {MOST} at most")
        return cls(numbers, of, str(value["plan"]))


def parse(text: str) -> tuple[int, int]:
    """(2, 3) of ``2/3``. Raises ValueError, with a line that says what is wrong."""
    number, slash, of = text.partition("/")
    if not (slash and number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of) <= MOST):
        raise ValueError(f"{text!r} is no part of a run: 1/3, 2/3 and 3/3 are its three thirds")
    return int(number), int(of)


def cut(seconds: Mapping[Key, float], of: int) -> dict[Key, int]:
    """The number (from 1) of the part in which each execution goes, by what each may take.

    The longest first, each to the part that has least by then: the loads differ by less than the longest execution.
    """
    loads = [(0.0, number) for number in range(1, of + 1)]
    found = {}
    for key in sorted(seconds, key=lambda key: (-seconds[key], key)):
        load, number = loads[0]
        found[key] = number
        heapq.heapreplace(loads, (load + seconds[key], number))
    return found


def plan(assigned: Mapping[Key, int]) -> str:
    """One name for a cut: ``sha256:`` and 64 hex digits."""
    digest = hashlib.sha256()
    for key in sorted(assigned):
        digest.update("\t".join([*key, f"{assigned[key]}\n"]).encode())
    return f"sha256:{digest.hexdigest()}"


def balance(seconds: Mapping[Key, float], assigned: Mapping[Key, int], of: int) -> float:
    """The heaviest part's load by the mean one: 1.0 where all are equal."""
    loads = dict.fromkeys(range(1, of + 1), 0.0)
    for key, number in assigned.items():
        loads[number] += seconds[key]
    total = sum(loads.values())
    return max(loads.values()) * of / total if total else 1.0


def describe(header: Header, told: Mapping[str, Any]) -> None:
    """Put into a header which part of a run it is of: {"shard": a part's JSON, "manifest": that of the whole run}."""
    header.manifest = str(told["manifest"])
    for facts in header.implementations.values():
        facts[columns.SHARD] = dict(told["shard"])


def of_column(path: Path, facts: Mapping[str, Any]) -> Part | None:
    """Which part of a run a column is, by its facts in the header of a file; None where it is no part.

    Raises RecordError where they tell of none that there could be.
    """
    told = facts.get(columns.SHARD)
    if told is None:
        return None
    try:
        return Part.from_json(told)
    except (KeyError, TypeError, ValueError) as problem:
        raise RecordError(f"{path}:1: the header is damaged: {told!r} is no part of a run") from problem


def together(column: str, parts: Sequence[tuple[Path, Part]]) -> Part:
    """What the parts of a column are together. RecordError where they are of several runs, or one is there twice."""
    first, whole = parts[0]
    for path, part in parts[1:]:
        if part.plan != whole.plan or part.of != whole.of:
            raise RecordError(
                f"{path}: holds {part} of {column}, and {first} {whole} of a run that was cut in another way:"
                " shards of one run have the same options and the same durations"
            )
        twice = set(part.numbers) & set(whole.numbers)
        if twice:
            raise RecordError(f"{path}: shard {min(twice)}/{part.of} of {column} is there twice")
        whole = whole | part
    return whole


def refuse_parts(path: Path, header: Header) -> None:
    """Raise RecordError where a column is only a part of a run: what it has not, other parts may have."""
    for column, facts in header.implementations.items():
        if columns.SHARD in facts:
            raise RecordError(f"{path}: of {column} it is one part of a run; `sslspec merge` puts the parts together")
