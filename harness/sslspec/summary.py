"""What a user sees when a run is over: the table area x implementation, what was unexpected, and where the record is.

It speaks of a record alone, so that what is shown after a run can be shown again later from the file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from sslspec.failures import brief
from sslspec.record import Record, Result
from sslspec.style import Style, plural
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
    """Area by area, for each implementation: how much of what applies passed, and how many were unexpected."""
    names = sorted({result.implementation for result in record.results}, key=lambda name: (name != "ssl", name))
    areas = sorted({result.area for result in record.results})
    if not areas:
        return ""
    cells: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for result in record.results:
        cells[result.area, result.implementation].append(result)
        cells["", result.implementation].append(result)
    digits = len(str(max(len(found) for found in cells.values())))
    left = max(len("together"), *map(len, areas))
    shown = {key: _cell(found, digits, style) for key, found in cells.items()}
    widths = {name: max([len(name), *(cell[0] for (_, who), cell in shown.items() if who == name)]) for name in names}
    lines = [style.bold("   ".join(["area".ljust(left), *(name.ljust(widths[name]) for name in names)]).rstrip())]
    for area in [*areas, ""]:
        row = []
        for name in names:
            width, text = shown.get((area, name), (1, style.dim("-")))
            row.append(text + " " * (widths[name] - width))
        title = (area or "together").ljust(left)
        lines.append("   ".join([title if area else style.bold(title), *row]).rstrip())
    return "\n".join(lines)


def _cell(results: list[Result], digits: int, style: Style) -> tuple[int, str]:
    """The width of a cell, and the cell."""
    counted = [result for result in results if result.verdict not in _NOT_COUNTED]
    passed = sum(result.verdict is Verdict.PASSED for result in counted)
    unexpected = sum(result.unexpected for result in results)
    if not counted:
        return len("does not apply"), style.dim("does not apply")
    bar = style.bar(passed, len(counted), _BAR)
    numbers = f" {passed:>{digits}}/{len(counted):<{digits}}"
    mark = f"  {style.plain_bad()}{unexpected}" if unexpected else ""
    colour = "red" if unexpected else "green" if passed == len(counted) else "yellow"
    return len(bar + numbers + mark), f"{style.paint(bar, colour)}{numbers}{style.paint(mark, 'red')}"


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
