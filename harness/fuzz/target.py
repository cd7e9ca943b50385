"""What a target is, and what may come of it. The targets themselves are in `targets` and beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from fuzz import mutations


class Broken(AssertionError):
    """Something happened under a target that must not, though nothing was raised by refssl itself."""


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes bytes.

    run(data) raises what must not be raised, or Broken: whatever leaves it is a finding. seeds() gives inputs to begin
    with. mutate(data, chance) gives another input, of at most `longest` bytes. calls: how many calls of refssl's
    functions one input may cost, at the most, and how many more for each byte of it. share: of the time that there is.
    """

    name: str
    about: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Iterable[bytes]]
    mutate: Callable[[bytes, Random], bytes] = mutations.havoc
    calls: tuple[int, int] = (2_000, 20)
    longest: int = 4096
    share: int = 1
