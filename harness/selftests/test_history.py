"""Whether everything that has gone wrong has its scenario or its reason, and every reference its item."""

from __future__ import annotations

import pytest

from sslspec import layout
from sslspec.scenarios import history, listing
from sslspec.scenarios.history import History, Item

FILE = """
format = 1

["CPython"]
"gh-1" = "It happened."
"gh-2" = { says = "It happened too.", also = ["bpo-2"], reason = "nobody here can do that" }
"""


@pytest.fixture(scope="module")
def real() -> History:
    return history.read()


def test_everything_has_a_scenario_or_a_reason(real):
    assert real.unanswered() == []


def test_a_reason_goes_with_the_first_scenario(real):
    assert real.idle_reasons() == []


def test_every_reference_in_a_mark_is_told_of(real):
    assert real.unknown() == []


def _scenario(name: str, *known: str) -> listing.Scenario:
    return listing.Scenario(f"area/topic/{name}", "", "", (), "must", known, {}, layout.suites(), 1, "")


def test_each_gap_is_seen():
    """Negative control: items and scenarios with one gap of each kind."""
    items = [
        Item("part", ("gh-1", "bpo-1"), "It happened."),
        Item("part", ("gh-2",), "It happened."),
        Item("part", ("gh-3",), "It happened.", "nobody here can do that"),
    ]
    seen = History(items, [_scenario("good", "bpo-1"), _scenario("idle", "gh-3"), _scenario("wrong", "gh-4")])
    assert (seen.unanswered(), seen.idle_reasons(), seen.unknown()) == (["gh-2"], ["gh-3"], ["gh-4"])
    page = history.page(seen, "Made.")
    assert "- **gh-1, bpo-1**: It happened.\n  `area/topic/good`" in page
    assert "- **gh-2**: It happened.\n  **No scenario yet.**" in page
    assert "- **gh-3**: It happened.\n  No scenario: nobody here can do that." in page


def test_a_file_is_read(tmp_path):
    (tmp_path / "history.toml").write_text(FILE)
    assert history.load(tmp_path / "history.toml") == [
        Item("CPython", ("gh-1",), "It happened."),
        Item("CPython", ("gh-2", "bpo-2"), "It happened too.", "nobody here can do that"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "format 1"),
        ("format = 1", "format = ", "history.toml: "),
        ('happened."', 'happened"', "a sentence"),
        ("reason =", "because =", "unknown because"),
        ("nobody here can do that", "too hard", "five words"),
        ("bpo-2", "gh-1", "one item each"),
    ],
)
def test_what_cannot_be_meant_is_refused(tmp_path, old, new, told):
    assert old in FILE
    (tmp_path / "history.toml").write_text(FILE.replace(old, new, 1))
    with pytest.raises(history.HistoryError, match=told):
        history.load(tmp_path / "history.toml")
