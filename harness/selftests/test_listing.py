"""Scenarios read from their text: ids, requirements, clauses, marks and source, without importing anything."""

import textwrap

import pytest

from sslspec import layout
from sslspec.scenarios import listing

SUITE = '''
import pytest
import module_that_nobody_has

pytestmark = [pytest.mark.clause("ssl.SSLContext"), pytest.mark.level("should")]

two_lines = pytest.mark.transports("memory", "tcp")
NAMES = ["version", "cipher"]


def helper():
    """No scenario."""


@pytest.mark.clause("RFC 7301 3.2")
@pytest.mark.known("gh-1", "bpo-2")
@two_lines
@pytest.mark.parametrize("n", [1, 2])
def test_first(pair, n):
    """No overlap selects nothing, as in `h2`. The rest is told
    elsewhere.

    A second paragraph.
    """
    assert n


@pytest.mark.level("observed")
@pytest.mark.clause(*(f"ssl.SSLObject.{name}" for name in NAMES))
@pytest.mark.clause(module_that_nobody_has.CLAUSE)
def test_second(impl):
    """Short."""
'''


@pytest.fixture
def suites(tmp_path, monkeypatch):
    folder = tmp_path / "suites" / "alpn"
    folder.mkdir(parents=True)
    (folder / "test_offer.py").write_text(SUITE)
    (folder / "helpers.py").write_text("def test_not_me(): pass\n")
    monkeypatch.setattr(layout, "suites", lambda: tmp_path / "suites")
    return tmp_path / "suites"


def test_a_scenario_is_read_from_its_text(suites):
    first, second = listing.scenarios()
    assert (first.id, second.id) == ("alpn/offer/first", "alpn/offer/second")
    assert first.requirement == "No overlap selects nothing, as in `h2`."
    assert first.clauses == ("RFC 7301 3.2", "ssl.SSLContext")
    assert second.clauses == ("ssl.SSLObject.version", "ssl.SSLObject.cipher", "ssl.SSLContext")
    assert (first.level, second.level) == ("should", "observed")
    assert first.known == ("gh-1", "bpo-2")
    assert first.marks == {"transports": ("memory", "tcp")}
    assert first.source.startswith('@pytest.mark.clause("RFC 7301 3.2")')
    assert first.source.endswith("assert n")
    assert first.to_json()["file"] == "alpn/test_offer.py"
    assert SUITE.split("\n")[first.line - 1].startswith('@pytest.mark.clause("RFC')


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        (None, 2),
        ("alpn", 2),
        ("alpn/", 2),
        ("alpn/offer", 2),
        ("alpn/offer/first", 1),
        ("alpn/offer/first@client+tls13", 1),
        ("*first", 1),
        ("alp", 0),
    ],
)
def test_a_pattern_is_a_glob_or_a_beginning(suites, pattern, found):
    assert len(listing.select(pattern, listing.scenarios())) == found


def test_what_is_looked_for_and_not_there(suites):
    assert listing.find("alpn/offer/first@x").id == "alpn/offer/first"
    for wrong in ("first", "alpn/offer/frist"):
        with pytest.raises(listing.UnknownScenario, match="near it: alpn/offer/first"):
            listing.find(wrong)
    with pytest.raises(listing.UnknownScenario, match="`sslspec list` shows all"):
        listing.find("zzz")


def test_the_list_and_the_page_of_one(suites):
    every = listing.scenarios()
    assert listing.listed(every) == textwrap.dedent("""\
        alpn  (2)
          alpn/offer/first   No overlap selects nothing, as in `h2`.
          alpn/offer/second  Short.

        2 scenarios in 1 area""")
    page = listing.shown(every[0])
    assert "  clause       RFC 7301 3.2\n  clause       ssl.SSLContext\n" in page
    assert "  A second paragraph." in page
    assert page.endswith(every[0].source)


@pytest.mark.parametrize(
    ("name", "found"),
    [("ssl.SSLContext", 2), ("RFC 7301", 1), ("RFC 7301 3.2", 1), ("ssl.*.cipher", 1), ("ssl.SSL", 0)],
)
def test_a_clause_leads_to_its_scenarios(suites, name, found):
    assert len(listing.of_clause(name, listing.scenarios())) == found


def test_the_page_of_one_says_what_its_clauses_say():
    page = listing.shown(listing.find("memory_bio/reading/read_zero_takes_nothing"))
    assert '  clause       ssl.MemoryBIO.read:zero  read(0) gives b"" and takes nothing.\n' in page


def test_the_real_suites_are_read_whole():
    every = listing.scenarios()
    assert len({scenario.id for scenario in every}) == len(every) > 30
    for scenario in every:
        assert scenario.requirement, scenario.id
        assert scenario.clauses, scenario.id
