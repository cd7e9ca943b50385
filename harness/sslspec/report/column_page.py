"""The page of a column: how it does and why, in short; then all that is not as it should be, what it is, its badge.

What the column does on its own stands before what does not pass in the reference either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sslspec.report import places, variants
from sslspec.report.badges import verdict as badge_text
from sslspec.report.causes import Cause, Causes
from sslspec.report.columns import Column
from sslspec.report.html import EMPTY, Content, Markup, breakable, el, join
from sslspec.report.matrix_page import KNOWN, SHARED, UNEXPECTED, anchor_of
from sslspec.report.outcomes import Outcome, Tally
from sslspec.report.page import Frame, facts, render
from sslspec.report.parts import chip, scrolling
from sslspec.report.presets import Pair
from sslspec.report.stream import Execution
from sslspec.style import legible, listed, plural
from sslspec.verdicts import Verdict

SECTIONS = (UNEXPECTED, KNOWN, SHARED)
_MOST_CAUSES = 15
_HERE = Markup("<!-- rows -->")
_TITLES = ("Scenario", "Verdict", "Executions", "Why")


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page of a column shows besides its rows: counts, reasons, and the comparisons that it is part of."""

    column: Column
    tally: Tally
    reference: Column | None
    causes: Causes
    comparisons: Sequence[Pair]
    complete: bool

    @property
    def is_reference(self) -> bool:
        """Whether the others are held against this one."""
        return self.column is self.reference


def rows(
    column: Column, scenario_id: str, found: Iterable[Outcome], every: Sequence[Execution]
) -> dict[str, list[Markup]]:
    """The rows of a scenario on a column's page, by section: what nobody expected, and what is known not to pass."""
    frame = Frame(places.column(column.name), "")
    name = frame.link(places.scenario(scenario_id), breakable(scenario_id.partition("/")[2] or scenario_id))
    sections: dict[str, list[Markup]] = {}
    for one in found:
        if one.sample.unexpected or one.is_known:
            cells = [
                el("th", name, scope="row"),
                el("td", chip(one.verdict, unexpected=one.sample.unexpected)),
                el("td", variants.told(one.executions, every) or "the only one"),
                el("td", _why(one)),
            ]
            row = el("tr", *cells, class_="bad" if one.sample.unexpected else None)
            section = UNEXPECTED if one.sample.unexpected else SHARED if one.shared else KNOWN
            sections.setdefault(section, []).append(row)
    return sections


def _why(one: Outcome) -> Content:
    said: list[Content] = [el("p", one.sample.reason)] if one.sample.reason else []
    if one.brief:
        said.append(el("p", el("code", one.brief)))
    if one.more:
        said.append(el("p", f"and so on, in {len(one.more) + 1} ways", class_="note"))
    return said


def body(area: str, found: Sequence[Markup], section: str) -> Markup:
    """The rows of an area under its name."""
    title = el("tr", el("th", area, scope="rowgroup", colspan=len(_TITLES)), class_="topic")
    return el("tbody", title, *found, id=anchor_of(places.area(area), section))


def page(shown: Shown, rows: Mapping[str, Iterator[str]]) -> Iterator[str]:
    """The page in pieces; `rows` are, by section, the bodies that `body` has made, joined."""
    column, tally = shown.column, shown.tally
    frame = Frame(places.column(column.name), column.name, trail=[("Matrix", places.HOME)])
    counts = {UNEXPECTED: tally.unexpected, KNOWN: tally.known - tally.shared, SHARED: tally.shared}
    text = render(
        frame,
        el("h1", column.name),
        el("p", column.told(), class_="lead"),
        _counted(shown),
        _verdicts(tally),
        [el("p", warning, class_="warning") for warning in _warnings(column, complete=shown.complete)],
        _links(frame, shown),
        _causes(frame, shown.causes),
        [_section(name, counts[name], shown) for name in SECTIONS if counts[name] or name == UNEXPECTED],
        el("h2", "What it is", id="facts"),
        _facts(column),
        _badge(frame, column, tally, complete=shown.complete),
    )
    streams = [rows[name] for name in SECTIONS if counts[name]]
    for part, stream in zip(text.split(_HERE), [*streams, iter(())], strict=True):
        yield part
        yield from stream


def _section(name: str, count: int, shown: Shown) -> Markup:
    against = "" if shown.reference is None or shown.is_reference else shown.reference.name
    title = {
        UNEXPECTED: "Unexpected",
        KNOWN: f"Known not to pass, unlike {against}" if against else "Known not to pass",
        SHARED: f"Known not to pass, as in {against}",
    }[name]
    table = _table(title) if count else el("p", "Nothing.", class_="note")
    return join([el("h2", f"{title} ({count:,})", id=name), table])


def _causes(frame: Frame, causes: Causes) -> Markup:
    """Why it does not pass what passes elsewhere, in short."""
    if not len(causes):
        return EMPTY
    rows = [
        el(
            "tr",
            el("td", cause.executions, class_="n"),
            el("th", cause.reason, scope="row"),
            el("td", frame.link(places.scenario(cause.example), breakable(cause.example)), _others(cause)),
        )
        for cause in causes.most(_MOST_CAUSES)
    ]
    titles = (("Executions", "n"), ("Reason", None), ("Scenarios", None))
    head = el("tr", *(el("th", title, scope="col", class_=kind) for title, kind in titles))
    caption = "Reasons why it does not pass, by how much they explain"
    table = el("table", el("caption", caption, class_="vh"), el("thead", head), el("tbody", *rows), class_="causes")
    rest = len(causes) - len(rows)
    more = plural(rest, "more reason") + (", and further ones that nobody counted" if causes.beyond else "")
    return join(
        [
            el("h2", "Why, in short", id="why"),
            scrolling(table, caption),
            el("p", f"and {more}, below", class_="note") if rest else None,
        ]
    )


def _others(cause: Cause) -> Content:
    rest = cause.scenarios - 1
    return el("span", f" and {plural(rest, 'other')}", class_="note") if rest else None


def _warnings(column: Column, *, complete: bool) -> Iterator[str]:
    """Why there may be more to know of the column than stands here."""
    if not complete:
        yield "The run is incomplete: what is missing had no turn."
    if column.part:
        missing = column.part.missing
        verb = "are" if len(missing) > 1 else "is"
        said = f"{listed(missing)} {verb} missing, and nothing is known here of what they hold."
        yield f"This is {column.part.title} of a run: {said}"


def _counted(shown: Shown) -> Markup:
    """How much passed; of the rest, what nobody expected, and what is the column's own."""
    tally, reference = shown.tally, shown.reference
    own = "known not to pass"
    if reference is not None and not shown.is_reference:
        own += f", unlike {reference.name}"
    sections = [
        (UNEXPECTED, tally.unexpected, "unexpected"),
        (KNOWN, tally.known - tally.shared, own),
        (SHARED, tally.shared, "do not pass there either"),
    ]
    items = [
        el("li", el("a", f"{count:,}", el("span", f" {word}"), href=f"#{name}"))
        for name, count, word in sections
        if count
    ]
    passed = el("span", f" of {tally.applicable:,} executions that apply passed")
    return el("ul", el("li", el("b", f"{tally.passed:,}"), passed), *items, class_="counts")


def _verdicts(tally: Tally) -> Markup | None:
    """The verdicts of what did not pass."""
    others = [(verdict, tally.verdicts[verdict]) for verdict in Verdict if verdict is not Verdict.PASSED]
    said = [f"{count:,} {verdict.value}" for verdict, count in others if count]
    return el("p", ", ".join(said), class_="note") if said else None


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


def _links(frame: Frame, shown: Shown) -> Markup:
    column, reference = shown.column, shown.reference
    found = []
    if reference is not None and not shown.is_reference:
        # the filter's own language: a quoted name, then what is asked of it
        own, other = (legible(one.name) for one in (column, reference))
        if shown.tally.differ:
            told = f"{plural(shown.tally.differ, 'scenario')} in which it behaves differently from {reference.name}"
            found.append(frame.link(places.HOME, told, anchor=places.fragment(f'q="{own}":different')))
        if shown.tally.known > shown.tally.shared:
            query = places.fragment(f'q="{own}":fail "{other}":pass')
            found.append(
                frame.link(places.HOME, f"scenarios that fail here, and pass in {reference.name}", anchor=query)
            )
    for before, after in shown.comparisons:
        other_name = after.name if before is column else before.name
        place = places.comparison(before.name, after.name)
        found.append(el("span", "compared with ", frame.link(place, other_name), " step by step"))
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
