"""What the suite itself says of its scenarios, for pages about their results: sources, clauses and issues in words."""

from __future__ import annotations

from dataclasses import dataclass

from sslspec import layout
from sslspec.scenarios import clauses, history, listing


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Scenarios by id, what each clause says by its id, and what each upstream issue was about."""

    sources: dict[str, listing.Scenario]
    clauses: dict[str, str]
    issues: dict[str, str]

    @classmethod
    def of_the_suite(cls) -> Knowledge:
        """What this sslspec knows; the results may come from another version and have more or less."""
        found = history.load(layout.suites() / "history.toml")
        return cls(
            {scenario.id: scenario for scenario in listing.scenarios()},
            {name: clause.says for name, clause in clauses.load(layout.clauses()).clauses.items()},
            {reference: item.says for item in found for reference in item.references},
        )

    def file(self, scenario: listing.Scenario) -> str:
        """Where a scenario stands, as ``suites/alpn/test_negotiation.py``."""
        return scenario.file.relative_to(layout.suites().parent).as_posix()
