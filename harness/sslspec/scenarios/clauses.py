"""Reads suites/clauses/: every sentence of the documentation and of the RFCs that the suite answers for, as data.

What a clause says stands in the TOML files, whose form suites/clauses/README.md describes; which scenarios test it
stands in the scenarios. Nothing here knows of scenarios, and nothing needs more than the standard library.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import toml

FORMAT = 1
LEVELS = ("must", "should", "observed")
_GROUP = re.compile(
    r"ssl(\.\w+)*|ssl-[a-z0-9_]+|asyncio(\.\w+)+|What's New 3\.\d+|"
    r"RFC \d{3,5} (([A-Z]\.)?\d+(\.\d+)*|Appendix [A-Z](\.\d+)*)"
)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_VERSION = re.compile(r"3\.\d{1,2}")


class ClauseError(ValueError):
    """The catalogue says something that cannot be meant; the message is one line that names file and clause."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A sentence that can be broken. `reason` says why no scenario tests it; it is empty where one has to."""

    group: str
    slug: str
    says: str
    page: str
    level: str = "must"
    since: str = ""
    until: str = ""
    reason: str = ""

    @property
    def id(self) -> str:
        """What a scenario's mark names: ``ssl.MemoryBIO.read:up-to-n``, ``RFC 8446 6.1:close-notify-first``."""
        return f"{self.group}:{self.slug}"


@dataclass
class Catalogue:
    """Clauses by id, groups and pages in the order of the files, and names that share another name's clauses."""

    clauses: dict[str, Clause] = field(default_factory=dict)
    groups: dict[str, list[Clause]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    same: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)  # pattern of public names -> the group that speaks for them
    setters: list[str] = field(default_factory=list)  # public names by which something is set or loaded
    public: list[str] = field(default_factory=list)  # every public name of the module, its classes' members too

    def knows(self, name: str) -> bool:
        """Whether a mark may say this: a clause, a group, or a name that shares a group."""
        return name in self.clauses or self.same.get(name, name) in self.groups

    def group_of(self, public: str) -> str | None:
        """The group that speaks for a public name, as ``ssl.SSLContext.options``; None if there is none."""
        named = self.same.get(public, public)
        if named in self.groups:
            return named
        short = public.removeprefix("ssl.")
        return next((group for pattern, group in self.names.items() if fnmatch.fnmatchcase(short, pattern)), None)


def is_name(text: str) -> bool:
    """Whether `text` has the form of a clause's id or of a group's name, known or not."""
    group, colon, slug = text.partition(":")
    return bool(_GROUP.fullmatch(group)) and (not colon or bool(_SLUG.fullmatch(slug)))


def precise(names: Iterable[str]) -> tuple[str, ...]:
    """`names` in order, each once, without groups of which a clause is named as well."""
    listed = list(dict.fromkeys(names))
    refined = {name.partition(":")[0] for name in listed if ":" in name}
    return tuple(name for name in listed if name not in refined)


def load(folder: Path) -> Catalogue:
    """The catalogue. Raises ClauseError."""
    catalogue = Catalogue()
    for path in sorted(folder.glob("*.toml")):
        try:
            data = toml.loads(path.read_text(encoding="utf-8"))
        except toml.TOMLDecodeError as error:
            raise ClauseError(f"{path.name}: {error}") from error
        _add_page(catalogue, path.stem, data)
    names = folder / "public-names.json"
    if names.exists():
        catalogue.public = [f"ssl.{name}" for name in json.loads(names.read_text(encoding="utf-8"))]
    for name, other in catalogue.same.items():
        if other not in catalogue.groups or name in catalogue.groups:
            raise ClauseError(f"same: {name!r} cannot stand for {other!r}")
    return catalogue


def _add_page(catalogue: Catalogue, page: str, data: Mapping[str, Any]) -> None:
    if data.get("format") != FORMAT:
        raise ClauseError(
            f"{page}.toml: format is {data.get('format')!r}; this version of sslspec reads format {FORMAT}"
        )
    for key, value in data.items():
        if key == "title":
            catalogue.titles[page] = value
        elif key == "same":
            catalogue.same.update(value)
        elif key == "setters":
            catalogue.setters += value
        elif key != "format":
            _add_group(catalogue, page, key, value)
    if page not in catalogue.titles:
        raise ClauseError(f"{page}.toml: no title")


def _add_group(catalogue: Catalogue, page: str, group: str, table: Any) -> None:
    where = f"{page}.toml: {group}"
    if not isinstance(table, dict) or not _GROUP.fullmatch(group) or group in catalogue.groups:
        raise ClauseError(f'{where}: no group of its own; write ["ssl.Name.method"] or ["RFC 8446 4.2.11"], once')
    shared = {key: table[key] for key in ("since", "until", "level") if isinstance(table.get(key), str)}
    catalogue.groups[group] = []
    for key, value in table.items():
        if key in shared:
            continue
        if key == "names":
            catalogue.names.update(dict.fromkeys(value, group))
            continue
        clause = _clause(f"{where}:{key}", group, key, page, {**shared, **_fields(value)})
        catalogue.clauses[clause.id] = clause
        catalogue.groups[group].append(clause)
    if not catalogue.groups[group]:
        raise ClauseError(f"{where}: says nothing")


def _fields(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"says": value}


def _clause(where: str, group: str, slug: str, page: str, fields: dict[str, Any]) -> Clause:
    if unknown := set(fields) - {"says", "level", "since", "until", "reason"}:
        raise ClauseError(f"{where}: unknown {', '.join(sorted(unknown))}")
    if not all(isinstance(value, str) for value in fields.values()):
        raise ClauseError(f"{where}: everything said is text")
    clause = Clause(group=group, slug=slug, page=page, **fields)
    if not _SLUG.fullmatch(slug):
        raise ClauseError(f"{where}: {slug!r} is no slug; write lower-case words joined by hyphens")
    if not clause.says.endswith("."):
        raise ClauseError(f"{where}: a clause is a sentence")
    if clause.level not in LEVELS:
        raise ClauseError(f"{where}: level {clause.level!r} is none of {', '.join(LEVELS)}")
    if not all(_VERSION.fullmatch(version) for version in (clause.since, clause.until) if version):
        raise ClauseError(f"{where}: a version is written as '3.13'")
    if clause.reason and len(clause.reason.split()) < 5:
        raise ClauseError(f"{where}: a reason has five words or more")
    return clause
