"""What a record makes of a baseline: entries that go, that are narrowed to what is still so, and that are new.

A record is gone through twice, and only what concerns one scenario is held at a time. How the file is changed is the
business of ``editing``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

from sslspec.baseline import editing, grouping
from sslspec.baseline.conditions import Facts, facts_in
from sslspec.baseline.entry import UNREVIEWED, Entry, Unsupported, feature_missed
from sslspec.baseline.loading import BaselineError, load, parse
from sslspec.baseline.matching import Baseline
from sslspec.baseline.staleness import StaleEntry, Tallies
from sslspec.baseline.starting import series, which
from sslspec.results.record import RecordError, Result, open_record
from sslspec.scenarios.releases import parsed
from sslspec.verdicts import EXPECTED, Verdict

_USELESS = "excuses nothing of what comes now"
_ROUNDS = 10  # until nothing changes any more; two are the rule


@dataclass(slots=True)
class Update:
    """What becomes of a baseline: its new text, and what was done to it, a line each."""

    text: str
    done: list[str] = field(default_factory=list)
    errors: int = 0


@dataclass(slots=True)
class _Plan:
    """Positions of entries that go, with the reason; of those that are narrowed, with what stands there then; and more.

    `features` are flags that are there now, `missing` those that are not and are in no entry yet.
    """

    gone: dict[int, str] = field(default_factory=dict)
    narrow: set[int] = field(default_factory=set)
    narrowed: dict[int, list[Entry]] = field(default_factory=dict)
    new: list[Entry] = field(default_factory=list)
    features: frozenset[str] = frozenset()
    missing: set[str] = field(default_factory=set)
    errors: int = 0


def update(path: Path, results: Path, scenarios: Collection[str], *, prune: bool = True, add: bool = True) -> Update:
    """The baseline in `path` as the record in `results` has it; nothing is written.

    `scenarios` are the names of all that the suite has: only a record with all of them shows what matches nothing.
    With `prune` entries go and are narrowed, with `add` new ones come and the reviewed suite is raised. Raises
    BaselineError, and RecordError where the record is of others or did not come to its end.
    """
    baseline = load(path)
    made = Update(path.read_text(encoding="utf-8"))
    # What goes may have overruled what is wrong as well: that shows when the new baseline is held against the record.
    for _ in range(_ROUNDS):
        before = made.text
        _once(baseline, results, made, scenarios, prune=prune, add=add)
        baseline, problems = parse(made.text, path)
        if problems:
            raise BaselineError(f"{path}: cannot be edited line by line; change it by hand ({problems[0]})")
        if made.text == before:
            break
    return made


def _once(
    baseline: Baseline, results: Path, made: Update, scenarios: Collection[str], *, prune: bool, add: bool
) -> None:
    plan, suite = _first_look(baseline, results, set(scenarios), prune=prune, add=add)
    _second_look(baseline, results, plan, add=add)
    _replace_equals(baseline, plan)
    try:
        made.text = editing.edited(
            made.text,
            removed=set(plan.gone),
            narrowed=plan.narrowed,
            added=plan.new,
            suite=_raised(baseline.suite, suite) if add else "",
            gone_features=plan.features,
            new_features=_missing(plan),
        )
    except IndexError as problem:  # fewer tables than entries
        raise BaselineError(f"{baseline.path}: cannot be edited line by line; change it by hand") from problem
    made.errors = plan.errors
    made.done += _told(baseline, plan, suite if add else "")


def _first_look(baseline: Baseline, results: Path, unseen: set[str], *, prune: bool, add: bool) -> tuple[_Plan, str]:
    """Which entries go and which are no longer wholly true; and the suite of the record."""
    with open_record(results) as reader:
        which(reader, baseline.implementation)
        facts = facts_in(reader.header.implementations)
        tallies = Tallies(baseline)
        for result in reader:
            here = facts(result)
            if here.implementation == baseline.implementation:
                tallies.add(result, here)
                unseen.discard(result.scenario)
        if not reader.complete:
            raise RecordError(f"{results}: the run did not come to its end: what it did not try is not known")
    plan = _Plan()
    for position, tally in enumerate(tallies.counts):
        why = tallies.why(position, whole_run=not unseen)
        useless = tally.tried and not tally.excused
        other = useless and tally.passed < tally.tried
        if (prune and (why or (useless and tally.passed))) or (add and other):
            plan.gone[position] = re.split(": (?:remove|look)", why)[0] or _USELESS
        elif prune and tally.passed and Verdict.PASSED not in baseline.entries[position].verdicts:
            plan.narrow.add(position)
    if prune:
        plan.features = baseline.unsupported.features & tallies.features
    return plan, series(reader.header.suite)


def _second_look(baseline: Baseline, results: Path, plan: _Plan, *, add: bool) -> None:
    """What stands in place of the entries that are narrowed, and the new ones."""
    positions = [position for position in range(len(baseline.entries)) if position not in plan.gone]
    unsupported = replace(baseline.unsupported, features=baseline.unsupported.features - plan.features)
    kept = Baseline(
        baseline.implementation,
        [baseline.entries[position] for position in positions],
        unsupported=unsupported,
        parent=baseline.parent,
    )

    def wanted(result: Result, here: Facts) -> grouping.Label | None:
        message = str(result.detail.get("message", ""))
        flag = feature_missed(result.verdict, message)
        chosen = kept.chosen(result.id, here)
        if kept.expectation(result.id, here, [flag] if flag else ()).accepts(result.verdict, message):
            narrowing = chosen is not None and positions[chosen] in plan.narrow and result.verdict not in EXPECTED
            return positions[chosen] if narrowing and chosen is not None else None
        if not add or result.verdict in EXPECTED:
            return None
        if flag and chosen is None and not baseline.unsupported.features:
            plan.missing.add(flag)
            return None
        return grouping.NEW

    def outranked(result: Result, here: Facts) -> bool:
        if wanted(result, here) != grouping.NEW:
            return False
        chosen = kept.chosen(result.id, here)
        return chosen is not None and kept.entries[chosen].rank(result.id) > 0

    with open_record(results) as reader:
        facts = facts_in(reader.header.implementations)

        def mine() -> grouping.Results:
            for result in reader:
                here = facts(result)
                if here.implementation == baseline.implementation:
                    plan.errors += result.verdict is Verdict.ERROR
                    yield result, here

        for label, entry in grouping.entries(mine(), wanted, outranked):
            if label == grouping.NEW:
                plan.new.append(entry)
            else:
                plan.narrowed.setdefault(label, []).append(_narrower(baseline.entries[label], entry))


def _narrower(old: Entry, found: Entry) -> Entry:
    """An entry for part of what another one spoke of, with all else that it said."""
    when = dict(old.when)
    for key, text in found.when.items():
        both = key in when and key in ("python", "openssl") and when[key] != text
        when[key] = f"{when[key]},{text}" if both else text
    return replace(old, id=found.id, pattern="", when=when)


def _replace_equals(baseline: Baseline, plan: _Plan) -> None:
    """An entry whose id and conditions a new one has as well makes room for it."""
    coming = {(entry.id, tuple(sorted(entry.when.items()))) for entry in plan.new}
    for position, entry in enumerate(baseline.entries):
        if (entry.id, tuple(sorted(entry.when.items()))) in coming:
            plan.gone.setdefault(position, _USELESS)


def _raised(reviewed: str, suite: str) -> str:
    """The suite to be written down: what was run, unless a later one was reviewed already."""
    return suite if not reviewed or parsed(reviewed) < parsed(suite) else ""


def _missing(plan: _Plan) -> Unsupported:
    reason = f"{UNREVIEWED}: the implementation leaves {'this flag' if len(plan.missing) == 1 else 'these flags'} unset"
    return Unsupported(frozenset(plan.missing), reason)


def _told(baseline: Baseline, plan: _Plan, suite: str) -> list[str]:
    entries = baseline.entries
    told = [f"removed {StaleEntry(entries[at].where, entries[at].id, why)}" for at, why in sorted(plan.gone.items())]
    for at, narrower in sorted(plan.narrowed.items()):
        into = ", ".join(repr(entry.id) for entry in narrower)
        told.append(f"narrowed {entries[at].where}: {entries[at].id!r}, part of which passes, to {into}")
    told += [f"removed {baseline.unsupported.where}: {flag}, which is there now" for flag in sorted(plan.features)]
    told += [f"added {flag} to the features that are not there" for flag in sorted(plan.missing)]
    told += [f"added {entry.id!r}: {entry.reason}" for entry in plan.new]
    raised = _raised(baseline.suite, suite) if suite else ""
    return told + ([f"raised suite to {raised}"] if raised else [])
