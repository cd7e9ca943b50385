"""docs/behaviour-changes.md, written from the observations and the reasons: what changed, and why, step by step.

What matters first stands first: the contents, a line for each step, then in each step the reasons in the order of their
file, then, folded where they are many, the scenarios. Nothing here decides what explains what.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sslspec.compare import Group
from sslspec.compare.markdown import code
from sslspec.compare.rendering import DID_NOTHING
from sslspec.observed import changes, reasons, store
from sslspec.observed.changes import Transition
from sslspec.observed.reasons import Reason, Reasons
from sslspec.observed.store import Observation
from sslspec.style import plural

NAME = "behaviour-changes.md"
_LONGEST = 150  # characters of a step in a line
_OPEN = 4  # scenarios that stand under a reason without being folded
_ABOUT = """\
What the standard library's `ssl` does otherwise from one Python to the next, and from one OpenSSL to the next, as this
suite saw it: every execution of every scenario, on the interpreters [below](#what-was-observed). From 3.12 to 3.14 are
two steps, 3.12 to 3.13 and 3.13 to 3.14; what OpenSSL changes comes on top, with the OpenSSL that a Python is built on.

Each reason names where it is written, and each of these documents was read for it, in the edition that stands at
[the end](#what-was-read); one that was not would be marked *(not read)*. *Observed* is what was seen, and what nothing
was found to document: changelogs, manual pages and issues were searched. Under a reason stand the scenarios, with the
number of executions that are different; `sslspec show SCENARIO` tells more of one.

This page is made by `python -m sslspec.observed pages docs` from [what was observed](../reports/observed). A selftest
keeps it true, and fails for a difference without a reason.
"""


@dataclass(slots=True)
class _Line:
    """One scenario that is not as it was: in how many executions, and what is different in the first of them."""

    scenario: str
    executions: int
    told: str


@dataclass(slots=True)
class _Section:
    """A step, with what is told under each of its reasons."""

    transition: Transition
    under: list[tuple[Reason, list[_Line]]]
    executions: int
    scenarios: int


def page() -> tuple[str, list[str]]:
    """The page, and a line for each difference without a reason and each reason without a difference."""
    every = [store.load(path) for path in store.files()]
    written = reasons.read()
    found = changes.transitions(every)
    sections = [_section(one, written) for one in found]
    lines = [
        *("# What changed in behaviour", "", *_ABOUT.splitlines(), "", "## In short"),
        *(line for section in sections for line in _contents(section)),
        *(line for section in sections for line in _told(section, written)),
        *_observed(every),
        *_read(written),
    ]
    return "\n".join(lines) + "\n", changes.unexplained(found, written)


def anchor(title: str) -> str:
    """Where a heading is found: ``Python 3.12 to 3.13`` at ``python-312-to-313``."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


# -- what is told --------------------------------------------------------------------------------------------------


def _section(transition: Transition, written: Reasons) -> _Section:
    lines: dict[str, dict[str, _Line]] = {}
    for group in transition.groups:
        for reason in changes.because(transition, group, written):
            scenario = group.change.after.scenario
            told = lines.setdefault(reason.title, {}).setdefault(scenario, _Line(scenario, 0, _brief(group, reason)))
            told.executions += len(group.ids)
    return _Section(
        transition,
        [(one, list(lines[one.title].values())) for one in _reasons(transition, written) if one.title in lines],
        sum(len(group.ids) for group in transition.groups),
        len({group.change.after.scenario for group in transition.groups}),
    )


def _reasons(transition: Transition, written: Reasons) -> list[Reason]:
    return written.of(transition.what, transition.step).reasons


def _brief(group: Group, reason: Reason) -> str:
    """What a scenario asks, where one side did not run it; else the verdicts and the step that the reason is about."""
    before, after = group.change.before, group.change.after
    if before.verdict in DID_NOTHING or after.verdict in DID_NOTHING:
        return after.requirement
    words = changes.words(group)
    verdicts = [line for line in words if "  ->  " in line]
    steps = [line for line in words if " | " in line]
    about = [line for line in steps if reason.match and re.search(reason.match, line)] or steps
    told = [" → ".join(_short(part) for part in line.split("  ->  ", 1)) for line in verdicts[:1]]
    told += [" → ".join(_short(part) for part in line.split(" | ", 1)) for line in about[:1]]
    return "; ".join(told)


def _short(words: str) -> str:
    found = words.strip()
    return code(found if len(found) <= _LONGEST else found[: _LONGEST - 3] + "...")


# -- how it is told ------------------------------------------------------------------------------------------------


def _contents(section: _Section) -> Iterator[str]:
    """A line for a step, and folded in it its reasons. Of what stands in a summary GitHub reads no Markdown."""
    title = section.transition.title
    seen = _counts(section.executions, section.scenarios)
    if not section.under:
        yield from ("", f"[{title}](#{anchor(title)}): {seen}")
        return
    link = f'<a href="#{anchor(title)}">{html.escape(title)}</a>'
    yield from ("", f"<details><summary>{link}: {plural(len(section.under), 'reason')}, {seen}</summary>", "")
    yield from (f"- [{_plain(reason.title)}](#{anchor(reason.title)})" for reason, _ in section.under)
    yield from ("", "</details>")


def _told(section: _Section, written: Reasons) -> Iterator[str]:
    transition = section.transition
    yield from ("", f"## {transition.title}", "")
    yield (
        f"{transition.before.title} and {transition.after.title} differ in "
        f"{_counts(section.executions, section.scenarios)}."
    )
    for reason, lines in section.under:
        yield from ("", f"### {_plain(reason.title)}", "", _plain(reason.reason), "")
        yield f"*Source: {_sources(reason.sources, written)}.*"
        yield from ("", *_lines(lines))
    unseen = written.of(transition.what, transition.step).unseen
    if unseen:
        yield from ("", "**Documented as well, and seen by no scenario here:**", "")
        yield from (f"- {_plain(one.reason)} *Source: {_sources(one.sources, written)}.*" for one in unseen)


def _lines(lines: Sequence[_Line]) -> Iterator[str]:
    folded = len(lines) > _OPEN
    if folded:
        executions = sum(line.executions for line in lines)
        yield from (f"<details><summary>{_counts(executions, len(lines))}</summary>", "")
    alike: dict[str, list[_Line]] = {}
    for line in lines:
        alike.setdefault(line.told, []).append(line)
    yield from (f"- {', '.join(map(_named, several))}: {told}" for told, several in alike.items())
    if folded:
        yield from ("", "</details>")


def _named(line: _Line) -> str:
    return f"`{line.scenario}`" + (f" ({line.executions})" if line.executions > 1 else "")


def _sources(cited: Sequence[str], written: Reasons) -> str:
    return "; ".join(_plain(one) + ("" if _was_read(one, written) else " (not read)") for one in cited)


def _was_read(cited: str, written: Reasons) -> bool:
    document = written.source(cited)
    return document is None or document.read


def _counts(executions: int, scenarios: int) -> str:
    return f"{plural(executions, 'execution')} of {plural(scenarios, 'scenario')}"


def _plain(words: str) -> str:
    """`words` with nothing in them that Markdown reads as more than words."""
    return re.sub(r"([\\`*<>\[\]])", r"\\\1", words)


def _observed(every: Sequence[Observation]) -> Iterator[str]:
    yield from ("", "## What was observed", "", "| observed | executions | passed | failed | inapplicable |")
    yield "|---|---|---|---|---|"
    for one in every:
        counts = Counter(seen["verdict"] for found in one.executions.values() for seen in found.values())
        named = (
            one.title if one.facts["name"] == "ssl" else f"{one.facts['name']} beside {one.title.partition(' on ')[0]}"
        )
        told = " | ".join(f"{counts[verdict]:,}" for verdict in ("passed", "failed", "inapplicable"))
        yield f"| [{named}](../reports/observed/{one.file_name}) | {counts.total():,} | {told} |"


def _read(written: Reasons) -> Iterator[str]:
    yield from ("", "## What was read", "", "| cited as | edition | |", "|---|---|---|")
    for one in written.sources:
        yield f"| {_plain(one.name)} | {_plain(one.edition)} | {'read' if one.read else 'not read'} |"
