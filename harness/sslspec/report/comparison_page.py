"""Two columns compared, execution by execution: regressions first. And the page from which any two are compared.

The comparisons that people ask for are pages of their own, whole without scripts; any other is made by a script from
the same data that filters use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from sslspec.compare import kinds, reasons
from sslspec.compare.changes import Change
from sslspec.compare.kinds import Kind
from sslspec.report import places, variants
from sslspec.report.columns import Column
from sslspec.report.differences import Difference, between
from sslspec.report.html import Content, Markup, breakable, el, hidden, join
from sslspec.report.page import Frame, render
from sslspec.report.parts import chip, difference, scrolling
from sslspec.report.presets import Pair
from sslspec.report.stream import Execution, Scenario, is_different
from sslspec.results.failures import brief
from sslspec.results.record import Result

SCRIPTS = ("static/data.js", "data/index.js", "static/compare.js")
_HERE = Markup("<!-- rows -->")
_MOST_LINES = 12
_MOST_WAYS = 4  # in which the steps of a scenario changed that are told one by one
_Way = tuple[Kind, Difference | None, list[Execution]]
_SCENARIO, _DIFFERENT = "Scenario", "What is different"


def kind(before: Result | None, after: Result | None) -> Kind | None:
    """What became of an execution; None where it is as it was."""
    if before is None or after is None:
        return Kind.ADDED if before is None else Kind.GONE
    return Change(before, after).kind


def beside(pair: Pair) -> tuple[str, str] | None:
    """The names of two columns of which neither is a later state of the other: nothing there is a regression."""
    before, after = pair
    return None if before.family == after.family else (before.name, after.name)


def changes(scenario: Scenario, pair: Pair, counts: Counter[Kind | None]) -> Iterator[tuple[Kind, Markup]]:
    """The rows of a scenario, a row for what changed alike; `counts` learns of each execution."""
    old, new = (scenario.results.get(column, {}) for column in pair)
    alike: dict[tuple[object, ...], _Way] = {}
    for execution in sorted(old.keys() | new.keys()):
        before, after = old.get(execution), new.get(execution)
        what = kind(before, after)
        counts[what] += 1
        if what is not None:
            steps = _steps(before, after)
            key = what, _told(before), _told(after), steps.essence if steps else None
            alike.setdefault(key, (what, steps, []))[2].append(execution)
    every = scenario.executions
    for ways in _by_what_is_told(alike):
        folded = len(ways) > _MOST_WAYS
        for what, steps, executions in ways[:1] if folded else ways:
            meant = sorted(one for _, _, more in ways for one in more) if folded else executions
            which = variants.told(meant, every) + (f", in {len(ways)} ways: one of them" if folded else "")
            yield what, _row(scenario.id, pair, (old.get(executions[0]), new.get(executions[0])), steps, which)


def _by_what_is_told(alike: Mapping[tuple[object, ...], _Way]) -> Iterable[list[_Way]]:
    """What happened in one way each, together where only the steps are others."""
    found: dict[tuple[object, ...], list[_Way]] = {}
    for (*told, _), way in alike.items():
        found.setdefault(tuple(told), []).append(way)
    return found.values()


def _told(result: Result | None) -> tuple[object, ...] | None:
    return None if result is None else (result.verdict, result.unexpected, brief(result))


def _steps(before: Result | None, after: Result | None) -> Difference | None:
    if before is None or after is None or not is_different(after, before):
        return None
    found = between(before.steps, after.steps)
    rest = max(0, len(found.lines) - _MOST_LINES)
    return Difference(found.lines[:_MOST_LINES], found.more + rest)


def _row(
    scenario_id: str, pair: Pair, sample: tuple[Result | None, Result | None], steps: Difference | None, which: str
) -> Markup:
    frame = Frame(places.comparison(*(column.name for column in pair)), "")
    name = [
        frame.link(places.scenario(scenario_id), breakable(scenario_id)),
        el("span", which, class_="note") if which else None,
    ]
    before, after = sample
    why = reasons.of(Change(before, after)) if before is not None and after is not None else []
    different: list[Content] = [el("p", reason) for reason in why]
    if steps is not None and steps.lines:
        table = difference(steps, pair[0].name, pair[1].name)
        different.append(el("details", el("summary", "steps"), scrolling(table, f"Steps of {scenario_id}")))
    return el(
        "tr",
        el("th", *name, scope="row"),
        *(el("td", _outcome(result), data_label=title) for title, result in zip(_sides(pair), sample, strict=True)),
        el("td", *different),
    )


def _sides(pair: Pair) -> tuple[str, str]:
    """What the two columns are called at the head of theirs."""
    return beside(pair) or ("Before", "After")


def _outcome(result: Result | None) -> Content:
    if result is None:
        return el("span", el("span", "-", aria_hidden="true"), hidden("no result"), class_="nothing")
    said = brief(result)
    return [chip(result.verdict, unexpected=result.unexpected), el("p", el("code", said)) if said else None]


def page(pair: Pair, counts: Counter[Kind | None], rows: Mapping[Kind, Iterator[str]]) -> Iterator[str]:
    """The comparison of two columns in pieces; `rows` are those of each kind, joined."""
    before, after = (column.name for column in pair)
    frame = Frame(places.comparison(before, after), f"{before} ... {after}", trail=[("Compare", places.COMPARE)])
    found = [what for what in Kind if counts[what]]
    text = render(
        frame,
        el("h1", before, el("span", " ... ", class_="word"), after),
        el("p", pair[0].told(), " → ", pair[1].told(), class_="lead"),
        [el("p", f"{one.name} is {one.part.title} of a run.", class_="warning") for one in pair if one.part],
        _counted(counts, pair),
        [_section(what, counts[what], pair) for what in found],
        None if found else el("p", "Nothing is different.", class_="note"),
    )
    streams = [rows[what] for what in found]
    for part, stream in zip(text.split(_HERE), [*streams, iter(())], strict=True):
        yield part
        yield from stream


def _section(what: Kind, count: int, pair: Pair) -> Markup:
    title = kinds.title(what, beside(pair))
    title = title[0].upper() + title[1:]
    return join([el("h2", f"{title} ({count:,})", id=what.name.lower()), _table(title, pair)])


def _counted(counts: Counter[Kind | None], pair: Pair) -> Markup:
    items = [
        el("li", el("a", f"{counts[what]:,}", el("span", f" {word}"), href=f"#{what.name.lower()}"))
        for what, word in _words(counts, pair)
    ]
    return el("ul", *items, el("li", f"{counts[None]:,}", el("span", " unchanged")), class_="counts")


def _words(counts: Counter[Kind | None], pair: Pair) -> Iterator[tuple[Kind, str]]:
    """The kinds that there are, with the words behind their number."""
    for what in Kind:
        if counts[what]:
            yield what, kinds.counted(what, counts[what], beside(pair))


def _table(caption: str, pair: Pair) -> Markup:
    head = el("tr", *(el("th", title, scope="col") for title in (_SCENARIO, *_sides(pair), _DIFFERENT)))
    body = el("tbody", _HERE)
    table = el("table", el("caption", caption, class_="vh"), el("thead", head), body, class_="results changes")
    return scrolling(table, caption)


def chooser(columns: Sequence[Column], questions: Mapping[str, Sequence[tuple[Pair, Counter[Kind | None]]]]) -> str:
    """The page on which comparisons are chosen."""
    frame = Frame(places.COMPARE, "Compare two columns", scripts=SCRIPTS)
    sections: list[Content] = []
    for question, pairs in questions.items():
        if pairs:
            sections += [el("h2", question), el("ul", *(_preset(frame, *one) for one in pairs), class_="presets")]
    return render(
        frame,
        el("h1", "Compare two columns"),
        _any_two(columns),
        *sections,
        None if sections else el("p", "One column alone has nothing to be compared with.", class_="note"),
    )


def _preset(frame: Frame, pair: Pair, counts: Counter[Kind | None]) -> Markup:
    before, after = (column.name for column in pair)
    said = [f"{counts[what]:,} {word}" for what, word in _words(counts, pair)]
    link = frame.link(places.comparison(before, after), before, el("span", " ... "), after)
    return el("li", link, el("span", ", ".join(said) or "nothing is different", class_="note"))


def _any_two(columns: Sequence[Column]) -> Markup:
    """The choice of any two, which scripts show."""
    choices = []
    for name, label in (("before", "Before"), ("after", "After")):
        nothing = el("option", "choose a column", value="")
        options = [nothing, *(el("option", column.name, value=number) for number, column in enumerate(columns))]
        choices.append(el("div", el("label", label, for_=name), el("select", *options, id=name), class_="choice"))
    return el(
        "section",
        el("div", *choices, class_="row"),
        el("p", "", id="said", role="status", aria_live="polite", class_="note"),
        el("div", id="found"),
        class_="tools",
        id="tools",
        hidden=True,
        aria_label="Any two columns",
    )
