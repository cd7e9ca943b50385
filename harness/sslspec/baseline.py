"""Baselines: what an implementation is known not to do, with the reason, strict in both directions.

A TOML file for each implementation; an entry is an exact id or a glob, the verdicts it expects, and why. An entry that
no longer says anything true (it matches nothing, or what it excuses passes) is stale, and that fails a run as a failure
does. Nothing here runs anything.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import layout
from sslspec.record import Result
from sslspec.verdicts import EXPECTED, Verdict

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMAT = 1
FEWEST_WORDS = 5
_UNREVIEWED = ("TODO", "FIXME", "UNREVIEWED")
_KEYS = ("id", "verdict", "reason", "issue", "match", "when", "run", "until")
_WHEN = ("python", "openssl", "platform", "library", "peer")
_EXPECTABLE = frozenset(Verdict) - {Verdict.ERROR, Verdict.NOTRUN}
_COMPARISONS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "<=": lambda have, want: have[: len(want)] <= want,
    ">=": lambda have, want: have >= want,
    "==": lambda have, want: have[: len(want)] == want,
    "!=": lambda have, want: have[: len(want)] != want,
    "<": lambda have, want: have < want,
    ">": lambda have, want: have[: len(want)] > want,
}


class BaselineError(Exception):
    """A baseline cannot be used; the text is one line that names the file, the line and the way out."""


@dataclass(slots=True)
class Facts:
    """Where a scenario runs, as far as a baseline may ask: `library` is openssl, libressl, ... in lower case."""

    implementation: str
    peer: str = ""
    python: tuple[int, ...] = ()
    openssl: tuple[int, ...] = ()
    platform: str = sys.platform
    library: str = ""

    @classmethod
    def of(cls, description: Mapping[str, Any], peer: str) -> Facts:
        """The facts of an implementation as a record's header describes it."""
        library, _, version = str(description.get("openssl", "")).partition(" ")
        return cls(
            implementation=str(description.get("name", "")),
            peer=peer,
            python=_numbers(str(description.get("python", {}).get("version", ""))),
            openssl=_numbers(version),
            library=library.lower(),
        )


@dataclass(slots=True)
class Entry:
    """One ``[[known]]`` table. `where` is ``file:line``; an absent `when` holds everywhere."""

    id: str
    verdicts: frozenset[Verdict]
    reason: str
    where: str
    issue: str = ""
    match: str | None = None
    when: dict[str, str] = field(default_factory=dict)
    run: bool = True
    until: datetime.date | None = None
    _plain: str = field(init=False, repr=False, default="")  # what of the pattern comes before its first wildcard

    def __post_init__(self) -> None:
        self._plain = re.split(r"[*?\[]", self.id, maxsplit=1)[0]

    def matches(self, scenario_id: str) -> bool:
        """True where the entry speaks of this id; a pattern without variant speaks of each variant."""
        if not scenario_id.startswith(self._plain):
            return False
        base = scenario_id.partition("@")[0]
        return fnmatch.fnmatchcase(scenario_id, self.id) or fnmatch.fnmatchcase(base, self.id)

    def holds(self, facts: Facts) -> bool:
        """True where all of `when` is so."""
        return all(_CONDITIONS[key](value, facts) for key, value in self.when.items())

    def rank(self, scenario_id: str) -> int:
        """The whole id before the scenario's name before a glob."""
        if self.id == scenario_id:
            return 2
        return 1 if self.id == scenario_id.partition("@")[0] else 0


@dataclass(slots=True)
class Expectation:
    """What is expected of one scenario. `run` is False where it must not be run at all; `entry` is None without one."""

    verdicts: frozenset[Verdict] = EXPECTED
    reason: str = ""
    run: bool = True
    match: str | None = None
    entry: Entry | None = None

    def accepts(self, verdict: Verdict, message: str = "") -> bool:
        """True where `verdict` is expected, and the failure's `message` has what the entry's `match` looks for."""
        if verdict not in self.verdicts:
            return False
        if self.match is None or verdict in EXPECTED or verdict is Verdict.NOTRUN:
            return True
        return re.search(self.match, message) is not None


@dataclass(slots=True)
class StaleEntry:
    """An entry that is no longer true, and what to do about it."""

    entry: Entry
    why: str

    def __str__(self) -> str:
        return f"{self.entry.where}: {self.entry.id!r} {self.why}"


class Baseline:
    """The entries for one implementation."""

    def __init__(self, implementation: str, entries: Iterable[Entry] = (), path: Path | None = None) -> None:
        self.implementation = implementation
        self.entries = list(entries)
        self.path = path

    @classmethod
    def load(cls, path: Path) -> Baseline:
        """Read a baseline; BaselineError, one line, where it is not sound in every entry."""
        try:
            text = path.read_text(encoding="utf-8")
            data = tomllib.loads(text)
        except OSError as problem:
            raise BaselineError(f"{path}: cannot be read ({problem.strerror})") from problem
        except UnicodeDecodeError as problem:
            raise BaselineError(f"{path}: not UTF-8 text") from problem
        except tomllib.TOMLDecodeError as problem:
            raise BaselineError(f"{path}: not TOML: {problem}") from problem
        _only(path, "", data, ("format", "implementation", "known"))
        if data.get("format") != FORMAT:
            raise BaselineError(f"{path}: format must be {FORMAT}, not {data.get('format')!r}")
        implementation = data.get("implementation")
        if not isinstance(implementation, str) or not implementation:
            raise BaselineError(f"{path}: says not which implementation it is for: implementation = NAME")
        known = data.get("known", [])
        if not isinstance(known, list) or not all(isinstance(table, dict) for table in known):
            raise BaselineError(f"{path}: known must be tables: [[known]]")
        numbers = [n for n, line in enumerate(text.split("\n"), 1) if re.match(r"\s*\[\[\s*known\s*\]\]", line)]
        numbers += [1] * (len(known) - len(numbers))
        entries = [_entry(f"{path}:{number}", table) for number, table in zip(numbers, known, strict=False)]
        _distinct(entries)
        return cls(implementation, entries, path)

    def expectation(self, scenario_id: str, facts: Facts) -> Expectation:
        """What is expected of a scenario: the exact id wins over globs, a later entry over an earlier one."""
        here = [entry for entry in self.entries if entry.matches(scenario_id) and entry.holds(facts)]
        here = [entry for entry in here if not _expired(entry)]
        if not here:
            return Expectation()
        ranked = sorted(here, key=lambda entry: entry.rank(scenario_id))  # stable: a later one stays behind
        best = ranked[-1]
        never = {Verdict.INAPPLICABLE} | (set() if best.run else {Verdict.NOTRUN})
        return Expectation(best.verdicts | never, best.reason, best.run, best.match, best)

    def stale(
        self, results: Iterable[Result], *, whole_run: bool, facts: Callable[[Result], Facts] | None = None
    ) -> list[StaleEntry]:
        """The entries that are no longer true, in the file's order.

        `whole_run` is True where no selection was made, so that an entry which matched nothing speaks of nothing.
        `facts` gives the conditions of a result; without it only implementation and peer are known.
        """
        give = facts or (lambda result: Facts(result.implementation, result.peer))
        matched: dict[int, list[Result]] = {index: [] for index in range(len(self.entries))}
        spoken: dict[int, list[Result]] = {index: [] for index in range(len(self.entries))}
        positions = {id(entry): index for index, entry in enumerate(self.entries)}
        for result in results:
            here = give(result)
            if here.implementation != self.implementation:
                continue
            chosen = self.expectation(result.id, here).entry
            if chosen is not None:
                spoken[positions[id(chosen)]].append(result)
            for index, entry in enumerate(self.entries):
                if entry.matches(result.id) and entry.holds(here):
                    matched[index].append(result)
        found = []
        for index, entry in enumerate(self.entries):
            why = _why_stale(entry, matched[index], spoken[index], whole_run)
            if why:
                found.append(StaleEntry(entry, why))
        return found


def load_all(names: Iterable[str], given: Iterable[Path] = ()) -> dict[str, Baseline]:
    """The baselines of these implementations: those given, else those that come with the suite.

    Raises BaselineError, also for one that is given and speaks of none of them.
    """
    wanted = list(names)
    own = [layout.baselines() / f"{name}.toml" for name in wanted]
    found = {name: Baseline.load(path) for name, path in zip(wanted, own, strict=True) if path.is_file()}
    for path in given:
        baseline = Baseline.load(path)
        if baseline.implementation not in wanted:
            is_for = f"{path}: is the baseline of {baseline.implementation!r}"
            raise BaselineError(f"{is_for}, and this run is about {', '.join(wanted)}")
        found[baseline.implementation] = baseline
    return found


def _why_stale(entry: Entry, matched: list[Result], spoken: list[Result], whole_run: bool) -> str:
    if _expired(entry):
        return f"expired on {entry.until}: look at it again, then remove it or give it a new date"
    if not matched:
        # An entry for other circumstances (another Python, another peer) may well match nothing here.
        return "matches no scenario: remove it, or correct the id" if whole_run and not entry.when else ""
    if not spoken:
        return "is overruled by other entries for everything it matches: remove it"
    tried = [result for result in spoken if result.verdict not in (Verdict.INAPPLICABLE, Verdict.NOTRUN)]
    if tried and Verdict.PASSED not in entry.verdicts and all(r.verdict is Verdict.PASSED for r in tried):
        count = "its scenario passes" if len(tried) == 1 else f"all its {len(tried)} results passed"
        return f"is no longer needed: {count}: remove it"
    return ""


def _entry(where: str, table: dict[str, Any]) -> Entry:
    name = table.get("id")
    if not isinstance(name, str) or not name:
        raise BaselineError(f"{where}: the entry has no id")
    _only(where, f"{name!r}: ", table, _KEYS)
    for key, kind, what in (
        ("reason", str, "text"),
        ("issue", str, "text"),
        ("match", str, "text"),
        ("run", bool, "true or false"),
        ("until", datetime.date, "a date"),
        ("when", dict, "a table"),
    ):
        if key in table and not isinstance(table[key], kind):
            raise BaselineError(f"{where}: {name!r}: {key} must be {what}")
    return Entry(
        id=name,
        verdicts=_verdicts(where, name, table.get("verdict")),
        reason=_reason(where, name, table.get("reason", "")),
        where=where,
        issue=table.get("issue", ""),
        match=_match(where, name, table.get("match")),
        when=_when(where, name, table.get("when", {})),
        run=table.get("run", True),
        until=table.get("until"),
    )


def _verdicts(where: str, name: str, value: Any) -> frozenset[Verdict]:
    names = [value] if isinstance(value, str) else value
    possible = ", ".join(verdict.value for verdict in Verdict if verdict in _EXPECTABLE)
    if not isinstance(names, list) or not names:
        raise BaselineError(f"{where}: {name!r} must say which verdict is expected: one or a list of {possible}")
    try:
        verdicts = frozenset(Verdict(item) for item in names)
    except ValueError:
        verdicts = frozenset()
    if not verdicts or not verdicts <= _EXPECTABLE:
        raise BaselineError(f"{where}: {name!r}: verdict {value!r} cannot be expected; there are {possible}")
    if verdicts <= EXPECTED:
        raise BaselineError(f"{where}: {name!r} expects what is expected anyway: remove the entry")
    return verdicts


def _reason(where: str, name: str, reason: str) -> str:
    marks = [mark for mark in _UNREVIEWED if mark in reason.upper()]
    if marks:
        raise BaselineError(f"{where}: {name!r}: the reason says {marks[0]}; say why, in {FEWEST_WORDS} words or more")
    if len(reason.split()) < FEWEST_WORDS:
        raise BaselineError(f"{where}: {name!r}: the reason {reason!r} is short of {FEWEST_WORDS} words")
    return reason


def _match(where: str, name: str, pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as problem:
        raise BaselineError(f"{where}: {name!r}: match is no regular expression: {problem}") from problem
    return pattern


def _when(where: str, name: str, table: dict[str, Any]) -> dict[str, str]:
    _only(where, f"{name!r}: when: ", table, _WHEN)
    for key, value in table.items():
        if not isinstance(value, str):
            raise BaselineError(f"{where}: {name!r}: when.{key} must be text")
        if key in ("python", "openssl"):
            try:
                _version_holds(value, (0,))
            except ValueError as problem:
                raise BaselineError(f"{where}: {name!r}: when.{key}: {problem}") from problem
    return dict(table)


def _only(where: object, what: str, table: dict[str, Any], keys: tuple[str, ...]) -> None:
    unknown = sorted(set(table) - set(keys))
    if unknown:
        raise BaselineError(f"{where}: {what}unknown key {unknown[0]!r}; there are {', '.join(keys)}")


def _distinct(entries: list[Entry]) -> None:
    seen: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.id, repr(sorted(entry.when.items())))
        if key in seen:
            line = seen[key].where.rpartition(":")[2]
            raise BaselineError(f"{entry.where}: {entry.id!r} stands on line {line} already")
        seen[key] = entry


def _expired(entry: Entry) -> bool:
    return entry.until is not None and datetime.date.today() > entry.until


def _numbers(version: str) -> tuple[int, ...]:
    """(3, 0, 19) of ``3.0.19 30 Sep 2025``; empty where there is no number."""
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _version_holds(specifier: str, have: tuple[int, ...]) -> bool:
    """True where a version is within ``>=3.12,<3.14``; ValueError where that is not understood."""
    for part in specifier.split(","):
        found = re.fullmatch(r"\s*(<=|>=|==|!=|<|>)\s*(\d+(?:\.\d+)*)\s*", part)
        if found is None:
            raise ValueError(f"{part.strip()!r} is no comparison such as '>=3.12'")
        if not _COMPARISONS[found[1]](have, tuple(map(int, found[2].split(".")))):
            return False
    return True


_CONDITIONS: dict[str, Callable[[str, Facts], bool]] = {
    "python": lambda value, facts: _version_holds(value, facts.python),
    "openssl": lambda value, facts: _version_holds(value, facts.openssl),
    "platform": lambda value, facts: facts.platform.startswith(value),
    "library": lambda value, facts: facts.library.lower() == value.lower(),
    "peer": lambda value, facts: facts.peer == value,
}
