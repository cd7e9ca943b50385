"""Compares two descriptions of names, and finds the reason that is known for each difference.

Reasons stand in a TOML file for each implementation, as glob -> reason; one that explains nothing any more is stale.
How it all looks is tables.py's.
"""

from __future__ import annotations

import fnmatch
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import toml

MISSING = "missing"
EXTRA = "not in ssl"


class ReasonsError(Exception):
    """A file of reasons cannot be used; the text is one line."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two modules differ. what: a fact, or the way in which something was called."""

    section: str
    name: str
    what: str
    there: str
    here: str
    reason: str = ""


@dataclass(slots=True)
class Reason:
    """Why names that fit `name` differ in what fits `what`, both globs."""

    name: str
    reason: str
    what: str = "*"
    used: bool = field(default=False, repr=False)

    def explains(self, difference: Difference) -> bool:
        """Whether it is about this difference."""
        fits = fnmatch.fnmatchcase
        return fits(difference.name, self.name) and fits(difference.what, self.what)


def reasons(path: Path) -> list[Reason]:
    """What a file says, nothing where there is none. Raises ReasonsError."""
    if not os.path.exists(path):
        return []
    try:
        entries = toml.loads(path.read_text("utf-8")).get("difference", [])
        found = [Reason(**entry) for entry in entries]
    except (OSError, ValueError, TypeError, AttributeError) as problem:
        raise ReasonsError(f"{path}: {problem}") from problem
    short = [one.name for one in found if len(str(one.reason).split()) < 5]
    if short:
        raise ReasonsError(f"{path}: {short[0]}: a reason has five words or more")
    return found


def explained(found: Iterable[Difference], why: list[Reason]) -> list[Difference]:
    """The same with their reasons; the first that fits counts, and all that fit are used."""
    result = []
    for one in found:
        fitting = [reason for reason in why if reason.explains(one)]
        for reason in fitting:
            reason.used = True
        text = fitting[0].reason if fitting else ""
        result.append(Difference(one.section, one.name, one.what, one.there, one.here, text))
    return result


def between(there: dict[str, Any], here: dict[str, Any]) -> list[Difference]:
    """Every difference between two descriptions, in the order of the sections and of the names."""
    found = (
        difference
        for section, compare in _SECTIONS.items()
        for name in sorted({**there[section], **here[section]})
        for difference in _in(section, name, there[section].get(name), here[section].get(name), compare)
    )
    if _python(there) == _python(here):
        return list(found)
    return [one for one in found if not _of_python(one, there, here)]


def _python(described: dict[str, Any]) -> list[str]:
    version: str = described["implementation"]["python"]["version"]
    return version.split(".")[:2]


def _of_python(one: Difference, there: dict[str, Any], here: dict[str, Any]) -> bool:
    """Whether it is the running Python's doing: what is inherited, and what enumerations are."""
    if one.section == "objects":
        return bool(there["names"].get(one.name, {}).get("kind") == "enumeration")
    facts: dict[str, Any] = there[one.section].get(one.name) or here[one.section].get(one.name, {})
    return one.section == "names" and facts.get("kind") == "inherited"


def _in(section: str, name: str, there: Any, here: Any, compare: Any) -> Iterator[Difference]:
    if section == "names" and (there is None or here is None):
        yield Difference(section, name, MISSING if here is None else EXTRA, "", "")
    elif there is not None and here is not None:
        for what, old, new in compare(there, here):
            yield Difference(section, name, what, old, new)


Triples = Iterator[tuple[str, str, str]]


def _facts(there: dict[str, Any], here: dict[str, Any]) -> Triples:
    for what in sorted({*there, *here}):
        old, new = there.get(what), here.get(what)
        # More documentation than ssl has is welcome.
        if old != new and not (what == "doc" and new):
            yield what, _text(old), _text(new)


def _outcomes(there: dict[str, dict[str, str]], here: dict[str, dict[str, str]]) -> Triples:
    for way in sorted({*there, *here}):
        old, new = _by_label(there.get(way, {})), _by_label(here.get(way, {}))
        changed: dict[tuple[str, str], list[str]] = {}
        for label in old:
            if old[label] != new.get(label):
                changed.setdefault((old[label], new.get(label, "-")), []).append(label)
        for (before, after), labels in changed.items():
            yield f"{way}: {' '.join(labels)}", before, after


def _behaviour(there: dict[str, str], here: dict[str, str]) -> Triples:
    for what in sorted({*there, *here}):
        old, new = there.get(what, "-"), here.get(what, "-")
        if old != new:
            yield what, *_without_the_common(old, new)


def _without_the_common(old: str, new: str) -> tuple[str, str]:
    """Of two long lists of words, what only one of them has; else both as they are."""
    ours, theirs = old.split(), new.split()
    if max(len(ours), len(theirs)) < 12:
        return old, new
    only = [word for word in ours if word not in theirs], [word for word in theirs if word not in ours]
    if not any(only):
        return "another order", "another order"
    return "also " + " ".join(only[0]) if only[0] else "", "also " + " ".join(only[1]) if only[1] else ""


def _by_label(grouped: dict[str, str]) -> dict[str, str]:
    return {label: outcome for outcome, labels in grouped.items() for label in labels.split()}


def _text(value: Any) -> str:
    if value is None:
        return "-"
    return ", ".join(value) if isinstance(value, list) else str(value)


_SECTIONS = {"names": _facts, "calls": _outcomes, "objects": _behaviour, "contexts": _behaviour}
