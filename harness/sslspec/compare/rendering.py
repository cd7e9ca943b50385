"""A comparison as text for a terminal: warnings, regressions, what else changed, and the counts.

Steps stand side by side where there is room. Also what makes two changes alike, which is that they would read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import Any

from sslspec.compare import kinds
from sslspec.compare.changes import Change, Comparison, Group, Shelf, Side
from sslspec.compare.kinds import Kind
from sslspec.results.failures import outcome
from sslspec.results.record import Result
from sslspec.results.software import Software
from sslspec.style import Style, columns, one_line, plural
from sslspec.verdicts import Verdict

DID_NOTHING = frozenset({Verdict.INAPPLICABLE, Verdict.UNSUPPORTED, Verdict.NOTRUN})
MOST = 20  # changes of one kind that are shown in full, unless all are asked for
_CONTEXT = 1  # equal steps around a different one
_WIDE = 10_000
_LONG = 100  # characters of a step, beyond which a list is told by what is different in it
_PLAIN = Style()


def in_a_line(comparison: Comparison) -> str:
    """How two columns of one run compare: ``ssl and refssl: 90 alike, 3 with other steps, 2 ...``."""
    verdicts = len(comparison.regressions) + len(comparison.fixes) + len(comparison.others)
    told = [
        f"{comparison.unchanged} alike",
        f"{len(comparison.steps)} with other steps",
        f"{verdicts} with other verdicts",
    ]
    return f"{' and '.join(comparison.names or ('before', 'after'))}: {', '.join(told)}"


def sections(comparison: Comparison) -> list[tuple[str, Shelf[Group]]]:
    """The titles of what changed, and the changes: regressions first."""
    return [
        (kinds.title(kind, comparison.names), shelf)
        for kind, shelf in (
            (Kind.REGRESSION, comparison.regressions),
            (Kind.FIX, comparison.fixes),
            (Kind.OTHER, comparison.others),
            (Kind.STEPS, comparison.steps),
        )
    ]


def alone(comparison: Comparison) -> list[tuple[str, Shelf[Result]]]:
    """The titles of what stands on one side alone, and the results."""
    if not comparison.alone_matters:
        return []
    return [
        (kinds.title(kind, comparison.names), shelf)
        for kind, shelf in ((Kind.GONE, comparison.gone), (Kind.ADDED, comparison.added))
    ]


def counts(comparison: Comparison) -> str:
    """The last line: how many of each."""
    if comparison.names:
        return in_a_line(comparison)
    fixes = len(comparison.fixes)
    told = [
        plural(len(comparison.regressions), "regression"),
        "1 fix" if fixes == 1 else f"{fixes} fixes",
        plural(len(comparison.others) + len(comparison.steps), "other change"),
    ]
    told += [f"{len(comparison.gone)} gone", f"{len(comparison.added)} added", f"{comparison.unchanged} unchanged"]
    return ", ".join(told)


def text(comparison: Comparison, style: Style, *, verbose: bool = False) -> str:
    """The whole report."""
    return "\n".join(lines(comparison, style, verbose=verbose))


def lines(comparison: Comparison, style: Style, *, verbose: bool = False) -> Iterator[str]:
    """The report line by line, however long it is; none of them has a line end in it."""
    yield from map(one_line, _lines(comparison, style, verbose=verbose))


def _lines(comparison: Comparison, style: Style, *, verbose: bool) -> Iterator[str]:
    sides = (comparison.before, comparison.after)
    width = max(len(side.word) for side in sides)
    yield from (f"{style.dim(side.word.ljust(width))}  {title(side)}" for side in sides)
    if comparison.warnings:
        yield ""
        yield from (f"{style.paint('!', 'yellow')} {warning}" for warning in comparison.warnings)
    for name, changes in sections(comparison):
        if changes:
            yield ""
            yield style.bold(f"{name} ({len(changes)})")
            yield from _shown(changes, verbose, style, lambda group: _group(group, style))
    for name, results in alone(comparison):
        if results:
            yield ""
            yield style.bold(f"{name} ({len(results)})")
            yield from _shown(results, verbose, style, lambda result: _listed(result, style))
    yield ""
    yield counts(comparison)


def title(side: Side) -> str:
    """Which file, and who was tested in it on what."""
    tested = []
    for name, facts in sorted(side.header.implementations.items()):
        on = Software.of(facts)
        tested.append(f"{name} ({', '.join(filter(None, (on.python_title, on.library_title)))})")
    return f"{side.path or 'record'}: {'; '.join(tested)}"


def signature(change: Change) -> tuple[str, ...]:
    """Equal for changes that read alike, in whatever way they are shown."""
    return tuple(body(change, _PLAIN, _WIDE))


def _shown(things: Shelf[Any], verbose: bool, style: Style, show: Any) -> Iterator[str]:
    for thing in things if verbose else islice(things, MOST):
        yield from show(thing)
    rest = things.things - MOST
    if rest > 0 and not verbose:
        yield style.dim(f"  and {rest} more; -v shows them all")


def _group(group: Group, style: Style) -> Iterator[str]:
    before, after = group.change.before, group.change.after
    names = [before.implementation, after.implementation]
    who = names[1] if names[0] == names[1] else f"{names[0]} / {names[1]}"
    peer = "" if len(group.peers) > 1 or after.peer in ("", "none") else style.dim(f" with {after.peer}")
    others = len(group.ids) - 1
    times = style.dim(f" and {plural(others, 'variant')} like it") if others else ""
    yield f"  {style.glyph(after.verdict)} {after.id}  {style.paint(who, 'cyan')}{peer}{times}"
    yield from (f"      {line}" for line in body(group.change, style, columns()))
    yield from (f"      {style.dim(reason)}" for reason in group.reasons)


def body(change: Change, style: Style, width: int) -> list[str]:
    """What is different in one change: the verdicts, and the steps in so many columns."""
    before, after = change.before, change.after
    found = []
    if not change.same_verdict or change.other_failure:
        found.append(f"{brief(before, style)}  ->  {brief(after, style)}")
    both_ran = before.verdict not in DID_NOTHING and after.verdict not in DID_NOTHING
    return found + (_steps(before.steps, after.steps, style, width) if both_ran else [])


def brief(result: Result, style: Style) -> str:
    """A verdict, and what came."""
    came = result.detail.get("came") or result.detail.get("crash")
    if result.verdict in DID_NOTHING:
        came = result.detail.get("message")
    why = f" ({outcome(came)})" if came and result.verdict is not Verdict.PASSED else ""
    return style.of(result.verdict, result.verdict.value) + why


def window(before: Iterable[Any], after: Iterable[Any]) -> tuple[list[tuple[str, str, bool]], int]:
    """(left, right, whether they differ) of the steps around the first that differ, and how many more do."""
    pairs = [beside(left, right) for left, right in zip_longest(before, after)]
    different = [number for number, (left, right) in enumerate(pairs) if left != right]
    if not different:
        return [], 0
    shown = range(max(0, different[0] - _CONTEXT), min(len(pairs), different[0] + _CONTEXT + 2))
    rest = sum(number not in shown for number in different)
    return [(*pairs[number], number in different) for number in shown], rest


def _steps(before: list[dict[str, Any]], after: list[dict[str, Any]], style: Style, width: int) -> list[str]:
    """Side by side where there is room; nothing where all are equal."""
    shown, rest = window(before, after)
    if not shown:
        return []
    half = max(len(left) for left, _, _ in shown)
    beside = half + max(len(right) for _, right, _ in shown) + 9 <= width
    found: list[str] = []
    for left, right, differ in shown:
        if beside:
            sign = style.paint("|", "yellow") if differ else "="
            found.append(f"{left:{half}} {sign} {right}")
        elif differ:
            found += [style.paint(f"- {left}", "red"), style.paint(f"+ {right}", "green")]
        else:
            found.append(f"= {left}")
    return found + ([style.dim(f"and {plural(rest, 'more step')} that differ")] if rest else [])


def beside(left: dict[str, Any] | None, right: dict[str, Any] | None) -> tuple[str, str]:
    """Two steps in words; of long lists only what one of them has alone."""
    told = step(left), step(right)
    if left is None or right is None or told[0] == told[1] or max(map(len, told)) <= _LONG:
        return told
    lists = [_texts(step) for step in (left, right)]
    if left.get("call") != right.get("call") or None in lists:
        return told
    ours, theirs = (found or [] for found in lists)
    alone = [[item for item in one if item not in other] for one, other in ((ours, theirs), (theirs, ours))]
    if not any(alone):
        return told  # another order
    head = f"{_actor(left)}{left.get('call')}"
    said = [f"only here {', '.join(found)}" if found else "nothing more" for found in alone]
    return f"{head} {len(ours)}, {said[0]}", f"{head} {len(theirs)}, {said[1]}"


def _texts(step: dict[str, Any]) -> list[str] | None:
    """The list of texts that was given or noted; None for anything else."""
    said = step.get("outcome")
    value = next(iter(said.values()), None) if isinstance(said, dict) else None
    items = value.get("list") if isinstance(value, dict) else None
    return items if isinstance(items, list) and all(isinstance(item, str) for item in items) else None


def step(found: dict[str, Any] | None) -> str:
    """A step in words: ``read(10) returns b'abc'``, ``peer.close() returns None``."""
    if found is None:
        return "(nothing)"
    return f"{_actor(found)}{found.get('call')} {outcome(found.get('outcome'))}"


def _actor(step: dict[str, Any]) -> str:
    return f"{step.get('actor')}." if step.get("actor") != "subject" else ""


def _listed(result: Result, style: Style) -> Iterator[str]:
    yield f"  {style.glyph(result.verdict)} {result.id}  {style.paint(result.implementation, 'cyan')}"
