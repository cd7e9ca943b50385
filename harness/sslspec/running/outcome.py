"""What a run comes to: the groups of columns merged into one record, what is stale, and one exit code.

Nothing runs any more when this begins. What was expected and had not its turn gets its result here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sslspec import __version__, baseline
from sslspec.baseline import Baseline, Expectation, FactsOf, facts_in
from sslspec.exitcodes import ExitCode
from sslspec.pythons import hermetic
from sslspec.results import record
from sslspec.results.record import Header, Key, Record, Result
from sslspec.results.ways import note_ways
from sslspec.running.group import Group
from sslspec.running.options import Options
from sslspec.scenarios import listing
from sslspec.verdicts import EXPECTED, Verdict, limits

_CAME_TO_ITS_END = frozenset({ExitCode.AS_EXPECTED, ExitCode.UNEXPECTED, ExitCode.NOTHING})


@dataclass(slots=True)
class Outcome:
    """How a run ended. `problem` says in a few lines what kept it from its end, or "".

    `stale` are baseline entries that are no longer true, `notes` what else is to be done to baselines; a line each.
    """

    exit_code: ExitCode
    record: Record
    stale: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problem: str = ""
    seconds: float = 0.0


def of(
    options: Options,
    groups: Sequence[Group],
    baselines: dict[str, Baseline],
    *,
    interrupted: bool,
    seconds: float,
) -> Outcome:
    """Merge what the groups came to."""
    header = _header(options, groups)
    facts = facts_in(header.implementations)
    _expect_of_each_what_others_collected(groups)
    ends = [(group, _is_complete(group)) for group in groups]
    complete = all(whole for _, whole in ends)
    known = {} if complete else {scenario.id: scenario for scenario in listing.scenarios()}
    for group in groups:
        for result in _never_judged(group, facts, baselines, known):
            group.state.add(result)
    results = [result for group in groups for result in group.state.results.values()]
    header.manifest = header.manifest or record.manifest(result.id for result in results)
    header.volatile["seconds"] = round(seconds, 3)
    # In one part of a run an entry may well have nothing to do.
    judged = {} if options.shard else baselines
    whole = options.whole and complete
    stale = [line for known in judged.values() for line in baseline.stale(known, results, whole_run=whole, facts=facts)]
    code, problem = _judge(options, ends, interrupted=interrupted, stale=bool(stale))
    notes = [line for known in baselines.values() if (line := baseline.note(known))]
    return Outcome(code, Record(header, results, complete), stale, notes, problem, seconds)


def ran_at_all(results: Iterable[Result]) -> bool:
    """Whether anything was run at all."""
    return any(result.verdict is not Verdict.NOTRUN for result in results)


# -- the record ----------------------------------------------------------------------------------------------------


def _header(options: Options, groups: Sequence[Group]) -> Header:
    """One header for all columns; what cannot be scrubbed stands with a column where it is not as for this process."""
    told = [group.state.header for group in groups if group.state.header]
    header = Header(__version__, {}, platform=hermetic.platform_name(), volatile=dict(told[0].volatile) if told else {})
    header.environment = hermetic.describe(groups[0].scrubbed)
    if len({found.manifest for found in told}) == 1:
        header.manifest = told[0].manifest  # of a part: that of the whole run
    for group in groups:
        found = group.state.header
        header.implementations.update(found.implementations if found else group.facts)
        if found and (other := _other_surroundings(header, found)):
            for column in found.implementations:
                header.implementations[column]["unscrubbed"] = other
    header.volatile["argv"] = list(options.argv)
    note_ways(header, {column: way for group in groups for column, way in group.state.ways.items()})
    return header


def _other_surroundings(merged: Header, found: Header) -> dict[str, Any]:
    """What leads the libraries of one group alone: each interpreter may have an OpenSSL with its own configuration."""
    ours, theirs = (header.environment.get("unscrubbed", {}) for header in (merged, found))
    return {name: value for name, value in theirs.items() if value != ours.get(name)}


def _expect_of_each_what_others_collected(groups: Sequence[Group]) -> None:
    """A group that died before it had collected anything owes what another one has collected."""
    collected = next((group for group in groups if group.state.collected), None)
    if collected is None:
        return
    names = {column: name for name, column in collected.columns.items()}
    for group in groups:
        if not group.state.collected and group.state.exit_status is None:
            keys = [
                (scenario, group.columns[names[column]], peer)
                for scenario, column, peer in collected.state.collected
                if names.get(column) in group.columns
            ]
            group.state.apply({"event": "collected", "items": keys})


def _is_complete(group: Group) -> bool:
    state = group.state
    return bool(state.collected or state.is_shard) and not (state.missing() or state.problems or group.gave_up)


def _never_judged(
    group: Group, facts: FactsOf, baselines: dict[str, Baseline], known: dict[str, listing.Scenario]
) -> Iterator[Result]:
    """A result for each scenario that has none: hung where the session was given up on it, else not run."""
    for key in group.state.missing():
        hung = group.gave_up and key in group.state.running
        yield _unjudged(key, hung, known.get(key[0].partition("@")[0]), facts, baselines)


def _unjudged(
    key: Key, hung: bool, scenario: listing.Scenario | None, facts: FactsOf, baselines: dict[str, Baseline]
) -> Result:
    result = Result(*key, Verdict.HUNG if hung else Verdict.NOTRUN, tuple(sorted(EXPECTED)))
    if scenario is not None:
        result.level, result.clauses = scenario.level, scenario.clauses
        result.requirement, result.known = scenario.requirement, scenario.known
    message = (
        "it was under way when the session stopped giving signs of life" if hung else "the run ended before its turn"
    )
    result.detail = {"message": message}
    here = facts(result)
    known = baselines.get(here.implementation)
    expectation: Expectation = known.expectation(result.id, here) if known else Expectation()
    result.expected = tuple(sorted(expectation.verdicts))
    result.reason, result.new = expectation.reason, expectation.new
    result.unexpected = hung and not expectation.accepts(Verdict.HUNG, message)
    return result


# -- the judgement -------------------------------------------------------------------------------------------------


def _judge(
    options: Options, ends: Sequence[tuple[Group, bool]], *, interrupted: bool, stale: bool
) -> tuple[ExitCode, str]:
    """One exit code, and what there is to say where a group did not come to its end."""
    if interrupted:
        return ExitCode.INTERRUPTED, "interrupted"
    stopped = options.first_only and any(group.has_unexpected for group, _ in ends)
    judged = [(group.label, *_judge_group(group, complete=complete, stopped=stopped)) for group, complete in ends]
    codes = {code for _, code, _ in judged}
    ran = codes - {ExitCode.NOTHING}
    if ran and codes <= _CAME_TO_ITS_END:
        return (ExitCode.UNEXPECTED if stale or ExitCode.UNEXPECTED in ran else ExitCode.AS_EXPECTED), ""
    problems: dict[str, list[str]] = {}
    for label, _, problem in judged:
        problems.setdefault(problem, []).append(label)
    everywhere = len(problems) == 1
    told = [text if everywhere else f"{', '.join(who)}: {text}" for text, who in problems.items() if text]
    return (codes.pop() if len(codes) == 1 else ExitCode.INCOMPLETE), "\n".join(told)


def _judge_group(group: Group, *, complete: bool, stopped: bool) -> tuple[ExitCode, str]:
    """`stopped` is True where a first unexpected result, in whichever group, was to end the run."""
    state = group.state
    if state.problems:
        return ExitCode.USAGE, "\n".join(state.problems)
    said = f"; it said:\n{group.printed}" if group.printed else ""
    if group.gave_up:
        problem = f"nothing happened for {group.patience:g} s, so the session was ended"
        return ExitCode.INCOMPLETE, problem if ran_at_all(state.results.values()) else problem + said
    if not (state.collected or state.is_shard) and state.exit_status in (0, 5):
        return ExitCode.NOTHING, "nothing was selected; `sslspec list` shows what there is"
    if complete or stopped:
        return (ExitCode.UNEXPECTED if group.has_unexpected else ExitCode.AS_EXPECTED), ""
    status = group.status if group.status is not None else 0
    problem = f"pytest {limits.how_it_ended(status)}{said}"
    if not ran_at_all(state.results.values()):
        return (ExitCode.USAGE if status == ExitCode.USAGE else ExitCode.INTERNAL), problem
    return ExitCode.INCOMPLETE, problem
