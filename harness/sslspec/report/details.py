"""What somebody needs to know of an outcome that is not as it should be, or not as in the reference, in one block.

What was expected and what came, why, where, the first steps that differ, and the command that repeats it.
"""

from __future__ import annotations

from collections.abc import Sequence

from sslspec.report import places, variants
from sslspec.report.columns import Column
from sslspec.report.differences import step
from sslspec.report.html import EMPTY, Content, Markup, el, join
from sslspec.report.outcomes import Group, Outcome
from sslspec.report.page import facts
from sslspec.report.parts import chip, difference, scrolling
from sslspec.report.stream import Execution
from sslspec.results.failures import demanded_and_came, expected_and_came, last_of_suites
from sslspec.style import plural
from sslspec.verdicts import EXPECTED, Verdict

MOST_NAMES = 3  # columns that are named one by one
_MOST_STEPS = 60
_LONGEST_MESSAGE = 4000


def is_worth_telling(one: Outcome) -> bool:
    """Whether an outcome gets a block."""
    return one.differs or one.sample.unexpected or one.verdict not in EXPECTED


def anchor(group: Group, number: int) -> str:
    """By which a page leads to the block of an outcome."""
    return f"detail-{places.file_name(group.columns[0].name)}-{number}"


def blocks(groups: Sequence[Group], every: list[Execution], reference: Column | None) -> Markup:
    """The blocks of a scenario under their heading; nothing where all is as it should be."""
    found = [
        _block(group, number, one, every, reference)
        for group in groups
        for number, one in enumerate(group.outcomes)
        if is_worth_telling(one)
    ]
    return join([el("h2", "In detail", id="details"), *found]) if found else EMPTY


def command(text: str) -> Markup:
    """A command to copy."""
    return el("pre", el("code", text), class_="command", tabindex=0)


def observed(steps: Sequence[object], whose: str = "") -> Markup:
    """The steps of one execution, folded away."""
    shown = [el("li", el("code", step(one))) for one in steps[:_MOST_STEPS]]
    rest = len(steps) - _MOST_STEPS
    return el(
        "details",
        el(
            "summary",
            f"{plural(len(steps), 'step')} observed",
            el("span", f" {whose}", class_="note") if whose else None,
        ),
        el("ol", *shown, class_="observed"),
        el("p", f"and {plural(rest, 'more step')}", class_="note") if rest > 0 else None,
    )


def _block(group: Group, number: int, one: Outcome, every: list[Execution], reference: Column | None) -> Markup:
    names = _names(group.columns)
    title = el("h3", names, " ", chip(one.verdict, unexpected=one.sample.unexpected))
    return el(
        "section",
        title,
        el("p", _which(one, every), class_="note"),
        _facts(one),
        _steps(one, group.columns[0], names, reference),
        _message(one),
        command(group.columns[0].repeated(one.sample)) if one.verdict is not Verdict.INAPPLICABLE else None,
        id=anchor(group, number),
        class_="block",
    )


def _names(columns: Sequence[Column]) -> str:
    """Whose outcome it is, shortly."""
    if len(columns) > MOST_NAMES:
        return f"{columns[0].name} and {len(columns) - 1} more"
    return ", ".join(column.name for column in columns)


def _which(one: Outcome, every: list[Execution]) -> str:
    """Which executions are meant, and which of them is shown."""
    which = variants.told(one.executions, every)
    example = variants.name(Execution(one.sample.id.partition("@")[2], one.sample.peer))
    ways = f", in {len(one.more) + 1} ways" if one.more else ""
    return f"{which}{ways}; here {example}" if which and len(one.executions) > 1 else example


def _facts(one: Outcome) -> Markup:
    result = one.sample
    expected, came = "", ""
    if one.verdict is not Verdict.PASSED:
        expected, came = demanded_and_came(result)
    elif result.unexpected:
        expected, came = expected_and_came(result)
    frame = last_of_suites(result.detail.get("traceback"))
    return facts(
        [
            ("Expected", _code(expected)),
            ("Came", _code(came)),
            ("Known", result.reason if result.unexpected or one.verdict not in EXPECTED else ""),
            ("Crash", _code(str(result.detail.get("crash") or ""))),
            ("At", _code(frame) if one.verdict not in EXPECTED else ""),
        ]
    )


def _code(said: str) -> Content:
    lines = [el("code", line) for line in said[:_LONGEST_MESSAGE].split("\n")]
    return join(lines, el("br")) if said else None


def _steps(one: Outcome, column: Column, names: str, reference: Column | None) -> Markup | None:
    """The steps from the first that differs on, beside those of the reference; all of them where there is none."""
    if reference is None or one.difference is None:
        return observed(one.sample.steps) if one.sample.steps else None
    if one.difference.lines:
        table = difference(one.difference, reference.name, column.name)
        return scrolling(table, f"Steps that differ, {names}")
    if one.differs:
        return el("p", "The steps are the same; what the scenario found in the end is not.", class_="note")
    return el("p", f"The same steps as in {reference.name}, and the same end.", class_="note")


def _message(one: Outcome) -> Markup:
    """What the failure said in full, where the lines above may have less."""
    message = str(one.sample.detail.get("message", "")).strip()
    if not message or not ("\n" in message or "..." in message):
        return EMPTY
    text = el("pre", message[:_LONGEST_MESSAGE], class_="message", tabindex=0)
    return el("details", el("summary", "the message in full"), text)
