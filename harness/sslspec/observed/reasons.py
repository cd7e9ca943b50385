"""Why the standard library's ssl does otherwise from one version to the next, as somebody has written it down.

A file of reports/observed/reasons is one step; sources.toml beside them lists the documents that their reasons name,
and whether each of these was read. What a difference is, and which reasons explain it, is not known here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import layout, toml

FORMAT = 1
OBSERVED = "observed"  # the source of what nothing documents
SOURCES = "sources.toml"
WHAT = ("python", "openssl")
_VERSION = r"\d+\.\d+(\.\d+[a-z]?)?"
_REASON = frozenset({"title", "scenario", "match", "reason", "source"})
_STEP = frozenset({"format", *WHAT, "unseen", "reason"})
_UNSEEN = frozenset({"reason", "source"})


class ReasonError(Exception):
    """The reasons cannot be used; the text is one line that says where and why."""


@dataclass(frozen=True, slots=True)
class Source:
    """A document: what it is cited as, in which edition, and whether that was read."""

    name: str
    edition: str
    read: bool


@dataclass(frozen=True, slots=True)
class Reason:
    """For which scenarios (globs) of a step, where `match` is found in a difference: why, and where that is written."""

    where: str
    title: str
    scenarios: tuple[str, ...]
    match: str
    reason: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unseen:
    """What the documents say has changed, and no scenario sees."""

    reason: str
    sources: tuple[str, ...]


@dataclass(slots=True)
class Step:
    """The reasons of one step, "3.12 -> 3.13" of `what` ("python" or "openssl"), in the order of the file."""

    what: str
    step: str
    reasons: list[Reason] = field(default_factory=list)
    unseen: list[Unseen] = field(default_factory=list)


@dataclass(slots=True)
class Reasons:
    """All that is written."""

    sources: list[Source]
    steps: list[Step]

    def of(self, what: str, step: str) -> Step:
        """What is written for a step, if only that nothing is."""
        return next((one for one in self.steps if (one.what, one.step) == (what, step)), Step(what, step))

    def source(self, cited: str) -> Source | None:
        """The document that a citation begins with; None for `OBSERVED`."""
        return _document(cited, self.sources)


def read(folder: Path | None = None) -> Reasons:
    """The reasons of a folder, by default the one of this checkout. Raises ReasonError."""
    folder = folder or layout.observed() / "reasons"
    sources = _sources(folder / SOURCES)
    paths = sorted(path for path in folder.glob("*.toml") if path.name != SOURCES)
    found = Reasons(sources, [_step(path, sources) for path in paths])
    steps = [(one.what, one.step) for one in found.steps]
    twice = [path for path, step in zip(paths, steps, strict=True) if steps.count(step) > 1]
    if twice:
        raise ReasonError(f"{twice[0]}: there is another file about the same step")
    titles: set[str] = set()
    for reason in (one for step in found.steps for one in step.reasons):
        if reason.title in titles:
            raise ReasonError(f"{reason.where}: another reason is titled {reason.title!r} as well")
        titles.add(reason.title)
    return found


def _sources(path: Path) -> list[Source]:
    found = []
    for number, table in enumerate(_load(path).get("source", []), 1):
        where = f"{path}: source {number}"
        _only(table, frozenset({"name", "edition", "read"}), where)
        if not table.get("name") or not table.get("edition") or not isinstance(table.get("read"), bool):
            raise ReasonError(f"{where}: needs a name, an edition, and read = true or false")
        found.append(Source(table["name"], table["edition"], table["read"]))
    return found


def _step(path: Path, sources: Sequence[Source]) -> Step:
    data = _load(path)
    _only(data, _STEP, str(path))
    what = [name for name in WHAT if name in data]
    if len(what) != 1 or not re.fullmatch(f"{_VERSION} -> {_VERSION}", str(data[what[0]])):
        raise ReasonError(f"{path}: says not of which step it is: python = '3.12 -> 3.13', or openssl = '3.0 -> 3.6'")
    step = Step(what[0], data[what[0]])
    for number, table in enumerate(data.get("reason", []), 1):
        step.reasons.append(_reason(f"{path}: reason {number}", table, sources))
    for number, table in enumerate(data.get("unseen", []), 1):
        where = f"{path}: unseen {number}"
        _only(table, _UNSEEN, where)
        step.unseen.append(Unseen(_words(table, where), _cited(table, where, sources)))
    return step


def _reason(where: str, table: dict[str, Any], sources: Sequence[Source]) -> Reason:
    _only(table, _REASON, where)
    title, scenarios, match = table.get("title"), table.get("scenario", "*"), table.get("match", "")
    if not isinstance(title, str) or not title or "\n" in title:
        raise ReasonError(f"{where}: needs a title, in a line")
    scenarios = [scenarios] if isinstance(scenarios, str) else scenarios
    if not isinstance(scenarios, list) or not scenarios or not all(isinstance(one, str) for one in scenarios):
        raise ReasonError(f"{where}: scenario is a glob, or a list of globs")
    try:
        re.compile(match)
    except (re.error, TypeError) as problem:
        raise ReasonError(f"{where}: match is no regular expression ({problem})") from problem
    return Reason(where, title, tuple(scenarios), match, _words(table, where), _cited(table, where, sources))


def _words(table: dict[str, Any], where: str) -> str:
    reason = table.get("reason")
    if not isinstance(reason, str) or len(reason.split()) < 5:
        raise ReasonError(f"{where}: needs a reason of five words or more")
    return " ".join(reason.split())


def _cited(table: dict[str, Any], where: str, sources: Sequence[Source]) -> tuple[str, ...]:
    cited = table.get("source")
    if not isinstance(cited, list) or not cited or not all(isinstance(one, str) for one in cited):
        raise ReasonError(f"{where}: needs a source, a list of texts")
    for one in cited:
        if one != OBSERVED and _document(one, sources) is None:
            raise ReasonError(f"{where}: {one!r} begins with none of the documents in {SOURCES}")
    return tuple(cited)


def _document(cited: str, sources: Sequence[Source]) -> Source | None:
    fitting = [one for one in sources if re.match(re.escape(one.name) + r"(?!\w)", cited)]
    return max(fitting, key=lambda one: len(one.name), default=None)


def _only(table: dict[str, Any], known: frozenset[str], where: str) -> None:
    unknown = sorted(set(table) - known)
    if unknown:
        raise ReasonError(f"{where}: {', '.join(unknown)} is not understood")


def _load(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = toml.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ReasonError(f"{path}: cannot be read ({problem})") from problem
    if data.get("format") != FORMAT:
        raise ReasonError(f"{path}: format must be {FORMAT}, not {data.get('format')!r}")
    return data
