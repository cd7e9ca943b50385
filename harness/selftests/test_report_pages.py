"""What the pages of a report say, and that they hold together: links, structure, counts, steps, reasons."""

from __future__ import annotations

import re
import urllib.parse
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from selftests.report_support import (
    REAL,
    Seen,
    facts,
    of,
    pages,
    said,
    two_pythons,
    written,
)
from sslspec.report import folder, site
from sslspec.results import record
from sslspec.results.record import RecordError


def test_there_is_a_page_for_everything(made: Path) -> None:
    assert {entry.name for entry in made.iterdir()} == set(folder.OURS)
    names = {path.relative_to(made).as_posix() for path in made.rglob("*.html")}
    assert names == {
        "index.html",
        "compare.html",
        "areas/alpn.html",
        "areas/sessions.html",
        "areas/shutdown.html",
        "columns/ssl@3.12.1.html",
        "columns/ssl@3.13.0.html",
        "columns/mylib.ssl.html",
        "compare/ssl@3.12.1...ssl@3.13.0.html",
        "compare/ssl@3.13.0...mylib.ssl.html",
        "scenarios/alpn/negotiation/one.html",
        "scenarios/alpn/negotiation/two.html",
        "scenarios/alpn/offers/three.html",
        "scenarios/sessions/resumption/four.html",
        "scenarios/sessions/resumption/five.html",
        "scenarios/sessions/tickets/six.html",
        f"scenarios/{REAL}.html",
    }


@pytest.mark.parametrize("which", ["made", "attacked"])
def test_every_link_leads_somewhere_on_the_site(which: str, request: pytest.FixtureRequest) -> None:
    root: Path = request.getfixturevalue(which)
    seen = dict(pages(root))
    ids = {path.resolve(): page.all("id") for path, page in seen.items()}
    checked = 0
    for path, page in seen.items():
        assert len(ids[path.resolve()]) == len(set(ids[path.resolve()])), f"{path} has an id twice"
        for address in page.all("href") + page.all("src"):
            if address.startswith("https://"):
                continue
            name, _, fragment = address.partition("#")
            there = (path.parent / urllib.parse.unquote(name)).resolve() if name else path.resolve()
            assert there.is_file(), f"{path}: {address}"
            assert there.is_relative_to(root.resolve())
            if fragment and not fragment.startswith("q="):
                assert urllib.parse.unquote(fragment) in ids[there], f"{path}: {address}"
            checked += 1
    assert checked > 100


@pytest.mark.parametrize("which", ["made", "attacked"])
def test_a_page_can_be_found_through_by_its_structure(which: str, request: pytest.FixtureRequest) -> None:
    """One title, headings without gaps, landmarks, and tables that say what they, their rows and columns are about."""
    for path, page in pages(request.getfixturevalue(which)):
        names = [name for name, _ in page.elements]
        levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(after - before <= 1 for before, after in pairwise(levels)), path
        assert [names.count(name) for name in ("header", "main", "footer")] == [1, 1, 1]
        assert names.count("caption") == names.count("table"), path
        assert all("scope" in attributes for name, attributes in page.elements if name == "th"), path
        assert all(attributes.get("alt") for name, attributes in page.elements if name == "img"), path
        assert page.elements[0] == ("html", {"lang": "en"})
        labelled = {attributes.get("for") for name, attributes in page.elements if name == "label"}
        fields = [attributes["id"] for name, attributes in page.elements if name in ("input", "select")]
        assert set(fields) <= labelled, path


def test_home_is_a_table_of_areas_and_columns(made: Path) -> None:
    page = Seen((made / "index.html").read_text())
    text = " ".join("".join(page.text).split())
    assert "7 scenarios in 3 areas, 24 results." in text
    assert "Behaviour is compared with ssl@3.13.0." in text
    assert [name for name, _ in page.elements].count("tr") == 1 + 1 + 3
    assert Counter(page.all("scope")) == {"col": 4, "row": 4}
    assert "ssl CPython 3.12.1 OpenSSL 3.0.19" in text
    assert "ssl reference CPython 3.13.0 OpenSSL 3.0.19" in text


def test_a_cell_counts_what_applies_what_is_unexpected_and_what_differs(made: Path) -> None:
    text = said(made / "index.html")
    row = text[text.index("sessions 3") :].split("shutdown 1")[0]
    # the older: one known failure, one unsupported; the newer: an unexpected pass and an unexpected failure
    assert row == "sessions 31/3 passed ≠2 behave differently1/3 passed ✗2 unexpected1/3 passed ≠2 behave differently"


def test_a_scenario_says_what_it_demands_and_what_became_of_it(made: Path) -> None:
    text = said(made / "scenarios/alpn/offers/three.html")
    for words in (
        "It does as it is told.",
        "RFC 8446 6.1:close-notify-first",
        "ssl@3.13.0CPython 3.13.0, OpenSSL 3.0.19reference",
        "≠ behaves differently",
        "read(1) raises SSLEOFError errno=8 read(1) returns b'x'".replace(" read", "read"),
        "sslspec repro alpn/offers/three ssl",
        "This sslspec has no scenario of that name",
    ):
        assert words in text, words
    page = Seen((made / "scenarios/alpn/offers/three.html").read_text())
    assert "https://www.rfc-editor.org/rfc/rfc8446.html#section-6.1" in page.all("href")
    assert [name for name, _ in page.elements if name in ("del", "ins")] == ["del", "ins"]


def test_a_scenario_of_this_suite_shows_its_source(made: Path) -> None:
    assert "def test_unwrap_before_the_handshake_is_refused(" in said(made / f"scenarios/{REAL}.html")


def test_columns_that_do_as_the_reference_are_folded_away(tmp_path: Path) -> None:
    files = [
        written(tmp_path / f"{minor}.jsonl", {"ssl": facts("ssl", f"3.{minor}.0")}, of("ssl"))
        for minor in (10, 11, 12, 13)
    ]
    site.write(tmp_path / "site", files)
    text = said(tmp_path / "site/scenarios/sessions/resumption/four.html")
    assert "ssl@3.13.0CPython 3.13.0, OpenSSL 3.0.19referenceand 3 columns that do the same" in text
    assert text.count("failed") == 2  # in the table, and in detail


def test_a_column_shows_anomalies_only(made: Path) -> None:
    text = said(made / "columns/ssl@3.13.0.html")
    for name in ("resumption/four", "resumption/five", "tickets/six"):
        assert name in text
    for name in ("negotiation/one", "offers/three", "unwrap_before"):
        assert name not in text
    assert text.index("resumption/five") < text.index("Known not to pass") < text.index("tickets/six")
    assert "it has never done so in this library" in text


def test_a_comparison_begins_with_regressions(made: Path) -> None:
    text = said(made / "compare/ssl@3.12.1...ssl@3.13.0.html")
    assert text.index("Regressions (1)") < text.index("Fixed (1)") < text.index("Other verdicts (1)")
    assert text.index("Other verdicts (1)") < text.index("Other behaviour, same verdict (1)")
    assert "4 unchanged" in text
    between = text[text.index("Regressions (1)") : text.index("Fixed (1)")]
    assert "resumption/five" in between
    beside = said(made / "compare/ssl@3.13.0...mylib.ssl.html")
    assert "Only ssl@3.13.0 passes (1)" in beside
    assert "Regressions" not in beside


def test_another_reference_can_be_named(tmp_path: Path) -> None:
    site.write(tmp_path / "site", two_pythons(tmp_path), reference="mylib.ssl")
    assert "Behaviour is compared with mylib.ssl." in said(tmp_path / "site/index.html")
    with pytest.raises(RecordError, match=r"no column 'nonsense'; there are ssl@3.12.1, ssl@3.13.0, mylib.ssl"):
        site.write(tmp_path / "site", two_pythons(tmp_path), reference="nonsense")


def test_an_incomplete_run_is_called_so(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl"), complete=False)
    site.write(tmp_path / "site", [path])
    assert "Incomplete runs: ssl." in said(tmp_path / "site/index.html")
    assert "incomplete" in (tmp_path / "site/badges/ssl.json").read_text()
    assert not record.read(tmp_path / "site/api/v1/results/ssl.jsonl").complete


def test_one_column_alone_is_held_against_nothing(tmp_path: Path) -> None:
    """Unless it is named; and a failure shows the steps that led to it, where there are none to compare them with."""
    path = written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl"))
    site.write(tmp_path / "site", [path])
    home = (tmp_path / "site/index.html").read_text()
    for words in ("compared with", "reference", "≠", "is:different"):
        assert words not in home, words
    failed = said(tmp_path / "site/scenarios/sessions/resumption/four.html")
    assert "reference" not in failed
    detail = failed.partition("In detail")[2]
    assert (
        detail.index("2 steps observed") < detail.index("do_handshake() returns None") < detail.index("sslspec repro")
    )
    site.write(tmp_path / "site", [path], reference="ssl")
    assert "Behaviour is compared with ssl." in said(tmp_path / "site/index.html")


def test_a_pass_that_nobody_expected_says_what_its_baseline_does(made: Path) -> None:
    detail = said(made / "scenarios/sessions/resumption/four.html").partition("In detail")[2]
    block = detail[detail.index("passed unexpected") : detail.index("✗ failed")]
    for words in ("Expected", "take the entry out", "Knownit has never done so in this library"):
        assert words in block, words
