"""The page of one scenario: what it demands and where that is written, what became of it everywhere, and its source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sslspec.report import details, links, places, variants
from sslspec.report.columns import Column
from sslspec.report.html import EMPTY, Content, Markup, breakable, el, join
from sslspec.report.knowledge import Knowledge
from sslspec.report.outcomes import Group, Outcome, grouped
from sslspec.report.page import Frame, facts, render
from sslspec.report.parts import chip, scrolling
from sslspec.report.stream import Execution, Scenario, was_tried
from sslspec.style import plural
from sslspec.verdicts import Verdict


def page(
    scenario: Scenario, told: Mapping[Column, list[Outcome]], reference: Column | None, knowledge: Knowledge
) -> str:
    """The page of a scenario; `told` is what each column has to say of it, in the columns' order."""
    frame = Frame(
        places.scenario(scenario.id),
        scenario.id,
        trail=[("Matrix", places.HOME), (scenario.area, places.area(scenario.area)), (scenario.topic, "")],
    )
    result = scenario.any()
    every = scenario.executions
    groups = grouped(told, reference)
    return render(
        frame,
        el("h1", scenario.name.replace("_", " ")),
        el("p", el("code", breakable(scenario.id)), class_="id"),
        el("p", result.requirement, class_="lead") if result.requirement else None,
        _about(scenario, knowledge),
        el("h2", "Results", id="results"),
        el("p", _counted(scenario, every), class_="note"),
        _results(frame, groups, every, reference),
        details.blocks(groups, every, reference),
        _observed(scenario, reference, every),
        _repeat(groups, reference),
        _source(scenario, knowledge),
    )


def _counted(scenario: Scenario, every: list[Execution]) -> str:
    return f"{plural(len(every), 'execution')} in {plural(len(scenario.results), 'column')}."


def _about(scenario: Scenario, knowledge: Knowledge) -> Markup:
    result = scenario.any()
    source = knowledge.sources.get(scenario.id)
    marks = source.marks if source else {}
    versions = [("since", result.since), ("until", result.until)]
    return facts(
        [
            ("Clauses", el("ul", *(el("li", _clause(name, knowledge)) for name in result.clauses))),
            ("Level", result.level),
            ("Documented", ", ".join(f"{word} Python {version}" for word, version in versions if version)),
            ("Needs", ", ".join(map(str, marks.get("feature", ())))),
            ("Known issues", _issues(result.known, knowledge)),
        ]
    )


def _clause(name: str, knowledge: Knowledge) -> Content:
    address, says = links.of_clause(name), knowledge.clauses.get(name)
    cited = el("a", name, href=address, rel="external noreferrer") if address else name
    return [el("span", cited, class_="cite"), f" {says}" if says else None]


def _issues(references: tuple[str, ...], knowledge: Knowledge) -> Content:
    items = []
    for reference in dict.fromkeys(references):
        address, says = links.of_issue(reference), knowledge.issues.get(reference)
        cited = el("a", reference, href=address, rel="external noreferrer") if address else reference
        items.append(el("li", el("span", cited, class_="cite"), f" {says}" if says else None))
    return el("ul", *items) if items else None


def _results(frame: Frame, groups: Sequence[Group], every: list[Execution], reference: Column | None) -> Markup:
    """A row for each way in which executions ended, of columns that do the same in everything."""
    rows = [row for group in groups for row in _rows(frame, group, every, reference)]
    return _table("What became of it, by column", rows)


def _table(caption: str, rows: list[Markup]) -> Markup:
    titles = ("Column", "Verdict", "Executions", "What was seen")
    head = el("tr", *(el("th", title, scope="col") for title in titles))
    table = el("table", el("caption", caption, class_="vh"), el("thead", head), el("tbody", *rows), class_="results")
    return scrolling(table, caption)


def _rows(frame: Frame, group: Group, every: list[Execution], reference: Column | None) -> list[Markup]:
    rows = []
    is_reference = group.columns[0] is reference
    for number, one in enumerate(group.outcomes):
        cells = []
        if number == 0:
            names = _columns(frame, group.columns, is_reference=is_reference)
            count = len(group.outcomes)
            cells.append(el("th", *names, scope="rowgroup" if count > 1 else "row", rowspan=count))
        cells += [
            el("td", chip(one.verdict, unexpected=one.sample.unexpected)),
            el("td", variants.told(one.executions, every) or "the only one"),
            el("td", _seen(one, details.anchor(group, number), is_reference=is_reference)),
        ]
        rows.append(el("tr", *cells, class_="bad" if one.sample.unexpected else None))
    return rows


def _columns(frame: Frame, columns: Sequence[Column], *, is_reference: bool) -> list[Content]:
    """The names of columns that do the same; those that are as the reference, or are many, are folded away."""
    links = [el("li", _column(frame, column)) for column in columns]
    tag = el("span", "reference", class_="tag") if is_reference else None
    if len(links) <= (1 if is_reference else details.MOST_NAMES):
        return [el("ul", *links, class_="names"), tag]
    verb = "does" if len(links) == 2 else "do"
    summary = el("summary", f"and {plural(len(links) - 1, 'column')} that {verb} the same")
    rest = el("details", summary, el("ul", *links[1:], class_="names"), class_="same")
    return [el("ul", links[0], class_="names"), tag, rest]


def _column(frame: Frame, column: Column) -> list[Content]:
    return [
        frame.link(places.column(column.name), column.name),
        el("span", ", ".join(filter(None, (column.python, column.library))), class_="note"),
    ]


def _seen(one: Outcome, anchor: str, *, is_reference: bool) -> Content:
    """What an outcome is in words: what came, the baseline's reason, and how it relates to the reference."""
    said: list[Content] = []
    if one.brief:
        said.append(el("p", el("code", one.brief)))
    elif one.sample.unexpected and one.verdict is Verdict.PASSED:
        said.append(el("p", "passes, and its baseline says that it does not"))
    if one.sample.reason and one.verdict not in (Verdict.PASSED, Verdict.INAPPLICABLE):
        said.append(el("p", el("span", "known: ", class_="word"), one.sample.reason))
    if one.more:
        said.append(el("p", f"and so on, in {len(one.more) + 1} ways", class_="note"))
    if one.differs:
        said.append(el("p", el("a", "≠ behaves differently", href=f"#{anchor}", class_="flag differ")))
    elif details.is_worth_telling(one):
        said.append(el("p", el("a", "in detail", href=f"#{anchor}")))
    elif one.difference is not None and not is_reference:
        said.append(el("p", "= the same steps as the reference", class_="note"))
    elif is_reference and not said:
        said.append(el("p", "what the others are held against", class_="note"))
    return said


def _observed(scenario: Scenario, reference: Column | None, every: list[Execution]) -> Markup:
    """The steps of one execution in the reference column, or of another where that one has none."""
    order = [reference] if reference in scenario.results else []
    order += [column for column in scenario.results if column is not reference]
    for column in order:
        assert column is not None
        for execution, result in sorted(scenario.results[column].items()):
            if was_tried(result) and result.steps:
                which = f", {variants.name(execution)}" if len(every) > 1 else ""
                return details.observed(result.steps, f"{column.name}{which}")
    return EMPTY


def _repeat(groups: Sequence[Group], reference: Column | None) -> Markup:
    """The commands for one execution: one that is told in detail, if there is any, where its own command stands."""
    tried = [
        (not details.is_worth_telling(one), column, one.sample)
        for group in groups
        for column in sorted(group.columns, key=lambda column: column is not reference)[:1]
        for one in group.outcomes
        if one.verdict is not Verdict.INAPPLICABLE
    ]
    if not tried:
        return EMPTY
    is_well, column, sample = min(tried, key=lambda one: one[0])
    parts = [el("h2", "Repeat it", id="repeat")]
    if is_well:
        parts.append(details.command(column.repeated(sample)))
    if wire := column.on_the_wire(sample):
        parts += [el("p", "What passes on the wire:", class_="note"), details.command(wire)]
    return join(parts) if len(parts) > 1 else EMPTY


def _source(scenario: Scenario, knowledge: Knowledge) -> Markup:
    source = knowledge.sources.get(scenario.id)
    if source is None:
        note = "This sslspec has no scenario of that name: the results are of another version."
        return join([el("h2", "Source", id="source"), el("p", note, class_="note")])
    where = f"{knowledge.file(source)}, line {source.line}"
    return join(
        [
            el("h2", "Source", id="source"),
            el("p", where, class_="note"),
            el("pre", el("code", source.source), class_="source", tabindex=0, role="region", aria_label="Source"),
        ]
    )
