"""What a command line selects by globs, areas and levels; and what is to be said of a part of it that selects nothing.

Beside others that select something, a misspelt one would be seen by nobody. Before a run only names are known, as they
stand in the suite's files; which variants there were is known behind it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from sslspec import layout
from sslspec.scenarios import listing

_GLOB = frozenset("*?[")


class SelectionError(Exception):
    """Something that was asked for is not there; the text is one line that names it and what is near."""


def areas() -> list[str]:
    """The areas of the suite."""
    return sorted({path.parent.name for path in layout.suites().glob("*/test_*.py")})


def selection(globs: Sequence[str]) -> tuple[str, ...]:
    """The globs of -k; a plain name also stands for everything below it."""
    return tuple(dict.fromkeys([*globs, *(below for glob in globs if (below := _below(glob)))]))


def check(globs: Sequence[str] = (), wanted: Sequence[str] = (), level: str | None = None) -> None:
    """Raise SelectionError where an area of `wanted` is none, or no scenario of areas and level has a glob's name."""
    wrong = next((area for area in wanted if area not in areas()), None)
    if wrong is not None:
        raise SelectionError(f"--area {wrong}: no such area; there are {', '.join(areas())}")
    if not globs:
        return
    every = listing.scenarios()
    names = [one.id for one in every if (not wanted or one.area in wanted) and level in (None, one.level)]
    for glob in globs:
        if not glob:
            raise SelectionError("-k '': names nothing; -k '*' is everything")
        if names and not any(_names(glob, name) for name in names):
            there = any(_names(glob, one.id) for one in every)
            within = [f"--area {area}" for area in wanted] + ([f"--level {level}"] if level else [])
            rest = f" with {' '.join(within)}" if there else hint(glob, [one.id for one in every])
            raise SelectionError(f"-k {shlex.quote(glob)}: fits no scenario{rest}")


def reaches(glob: str, name: str) -> bool:
    """Whether a glob fits a scenario's name, or may fit a variant of it: a star of ``area/*tls13*`` goes as far."""
    before, at, _ = glob.partition("@")
    stars = [] if at else [number for number, character in enumerate(before, 1) if character == "*"]
    starts = [before[:end] for end in stars if "/" not in before[end:]]  # which no variant has in it
    return any(fnmatchcase(name, one) for one in (before, *starts))


def missed(globs: Sequence[str], ids: Iterable[str]) -> list[tuple[str, bool]]:
    """The globs that no execution fits, by ids with variants; True where only the variant is not there."""
    found = list(ids)
    names = {each.partition("@")[0] for each in found}
    idle = [glob for glob in globs if not any(_fits(glob, each) for each in found)]
    return [(glob, any(_names(glob, name) for name in names)) for glob in idle]


def hint(glob: str, names: Sequence[str]) -> str:
    """What to say behind a glob that fits none of these names: "; near it: ...", or where to look."""
    import difflib  # only a mistyped glob needs it

    literal = re.split(r"[*?\[@]", glob)[0].rstrip("/")
    known = dict.fromkeys("/".join(name.split("/")[: literal.count("/") + 1]) for name in names)
    near = [shlex.quote(each + glob[len(literal) :]) for each in difflib.get_close_matches(literal, known)]
    wide = f"*{glob.strip('*/')}*"
    if wide != glob and any(fnmatchcase(name, wide) for name in names):
        near.insert(0, shlex.quote(wide))
    return f"; near it: {', '.join(near)}" if near else "; `sslspec list` shows all"


def near_clauses(name: str, every: Iterable[listing.Scenario]) -> str:
    """The same for the name of a clause, or of a group of clauses, that no scenario cites."""
    import difflib

    cited = {clause for scenario in every for clause in scenario.clauses}
    near = difflib.get_close_matches(name, sorted(cited | {clause.partition(":")[0] for clause in cited}))
    return f"; near it: {', '.join(map(shlex.quote, near))}" if near else "; `sslspec show ID` names a scenario's"


def _below(glob: str) -> str:
    """What a plain name stands for besides itself; "" for a glob and for an id with its variant."""
    return "" if set(glob) & (_GLOB | {"@"}) else f"{glob.rstrip('/')}/*"


def _fits(glob: str, scenario_id: str) -> bool:
    base = scenario_id.partition("@")[0]
    return any(fnmatchcase(scenario_id, one) or fnmatchcase(base, one) for one in (glob, _below(glob)) if one)


def _names(glob: str, name: str) -> bool:
    """Whether a scenario or one of its variants may be what a glob of -k means."""
    return _fits(glob.partition("@")[0], name) or reaches(glob, name)
