"""What is seen when a run is over: the table, in as many pieces as the terminal needs, and the closing lines."""

import pytest

from selftests.console_support import PLAIN, record_of, result
from sslspec.console import summary
from sslspec.verdicts import Verdict


def test_the_table_counts_what_applies():
    text = summary.table(
        record_of(
            result("alpn/a/b", Verdict.PASSED, "ssl"),
            result("alpn/a/c", Verdict.INAPPLICABLE, "ssl", unexpected=False),
            result("sni/a/b", Verdict.PASSED, "ssl"),
            result("alpn/a/b", Verdict.FAILED, "refssl"),
            result("alpn/a/c", Verdict.PASSED, "refssl"),
            result("sni/a/b", Verdict.INAPPLICABLE, "refssl", unexpected=False),
        ),
        PLAIN,
    )
    assert text.split("\n") == [
        "area       ssl                refssl",
        "alpn       ████████████ 1/1   ██████░░░░░░ 1/2  ✗1",
        "sni        ████████████ 1/1   does not apply",
        "together   ████████████ 2/2   ██████░░░░░░ 1/2  ✗1",
    ]


PYTHONS = ("3.10.13", "3.11.7", "3.12.1", "3.13.0")


def columns_of(pythons, names=("ssl", "refssl")):
    """A record with 1,000 results of an area in each column; of each last Python one has failed."""
    results = []
    for name in names:
        for python in pythons:
            bad = Verdict.FAILED if python == pythons[-1] else Verdict.PASSED
            results += [result(f"alpn/a/{n}", Verdict.PASSED, f"{name}@{python}") for n in range(999)]
            results.append(result("alpn/a/last", bad, f"{name}@{python}"))
    return record_of(*results)


def test_with_many_columns_the_bars_get_shorter_and_a_python_stands_under_its_name(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 80)
    assert summary.table(columns_of(PYTHONS, ("ssl",)), PLAIN).split("\n") == [
        "area      ssl            ssl            ssl            ssl",
        "          3.10.13        3.11.7         3.12.1         3.13.0",
        "alpn      ███ 1000/1000  ███ 1000/1000  ███ 1000/1000  ██▉  999/1000 ✗1",
        "together  ███ 1000/1000  ███ 1000/1000  ███ 1000/1000  ██▉  999/1000 ✗1",
    ]


@pytest.mark.parametrize(("width", "pieces"), [(200, 1), (110, 1), (90, 2), (60, 2), (40, 4)])
def test_a_table_that_is_too_wide_comes_in_pieces(monkeypatch, width, pieces):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: width)
    text = summary.table(columns_of(PYTHONS), PLAIN)
    assert text.count("area") == pieces
    assert max(map(len, text.split("\n"))) <= width
    assert text.count("✗1") == 2 * 2
    for python in PYTHONS:
        assert text.count(python) == 2


def test_a_table_is_divided_between_implementations_where_that_is_enough(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 80)
    found = columns_of(PYTHONS)
    found.results = [one for one in found.results if one.implementation != "refssl@3.10.13"]
    heads = [text.split()[1:] for text in summary.table(found, PLAIN).split("\n") if text.startswith("area")]
    assert heads == [["ssl"] * 4, ["refssl"] * 3]


def test_columns_stand_by_implementation_and_by_version(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 400)
    heads = summary.table(columns_of(("3.9.1", "3.10.2", "pypy3.11.15")), PLAIN).split("\n")[0].split()
    assert heads == [
        "area",
        *("ssl@3.9.1", "ssl@3.10.2", "ssl@pypy3.11.15"),
        *("refssl@3.9.1", "refssl@3.10.2", "refssl@pypy3.11.15"),
    ]


def test_the_closing_lines_say_what_to_do_about():
    text = summary.text(
        record_of(
            result("a/b/c@x"), result("a/b/c@y"), result("a/b/d", Verdict.CRASHED), result("a/b/e", Verdict.PASSED)
        ),
        PLAIN,
        stale=["x.toml:4: 'a/*' matches no scenario: remove it"],
        seconds=1.25,
    )
    assert "✗ mylib  a/b/c (2 times)" in text
    assert "✗ x.toml:4: 'a/*' matches no scenario: remove it" in text
    assert text.split("\n")[-2:] == [
        "4 results in 1.2 s: 1 passed, 2 failed, 1 crashed",
        "✗ 4 unexpected: 1 crash, 2 failures, 1 stale baseline entry",
    ]


def test_the_closing_lines_when_all_is_well_or_nobody_knows():
    well = summary.text(record_of(result(verdict=Verdict.PASSED)), PLAIN)
    assert well.endswith("1 result: 1 passed\n✓ everything as expected")
    unknown = summary.text(record_of(result(verdict=Verdict.NOTRUN, unexpected=False), complete=False), PLAIN)
    assert unknown.endswith("1 result: 1 notrun\nthe run is incomplete")
    assert "everything" not in unknown


def test_the_slowest_are_named_when_asked_for():
    slow = result("a/b/slow", Verdict.PASSED, volatile={"duration": 1.5})
    quick = result("a/b/c", Verdict.PASSED, volatile={"duration": 0.01})
    assert "slowest\n    1.50 s  a/b/slow  mylib\n\n" in summary.text(record_of(slow, quick), PLAIN, slowest=1)
    assert "slowest" not in summary.text(record_of(slow, quick), PLAIN)


def test_what_takes_too_long_is_named_unasked():
    slow = result("a/b/slow", Verdict.PASSED, volatile={"duration": summary.SLOW + 0.1})
    quick = result("a/b/c", Verdict.PASSED, volatile={"duration": 0.01})
    assert "slowest\n    2.10 s  a/b/slow  mylib\n\n" in summary.text(record_of(slow, quick), PLAIN)
