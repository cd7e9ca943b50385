"""What scripts add to the pages of a report, in a real browser: filters, addresses, keys, any two columns compared."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftests.report_support import (
    ROWS,
    SAID,
    Opener,
    filtered,
)

FILTERS = {
    "is:unexpected": ["sessions 2 of 3", "resumption / five", "resumption / four"],
    "is:different": ["alpn 1 of 3", "offers / three", "sessions 2 of 3", "resumption / five", "resumption / four"],
    "status:fail level:must": ["sessions 2 of 3", "resumption / five", "resumption / four"],
    "level:should": ["alpn 1 of 3", "negotiation / two"],
    "area:alpn two": ["alpn 1 of 3", "negotiation / two"],
    "topic:tickets": ["sessions 1 of 3", "tickets / six"],
    "status:unsupported": ["sessions 1 of 3", "tickets / six"],
    "ssl@3.13.0:fail mylib.ssl:pass": ["sessions 1 of 3", "resumption / five"],
    "ssl@3.12.1:pass ssl@3.13.0:fail": ["sessions 1 of 3", "resumption / five"],
    "ssl:fail": ["sessions 2 of 3", "resumption / five", "resumption / four"],
    '"ssl@3.12.1":different': [
        "alpn 1 of 3",
        "offers / three",
        "sessions 2 of 3",
        "resumption / five",
        "resumption / four",
    ],
    "known:gh-108310": ["sessions 1 of 3", "resumption / four"],
    "is:known": ["sessions 1 of 3", "resumption / four"],
    'clause:"RFC 8446 6.1" ticket': ["sessions 1 of 3", "tickets / six"],
    "inapplicable:pass": None,
    "status:splendid": None,
    "mylib.ssl:splendid": None,
}


@pytest.mark.parametrize("text", FILTERS)
def test_a_filter_leaves_what_fits(opened: Opener, made: Path, text: str) -> None:
    page = opened(made / "index.html")
    rows = filtered(page, text)
    wanted = FILTERS[text]
    if wanted is None:
        assert "there is no" in page.value(SAID)
        assert page.value("document.getElementById('said').classList.contains('wrong')")
    else:
        assert rows[1:] == wanted
        scenarios = sum(" of " not in row for row in wanted)
        assert page.value(SAID) == f"{scenarios} scenario{'s fit' if scenarios > 1 else ' fits'}"
        assert rows[0] == f"All areas {scenarios} of 7"
    assert page.complaints == []


def test_what_is_chosen_stands_in_the_address_and_comes_back_from_it(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html")
    everything = page.value(ROWS)
    filtered(page, "topic:tickets")
    address = page.value("location.hash")
    assert address == "#q=topic%3Atickets"
    again = opened(made / "index.html", address[1:])
    again.until(f"{SAID}.includes('fits')")
    assert again.value(ROWS)[1:] == ["sessions 1 of 3", "tickets / six"]
    assert again.value("document.getElementById('query').value") == "topic:tickets"
    page.value("document.getElementById('query').select()")
    page.send("Input.dispatchKeyEvent", type="keyDown", key="Backspace", code="Backspace", windowsVirtualKeyCode=8)
    page.until("location.hash === '' || location.hash === '#'")
    page.until(f"{SAID} === ''")
    assert page.value(ROWS) == everything == ["All areas 7", "alpn 3", "sessions 3", "shutdown 1"]


def test_a_link_of_a_column_shows_where_it_differs(opened: Opener, made: Path) -> None:
    page = opened(made / "columns/ssl@3.12.1.html")
    address = page.value("[...document.querySelectorAll('a')].find((a) => a.hash.startsWith('#q=')).href")
    assert "3.12.1" in address
    there = opened(made / "index.html", address.partition("#")[2])
    there.until(f"{SAID}.includes('fit')")
    assert there.value(SAID) == "3 scenarios fit"


def test_columns_can_be_hidden_and_sorted(opened: Opener, made: Path) -> None:
    headings = """[...document.querySelectorAll("#matrix thead a")].filter((link) => link.offsetParent)
        .map((link) => link.title)"""
    page = opened(made / "index.html")
    assert page.value(headings) == ["ssl@3.12.1", "ssl@3.13.0", "mylib.ssl"]
    page.value("document.querySelector('#columns input').click()")
    page.until("location.hash.includes('hide')")
    assert page.value(headings) == ["ssl@3.13.0", "mylib.ssl"]
    assert (
        page.value("[...document.querySelector('#matrix tbody tr').cells].filter((cell) => cell.offsetParent).length")
        == 3
    )
    again = opened(made / "index.html", page.value("location.hash.slice(1)") + "&columns=issues&areas=issues")
    assert again.value(headings) == ["mylib.ssl", "ssl@3.13.0"]
    assert again.value(ROWS) == ["All areas 7", "sessions 3", "alpn 3", "shutdown 1"]


def test_an_area_opens_in_place(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html")
    page.value("document.querySelectorAll('.opener')[1].click()")
    page.until("document.querySelector('tr.inner')")
    assert page.value(ROWS) == [
        *("All areas 7", "alpn 3", "sessions 3"),
        *("resumption 2", "five", "four", "tickets 1", "six", "shutdown 1"),
    ]
    assert page.value("document.querySelectorAll('.opener')[1].ariaExpanded") == "true"
    page.value("document.querySelectorAll('.opener')[1].click()")
    assert page.value(ROWS) == ["All areas 7", "alpn 3", "sessions 3", "shutdown 1"]
    assert page.complaints == []


def test_scripts_count_as_the_page_itself(opened: Opener, made: Path) -> None:
    """The cells that a filter makes anew are those that stood there, where everything fits."""
    cells = """[...document.querySelectorAll("#matrix tbody tr:not(.inner) td")].filter((td) => td.offsetParent)
        .map((td) => td.innerText)"""
    page = opened(made / "index.html")
    before = page.value(cells)
    filtered(page, "it does as it is told")
    assert page.value(cells) == before
    assert len(before) == 12


FOCUS = "document.activeElement.innerText || document.activeElement.ariaLabel || document.activeElement.tagName"


def test_everything_can_be_reached_by_keyboard(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html")
    page.press("Tab")
    assert page.value(FOCUS) == "Skip to the content"
    page.press("Enter")
    page.until("location.hash === '#main'")
    page.press("Tab")  # the reference's link in the first sentence
    seen = []
    while len(seen) < 40 and not page.value("document.activeElement.closest('#matrix') !== null"):
        seen.append(page.value(FOCUS))
        page.press("Tab")
    assert "INPUT" in seen
    assert "Show and hide columns" in seen
    assert page.value("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.press("Tab")  # the matrix is one stop
    assert not page.value("document.activeElement.closest('#matrix') !== null")


def test_arrows_move_in_the_matrix(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html")
    page.value("document.querySelector('#matrix thead a').focus()")
    where = """(({ cellIndex, parentElement }) => [parentElement.rowIndex, cellIndex])(
        document.activeElement.closest("th, td"))"""
    assert page.value(where) == [0, 1]
    for key, place in (
        ("ArrowDown", [1, 1]),
        ("ArrowDown", [2, 1]),
        ("ArrowRight", [2, 2]),
        ("ArrowLeft", [2, 1]),
        ("ArrowLeft", [2, 0]),
        ("End", [2, 3]),
        ("ArrowRight", [2, 3]),
        ("ArrowUp", [1, 3]),
        ("Home", [1, 0]),
        ("ArrowUp", [0, 0]),
        ("ArrowUp", [0, 0]),
    ):
        page.press(key)
        assert page.value(where) == place, key
    page.press("End", modifiers=2)
    assert page.value(where) == [4, 0]
    page.press("Home")
    assert page.value(FOCUS) == "Scenarios of shutdown"
    page.press("Enter")
    page.until("document.querySelector('tr.inner')")
    page.press("ArrowDown")
    page.press("ArrowDown")
    assert "unwrap before the handshake" in page.value(FOCUS)
    page.press("Enter")
    page.until("location.pathname.endsWith('is_refused.html')")


def test_nothing_is_compared_before_two_are_chosen(opened: Opener, made: Path) -> None:
    page = opened(made / "compare.html")
    assert page.value(SAID) == "Choose two columns."
    assert page.value("[before, after].map((select) => select.selectedOptions[0].text)") == ["choose a column"] * 2
    page.value("(after.value = '1', after.dispatchEvent(new Event('change')))")
    page.until("location.hash === '#after=ssl%403.13.0'")
    assert page.value(SAID) == "Choose two columns."
    page.value("(before.value = '1', before.dispatchEvent(new Event('change')))")
    assert page.value("document.querySelectorAll('#found h2').length") == 0
    assert page.complaints == []


def test_any_two_columns_are_compared(opened: Opener, made: Path) -> None:
    page = opened(made / "compare.html", "before=ssl%403.12.1&after=mylib.ssl")
    page.until(f"{SAID}.includes('unchanged')")
    assert page.value(SAID) == "8 unchanged"
    page.value("(after.value = '1', after.dispatchEvent(new Event('change')))")
    page.until(f"{SAID}.includes('regression')")
    assert page.value(SAID) == "1 regression, 1 fixed, 1 other verdict, 1 with other behaviour, 4 unchanged"
    headings = page.value("[...document.querySelectorAll('#found h2')].map((h) => h.innerText)")
    assert headings == ["Regressions (1)", "Fixed (1)", "Other verdicts (1)", "Other behaviour, same verdict (1)"]
    assert page.value("location.hash") == "#before=ssl%403.12.1&after=ssl%403.13.0"
    page.value("(before.value = '1', after.value = '2', after.dispatchEvent(new Event('change')))")
    page.until(f"{SAID}.includes('only')")
    assert page.value(SAID).startswith("1 only ssl@3.13.0 passes, 1 only mylib.ssl passes, ")
    assert page.complaints == []
