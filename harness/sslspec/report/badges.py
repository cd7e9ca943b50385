"""A column's badge, as a picture of our own and as data for those who draw badges (shields.io's endpoint).

It counts conformance, what passed of what applies; that a failure is known makes nobody conform.
"""

from __future__ import annotations

import json

from sslspec.report.columns import Column
from sslspec.report.html import Markup, el
from sslspec.report.outcomes import Tally
from sslspec.verdicts import Verdict

_LABEL = "sslspec"
_DID_NOT_RUN = frozenset({Verdict.INAPPLICABLE, Verdict.ERROR, Verdict.NOTRUN, Verdict.CRASHED})
_COLOURS = {  # white text stands on each of them with a contrast of 4.5:1 or more
    "brightgreen": "#1a7f4b",
    "yellow": "#8a6100",
    "red": "#b3261e",
    "lightgrey": "#5f6b76",
}
_CHARACTER = 6.6  # pixels of a character, on average
_SPACE = 10
_HEIGHT = 20


def verdict(tally: Tally, *, complete: bool) -> tuple[str, str]:
    """The text of a badge and the name of its colour; none is given for a column in which nothing could run."""
    if all(count == 0 or verdict in _DID_NOT_RUN for verdict, count in tally.verdicts.items()):
        return "no results", "lightgrey"
    if not complete:
        return "incomplete", "lightgrey"
    text = f"{tally.passed}/{tally.applicable}"
    if tally.passed == tally.applicable:
        return text, "brightgreen"
    return text, "yellow" if tally.passed * 10 >= tally.applicable * 9 else "red"


def endpoint(tally: Tally, *, complete: bool) -> str:
    """The JSON that shields.io's endpoint reads."""
    message, color = verdict(tally, complete=complete)
    return json.dumps({"schemaVersion": 1, "label": _LABEL, "message": message, "color": color}) + "\n"


def picture(column: Column, tally: Tally, *, complete: bool) -> str:
    """The same as an SVG picture."""
    message, color = verdict(tally, complete=complete)
    left, right = (round(len(text) * _CHARACTER) + _SPACE for text in (_LABEL, message))
    title = f"{_LABEL}, {column.name}: {message}"
    text: dict[str, str | int] = {
        "y": 14,
        "text_anchor": "middle",
        "fill": "#fff",
        "font_size": 11,
        "font_family": "Verdana,sans-serif",
    }
    return el(
        "svg",
        el("title", title),
        _box(0, left, "#3c454e"),
        _box(left, right, _COLOURS[color]),
        el("text", _LABEL, x=f"{left / 2:g}", **text),
        el("text", message, x=f"{left + right / 2:g}", **text),
        xmlns="http://www.w3.org/2000/svg",
        width=left + right,
        height=_HEIGHT,
        role="img",
        aria_label=title,
    )


def _box(x: int, width: int, fill: str) -> Markup:
    return el("path", d=f"M{x} 0h{width}v{_HEIGHT}h-{width}z", fill=fill)
