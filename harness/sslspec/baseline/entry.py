"""What a baseline says of scenarios: one entry, the features that are not there, and what follows for one execution.

Which entry of several speaks of a scenario is the business of ``matching``, how an entry is written down of ``loading``
and ``writing``.
"""

from __future__ import annotations

import datetime
import fnmatch
import re
from dataclasses import dataclass, field

from sslspec.baseline import conditions
from sslspec.baseline.conditions import Facts
from sslspec.verdicts import EXPECTED, Verdict

UNREVIEWED = "UNREVIEWED"
# What a baseline may expect: our own faults are nobody's, and whatever is not run must say so with ``run = false``.
EXPECTABLE = frozenset(Verdict) - {Verdict.ERROR, Verdict.NOTRUN}
_GLOB = re.compile(r"[*?\[]")


@dataclass(slots=True)
class Entry:
    """One ``[[known]]`` table. `where` is ``file:line``; an absent `when` holds everywhere.

    `pattern` is the id with the name that a renamed scenario has today. Several `verdicts` are what is known to happen
    now and then; PASSED among them makes a scenario known as flaky.
    """

    id: str
    verdicts: frozenset[Verdict]
    reason: str
    where: str
    issue: str = ""
    match: str | None = None
    when: dict[str, str] = field(default_factory=dict)
    run: bool = True
    until: datetime.date | None = None
    pattern: str = ""
    _plain: str = field(init=False, repr=False, default="")  # what of the pattern comes before its first wildcard

    def __post_init__(self) -> None:
        self.pattern = self.pattern or self.id
        self._plain = _GLOB.split(self.pattern, maxsplit=1)[0]

    @property
    def unreviewed(self) -> bool:
        """True where nobody has said yet why it is so."""
        return UNREVIEWED in self.reason.upper()

    @property
    def expired(self) -> bool:
        """True where its last day has gone by."""
        return self.until is not None and datetime.date.today() > self.until

    @property
    def scenario(self) -> str | None:
        """The one scenario, without variant, that it speaks of; None for a glob over several."""
        name = self.pattern.partition("@")[0]
        return None if _GLOB.search(name) else name

    def matches(self, scenario_id: str) -> bool:
        """True where the entry speaks of this id; a pattern without variant speaks of each variant."""
        if not scenario_id.startswith(self._plain):
            return False
        base = scenario_id.partition("@")[0]
        return fnmatch.fnmatchcase(scenario_id, self.pattern) or fnmatch.fnmatchcase(base, self.pattern)

    def may_match(self, scenario: str) -> bool:
        """True where the entry could speak of some variant of a scenario, whichever variants there are."""
        if fnmatch.fnmatchcase(scenario, self.pattern):
            return True
        starts = [self.pattern[: found.end()] for found in re.finditer(r"\*", self.pattern)]
        if "@" in self.pattern:
            starts.append(self.pattern.partition("@")[0])
        return any(fnmatch.fnmatchcase(scenario, start) for start in starts)

    def holds(self, facts: Facts) -> bool:
        """True where all of `when` is so."""
        return conditions.holds(self.when, facts)

    def rank(self, scenario_id: str) -> int:
        """The whole id before the scenario's name before a glob."""
        if self.pattern == scenario_id:
            return 2
        return 1 if self.pattern == scenario_id.partition("@")[0] else 0

    def excuses(self, verdict: Verdict, message: str) -> bool:
        """True where this is what the entry is there for: a verdict that it names, with the message it looks for."""
        if verdict not in self.verdicts:
            return False
        return verdict in EXPECTED or self.match is None or re.search(self.match, message) is not None


@dataclass(slots=True)
class Unsupported:
    """The ``[unsupported]`` table: ``HAS_*`` flags that the implementation leaves unset, and why."""

    features: frozenset[str] = frozenset()
    reason: str = ""
    where: str = ""

    @property
    def unreviewed(self) -> bool:
        """True where nobody has said yet why it is so."""
        return UNREVIEWED in self.reason.upper()


@dataclass(slots=True)
class Expectation:
    """What is expected of one scenario. `run` is False where it must not be run at all; `entry` is None without one.

    `new` is True where the scenario is newer than what the baseline has reviewed; anything may be `tolerated` then.
    """

    verdicts: frozenset[Verdict] = EXPECTED
    reason: str = ""
    run: bool = True
    match: str | None = None
    entry: Entry | None = None
    new: bool = False
    tolerated: bool = False

    def accepts(self, verdict: Verdict, message: str = "") -> bool:
        """True where `verdict` is expected, and the failure's `message` has what the entry's `match` looks for."""
        if self.tolerated:
            return True
        if verdict not in self.verdicts:
            return False
        if self.match is None or verdict in EXPECTED or verdict is Verdict.NOTRUN:
            return True
        return re.search(self.match, message) is not None


def feature_missed(verdict: Verdict, message: str) -> str:
    """The ``HAS_*`` flag for want of which a scenario was unsupported, as the bench says it, or ""."""
    found = re.match(r"(HAS_\w+) is ", message) if verdict is Verdict.UNSUPPORTED else None
    return found[1] if found else ""
