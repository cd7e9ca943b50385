"""A record in the Common Test Report Format (CTRF), a JSON format that many test reports are turned into.

A test fails where nobody expected what came; what the baseline knows is "other", what does not apply is skipped. The
record is gone through once, and the summary stands behind the tests.
"""

from __future__ import annotations

import datetime
import json
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sslspec import __version__
from sslspec.files import write_lines
from sslspec.results.failures import expected_and_came
from sslspec.results.record import Header, Reader, Result, open_record
from sslspec.verdicts import Verdict

_SPECIFICATION = "0.0.0"
_STATUSES = ("passed", "failed", "skipped", "pending", "other")
_SKIPPED = frozenset({Verdict.INAPPLICABLE, Verdict.NOTRUN})


def export(results: Path, target: Path) -> None:
    """Write the record in `results` to `target`. Raises RecordError, and OSError where that cannot be written."""
    with open_record(results) as reader:
        write_lines(target, _lines(reader), errors="replace")


def _lines(reader: Reader) -> Iterator[str]:
    header = reader.header
    started = _milliseconds(header.volatile.get("started", 0))
    yield "{"
    yield f'"reportFormat": "CTRF", "specVersion": "{_SPECIFICATION}",'
    yield f'"generatedBy": {_dump(f"sslspec {__version__}")},'
    if started:
        moment = datetime.datetime.fromtimestamp(started / 1000, datetime.timezone.utc)
        yield f'"timestamp": {_dump(moment.strftime("%Y-%m-%dT%H:%M:%SZ"))},'
    yield f'"results": {{"tool": {_dump({"name": "sslspec", "version": header.suite})},'
    yield '"tests": ['
    counts: Counter[str] = Counter()
    seconds = 0.0
    comma = ""
    for result in reader:
        test = _test(result)
        counts[test["status"]] += 1
        seconds += result.duration
        yield comma + _dump(test)
        comma = ","
    # How long the run took; where nobody has written that down, what its scenarios took one by one.
    took = _milliseconds(header.volatile.get("seconds") or seconds)
    totals = {status: counts[status] for status in _STATUSES}
    summary = {"tests": counts.total(), **totals, "start": started, "stop": started + took}
    yield f'], "summary": {_dump(summary)},'
    yield f'"environment": {_dump(_environment(header, complete=reader.complete))}}}}}'


def _environment(header: Header, *, complete: bool) -> dict[str, Any]:
    return {
        "appName": ", ".join(sorted(header.implementations)),
        "osPlatform": header.platform,
        "extra": {"implementations": header.implementations, "complete": complete},
    }


def _test(result: Result) -> dict[str, Any]:
    area, topic, _ = [*result.scenario.split("/", 2), "", ""][:3]
    key = "\n".join(result.key)
    test: dict[str, Any] = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"sslspec:{key}")),
        "name": result.id,
        "status": _status(result),
        "duration": _milliseconds(result.duration),
        "suite": [part for part in (result.implementation, area, topic) if part],
        "rawStatus": result.verdict.value,
        "extra": {
            "implementation": result.implementation,
            "peer": result.peer,
            "requirement": result.requirement,
            "clauses": list(result.clauses),
            "level": result.level,
            "unexpected": result.unexpected,
            "new": result.new,
        },
    }
    if result.unexpected or result.verdict is not Verdict.PASSED:
        expected, came = expected_and_came(result)
        test["message"] = result.reason if not result.unexpected and result.reason else came
        test["extra"]["expected"] = expected
        frames = [str(frame) for frame in result.detail.get("traceback") or []]
        test |= {"trace": "\n".join(frames)} if frames else {}
    return test


def _status(result: Result) -> str:
    if result.unexpected:
        return "failed"
    if result.verdict is Verdict.PASSED:
        return "passed"
    return "skipped" if result.verdict in _SKIPPED else "other"


def _milliseconds(seconds: object) -> int:
    return round(seconds * 1000) if isinstance(seconds, (int, float)) else 0


def _dump(value: object) -> str:
    return json.dumps(value, sort_keys=True)
