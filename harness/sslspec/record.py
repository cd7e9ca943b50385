"""The record of a run: its results, and the one file format in which they are kept.

JSON lines: a header that says who and which version, a line for each scenario, a footer that says that the record is
whole. Written in a canonical form, so that two runs of the same software give the same bytes but for what stands under
"volatile". Nothing here knows pytest, and nothing here judges a result.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec.verdicts import Verdict

FORMAT = 1
Key = tuple[str, str, str]


class RecordError(Exception):
    """A result file cannot be used; the text is one line that names the file and says why."""


@dataclass(slots=True)
class Result:
    """What became of one scenario with one implementation and one peer.

    `expected` are the verdicts that the baseline allows, sorted; `reason` is the baseline's, or empty. `requirement` is
    the first sentence of the scenario's docstring. `steps` are {"actor", "call", "outcome"}; `detail` has what there is
    of message, expected, came, traceback and crash; `volatile` what differs between two equal runs: duration in
    seconds, worker and the like.
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
    volatile: dict[str, Any] = field(default_factory=dict)

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
            "volatile": self.volatile,
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
            steps=list(line.get("steps", ())),
            detail=dict(line.get("detail", {})),
            known=tuple(map(_text, line.get("known", ()))),
            volatile=dict(line.get("volatile", {})),
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
        return cls(
            suite=_text(line["suite"]),
            implementations={_text(name): dict(facts) for name, facts in dict(line["implementations"]).items()},
            manifest=_text(line.get("manifest", "")),
            environment=dict(line.get("environment", {})),
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


def lines(header: Header, results: Iterable[Result], *, complete: bool = True) -> list[str]:
    """The canonical text of a record, a line each, without line ends: header, results sorted by key, footer."""
    ordered = sorted(results, key=lambda result: result.key)
    counts = Counter(result.verdict.value for result in ordered)
    footer = {"end": True, "counts": dict(counts), "complete": complete}
    return [_dump(header.to_json()), *(_dump(result.to_json()) for result in ordered), _dump(footer)]


def write(path: Path, header: Header, results: Iterable[Result], *, complete: bool = True) -> None:
    """Write a record in its canonical form; `path` holds either the whole new record or what it held before.

    Raises RecordError where the file cannot be written.
    """
    text = "".join(line + "\n" for line in lines(header, results, complete=complete))
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as problem:
        raise RecordError(f"{path}: cannot be written ({problem.strerror})") from problem
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(temporary).chmod(0o666 & ~_umask())
        Path(temporary).replace(path)
    except OSError as problem:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise RecordError(f"{path}: cannot be written ({problem.strerror})") from problem


def read(path: Path) -> Record:
    """Read a record; RecordError where it is not a whole, sound one."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise RecordError(f"{path}: not a result file of sslspec: not UTF-8 text") from problem
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read ({problem.strerror})") from problem
    parsed = [_parse(path, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not parsed:
        raise RecordError(f"{path}: the file is empty")
    header = _header(path, parsed[0][1])
    number, footer = parsed[-1]
    if len(parsed) == 1 or footer.get("end") is not True:
        raise RecordError(f"{path}: the footer is missing after line {number}: the run that wrote it did not finish")
    results = _results(path, parsed[1:-1])
    counts = Counter(result.verdict.value for result in results)
    if footer.get("counts") != dict(counts):
        raise RecordError(f"{path}: the footer counts other results than the file holds: lines were lost or added")
    return Record(header, results, complete=bool(footer.get("complete", False)), path=path)


def _header(path: Path, line: Mapping[str, Any]) -> Header:
    if "format" not in line:
        raise RecordError(f"{path}: not a result file of sslspec: the first line is no header")
    if line["format"] != FORMAT:
        raise RecordError(f"{path}: format {line['format']!r} is not known to this sslspec, which reads {FORMAT}")
    try:
        return Header.from_json(line)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise RecordError(f"{path}:1: the header is damaged ({_short(problem)})") from problem


def _results(path: Path, parsed: list[tuple[int, dict[str, Any]]]) -> list[Result]:
    results = []
    seen: dict[Key, int] = {}
    for number, line in parsed:
        try:
            result = Result.from_json(line)
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise RecordError(f"{path}:{number}: not a result ({_short(problem)})") from problem
        if result.key in seen:
            which = f"{result.id} with {result.implementation} and peer {result.peer}"
            raise RecordError(f"{path}:{number}: {which} stands on line {seen[result.key]} already")
        seen[result.key] = number
        results.append(result)
    return results


def _parse(path: Path, number: int, line: str) -> tuple[int, dict[str, Any]]:
    try:
        value = json.loads(line)
    except ValueError as problem:
        raise RecordError(f"{path}:{number}: not JSON: truncated, or not a result file of sslspec") from problem
    if not isinstance(value, dict):
        raise RecordError(f"{path}:{number}: not a result file of sslspec: the line is no JSON object")
    return number, value


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _short(problem: Exception) -> str:
    if isinstance(problem, KeyError):
        return f"{problem.args[0]} is missing"
    return str(problem)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
