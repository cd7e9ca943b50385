"""What changed from one Python to the next, or one OpenSSL to the next, and why.

Two observations that differ in one thing alone are compared. A reason comes from reports/observed/reasons.toml, else
from what the scenario itself says (since, until, known issues), else from the standard library's baseline. A difference
without a reason is somebody's work that is not done; so is a reason that explains nothing.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import compare, layout, toml
from sslspec.baseline import Baseline, Facts, load
from sslspec.compare import Group, rendering
from sslspec.observed.store import Observation
from sslspec.results.record import Result
from sslspec.scenarios import history, listing
from sslspec.style import Style
from sslspec.verdicts import EXPECTED

FORMAT = 1
SINCE, UNTIL = "Documented since Python", "Documented until Python"
_KEYS = frozenset({"scenario", "python", "openssl", "match", "reason", "source"})
_CPYTHON = ("gh-", "bpo-", "CVE-")
_PLAIN = Style(unicode=True)
_WIDE = 10_000


class ReasonError(Exception):
    """The file of reasons cannot be used; the text is one line that says where and why."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A hand-written reason: for which scenarios (a glob) of which step, where `match` is found in the words."""

    where: str
    scenario: str
    what: str  # "python" or "openssl"
    step: str  # "3.12 -> 3.13"
    match: str
    reason: str
    source: str

    def explains(self, transition: Transition, group: Group) -> bool:
        """Whether it is about this difference."""
        change = group.change
        return (
            (self.what, self.step) == (transition.what, transition.step)
            and fnmatch.fnmatchcase(change.after.scenario, self.scenario)
            and bool(re.search(self.match, "\n".join(words(group))))
        )


@dataclass(frozen=True, slots=True)
class Because:
    """Why, as a page tells it: the text, and where it is written."""

    text: str
    source: str = ""


@dataclass(slots=True)
class Transition:
    """From one observation to the next: `what` changed ("python" or "openssl"), from what to what, on what."""

    what: str
    step: str
    before: Observation
    after: Observation
    groups: list[Group] = field(default_factory=list)

    @property
    def title(self) -> str:
        """``Python 3.12 to 3.13``."""
        name = {"python": "Python", "openssl": "OpenSSL"}[self.what]
        return f"{name} {self.step.replace(' -> ', ' to ')}"


def scenarios() -> dict[str, listing.Scenario]:
    """What there is in the suites, by id."""
    return {scenario.id: scenario for scenario in listing.scenarios()}


def transitions(every: Iterable[Observation]) -> list[Transition]:
    """Each pair of the standard library's observations that are neighbours, compared."""
    ours = [one for one in every if _is_ordinary(one)]
    found = [*_neighbours(ours, "openssl", "python"), *_neighbours(ours, "python", "openssl")]
    records = {one.file_name: one.to_record() for one in ours}
    for transition in found:
        compared = compare.compare(records[transition.before.file_name], records[transition.after.file_name])
        transition.groups = [group for _, shelf in rendering.sections(compared) for group in shelf]
        transition.groups.sort(key=lambda group: group.change.after.id)
    return found


def _is_ordinary(one: Observation) -> bool:
    """The standard library's ssl in CPython with the GIL: whatever else is observed is no step of a version."""
    python = one.facts["python"]
    is_plain = re.fullmatch(r"[0-9.]+", python["version"]) is not None
    return one.facts["name"] == "ssl" and python["implementation"] == "cpython" and is_plain


def because(transition: Transition, group: Group, reasons: Sequence[Reason], known: Baseline) -> list[Because]:
    """Why a difference is there: what was written for it by hand, else what the scenario or the baseline says."""
    written = [Because(one.reason, one.source) for one in reasons if one.explains(transition, group)]
    return written or _of_versions(transition, group) or _of_baseline(transition, group, known) or _of_issues(group)


def words(group: Group) -> list[str]:
    """A difference in words: the verdicts, and the first steps that are different, without what aligns them."""
    return [re.sub(r" +([=|]) ", r" \1 ", line) for line in rendering.body(group.change, _PLAIN, _WIDE)]


def read_reasons(path: Path | None = None) -> list[Reason]:
    """The hand-written reasons. Raises ReasonError."""
    path = path or layout.observed() / "reasons.toml"
    try:
        data = toml.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise ReasonError(f"{path}: cannot be read ({problem})") from problem
    if data.get("format") != FORMAT:
        raise ReasonError(f"{path}: format must be {FORMAT}, not {data.get('format')!r}")
    return [_reason(f"{path}: reason {number}", table) for number, table in enumerate(data.get("reason", []), 1)]


def stale(found: Sequence[Transition], reasons: Sequence[Reason]) -> list[str]:
    """A line for each hand-written reason that explains nothing any more."""
    return [
        f"{one.where}: {one.scenario!r} ({one.what} {one.step}) explains nothing: remove it, or correct it"
        for one in reasons
        if not any(one.explains(transition, group) for transition in found for group in transition.groups)
    ]


def baseline() -> Baseline:
    """What the standard library is known not to do."""
    return load(layout.baselines() / "ssl.toml")


def _reason(where: str, table: dict[str, Any]) -> Reason:
    unknown = set(table) - _KEYS
    if unknown or not all(isinstance(value, str) for value in table.values()):
        raise ReasonError(f"{where}: {', '.join(sorted(unknown)) or 'a value'} is not understood; all values are text")
    what = [name for name in ("python", "openssl") if name in table]
    if len(what) != 1 or not re.fullmatch(r"\d+\.\d+ -> \d+\.\d+", table[what[0]]):
        raise ReasonError(f"{where}: says not of which step it is: python = '3.12 -> 3.13', or openssl = '3.0 -> 3.6'")
    if len(table.get("reason", "").split()) < 5 or not table.get("source"):
        raise ReasonError(f"{where}: needs a reason of five words or more, and a source")
    return Reason(
        where,
        table.get("scenario", "*"),
        what[0],
        table[what[0]],
        table.get("match", ""),
        table["reason"],
        table["source"],
    )


# -- transitions ---------------------------------------------------------------------------------------------------


def _version(one: Observation, what: str) -> tuple[int, ...]:
    text = one.facts["python"]["version"] if what == "python" else str(one.facts["openssl"]).split()[1]
    return tuple(map(int, re.findall(r"\d+", text)))


def _neighbours(ours: Iterable[Observation], same: str, other: str) -> Iterator[Transition]:
    """Of those that have the same (minor) version of one thing, each and the next version of the other.

    Of several releases of one minor version the newest counts.
    """

    def minor(one: Observation, what: str) -> str:
        return ".".join(map(str, _version(one, what)[:2]))

    families: dict[str, list[Observation]] = {}
    for one in sorted(ours, key=lambda one: (_version(one, same), _version(one, other))):
        families.setdefault(minor(one, same), []).append(one)
    for family in families.values():
        ordered = sorted(family, key=functools.partial(_version, what=other))
        newest = {minor(one, other): one for one in ordered}
        for before, after in itertools.pairwise(newest.values()):
            yield Transition(other, f"{minor(before, other)} -> {minor(after, other)}", before, after)


# -- reasons -------------------------------------------------------------------------------------------------------


def _of_versions(transition: Transition, group: Group) -> list[Because]:
    """What the scenario says of documented versions."""
    after = group.change.after
    first, last = transition.step.split(" -> ")
    if transition.what == "python" and not group.change.same_verdict:
        if after.since and _within(first, after.since, last):
            return [Because(f"{SINCE} {after.since}", "ssl documentation")]
        if after.until and _within(after.until, last, "99.0") and not _within("0.0", last, after.until):
            return [Because(f"{UNTIL} {after.until}", "ssl documentation")]
    return []


def _of_issues(group: Group) -> list[Because]:
    """The issues of CPython that the scenario names, in history's words: those of others explain nothing here."""
    references = [one for one in group.change.after.known if one.startswith(_CPYTHON)]
    told = dict.fromkeys(item for one in references if (item := _history().get(one)) is not None)
    return [Because(item.says.rstrip("."), ", ".join(item.references)) for item in told]


@functools.cache
def _history() -> dict[str, history.Item]:
    """What is known to have gone wrong or changed, by each of its references."""
    return {reference: item for item in history.load(layout.suites() / "history.toml") for reference in item.references}


def _within(low: str, version: str, high: str) -> bool:
    """low < version <= high."""
    numbers = [tuple(map(int, one.split("."))) for one in (low, version, high)]
    return numbers[0] < numbers[1] <= numbers[2]


def _of_baseline(transition: Transition, group: Group, known: Baseline) -> list[Because]:
    """What the baseline says of either side, where that one does not do what the clause demands."""
    sides: list[tuple[Observation, Result]] = [
        (transition.before, group.change.before),
        (transition.after, group.change.after),
    ]
    found = []
    for observation, result in sides:
        if result.verdict not in EXPECTED:
            expectation = known.expectation(result.id, Facts.of(observation.facts, result.peer))
            found += [Because(expectation.reason, "reports/baselines/ssl.toml")] if expectation.reason else []
    return list(dict.fromkeys(found))
