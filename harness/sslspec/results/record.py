"""The record of a run: its results, and the one file format in which they are kept.

JSON lines: a header that says who and which version, a line for each scenario, a footer that says that the record is
whole. Written in a canonical form, so that two runs of the same software give the same bytes but for what stands under
"volatile". Nothing here knows pytest, and nothing here judges a result.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from sslspec.files import write_lines
from sslspec.verdicts import Verdict

FORMAT = 1
_LONGEST_FOOTER = 65536  # bytes
Key = tuple[str, str, str]


class RecordError(Exception):
    """A result file cannot be used; the text is one line that names the file and says why."""


@dataclass(slots=True)
class Result:
    """What became of one scenario with one implementation and one peer.

    `expected` are the verdicts that the baseline allows, sorted; `reason` is the baseline's, or empty. `requirement` is
    the first sentence of the scenario's docstring. `steps` are {"actor", "call", "outcome"}; `detail` has what there is
    of message, expected, came, traceback and crash; `volatile` what differs between two equal runs: duration in
    seconds, worker and the like. `since` and `until` are the first and last documented version that has what is tested
    ("3.13"), empty where every version has it. `new` is True, and only then in the file, where the scenario is newer
    than what the baseline has reviewed.
    """

    id: str
    implementation: str
    peer: str
    verdict: Verdict
    expected: tuple[Verdict, ...] = (Verdict.INAPPLICABLE, Verdict.PASSED)
    unexpected: bool = False
    reason: str = ""
    level: str = "must"
    clauses: tuple[str, ...] = ()
    requirement: str = ""
    steps: list[dict[str, Any]] = field(default_factory=list)
    detail: dict[str, Any] = field(default_factory=dict)
    known: tuple[str, ...] = ()
    since: str = ""
    until: str = ""
    volatile: dict[str, Any] = field(default_factory=dict)
    new: bool = False

    @property
    def key(self) -> Key:
        """What a record has at most once."""
        return self.id, self.implementation, self.peer

    @property
    def scenario(self) -> str:
        """The id without its variant: ``area/topic/name``."""
        return self.id.partition("@")[0]

    @property
    def area(self) -> str:
        """The first part of the id."""
        return self.id.partition("/")[0]

    @property
    def duration(self) -> float:
        """Seconds that the scenario took; 0 where nobody measured."""
        return float(self.volatile.get("duration", 0.0))

    def to_json(self) -> dict[str, Any]:
        """JSON values only: one line of a record."""
        return {
            "id": self.id,
            "implementation": self.implementation,
            "peer": self.peer,
            "verdict": self.verdict.value,
            "expected": sorted(verdict.value for verdict in self.expected),
            "unexpected": self.unexpected,
            "reason": self.reason,
            "level": self.level,
            "clauses": list(self.clauses),
            "requirement": self.requirement,
            "steps": self.steps,
            "detail": self.detail,
            "known": list(self.known),
            **({"since": self.since} if self.since else {}),
            **({"until": self.until} if self.until else {}),
            "volatile": self.volatile,
            **({"new": True} if self.new else {}),
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Result:
        """The result of one line; what is not of a result (an event's own name, say) is passed over.

        Raises KeyError, TypeError or ValueError where the line is not one.
        """
        return cls(
            id=_text(line["id"]),
            implementation=_text(line["implementation"]),
            peer=_text(line["peer"]),
            verdict=Verdict(line["verdict"]),
            expected=tuple(Verdict(name) for name in line.get("expected", ("inapplicable", "passed"))),
            unexpected=bool(line.get("unexpected", False)),
            reason=_text(line.get("reason", "")),
            level=_text(line.get("level", "must")),
            clauses=tuple(map(_text, line.get("clauses", ()))),
            requirement=_text(line.get("requirement", "")),
            steps=list(map(_mapping, line.get("steps", ()))),
            detail=dict(line.get("detail", {})),
            known=tuple(map(_text, line.get("known", ()))),
            since=_text(line.get("since", "")),
            until=_text(line.get("until", "")),
            volatile=_measured(line.get("volatile", {})),
            new=bool(line.get("new", False)),
        )


@dataclass(slots=True)
class Header:
    """Who ran what, where.

    `suite` is the version of sslspec; `manifest` stands for the ids that were run (see `manifest`); `implementations`
    says of each name its version, module, library and features; `environment` what was taken out of the environment
    ("scrubbed") and what could not be ("unscrubbed"). `volatile` holds the command line and the time.
    """

    suite: str
    implementations: dict[str, dict[str, Any]]
    manifest: str = ""
    environment: dict[str, Any] = field(default_factory=dict)
    platform: str = ""
    volatile: dict[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON values only: the first line of a record."""
        return {
            "format": FORMAT,
            "suite": self.suite,
            "manifest": self.manifest,
            "implementations": self.implementations,
            "environment": self.environment,
            "platform": self.platform,
            "volatile": self.volatile,
        }

    @classmethod
    def from_json(cls, line: Mapping[str, Any]) -> Header:
        """The header of a record's first line; KeyError, TypeError or ValueError where it is none."""
        environment = dict(line.get("environment", {}))
        _mapping(environment.get("unscrubbed", {}))
        return cls(
            suite=_text(line["suite"]),
            implementations={_text(name): dict(facts) for name, facts in dict(line["implementations"]).items()},
            manifest=_text(line.get("manifest", "")),
            environment=environment,
            platform=_text(line.get("platform", "")),
            volatile=dict(line.get("volatile", {})),
        )


@dataclass(slots=True)
class Record:
    """A whole result file. `complete` is False where the run ended before each scenario had its turn."""

    header: Header
    results: list[Result]
    complete: bool = True
    path: Path | None = None


def manifest(ids: Iterable[str]) -> str:
    """One name for a set of scenario ids, whatever their order: ``sha256:`` and 64 hex digits."""
    return "sha256:" + hashlib.sha256("\n".join(sorted(set(ids))).encode()).hexdigest()


def lines(header: Header, results: Iterable[Result], *, complete: bool | Callable[[], bool] = True) -> Iterator[str]:
    """The canonical text of a record, a line each, without line ends: header, results as they come, footer.

    `complete` may be asked for behind the last result, where it is not known earlier.
    """
    counts: Counter[str] = Counter()
    yield line(header.to_json())
    for result in results:
        counts[result.verdict.value] += 1
        yield line(result.to_json())
    whole = complete() if callable(complete) else complete
    yield line({"end": True, "counts": dict(counts), "complete": whole})


def in_order(results: Iterable[Result]) -> list[Result]:
    """The results as a record holds them: sorted by key."""
    return sorted(results, key=lambda result: result.key)


def write(path: Path, header: Header, results: Iterable[Result], *, complete: bool = True) -> None:
    """Write a record in its canonical form; `path` holds either the whole new record or what it held before.

    Raises RecordError where the file cannot be written.
    """
    write_stream(path, header, in_order(results), complete=complete)


def write_stream(
    path: Path, header: Header, results: Iterable[Result], *, complete: bool | Callable[[], bool] = True
) -> None:
    """As `write`, for results that come in order; they are never all in memory."""
    try:
        write_lines(path, lines(header, results, complete=complete))
    except OSError as problem:
        raise RecordError(f"{path}: cannot be written ({problem.strerror})") from problem


class Reader:
    """A result file that is read a result at a time: its header at once, its results in order, once.

    Iterating raises RecordError where the file is not a whole, sound record, at the latest behind the last result.
    `complete` is known from then on.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.complete = False
        self._number = 0
        try:
            self._file: TextIO = path.open(encoding="utf-8", newline="\n")
        except OSError as problem:
            raise RecordError(f"{path}: cannot be read ({problem.strerror})") from problem
        try:
            first = next(self._parsed(), None)
            if first is None:
                raise RecordError(f"{path}: the file is empty")
            self.header = _header(path, first)
        except RecordError:
            self.close()
            raise

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def __iter__(self) -> Iterator[Result]:
        counts: Counter[str] = Counter()
        before: tuple[Key, int] | None = None
        footer: dict[str, Any] | None = None
        for line in self._parsed():
            if footer is not None:
                raise RecordError(f"{self.path}:{self._number}: something stands behind the footer")
            if line.get("end") is True:
                footer = line
                continue
            result = self._result(line)
            if before is not None and result.key <= before[0]:
                raise RecordError(f"{self.path}:{self._number}: {_disorder(result, *before)}")
            before = result.key, self._number
            counts[result.verdict.value] += 1
            yield result
        if footer is None:
            last = f"the footer is missing after line {self._number}"
            raise RecordError(f"{self.path}: {last}: the run that wrote it did not finish")
        if footer.get("counts") != dict(counts):
            raise RecordError(
                f"{self.path}: the footer counts other results than the file holds: lines were lost or added"
            )
        self.complete = bool(footer.get("complete", False))

    def _result(self, line: dict[str, Any]) -> Result:
        try:
            return Result.from_json(line)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise RecordError(f"{self.path}:{self._number}: not a result ({_short(problem)})") from problem

    def _parsed(self) -> Iterator[dict[str, Any]]:
        """The JSON objects of the lines that are left; `_number` is the line's."""
        try:
            for line in self._file:
                self._number += 1
                if line.strip():
                    yield _parse(self.path, self._number, line)
        except UnicodeDecodeError as problem:
            raise RecordError(f"{self.path}: not a result file of sslspec: not UTF-8 text") from problem
        except OSError as problem:
            raise RecordError(f"{self.path}: cannot be read ({problem.strerror})") from problem


def open_record(path: Path) -> Reader:
    """Open a result file to go through it once, in bounded memory. Raises RecordError."""
    return Reader(path)


def refuse_unfinished(path: Path) -> None:
    """Raise RecordError where a file does not end with a footer; only its end is looked at.

    For whoever goes through several files at once, and may meet in one what only another's lack explains.
    """
    if not path.is_file():
        return  # of a pipe the end is known when all has been read
    try:
        with path.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _LONGEST_FOOTER))
            last = file.read().rstrip().rpartition(b"\n")[2]
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read ({problem.strerror})") from problem
    try:
        footer = json.loads(last)
    except (ValueError, RecursionError):
        footer = None
    if not isinstance(footer, dict) or footer.get("end") is not True:
        raise RecordError(f"{path}: the footer is missing: the run that wrote it did not finish")


def read(path: Path) -> Record:
    """Read a record into memory; RecordError where it is not a whole, sound one."""
    with open_record(path) as reader:
        results = list(reader)
        return Record(reader.header, results, complete=reader.complete, path=path)


def _header(path: Path, line: Mapping[str, Any]) -> Header:
    if "format" not in line:
        raise RecordError(f"{path}: not a result file of sslspec: the first line is no header")
    if line["format"] != FORMAT:
        raise RecordError(f"{path}: format {line['format']!r} is not known to this sslspec, which reads {FORMAT}")
    try:
        return Header.from_json(line)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise RecordError(f"{path}:1: the header is damaged ({_short(problem)})") from problem


def _disorder(result: Result, key: Key, number: int) -> str:
    which = f"{result.id} with {result.implementation} and peer {result.peer}"
    if result.key == key:
        return f"{which} stands on line {number} already"
    return f"{which} belongs before line {number}: the results of a record are sorted by id"


def _parse(path: Path, number: int, line: str) -> dict[str, Any]:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError) as problem:
        raise RecordError(f"{path}:{number}: not JSON: truncated, or not a result file of sslspec") from problem
    if not isinstance(value, dict):
        raise RecordError(f"{path}:{number}: not a result file of sslspec: the line is no JSON object")
    return value


def line(value: Mapping[str, Any]) -> str:
    """The canonical text of one line, without its end: of what a header, a result or a footer is as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no object")
    return value


def _measured(value: object) -> dict[str, Any]:
    volatile = _mapping(value)
    if not isinstance(volatile.get("duration", 0.0), (int, float)):
        raise TypeError(f"{volatile['duration']!r} is no duration")
    return volatile


def _short(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"{problem.args[0]} is missing"
    return str(problem)
