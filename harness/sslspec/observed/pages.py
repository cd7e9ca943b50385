"""docs/behaviour-changes.md, written from the observations: what changed, line by line, each under its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sslspec.compare.markdown import code
from sslspec.observed import changes, store
from sslspec.observed.changes import Because, Transition
from sslspec.observed.store import Observation
from sslspec.style import plural

NAME = "behaviour-changes.md"
_LONGEST = 240
_ABOUT = (
    "What the standard library's `ssl` does otherwise from one Python to the next, and from one OpenSSL to the next,",
    "as this suite saw it: every execution of every scenario, on the interpreters below. Made by",
    "`python -m sslspec.observed pages docs` from [what was observed](../reports/observed); a selftest keeps it true,",
    "and fails for a difference without a reason. Each line is a scenario; `sslspec show SCENARIO` tells more of it.",
)


@dataclass(slots=True)
class _Line:
    """One scenario that is not as it was: in how many executions, and what is different in the first of them."""

    scenario: str
    executions: int
    words: list[str]
    requirement: str


def text() -> str:
    """The page."""
    every = [store.load(path) for path in store.files()]
    return "\n".join([*_head(every), *(line for one in _transitions(every) for line in _section(one))]) + "\n"


def unexplained() -> list[str]:
    """A line for each difference that has no reason, and each reason that has no difference."""
    found = _transitions([store.load(path) for path in store.files()])
    reasons, known = changes.read_reasons(), changes.baseline()
    lines = [
        f"{transition.title}: {group.change.after.id}: {' / '.join(changes.words(group))}"
        for transition in found
        for group in transition.groups
        if not changes.because(transition, group, reasons, known)
    ]
    return lines + changes.stale(found, reasons)


def _transitions(every: Sequence[Observation]) -> list[Transition]:
    return changes.transitions(every)


def _head(every: Sequence[Observation]) -> Iterator[str]:
    yield from (
        "# What changed in behaviour",
        "",
        *_ABOUT,
        "",
        "| observed | executions | passed | failed | inapplicable |",
    )
    yield "|---|---|---|---|---|"
    for one in every:
        counts = Counter(seen["verdict"] for found in one.executions.values() for seen in found.values())
        named = (
            one.title if one.facts["name"] == "ssl" else f"{one.facts['name']} beside {one.title.partition(' on ')[0]}"
        )
        told = " | ".join(f"{counts[verdict]:,}" for verdict in ("passed", "failed", "inapplicable"))
        yield f"| [{named}](../reports/observed/{one.file_name}) | {counts.total():,} | {told} |"


def _section(transition: Transition) -> Iterator[str]:
    reasons, known = changes.read_reasons(), changes.baseline()
    under: dict[tuple[Because, ...], dict[str, _Line]] = {}
    for group in transition.groups:
        why = tuple(changes.because(transition, group, reasons, known))
        scenario = group.change.after.scenario
        line = under.setdefault(why, {}).setdefault(
            scenario, _Line(scenario, 0, changes.words(group), group.change.after.requirement)
        )
        line.executions += len(group.ids)
    yield from ("", f"## {transition.title}", "")
    total = sum(len(group.ids) for group in transition.groups)
    scenarios = len({group.change.after.scenario for group in transition.groups})
    versions = f"{transition.before.title} and {transition.after.title}"
    yield f"{versions} differ in {plural(total, 'execution')} of {plural(scenarios, 'scenario')}."
    order = {(one.reason, one.source): number for number, one in enumerate(reasons)}

    def place(why: tuple[Because, ...]) -> tuple[int, str]:
        return (order.get((why[0].text, why[0].source), len(order)), why[0].text) if why else (len(order) + 1, "")

    for why in sorted(under, key=place):
        told = "; ".join(f"{one.text} ({one.source})" if one.source else one.text for one in why)
        yield from ("", f"**{told or 'No reason is known'}**", "")
        for line in under[why].values():
            times = f" ({plural(line.executions, 'execution')})" if line.executions > 1 else ""
            documented = any(one.text.startswith((changes.SINCE, changes.UNTIL)) for one in why)
            yield f"- `{line.scenario}`{times}: {line.requirement if documented else _brief(line.words)}"


def _brief(words: Sequence[str]) -> str:
    """The verdicts, where they are others, and the first step that is."""
    verdicts = [line for line in words if "  ->  " in line]
    steps = [line for line in words if " | " in line]
    told = [" → ".join(_short(part) for part in line.split("  ->  ", 1)) for line in verdicts[:1]]
    for line in steps[:1]:
        left, _, right = line.partition(" | ")
        told.append(f"{_short(left)} → {_short(right)}")
    return "; ".join(told)


def _short(words: str) -> str:
    found = words.strip()
    return code(found if len(found) <= _LONGEST else found[: _LONGEST - 3] + "...")
