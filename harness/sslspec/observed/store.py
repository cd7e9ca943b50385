"""The files of reports/observed: a line for each scenario, with its executions that went alike told together.

The reference, refssl, is there in whole; of anybody else only what was different from it. What is volatile, or written
in the suite anyway (requirement, clauses), is left out; verdicts, steps and what a failure was are all there.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslspec import layout
from sslspec.compare.rendering import DID_NOTHING
from sslspec.files import write_lines
from sslspec.results.record import Header, Record, RecordError, Result
from sslspec.results.software import Software
from sslspec.scenarios import listing
from sslspec.verdicts import Verdict

FORMAT = 1
REFERENCE = "refssl"
_SELF = "self"
_FACTS = ("name", "module", "version", "documented", "openssl", "openssl_version_info", "features", "python")
_KEPT = ("came", "crash")  # of a result's detail: what a failure is, without its wording
_IN_WORDS = {verdict.value for verdict in DID_NOTHING}  # whose message says why there is nothing to see

At = str  # one execution of a scenario: its variant and its peer
Seen = dict[str, Any]  # what was seen: verdict, steps, came, crash, why
Executions = dict[str, dict[At, Seen]]  # by scenario


@dataclass(slots=True)
class Observation:
    """What one implementation was seen to do. `facts` say who it was, `surroundings` where."""

    facts: dict[str, Any]
    surroundings: dict[str, Any]
    executions: Executions

    @property
    def file_name(self) -> str:
        """``refssl.jsonl``, ``ssl-3.13.0-openssl-3.0.19.jsonl``, ``ssl-pypy3.11.15-openssl-3.6.5.jsonl``."""
        name = str(self.facts["name"])
        if name == REFERENCE:
            return f"{name}.jsonl"
        on = Software.of(self.facts)
        return f"{name}-{on.python_name}-{on.library}-{on.library_version}.jsonl".lower()

    @property
    def title(self) -> str:
        """``CPython 3.13.0 on OpenSSL 3.0.19``; ``CPython 3.13.0 as OpenSSL 3.6.5`` of refssl."""
        on = Software.of(self.facts)
        return f"{on.python_title} {'' if on.posing else 'on '}{on.library_title}"

    def to_record(self) -> Record:
        """The same as results, with what the suite says of each scenario."""
        known = scenarios()
        name = str(self.facts["name"])
        header = Header(
            suite=str(self.surroundings["suite"]),
            implementations={name: dict(self.facts)},
            environment={"unscrubbed": self.surroundings.get("unscrubbed", {})},
            platform=str(self.surroundings.get("platform", "")),
        )
        results = [
            _result(scenario, at, seen, name, known.get(scenario))
            for scenario, executions in self.executions.items()
            for at, seen in executions.items()
        ]
        return Record(header, results)


def observe(header: Header, results: Iterable[Result], column: str) -> Observation:
    """One column of a record, as an observation."""
    facts = header.implementations[column]
    surroundings = {
        "suite": header.suite,
        "platform": str(facts.get("platform") or header.platform),
        "unscrubbed": facts.get("unscrubbed") or header.environment.get("unscrubbed", {}),
        "stdlib": _stdlib_beside(header, facts),
    }
    name = str(facts.get("name", column))
    executions: Executions = {}
    for result in results:
        if result.implementation == column:
            executions.setdefault(result.scenario, {})[_at(result, name)] = _seen(result)
    return Observation({key: facts[key] for key in _FACTS if key in facts}, surroundings, executions)


def is_of(observation: Observation, header: Header, column: str) -> bool:
    """Whether a column of a record was made by the same Python with the same OpenSSL, and the same peers."""
    facts = header.implementations[column]
    same = all(observation.facts.get(key) == facts.get(key) for key in ("name", "python", "openssl"))
    return same and observation.surroundings.get("stdlib") == _stdlib_beside(header, facts)


def _stdlib_beside(header: Header, facts: Mapping[str, Any]) -> str:
    """The OpenSSL of the stdlib that was the peer; of ssl itself it is its own."""
    beside = (one for one in header.implementations.values() if one.get("name") == "ssl")
    own = next((one for one in beside if one.get("python") == facts.get("python")), facts)
    return str(own.get("openssl", ""))


def scenarios() -> dict[str, listing.Scenario]:
    """What there is in the suites, by id. They are read once, though many observations ask."""
    return _scenarios(layout.suites())


@functools.cache
def _scenarios(suites: Path) -> dict[str, listing.Scenario]:
    return {scenario.id: scenario for scenario in listing.scenarios(suites)}


def files() -> list[Path]:
    """All observations that there are, the reference first."""
    found = sorted(layout.observed().glob("*.jsonl"))
    return sorted(found, key=lambda path: path.stem != REFERENCE)


def load(path: Path) -> Observation:
    """Read an observation, and for any but the reference the reference beside it. Raises RecordError."""
    head, lines = _read(path)
    own: Executions = {}
    absent: dict[str, list[At]] = {}
    for line in lines:
        own[line["scenario"]] = {at: seen for seen in line["observed"] for at in seen.pop("at")}
        absent[line["scenario"]] = line.get("absent", [])
    executions = own
    if "reference" in head:
        reference = path.with_name(f"{REFERENCE}.jsonl")
        if head["reference"] != _digest(_content(reference)):
            raise RecordError(f"{path}: holds what is different from another {reference.name} than the one beside it")
        executions = _overlaid(load(reference).executions, own, absent)
    return Observation(head["implementation"], head["surroundings"], executions)


def save(folder: Path, observations: Iterable[Observation]) -> list[Path]:
    """Write observations, the reference among them: all there are, since the others are held against it.

    All of them are made before the first is written, and each file is whole or as it was. Raises RecordError, OSError.
    """
    every = sorted(observations, key=lambda one: one.file_name != f"{REFERENCE}.jsonl")
    if not every or every[0].facts["name"] != REFERENCE:
        raise RecordError(f"{folder}: an observation of {REFERENCE} is needed, against which the others are kept")
    reference = every[0]
    written = {folder / reference.file_name: _lines(reference, reference.executions, {}, {})}
    head = {"reference": _digest("".join(line + "\n" for line in written[folder / reference.file_name]).encode())}
    for one in every[1:]:
        absent = _absent(reference.executions, one.executions)
        written[folder / one.file_name] = _lines(one, _differences(reference.executions, one.executions), absent, head)
    for path, lines in written.items():
        write_lines(path, lines)
    return list(written)


# -- one execution -------------------------------------------------------------------------------------------------


def _at(result: Result, name: str) -> At:
    peer = _SELF if result.peer == name else result.peer
    return f"{result.id.partition('@')[2]} {peer}"


def _seen(result: Result) -> Seen:
    seen: Seen = {"verdict": result.verdict.value}
    seen |= {key: result.detail[key] for key in _KEPT if result.detail.get(key)}
    if result.verdict.value in _IN_WORDS and result.detail.get("message"):
        seen["why"] = result.detail["message"]
    if result.steps:
        seen["steps"] = [[step["actor"], step["call"], step["outcome"]] for step in result.steps]
    return seen


def _result(scenario: str, at: At, seen: Mapping[str, Any], name: str, known: listing.Scenario | None) -> Result:
    variant, _, peer = at.partition(" ")
    detail = {key: seen[key] for key in _KEPT if key in seen} | ({"message": seen["why"]} if "why" in seen else {})
    result = Result(
        id=f"{scenario}@{variant}" if variant else scenario,
        implementation=name,
        peer=name if peer == _SELF else peer,
        verdict=Verdict(seen["verdict"]),
        steps=[{"actor": actor, "call": call, "outcome": came} for actor, call, came in seen.get("steps", ())],
        detail=detail,
    )
    if known is not None:
        result.level, result.clauses, result.known = known.level, known.clauses, known.known
        result.requirement = known.requirement
        result.since, result.until = (str(*known.marks.get(mark, ("",))) for mark in ("since", "until"))
    return result


# -- many ----------------------------------------------------------------------------------------------------------


def _together(executions: Mapping[At, Seen]) -> list[dict[str, Any]]:
    """Executions that went alike, told once: {"at": [...], and what was seen}."""
    alike: dict[str, list[At]] = {}
    for at, seen in executions.items():
        alike.setdefault(_dump(seen), []).append(at)
    groups = sorted((sorted(ats), seen) for seen, ats in alike.items())
    return [{"at": ats, **json.loads(seen)} for ats, seen in groups]


def _differences(reference: Executions, own: Executions) -> Executions:
    found: Executions = {}
    for scenario, executions in own.items():
        theirs = reference.get(scenario, {})
        other = {at: seen for at, seen in executions.items() if theirs.get(at) != seen}
        if other:
            found[scenario] = other
    return found


def _lines(
    one: Observation, scenarios: Executions, absent: Mapping[str, list[At]], more: Mapping[str, Any]
) -> list[str]:
    """A file, line by line: who it was, what was seen in each scenario, and how many these are."""
    lines: list[dict[str, Any]] = [
        {"format": FORMAT, "implementation": one.facts, "surroundings": one.surroundings, **more}
    ]
    for scenario in sorted(scenarios.keys() | absent.keys()):
        line = {"scenario": scenario, "observed": _together(scenarios.get(scenario, {}))}
        lines.append(line | ({"absent": absent[scenario]} if scenario in absent else {}))
    lines.append({"end": True, "scenarios": len(lines) - 1})
    return [_dump(line) for line in lines]


def _absent(reference: Executions, own: Executions) -> dict[str, list[At]]:
    """What the reference has, and the other one has not."""
    found = {scenario: sorted(there.keys() - own.get(scenario, {}).keys()) for scenario, there in reference.items()}
    return {scenario: ats for scenario, ats in found.items() if ats}


def _overlaid(reference: Executions, own: Executions, absent: Mapping[str, list[At]]) -> Executions:
    found: Executions = {}
    for scenario in sorted(reference.keys() | own.keys()):
        executions = {**reference.get(scenario, {}), **own.get(scenario, {})}
        for at in absent.get(scenario, ()):
            del executions[at]
        if executions:
            found[scenario] = executions
    return found


def _read(path: Path) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    try:
        text = path.read_text(encoding="utf-8")
        lines = [json.loads(line) for line in text.splitlines()]
    except (OSError, ValueError) as problem:
        raise RecordError(f"{path}: cannot be read as an observation ({problem})") from problem
    if len(lines) < 2 or lines[0].get("format") != FORMAT or lines[-1] != {"end": True, "scenarios": len(lines) - 2}:
        raise RecordError(f"{path}: not a whole observation of sslspec")
    return lines[0], itertools.islice(lines, 1, len(lines) - 1)


def _digest(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise RecordError(f"{path}: cannot be read ({problem.strerror})") from problem


def _dump(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
