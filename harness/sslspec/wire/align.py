"""Two accounts side by side: which entries and which of their fields are the same thing, and whether they say the same.

What differs by nature is not compared. How a row looks is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sslspec.wire.account import Account, Entry
from sslspec.wire.field import Field

# Fields that are lists: where two differ, what is in only one of them tells more than both in full.
LISTS = frozenset(
    {
        "cipher_suites",
        "supported_groups",
        "signature_algorithms",
        "signature_algorithms_cert",
        "certificate_authorities",
    }
)
_SHORT = 60  # characters, up to which a list is told in full


@dataclass(frozen=True, slots=True)
class Row:
    """What stands side by side: entries, or fields of entries that are the same thing; None where one has nothing."""

    left: Entry | Field | None
    right: Entry | Field | None
    same: bool

    @property
    def either(self) -> Entry | Field:
        """What is there."""
        found = self.left if self.left is not None else self.right
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two accounts differ. at: the entry; field: its field's name, or ""; left, right: what each says there."""

    at: Entry
    field: str
    left: str | None
    right: str | None

    def to_json(self) -> dict[str, Any]:
        """JSON values only."""
        found: dict[str, Any] = {"kind": self.at.kind, "title": self.at.title, "left": self.left, "right": self.right}
        if self.at.connection:
            found |= {"from": self.at.by, "connection": self.at.connection}
        return found | ({"field": self.field} if self.field else {})


def rows(left: Account, right: Account, *, timed: bool = True) -> list[Row]:
    """All rows of two accounts, in an order that is the order of both.

    timed: whether it means something behind which step something passed. Over sockets it does not: what the peer sends
    by itself, tickets for example, comes when its thread has its turn.
    """
    pairs = _pairs(left.entries, right.entries) if timed else _met(left.entries, right.entries)
    found: list[Row] = []
    for one, other in pairs:
        if one is not None and other is not None:
            found += _pair(one, other)
        elif one is not None:
            found += [Row(one, None, False), *(Row(field, None, False) for field in one.fields)]
        elif other is not None:
            found += [Row(None, other, False), *(Row(None, field, False) for field in other.fields)]
    return found


_Pair = tuple[Entry | None, Entry | None]


def _pairs(left: list[Entry], right: list[Entry]) -> list[_Pair]:
    """The entries of both, those together that are the same thing at the same place."""
    matcher = SequenceMatcher(None, [entry.key for entry in left], [entry.key for entry in right], autojunk=False)
    found: list[_Pair] = []
    for operation, left_from, left_to, right_from, right_to in matcher.get_opcodes():
        if operation == "equal":
            found += zip(left[left_from:left_to], right[right_from:right_to], strict=True)
        else:
            found += [(entry, None) for entry in left[left_from:left_to]]
            found += [(None, entry) for entry in right[right_from:right_to]]
    return found


def _met(left: list[Entry], right: list[Entry]) -> list[_Pair]:
    """The same, but what passed on the wire meets its like wherever it stands among the steps."""
    partners: dict[int, Entry] = {}
    for on_wire in (False, True):
        mine, theirs = ([entry for entry in side if entry.on_wire is on_wire] for side in (left, right))
        partners |= {id(one): other for one, other in _pairs(mine, theirs) if one is not None and other is not None}
    found: list[_Pair] = [(entry, partners.get(id(entry))) for entry in left]
    met = {id(other) for other in partners.values()}
    before: Entry | None = None
    for entry in right:
        if id(entry) not in met:
            place = next((number for number, pair in enumerate(found) if pair[1] is before), -1) if before else -1
            found.insert(place + 1, (None, entry))
        before = entry
    return found


def alone(account: Account) -> list[Row]:
    """The rows of an account that is compared with none."""
    found: list[Row] = []
    for entry in account.entries:
        found += [Row(entry, None, True), *(Row(one, None, True) for one in entry.fields)]
    return found


def differences(found: list[Row]) -> Iterator[Difference]:
    """Where rows are not the same: one for each field, and one for each entry that only one side has."""
    at: Entry | None = None
    for row in found:
        if isinstance(row.either, Entry):
            at = row.either
            if not row.same and at.compared:
                yield Difference(at, "", _said(row.left), _said(row.right))
                if row.left is None or row.right is None:
                    at = None  # its fields are news no more
        elif not row.same and at is not None:
            left, right = _said(row.left), _said(row.right)
            if row.either.name in LISTS and left is not None and right is not None:
                left, right = beside_a_list(left, right), beside_a_list(right, left)
            yield Difference(at, row.either.name, left, right)


def beside_a_list(mine: str, other: str) -> str:
    """What to say of a list beside another: of long ones that differ, what is in this one alone."""
    if len(mine) <= _SHORT or mine == other:
        return in_short(mine)
    items, others = mine.split(", "), other.split(", ")
    alone = [item for item in items if item not in others]
    if alone:
        return f"{len(items)}, only here: {', '.join(alone)}"
    if set(others) - set(items):
        return f"{len(items)}, none that the other has not"
    place = next((number for number, pair in enumerate(zip(items, others, strict=False)) if pair[0] != pair[1]), 0)
    return f"{len(items)}, in another order from number {place + 1} on: {in_short(', '.join(items[place:]))}"


def in_short(value: str) -> str:
    """The beginning of a long list, and how many there are besides."""
    items = value.split(", ")
    shown: list[str] = []
    for item in items if len(value) > _SHORT else ():
        if shown and len(", ".join([*shown, item])) > _SHORT - 10:
            return f"{', '.join(shown)} and {len(items) - len(shown)} more"
        shown.append(item)
    return value


def _said(side: Entry | Field | None) -> str | None:
    if side is None:
        return None
    if isinstance(side, Field):
        return side.value
    return side.outcome or side.title


def _pair(left: Entry, right: Entry) -> Iterator[Row]:
    yield Row(left, right, (left.outcome, left.keys) == (right.outcome, right.keys))
    named_left, named_right = _numbered(left.fields), _numbered(right.fields)
    order = list(named_left)
    for place, name in enumerate(named_right):
        if name not in named_left:
            # Behind what stands before it on its own side.
            before = list(named_right)[place - 1] if place else None
            order.insert(order.index(before) + 1 if before is not None else 0, name)
    for name in order:
        one, other = named_left.get(name), named_right.get(name)
        yield Row(one, other, one is not None and other is not None and one.value == other.value)


def _numbered(fields: tuple[Field, ...]) -> dict[tuple[str, int], Field]:
    """By name, and which of those of that name it is."""
    counts: dict[str, int] = {}
    found = {}
    for one in fields:
        counts[one.name] = counts.get(one.name, 0) + 1
        found[one.name, counts[one.name]] = one
    return found
