"""What an explanation looks like on a terminal: two columns where there is room for them, else one under the other.

Rows that say the same are plain, others have a mark and a colour; what differs by nature is dim. Nothing is compared
here.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from sslspec.style import Style, legible
from sslspec.wire.account import MESSAGES, Account, Entry
from sslspec.wire.align import LISTS, Row, beside_a_list, in_short
from sslspec.wire.decode import HANDSHAKE_KEYS, TRAFFIC_KEYS
from sslspec.wire.field import Field

SIDE_BY_SIDE = 110  # columns from which on two fit
_LONGEST = 4000  # characters of one value


@dataclass(frozen=True, slots=True)
class _Glyphs:
    to_server: str
    to_client: str
    bar: str
    differs: str
    left_only: str
    right_only: str


_UNICODE = _Glyphs("→", "←", "│", "≠", "<", ">")
_ASCII = _Glyphs("->", "<-", "|", "!", "<", ">")


@dataclass(frozen=True, slots=True)
class _Text:
    """A line before it is painted: where it begins, what it says, and what differs by nature behind it."""

    indent: int
    text: str
    aside: str
    colour: str


class Page:
    """Writes rows for a terminal that is so wide. names: of the two implementations, or of one."""

    def __init__(self, names: tuple[str, ...], style: Style, width: int, *, verbose: bool) -> None:
        self._names = names
        self._style = style
        self._width = width
        self._verbose = verbose
        self._glyphs = _UNICODE if style.unicode else _ASCII

    def legend(self, account: Account) -> str:
        """What the signs mean, and which end is whose."""
        glyphs, subjects = self._glyphs, set(account.subjects.values())
        subject = subjects.pop() if len(subjects) == 1 else ""
        whose = {"both": "; both are under test", "": ""}.get(subject, f"; the {subject} is under test")
        told = f"{glyphs.to_server} from the client   {glyphs.to_client} from the server{whose}"
        return self._style.dim(f"{told}   {{ }} handshake keys   [ ] traffic keys")

    def lines(self, rows: list[Row]) -> Iterator[str]:
        """The rows as lines."""
        shown = [row for row in rows if self._verbose or not _is_routine(row)]
        if len(self._names) < 2:
            for row in shown:
                yield from self._one(row.either, self._width, "")
        elif self._width >= SIDE_BY_SIDE:
            yield from self._beside(shown)
        else:
            yield from self._under(shown)

    def _beside(self, rows: list[Row]) -> Iterator[str]:
        column = (self._width - 3) // 2
        heads = [self._style.paint(name.ljust(column), "cyan") for name in self._names]
        bar = self._style.dim(self._glyphs.bar)
        yield f"{heads[0]} {bar} {heads[1].rstrip()}"
        for row in rows:
            mark, colour = self._mark(row)
            left = list(self._one(row.left, column, colour, row.right)) if row.left else []
            right = list(self._one(row.right, column, colour, row.left)) if row.right else []
            for number in range(max(len(left), len(right))):
                one = left[number] if number < len(left) else ""
                other = right[number] if number < len(right) else ""
                sign = self._style.paint(mark, colour) if colour and number == 0 else bar
                yield f"{one}{' ' * (column - _columns(one))} {sign} {other}".rstrip()

    def _under(self, rows: list[Row]) -> Iterator[str]:
        room = max(map(len, self._names))
        for row in rows:
            if row.same and row.left is not None:
                blank = " " * (room + 3)
                yield from (blank + line for line in self._one(row.left, self._width - room - 3, ""))
                continue
            _, colour = self._mark(row)
            for name, side, other in zip(self._names, (row.left, row.right), (row.right, row.left), strict=True):
                for line in self._one(side, self._width - room - 3, colour, other) if side else ():
                    yield f"{self._style.paint(name.ljust(room), colour)} {self._style.dim(self._glyphs.bar)} {line}"

    def _mark(self, row: Row) -> tuple[str, str]:
        if row.same or (isinstance(row.either, Entry) and not row.either.compared):
            return self._glyphs.bar, ""
        if row.left is None:
            return self._glyphs.right_only, "yellow"
        return (self._glyphs.left_only if row.right is None else self._glyphs.differs), "yellow"

    # -- one side ----------------------------------------------------------------------------------------------------

    def _one(self, side: Entry | Field, width: int, colour: str, other: Entry | Field | None = None) -> Iterator[str]:
        text = self._field(side, other) if isinstance(side, Field) else self._entry(side)
        style = self._style
        painted = colour or text.colour
        room = max(20, width - text.indent)
        told = style.plain(printable(text.text))
        wrapped = textwrap.wrap(told, room, subsequent_indent="  ", break_on_hyphens=False) or [""]
        for number, line in enumerate(wrapped):
            shown = style.paint(line, painted) if painted else line
            last = number == len(wrapped) - 1
            if last and text.aside and len(line) + 2 + len(text.aside) <= room:
                shown += style.dim("  " + style.plain(printable(text.aside)))
            yield " " * text.indent + shown

    def _entry(self, entry: Entry) -> _Text:
        if entry.kind == "connection":
            return _Text(0, f"--- {entry.title} ---", "", "bold")
        if entry.kind == "after":
            return _Text(0, f"({entry.title})", "", "dim")
        if entry.kind == "delivered":
            return _Text(4, f"delivered in {entry.title}: {entry.aside}", "", "dim")
        if not entry.on_wire:
            outcome = f"  {entry.outcome}" if entry.outcome else ""
            return _Text(0, entry.title + outcome, entry.aside, "bold" if entry.kind == "step" else "magenta")
        arrow = self._glyphs.to_server if entry.by == "client" else self._glyphs.to_client
        title = {HANDSHAKE_KEYS: f"{{{entry.title}}}", TRAFFIC_KEYS: f"[{entry.title}]"}.get(entry.keys, entry.title)
        if entry.kind == "closed":
            title = f"the {entry.by} {entry.title}"
        told = f"{arrow} {title}" + (f"  {entry.outcome}" if entry.outcome else "")
        return _Text(2, told, self._aside(entry), _COLOURS.get(entry.kind, ""))

    def _aside(self, entry: Entry) -> str:
        if entry.kind not in MESSAGES or not entry.record:
            return ""
        told = f"{entry.size} bytes" if entry.kind == "handshake" else ""
        if self._verbose or entry.records > 1:
            where = f"record {entry.record}" if entry.records == 1 else f"{entry.records} records to {entry.record}"
            told = f"{told}, {where}" if told else where
        return told

    def _field(self, field: Field, other: Entry | Field | None) -> _Text:
        value = field.value
        if isinstance(other, Field) and field.name in LISTS and not self._verbose:
            value = beside_a_list(value, other.value)
        elif field.name in LISTS and not self._verbose:
            value = in_short(value)
        return _Text(6, f"{field.name}  {value}".rstrip(), field.aside, "")


_COLOURS = {
    "handshake": "blue",
    "alert": "red",
    "change_cipher_spec": "dim",
    "application_data": "green",
    "record": "magenta",
    "bytes": "magenta",
    "closed": "dim",
}


def printable(text: str) -> str:
    """A text that does nothing to a terminal: what was sent may be anything, of any size."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} ... ({len(text)} characters)"
    return legible(cut, lines=False)


def _is_routine(row: Row) -> bool:
    """Whether it tells only what is always so."""
    fields = [side for side in (row.left, row.right) if isinstance(side, Field)]
    return _is(row, "delivered") or (row.same and bool(fields) and all(field.routine for field in fields))


def _is(row: Row, kind: str) -> bool:
    return isinstance(row.either, Entry) and row.either.kind == kind


def _columns(text: str) -> int:
    """How many columns a painted line takes."""
    inside, count = False, 0
    for character in text:
        if character == "\x1b":
            inside = True
        elif not inside:
            count += 1
        elif character == "m":
            inside = False
    return count
