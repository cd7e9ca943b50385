"""What a user sees when a run is over: the table area x implementation, what was unexpected, and where the record is.

It speaks of a record alone, so that what is shown after a run can be shown again later from the file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sslspec.columns import in_order
from sslspec.failures import brief
from sslspec.record import Record, Result
from sslspec.style import Style, columns, plural
from sslspec.verdicts import EXPECTED, Verdict

_BAR = 12
_MOST = 60  # lines about what was unexpected
_IN_COMMON = 3  # scenarios with the same outcome that still get a line each
_WORST_FIRST = (
    Verdict.CRASHED,
    Verdict.HUNG,
    Verdict.ERROR,
    Verdict.FAILED,
    Verdict.PASSED,
    Verdict.UNSUPPORTED,
    Verdict.INAPPLICABLE,
    Verdict.NOTRUN,
)
SLOW = 2.0  # seconds: what no scenario should take
_NOT_COUNTED = frozenset({Verdict.INAPPLICABLE})
_NAMES = {
    Verdict.PASSED: ("unexpected pass", "unexpected passes"),
    Verdict.FAILED: ("failure", "failures"),
    Verdict.HUNG: ("hang", "hangs"),
    Verdict.CRASHED: ("crash", "crashes"),
    Verdict.ERROR: ("error of the suite", "errors of the suite"),
    Verdict.UNSUPPORTED: ("unsupported", "unsupported"),
    Verdict.NOTRUN: ("not run", "not run"),
    Verdict.INAPPLICABLE: ("inapplicable", "inapplicable"),
}


def text(
    record: Record,
    style: Style,
    *,
    stale: Sequence[str] = (),
    notes: Sequence[str] = (),
    seconds: float = 0.0,
    slowest: int = 0,
) -> str:
    """The closing report, without a line end behind it; with the `slowest` scenarios, and all that are slow.

    `stale` and `notes` are what the run says of baselines, a line each.
    """
    unexpected = [result for result in record.results if result.unexpected]
    new = [result for result in record.results if is_new_failure(result)]
    parts = [table(record, style)]
    if new:
        parts.append(_listed("new, and not counted: the baseline has reviewed an older suite", new, style))
    if unexpected:
        parts.append(_listed("unexpected", unexpected, style))
    if stale:
        parts.append("\n".join([style.bold("stale baseline entries"), *(f"  {style.bad()} {line}" for line in stale)]))
    parts.append(_slowest(record.results, slowest, style))
    parts.append("\n".join([_closing(record, unexpected, len(stale), len(new), seconds, style), *notes]))
    return "\n\n".join(part for part in parts if part)


def is_new_failure(result: Result) -> bool:
    """True for what a scenario that the baseline has not reviewed found, and nobody counts yet."""
    return result.new and not result.unexpected and result.verdict not in EXPECTED


def table(record: Record, style: Style) -> str:
    """Area by area, for each column: how much of what applies passed, and how many were unexpected.

    Many columns get shorter bars, then none; where even that is too wide, the table comes in several pieces.
    """
    names = in_order({result.implementation for result in record.results})
    areas = sorted({result.area for result in record.results})
    counts: dict[tuple[str, str], _Count] = defaultdict(_Count)
    for result in record.results:
        for area in (result.area, ""):
            counts[area, result.implementation].add(result)
    pieces: list[list[str]] = []
    for number in range(1, len(names) + 1):
        size = -(-len(names) // number)
        groups = [names[at : at + size] for at in range(0, len(names), size)]
        for form in _FORMS:
            drawn = [_piece(group, areas, counts, form, style) for group in groups]
            pieces = [lines for lines, _ in drawn]
            if all(width <= columns() for _, width in drawn):
                return "\n\n".join("\n".join(lines) for lines in pieces)
    return "\n\n".join("\n".join(lines) for lines in pieces)


@dataclass(slots=True)
class _Count:
    """What there is to say in one cell."""

    every: int = 0
    counted: int = 0
    passed: int = 0
    unexpected: int = 0

    def add(self, result: Result) -> None:
        self.every += 1
        self.counted += result.verdict not in _NOT_COUNTED
        self.passed += result.verdict is Verdict.PASSED
        self.unexpected += result.unexpected


class _Form(NamedTuple):
    """How wide a table is: columns of a bar, blanks between cells, and whether a Python stands under its name."""

    bar: int
    gap: int
    stacked: bool


_FORMS = (_Form(_BAR, 3, False), _Form(_BAR, 3, True), _Form(6, 3, True), _Form(3, 2, True), _Form(0, 2, True))


def _piece(
    names: list[str], areas: list[str], counts: dict[tuple[str, str], _Count], form: _Form, style: Style
) -> tuple[list[str], int]:
    """The lines for some columns, and how wide they are."""
    digits = len(str(max(counts[area, name].every for area in ("", *areas) for name in names)))
    left = max(len("together"), *map(len, areas))
    shown = {(area, name): _cell(counts[area, name], digits, form, style) for area in ("", *areas) for name in names}
    heads = {name: name.split("@", 1) if form.stacked else [name] for name in names}
    widths = [
        max([*map(len, heads[name]), *(width for (_, who), (width, _) in shown.items() if who == name)])
        for name in names
    ]
    gap = " " * form.gap
    lines = []
    for level in range(max(map(len, heads.values()))):
        titles = [head[level] if level < len(head) else "" for head in heads.values()]
        row = [title.ljust(width) for title, width in zip(titles, widths, strict=True)]
        lines.append(style.bold(gap.join([("" if level else "area").ljust(left), *row]).rstrip()))
    for area in [*areas, ""]:
        cells = [shown[area, name] for name in names]
        row = [text + " " * (width - taken) for (taken, text), width in zip(cells, widths, strict=True)]
        title = (area or "together").ljust(left)
        lines.append(gap.join([title if area else style.bold(title), *row]).rstrip())
    return lines, left + sum(width + form.gap for width in widths)


def _cell(count: _Count, digits: int, form: _Form, style: Style) -> tuple[int, str]:
    """The width of a cell, and the cell."""
    if not count.counted:
        said = ("does not apply" if form.bar == _BAR else "none") if count.every else "-"
        return len(said), style.dim(said)
    bar = style.bar(count.passed, count.counted, form.bar) + " " if form.bar else ""
    numbers = f"{count.passed:>{digits}}/{count.counted:<{digits}}"
    mark = f"{'  ' if form.bar == _BAR else ' '}{style.plain_bad()}{count.unexpected}" if count.unexpected else ""
    colour = "red" if count.unexpected else "green" if count.passed == count.counted else "yellow"
    painted = f"{style.paint(bar, colour)}{numbers}" if bar else style.paint(numbers, colour)
    return len(bar + numbers + mark), f"{painted}{style.paint(mark, 'red')}"


def _listed(title: str, results: list[Result], style: Style) -> str:
    """What is worth attention: the worst first, and what many scenarios have in common in one line."""
    groups: dict[tuple[int, str, str], list[Result]] = defaultdict(list)
    for result in results:
        groups[_WORST_FIRST.index(result.verdict), result.implementation, brief(result)].append(result)
    lines: list[str] = []
    for (rank, implementation, said), found in sorted(groups.items(), key=_place):
        head = f"  {style.glyph(_WORST_FIRST[rank])} {style.paint(implementation, 'cyan')}"
        scenarios = Counter(result.scenario for result in found)
        if _is_common(found) and said:
            lines.append(f"{head}  {said}{style.dim(f' ({len(found)} results of {len(scenarios)} scenarios)')}")
            continue
        for scenario, times in sorted(scenarios.items()):
            lines.append(f"{head}  {scenario}{style.dim(f' ({times} times)' if times > 1 else '')}")
            lines += [f"      {said}"] if said else []
    rest = len(lines) - _MOST
    more = [style.dim(f"  and {plural(rest, 'more line')}; the result file has it all")] if rest > 0 else []
    return "\n".join([style.bold(title), *lines[:_MOST], *more])


def _is_common(found: list[Result]) -> bool:
    return len({result.scenario for result in found}) > _IN_COMMON


def _place(group: tuple[tuple[int, str, str], list[Result]]) -> tuple[int, str, bool, str]:
    """Where a group stands: by verdict and implementation, what is in common last, else by scenario."""
    (rank, implementation, _), found = group
    return rank, implementation, _is_common(found), min(result.scenario for result in found)


def _slowest(results: Iterable[Result], count: int, style: Style) -> str:
    """The `count` slowest, and in any case those that are above what a scenario should take."""
    ordered = sorted((result for result in results if result.duration), key=lambda result: -result.duration)
    slow = sum(result.duration > SLOW for result in ordered)
    shown = ordered[: max(count, min(slow, _MOST))]
    rows = [f"  {result.duration:6.2f} s  {result.id}  {result.implementation}" for result in shown]
    return "\n".join([style.bold("slowest"), *rows]) if rows else ""


def _closing(record: Record, unexpected: list[Result], stale: int, new: int, seconds: float, style: Style) -> str:
    counts = Counter(result.verdict for result in record.results)
    told = ", ".join(f"{counts[verdict]} {verdict.value}" for verdict in Verdict if counts[verdict])
    pace = f" in {seconds:.1f} s" if seconds else ""
    lines = [f"{plural(len(record.results), 'result')}{pace}: {told}"]
    if unexpected or stale:
        kinds = Counter(result.verdict for result in unexpected)
        parts = [
            f"{n} {_NAMES[verdict][n != 1]}" for verdict, n in sorted(kinds.items(), key=lambda kind: kind[0].value)
        ]
        parts += [plural(stale, "stale baseline entry")] if stale else []
        total = len(unexpected) + stale
        lines.append(style.paint(f"{style.plain_bad()} {total} unexpected: {', '.join(parts)}", "red"))
    elif record.results and record.complete:
        lines.append(style.paint(f"{style.plain_good()} everything as expected", "green"))
    if new:
        lines.append(style.paint(f"{plural(new, 'new failure')}, not counted without --strict-new", "yellow"))
    if not record.complete:
        lines.append(style.paint("the run is incomplete", "yellow"))
    return "\n".join(lines)
