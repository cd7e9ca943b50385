"""How the columns of a record came about: what somebody has to ask for who wants one of its results again.

A run writes it into the header, under "volatile", and `sslspec.repeating` makes commands of it. It tells nothing of who
was tested: two records that differ in it alone are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sslspec.results.record import Header

_NAME = "repeat"  # under which a header has it
# What a record may put into a command: not, say, -o with somebody's file.
_OPTIONS = frozenset({"--profile", "--baseline", "--no-baseline", "--strict-new", "--timeout", "--no-install"})


@dataclass(frozen=True, slots=True)
class Way:
    """How the results of one column came about.

    `implementation` and `python` are as the command line named them; `python` is "" where that named none. `options`
    are those of ``sslspec run`` that decide what comes and what is expected, a word each (``--profile=client``);
    `peers` maps what a record calls a peer to what it was asked for as, where that is another name.
    """

    implementation: str
    python: str = ""
    options: tuple[str, ...] = ()
    peers: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        told = {"python": self.python, "options": list(self.options), "peers": dict(self.peers)}
        return {"implementation": self.implementation, **{name: value for name, value in told.items() if value}}

    @classmethod
    def from_json(cls, value: Any) -> Way:
        """What `to_json` gave; AttributeError, KeyError or TypeError where it is something else."""
        options = tuple(str(word) for word in value.get("options", ()) if str(word).partition("=")[0] in _OPTIONS)
        asked = {str(name): str(given) for name, given in value.get("peers", {}).items()}
        return cls(str(value["implementation"]), str(value.get("python", "")), options, asked)


def note_ways(header: Header, ways: Mapping[str, Way]) -> None:
    """Write into a header how its columns came about."""
    header.volatile[_NAME] = {column: way.to_json() for column, way in ways.items()}


def ways_of(header: Header) -> dict[str, Way]:
    """How the columns of a record came about; without those of which its header does not tell."""
    found = {}
    told = header.volatile.get(_NAME)
    for column, value in told.items() if isinstance(told, dict) else ():
        try:
            found[column] = Way.from_json(value)
        except (AttributeError, KeyError, TypeError):
            continue
    return found


def without_ways(header: Header) -> dict[str, Any]:
    """What a header has under "volatile", but for the ways: for where the columns are called otherwise."""
    return {name: value for name, value in header.volatile.items() if name != _NAME}
