"""Profiles: which part of ssl an implementation is held to, for one that implements a part on purpose.

A TOML file says what is left out, each time with the reason; what is left out is inapplicable, not failed and not
unsupported. Nothing here runs anything.
"""

from __future__ import annotations

import difflib
import fnmatch
import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslspec import layout, toml
from sslspec.scenarios import listing, selecting
from sslspec.scenarios.axes import AXES
from sslspec.scenarios.clauses import load as load_clauses
from sslspec.scenarios.releases import current

FORMAT = 1
FEWEST_WORDS = 5
_KEYS = ("scenarios", "clauses", "features", "roles", "transports")
_KINDS = ("only", "outside")
_ROLES = ("client", "server", "both")


class ProfileError(Exception):
    """A profile cannot be used; the text is one line that names the file and the way out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an execution stands, as far as a profile may ask; `role` and `transport` are None without a connection."""

    id: str
    clauses: tuple[str, ...]
    features: tuple[str, ...] = ()
    role: str | None = None
    transport: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One table of a profile. `only` turns it round: left out is what does not fit. `where` is its file and line."""

    only: bool
    reason: str
    wanted: dict[str, tuple[str, ...]]
    where: str = ""

    def leaves_out(self, place: Place) -> bool:
        """True where the rule says that an execution does not belong."""
        fitting = [self._heeds(key, values, place) for key, values in self.wanted.items()]
        known = [fits for fits in fitting if fits is not None]
        if self.only:
            return not all(known)
        return len(known) == len(fitting) and all(known)

    def _heeds(self, key: str, values: tuple[str, ...], place: Place) -> bool | None:
        """Whether an execution fits one key; None where the key asks for what the execution has not."""
        if key == "scenarios":
            return _fits(values, place.id, "@")
        if key in ("roles", "transports"):
            point = place.role if key == "roles" else place.transport
            return None if point is None else point in values
        found = place.features if key == "features" else place.clauses
        if key == "clauses" and self.only:  # a protocol has no names that could be left undone
            of_ssl = [clause for clause in found if clause.startswith("ssl.")]
            return all(_fits(values, clause, ":") for clause in of_ssl) if of_ssl else None
        return any(_fits(values, each, ":") for each in found)


@dataclass(frozen=True, slots=True)
class Profile:
    """What belongs to a part of ssl; `title` is a sentence of what that part is."""

    name: str
    title: str = ""
    rules: tuple[Rule, ...] = ()

    def has(self, scenario: listing.Scenario) -> bool:
        """Whether any execution of a scenario belongs, as far as its text tells."""
        return any(not self.why_not(place) for place in places(scenario))

    def why_not(self, place: Place) -> str:
        """Why an execution does not belong, or "" where it does: the reason of the first rule that leaves it out."""
        return next((f"profile {self.name}: {rule.reason}" for rule in self.rules if rule.leaves_out(place)), "")


def places(scenario: listing.Scenario) -> list[Place]:
    """Where the executions of a scenario stand, as far as its text tells."""
    features = tuple(map(str, scenario.marks.get("feature", ())))
    if not scenario.ends:
        return [Place(scenario.id, scenario.clauses, features)]
    if scenario.ends == "couple":
        return [Place(scenario.id, scenario.clauses, features, "both", "memory")]
    marked = {axis: scenario.marks.get(axis, AXES[axis][1]) for axis in ("roles", "transports")}
    roles, transports = (AXES[axis][0] if points == ("all",) else points for axis, points in marked.items())
    return [
        Place(scenario.id, scenario.clauses, features, role, transport)
        for role, transport in itertools.product(roles, transports)
    ]


EVERYTHING = Profile("everything", "All of ssl.")


def names() -> list[str]:
    """The profiles that come with the suite."""
    return sorted([EVERYTHING.name, *(path.stem for path in layout.profiles().glob("*.toml"))])


def load(given: str) -> Profile:
    """The profile of this name, or in this file (``*.toml``). Raises ProfileError."""
    if given in ("", EVERYTHING.name):
        return EVERYTHING
    path = Path(given) if given.endswith(".toml") else layout.profiles() / f"{given}.toml"
    if not given.endswith(".toml") and given not in names():
        raise ProfileError(f"{given}: no such profile; there are {', '.join(names())}, or name a file: ./mine.toml")
    try:
        text = path.read_text(encoding="utf-8")
        table = toml.loads(text)
    except OSError as problem:
        raise ProfileError(f"{given}: cannot be read ({problem.strerror})") from problem
    except (toml.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise ProfileError(f"{given}: is no TOML: {problem}") from problem
    return _profile(str(given), path.stem, table, text)


def checked(given: str) -> str:
    """The same profile for a process that may run elsewhere: a file by its whole path.

    Raises ProfileError, also where a rule speaks of nothing that the suite has.
    """
    refuse_idle(load(given))
    return str(Path(given).absolute()) if given.endswith(".toml") else given


def refuse_idle(profile: Profile) -> None:
    """Raise ProfileError for a rule that matches nothing in the whole suite, for whatever version, peer or variant.

    It is misspelt, and nobody would notice: what it was to leave out is run.
    """
    if not profile.rules:
        return
    every = listing.scenarios()
    spoken_of = _spoken_of(every)
    standing = [place for scenario in every for place in places(scenario)]
    for rule in profile.rules:
        what = f"{rule.where}: [[{'only' if rule.only else 'outside'}]]"
        for key, names in spoken_of.items():
            for value in rule.wanted.get(key, ()):
                if not any(selecting.reaches(value, name) for name in names):
                    raise ProfileError(
                        f"{what}: {key}: {value!r} matches nothing in the suite; {_instead(value, names)}"
                    )
        names = spoken_of["scenarios"]
        # Variants stand in no text: what means some of them may leave something out.
        by_variant = any(not fnmatch.filter(names, glob) for glob in rule.wanted.get("scenarios", ()))
        if not (by_variant or any(rule.leaves_out(place) for place in standing)):
            raise ProfileError(f"{what}: leaves nothing out: no scenario fits {' and '.join(rule.wanted)} at once")


def _instead(value: str, names: Iterable[str]) -> str:
    """What to do about a name of which the suite does not speak."""
    if shared := load_clauses(layout.clauses()).same.get(value):
        return f"its clauses are those of {shared}"
    near = ", ".join(difflib.get_close_matches(value, list(names)))
    return f"near it: {near}" if near else "remove it, or correct it"


def _spoken_of(every: Iterable[listing.Scenario]) -> dict[str, list[str]]:
    """The names that rules may speak of; those that scenarios once had are no mistake of an older profile."""
    releases = current()
    ids = {scenario.id for scenario in every} | releases.renamed.keys() | releases.withdrawn.keys()
    clauses = set(load_clauses(layout.clauses()).clauses)
    features: set[str] = set()
    for scenario in every:
        clauses.update(scenario.clauses)
        features.update(map(str, scenario.marks.get("feature", ())))
    named = clauses | {clause.partition(":")[0] for clause in clauses}
    return {"scenarios": sorted(ids), "clauses": sorted(named), "features": sorted(features)}


def _profile(where: str, name: str, table: dict[str, Any], text: str) -> Profile:
    _only(where, "", table, ("format", "title", *_KINDS))
    if table.get("format") != FORMAT:
        raise ProfileError(f"{where}: format is {table.get('format')!r}; this sslspec reads format = {FORMAT}")
    if not isinstance(table.get("title"), str):
        raise ProfileError(f"{where}: title must say in a sentence what the profile is")
    rules = [_rule(place, kind, each) for kind in _KINDS for place, each in _tables(where, kind, table, text)]
    return Profile(name, table["title"], tuple(rules))


def _tables(where: str, kind: str, table: dict[str, Any], text: str) -> list[tuple[str, dict[str, Any]]]:
    """The tables of a kind, each with its file and line."""
    found = table.get(kind, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise ProfileError(f"{where}: {kind} must be tables: [[{kind}]]")
    numbers = [n for n, line in enumerate(text.split("\n"), 1) if re.match(rf"\s*\[\[\s*{kind}\s*\]\]", line)]
    numbers += [1] * (len(found) - len(numbers))
    return [(f"{where}:{number}", each) for number, each in zip(numbers, found, strict=False)]


def _rule(where: str, kind: str, table: dict[str, Any]) -> Rule:
    what = f"[[{kind}]]: "
    _only(where, what, table, (*_KEYS, "reason"))
    reason = table.get("reason", "")
    if not isinstance(reason, str) or len(reason.split()) < FEWEST_WORDS:
        raise ProfileError(f"{where}: {what}the reason {reason!r} is short of {FEWEST_WORDS} words")
    wanted = {key: value for key, value in table.items() if key != "reason"}
    if not wanted:
        raise ProfileError(f"{where}: {what}says nothing of {', '.join(_KEYS)}")
    for key, value in wanted.items():
        if not isinstance(value, list) or not value or not all(isinstance(each, str) for each in value):
            raise ProfileError(f"{where}: {what}{key} must be a list of texts")
        points = {"roles": _ROLES, "transports": AXES["transports"][0]}.get(key, tuple(value))
        unknown = [each for each in value if each not in points]
        if unknown:
            raise ProfileError(f"{where}: {what}{key} has no {unknown[0]!r}; there are {', '.join(points)}")
    return Rule(kind == "only", reason, {key: tuple(value) for key, value in wanted.items()}, where)


def _only(where: str, what: str, table: dict[str, Any], keys: tuple[str, ...]) -> None:
    unknown = sorted(set(table) - set(keys))
    if unknown:
        raise ProfileError(f"{where}: {what}unknown key {unknown[0]!r}; there are {', '.join(keys)}")


def _fits(globs: Iterable[str], name: str, end: str) -> bool:
    """Whether a name, or what of it stands before `end`, fits one of the globs."""
    base = name.partition(end)[0]
    return any(fnmatch.fnmatchcase(name, glob) or fnmatch.fnmatchcase(base, glob) for glob in globs)
