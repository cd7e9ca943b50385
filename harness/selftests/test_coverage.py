"""Whether every clause has its scenario, every public name and every setter too, and docs/coverage says so."""

from __future__ import annotations

import inspect
import socket
from pathlib import Path

import pytest

import refssl
from sslspec import layout
from sslspec.certificates import catalogue as certificates
from sslspec.scenarios import coverage, listing
from sslspec.scenarios.clauses import Catalogue, Clause
from sslspec.scenarios.coverage import Coverage

DOCS = Path(__file__).resolve().parents[2] / "docs" / "coverage"


@pytest.fixture(scope="module")
def real() -> Coverage:
    return coverage.read()


def test_every_clause_has_a_scenario_or_a_reason(real):
    assert real.untested() == []


def test_a_reason_goes_with_the_first_scenario(real):
    assert real.idle_reasons() == []


def test_no_clause_binds_more_than_its_scenarios_ask(real):
    assert real.too_strict() == []


def test_every_name_in_a_mark_is_a_clause(real):
    assert real.unknown() == []


def test_every_certificate_serves_clauses_that_are_there(real):
    entries = certificates.load(layout.certs() / "catalogue.toml")
    served = {clause for entry in entries.values() for clause in entry.clauses}
    assert [clause for clause in sorted(served) if not real.catalogue.knows(clause)] == []


def test_every_scenario_names_a_clause(real):
    assert real.vague() == []


def test_every_public_name_has_a_scenario(real):
    assert real.unexercised() == []


def test_every_setter_is_observable(real):
    assert real.unobserved() == []


def test_the_setters_are_those_of_the_newest_ssl(real):
    found = []
    for cls in (refssl.SSLContext, refssl.SSLSocket):
        for name in sorted(set(dir(cls)) - set(dir(socket.socket))):
            member = inspect.getattr_static(cls, name)
            settable = isinstance(member, property) and member.fset is not None
            if not name.startswith("_") and (settable or name.startswith(("set_", "load_")) or name.endswith("_class")):
                found.append(f"ssl.{cls.__name__}.{name}")
    assert real.catalogue.setters == found


def test_the_pages_are_up_to_date():
    """They are made by ``python -m sslspec.scenarios.coverage docs/coverage``."""
    made = coverage.every_page()
    assert sorted(path.name for path in DOCS.glob("*.md")) == sorted(made)
    for name, text in made.items():
        assert (DOCS / name).read_text(encoding="utf-8") == text, name


def _scenario(name: str, *clauses: str, level: str = "must") -> listing.Scenario:
    return listing.Scenario(f"area/topic/{name}", "", "", clauses, level, (), {}, layout.suites(), 1, "")


def test_each_gap_is_seen():
    """Negative control: a catalogue and scenarios with one gap of each kind."""
    said = [
        Clause("ssl.a", "tested", "It is.", "page"),
        Clause("ssl.a", "observed-only", "It is.", "page"),
        Clause("ssl.b", "open", "It is.", "page"),
        Clause("ssl.c", "excused", "It is.", "page", reason="nobody here can do that"),
        Clause("ssl.c", "idle", "It is.", "page", reason="nobody here can do that"),
        Clause("ssl.d", "observable", "It is.", "page"),
    ]
    groups: dict[str, list[Clause]] = {}
    for clause in said:
        groups.setdefault(clause.group, []).append(clause)
    catalogue = Catalogue(
        {clause.id: clause for clause in said},
        groups,
        {"page": "A page"},
        setters=["ssl.d", "ssl.a"],
        public=["ssl.a", "ssl.b", "ssl.c", "ssl.e"],
    )
    scenarios = [
        _scenario("good", "ssl.a:tested", "ssl.c:idle", "ssl.d:observable"),
        _scenario("observed", "ssl.a:observed-only", level="observed"),
        _scenario("vague", "ssl.a"),
        _scenario("wrong", "ssl.a:testet"),
    ]
    seen = Coverage(catalogue, scenarios)
    assert seen.untested() == ["ssl.b:open"]
    assert seen.idle_reasons() == ["ssl.c:idle"]
    assert seen.too_strict() == ["ssl.a:observed-only"]
    assert seen.unknown() == ["area/topic/wrong: ssl.a:testet"]
    assert seen.vague() == ["area/topic/vague"]
    assert seen.unexercised() == ["ssl.b", "ssl.e"]
    assert seen.unobserved() == ["ssl.a"]
    page = coverage.pages(seen)["page.md"]
    assert "- **open**: It is.\n  **No scenario yet.**" in page
    assert "- **excused**: It is.\n  No scenario: nobody here can do that." in page
    assert "- **tested**: It is.\n  `area/topic/good`" in page
