"""The report site in a real browser: filters, keyboard, no scripts, small screens, the dark, and what is hostile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from selftests.chromium import Browser, Page, browser
from selftests.report_support import HOSTILE_COLUMNS, SCRIPT, facts, hostile, result, step, two_pythons, written
from sslspec.report import places, site
from sslspec.verdicts import Verdict

PAGES = {
    "home": "index.html",
    "area": "areas/sessions.html",
    "scenario": "scenarios/alpn/offers/three.html",
    "failing": "scenarios/sessions/resumption/five.html",
    "column": "columns/ssl@3.13.0.html",
    "chooser": "compare.html",
    "comparison": "compare/ssl@3.12.1...ssl@3.13.0.html",
}
SAID = "document.getElementById('said').textContent"
# The rows that a reader sees, each as the text of its heading.
ROWS = """[...document.querySelectorAll("#matrix tbody tr")].filter((row) => row.offsetParent)
    .map((row) => row.cells[0].innerText.replaceAll(/\\s+/g, " ").trim())"""
FOCUS = "document.activeElement.innerText || document.activeElement.ariaLabel || document.activeElement.tagName"
RAN = "document.documentElement.dataset.ran ?? 'no'"
# Texts whose contrast with what is behind them is below 4.5:1, as WCAG counts it.
PALE = """(() => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const rgb = (color) => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = color;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = rgb(getComputedStyle(at).backgroundColor);
            if (color[3] === 255) return color;
        }
        return rgb(matchMedia("(prefers-color-scheme: dark)").matches ? "#121212" : "#ffffff");
    };
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode());) {
        const element = node.parentElement;
        if (!node.data.trim() || !element.checkVisibility() || element.closest(".vh, .skip")) continue;
        const [one, other] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
        const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
        if (contrast < 4.5) found.push(`${node.data.trim()}: ${contrast.toFixed(2)}`);
    }
    return found;
})()"""


class Opener(Protocol):
    """Opens a page of a site, in a tab of its own that is closed behind the test."""

    def __call__(self, path: Path, fragment: str = "", **options: Any) -> Page: ...


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("chromium")) as found:
        yield found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("report with spaces")
    site.write(where / "site", two_pythons(where))
    return where / "site"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("attacked")
    site.write(where / "site", [hostile(where)])
    return where / "site"


@pytest.fixture
def opened(chromium: Browser, made: Path) -> Iterator[Opener]:
    tabs: list[Page] = []

    def open_one(path: Path, fragment: str = "", **options: Any) -> Page:
        tabs.append(Page(chromium, **options))
        return tabs[-1].open(path, fragment)

    yield open_one
    for tab in tabs:
        tab.close()


def filtered(page: Page, text: str) -> list[str]:
    """The rows after this has been typed into the filter, and what is said of it."""
    page.value("document.getElementById('query').focus()")
    page.value("document.getElementById('query').select()")
    page.value(f"window.before = {SAID}; document.getElementById('said').textContent = ''")
    page.type(text)
    page.until(f"/fit|there is|asked/.test({SAID})")
    rows: list[str] = page.value(ROWS)
    return rows


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


def test_any_two_columns_are_compared(opened: Opener, made: Path) -> None:
    page = opened(made / "compare.html", "before=ssl%403.12.1&after=mylib.ssl")
    page.until(f"{SAID}.includes('unchanged')")
    assert page.value(SAID) == "8 unchanged"
    page.value("(after.value = '1', after.dispatchEvent(new Event('change')))")
    page.until(f"{SAID}.includes('regression')")
    assert page.value(SAID) == "1 regression, 1 fixed, 1 other verdict, 1 with other behaviour, 4 unchanged"
    headings = page.value("[...document.querySelectorAll('#found h2')].map((h) => h.innerText)")
    assert headings == ["Regressions (1)", "Fixed (1)", "Other verdicts (1)", "Other behaviour (1)"]
    assert page.value("location.hash") == "#before=ssl%403.12.1&after=ssl%403.13.0"
    page.value("(before.value = '1', after.value = '2', after.dispatchEvent(new Event('change')))")
    page.until(f"{SAID}.includes('only')")
    assert page.value(SAID).startswith("1 only ssl@3.13.0 passes, 1 only mylib.ssl passes, ")
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_but_the_sites_own_files(opened: Opener, made: Path, name: str) -> None:
    page = opened(made / PAGES[name])
    asked = [address for address in page.requests if address != "about:blank"]
    assert asked
    assert all(address.startswith(made.as_uri() + "/") for address in asked)
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_every_text_can_be_told_from_its_ground(opened: Opener, made: Path, name: str) -> None:
    page = opened(made / PAGES[name])
    if name == "home":
        page.value("document.querySelectorAll('.opener')[1].click()")
        page.until("document.querySelector('tr.inner')")
    for dark in (False, True):
        page.darken(dark)
        assert page.value(PALE) == []
        ground = page.value("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(255, 255, 255)") is not dark


def test_a_pale_text_is_found(opened: Opener, made: Path) -> None:
    """Negative control."""
    page = opened(made / "index.html")
    page.value("document.querySelector('h1').style.color = '#999'")
    assert [text.partition(":")[0] for text in page.value(PALE)] == ["Conformance to Python's", "ssl"]


@pytest.mark.parametrize("name", PAGES)
def test_no_page_is_wider_than_the_screen(opened: Opener, made: Path, name: str) -> None:
    page = opened(made / PAGES[name])
    for width in (320, 360, 768, 1400):
        page.resize(width, 640)
        assert page.value("[innerWidth, document.documentElement.scrollWidth]") == [width, width]


@pytest.mark.parametrize("count", [5, 6, 7, 8])
def test_a_matrix_of_many_columns_is_no_wider_than_the_screen(opened: Opener, tmp_path: Path, count: int) -> None:
    """Each as wide as they get: long versions, and thousands of results of which hundreds are worth a look."""
    columns = {f"ssl@3.13.{number}0": facts("ssl", f"3.13.{number}0") for number in range(count)}
    results = [
        result(
            f"misbehaviour/a/{number}@{variant}", column, Verdict.FAILED, unexpected=variant < 12, steps=[step(column)]
        )
        for column in columns
        for number in range(40)
        for variant in range(25)
    ]
    site.write(tmp_path / "site", [written(tmp_path / "r.jsonl", columns, results)])
    page = opened(tmp_path / "site/index.html")
    assert "✗480" in page.value("document.body.innerText")
    for width in (1200, 1300, 1600, 1920):
        page.resize(width, 640)
        assert page.value("[innerWidth, document.documentElement.scrollWidth]") == [width, width]


def test_a_matrix_scrolls_in_its_box_under_its_headings(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html", width=320, height=480)
    page.value("document.querySelector('.scroll').scrollTo(200, 50)")
    box, corner, heading = (
        page.value(f"(({{ left, top }}) => [left, top])(document.querySelector('{what}').getBoundingClientRect())")
        for what in (".scroll", "#matrix tbody tr:nth-child(3) th", "#matrix thead th:nth-child(2)")
    )
    assert page.value("document.querySelector('.scroll').scrollLeft") > 50
    assert corner[0] == box[0]
    assert heading[1] == box[1]


def test_without_scripts_the_matrix_is_there_and_nothing_that_would_not_work(opened: Opener, made: Path) -> None:
    page = opened(made / "index.html", scripts=False)
    tree = page.send("Accessibility.getFullAXTree")["nodes"]
    roles = [node["role"]["value"] for node in tree if not node.get("ignored")]
    assert roles.count("row") == 5
    assert roles.count("columnheader") == 4
    assert roles.count("rowheader") == 4
    assert {"banner", "navigation", "main", "contentinfo", "table"} <= set(roles)
    assert not {"searchbox", "combobox", "checkbox"} & set(roles)
    names = [node["name"]["value"] for node in tree if node.get("role", {}).get("value") == "link"]
    assert "ssl reference CPython 3.13.0 OpenSSL 3.0.19" in names
    assert "1/3 passed ✗2 unexpected" in names


def test_a_hostile_implementation_runs_nothing(opened: Opener, attacked: Path) -> None:
    names = sorted(path.relative_to(attacked) for path in attacked.rglob("*.html"))
    assert len(names) > 10
    page = opened(attacked / names[0], width=320)
    for name in names:
        page.open(attacked / name)
        assert page.value(RAN) == "no", name
        assert page.complaints == [], name
        assert [one for one in page.requests if not one.startswith((attacked.as_uri(), "about:blank"))] == []
        assert page.value("document.documentElement.scrollWidth") <= 320, name


def test_what_is_hostile_is_shown_as_text_by_scripts_too(opened: Opener, attacked: Path) -> None:
    page = opened(attacked / "index.html")
    page.value("for (const button of document.querySelectorAll('.opener')) button.click()")
    page.until("document.querySelectorAll('tr.inner').length > 4")
    assert SCRIPT.lower()[:20] in page.value("document.body.innerText.toLowerCase()")
    for name in HOSTILE_COLUMNS:
        filtered(page, json.dumps(name)[1:-1] if '"' not in name else "status:fail")
    rows = filtered(page, '"__proto__":crashed')
    assert page.value(SAID) == "1 scenario fits"
    assert len(rows) == 3
    page.value("document.querySelector('#columns input').click()")
    page.until("location.hash.includes('hide')")
    assert page.value(RAN) == "no"
    two = opened(attacked / "compare.html")
    two.value("(after.value = '2', after.dispatchEvent(new Event('change')))")
    two.until(f"{SAID}.includes('unchanged')")
    assert two.value(RAN) == "no"
    assert page.complaints == two.complaints == []


def test_the_policy_stops_what_escaping_would_let_through(opened: Opener, made: Path) -> None:
    """With a script written into a page it does not run, with the policy taken out it does: the test would see it."""
    text = (made / "compare.html").read_text()
    evil = text.replace("</main>", f"{SCRIPT}</main>")
    (made / "evil.html").write_text(evil)
    (made / "worse.html").write_text(evil.replace("Content-Security-Policy", "X-Nothing"))
    try:
        page = opened(made / "evil.html")
        assert page.value(RAN) == "no"
        assert any("Content Security Policy" in complaint for complaint in page.complaints)
        assert opened(made / "worse.html").value(RAN) == "1"
    finally:
        (made / "evil.html").unlink()
        (made / "worse.html").unlink()


def test_every_column_has_a_page_by_a_tame_name(attacked: Path) -> None:
    for name in HOSTILE_COLUMNS:
        assert (attacked / places.column(name)).is_file()
