"""Reads suites/history.toml: what has gone wrong or changed on the surface of ssl, by its public reference.

Which scenarios keep an item from coming back stands in the scenarios, in their ``known(...)`` marks. Whether each item
has one, or a reason, and each reference an item, is asked here; coverage.py writes the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sslspec import layout, toml
from sslspec.scenarios import listing

FORMAT = 1
_FIELDS = {"says", "also", "reason"}


class HistoryError(ValueError):
    """An item says something that cannot be meant; the message is one line that names it."""


@dataclass(frozen=True, slots=True)
class Item:
    """What happened, under its references. `reason` says why no scenario is about it; empty where one has to be."""

    part: str
    references: tuple[str, ...]
    says: str
    reason: str = ""


@dataclass
class History:
    """The items, and the scenarios that bear one of their references."""

    items: list[Item]
    scenarios: list[listing.Scenario]
    of: dict[str, list[listing.Scenario]] = field(init=False)

    def __post_init__(self) -> None:
        self.of = {}
        for scenario in self.scenarios:
            for reference in scenario.known:
                self.of.setdefault(reference, []).append(scenario)

    def about(self, item: Item) -> list[str]:
        """The ids of the scenarios that bear one of an item's references."""
        return sorted({scenario.id for reference in item.references for scenario in self.of.get(reference, [])})

    def unanswered(self) -> list[str]:
        """Items with neither scenario nor reason, by their first reference."""
        return [item.references[0] for item in self.items if not item.reason and not self.about(item)]

    def idle_reasons(self) -> list[str]:
        """Items whose reason for having no scenario is disproved by one."""
        return [item.references[0] for item in self.items if item.reason and self.about(item)]

    def unknown(self) -> list[str]:
        """References in scenarios of which no item speaks."""
        told = {reference for item in self.items for reference in item.references}
        return sorted(set(self.of) - told)


def read() -> History:
    """The history as it stands. Raises HistoryError."""
    return History(load(layout.suites() / "history.toml"), listing.scenarios())


def load(path: Path) -> list[Item]:
    """The items of a file, in its order. Raises HistoryError."""
    try:
        data = toml.loads(path.read_text(encoding="utf-8"))
    except toml.TOMLDecodeError as error:
        raise HistoryError(f"{path.name}: {error}") from error
    if data.pop("format", None) != FORMAT:
        raise HistoryError(f"{path.name}: this version of sslspec reads format {FORMAT}")
    items = [_item(part, reference, value) for part, table in data.items() for reference, value in table.items()]
    every = [reference for item in items for reference in item.references]
    if twice := sorted({reference for reference in every if every.count(reference) > 1}):
        raise HistoryError(f"{path.name}: {', '.join(twice)}: one item each")
    return items


def _item(part: str, reference: str, value: Any) -> Item:
    fields = value if isinstance(value, dict) else {"says": value}
    if unknown := set(fields) - _FIELDS:
        raise HistoryError(f"{reference}: unknown {', '.join(sorted(unknown))}")
    item = Item(part, (reference, *fields.get("also", ())), fields.get("says", ""), fields.get("reason", ""))
    if not item.says.endswith("."):
        raise HistoryError(f"{reference}: what happened is a sentence")
    if item.reason and len(item.reason.split()) < 5:
        raise HistoryError(f"{reference}: a reason has five words or more")
    return item


def page(history: History, made: str) -> str:
    """The text of the page: each item with its scenarios or its reason; `made` says what has made it."""
    lines = ["# What has gone wrong, or changed", "", made, ""]
    lines += [
        "Each item is known by public references, and is kept from coming back by scenarios that bear one of them"
    ]
    lines += ["(`known(...)`), or has a reason why it is not. The documentation's own notes on versions are clauses."]
    part = ""
    for item in history.items:
        if item.part != part:
            part = item.part
            lines += ["", f"## {part}", ""]
        lines += _lines(history, item)
    return "\n".join(lines) + "\n"


def _lines(history: History, item: Item) -> Iterator[str]:
    yield f"- **{', '.join(item.references)}**: {item.says}"
    yield f"  No scenario: {item.reason}." if item.reason else f"  {_ids(history.about(item))}"


def _ids(ids: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in ids) or "**No scenario yet.**"
