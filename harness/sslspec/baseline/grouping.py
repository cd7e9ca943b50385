"""From results to the fewest entries that excuse them and nothing else that was seen.

One scenario at a time: what all its variants have in common is one entry without variant; else globs over the parts of
the variant, or exact ids; and conditions where only some peers, Pythons or libraries are concerned. A claim that a
result contradicts is never made. Nothing here knows files.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from sslspec.baseline import conditions, telling
from sslspec.baseline.conditions import Facts
from sslspec.baseline.entry import EXPECTABLE, Entry
from sslspec.results.record import Result
from sslspec.verdicts import Verdict

Label = int  # what an entry is made for: NEW, or the position of one that is to be narrowed to what it is still true of
NEW = -1
Wanted = Callable[[Result, Facts], Label | None]
Judge = Callable[[Result, Facts], bool]
Results = Iterator[tuple[Result, Facts]]
NOT_TRIED = frozenset({Verdict.INAPPLICABLE, Verdict.NOTRUN})
_MOST_PARTS = 8  # of a variant that may be left open: their combinations are tried
_Place = tuple[str, Facts]  # an id, and circumstances that no condition can tell apart


@dataclass(slots=True)
class _Seen:
    """What came in one place; several results where columns of equal circumstances differ. `wanted` as a label."""

    results: list[Result] = field(default_factory=list)
    wanted: Label | None = None

    @property
    def kind(self) -> tuple[Label, tuple[Verdict, ...]]:
        """What one entry can be made for; a new one is for one verdict. `wanted` must not be None."""
        assert self.wanted is not None
        verdicts = {result.verdict for result in self.results} & EXPECTABLE if self.wanted == NEW else ()
        return self.wanted, tuple(sorted(verdicts))


@dataclass(slots=True)
class _Condition:
    """One ``when`` and the circumstances in which it holds."""

    when: dict[str, str]
    within: frozenset[Facts]


@dataclass(slots=True)
class _Claim:
    """An entry in the making, and which of the places that it is made for it covers."""

    pattern: str
    condition: _Condition
    places: frozenset[_Place] = frozenset()

    def covers(self, place: _Place) -> bool:
        variant, facts = place
        named = self.pattern in (variant, variant.partition("@")[0]) or fnmatch.fnmatchcase(variant, self.pattern)
        return named and facts in self.condition.within


def entries(results: Results, wanted: Wanted, outranked: Judge | None = None) -> Iterator[tuple[Label, Entry]]:
    """Entries for what is `wanted`, scenario by scenario, from results in a record's order, each with its label.

    What has another label needs entries of its own; what has none (None) must not be claimed by any. Only those of one
    scenario are held at a time. Where other entries speak of a result by its name (`outranked`), its new entry names
    the whole id. What nothing can excuse (an error of the suite) is passed over.
    """
    for name, group in itertools.groupby(results, key=lambda pair: pair[0].scenario):
        seen: dict[_Place, _Seen] = {}
        exact = set()
        for result, facts in group:
            if result.verdict in NOT_TRIED:
                continue
            place = result.id, replace(facts, implementation="", features=frozenset())
            found = seen.setdefault(place, _Seen())
            found.results.append(result)
            label = wanted(result, facts) if result.verdict in EXPECTABLE else None
            if label is not None:
                found.wanted = label
                if outranked is not None and outranked(result, facts):
                    exact.add(result.id)
        if any(found.wanted is not None for found in seen.values()):
            yield from _of_scenario(name, seen, exact)


def _of_scenario(name: str, seen: dict[_Place, _Seen], exact: set[str]) -> Iterator[tuple[Label, Entry]]:
    choices = _conditions(tuple(dict.fromkeys(facts for _, facts in seen)))
    for kind in sorted({found.kind for found in seen.values() if found.wanted is not None}):
        label, verdicts = kind
        mine = {place for place, found in seen.items() if found.wanted is not None and found.kind == kind}
        others = seen.keys() - mine
        claims: list[_Claim] = []
        left = set(mine)
        while left:
            best = max(choices, key=lambda condition: len(_reached(condition, left, others)))
            taken = _reached(best, left, others)
            barred = {other for other, facts in others if facts in best.within}
            for pattern in _patterns(name, {variant for variant, _ in taken}, barred, exact):
                claims.append(_Claim(pattern, best, frozenset(filter(_Claim(pattern, best).covers, mine))))
            left -= taken
        for claim in _needed(claims):
            results = [found for place in sorted(claim.places, key=_order) for found in seen[place].results]
            said, match = telling.reason(results), telling.match(results)
            when = dict(claim.condition.when)
            yield label, Entry(claim.pattern, frozenset(verdicts), said, where="", match=match, when=when)


def _order(place: _Place) -> tuple[str, str]:
    variant, facts = place
    return variant, repr(facts)


def _needed(claims: list[_Claim]) -> list[_Claim]:
    """The claims without those whose places are all covered by others: nothing would be left for them to decide."""
    kept = list(claims)
    for claim in sorted(claims, key=lambda claim: len(claim.places)):
        rest = [other for other in kept if other is not claim]
        if claim.places <= frozenset().union(*(other.places for other in rest)):
            kept = rest
    return kept


def _reached(condition: _Condition, left: set[_Place], others: Iterable[_Place]) -> set[_Place]:
    """What of `left` an entry with this condition may excuse, if it names the right variants."""
    barred = {other for other, facts in others if facts in condition.within}
    return {(mine, facts) for mine, facts in left if facts in condition.within and mine not in barred}


@functools.lru_cache(maxsize=64)
def _conditions(circumstances: tuple[Facts, ...]) -> list[_Condition]:
    """Every condition that tells some of these circumstances from others, the simplest first."""
    axes = [
        [{}, *({"peer": peer} for peer in _distinct(facts.peer for facts in circumstances))],
        [{}, *({"interpreter": name} for name in _distinct(facts.interpreter for facts in circumstances))],
        [{}, *({"python": text} for text in _ranges([facts.python for facts in circumstances]))],
        [{}, *({"openssl": text} for text in _ranges([facts.openssl for facts in circumstances]))],
        [{}, *({"interpreter": name} for name in _distinct(facts.interpreter for facts in circumstances))],
        [{}, *({"library": library} for library in _distinct(facts.library for facts in circumstances))],
        [{}, *({"platform": platform} for platform in _distinct(facts.platform for facts in circumstances))],
    ]
    found: dict[frozenset[Facts], _Condition] = {}
    combined = [{key: text for part in parts for key, text in part.items()} for parts in itertools.product(*axes)]
    for when in sorted(combined, key=len):
        within = frozenset(facts for facts in circumstances if conditions.holds(when, facts))
        found.setdefault(within, _Condition(when, within))
    return list(found.values())


def _distinct(values: Iterable[str]) -> list[str]:
    """The values, where there are several to choose from."""
    found = sorted(set(values) - {""})
    return found if len(found) > 1 else []


def _ranges(versions: list[conditions.Version]) -> Iterator[str]:
    """Conditions for each run of neighbours among versions, by minor version, then for each version in full."""
    minors = sorted({version[:2] for version in versions if version})
    for size in range(len(minors) - 1, 0, -1):
        for start in range(len(minors) - size + 1):
            first, last = (".".join(map(str, minors[at])) for at in (start, start + size - 1))
            yield f"=={first}" if size == 1 else f">={first},<={last}"
    whole = sorted({version for version in versions if version})
    if len(whole) > len(minors):
        yield from ("==" + ".".join(map(str, version)) for version in whole)


def _patterns(name: str, ids: set[str], barred: set[str], exact: set[str]) -> Iterator[str]:
    """Patterns that match all `ids` and none that is `barred`; what is in `exact` as it is."""
    if not barred and not ids & exact:
        yield name
        return
    yield from sorted(ids & exact)
    left = ids - exact
    while left:
        first = min(left)
        best = min(_candidates(first, barred | (ids & exact)), key=lambda pattern: _worth(pattern, left))
        yield best
        left = {other for other in left if not fnmatch.fnmatchcase(other, best)}


def _candidates(scenario_id: str, barred: set[str]) -> Iterator[str]:
    """The id, and what becomes of it when parts of its variant are left open, as far as that matches nothing barred."""
    yield scenario_id
    name, _, variant = scenario_id.partition("@")
    parts = variant.split("+")
    tried = {"*"}  # no better than the name
    for is_open in itertools.product((True, False), repeat=min(len(parts), _MOST_PARTS)):
        texts = ["*" if free else part for part, free in itertools.zip_longest(parts, is_open)]
        text = "+".join(part for at, part in enumerate(texts) if part != "*" or texts[at - 1 : at] != ["*"])
        if text not in tried:
            tried.add(text)
            if not any(fnmatch.fnmatchcase(other, f"{name}@{text}") for other in barred):
                yield f"{name}@{text}"


def _worth(pattern: str, left: set[str]) -> tuple[int, int, str]:
    """The more it matches the better, then the less it leaves open."""
    return -sum(fnmatch.fnmatchcase(other, pattern) for other in left), pattern.count("*"), pattern
