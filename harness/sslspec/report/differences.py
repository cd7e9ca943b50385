"""Two lists of steps side by side: which are alike, which are not, and which words of those differ.

Steps are aligned, so that one more of them in the middle does not make all that follow different.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sslspec.compare import rendering

_CONTEXT = 1  # equal steps that are kept around different ones
_MOST = 24  # lines of one difference
_ALIGNED = 400  # steps up to which they are aligned; beyond, it would take longer than anybody waits
_LONGEST = 400  # characters of a step

Step = dict[str, Any]
Words = tuple[tuple[bool, str], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference: the steps left and right, each None where that side has none.

    `skipped` is how many steps, equal on both sides, stand in this line's place.
    """

    left: Words | None = None
    right: Words | None = None
    skipped: int = 0

    @property
    def is_equal(self) -> bool:
        """Whether both sides say the same."""
        return self.left == self.right


@dataclass(frozen=True, slots=True)
class Difference:
    """The lines to show, and how many more would have followed them."""

    lines: tuple[Line, ...]
    more: int = 0

    @property
    def essence(self) -> tuple[Line, ...]:
        """The lines that differ, without those around them: equal where two variants differ in the same way."""
        return tuple(line for line in self.lines if not line.is_equal)


NONE = Difference(())


def step(value: Any) -> str:
    """A recorded step as a reader writes it, on one line that is not too long."""
    return _cut(rendering.step(_sound(value)))


def between(before: Sequence[Any], after: Sequence[Any]) -> Difference:
    """What of `after` is not as in `before`, with a step of context; no lines where all is alike."""
    if before == after:
        return NONE
    pairs = list(_aligned([_sound(value) for value in before], [_sound(value) for value in after]))
    lines = list(_with_context([_told(*pair) for pair in pairs]))
    return Difference(tuple(lines[:_MOST]), max(0, len(lines) - _MOST))


def _sound(value: Any) -> Step:
    """A step; what a damaged file has in its place is shown as it is."""
    return value if isinstance(value, dict) else {"actor": "subject", "call": str(value), "outcome": ""}


def _told(left: Step | None, right: Step | None) -> tuple[str | None, str | None]:
    """Two steps in words; of long lists what only one of them has."""
    ours, theirs = rendering.beside(left, right)
    return None if left is None else _cut(ours), None if right is None else _cut(theirs)


def _cut(said: str) -> str:
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


def _aligned(before: list[Step], after: list[Step]) -> Iterator[tuple[Step | None, Step | None]]:
    """Pairs of steps; None on the side that has nothing there."""
    left, right = [rendering.step(one) for one in before], [rendering.step(one) for one in after]
    if max(len(left), len(right)) > _ALIGNED:
        matches = [("replace", 0, len(left), 0, len(right))]
    else:
        matches = list(difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes())
    for _, from_left, to_left, from_right, to_right in matches:
        ours, theirs = before[from_left:to_left], after[from_right:to_right]
        for number in range(max(len(ours), len(theirs))):
            yield (
                ours[number] if number < len(ours) else None,
                theirs[number] if number < len(theirs) else None,
            )


def _with_context(pairs: list[tuple[str | None, str | None]]) -> Iterator[Line]:
    different = [number for number, (left, right) in enumerate(pairs) if left != right]
    near = {other for number in different for other in range(number - _CONTEXT, number + _CONTEXT + 1)}
    skipped = 0
    for number, (left, right) in enumerate(pairs):
        if number not in near:
            skipped += 1
            continue
        if skipped:
            yield Line(skipped=skipped)
            skipped = 0
        yield _line(left, right)
    if skipped:
        yield Line(skipped=skipped)


def _line(left: str | None, right: str | None) -> Line:
    if left is None or right is None or left == right:
        return Line(_plain(left), _plain(right))
    ours, theirs = left.split(" "), right.split(" ")
    marked: tuple[list[tuple[bool, str]], list[tuple[bool, str]]] = ([], [])
    for kind, a, b, c, d in difflib.SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        for side, words in zip(marked, (ours[a:b], theirs[c:d]), strict=True):
            if words:
                side.append((kind != "equal", " ".join(words)))
    return Line(tuple(marked[0]), tuple(marked[1]))


def _plain(text: str | None) -> Words | None:
    return None if text is None else ((False, text),)
