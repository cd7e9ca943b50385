"""What a user sees while a run goes on: a line for each implementation, and unexpected results as they come.

On a terminal the lines are redrawn in place; elsewhere one is printed every ten seconds. A result that nobody expected
is told in full once: what the clause is, what was expected, what came, and how to repeat it; its further variants in a
line each.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from typing import TextIO

from sslspec import repeating
from sslspec.results.columns import in_order
from sslspec.results.failures import brief, expected_and_came, last_of_suites
from sslspec.results.record import Result
from sslspec.results.ways import Way
from sslspec.running.state import Column, State
from sslspec.style import Style, columns, one_line, rows
from sslspec.verdicts import Verdict

EVERY = 10.0  # seconds between two lines where nothing can be redrawn
REDRAW = 0.2
_FEW = 2  # columns that are told of also where there is no news of them
_REST = 3  # rows of a terminal that are not for progress
_LONGEST_VALUE = 10  # lines
_MANY_BLOCKS = 30
_MANY_LINES = 200
_SHOWN = (
    Verdict.PASSED,
    Verdict.FAILED,
    Verdict.UNSUPPORTED,
    Verdict.HUNG,
    Verdict.CRASHED,
    Verdict.ERROR,
    Verdict.INAPPLICABLE,
)


class Terminal:
    """The observer of a run that prints; `live` where lines can be redrawn. `verbosity`: -1 quiet, 0, 1 and more."""

    def __init__(self, stream: TextIO, style: Style, *, live: bool, verbosity: int = 0) -> None:
        self._stream = stream
        self._style = style
        self._live = live
        self._verbosity = verbosity
        self._drawn = 0
        self._began = time.monotonic()
        self._next = self._began + (0.0 if live else EVERY)
        self._told: Counter[tuple[str, str, Verdict]] = Counter()

    def result(self, result: Result, state: State) -> None:
        """Tell of a result that nobody expected."""
        if not result.unexpected or self._verbosity < 0:
            return
        # What an implementation says it cannot do needs telling once, not for each scenario.
        what = brief(result) if result.verdict is Verdict.UNSUPPORTED else result.scenario
        key = (what, result.implementation, result.verdict)
        self._told[key] += 1
        if self._verbosity > 0 or (self._told[key] == 1 and len(self._told) <= _MANY_BLOCKS):
            text = block(result, self._style, state.ways)
        elif self._told.total() < _MANY_LINES:
            text = line(result, self._style, "as above" if self._told[key] > 1 else "")
        elif self._told.total() == _MANY_LINES:
            text = self._style.dim("there are many more; the closing report sums them up")
        else:
            return
        self._clear()
        self._write(text + "\n")
        self._next = min(self._next, time.monotonic() + REDRAW) if self._live else self._next

    def tick(self, state: State) -> None:
        """Draw the progress again when it is time."""
        now = time.monotonic()
        if self._verbosity < 0 or now < self._next or not state.columns:
            return
        self._next = now + (REDRAW if self._live else EVERY)
        lines = self._progress(state, now)
        if self._live:
            self._clear()
            self._drawn = len(lines)
        self._write("".join(text + "\n" for text in lines))

    def finish(self) -> None:
        """Take the progress away; what comes now stays."""
        self._clear()
        self._stream.flush()

    def say(self, text: str) -> None:
        """A line of its own, before the run begins."""
        if self._verbosity >= 0:
            self._write(text + "\n")

    def _progress(self, state: State, now: float) -> list[str]:
        """A line for each column; where they are many, those under way before others, as far as there is room."""
        shown = in_order(state.columns)
        if self._live and len(shown) > (room := max(1, rows() - _REST)):
            shown = in_order(sorted(shown, key=lambda name: not state.columns[name].is_under_way)[:room])
        elif not self._live and len(shown) > _FEW:
            shown = [name for name in shown if state.columns[name].is_under_way]
        titles = {name: one_line(name) for name in state.columns}
        width = max(map(len, titles.values()))
        digits = len(str(max(column.total for column in state.columns.values())))
        elapsed = _clock(now - self._began)
        return [self._column(titles[name].ljust(width), state.columns[name], digits, elapsed) for name in shown]

    def _column(self, name: str, column: Column, digits: int, elapsed: str) -> str:
        style = self._style
        counts = [
            (style.glyph(verdict), str(column.verdicts[verdict])) for verdict in _SHOWN if column.verdicts[verdict]
        ]
        head = f"{name}  {column.done:>{digits}}/{column.total:<{digits}}"
        plain = f"{head}  {elapsed}  " + " ".join(f"x{count}" for _, count in counts)
        bar = style.bar(column.done, column.total, 20) if self._live else ""
        at = one_line(column.at) if column.done < column.total or not column.total else ""
        room = columns() - len(plain) - len(bar) - 6
        at = at if len(at) <= room else at[: max(0, room - 1)] + ("…" if style.unicode else "~")
        told = " ".join(f"{glyph}{count}" for glyph, count in counts)
        parts = [style.bold(head), *([style.dim(bar)] if bar else []), elapsed, told, style.dim(at if room > 8 else "")]
        return "  ".join(part for part in parts if part)

    def _clear(self) -> None:
        if self._drawn:
            self._stream.write(f"\x1b[{self._drawn}A\x1b[J")
            self._drawn = 0

    def _write(self, text: str) -> None:
        self._stream.write(self._style.plain(text))
        self._stream.flush()


def line(result: Result, style: Style, note: str = "") -> str:
    """One unexpected result in one line."""
    tail = f"  {style.dim(note)}" if note else ""
    return one_line(f"{style.glyph(result.verdict)} {result.id}  {_column(result, style)}{tail}")


def block(result: Result, style: Style, ways: Mapping[str, Way]) -> str:
    """One unexpected result, with all that is needed to think about it and to repeat it; `ways` are the columns'."""
    rows = [("requirement", result.requirement)]
    level = "" if result.level == "must" else f"  ({result.level})"
    rows.append(("clause", ", ".join(result.clauses) + level))
    rows += zip(("expected", "came"), expected_and_came(result), strict=True)
    if result.reason:
        rows.append(("baseline", result.reason))
    if result.known:
        rows.append(("known", ", ".join(result.known)))
    frames = result.detail.get("traceback") or []
    if frames and result.verdict is not Verdict.PASSED:
        rows.append(("at", last_of_suites(frames)))
    rows.append(("repeat", one_line(repeating.command(result.key, ways))))
    text = [one_line(f"{style.glyph(result.verdict)} {style.bold(result.id)}  {_column(result, style)}")]
    for name, value in rows:
        first, *rest = value.split("\n") if value else [""]
        if first or rest:
            text.append(f"  {style.dim(f'{name:11}')}  {first}")
            text += [f"  {'':11}  {more}" for more in rest[: _LONGEST_VALUE - 1]]
    return "\n".join(text)


def _column(result: Result, style: Style) -> str:
    peer = "" if result.peer in ("", "none") else f" with {result.peer}"
    return style.paint(result.implementation, "cyan") + style.dim(peer)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60:02}:{int(seconds) % 60:02}"
