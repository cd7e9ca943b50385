"""The page of a column: who was tested on what, and only what is not as it should be. Then the badge to embed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sslspec.report import places, variants
from sslspec.report.badges import verdict as badge_text
from sslspec.report.columns import Column
from sslspec.report.html import Content, Markup, breakable, el, join
from sslspec.report.matrix_page import KNOWN, UNEXPECTED, anchor_of
from sslspec.report.outcomes import Outcome, Tally
from sslspec.report.page import Frame, facts, render
from sslspec.report.parts import chip, scrolling
from sslspec.report.stream import Execution
from sslspec.style import legible, listed, plural
from sslspec.verdicts import EXPECTED, Verdict

_HERE = Markup("<!-- rows -->")
_TITLES = ("Scenario", "Verdict", "Executions", "Why")


def rows(
    column: Column, scenario_id: str, found: Iterable[Outcome], every: Sequence[Execution]
) -> dict[str, list[Markup]]:
    """The rows of a scenario on a column's page, by section: what nobody expected, and what is known not to pass."""
    frame = Frame(places.column(column.name), "")
    name = frame.link(places.scenario(scenario_id), breakable(scenario_id.partition("/")[2] or scenario_id))
    sections: dict[str, list[Markup]] = {}
    for one in found:
        if one.sample.unexpected or one.verdict not in EXPECTED:
            cells = [
                el("th", name, scope="row"),
                el("td", chip(one.verdict, unexpected=one.sample.unexpected)),
                el("td", variants.told(one.executions, every) or "the only one"),
                el("td", _why(one)),
            ]
            row = el("tr", *cells, class_="bad" if one.sample.unexpected else None)
            sections.setdefault(UNEXPECTED if one.sample.unexpected else KNOWN, []).append(row)
    return sections


def _why(one: Outcome) -> Content:
    said: list[Content] = [el("p", one.sample.reason)] if one.sample.reason else []
    if one.brief:
        said.append(el("p", el("code", one.brief)))
    return said


def body(area: str, found: Sequence[Markup], section: str) -> Markup:
    """The rows of an area under its name."""
    title = el("tr", el("th", area, scope="rowgroup", colspan=len(_TITLES)), class_="topic")
    return el("tbody", title, *found, id=anchor_of(places.area(area), section))


def page(
    column: Column, tally: Tally, *, is_reference: bool, complete: bool, unexpected: Iterator[str], known: Iterator[str]
) -> Iterator[str]:
    """The page in pieces; `unexpected` and `known` are the bodies that `body` has made, joined."""
    frame = Frame(places.column(column.name), column.name, trail=[("Matrix", places.HOME)])
    knowns = tally.issues - tally.failing
    text = render(
        frame,
        el("h1", column.name),
        el("p", _lead(tally), class_="lead"),
        [el("p", warning, class_="warning") for warning in _warnings(column, complete=complete)],
        _facts(column),
        _links(frame, column, tally, is_reference=is_reference),
        el("h2", f"Unexpected ({tally.unexpected:,})", id=UNEXPECTED),
        _table("Unexpected results") if tally.unexpected else el("p", "Nothing.", class_="note"),
        el("h2", f"Known not to pass ({knowns:,})", id=KNOWN),
        _table("Known not to pass, by area") if knowns else el("p", "Nothing.", class_="note"),
        _badge(frame, column, tally, complete=complete),
    )
    parts = text.split(_HERE)
    streams = [stream for stream, there in ((unexpected, tally.unexpected), (known, knowns)) if there]
    for part, stream in zip(parts, [*streams, iter(())], strict=True):
        yield part
        yield from stream


def _warnings(column: Column, *, complete: bool) -> Iterator[str]:
    """Why there may be more to know of the column than stands here."""
    if not complete:
        yield "The run is incomplete: what is missing had no turn."
    if column.part:
        missing = column.part.missing
        verb = "are" if len(missing) > 1 else "is"
        said = f"{listed(missing)} {verb} missing, and nothing is known here of what they hold."
        yield f"This is {column.part.title} of a run: {said}"


def _lead(tally: Tally) -> str:
    counted = ", ".join(
        f"{tally.verdicts[verdict]:,} {verdict.value}" for verdict in Verdict if tally.verdicts[verdict]
    )
    return f"{tally.passed:,} of {tally.applicable:,} executions passed ({counted})."


def _facts(column: Column) -> Markup:
    return facts(
        [
            ("Implementation", " ".join(filter(None, (column.implementation, column.release)))),
            ("Python", column.python),
            ("Library", column.library_text),
            ("Platform", column.platform),
            ("Documented as of", column.documented),
            ("Features", el("ul", *(el("li", el("code", name)) for name in column.features), class_="tags")),
        ]
    )


def _links(frame: Frame, column: Column, tally: Tally, *, is_reference: bool) -> Markup:
    # the filter's own language: a quoted name, then what is asked of it
    query = places.fragment(f'q="{legible(column.name)}":different')
    found = []
    if tally.differ and not is_reference:
        told = f"{plural(tally.differ, 'scenario')} in which it behaves differently from the reference"
        found.append(frame.link(places.HOME, told, anchor=query))
    found.append(frame.link(places.record(column.name), "all its results, as a result file"))
    return el("ul", *(el("li", link) for link in found), class_="links")


def _table(caption: str) -> Markup:
    head = el("tr", *(el("th", title, scope="col") for title in _TITLES))
    table = el("table", el("caption", caption, class_="vh"), el("thead", head), _HERE, class_="results anomalies")
    return scrolling(table, caption)


def _badge(frame: Frame, column: Column, tally: Tally, *, complete: bool) -> Markup:
    text, _ = badge_text(tally, complete=complete)
    source = places.badge(column.name, "svg")
    image = el("img", src=places.link(frame.place, source), alt=f"sslspec: {text}", height=20)
    embed = f"![sslspec]({source})"
    return join(
        [
            el("h2", "Badge", id="badge"),
            el("p", image),
            el("pre", el("code", embed), class_="command", tabindex=0),
            el("p", "Put the address of this site before it. ", class_="note"),
            el(
                "p", "For shields.io's endpoint: ", frame.link(places.badge(column.name, "json"), "JSON"), class_="note"
            ),
        ]
    )
