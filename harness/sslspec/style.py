"""How things look on a terminal: colours, glyphs and bars, each with a plain form beside it.

A colour never says anything alone: a glyph or a word stands beside it. Nothing here knows what is shown, and nothing
that is shown gets to a terminal but through `Style.plain`: what an implementation says may hold whatever those obey.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from sslspec.verdicts import GLYPHS, Verdict

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}
_COLOURS = {
    Verdict.PASSED: "green",
    Verdict.FAILED: "red",
    Verdict.UNSUPPORTED: "yellow",
    Verdict.HUNG: "magenta",
    Verdict.CRASHED: "magenta",
    Verdict.INAPPLICABLE: "dim",
    Verdict.ERROR: "red",
    Verdict.NOTRUN: "dim",
}
# How our own sequences begin until they are shown. Who is under test runs elsewhere and cannot guess it.
_OURS = f"\x1b[{secrets.randbelow(10**18)};"
_SUSPECT = re.compile(r"[^\n\t -~]")
_SUSPECT_IN_A_LINE = re.compile(r"[^ -~]")
_EIGHTHS = " ▏▎▍▌▋▊▉█"
CHOICES = ("auto", "always", "never")


@dataclass(frozen=True, slots=True)
class Style:
    """What a stream can show."""

    color: bool = False
    unicode: bool = False

    def paint(self, text: str, name: str) -> str:
        """`text` in a colour, or as it is."""
        return f"{_OURS}{_CODES[name]}m{text}{_OURS}0m" if self.color and text else text

    def bold(self, text: str) -> str:
        """`text` in bold type."""
        return self.paint(text, "bold")

    def dim(self, text: str) -> str:
        """`text` that may be passed over."""
        return self.paint(text, "dim")

    def glyph(self, verdict: Verdict) -> str:
        """The sign of a verdict, in its colour."""
        return self.of(verdict, GLYPHS[verdict][0 if self.unicode else 1])

    def of(self, verdict: Verdict, text: str) -> str:
        """`text` in the colour of a verdict."""
        return self.paint(text, _COLOURS[verdict])

    def good(self) -> str:
        """The sign of what is well."""
        return self.glyph(Verdict.PASSED)

    def bad(self) -> str:
        """The sign of what is not."""
        return self.glyph(Verdict.FAILED)

    def plain_good(self) -> str:
        """The same without its colour, inside a text that has one."""
        return GLYPHS[Verdict.PASSED][0 if self.unicode else 1]

    def plain_bad(self) -> str:
        """The same without its colour."""
        return GLYPHS[Verdict.FAILED][0 if self.unicode else 1]

    def bar(self, part: int, whole: int, width: int) -> str:
        """A bar `width` columns wide, filled by part/whole; full only where nothing is missing."""
        eighths = part * width * 8 // whole if whole else 0
        if not self.unicode:
            return ("#" * (eighths // 8)).ljust(width, ".")
        full, rest = divmod(eighths, 8)
        return ("█" * full + (_EIGHTHS[rest] if rest else "")).ljust(width, "░" if not rest else " ")

    def plain(self, text: str) -> str:
        """`text` as it goes to the stream: in our colours, legible, and in characters that the stream can show."""
        shown = "\x1b[".join(map(legible, text.split(_OURS)))
        return shown if self.unicode else shown.encode("ascii", "replace").decode()


def legible(text: str, *, lines: bool = True) -> str:
    """`text` to be read and not obeyed: what cannot be seen, and what moves or turns other text, as Python writes it.

    These are control characters, marks of direction, lone surrogates and the like. Line ends and tabs stay where
    `lines`; where not, it is one line.
    """
    return (_SUSPECT if lines else _SUSPECT_IN_A_LINE).sub(_seen, text)


def one_line(text: str) -> str:
    """`text`, which may be painted, as one line: no part of it can pass for a line of ours."""
    return _OURS.join(legible(part, lines=False) for part in text.split(_OURS))


def _seen(found: re.Match[str]) -> str:
    character = found[0]
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def style_for(stream: TextIO, choice: str = "auto", environment: Mapping[str, str] = os.environ) -> Style:
    """What `stream` can show, by --color, NO_COLOR, FORCE_COLOR, TERM and its encoding."""
    if choice != "auto":
        color = choice == "always"
    elif environment.get("NO_COLOR"):
        color = False
    elif environment.get("FORCE_COLOR"):
        color = True
    else:
        color = is_terminal(stream, environment)
    try:
        "✓⊘░█…".encode(stream.encoding or "ascii")
        shows = True
    except (UnicodeEncodeError, LookupError):
        shows = False
    return Style(color, shows)


def is_terminal(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """True where lines can be redrawn."""
    return stream.isatty() and environment.get("TERM", "") not in ("dumb", "") and sys.platform != "win32"


def columns() -> int:
    """The width of the terminal, or 80."""
    return max(40, shutil.get_terminal_size((80, 24)).columns)


def rows() -> int:
    """The height of the terminal, or 24."""
    return shutil.get_terminal_size((80, 24)).lines


def plural(count: int, thing: str) -> str:
    """``1 result``, ``2 results``; a y becomes ies."""
    if count == 1:
        return f"1 {thing}"
    return f"{count} {thing[:-1]}ies" if thing.endswith("y") else f"{count} {thing}s"


def listed(words: Sequence[str], between: str = "and") -> str:
    """``a, b and c``; at least one word."""
    *first, last = words
    return f"{', '.join(first)} {between} {last}" if first else last
