"""The command line: which faults, over which scenarios, and what is printed of them."""

from __future__ import annotations

import argparse
import fnmatch
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

import refssl
from sabotage import answers, faults, mutants, rules, witnesses, wrong
from sabotage.campaign import Campaign, Outcome, Task
from sabotage.witnesses import Places
from sslspec.cli.parser import Parser, positive
from sslspec.exitcodes import ExitCode

_PROGRAM = "python -m sabotage"
_REFSSL = Path(refssl.__path__[0])


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code is one of sslspec's."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        last = _noticed_last_time(arguments.json)
    except (OSError, ValueError, TypeError, KeyError) as problem:
        parser.error(f"{arguments.json} is not what came of an earlier campaign: {problem!r}")
    started = time.monotonic()
    campaign = Campaign(
        lambda places: _tasks(places, arguments),
        rules.noting,
        last,
        arguments.mutants or not arguments.faults,
        arguments.jobs,
        _Progress(arguments.verbose),
    )
    given = ["--impl=refssl", "--no-baseline", "-q", "-pno:cacheprovider", "-pno:xdist", "--limit=4", "--tb=native"]
    given += [f"--peer={peer}" for peer in arguments.peer or ("stdlib", "scripted", "tlslite")]
    status = pytest.main([*given, *arguments.pytest, str(_REFSSL.parents[1] / "suites")], plugins=[campaign])
    if status not in (0, 5) or not campaign.outcomes:
        parser.error("pytest could not collect the scenarios, or no fault was chosen")
    return _summary(campaign, time.monotonic() - started, arguments)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog=_PROGRAM, description=__doc__, allow_abbrev=False)
    parser.add_argument("--faults", action="store_true", help="faults of the surface only")
    parser.add_argument("--mutants", action="store_true", help="faults in the source only")
    parser.add_argument("-k", action="append", metavar="GLOB", help="only faults whose name fits; repeatable")
    parser.add_argument("--every", type=positive(int), default=1, metavar="N", help="only each Nth fault, for a sample")
    parser.add_argument("--peer", action="append", metavar="PEER", help="as in sslspec run")
    parser.add_argument("-j", "--jobs", type=positive(int), default=1, metavar="N", help="how many at the same time")
    parser.add_argument(
        "--require", type=positive(float), metavar="PERCENT", help="exit 1 if fewer are noticed, answered aside"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="what came of each fault; it speeds up the next run")
    parser.add_argument("-v", "--verbose", action="store_true", help="a line for each fault")
    parser.add_argument("pytest", nargs="*", help="options for pytest, behind --")
    return parser


def _tasks(places: Places, arguments: argparse.Namespace) -> Iterator[Task]:
    both = arguments.faults == arguments.mutants
    found: list[Task] = []
    if both or arguments.faults:
        for fault in faults.every():
            found.append(Task(fault.name, fault.apply, witnesses.of(places, fault.at), wrong.came_to_it))
    if both or arguments.mutants:
        found += [
            Task(mutant.name, mutant.apply, places.get(mutant.place, []), mutants.came_to_it)
            for mutant in mutants.every(_modules(), _whole)
        ]
    chosen = [task for task in found if not arguments.k or any(fnmatch.fnmatchcase(task.name, k) for k in arguments.k)]
    yield from chosen[:: arguments.every]


def _noticed_last_time(path: Path | None) -> dict[str, str]:
    """By fault: which execution noticed it, as the file says that this campaign will write again."""
    if path is None or not path.exists():
        return {}
    return {outcome["name"]: outcome["by"] for outcome in json.loads(path.read_text(encoding="utf-8"))}


def _modules() -> list[str]:
    names = [
        ".".join(("refssl", *path.relative_to(_REFSSL).with_suffix("").parts)).removesuffix(".__init__")
        for path in sorted(_REFSSL.rglob("*.py"))
        if path.stem != "__main__"
    ]
    return [name for name in names if name != "refssl"]


def _whole(module: str) -> bool:
    return module in mutants.WHOLE


class _Progress:
    """Tells of each fault as it is done."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose

    def __call__(self, outcome: Outcome, left: int) -> None:
        if self._verbose or (outcome.viable and not outcome.noticed):
            how = f"noticed by {outcome.by}" if outcome.noticed else f"SURVIVED {outcome.tried} executions"
            how = how if outcome.viable else "never shows"
            print(f"{outcome.name}: {how} ({outcome.seconds:.1f} s; {left} left)", flush=True)


def _summary(campaign: Campaign, seconds: float, arguments: argparse.Namespace) -> int:
    told = answers.load()
    noticed = [outcome for outcome in campaign.outcomes if outcome.noticed]
    survivors = [outcome for outcome in campaign.outcomes if outcome.viable and not outcome.noticed]
    open_ones = [outcome for outcome in survivors if answers.of(told, outcome.name) is None]
    viable = len(noticed) + len(open_ones)
    score = 100 * len(noticed) / viable if viable else 100.0
    if arguments.json:
        arguments.json.write_text(json.dumps([vars(outcome) for outcome in campaign.outcomes], indent=1) + "\n")
    hidden = len(campaign.outcomes) - len(noticed) - len(survivors)
    print(
        f"{len(campaign.outcomes)} faults in {seconds:.0f} s: {len(noticed)} noticed, {len(open_ones)} not; "
        f"{len(survivors) - len(open_ones)} that nobody can see, {hidden} that never show: "
        f"{score:.1f} % of {viable} noticed"
    )
    _tell_of(campaign.broken)
    if arguments.require is not None and (score < arguments.require or campaign.broken):
        return ExitCode.UNEXPECTED
    return ExitCode.AS_EXPECTED


def _tell_of(broken: Iterable[str]) -> None:
    for nodeid in broken:
        print(f"left out, since it fails without any fault: {nodeid}")
