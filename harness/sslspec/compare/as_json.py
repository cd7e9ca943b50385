"""A comparison for programs: one JSON object, written piece by piece, with everything that is different in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from sslspec.compare.changes import Comparison, Group, Side
from sslspec.results.record import Result

FORMAT = 1


def pieces(comparison: Comparison) -> Iterator[str]:
    """The text in pieces: format, both sides, counts, and a list for each kind of difference."""
    shelves: dict[str, Iterable[Any]] = {
        "regressions": comparison.regressions,
        "fixes": comparison.fixes,
        "others": comparison.others,
        "steps": comparison.steps,
        "gone": comparison.gone,
        "added": comparison.added,
    }
    head = {
        "format": FORMAT,
        "before": _side(comparison.before),
        "after": _side(comparison.after),
        "warnings": comparison.warnings,
        "counts": {"unchanged": comparison.unchanged, **{name: len(shelf) for name, shelf in shelves.items()}},  # type: ignore[arg-type]
    }
    yield json.dumps(head, sort_keys=True)[:-1]
    for name, shelf in shelves.items():
        yield f', "{name}": ['
        for number, thing in enumerate(shelf):
            told = _group(thing) if isinstance(thing, Group) else _result(thing)
            yield (",\n" if number else "\n") + json.dumps(told, sort_keys=True)
        yield "]"
    yield "}\n"


def _side(side: Side) -> dict[str, Any]:
    return {
        "file": str(side.path) if side.path else "",
        "suite": side.header.suite,
        "platform": side.header.platform,
        "implementations": side.header.implementations,
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        "scenario": group.change.after.scenario,
        "ids": group.ids,
        "peers": group.peers,
        "reasons": group.reasons,
        "before": _result(group.change.before),
        "after": _result(group.change.after),
    }


def _result(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "implementation": result.implementation,
        "peer": result.peer,
        "verdict": result.verdict.value,
        "detail": result.detail,
        "steps": result.steps,
    }
