"""The site as data: scripts that hold what the pages' own scripts need, and JSON for everybody else's programs.

A page that was opened from a file cannot fetch; it can load a script, so that the data come as calls of one function.
Names from result files are values there, never keys or identifiers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sslspec import __version__
from sslspec.compare import kinds
from sslspec.compare.kinds import Kind
from sslspec.report import places
from sslspec.report.areas import Area, Row
from sslspec.report.columns import Column
from sslspec.report.outcomes import Tally
from sslspec.style import legible
from sslspec.verdicts import GLYPHS, WORST_FIRST

FORMAT = 1


def script(function: str, *values: Any) -> str:
    """A script that hands JSON values to a function of the site's."""
    return f"sslspec.{function}({', '.join(map(_javascript, values))});\n"


def _javascript(value: Any) -> str:
    # Inside strings only, where it means the same: a reader that takes the script for HTML finds no tag in it.
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


def index(columns: Sequence[Column], areas: Iterable[str], reference: Column | None) -> str:
    """The script that says which columns and areas there are, and the words for verdicts and changes."""
    named = [
        {
            "name": legible(column.name),  # as it is shown, so that it can stand in an address and be typed
            "implementation": legible(column.implementation),
            "family": legible(" ".join(column.family)),
            "page": places.column(column.name),
        }
        for column in columns
    ]
    listed = [{"name": name, "data": places.data(name)} for name in areas]
    verdicts = [[verdict.value[0], verdict.value, GLYPHS[verdict][0]] for verdict in WORST_FIRST]
    words = [[*kinds.WORDS[kind], *kinds.BESIDE.get(kind, ())] for kind in Kind]
    return script("index", named, listed, columns.index(reference) if reference in columns else -1, verdicts, words)


def area(found: Area, columns: Sequence[Column]) -> str:
    """The script that holds the scenarios of an area."""
    return script("area", found.name, [_row(row, columns) for row in found.rows])


def _row(row: Row, columns: Sequence[Column]) -> list[Any]:
    codes = [row.codes.get(column, "") for column in columns]
    while codes and not codes[-1]:
        codes.pop()
    executions = [f"{one.variant}|{one.peer}" for one in row.executions]
    return [row.id, places.scenario(row.id), row.requirement, row.level, row.clauses, row.known, executions, codes]


def manifest_line(row: Row) -> str:
    """One scenario for manifest.json."""
    return _json(
        {
            "id": row.id,
            "requirement": row.requirement,
            "level": row.level,
            "clauses": row.clauses,
            "known": row.known,
            "executions": [list(one) for one in row.executions],
            "page": places.scenario(row.id),
        }
    )


def columns_file(
    columns: Sequence[Column],
    areas: dict[str, dict[Column, Tally]],
    totals: dict[Column, Tally],
    reference: Column | None,
    incomplete: set[Column],
) -> str:
    """columns.json: who was tested, on what, and how it went, area by area."""
    listed = [
        {
            "name": column.name,
            "facts": dict(column.facts),
            "platform": column.platform,
            "complete": column not in incomplete,
            "counts": _counts(totals[column]),
            "areas": {name: _counts(found[column]) for name, found in areas.items() if column in found},
            "page": places.column(column.name),
            "results": places.record(column.name),
            "badge": places.badge(column.name, "svg"),
        }
        for column in columns
        if column in totals
    ]
    head = {"format": FORMAT, "sslspec": __version__, "reference": reference.name if reference else None}
    return json.dumps({**head, "columns": listed}, indent=1) + "\n"


def _counts(tally: Tally) -> dict[str, Any]:
    return {
        "verdicts": {verdict.value: count for verdict, count in sorted(tally.verdicts.items()) if count},
        "unexpected": tally.unexpected,
        "known_not_to_pass": {"here": tally.known - tally.shared, "as_the_reference": tally.shared},
        "scenarios_that_differ": tally.differ,
    }


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
