"""The command line: what may be said, and which part answers. No part of the work is done here."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from benchmarks import comparison, measuring, metrics, overhead, peers, prepared, records, report, requirements, suite
from benchmarks.comparison import Plan
from benchmarks.measuring import Cell
from benchmarks.requirements import BadRequirement, Requirement
from sslspec.cli.parser import Parser, positive
from sslspec.exitcodes import ExitCode

_PROGRAM = "python -m benchmarks"
_QUICK = {"rounds": 3, "batch": 0.1, "connections": 100}


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code is one of sslspec's."""
    given = list(sys.argv[1:] if argv is None else argv)
    try:
        if given[:1] == ["suite"]:
            return _suite(_suite_parser().parse_args(given[1:]))
        if given[:1] == ["records"]:
            return records.main(given[1:])
        return _compare(_parser().parse_args(given), given)
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)


def _fail(problem: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"{_PROGRAM}: {problem}\n")
    return code


def _compare(arguments: argparse.Namespace, given: Sequence[str]) -> int:
    if arguments.list:
        print(metrics.explained())
        return ExitCode.AS_EXPECTED
    plan = _plan(arguments)
    certificates = prepared.ground()
    if certificates is None:
        return prepared.again(given)
    try:
        results = comparison.compare(plan, certificates, comparison.to_stderr)
    except peers.NoSuchPeer as problem:
        return _fail(str(problem), ExitCode.NOT_LOADED)
    print(report.text(plan, results, ratios=arguments.ratios))
    failed = not _kept(arguments.json, report.as_json(plan, results))
    for required in arguments.require:
        name = required.metric.name
        met, told = required.judge(
            results.cell(name, plan.subject), results.cell(name, peers.BASELINE), results.doubts(plan.subject)
        )
        print(f"{'ok  ' if met else 'FAIL'} {plan.subject} {told}")
        failed = failed or not met
    return ExitCode.UNEXPECTED if failed else ExitCode.AS_EXPECTED


def _plan(arguments: argparse.Namespace) -> Plan:
    plan = Plan(subject=arguments.subject, clock=arguments.clock)
    if arguments.peers is not None:
        plan.peers, plan.optional = arguments.peers, frozenset()
    for name, quick in _QUICK.items():
        value = getattr(arguments, name)
        if value is not None:
            setattr(plan, name, value)
        elif arguments.quick:
            setattr(plan, name, quick)
    wanted = arguments.metrics or (tuple(metrics.METRICS) if not arguments.require else ())
    # What is required is measured, whatever else is.
    plan.metrics = tuple(dict.fromkeys([*wanted, *(required.metric.name for required in arguments.require)]))
    return plan


def _suite(arguments: argparse.Namespace) -> int:
    try:
        timing = suite.measure(arguments.implementations, arguments.k, arguments.j)
        timing = replace(timing, harness_ms=overhead.milliseconds(rounds=arguments.rounds))
    except suite.NotMeasured as problem:
        return _fail(str(problem), ExitCode.INCOMPLETE)
    print(timing.text())
    failed = not _kept(arguments.json, timing.as_json())
    for required in arguments.require:
        value = timing.value(required.metric.name)
        cell = Cell() if value is None else Cell((value,))
        met, told = required.judge(cell, Cell(), [])
        print(f"{'ok  ' if met else 'FAIL'} suite {told}")
        failed = failed or not met
    return ExitCode.UNEXPECTED if failed else ExitCode.AS_EXPECTED


def _kept(path: Path | None, told: object) -> bool:
    """Write JSON where it was asked for; False where that fails."""
    if path is None:
        return True
    try:
        path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    except OSError as problem:
        _fail(f"{path}: cannot be written ({problem.strerror})", ExitCode.USAGE)
        return False
    return True


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Measure an ssl module beside its peers, in memory, in interleaved rounds. "
        f"`{_PROGRAM} suite` measures the suite instead.",
        epilog="metrics:\n" + metrics.explained(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--subject", default="refssl", metavar="MODULE", help="whom --require is about (refssl)")
    parser.add_argument(
        "--peers",
        type=_names,
        metavar="NAMES",
        help=f"who stands beside it, with commas: any of {', '.join(peers.NAMES)}, or modules with the names of ssl; "
        "default: those of the named ones that can be imported. ssl, the baseline, is always measured",
    )
    parser.add_argument("--metrics", type=_metrics, metavar="NAMES", help="with commas; default: all, see below")
    parser.add_argument(
        "--require",
        action="append",
        default=[],
        type=_requirement,
        metavar="METRIC>=RATIO",
        help="exit code 1 unless the subject reaches it; <= where lower is better; the figure itself where the goal "
        "below has no x; METRIC alone for its goal; may be repeated. Without --metrics only these are measured",
    )
    parser.add_argument("--rounds", type=positive(int), metavar="N", help="default: 7")
    parser.add_argument("--batch", type=positive(float), metavar="S", help="seconds for a peer and round (0.3)")
    parser.add_argument("--clock", choices=tuple(measuring.CLOCKS), default="cpu", help="default: cpu")
    parser.add_argument(
        "--connections", type=positive(int), metavar="N", help="pairs held for memory; growth has ten times more (500)"
    )
    parser.add_argument("--quick", action="store_true", help="3 rounds of 0.1 s, 100 pairs: to see that it works")
    parser.add_argument("--ratios", action="store_true", help="no absolute figures but where a goal is one: to quote")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    parser.add_argument("--list", action="store_true", help="explain the metrics and end")
    return parser


def _suite_parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=f"{_PROGRAM} suite", description="How many scenarios a second `sslspec run` executes.", allow_abbrev=False
    )
    parser.add_argument("implementations", nargs="*", metavar="IMPL", help="default: ssl and refssl")
    parser.add_argument("-j", type=positive(int), default=2, metavar="N", help="processes, as pytest -n (2)")
    parser.add_argument("-k", action="append", default=[], metavar="GLOB", help="only scenarios whose id fits")
    parser.add_argument(
        "--require",
        action="append",
        default=[],
        type=_suite_requirement,
        metavar="METRIC>=N",
        help="exit code 1 unless it is reached: rate>=N executions a second, cpu_ms<=N for each, harness_ms<=N of it",
    )
    parser.add_argument(
        "--rounds", type=positive(int), default=overhead.ROUNDS, metavar="N", help="for what the harness adds (5)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write what was measured")
    return parser


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    if not names:
        raise argparse.ArgumentTypeError(f"no name given; known: {', '.join(peers.NAMES)}")
    return names


def _metrics(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in metrics.METRICS]
    if unknown or not names:
        what = f"there is no metric {', '.join(unknown)}" if unknown else "no metric given"
        raise argparse.ArgumentTypeError(f"{what}; known: {', '.join(metrics.METRICS)}")
    return names


def _requirement(text: str) -> Requirement:
    try:
        return requirements.read(text)
    except BadRequirement as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def _suite_requirement(text: str) -> Requirement:
    try:
        return requirements.read(text, suite.METRICS)
    except BadRequirement as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem
