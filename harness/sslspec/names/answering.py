"""The answer of ``sslspec names``: describe, compare, explain, print.

Each of these is another module's; here they are put together.
"""

from __future__ import annotations

import json

from sslspec import layout
from sslspec.implementations import loading
from sslspec.names import asking, differences, tables
from sslspec.names.differences import ReasonsError
from sslspec.style import Style


class CannotAnswer(Exception):
    """There is nothing to be said; the text is one line. of_implementation: it is one that could not be loaded."""

    def __init__(self, text: str, *, of_implementation: bool) -> None:
        super().__init__(text)
        self.of_implementation = of_implementation


def answer(spec: str, against: str, form: str, look: Style, verbose: int) -> tuple[str, bool]:
    """The text for an implementation in this form, and whether all is well. Raises CannotAnswer."""
    try:
        if form == "record":
            return json.dumps(asking.described(spec), indent=1, sort_keys=True), True
        comparison = compared(spec, against)
    except ReasonsError as problem:
        raise CannotAnswer(str(problem), of_implementation=False) from problem
    except asking.NotDescribed as problem:
        raise CannotAnswer(str(problem), of_implementation=True) from problem
    if form == "json":
        text = tables.as_json(comparison)
    elif form == "markdown":
        text = tables.page(comparison)
    else:
        text = tables.pretty(comparison, look, verbose=verbose > 0)
    return text, comparison.well


def compared(spec: str, against: str) -> tables.Comparison:
    """An implementation beside another, or beside what was recorded. Raises NotDescribed and ReasonsError."""
    why = differences.reasons(layout.names() / f"{loading.name_of(spec)}.toml")
    is_record = against.endswith(".json") or against.replace(".", "").isdecimal()
    there = asking.recorded(against) if is_record else asking.described(against)
    here = asking.described(spec)
    found = differences.explained(differences.between(there, here), why)
    # Reasons are about one yardstick; against another they may well be idle.
    stale = [one for one in why if not one.used] if is_record else []
    return tables.Comparison(there, here, found, stale)
