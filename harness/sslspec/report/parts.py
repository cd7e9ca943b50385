"""What several pages show in the same way: verdicts, bars, cells, column headings and differences.

Each says in words, for those who listen and for those who see no colours, what its colour says.
"""

from __future__ import annotations

from collections.abc import Sequence

from sslspec.report import places
from sslspec.report.columns import Column
from sslspec.report.differences import Difference, Line, Words
from sslspec.report.html import EMPTY, Content, Markup, el, hidden, join
from sslspec.report.outcomes import Tally
from sslspec.report.page import Frame
from sslspec.style import plural
from sslspec.verdicts import GLYPHS, Verdict

_BAR = 100
_LEAST = 2.0
_FEW, _SOME = 5, 7  # columns that fit on a screen of 1,200 pixels, and of 1,600


def glyph(verdict: Verdict) -> Markup:
    """The sign of a verdict, for those who see it."""
    return el("span", GLYPHS[verdict][0], class_=f"glyph v-{verdict.value}", aria_hidden="true")


def chip(verdict: Verdict, *, unexpected: bool = False) -> Markup:
    """A verdict as sign and word; one that nobody expected says so."""
    words = [glyph(verdict), f" {verdict.value}"]
    more = el("span", " unexpected", class_="unexpected-word") if unexpected else None
    return el("span", *words, more, class_=f"chip v-{verdict.value}{' unexpected' if unexpected else ''}")


def bar(tally: Tally) -> Markup:
    """How much passed, is known to fail, and fails unexpectedly; without words, which stand beside it."""
    if not tally.applicable:
        return EMPTY
    widths = [
        ("pass", tally.passed),
        ("known", tally.applicable - tally.passed - tally.failing),
        ("bad", tally.failing),
    ]
    # what is there at all is seen, however little of the whole it is
    seen = [(kind, max(_LEAST, count * _BAR / tally.applicable)) for kind, count in widths if count]
    scale = _BAR / sum(width for _, width in seen)
    shapes, x = [], 0.0
    for kind, width in seen:
        shapes.append(el("rect", class_=kind, x=f"{x:.4g}", width=f"{width * scale:.4g}", height=8))
        x += width * scale
    return el("svg", *shapes, class_="bar", aria_hidden="true", viewBox=f"0 0 {_BAR} 8", preserveAspectRatio="none")


def flags(tally: Tally) -> Markup:
    """What deserves attention: how much is unexpected, and in how many scenarios behaviour differs."""
    found = []
    if tally.unexpected:
        found.append(el("span", "✗", tally.unexpected, hidden(" unexpected"), class_="flag bad"))
    if tally.differ:
        found.append(el("span", "≠", tally.differ, hidden(" behave differently"), class_="flag differ"))
    return el("span", join(found, " "), class_="flags") if found else EMPTY


def _nothing(shown: str, said: str) -> Markup:
    return el("span", el("span", shown, aria_hidden="true"), hidden(said), class_="nothing")


def cell(tally: Tally | None) -> Markup:
    """What a cell of a matrix of many scenarios holds."""
    if tally is None:
        return _nothing("-", "no results")
    if not tally.applicable:
        return _nothing("n/a", "nothing applies")
    whole = tally.passed == tally.applicable
    numbers = el("span", f"{tally.passed}/{tally.applicable}", hidden(" passed"), class_="n whole" if whole else "n")
    return join([el("span", join([numbers, flags(tally)], " "), class_="line"), bar(tally)])


def verdict_cell(tally: Tally | None) -> Markup:
    """What a cell holds that is about a single scenario."""
    if tally is None:
        return _nothing("-", "no results")
    worst = tally.worst
    count = tally.verdicts[worst]
    total = tally.verdicts.total()
    numbers = f"{count}" if count == total else f"{count}/{total}"
    kinds = f"verdict v-{worst.value}{' unexpected' if tally.unexpected else ''}"
    sign = el("span", glyph(worst), " ", numbers, hidden(f" {worst.value}"), class_=kinds)
    return el("span", el("span", join([sign, _marks(tally)], " "), class_="line"), class_="cell")


def _marks(tally: Tally) -> Markup:
    """The flags of a single scenario."""
    found = []
    if tally.unexpected:
        found.append(el("span", "✗", tally.unexpected, hidden(" unexpected"), class_="flag bad"))
    if tally.differ:
        found.append(el("span", "≠", hidden(" behaves differently"), class_="flag differ"))
    return el("span", join(found, " "), class_="flags") if found else EMPTY


def heading(frame: Frame, column: Column, *, number: int, first: bool, reference: bool) -> Markup:
    """The heading of a column: implementation, Python, library; `first` of its implementation's columns."""
    tag = [" ", el("em", "reference")] if reference else None
    name = [
        el("span", el("b", column.implementation), tag),
        el("span", column.python or column.name),
        el("span", column.library),
        el("span", el("em", column.part.title)) if column.part else None,
    ]
    link = frame.link(places.column(column.name), join(name, " "), title=column.name)
    return el("th", link, scope="col", data_column=number, class_="first" if first else None)


def headings(frame: Frame, columns: Sequence[Column], reference: Column | None) -> list[Markup]:
    """The headings of all columns."""
    return [
        heading(frame, column, number=number, first=is_first(columns, number), reference=column is reference)
        for number, column in enumerate(columns)
    ]


def is_first(columns: Sequence[Column], number: int) -> bool:
    """Whether another implementation's columns begin here."""
    return number == 0 or columns[number].implementation != columns[number - 1].implementation


def scrolling(content: Content, label: str, *, columns: int = 0) -> Markup:
    """A box for a table that may be wider than the screen; by keyboard it can be reached and scrolled.

    Of a matrix, the number of its columns says on which screens it needs no box.
    """
    fits = "few" if columns <= _FEW else "some" if columns <= _SOME else ""
    return el("div", content, class_=f"scroll {fits}".strip(), role="region", aria_label=label, tabindex=0)


def difference(found: Difference, left: str, right: str) -> Markup:
    """Two columns of steps side by side, with what differs marked."""
    head = el("tr", el("th", left, scope="col"), el("th", right, scope="col"))
    rows = [_line(line) for line in found.lines]
    if found.more:
        rows.append(el("tr", el("td", f"and {plural(found.more, 'more line')}", colspan=2), class_="skipped"))
    caption = el("caption", f"Steps with {left} and with {right}, side by side", class_="vh")
    return el("table", caption, el("thead", head), el("tbody", *rows), class_="steps diff")


def _line(line: Line) -> Markup:
    if line.skipped:
        alike = f"{plural(line.skipped, 'step')} alike"
        return el("tr", el("td", alike, colspan=2), class_="skipped")
    if line.is_equal:
        return el("tr", el("td", _words(line.left, "")), el("td", _words(line.right, "")))
    return el("tr", el("td", _words(line.left, "del")), el("td", _words(line.right, "ins")), class_="changed")


def _words(words: Words | None, mark: str) -> Markup:
    if words is None:
        return el("span", "(nothing)", class_="nothing")
    whole = len(words) == 1
    said = [el(mark, text) if mark and (differs or whole) else text for differs, text in words]
    return el("code", join(said, " "))
