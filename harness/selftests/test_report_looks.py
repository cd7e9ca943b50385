"""How the pages of a report look in a real browser: on small screens, in the dark, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from selftests.report_support import (
    Opener,
    facts,
    result,
    step,
    written,
)
from sslspec.report import site
from sslspec.verdicts import Verdict

PAGES = {
    "home": "index.html",
    "area": "areas/sessions.html",
    "scenario": "scenarios/alpn/offers/three.html",
    "failing": "scenarios/sessions/resumption/five.html",
    "known": "scenarios/sessions/resumption/four.html",
    "column": "columns/ssl@3.13.0.html",
    "reasons": "columns/ssl@3.12.1.html",
    "chooser": "compare.html",
    "comparison": "compare/ssl@3.12.1...ssl@3.13.0.html",
}


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
