"""A record as JUnit XML, as Jenkins, GitLab and others read it: a suite for each area, a case for each result.

A case fails where nobody expected what came; what the baseline knows is skipped, with its reason. Written as a stream:
the record is gone through once for the counts and once for the cases.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from sslspec import repeating
from sslspec.files import write_lines
from sslspec.results.failures import expected_and_came
from sslspec.results.record import Header, Result, open_record
from sslspec.results.ways import Way, ways_of
from sslspec.verdicts import Verdict

# What is ours or the process's own fault rather than a wrong answer.
_ERRORS = frozenset({Verdict.CRASHED, Verdict.HUNG, Verdict.ERROR})
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # Extensible Markup Language 1.0, 2.2


def export(results: Path, target: Path) -> None:
    """Write the record in `results` to `target`. Raises RecordError, and OSError where that cannot be written."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    with open_record(results) as reader:
        for result in reader:
            counts[result.area][_kind(result)] += 1
            counts[result.area]["tests"] += 1
    with open_record(results) as reader:
        write_lines(target, _lines(reader.header, iter(reader), counts), errors="replace")


def _lines(header: Header, results: Iterator[Result], counts: dict[str, Counter[str]]) -> Iterator[str]:
    every: Counter[str] = sum(counts.values(), Counter())
    ways = ways_of(header)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f"<testsuites name={_quoted(f'sslspec {header.suite}')} {_totals(every)}>"
    for area, found in itertools.groupby(results, key=lambda result: result.area):
        totals = f"{_totals(counts[area])} skipped={_quoted(str(counts[area]['skipped']))}"
        yield f"  <testsuite name={_quoted(area)} {totals}{_timestamp(header)}>"
        for result in found:
            yield from _case(result, ways)
        yield "  </testsuite>"
    yield "</testsuites>"


def _totals(counts: Counter[str]) -> str:
    return " ".join(f"{name}={_quoted(str(counts[name]))}" for name in ("tests", "failures", "errors"))


def _timestamp(header: Header) -> str:
    started = header.volatile.get("started")
    if not isinstance(started, (int, float)):
        return ""
    moment = datetime.datetime.fromtimestamp(started, datetime.timezone.utc)
    return f" timestamp={_quoted(moment.strftime('%Y-%m-%dT%H:%M:%S'))}"


def _kind(result: Result) -> str:
    """In which count of its suite a result is."""
    if result.unexpected:
        return "errors" if result.verdict in _ERRORS else "failures"
    return "passed" if result.verdict is Verdict.PASSED else "skipped"


def _case(result: Result, ways: Mapping[str, Way]) -> Iterator[str]:
    peer = "" if result.peer in ("", "none") else f" with {result.peer}"
    name, column = _quoted(result.id + peer), _quoted(f"{result.implementation}.{result.area}")
    head = f'    <testcase classname={column} name={name} time="{result.duration:.6f}"'
    kind = _kind(result)
    if kind == "passed":
        yield f"{head}/>"
        return
    yield f"{head}>"
    if kind == "skipped":
        yield f"      <skipped message={_quoted(_why_skipped(result))}/>"
    else:
        element = "error" if kind == "errors" else "failure"
        message, body = _what_failed(result, ways)
        attributes = f"type={_quoted(result.verdict.value)} message={_quoted(message)}"
        yield f"      <{element} {attributes}>{escape(_sound(body))}</{element}>"
    yield "    </testcase>"


def _why_skipped(result: Result) -> str:
    if result.verdict is Verdict.INAPPLICABLE:
        return f"inapplicable: {result.detail.get('message', '')}"
    if not result.reason:  # no baseline knew of it: it had not its turn, or is newer than what was reviewed
        return f"{'new as ' if result.new else ''}{result.verdict.value}: {result.detail.get('message', '')}"
    return f"{'new' if result.new else 'known'} as {result.verdict.value}: {result.reason}"


def _what_failed(result: Result, ways: Mapping[str, Way]) -> tuple[str, str]:
    """One line, and everything that is known."""
    expected, came = expected_and_came(result)
    rows = [("requirement", result.requirement), ("clause", ", ".join(result.clauses))]
    rows += [("expected", expected), ("came", came), ("baseline", result.reason)]
    frames = result.detail.get("traceback") or []
    rows += [("at", str(frame)) for frame in frames[-3:]]
    rows.append(("repeat", repeating.command(result.key, ways)))
    return came.partition("\n")[0], "\n".join(f"{name}: {value}" for name, value in rows if value)


def _sound(text: str) -> str:
    """`text` with only such characters as XML can hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _quoted(text: str) -> str:
    return quoteattr(_sound(text))
