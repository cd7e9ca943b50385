"""Which clause is tested by which scenario, what is not, and the pages of docs/coverage that say so.

``python -m sslspec.scenarios.coverage docs/coverage`` writes the pages; a selftest keeps them true and fails for every
gap. All of it is read from text: no scenario is run, and what a scenario claims to test is for its reader to judge.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sslspec import layout
from sslspec.scenarios import clauses, history, listing
from sslspec.scenarios.clauses import Catalogue, Clause

OBSERVABLE = "observable"
_MADE = "Made by `python -m sslspec.scenarios.coverage docs/coverage`; a selftest keeps it true."
_ABOUT = (
    "A clause is a sentence of the ssl documentation or of an RFC that can be broken, told in our own words",
    "([format](../../suites/clauses/README.md)). Each has a scenario, or a reason why it has none;",
    "`sslspec list --clause NAME` lists the scenarios of one. Beside them stands [what has gone wrong](history.md).",
)


@dataclass
class Coverage:
    """A catalogue and the scenarios that name its clauses and groups."""

    catalogue: Catalogue
    scenarios: list[listing.Scenario]

    def __post_init__(self) -> None:
        self.of: dict[str, list[listing.Scenario]] = {}
        for scenario in self.scenarios:
            for name in scenario.clauses:
                self.of.setdefault(name, []).append(scenario)

    def untested(self) -> list[str]:
        """Clauses with neither scenario nor reason."""
        return [id_ for id_, clause in self.catalogue.clauses.items() if not clause.reason and id_ not in self.of]

    def idle_reasons(self) -> list[str]:
        """Clauses whose reason for having no scenario is disproved by one."""
        return [id_ for id_, clause in self.catalogue.clauses.items() if clause.reason and id_ in self.of]

    def too_strict(self) -> list[str]:
        """Clauses that are said to bind more than any of their scenarios asks."""
        binding = {"must": 0, "should": 1, "observed": 2}
        return [
            id_
            for id_, clause in self.catalogue.clauses.items()
            if id_ in self.of and binding[clause.level] < min(binding[scenario.level] for scenario in self.of[id_])
        ]

    def unknown(self) -> list[str]:
        """Names in marks for which the catalogue has no clause and no group, with a scenario that has them."""
        return [f"{scenarios[0].id}: {name}" for name, scenarios in self.of.items() if not self.catalogue.knows(name)]

    def vague(self) -> list[str]:
        """Scenarios that name no clause, but groups only."""
        return [scenario.id for scenario in self.scenarios if not any(":" in name for name in scenario.clauses)]

    def unexercised(self) -> list[str]:
        """Public names without a clause that has a scenario or a reason."""
        return [name for name in self.catalogue.public if not self._speaks(name)]

    def unobserved(self) -> list[str]:
        """Setters without a scenario in which the peer sees what was set; see OBSERVABLE."""
        return [name for name in self.catalogue.setters if not self._answered(f"{name}:{OBSERVABLE}")]

    def _speaks(self, name: str) -> bool:
        group = self.catalogue.group_of(name)
        return group is not None and any(self._answered(clause.id) for clause in self.catalogue.groups[group])

    def _answered(self, clause: str) -> bool:
        return clause in self.catalogue.clauses and (clause in self.of or bool(self.catalogue.clauses[clause].reason))


def read() -> Coverage:
    """The coverage of the suites as they stand. Raises ClauseError."""
    return Coverage(clauses.load(layout.clauses()), listing.scenarios())


def pages(coverage: Coverage) -> dict[str, str]:
    """The text of each page by the name of its file."""
    catalogue = coverage.catalogue
    made = {f"{page}.md": _page(coverage, page) for page in catalogue.titles}
    rows = [_summary(coverage, page) for page in catalogue.titles]
    total = [sum(row[column] for row in rows) for column in range(3)]
    listed = zip(catalogue.titles.items(), rows, strict=True)
    sources = [f"| [{title}]({page}.md) | {row[0]} | {row[1]} | {row[2]} |" for (page, title), row in listed]
    gaps = {
        "clauses with neither scenario nor reason": coverage.untested(),
        "scenarios that name no clause": coverage.vague(),
        "names in scenarios that are no clause": coverage.unknown(),
        f"public names, of {len(catalogue.public)}, of which no clause speaks": coverage.unexercised(),
        f"setters, of {len(catalogue.setters)}, whose effect no peer is asked about": coverage.unobserved(),
    }
    body = [
        *("# What the suite answers for", "", _MADE, "", *_ABOUT, ""),
        *("| source | clauses | tested | with a reason |", "|---|--:|--:|--:|", *sources),
        f"| **all** | **{total[0]}** | **{total[1]}** | **{total[2]}** |",
        *("", "| what must not be | |", "|---|--:|", *(f"| {what} | {len(found)} |" for what, found in gaps.items())),
        "",
    ]
    return {"README.md": "\n".join(body), **made}


def every_page() -> dict[str, str]:
    """The same of the suites as they stand, with the page of what has gone wrong. Raises ClauseError, HistoryError."""
    return {**pages(read()), "history.md": history.page(history.read(), _MADE)}


def _summary(coverage: Coverage, page: str) -> tuple[int, int, int]:
    own = [clause for clause in coverage.catalogue.clauses.values() if clause.page == page]
    return len(own), sum(clause.id in coverage.of for clause in own), sum(bool(clause.reason) for clause in own)


def _page(coverage: Coverage, page: str) -> str:
    lines = [f"# {coverage.catalogue.titles[page]}", "", _MADE]
    for group, members in coverage.catalogue.groups.items():
        if members[0].page == page:
            lines += ["", f"## {group}", "", *(line for clause in members for line in _clause(coverage, clause))]
    return "\n".join(lines) + "\n"


def _clause(coverage: Coverage, clause: Clause) -> Iterator[str]:
    said = [*([clause.level] if clause.level != "must" else [])]
    said += [f"since {clause.since}"] if clause.since else []
    said += [f"until {clause.until}"] if clause.until else []
    aside = f" *({', '.join(said)})*" if said else ""
    yield f"- **{clause.slug}**: {clause.says}{aside}"
    if clause.reason:
        yield f"  No scenario: {clause.reason}."
    elif clause.id in coverage.of:
        yield "  " + ", ".join(f"`{scenario.id}`" for scenario in coverage.of[clause.id])
    else:
        yield "  **No scenario yet.**"


def main(arguments: list[str]) -> int:
    """Writes the pages into the folder that is named; 2 if it is not told where to."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m sslspec.scenarios.coverage FOLDER\n")
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.md"):
        old.unlink()
    for name, text in every_page().items():
        (folder / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
