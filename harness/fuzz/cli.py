"""The command line: what may be said, and what is printed. No part of the work is done here."""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fuzz import findings, guided, worker
from fuzz.guided import Finding
from fuzz.target import Target
from fuzz.targets import TARGETS
from sslspec.cli.parser import Parser
from sslspec.exitcodes import ExitCode

_PROGRAM = "python -m fuzz"
_TITLES = f"{'target':<18}{'inputs':>10}{'a second':>10}{'kept':>7}{'reached':>9}{'calls':>8}  findings"


def main(argv: Sequence[str] | None = None) -> int:
    """Answer a command line; the exit code is one of sslspec's."""
    given = list(sys.argv[1:] if argv is None else argv)
    arguments = _parser().parse_args(given)
    if arguments.list:
        for target in TARGETS.values():
            print(f"{target.name:<18}{target.about}")
        return ExitCode.AS_EXPECTED
    if arguments.engine == "atheris" and importlib.util.find_spec("atheris") is None:
        return _fail("atheris is not installed; pip install 'sslspec[fuzz]'", ExitCode.USAGE)
    try:
        if arguments.input is not None:
            return _once(arguments)
        return _fuzz(arguments)
    except worker.NotStarted as problem:
        return _fail(f"a target did not start:\n{problem}", ExitCode.INTERNAL)
    except KeyboardInterrupt:
        return _fail("interrupted", ExitCode.INTERRUPTED)


def _fail(problem: str, code: ExitCode) -> ExitCode:
    sys.stderr.write(f"{_PROGRAM}: {problem}\n")
    return code


def _once(arguments: argparse.Namespace) -> ExitCode:
    """Run one input, and say what comes of it."""
    if len(arguments.target) != 1:
        return _fail("--input needs one target", ExitCode.USAGE)
    path = Path(arguments.input)
    try:
        data = findings.read(path) if path.is_file() else bytes.fromhex(arguments.input)
    except (OSError, ValueError):
        return _fail(f"{arguments.input}: neither hexadecimal digits nor a finding's file", ExitCode.USAGE)
    finding = guided.judged(arguments.target[0], data)
    print(finding.told.rstrip() if finding is not None else "nothing that must not happen")
    return ExitCode.UNEXPECTED if finding is not None else ExitCode.AS_EXPECTED


def _fuzz(arguments: argparse.Namespace) -> ExitCode:
    targets: list[Target] = arguments.target or list(TARGETS.values())
    whole = sum(target.share for target in targets)
    total = found = 0
    seconds = 0.0
    print(_TITLES, flush=True)
    for target in targets:
        plan = worker.Plan(
            target.name,
            arguments.seed,
            arguments.engine,
            seconds=arguments.minutes * 60 * target.share / whole,
            inputs=arguments.inputs,
            kept=str(findings.CORPUS) if arguments.keep else "",
        )
        told = worker.start(plan)
        print(_line(target.name, told), flush=True)
        for each in told["findings"]:
            finding = Finding(each["target"], bytes.fromhex(each["data"]), each["key"], each["told"])
            print(f"    {finding.key}: {findings.write(finding, arguments.findings)}", flush=True)
        total += told["inputs"]
        found += len(told["findings"])
        seconds += told["seconds"]
    print(f"{total} inputs in {seconds / 60:.1f} minutes, {total / max(seconds, 0.001):.0f} a second, {found} findings")
    return ExitCode.UNEXPECTED if found else ExitCode.AS_EXPECTED


def _line(name: str, told: dict[str, Any]) -> str:
    rate = told["inputs"] / max(told["seconds"], 0.001)
    return (
        f"{name:<18}{told['inputs']:>10}{rate:>10.0f}{told['kept']:>7}{told['reached']:>9}{told['calls']:>8}"
        f"  {len(told['findings'])}"
    )


def _parser() -> argparse.ArgumentParser:
    parser = Parser(
        prog=_PROGRAM,
        description="Feed refssl what no honest peer or file would hold, and look for what must not happen.",
        epilog="Each finding is written to a file that begins with the command that repeats it.",
        allow_abbrev=False,
    )
    parser.add_argument("target", nargs="*", type=_target, metavar="TARGET", help="default: all of them, see --list")
    parser.add_argument("--minutes", type=float, default=1.0, metavar="N", help="shared out among the targets (1)")
    parser.add_argument(
        "--inputs", type=int, default=0, metavar="N", help="this many for each target, whatever time it takes"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="another seed, other inputs (0)")
    parser.add_argument(
        "--engine",
        choices=("own", "atheris"),
        default="own",
        help="what looks for new ways through the code: a loop of this project's, or libFuzzer",
    )
    parser.add_argument("--input", metavar="HEX|FILE", help="run only this input of one target")
    parser.add_argument("--keep", action="store_true", help="write what has reached something new to the corpus")
    parser.add_argument(
        "--findings", type=Path, default=Path("fuzz-findings"), metavar="DIR", help="default: fuzz-findings"
    )
    parser.add_argument("--list", action="store_true", help="name the targets and end")
    return parser


def _target(name: str) -> Target:
    if name not in TARGETS:
        raise argparse.ArgumentTypeError(f"there is no target {name!r}; see --list")
    return TARGETS[name]
