"""What became of one scenario, and the shelves on which what is different is kept, sorted by kind.

Nothing here reads a record or shows anything.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import InitVar, dataclass, field
from typing import IO, Any, Generic, TypeVar

from sslspec.compare.kinds import Kind
from sslspec.results.record import Header, Reader, Record, Result
from sslspec.verdicts import EXPECTED

Source = Record | Reader
IN_MEMORY = 200  # of what stands on a shelf; the rest lies in a file

_Thing = TypeVar("_Thing")


@dataclass(slots=True)
class Change:
    """One scenario that is not as it was."""

    before: Result
    after: Result

    @property
    def is_regression(self) -> bool:
        """It was as the clause demands, or did not apply, and is neither now."""
        return self.before.verdict in EXPECTED and self.after.verdict not in EXPECTED

    @property
    def is_fix(self) -> bool:
        """The other way round."""
        return self.before.verdict not in EXPECTED and self.after.verdict in EXPECTED

    @property
    def same_verdict(self) -> bool:
        """Only the steps, or the failure, are others."""
        return self.before.verdict is self.after.verdict

    @property
    def other_failure(self) -> bool:
        """What came instead is another, whatever its wording."""
        return bool(_failure(self.before) != _failure(self.after))

    @property
    def kind(self) -> Kind | None:
        """What became of it; None where nothing is different."""
        if self.is_regression:
            return Kind.REGRESSION
        if self.is_fix:
            return Kind.FIX
        if not self.same_verdict:
            return Kind.OTHER
        return Kind.STEPS if self.before.steps != self.after.steps or self.other_failure else None


@dataclass(slots=True)
class Group:
    """Variants of one scenario that changed alike: the first of them, all their ids and peers, and why."""

    change: Change
    ids: list[str]
    peers: list[str]
    reasons: list[str]

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        sides = [self.change.before.to_json(), self.change.after.to_json()]
        return {"sides": sides, "ids": self.ids, "peers": self.peers, "reasons": self.reasons}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Group:
        """What `to_json` gave."""
        before, after = map(Result.from_json, value["sides"])
        return cls(Change(before, after), value["ids"], value["peers"], value["reasons"])


class Shelf(Generic[_Thing]):
    """Things in the order in which they came; beyond `most` they are only counted.

    `len()` counts what things stand for, `things` themselves. What does not fit into IN_MEMORY lies in a file that is
    gone with the process.
    """

    def __init__(
        self, encode: Callable[[_Thing], Any], decode: Callable[[Any], _Thing], most: int | None = None
    ) -> None:
        self.things = 0
        self._length = 0
        self._most = most
        self._encode = encode
        self._decode = decode
        self._here: list[_Thing] = []
        self._there: IO[str] | None = None

    def add(self, thing: _Thing, stands_for: int = 1) -> None:
        """Put a thing behind the others."""
        self._length += stands_for
        self.things += 1
        if self._most is not None and self.things > self._most:
            return
        if len(self._here) < IN_MEMORY:
            self._here.append(thing)
            return
        if self._there is None:
            self._there = tempfile.TemporaryFile("w+", encoding="utf-8", prefix="sslspec-")  # noqa: SIM115 - see __del__
        self._there.seek(0, 2)
        self._there.write(json.dumps(self._encode(thing)) + "\n")

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[_Thing]:
        yield from self._here
        if self._there is not None:
            self._there.seek(0)
            while line := self._there.readline():
                yield self._decode(json.loads(line))

    def __del__(self) -> None:
        with contextlib.suppress(Exception):
            if self._there is not None:
                self._there.close()


@dataclass(slots=True)
class Side:
    """One of the two: the `word` for it, and who was tested."""

    word: str
    header: Header
    path: Any = None


@dataclass(slots=True)
class Comparison:
    """Two sides, and what is different; each shelf sorted by id.

    `names` are the two columns where those of one run are compared with each other. Of each kind at most `most` groups
    are kept. Where `alone_matters` is False nothing is told of what has nothing beside it.
    """

    before: Side
    after: Side
    most: InitVar[int | None] = None
    regressions: Shelf[Group] = field(init=False)
    fixes: Shelf[Group] = field(init=False)
    others: Shelf[Group] = field(init=False)
    steps: Shelf[Group] = field(init=False)
    added: Shelf[Result] = field(init=False)
    gone: Shelf[Result] = field(init=False)
    unchanged: int = 0
    warnings: list[str] = field(default_factory=list)
    names: tuple[str, str] | None = None
    alone_matters: bool = True

    def __post_init__(self, most: int | None) -> None:
        self.regressions, self.fixes, self.others, self.steps = (
            Shelf(Group.to_json, Group.from_json, most) for _ in range(4)
        )
        self.added, self.gone = (Shelf(Result.to_json, Result.from_json, most) for _ in range(2))

    @property
    def differs(self) -> bool:
        """Whether anything at all is different."""
        return bool(self.regressions or self.fixes or self.others or self.steps or self.added or self.gone)


def _failure(result: Result) -> tuple[object, object]:
    """What a failure is, without its wording."""
    return result.detail.get("came"), result.detail.get("crash")
