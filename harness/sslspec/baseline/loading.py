"""The file format of baselines: from TOML to entries, and one line for each thing that is not sound in it.

A file is read as a whole; what is wrong is said with file and line. What an entry means is the business of ``entry``.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from sslspec import layout, toml
from sslspec.baseline import conditions
from sslspec.baseline.entry import EXPECTABLE, UNREVIEWED, Entry, Unsupported
from sslspec.baseline.matching import Baseline
from sslspec.scenarios import releases
from sslspec.verdicts import EXPECTED, Verdict

FORMAT = 1
FEWEST_WORDS = 5
_PROMISES = ("TODO", "FIXME")
_TOP = ("format", "implementation", "suite", "inherits", "unsupported", "known")
_KEYS = ("id", "verdict", "reason", "issue", "match", "when", "run", "until")
_T = TypeVar("_T")


class BaselineError(Exception):
    """A baseline cannot be used; the text is one line that names the file, the line and the way out."""


class UnreadableBaseline(BaselineError):
    """There is no such file, or it cannot be read."""


def load(path: Path) -> Baseline:
    """Read a baseline; BaselineError, one line, where it is not sound in every entry."""
    baseline, problems = examine(path)
    if problems:
        raise problems[0]
    return baseline


def examine(path: Path) -> tuple[Baseline, list[BaselineError]]:
    """Read a baseline as far as it is sound, and everything that is not. Raises UnreadableBaseline."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise UnreadableBaseline(f"{path}: cannot be read ({problem.strerror})") from problem
    except UnicodeDecodeError:
        return Baseline("", path=path), [BaselineError(f"{path}: not UTF-8 text")]
    return parse(text, path)


def parse(text: str, path: Path) -> tuple[Baseline, list[BaselineError]]:
    """As `examine`, of a text that stands in `path` or is about to."""
    try:
        data = toml.loads(text)
    except toml.TOMLDecodeError as problem:
        return Baseline("", path=path), [BaselineError(f"{path}: not TOML: {problem}")]
    problems: list[BaselineError] = []

    def sound(make: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return make()
        except BaselineError as problem:
            problems.append(problem)
            return otherwise

    sound(lambda: _only(path, "", data, _TOP), None)
    if data.get("format") != FORMAT:
        problems.append(BaselineError(f"{path}: format must be {FORMAT}, not {data.get('format')!r}"))
    implementation = data.get("implementation")
    if not isinstance(implementation, str) or not implementation:
        problems.append(BaselineError(f"{path}: says not which implementation it is for: implementation = NAME"))
    known = data.get("known", [])
    if not isinstance(known, list) or not all(isinstance(table, dict) for table in known):
        problems.append(BaselineError(f"{path}: known must be tables: [[known]]"))
        known = []
    numbers = [n for n, line in enumerate(text.split("\n"), 1) if re.match(r"\s*\[\[\s*known\s*\]\]", line)]
    numbers += [1] * (len(known) - len(numbers))
    entries = []
    for number, table in zip(numbers, known, strict=False):
        entry = sound(lambda number=number, table=table: _entry(f"{path}:{number}", table), None)  # type: ignore[misc]
        entries += [entry] if entry is not None else []
    problems += _repeated(entries)
    baseline = Baseline(
        str(implementation),
        entries,
        path,
        unsupported=sound(lambda: _unsupported(path, text, data.get("unsupported")), Unsupported()),
        parent=sound(lambda: _parent(path, implementation, data.get("inherits")), None),
        suite=sound(lambda: _suite(path, data.get("suite")), ""),
    )
    return baseline, problems


def load_all(names: Iterable[str], given: Iterable[Path] = (), *, strict_new: bool = False) -> dict[str, Baseline]:
    """The baselines of these implementations: those given, else those that come with the suite.

    With `strict_new` scenarios that are newer than what a baseline has reviewed count like all others. Raises
    BaselineError, also for one that is given and speaks of none of them.
    """
    wanted = list(names)
    own = [layout.baselines() / f"{name}.toml" for name in wanted]
    found = {name: load(path) for name, path in zip(wanted, own, strict=True) if path.is_file()}
    for path in given:
        baseline = load(path)
        if baseline.implementation not in wanted:
            is_for = f"{path}: is the baseline of {baseline.implementation!r}"
            raise BaselineError(f"{is_for}, and this run is about {', '.join(wanted)}")
        found[baseline.implementation] = baseline
    for baseline in found.values():
        baseline.strict_new = strict_new
    return found


def _suite(path: Path, value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str) or not re.fullmatch(r"\d+(\.\d+){0,2}", value):
        raise BaselineError(f'{path}: suite must be the version of sslspec that was reviewed, as in suite = "0.1"')
    return value


def inherited(name: str) -> Baseline:
    """The baseline of that name that comes with sslspec. Raises BaselineError."""
    shipped = {file.stem: file for file in layout.baselines().glob("*.toml")}
    if name not in shipped:
        raise BaselineError(f"inherits {name!r}: sslspec comes with baselines of {', '.join(sorted(shipped))}")
    return load(shipped[name])


def _parent(path: Path, implementation: Any, name: Any) -> Baseline | None:
    if name is None:
        return None
    if not isinstance(name, str):
        raise BaselineError(f"{path}: inherits must be text: the name of a baseline that comes with sslspec")
    if name == implementation:
        raise BaselineError(f"{path}: inherits {name!r}, which is itself")
    try:
        return inherited(name)
    except BaselineError as problem:
        raise BaselineError(f"{path}: {problem}") from problem


def _unsupported(path: Path, text: str, table: Any) -> Unsupported:
    if table is None:
        return Unsupported()
    lines = enumerate(text.split("\n"), 1)
    number = next((n for n, line in lines if re.match(r"\s*\[\s*unsupported\s*\]", line)), 1)
    where = f"{path}:{number}"
    if not isinstance(table, dict):
        raise BaselineError(f"{where}: unsupported must be a table: [unsupported]")
    _only(where, "unsupported: ", table, ("features", "reason"))
    features, reason = table.get("features"), table.get("reason", "")
    if not isinstance(features, list) or not features or not all(map(_is_flag, features)):
        raise BaselineError(f'{where}: unsupported: features must be a list of flags of ssl, as in ["HAS_PSK"]')
    if not isinstance(reason, str):
        raise BaselineError(f"{where}: unsupported: reason must be text")
    return Unsupported(frozenset(features), _reason(where, "unsupported", reason), where)


def _is_flag(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"HAS_\w+", value) is not None


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
        reason=_reason(where, repr(name), table.get("reason", "")),
        where=where,
        issue=table.get("issue", ""),
        match=_match(where, name, table.get("match")),
        when=_when(where, name, table.get("when", {})),
        run=table.get("run", True),
        until=table.get("until"),
        pattern=_todays(name),
    )


def _todays(name: str) -> str:
    """The id or glob with the name that its scenario has today."""
    scenario, at, variant = name.partition("@")
    return releases.current().now(scenario) + at + variant


def _verdicts(where: str, name: str, value: Any) -> frozenset[Verdict]:
    names = [value] if isinstance(value, str) else value
    possible = ", ".join(verdict.value for verdict in Verdict if verdict in EXPECTABLE)
    if not isinstance(names, list) or not names:
        raise BaselineError(f"{where}: {name!r} must say which verdict is expected: one or a list of {possible}")
    try:
        verdicts = frozenset(Verdict(item) for item in names)
    except ValueError:
        verdicts = frozenset()
    if not verdicts or not verdicts <= EXPECTABLE:
        raise BaselineError(f"{where}: {name!r}: verdict {value!r} cannot be expected; there are {possible}")
    if verdicts <= EXPECTED:
        raise BaselineError(f"{where}: {name!r} expects what is expected anyway: remove the entry")
    return verdicts


def _reason(where: str, what: str, reason: str) -> str:
    if UNREVIEWED in reason.upper():
        return reason  # `baseline check` asks for better; what it quotes of an implementation may say anything
    marks = [mark for mark in _PROMISES if mark in reason.upper()]
    if marks:
        raise BaselineError(f"{where}: {what}: the reason says {marks[0]}; say why, in {FEWEST_WORDS} words or more")
    if len(reason.split()) < FEWEST_WORDS:
        raise BaselineError(f"{where}: {what}: the reason {reason!r} is short of {FEWEST_WORDS} words")
    return reason


def _match(where: str, name: str, pattern: str | None) -> str | None:
    try:
        re.compile(pattern or "")
    except re.error as problem:
        raise BaselineError(f"{where}: {name!r}: match is no regular expression: {problem}") from problem
    return pattern


def _when(where: str, name: str, table: dict[str, Any]) -> dict[str, str]:
    _only(where, f"{name!r}: when: ", table, conditions.KEYS)
    for key, value in table.items():
        if not isinstance(value, str):
            raise BaselineError(f"{where}: {name!r}: when.{key} must be text")
        try:
            conditions.check(key, value)
        except ValueError as problem:
            raise BaselineError(f"{where}: {name!r}: when.{key}: {problem}") from problem
    return dict(table)


def _only(where: object, what: str, table: dict[str, Any], keys: tuple[str, ...]) -> None:
    unknown = sorted(set(table) - set(keys))
    if unknown:
        raise BaselineError(f"{where}: {what}unknown key {unknown[0]!r}; there are {', '.join(keys)}")


def _repeated(entries: list[Entry]) -> list[BaselineError]:
    """A problem for each entry that stands there twice: the same id under the same conditions."""
    seen: dict[tuple[str, str], Entry] = {}
    problems = []
    for entry in entries:
        first = seen.setdefault((entry.id, repr(sorted(entry.when.items()))), entry)
        if first is not entry:
            line = first.where.rpartition(":")[2]
            problems.append(BaselineError(f"{entry.where}: {entry.id!r} stands on line {line} already"))
    return problems
