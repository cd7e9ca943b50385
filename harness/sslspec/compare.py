"""What is different between two records: regressions first, then what is better, other, gone and new.

A scenario is compared with itself: the same id and peer, and the same implementation, unless each record is about a
single one; then these two are compared with each other. Volatile things are never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import Any

from sslspec.failures import outcome
from sslspec.record import Key, Record, RecordError, Result
from sslspec.style import Style, columns, plural
from sslspec.verdicts import EXPECTED, Verdict

_GOOD = EXPECTED
_DID_NOTHING = frozenset({Verdict.INAPPLICABLE, Verdict.UNSUPPORTED, Verdict.NOTRUN})
_MOST = 20  # changes of one kind that are shown in full, unless all are asked for
_CONTEXT = 1  # equal steps around a different one


@dataclass(slots=True)
class Change:
    """One scenario that is not as it was."""

    before: Result
    after: Result

    @property
    def is_regression(self) -> bool:
        """It was as the clause demands, or did not apply, and is neither now."""
        return self.before.verdict in _GOOD and self.after.verdict not in _GOOD

    @property
    def is_fix(self) -> bool:
        """The other way round."""
        return self.before.verdict not in _GOOD and self.after.verdict in _GOOD

    @property
    def same_verdict(self) -> bool:
        """Only the steps, or the failure, are others."""
        return self.before.verdict is self.after.verdict


@dataclass(slots=True)
class Comparison:
    """Two records, and what is different; each list sorted by id.

    `names` are the two implementations of one run where these are compared with each other.
    """

    before: Record
    after: Record
    regressions: list[Change] = field(default_factory=list)
    fixes: list[Change] = field(default_factory=list)
    others: list[Change] = field(default_factory=list)
    steps: list[Change] = field(default_factory=list)
    added: list[Result] = field(default_factory=list)
    gone: list[Result] = field(default_factory=list)
    unchanged: int = 0
    warnings: list[str] = field(default_factory=list)
    names: tuple[str, str] | None = None


def compare(before: Record, after: Record) -> Comparison:
    """Sort every scenario of two records into what became of it."""
    rename = _one_each(before, after)
    old = {_key(result, rename): result for result in before.results}
    new = {_key(result, {}): result for result in after.results}
    found = Comparison(before, after, warnings=_warnings(before, after))
    for key in sorted(old.keys() | new.keys()):
        if key not in new:
            found.gone.append(old[key])
        elif key not in old:
            found.added.append(new[key])
        else:
            _sort(found, Change(old[key], new[key]))
    return found


def within(record: Record) -> Comparison:
    """The two implementations of one run, the stdlib first. Raises RecordError where there are not two."""
    names = sorted(implementations_of(record), key=lambda name: (name != "ssl", name))
    if len(names) != 2:
        raise RecordError(
            f"{record.path or 'record'}: holds {', '.join(names) or 'nothing'}; two implementations compare"
        )
    halves = []
    for name in names:
        header = replace(record.header, implementations={name: record.header.implementations.get(name, {})})
        results = [result for result in record.results if result.implementation == name]
        halves.append(Record(header, results, record.complete, record.path))
    found = compare(*halves)
    found.names = (names[0], names[1])
    return found


def implementations_of(record: Record) -> set[str]:
    """The implementations that a record has results of."""
    return {result.implementation for result in record.results}


def in_a_line(comparison: Comparison) -> str:
    """How two implementations of one run compare: ``ssl and refssl: 90 alike, 3 with other steps, 2 ...``."""
    verdicts = len(comparison.regressions) + len(comparison.fixes) + len(comparison.others)
    told = [
        f"{comparison.unchanged} alike",
        f"{len(comparison.steps)} with other steps",
        f"{verdicts} with other verdicts",
    ]
    return f"{' and '.join(comparison.names or ('before', 'after'))}: {', '.join(told)}"


def text(comparison: Comparison, style: Style, *, verbose: bool = False) -> str:
    """The report: warnings, regressions, what else changed, and the counts."""
    words = comparison.names or ("before", "after")
    width = max(map(len, words))
    titles = [_title(record) for record in (comparison.before, comparison.after)]
    parts = ["\n".join(f"{style.dim(word.ljust(width))}  {title}" for word, title in zip(words, titles, strict=True))]
    parts += ["\n".join(f"{style.paint('!', 'yellow')} {warning}" for warning in comparison.warnings)]
    better = [f"only {name} passes" for name in words] if comparison.names else ["regressions", "fixed"]
    for title, changes in (
        (better[0], comparison.regressions),
        (better[1], comparison.fixes),
        ("other verdicts", comparison.others),
        ("other steps, same verdict", comparison.steps),
    ):
        if changes:
            parts.append(_section(title, changes, style, verbose=verbose))
    alone = [f"only with {name}" for name in words] if comparison.names else ["gone", "added"]
    for title, results in zip(alone, (comparison.gone, comparison.added), strict=True):
        if results:
            parts.append(_listed(title, results, style, verbose=verbose))
    if comparison.names:
        return "\n\n".join(part for part in [*parts, in_a_line(comparison)] if part)
    counts = [
        (len(comparison.regressions), "regression"),
        (len(comparison.fixes), "fix"),
        (len(comparison.others) + len(comparison.steps), "other change"),
    ]
    told = ", ".join("1 fix" if (n, thing) == (1, "fix") else _counted(n, thing) for n, thing in counts)
    parts.append(
        f"{told}, {len(comparison.gone)} gone, {len(comparison.added)} added, {comparison.unchanged} unchanged"
    )
    return "\n\n".join(part for part in parts if part)


def _sort(found: Comparison, change: Change) -> None:
    if change.is_regression:
        found.regressions.append(change)
    elif change.is_fix:
        found.fixes.append(change)
    elif not change.same_verdict:
        found.others.append(change)
    elif change.before.steps != change.after.steps or _identity(change.before) != _identity(change.after):
        found.steps.append(change)
    else:
        found.unchanged += 1


def _identity(result: Result) -> Any:
    """What a failure is, without its wording."""
    return result.detail.get("came"), result.detail.get("crash")


def _key(result: Result, rename: dict[str, str]) -> Key:
    name = result.implementation
    peer = rename.get(result.peer, result.peer)
    return result.id, rename.get(name, name), peer


def _one_each(before: Record, after: Record) -> dict[str, str]:
    """The renaming under which two records of a single implementation each are about the same one."""
    names = [sorted({result.implementation for result in record.results}) for record in (before, after)]
    if len(names[0]) == len(names[1]) == 1 and names[0] != names[1]:
        return {names[0][0]: names[1][0]}
    return {}


def _warnings(before: Record, after: Record) -> list[str]:
    found = []
    old, new = before.header, after.header
    if old.suite != new.suite:
        found.append(f"the suite was sslspec {old.suite}, and is {new.suite}")
    if old.platform != new.platform:
        found.append(f"the platform was {old.platform}, and is {new.platform}")
    left, right = (header.environment.get("unscrubbed", {}) for header in (old, new))
    for name in sorted(left.keys() | right.keys()):
        if left.get(name) != right.get(name):
            said = f"{_said(left.get(name))}, and is {_said(right.get(name))}"
            found.append(
                f"{name.replace('_', ' ')} was {said}: a difference may be the system's, not the implementation's"
            )
    for word, record in (("before", before), ("after", after)):
        if not record.complete:
            found.append(f"the run {word} is incomplete: what it says is gone may only not have had its turn")
    return found


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}={item}" for name, item in sorted(value.items())) or "empty"
    return "empty" if value in (None, "", []) else str(value).lower() if isinstance(value, bool) else str(value)


def _title(record: Record) -> str:
    """Which file, and who was tested in it on what."""
    tested = []
    for name, facts in sorted(record.header.implementations.items()):
        python = facts.get("python", {})
        on = f"Python {python.get('version')}" if python.get("version") else ""
        library = " ".join(str(facts.get("openssl", "")).split()[:2])
        tested.append(f"{name} ({', '.join(part for part in (on, library) if part)})")
    return f"{record.path or 'record'}: {'; '.join(tested)}"


def _section(title: str, changes: list[Change], style: Style, *, verbose: bool) -> str:
    """The changes of one kind; variants of a scenario that changed alike are told together."""
    alike: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        body = _body(change, style)
        alike.setdefault((change.after.scenario, change.before.implementation, *body), []).append(change)
    groups = list(alike.items())
    shown = groups if verbose else groups[:_MOST]
    lines = [style.bold(f"{title} ({len(changes)})")]
    for (_, _, *body), found in shown:
        lines += [_head(found, style), *(f"      {line}" for line in body)]
    return "\n".join([*lines, *_more(groups, shown, style)])


def _head(found: list[Change], style: Style) -> str:
    before, after = found[0].before, found[0].after
    names = [before.implementation, after.implementation]
    who = names[1] if names[0] == names[1] else f"{names[0]} / {names[1]}"
    peers = {change.after.peer for change in found}
    peer = "" if len(peers) > 1 or after.peer in ("", "none") else style.dim(f" with {after.peer}")
    times = style.dim(f" and {plural(len(found) - 1, 'variant')} like it") if len(found) > 1 else ""
    return f"  {style.glyph(after.verdict)} {after.id}  {style.paint(who, 'cyan')}{peer}{times}"


def _body(change: Change, style: Style) -> list[str]:
    before, after = change.before, change.after
    lines = []
    if not change.same_verdict or _identity(before) != _identity(after):
        lines.append(f"{_brief(before, style)}  ->  {_brief(after, style)}")
    both_ran = before.verdict not in _DID_NOTHING and after.verdict not in _DID_NOTHING
    return lines + (_steps(before.steps, after.steps, style) if both_ran else [])


def _brief(result: Result, style: Style) -> str:
    came = result.detail.get("came") or result.detail.get("crash")
    if result.verdict in _DID_NOTHING:
        came = result.detail.get("message")
    why = f" ({outcome(came)})" if came and result.verdict is not Verdict.PASSED else ""
    return style.of(result.verdict, result.verdict.value) + why


def _steps(before: list[dict[str, Any]], after: list[dict[str, Any]], style: Style) -> list[str]:
    """The steps around the first that differ, side by side where there is room; nothing where all are equal."""
    pairs = [(_step(left), _step(right)) for left, right in zip_longest(before, after)]
    different = [number for number, (left, right) in enumerate(pairs) if left != right]
    if not different:
        return []
    shown = range(max(0, different[0] - _CONTEXT), min(len(pairs), different[0] + _CONTEXT + 2))
    width = max(len(pairs[number][0]) for number in shown)
    beside = width + max(len(pairs[number][1]) for number in shown) + 9 <= columns()
    lines: list[str] = []
    for number in shown:
        left, right = pairs[number]
        if beside:
            sign = style.paint("|", "yellow") if number in different else "="
            lines.append(f"{left:{width}} {sign} {right}")
        elif number in different:
            lines += [style.paint(f"- {left}", "red"), style.paint(f"+ {right}", "green")]
        else:
            lines.append(f"= {left}")
    rest = sum(number not in shown for number in different)
    return lines + ([style.dim(f"and {plural(rest, 'more step')} that differ")] if rest else [])


def _step(step: dict[str, Any] | None) -> str:
    if step is None:
        return "(nothing)"
    actor = f"{step.get('actor')}." if step.get("actor") != "subject" else ""
    return f"{actor}{step.get('call')} {outcome(step.get('outcome'))}"


def _listed(title: str, results: list[Result], style: Style, *, verbose: bool) -> str:
    shown = results if verbose else results[:_MOST]
    lines = [style.bold(f"{title} ({len(results)})")]
    for result in shown:
        lines.append(f"  {style.glyph(result.verdict)} {result.id}  {style.paint(result.implementation, 'cyan')}")
    return "\n".join([*lines, *_more(results, shown, style)])


def _more(every: Iterable[object], shown: Iterable[object], style: Style) -> list[str]:
    rest = len(list(every)) - len(list(shown))
    return [style.dim(f"  and {rest} more; -v shows them all")] if rest else []


def _counted(count: int, thing: str) -> str:
    return f"{count} fixes" if thing == "fix" else plural(count, thing)
