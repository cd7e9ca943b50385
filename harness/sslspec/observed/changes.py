"""What changed from one Python to the next, or one OpenSSL to the next, and which of the written reasons explain it.

Two observations that differ in one thing alone are compared: two Pythons on the very same OpenSSL, or the other way
round. A difference without a reason is somebody's work that is not done; so is a reason that explains nothing.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sslspec import compare
from sslspec.compare import Group, rendering
from sslspec.observed.reasons import Reason, Reasons
from sslspec.observed.store import Observation
from sslspec.results.software import CPYTHON, Software, numbers
from sslspec.style import Style

_PLAIN = Style(unicode=True)
_WIDE = 10_000


@dataclass(slots=True)
class Transition:
    """From one observation to the next: `what` changed ("python" or "openssl"), from what to what, on what."""

    what: str
    step: str  # "3.12 -> 3.13", or within one minor version "3.13.0 -> 3.13.15"
    before: Observation
    after: Observation
    groups: list[Group] = field(default_factory=list)

    @property
    def title(self) -> str:
        """``Python 3.12 to 3.13``."""
        name = {"python": "Python", "openssl": "OpenSSL"}[self.what]
        return f"{name} {self.step.replace(' -> ', ' to ')}"


def transitions(every: Iterable[Observation]) -> list[Transition]:
    """Each pair of the standard library's observations that are neighbours, compared: Pythons first, then OpenSSLs."""
    ours = [one for one in every if _is_ordinary(one)]
    found = [*_neighbours(ours, "python", "openssl"), *_neighbours(ours, "openssl", "python")]
    records = {one.file_name: one.to_record() for one in ours}
    for transition in found:
        compared = compare.compare(records[transition.before.file_name], records[transition.after.file_name])
        transition.groups = [group for _, shelf in rendering.sections(compared) for group in shelf]
        transition.groups.sort(key=lambda group: group.change.after.id)
    return found


def words(group: Group) -> list[str]:
    """A difference in words: the verdicts, and the first steps that are different, without what aligns them."""
    return [re.sub(r" +([=|]) ", r" \1 ", line) for line in rendering.body(group.change, _PLAIN, _WIDE)]


def explains(reason: Reason, group: Group) -> bool:
    """Whether a reason, of the same step, is about this difference."""
    scenario = group.change.after.scenario
    about = any(fnmatch.fnmatchcase(scenario, glob) for glob in reason.scenarios)
    return about and bool(re.search(reason.match, "\n".join(words(group))))


def because(transition: Transition, group: Group, reasons: Reasons) -> list[Reason]:
    """Why a difference is there: what was written for it by hand."""
    written = reasons.of(transition.what, transition.step).reasons
    return [one for one in written if explains(one, group)]


def unexplained(found: Sequence[Transition], reasons: Reasons) -> list[str]:
    """A line for each difference without a reason, for each reason without a difference, and each step that is none."""
    steps = {(transition.what, transition.step): transition for transition in found}
    lines = [
        f"{transition.title}: {group.change.after.id}: {' / '.join(words(group))}"
        for transition in found
        for group in transition.groups
        if not because(transition, group, reasons)
    ]
    for written in reasons.steps:
        transition = steps.get((written.what, written.step))
        if transition is None:
            lines.append(f"{written.what} {written.step}: no two observations make this step: remove its reasons")
            continue
        lines += [
            f"{one.where}: {one.title!r} explains nothing: remove it, or correct it"
            for one in written.reasons
            if not any(explains(one, group) for group in transition.groups)
        ]
    return lines


# -- steps ---------------------------------------------------------------------------------------------------------


def _is_ordinary(one: Observation) -> bool:
    """The standard library's ssl in CPython with the GIL: whatever else is observed is no step of a version."""
    software = Software.of(one.facts)
    is_plain = re.fullmatch(r"[0-9.]+", software.python) is not None
    return (software.implementation, software.interpreter) == ("ssl", CPYTHON) and is_plain


def _release(one: Observation, what: str) -> str:
    """``3.13.15``, or ``3.0.19``."""
    software = Software.of(one.facts)
    return software.python if what == "python" else software.library_version


def _numbers(one: Observation, what: str) -> tuple[int, ...]:
    return numbers(_release(one, what))


def _minor(one: Observation, what: str) -> str:
    return ".".join(map(str, _numbers(one, what)[:2]))


def _neighbours(ours: Iterable[Observation], what: str, other: str) -> Iterator[Transition]:
    """Of those with the very same release of `other`: each release of `what` and the next.

    From one minor version to the next the step goes from the newest release that was observed to the first of all,
    X.Y.0, or where that was not observed to the newest: what patch releases brought is told by steps of their own.
    """
    families: dict[str, list[Observation]] = {}
    for one in sorted(ours, key=functools.partial(_numbers, what=other)):
        families.setdefault(_release(one, other), []).append(one)
    for family in families.values():
        minors: dict[str, list[Observation]] = {}
        for one in sorted(family, key=functools.partial(_numbers, what=what)):
            minors.setdefault(_minor(one, what), []).append(one)
        earlier = None
        for minor, releases in minors.items():
            if earlier is not None:
                entered = releases[0] if _numbers(releases[0], what)[2:3] == (0,) else releases[-1]
                yield Transition(what, f"{_minor(earlier, what)} -> {minor}", earlier, entered)
            for before, after in itertools.pairwise(releases):
                yield Transition(what, f"{_release(before, what)} -> {_release(after, what)}", before, after)
            earlier = releases[-1]
