"""The circumstances of a result, and the conditions under which a baseline's entry holds.

A condition is a key of ``when`` and its text; each key stands in one table, with what is asked of its text and when it
is so. Nothing here knows entries or files.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sslspec.results.record import Result
from sslspec.results.software import CPYTHON, Software, numbers

Version = tuple[int, ...]

_COMPARISONS: dict[str, Callable[[Version, Version], bool]] = {
    "<=": lambda have, want: have[: len(want)] <= want,
    ">=": lambda have, want: have >= want,
    "==": lambda have, want: have[: len(want)] == want,
    "!=": lambda have, want: have[: len(want)] != want,
    "<": lambda have, want: have < want,
    ">": lambda have, want: have[: len(want)] > want,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """Where a scenario runs, as far as a baseline may ask: `library` is openssl, libressl, ... in lower case.

    `interpreter` is the implementation of Python, as ``sys.implementation.name`` has it: cpython, pypy, ...
    `features` are the ``HAS_*`` flags that the implementation sets.
    """

    implementation: str
    peer: str = ""
    python: Version = ()
    openssl: Version = ()
    platform: str = sys.platform
    library: str = ""
    interpreter: str = CPYTHON
    features: frozenset[str] = frozenset()

    @classmethod
    def of(cls, description: Mapping[str, Any], peer: str) -> Facts:
        """The facts of an implementation as a record's header describes it."""
        software = Software.of(description)
        return cls(
            implementation=software.implementation,
            peer=peer,
            python=numbers(software.python),
            openssl=numbers(software.library_version),
            library=software.library.lower(),
            interpreter=software.interpreter or CPYTHON,
            features=frozenset(map(str, description.get("features", ()))),
        )


FactsOf = Callable[[Result], Facts]


def facts_in(implementations: Mapping[str, Mapping[str, Any]]) -> FactsOf:
    """What gives the facts of a result, by what a record's header says of its columns."""

    @functools.cache
    def facts(column: str, peer: str) -> Facts:
        return Facts.of({"name": column, **implementations.get(column, {})}, peer)

    return lambda result: facts(result.implementation, result.peer)


def holds(when: Mapping[str, str], facts: Facts) -> bool:
    """True where all of `when` is so."""
    return all(_KEYS[key](value, facts) for key, value in when.items())


def check(key: str, value: str) -> None:
    """Raise ValueError, with what is wrong, where the text of a condition cannot be understood."""
    if key in ("python", "openssl"):
        _version_holds(value, (0,))


def _version_holds(specifier: str, have: Version) -> bool:
    """True where a version is within ``>=3.12,<3.14``; ValueError where that is not understood."""
    for part in specifier.split(","):
        found = re.fullmatch(r"\s*(<=|>=|==|!=|<|>)\s*(\d+(?:\.\d+)*)\s*", part)
        if found is None:
            raise ValueError(f"{part.strip()!r} is no comparison such as '>=3.12'")
        if not _COMPARISONS[found[1]](have, numbers(found[2])):
            return False
    return True


_KEYS: dict[str, Callable[[str, Facts], bool]] = {
    "python": lambda value, facts: _version_holds(value, facts.python),
    "openssl": lambda value, facts: _version_holds(value, facts.openssl),
    "platform": lambda value, facts: facts.platform.startswith(value),
    "library": lambda value, facts: facts.library.lower() == value.lower(),
    "interpreter": lambda value, facts: facts.interpreter == value.lower(),
    "peer": lambda value, facts: facts.peer == value,
}
KEYS = tuple(_KEYS)
