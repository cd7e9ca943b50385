"""What a comparison of names looks like: on a terminal, as a page, as JSON.

Only shapes are decided here; what is different, and why, comes from differences.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sslspec.names.differences import EXTRA, MISSING, Difference, Reason
from sslspec.style import Style, one_line, plural

_TITLES = {
    "names": "names",
    "calls": "wrong arguments",
    "objects": "as Python objects",
    "contexts": "fresh contexts",
}

_INTRODUCTION = """\
What `{ours}` has of ssl, name by name, beside {theirs}: what can be said of each name, what comes of each wrong
argument, what objects are as Python objects, and what fresh contexts are set to. {count} things were compared.

This page is what `sslspec names {ours} --against {documented} --format markdown` prints; `sslspec names MODULE` does
the same for any module. Where a cell says =, both are the same. Reasons come from `reports/names/{ours}.toml`."""


@dataclass(frozen=True)
class Comparison:
    """Two descriptions, the differences between them with their reasons, and reasons that explain nothing."""

    there: dict[str, Any]
    here: dict[str, Any]
    differences: list[Difference]
    stale: list[Reason]

    @property
    def well(self) -> bool:
        """Whether each difference has a reason, and each reason a difference."""
        return not self.stale and all(one.reason for one in self.differences)

    @property
    def labels(self) -> tuple[str, str]:
        """How the two are called."""
        return _label(self.there), _label(self.here)


def _label(described: dict[str, Any]) -> str:
    return str(described["implementation"]["name"])


def as_json(comparison: Comparison) -> str:
    """Everything for programs: who, the differences, and each module's whole description."""
    there, here = comparison.there, comparison.here
    content = {
        "differences": [asdict(one) for one in comparison.differences],
        "stale": [one.name for one in comparison.stale],
        "there": there,
        "here": here,
    }
    return json.dumps(content, indent=1, sort_keys=True)


def pretty(comparison: Comparison, look: Style, *, verbose: bool = False) -> str:
    """The text of ``sslspec names``: what was compared, how much is the same, and what is not."""
    theirs, ours = comparison.labels
    head = [f"{look.bold(ours)} beside {look.bold(theirs)} ({_who(comparison.there)})", ""]
    for section, title in _TITLES.items():
        found = [one for one in comparison.differences if one.section == section]
        unexplained = [one for one in found if not one.reason]
        mark = look.bad() if unexplained else look.good()
        count = plural(_size(comparison, section), "thing" if section != "names" else "name")
        head.append(
            f"{mark} {title:18} {count:>12} compared, {plural(len(found), 'difference')}{_without(unexplained)}"
        )
        shown = found if verbose else unexplained
        head += [f"    {_line(one, ours)}" for one in shown]
    head += [f"{look.bad()} stale reason: {one.name} {one.what}: nothing is different" for one in comparison.stale]
    return "\n".join(map(one_line, head))


def _without(unexplained: list[Difference]) -> str:
    return f", {len(unexplained)} without a reason" if unexplained else ""


def _size(comparison: Comparison, section: str) -> int:
    names: dict[str, Any] = comparison.there[section]
    if section == "names":
        return len(names)
    return sum(_count(one) for one in names.values())


def _count(found: dict[str, Any]) -> int:
    """How many outcomes or settings there are."""
    return sum(
        sum(len(labels.split()) for labels in one.values()) if isinstance(one, dict) else 1 for one in found.values()
    )


def _line(one: Difference, ours: str) -> str:
    if one.what in (MISSING, EXTRA):
        text = f"{one.name}: {one.what}"
    else:
        text = f"{one.name}, {one.what}: {one.there or '-'}; {ours}: {one.here or '-'}"
    return f"{text} ({one.reason})" if one.reason else text


def _who(described: dict[str, Any]) -> str:
    facts = described["implementation"]
    return f"Python {facts['python']['version']}, {facts['openssl']}"


def page(comparison: Comparison) -> str:
    """The same as a Markdown page, with a row for every name, different or not."""
    theirs, ours = comparison.labels
    count = sum(_size(comparison, section) for section in _TITLES)
    parts = [
        "# Names",
        _INTRODUCTION.format(
            ours=ours,
            theirs=_who(comparison.there),
            count=count,
            documented=comparison.here["implementation"]["documented"],
        ),
    ]
    by_name: dict[str, list[Difference]] = {}
    for one in comparison.differences:
        if one.section == "names":
            by_name.setdefault(one.name, []).append(one)
    parts.append(f"Names that are not the same: {', '.join(map(_code, by_name)) or 'none'}.")
    for title, names in _groups({**comparison.there["names"], **comparison.here["names"]}):
        rows = [_row(comparison, name, by_name.get(name, [])) for name in names]
        parts += [f"## {title}", _table(("name", "kind", theirs, ours, "why"), rows)]
        inherited = [name for name, facts in comparison.there["names"].items() if _inherited(name, title, facts)]
        if inherited:
            parts.append(f"Inherited: {', '.join(name.partition('.')[2] for name in sorted(inherited))}.")
    for section, title in list(_TITLES.items())[1:]:
        rows = [
            (f"`{one.name}`", _code(one.what), _code(one.there), _code(one.here), one.reason)
            for one in comparison.differences
            if one.section == section
        ]
        parts.append(f"## {title[0].upper()}{title[1:]}")
        parts.append(f"{_size(comparison, section)} compared; all are the same{' but these' if rows else ''}.")
        if rows:
            parts.append(_table(("what", "how", theirs, ours, "why"), rows))
    return "\n\n".join(parts)


def _groups(names: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """Titles with names: those of the module, then each class with what it has of its own."""
    holders = sorted({name.partition(".")[0] for name in names if "." in name})
    groups = [("The module", [name for name in sorted(names) if "." not in name])]
    for holder in holders:
        own = [name for name in sorted(names) if name.startswith(f"{holder}.")]
        groups.append((holder, [name for name in own if names[name].get("kind") != "inherited"]))
    return [(title, own) for title, own in groups if own]


def _inherited(name: str, title: str, facts: dict[str, Any]) -> bool:
    return name.startswith(f"{title}.") and facts["kind"] == "inherited"


def _row(comparison: Comparison, name: str, found: list[Difference]) -> tuple[str, ...]:
    there = comparison.there["names"].get(name)
    facts = there or comparison.here["names"][name]
    shown = _summary(facts)
    whys = "; ".join(dict.fromkeys(one.reason for one in found if one.reason))
    if there is None:
        return f"`{name}`", facts["kind"], "-", _code(shown) or "yes", whys
    if any(one.what == MISSING for one in found):
        return f"`{name}`", facts["kind"], _code(shown), "**missing**", whys
    other = ", ".join(
        _code(one.here) if one.what in ("value", "signature", "bases") else f"{one.what}: {_code(one.here)}"
        for one in found
    )
    return f"`{name}`", facts["kind"], _code(shown), other or "=", whys


def _summary(facts: dict[str, Any]) -> str:
    if facts["kind"] in ("class", "exception", "enumeration"):
        return ", ".join(facts["bases"])
    if facts.get("module", "ssl") != "ssl":
        return f"{facts['module']}.{facts['name']}"
    return str(facts.get("value", facts.get("signature", "")))


def _code(text: str) -> str:
    return f"`{text.replace('|', '¦')}`" if text and text != "-" else text


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
