"""The two pages that are a matrix: home, with a row for each area, and the page of an area, down to its scenarios.

Both are whole without scripts. On home, scripts open areas in place, filter, sort and hide columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sslspec.report import places
from sslspec.report.areas import Area, Row, add, by_topic
from sslspec.report.columns import Column
from sslspec.report.html import Content, Markup, el, join
from sslspec.report.outcomes import Tally
from sslspec.report.page import Frame, render
from sslspec.report.parts import bar, cell, headings, is_first, scrolling, verdict_cell
from sslspec.style import plural
from sslspec.verdicts import Verdict

# The sections of a column's page: unexpected; known not to pass, unlike in the reference; the same, as there.
UNEXPECTED, KNOWN, SHARED = "unexpected", "known", "shared"
SCRIPTS = ("static/data.js", "data/index.js", "static/query.js", "static/matrix.js", "static/grid.js")
_EXAMPLES = ("is:unexpected", "is:different", "status:fail", "level:must", "area:sessions")


@dataclass(frozen=True, slots=True)
class Home:
    """What the home page shows: columns in order, counts by area, how many scenarios each area has, and warnings."""

    columns: Sequence[Column]
    reference: Column | None
    areas: Mapping[str, Mapping[Column, Tally]]
    scenarios: Mapping[str, int]
    totals: Mapping[Column, Tally]
    warnings: Sequence[str]


def home(shown: Home) -> str:
    """The home page."""
    frame = Frame(places.HOME, "sslspec: who does what Python's ssl says", scripts=SCRIPTS, wide=True)
    results = sum(tally.verdicts.total() for tally in shown.totals.values())
    count = sum(shown.scenarios.values())
    lead = f"{plural(count, 'scenario')} in {plural(len(shown.areas), 'area')}, {results:,} results."
    return render(
        frame,
        el("h1", "Conformance to Python's ", el("code", "ssl")),
        el("p", lead, " ", _reference(frame, shown.reference), class_="lead"),
        [el("p", warning, class_="warning") for warning in shown.warnings],
        _tools(shown.reference),
        _legend(shown.reference),
        el("h2", "Matrix", class_="vh", id="matrix-title"),
        _matrix(frame, shown),
        el("p", "", class_="note", id="more", hidden=True),
    )


def _reference(frame: Frame, reference: Column | None) -> Content:
    if reference is None:
        return None
    return ["Behaviour is compared with ", frame.link(places.column(reference.name), reference.name), "."]


def _tools(reference: Column | None) -> Markup:
    """What only scripts can do; they show it."""
    fitting = [text for text in _EXAMPLES if reference is not None or text != "is:different"]
    examples = [el("a", text, href=f"#q={text}", class_="example") for text in fitting]
    field = el(
        "input",
        type="search",
        id="query",
        autocomplete="off",
        spellcheck="false",
        placeholder="status:fail   ssl:fail refssl:pass   words",
        aria_describedby="query-help",
    )
    search = el("div", el("label", "Filter", for_="query"), field, class_="search")
    sorts = [
        _choice("sort-columns", "Columns", [("", "by implementation"), ("issues", "fewest issues first")]),
        _choice("sort-areas", "Areas", [("", "by name"), ("issues", "most issues first")]),
        el("details", el("summary", "Show and hide columns"), el("div", id="columns"), class_="columns"),
    ]
    return el(
        "div",
        el("div", search, *sorts, class_="row"),
        el("p", "Try ", join(examples, " "), id="query-help", class_="note"),
        el("p", "", id="said", role="status", aria_live="polite", class_="note"),
        class_="tools",
        id="tools",
        hidden=True,
    )


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> Markup:
    chosen = el("select", *(el("option", text, value=value) for value, text in options), id=name)
    return el("div", el("label", label, for_=name), chosen, class_="choice")


def _legend(reference: Column | None) -> Markup:
    """What the cells mean, with the very shapes that they use."""
    sample = Tally()
    sample.verdicts[Verdict.PASSED], sample.verdicts[Verdict.FAILED] = 60, 40
    sample.failing = sample.unexpected = 15
    items = [
        el("li", el("span", "9/10", class_="n"), " passed, of executions that apply"),
        el("li", bar(sample), " passed, known to fail, unexpected"),
        el("li", el("span", "✗2", class_="flag bad"), " executions that nobody expected"),
    ]
    if reference is not None:
        items.append(el("li", el("span", "≠3", class_="flag differ"), f" scenarios unlike {reference.name}"))
    return el("ul", *items, class_="legend", aria_label="What the cells mean")


def _matrix(frame: Frame, shown: Home) -> Markup:
    caption = el("caption", "Passed of what applies, by area and column", class_="vh")
    head = el(
        "thead", el("tr", el("th", "Area", scope="col"), *headings(frame, shown.columns, shown.reference)), class_="top"
    )
    together = _row(frame, "All areas", "", sum(shown.scenarios.values()), shown.totals, shown.columns, class_="all")
    rows = [
        _row(frame, name, places.area(name), shown.scenarios[name], tallies, shown.columns, data_area=number)
        for number, (name, tallies) in enumerate(shown.areas.items())
    ]
    table = el("table", caption, head, el("tbody", together, *rows), class_="matrix", id="matrix")
    return scrolling(table, "Matrix of areas and columns", columns=len(shown.columns))


def _row(
    frame: Frame,
    name: str,
    place: str,
    count: int,
    tallies: Mapping[Column, Tally],
    columns: Sequence[Column],
    **attributes: str | int,
) -> Markup:
    title = [frame.link(place, name) if place else el("span", name), " ", el("span", f"{count}", class_="count")]
    cells = [
        _cell(frame, cell(tallies.get(column)), columns, number, tallies.get(column), place)
        for number, column in enumerate(columns)
    ]
    return el("tr", el("th", *title, scope="row"), *cells, **attributes)


def _cell(
    frame: Frame, content: Markup, columns: Sequence[Column], number: int, tally: Tally | None, place: str
) -> Markup:
    """A cell that leads to what there is to see: the column's anomalies in that area, or else the area."""
    column = columns[number]
    link = el("span", content, class_="cell")
    if tally is not None and tally.issues + tally.unexpected:
        anchor = anchor_of(place, section_of(tally))
        link = frame.link(places.column(column.name), content, anchor=anchor, class_="cell")
    elif place:
        link = frame.link(place, content, class_="cell")
    return el("td", link, data_column=number, class_="first" if is_first(columns, number) else None)


def section_of(tally: Tally) -> str:
    """The section of a column's page that has the worst of this."""
    if tally.unexpected:
        return UNEXPECTED
    return KNOWN if tally.known > tally.shared else SHARED


def anchor_of(place: str, section: str) -> str:
    """The anchor of an area in a section of a column's page, by the area's own place; of the section without one."""
    return f"{section}-{place.removeprefix('areas/').removesuffix('.html')}" if place else section


def area(found: Area, columns: Sequence[Column], reference: Column | None) -> str:
    """The page of an area."""
    here = places.area(found.name)
    frame = Frame(here, found.name, trail=[("Matrix", places.HOME)], scripts=("static/grid.js",), wide=True)
    present = [column for column in columns if column in found.tallies]
    head = el("thead", el("tr", el("th", "Scenario", scope="col"), *headings(frame, present, reference)), class_="top")
    together = el("tbody", _row(frame, "All of it", "", len(found.rows), found.tallies, present, class_="all"))
    bodies = [_topic(frame, found, topic, rows, present) for topic, rows in by_topic(found.rows).items()]
    caption = el("caption", f"Results of {found.name}, by scenario and column", class_="vh")
    table = el("table", caption, head, together, *bodies, class_="matrix scenarios", id="matrix")
    lead = f"{plural(len(found.rows), 'scenario')} in {plural(len(bodies), 'topic')}."
    return render(
        frame,
        el("h1", found.name.replace("_", " ")),
        el("p", lead, class_="lead"),
        _legend(reference),
        scrolling(table, f"Matrix of {found.name}", columns=len(present)),
    )


def _topic(frame: Frame, found: Area, topic: str, rows: Sequence[Row], columns: Sequence[Column]) -> Markup:
    tallies: dict[Column, Tally] = {}
    for one in rows:
        add(tallies, one.tallies)
    cells = []
    for number, column in enumerate(columns):
        tally = tallies.get(column)
        content = el("span", cell(tally), class_="cell")
        if tally is not None and tally.issues + tally.unexpected:
            anchor = anchor_of(places.area(found.name), section_of(tally))
            content = frame.link(places.column(column.name), cell(tally), anchor=anchor, class_="cell")
        cells.append(el("td", content, class_="first" if is_first(columns, number) else None))
    title = el("th", el("span", topic.replace("_", " ") or found.name), scope="rowgroup")
    return el("tbody", el("tr", title, *cells, class_="topic"), *(_scenario(frame, one, columns) for one in rows))


def _scenario(frame: Frame, row: Row, columns: Sequence[Column]) -> Markup:
    place = places.scenario(row.id)
    name = frame.link(place, row.name.replace("_", " "), title=row.requirement or None)
    cells = [
        el("td", verdict_cell(row.tallies.get(column)), class_="first" if is_first(columns, number) else None)
        for number, column in enumerate(columns)
    ]
    return el("tr", el("th", name, scope="row"), *cells)
