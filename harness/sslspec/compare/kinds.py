"""What can become of an execution between two sides, and the words for it, the same in every form of a comparison.

Which of them a change is, ``changes`` says; nothing here knows a result.
"""

from __future__ import annotations

import enum


class Kind(str, enum.Enum):
    """A difference, in the order in which they are told; the values are the names of a comparison's shelves."""

    REGRESSION = "regressions"
    FIX = "fixes"
    OTHER = "others"
    STEPS = "steps"
    GONE = "gone"
    ADDED = "added"


# The heading of each kind, and what stands behind the number where it is one, and where it is another.
WORDS = {
    Kind.REGRESSION: ("regressions", "regression", "regressions"),
    Kind.FIX: ("fixed", "fixed", "fixed"),
    Kind.OTHER: ("other verdicts", "other verdict", "other verdicts"),
    Kind.STEPS: ("other behaviour, same verdict", "with other behaviour", "with other behaviour"),
    Kind.GONE: ("gone", "gone", "gone"),
    Kind.ADDED: ("added", "added", "added"),
}
# Where neither side is what the other one was: of which of the two it is told, in the place of all these words.
BESIDE = {
    Kind.REGRESSION: (0, "only {} passes"),
    Kind.FIX: (1, "only {} passes"),
    Kind.GONE: (0, "only with {}"),
    Kind.ADDED: (1, "only with {}"),
}


def title(kind: Kind, names: tuple[str, str] | None = None) -> str:
    """The heading of a kind; `names` are the two sides where neither is a later state of the other."""
    if names is not None and kind in BESIDE:
        side, words = BESIDE[kind]
        return words.format(names[side])
    return WORDS[kind][0]


def counted(kind: Kind, count: int, names: tuple[str, str] | None = None) -> str:
    """What stands behind a number of them: ``regressions``, ``with other behaviour``, ``only ssl passes``."""
    if names is not None and kind in BESIDE:
        return title(kind, names)
    return WORDS[kind][1 if count == 1 else 2]
