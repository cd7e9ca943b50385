"""Result files of a million lines, and what it costs to merge and to compare them: seconds, and the most memory.

``python harness/benchmarks records FILE --lines 999999`` multiplies the columns of a real result file into two files,
merges these, and compares two columns of the result; each in a process of its own, whose peak the system tells.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sslspec.cli.parser import Parser, positive
from sslspec.exitcodes import ExitCode
from sslspec.pythons import child
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result

_PROGRAM = "python -m benchmarks records"


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step took: seconds of CPU, and the most memory in MiB."""

    what: str
    seconds: float
    mebibytes: float


def main(argv: Sequence[str]) -> int:
    """Measure; the exit code says whether everything worked."""
    arguments = _parser().parse_args(argv)
    try:
        with tempfile.TemporaryDirectory(prefix="sslspec-") as folder:
            for cost in measure(arguments.file, arguments.lines, Path(folder)):
                print(f"{cost.what:32} {cost.seconds:7.1f} s CPU  {cost.mebibytes:7.1f} MiB")
    except (RecordError, OSError, subprocess.CalledProcessError) as problem:
        sys.stderr.write(f"{_PROGRAM}: {problem}\n")
        return ExitCode.USAGE
    return ExitCode.AS_EXPECTED


def measure(source: Path, lines: int, folder: Path) -> Iterator[Cost]:
    """Merge two files of `lines` together, and compare. Raises RecordError, or CalledProcessError."""
    paths = [folder / "odd.jsonl", folder / "even.jsonl"]
    for number, path in enumerate(paths):
        multiply(source, path, lines // 2, number)
    size = sum(path.stat().st_size for path in paths) / 2**20
    whole = folder / "all.jsonl"
    yield _cost(f"merge {lines:,} lines ({size:,.0f} MiB)", "merge", *map(str, paths), "-o", str(whole))
    with record.open_record(whole) as reader:
        first, *_, last = reader.header.implementations
    yield _cost("compare two of its columns", "compare", str(whole), "--columns", first, last, "--fail-on", "never")
    yield _cost("compare the two files", "compare", *map(str, paths), "--fail-on", "never")


def multiply(source: Path, path: Path, lines: int, number: int) -> None:
    """Write a record of about `lines` results: those of `source`, as often as it takes, as columns of other Pythons."""
    with record.open_record(source) as reader:
        count = sum(1 for _ in reader)
        header = reader.header
    times = max(1, lines // max(1, count))
    versions = [f"3.{10 + number}.{patch}" for patch in range(times)]
    columns = {
        f"{name}@{version}": {**facts, "python": {"implementation": "cpython", "version": version}}
        for name, facts in header.implementations.items()
        for version in versions
    }
    header = Header(header.suite, columns, header.manifest, header.environment, header.platform)

    def results() -> Iterator[Result]:
        same: list[Result] = []
        with record.open_record(source) as again:
            for result in again:
                if same and same[0].id != result.id:
                    yield from record.in_order(same)
                    same = []
                same += [replace(result, implementation=f"{result.implementation}@{version}") for version in versions]
        yield from record.in_order(same)

    record.write_stream(path, header, results())


def _cost(what: str, *arguments: str) -> Cost:
    process = subprocess.Popen(child.command("sslspec", *arguments), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, " ".join(arguments))
    scale = 1 if sys.platform == "darwin" else 2**10
    return Cost(what, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * scale / 2**20)


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog=_PROGRAM, description="What merging and comparing large result files costs.")
    parser.add_argument("file", type=Path, metavar="FILE", help="a result file, whose columns are multiplied")
    parser.add_argument("--lines", type=positive(int), default=999_999, metavar="N", help="default: a million")
    return parser
