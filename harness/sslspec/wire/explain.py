"""One scenario, run once more with one or two implementations, and what was seen of it: text, JSON, a capture.

It is an ordinary run of one execution each, with taps; limits, verdicts and what is expected are those of a run.
"""

from __future__ import annotations

import json
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sslspec.results import failures
from sslspec.results.record import Result
from sslspec.results.software import Software
from sslspec.running import run
from sslspec.running.options import Options
from sslspec.running.outcome import Outcome
from sslspec.running.state import State
from sslspec.scenarios import listing
from sslspec.style import Style, one_line
from sslspec.verdicts import Verdict
from sslspec.wire import account, align, capture, pcapng
from sslspec.wire.account import Account
from sslspec.wire.align import Difference, Row
from sslspec.wire.capture import Capture, Data, Secrets
from sslspec.wire.show import Page, printable

MOST = 2  # implementations
_MOST_DIFFERENCES = 8
_SOCKETS = frozenset({"socketpair", "tcp", "tcp6", "asyncio"})  # transports over which a thread serves the peer


class TooMany(Exception):
    """More was asked for than stands side by side; the text is one line."""


@dataclass(slots=True)
class Explanation:
    """What came of it. names: the columns, in the order in which they were asked for."""

    scenario: listing.Scenario
    names: tuple[str, ...]
    outcome: Outcome
    results: dict[str, Result]
    captures: dict[str, Capture]
    secrets: Secrets

    def account(self, name: str) -> Account:
        """What was seen of one implementation; of one that left nothing, the steps of its record."""
        if name in self.captures:
            return account.of_capture(self.captures[name], self.secrets.by_random)
        return account.of_steps(self.results[name].steps if name in self.results else [])

    def rows(self) -> list[Row]:
        """All that was seen, aligned."""
        accounts = [self.account(name) for name in self.names]
        if len(accounts) < MOST:
            return align.alone(accounts[0])
        return align.rows(*accounts, timed=not _SOCKETS & set(_id(self).split("+")))


class _Silent:
    """An observer of a run who says nothing: what there is to say comes at its end."""

    def result(self, result: Result, state: State) -> None:
        pass

    def tick(self, state: State) -> None:
        pass

    def say(self, text: str) -> None:
        pass


def explain(scenario_id: str, options: Options) -> Explanation:
    """Run it. An id stands for the first variant that it leaves open. options: of the run; which scenario is set here.

    Raises UnknownScenario, TooMany, and what `run.execute` raises.
    """
    scenario = listing.find(scenario_id)
    if len(options.implementations) * max(1, len(options.pythons)) > MOST:
        raise TooMany("explain takes one implementation or two, or one in two interpreters")
    with tempfile.TemporaryDirectory(prefix="sslspec-", ignore_cleanup_errors=True) as folder:
        wire = Path(folder, "wire.jsonl")
        options.workers = 1  # so that interpreters take turns
        options.globs = (scenario_id, f"{scenario_id}+*")  # or the first of those that begin so
        options.pytest_args = ("-p", "sslspec.wire.plugin", f"--wire={wire}")
        outcome = run.execute(options, _Silent())
        captures, secrets = capture.read(wire), capture.secrets(Path(f"{wire}.keys"))
    columns = outcome.record.header.implementations
    return Explanation(
        scenario,
        tuple(columns),
        outcome,
        {result.implementation: result for result in outcome.record.results},
        {name: one for name, facts in columns.items() for one in captures if _is_of(one, name, facts)},
        secrets,
    )


def _is_of(one: Capture, column: str, facts: dict[str, Any]) -> bool:
    """Whether it was taken down of this column: an implementation knows its own name and interpreter, and no column."""
    return one.implementation == facts.get("name", column) and all(
        facts.get(name) == one.facts.get(name) for name in ("python", "openssl")
    )


def save(explanation: Explanation, path: Path) -> bool:
    """Write what passed, and the secrets, as a pcapng file; False where nothing passed. Raises PcapError."""
    captures = [explanation.captures[name] for name in explanation.names if name in explanation.captures]
    if not any(isinstance(happening, Data) for one in captures for happening in one.happenings):
        return False
    pcapng.write(path, captures, explanation.secrets.text)
    return True


# -- text ------------------------------------------------------------------------------------------------------------


def text(explanation: Explanation, style: Style, width: int, *, verbose: bool) -> str:
    """What there is to see, for a terminal that is so wide."""
    rows = explanation.rows()
    accounts = [explanation.account(name) for name in explanation.names]
    out = [style.bold(_id(explanation))]
    out += textwrap.wrap(explanation.scenario.requirement, width - 2, initial_indent="  ", subsequent_indent="  ")
    out += [f"  known: {', '.join(explanation.scenario.known)}"] if explanation.scenario.known else []
    out += [""]
    out += [line for name in explanation.names for line in _verdict(explanation, name, style)]
    if len(explanation.names) == MOST:
        out += _told_differences(list(align.differences(rows)), explanation.names, style, width)
    page = Page(explanation.names, style, width, verbose=verbose)
    out += [""]
    if any(one.connections for one in accounts):
        out += [page.legend(accounts[0]), ""]
    else:
        out += [f"  {_NOTHING}", ""]
    return "\n".join([*map(one_line, out), *page.lines(rows)])


_NOTHING = "nothing passed on a wire that could be tapped: these are the scenario's steps alone"


def _id(explanation: Explanation) -> str:
    for result in explanation.results.values():
        return result.id
    return explanation.scenario.id


def _verdict(explanation: Explanation, name: str, style: Style) -> list[str]:
    room = max(map(len, explanation.names))
    result = explanation.results.get(name)
    if result is None:
        return [f"  {style.paint(name.ljust(room), 'cyan')}  {style.glyph(Verdict.NOTRUN)} notrun"]
    whom = "" if result.peer in ("", "none") else style.dim(f"  with {result.peer}")
    unexpected = "" if not result.unexpected else style.paint("  unexpected", "red")
    out = [
        f"  {style.paint(name.ljust(room), 'cyan')}  {style.glyph(result.verdict)} {result.verdict.value}"
        f"{unexpected}{whom}  {style.dim(_versions(explanation, name))}".rstrip()
    ]
    if result.verdict is not Verdict.PASSED:
        expected, came = failures.expected_and_came(result)
        out += [
            f"  {'':{room}}    {style.dim(f'{title:8}')}  {line}"
            for title, told in (("expected", expected), ("came", came))
            for line in map(printable, told.split("\n"))
            if line
        ]
    return out


def _versions(explanation: Explanation, name: str) -> str:
    facts: dict[str, Any] = explanation.outcome.record.header.implementations.get(name, {})
    on = Software.of(facts)
    return ", ".join(filter(None, (on.python_title, on.library_title)))


def _told_differences(found: list[Difference], names: tuple[str, ...], style: Style, width: int) -> list[str]:
    if not found:
        return ["", "  no difference but in what is random by nature"]
    first = found[0]
    out = ["", f"  first difference: {_where(first)}"]
    room = max(map(len, names))
    for name, said in zip(names, (first.left, first.right), strict=True):
        told = "nothing of the kind" if said is None else said or "present, and empty"
        head, *more = textwrap.wrap(printable(told), width - room - 6, break_on_hyphens=False)
        out.append(f"    {style.paint(name.ljust(room), 'cyan')}  {head}")
        out += [f"    {'':{room}}  {line}" for line in more]
    out += [style.dim(line) for line in _others(found[1:], width)]
    return out


def _others(found: list[Difference], width: int) -> list[str]:
    """Where else there are differences: the messages and steps, each with its fields."""
    places: dict[str, list[str]] = {}
    for one in found:
        fields = places.setdefault(_place(one), [])
        fields += [one.field] if one.field else []
    told = [f"{place}: {', '.join(fields)}" if fields else place for place, fields in places.items()]
    if len(told) > _MOST_DIFFERENCES:
        told[_MOST_DIFFERENCES:] = [f"and at {len(told) - _MOST_DIFFERENCES} more places"]
    return [
        line
        for number, place in enumerate(told)
        for line in textwrap.wrap(
            printable(place),
            width,
            initial_indent="  then: " if not number else "        ",
            subsequent_indent="          ",
            break_on_hyphens=False,
        )
    ]


def _where(difference: Difference) -> str:
    return _place(difference) + (f", {difference.field}" if difference.field else "")


def _place(difference: Difference) -> str:
    at = difference.at
    whose = f"the {at.by}'s " if at.by else ""
    return f"{whose}{at.title}" + (f" of connection {at.connection}" if at.connection > 1 else "")


# -- JSON ------------------------------------------------------------------------------------------------------------


def as_json(explanation: Explanation) -> str:
    """The same for programs."""
    accounts = {name: explanation.account(name) for name in explanation.names}
    told: dict[str, Any] = {
        "scenario": _id(explanation),
        "requirement": explanation.scenario.requirement,
        "implementations": [
            {
                "name": name,
                **_result_facts(explanation.results.get(name)),
                "connections": [{"number": number, "subject": who} for number, who in sorted(one.subjects.items())],
                "entries": [entry.to_json() for entry in one.entries],
            }
            for name, one in accounts.items()
        ],
    }
    if len(accounts) == MOST:
        told["differences"] = [one.to_json() for one in align.differences(explanation.rows())]
    return json.dumps(told, indent=1)


def _result_facts(result: Result | None) -> dict[str, Any]:
    if result is None:
        return {"verdict": Verdict.NOTRUN.value}
    return {
        "peer": result.peer,
        "verdict": result.verdict.value,
        "unexpected": result.unexpected,
        "detail": result.detail,
    }
