"""Whether a maintainer finds what is wrong with a column, and why: its own faults first, reasons, each in detail."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftests.report_support import facts, result, said, step, written
from sslspec.report import site
from sslspec.report.causes import Causes
from sslspec.report.outcomes import Outcome
from sslspec.report.stream import Execution
from sslspec.results.record import Result
from sslspec.verdicts import Verdict

OTHERS, OWN = "OpenSSL does so everywhere, against the text", "numbers are cut where ssl raises an error"
ALERT = "assert 'UNKNOWN_CA' == 'EXPIRED'"


def known(name: str, column: str, reason: str, **more: object) -> Result:
    detail = {
        "message": f"AssertionError: {ALERT}\n  - EXPIRED\n  + UNKNOWN_CA",
        "came": {"raises": "AssertionError"},
        "traceback": ["suites/alpn/test_it.py:12 in test_it", "sslspec/bench/pair.py:3 in drive"],
    }
    expected = (Verdict.FAILED,)
    return result(name, column, Verdict.FAILED, expected=expected, reason=reason, detail=detail, **more)


def shown(folder: Path, *results: Result) -> Path:
    """A site of PyPy's ssl beside CPython's, which is the reference."""
    pypy = {**facts("ssl", "3.11.15"), "python": {"implementation": "pypy", "version": "3.11.15"}}
    columns = {"ssl@3.11.7": facts("ssl", "3.11.7"), "ssl@pypy3.11.15": pypy}
    site.write(folder / "site", [written(folder / "r.jsonl", columns, results)])
    return folder / "site"


def of_both(name: str, *, in_cpython: Verdict = Verdict.PASSED, variant: str = "") -> list[Result]:
    """A scenario that PyPy is known to fail, alone or as CPython does."""
    full = f"{name}@{variant}" if variant else name
    if in_cpython is Verdict.FAILED:
        return [known(full, "ssl@3.11.7", OTHERS), known(full, "ssl@pypy3.11.15", OTHERS)]
    return [result(full, "ssl@3.11.7"), known(full, "ssl@pypy3.11.15", OWN, steps=[step("set(1)", {"raises": "X"})])]


def test_what_is_a_columns_own_stands_before_what_it_shares(tmp_path: Path) -> None:
    root = shown(
        tmp_path,
        *of_both("alpn/a/shared", in_cpython=Verdict.FAILED),
        *of_both("alpn/b/own"),
        *of_both("sni/b/own_too", variant="client"),
        *of_both("sni/b/own_too", variant="server"),
    )
    text = said(root / "columns/ssl@pypy3.11.15.html")
    assert "0 of 4 executions that apply passed3 known not to pass, unlike ssl@3.11.71 do not pass there either" in text
    own, shared = "Known not to pass, unlike ssl@3.11.7 (3)", "Known not to pass, as in ssl@3.11.7 (1)"
    assert text.index("Unexpected (0)") < text.index(own) < text.index("b/own_too") < text.index(shared)
    assert text.index(shared) < text.index("a/shared", text.index(own))
    assert "compared with ssl@3.11.7 step by step" in text
    reference = said(root / "columns/ssl@3.11.7.html")
    assert "Known not to pass (1)" in reference
    assert "unlike" not in reference
    columns = (root / "api/v1/columns.json").read_text()
    assert '"here": 3' in columns
    assert '"as_the_reference": 1' in columns
    links = (root / "index.html").read_text()
    assert "columns/ssl@pypy3.11.15.html#known-sni" in links


def test_a_cell_leads_to_the_section_that_has_something(tmp_path: Path) -> None:
    root = shown(tmp_path, *of_both("alpn/a/shared", in_cpython=Verdict.FAILED), *of_both("sni/b/own"))
    home = (root / "index.html").read_text()
    page = (root / "columns/ssl@pypy3.11.15.html").read_text()
    for anchor in ("shared-alpn", "known-sni"):
        assert f"columns/ssl@pypy3.11.15.html#{anchor}" in home
        assert f'id="{anchor}"' in page


def test_reasons_are_told_by_how_much_they_explain(tmp_path: Path) -> None:
    other = known("sni/b/other", "ssl@pypy3.11.15", "another reason of five words")
    shared = of_both("alpn/a/shared", in_cpython=Verdict.FAILED)
    root = shown(tmp_path, *shared, *of_both("alpn/b/own"), *of_both("sni/b/own_too"), other)
    text = said(root / "columns/ssl@pypy3.11.15.html")
    short = text[text.index("Why, in short") : text.index("Unexpected (0)")]
    assert f"2{OWN}alpn/b/own and 1 other" in short
    assert short.index(OWN) < short.index("another reason of five words")
    assert OTHERS not in short
    reference = said(root / "columns/ssl@3.11.7.html")
    assert f"1{OTHERS}alpn/a/shared" in reference[reference.index("Why, in short") :]


def test_no_number_of_reasons_fills_the_memory() -> None:
    causes = Causes()
    for number in range(3000):
        sample = known("a/b/c", "x", f"{number} {'x' * 10_000}")
        causes.add(f"a/b/{number}", [Outcome(sample, [Execution("", "")])])
    assert len(causes) == 1000
    assert causes.beyond == 2000
    assert all(len(cause.reason) <= 400 for cause in causes.most(2000))


def test_a_failure_is_told_in_detail(tmp_path: Path) -> None:
    """What was demanded, what came, why, where, the first step that differs, and how to repeat it."""
    root = shown(tmp_path, *of_both("alpn/b/own", variant="client"))
    text = said(root / "scenarios/alpn/b/own.html")
    detail = text[text.index("In detail") :]
    for words in (
        "ssl@pypy3.11.15 ✗ failed",
        "Expected'EXPIRED'",
        "Came'UNKNOWN_CA'",
        f"Known{OWN}",
        "Atsuites/alpn/test_it.py:12 in test_it",
        "do_handshake() returns None",
        "set(1) raises X",
        "sslspec repro alpn/b/own@client ssl",
    ):
        assert words in detail, words
    assert "says the baseline" not in detail


def test_a_failure_of_all_is_told_in_detail_too(tmp_path: Path) -> None:
    root = shown(tmp_path, *of_both("alpn/a/shared", in_cpython=Verdict.FAILED))
    detail = said(root / "scenarios/alpn/a/shared.html").partition("In detail")[2]
    assert "ssl@3.11.7, ssl@pypy3.11.15 ✗ failed" in detail
    assert "Expected'EXPIRED'" in detail


def test_what_passes_everywhere_has_no_details(tmp_path: Path) -> None:
    """Negative control; the command that repeats it is there all the same."""
    root = shown(tmp_path, result("alpn/a/b", "ssl@3.11.7"), result("alpn/a/b", "ssl@pypy3.11.15"))
    text = said(root / "scenarios/alpn/a/b.html")
    assert "and 1 column that does the same" in text
    assert "In detail" not in text
    assert "Why, in short" not in said(root / "columns/ssl@pypy3.11.15.html")
    assert "sslspec repro alpn/a/b ssl" in text


def test_of_many_ways_to_differ_a_few_are_told(tmp_path: Path) -> None:
    """Each variant differs by what makes it a variant: nobody reads thirty rows of that."""
    results = []
    for number in range(30):
        name = f"alpn/a/b@{number:02}"
        results.append(result(name, "ssl@3.11.7"))
        results.append(result(name, "ssl@pypy3.11.15", steps=[step("read(1)", {"raises": f"E{number:02}"})]))
    root = shown(tmp_path, *results)
    text = said(root / "scenarios/alpn/a/b.html")
    assert text.count("≠ behaves differently") == 4
    assert "03, 04, 05, 06, 07, 08 or one of 21 more (27 of 30)" in text
    assert "and so on, in 27 ways" in text
    beside = said(root / "compare/ssl@3.11.7...ssl@pypy3.11.15.html")
    assert beside.count("alpn/a/b") == 1
    assert "all 30, in 30 ways: one of them" in beside


@pytest.mark.parametrize("alike", [True, False])
def test_columns_that_differ_in_what_is_folded_are_not_the_same(alike: bool, tmp_path: Path) -> None:
    """Each variant differs from the reference in its own way; the last is among those that one outcome stands for."""
    *others, reference = columns = {f"ssl@3.{minor}.0": facts("ssl", f"3.{minor}.0") for minor in (11, 12, 13)}
    results = [result(f"alpn/a/b@{number}", reference) for number in range(10)]
    for column in others:
        for number in range(10):
            came = {"raises": f"E{number}{column if number == 9 and not alike else ''}"}
            results.append(result(f"alpn/a/b@{number}", column, steps=[step("read(1)", came)]))
    site.write(tmp_path / "site", [written(tmp_path / "r.jsonl", columns, results)])
    text = said(tmp_path / "site/scenarios/alpn/a/b.html")
    assert "and so on, in 7 ways" in text
    assert (", ".join(others) in text) is alike
