"""What a user sees when a run is over: the table area x implementation, what was unexpected, and where the record is.

It speaks of a record alone, so that what is shown after a run can be shown again later from the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from sslspec.results.columns import in_order, split
from sslspec.results.digest import SLOW as SLOW
from sslspec.results.digest import Count, Digest, Group
from sslspec.results.record import Record
from sslspec.style import Style, columns, one_line, plural
from sslspec.verdicts import SURPRISES, Verdict

_BAR = 12
_MOST = 60  # lines about what was unexpected


def text(
    record: Record,
    style: Style,
    *,
    stale: Sequence[str] = (),
    notes: Sequence[str] = (),
    seconds: float = 0.0,
    slowest: int = 0,
) -> str:
    """The closing report of a record that is in memory; see `told`."""
    digest = Digest.of(record.results, slowest)
    return told(digest, style, complete=record.complete, stale=stale, notes=notes, seconds=seconds)


def told(
    digest: Digest,
    style: Style,
    *,
    complete: bool = True,
    stale: Sequence[str] = (),
    notes: Sequence[str] = (),
    seconds: float = 0.0,
) -> str:
    """The closing report, without a line end behind it.

    `stale` and `notes` are what the run says of baselines, a line each; `complete` is the record's, `seconds` how long
    the run took.
    """
    parts = [_table(digest, style)]
    if digest.newcomers:
        title = "new, and not counted: the baseline has reviewed an older suite"
        parts.append(_listed(title, digest.newcomers, style))
    if digest.unexpected:
        parts.append(_listed("unexpected", digest.unexpected, style))
    if stale:
        lines = [one_line(f"  {style.bad()} {line}") for line in stale]
        parts.append("\n".join([style.bold("stale baseline entries"), *lines]))
    rows = [one_line(f"  {duration:6.2f} s  {scenario}  {column}") for duration, scenario, column in digest.slowest]
    parts.append("\n".join([style.bold("slowest"), *rows]) if rows else "")
    parts.append("\n".join([*_closing(digest, complete, len(stale), seconds, style), *map(one_line, notes)]))
    return "\n\n".join(part for part in parts if part)


def table(record: Record, style: Style) -> str:
    """Area by area, for each column: how much of what applies passed, and how many were unexpected.

    Many columns get shorter bars, then none; where even that is too wide, the table comes in several pieces.
    """
    return _table(Digest.of(record.results), style)


def _table(digest: Digest, style: Style) -> str:
    names, areas, counts = in_order(digest.columns), digest.areas, digest.counts
    pieces: list[list[str]] = []
    for groups in _divisions(names):
        for form in _FORMS:
            drawn = [_piece(group, areas, counts, form, style) for group in groups]
            pieces = [lines for lines, _ in drawn]
            if all(width <= columns() for _, width in drawn):
                return "\n\n".join("\n".join(lines) for lines in pieces)
    return "\n\n".join("\n".join(lines) for lines in pieces)


def _divisions(names: list[str]) -> Iterator[list[list[str]]]:
    """The columns in one piece, in one for each implementation, in ever more pieces; in none where there are none."""
    yield [names] if names else []
    by_name = [list(found) for _, found in groupby(names, key=lambda name: split(name)[0])]
    if 1 < len(by_name) < len(names):
        yield by_name
    for number in range(2, len(names) + 1):
        size = -(-len(names) // number)
        yield [names[at : at + size] for at in range(0, len(names), size)]


class _Form(NamedTuple):
    """How wide a table is: columns of a bar, blanks between cells, and whether a Python stands under its name."""

    bar: int
    gap: int
    stacked: bool


_FORMS = (_Form(_BAR, 3, False), _Form(_BAR, 3, True), _Form(6, 3, True), _Form(3, 2, True), _Form(0, 2, True))


def _piece(
    names: list[str], areas: list[str], counts: Mapping[tuple[str, str], Count], form: _Form, style: Style
) -> tuple[list[str], int]:
    """The lines for some columns, and how wide they are."""
    digits = len(str(max(counts[area, name].every for area in ("", *areas) for name in names)))
    rows = {area: one_line(area) for area in areas}
    left = max(len("together"), *map(len, rows.values()))
    shown = {(area, name): _cell(counts[area, name], digits, form, style) for area in ("", *areas) for name in names}
    heads = {name: one_line(name).split("@", 1) if form.stacked else [one_line(name)] for name in names}
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
        title = rows.get(area, "together").ljust(left)
        lines.append(gap.join([title if area else style.bold(title), *row]).rstrip())
    return lines, left + sum(width + form.gap for width in widths)


def _cell(count: Count, digits: int, form: _Form, style: Style) -> tuple[int, str]:
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


def _listed(title: str, groups: Sequence[Group], style: Style) -> str:
    """What is worth attention: the worst first, and what many scenarios have in common in one line."""
    lines: list[str] = []
    for group in groups:
        head = f"  {style.glyph(group.verdict)} {style.paint(group.column, 'cyan')}"
        if group.in_common:
            results = group.scenarios.total()
            lines.append(
                f"{head}  {group.said}{style.dim(f' ({results} results of {len(group.scenarios)} scenarios)')}"
            )
            continue
        for scenario, times in sorted(group.scenarios.items()):
            lines.append(f"{head}  {scenario}{style.dim(f' ({times} times)' if times > 1 else '')}")
            lines += [f"      {group.said}"] if group.said else []
    rest = len(lines) - _MOST
    lines = [one_line(line) for line in lines[:_MOST]]
    more = [style.dim(f"  and {plural(rest, 'more line')}; the result file has it all")] if rest > 0 else []
    return "\n".join([style.bold(title), *lines, *more])


def _closing(digest: Digest, complete: bool, stale: int, seconds: float, style: Style) -> list[str]:
    results = digest.verdicts.total()
    pace = f" in {seconds:.1f} s" if seconds else ""
    lines = [": ".join(filter(None, (f"{plural(results, 'result')}{pace}", verdicts(digest))))]
    found = surprises(digest, stale)
    if found:
        lines.append(style.paint(f"{style.plain_bad()} {found}", "red"))
    elif results and complete:
        lines.append(style.paint(f"{style.plain_good()} everything as expected", "green"))
    if digest.new:
        lines.append(style.paint(f"{plural(digest.new, 'new failure')}, not counted without --strict-new", "yellow"))
    if not complete:
        lines.append(style.paint("the run is incomplete", "yellow"))
    return lines


def verdicts(digest: Digest) -> str:
    """How often each verdict came: ``7 passed, 1 failed``."""
    return ", ".join(f"{digest.verdicts[verdict]} {verdict.value}" for verdict in Verdict if digest.verdicts[verdict])


def surprises(digest: Digest, stale: int) -> str:
    """What was unexpected, by kind: ``4 unexpected: 1 crash, 2 failures, 1 stale baseline entry``, or ""."""
    kinds = sorted(digest.surprises.items(), key=lambda kind: kind[0].value)
    parts = [f"{count} {SURPRISES[verdict][count != 1]}" for verdict, count in kinds]
    parts += [plural(stale, "stale baseline entry")] if stale else []
    return f"{digest.surprises.total() + stale} unexpected: {', '.join(parts)}" if parts else ""
