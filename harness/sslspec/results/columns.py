"""How the columns of a record are told apart: by the facts of what was tested, and named by as few of them as it takes.

In a run of one interpreter a column is called as its implementation is. Where two of one name are different ones, the
version of Python is appended, then OpenSSL's, then what else is different. Nobody reads facts back out of such a name.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sslspec.results.software import Software

Facts = Mapping[str, Any]
SHARD = "shard"  # which part of a run a column holds: says nothing of who was tested


def identity(facts: Facts) -> str:
    """One text for everything that tells an implementation from another."""
    return json.dumps({name: value for name, value in facts.items() if name != SHARD}, sort_keys=True)


def names(columns: Sequence[tuple[str, Facts]]) -> list[str]:
    """A name for each (present name, facts), each only once, and the present one where it can stay.

    ``ssl`` of two Pythons becomes ``ssl@3.10.13`` and ``ssl@3.13.0``, of PyPy ``ssl@pypy3.11.15``; that of one Python
    on two OpenSSLs ``ssl@3.13.0+3.0.19`` and ``ssl@3.13.0+3.6.5``.
    """
    found = [name for name, _ in columns]
    for longer in _LONGER:
        often = Counter(found)
        if len(often) == len(found):
            return found
        found = [
            longer(name, facts) if often[name] > 1 else name for name, (_, facts) in zip(found, columns, strict=True)
        ]
    seen: Counter[str] = Counter()
    for number, name in enumerate(found):
        seen[name] += 1
        found[number] = f"{name}#{seen[name]}" if seen[name] > 1 else name
    return found


def split(column: str) -> tuple[str, str]:
    """The implementation's own name and the Python, as people read a column: ``ssl`` and ``3.10.13``, or ""."""
    name, _, python = column.partition("@")
    return name, python


def in_order(names: Iterable[str]) -> list[str]:
    """Columns as they stand beside each other: ssl first, then by name; CPython 3.9, 3.10, PyPy."""
    return sorted(names, key=_place)


def _place(name: str) -> tuple[bool, str, str, list[tuple[int, str]]]:
    implementation, label = split(name)
    python, *rest = re.findall(r"\d+|\D+", label) if label[:1].isalpha() else ["", *re.findall(r"\d+|\D+", label)]
    return implementation != "ssl", implementation, python, [(int(p), "") if p.isdecimal() else (-1, p) for p in rest]


def _with_python(name: str, facts: Facts) -> str:
    software = Software.of(facts)
    return f"{software.implementation or name}@{software.python_name}" if software.python else name


def _with_openssl(name: str, facts: Facts) -> str:
    return _plus(name, Software.of(facts).library_version)


def _plus(name: str, what: object) -> str:
    return f"{name}+{what}" if what else name


# What is appended, in turn, to the names that are still equal.
_LONGER: tuple[Callable[[str, Facts], str], ...] = (
    _with_python,
    _with_openssl,
    lambda name, facts: _plus(name, facts.get("version")),
    lambda name, facts: _plus(name, facts.get("platform")),
    lambda name, facts: _plus(name, facts.get("suite") and f"sslspec-{facts['suite']}"),
    lambda name, facts: _plus(name, facts.get("profile")),
)
