"""A report of an implementation that attacks its readers: as files, and in a real browser."""

from __future__ import annotations

import json
import re
from pathlib import Path

from selftests.report_support import (
    EVIL,
    HOSTILE_COLUMNS,
    SAID,
    SCRIPT,
    Opener,
    Seen,
    filtered,
    pages,
    said,
)
from sslspec.report import places
from sslspec.report.columns import Column

ELEMENTS = """
    a b body caption code dd del details div dl dt em footer h1 h2 h3 head header html img input ins label li link main
    meta nav ol option p pre rect script section select span summary svg table tbody td th thead title tr ul wbr
"""


def test_what_is_hostile_is_text(attacked: Path) -> None:
    for path, page in pages(attacked):
        for name, attributes in page.elements:
            assert name in ELEMENTS.split(), f"{path}: <{name}>"
            assert not [key for key in attributes if key.startswith("on") or key == "style"], f"{path}: {attributes}"
            assert name != "script" or re.fullmatch(r"(\.\./)*(static|data)/[a-z]+\.js", attributes["src"] or "")
            assert attributes.get("src") != "x"
        for address in page.all("href") + page.all("src"):
            assert re.match(r"https://|[^:#]*(#|$)", address), f"{path}: {address}"
        policy = [attributes["content"] for name, attributes in page.elements if attributes.get("http-equiv")]
        assert policy
        assert "unsafe" not in str(policy)


def test_what_is_hostile_is_shown(attacked: Path) -> None:
    """Negative control: it is there, as text."""
    assert SCRIPT in said(attacked / "index.html")
    column = attacked / places.column(HOSTILE_COLUMNS[-1])
    assert "\\u202e\\x00\\ud800" in said(column)


def test_no_file_is_made_outside_the_folder(attacked: Path) -> None:
    assert {path.name for path in attacked.parent.iterdir()} == {"site", "hostile.jsonl"}
    for path in attacked.rglob("*"):
        assert re.fullmatch(r"[a-z0-9_.@+=~-]+", path.name), path


def test_scripts_of_data_hold_nothing_but_data(attacked: Path) -> None:
    found = sorted((attacked / "data").iterdir())
    assert found
    for path in found:
        text = path.read_text(encoding="ascii")
        assert "<" not in text
        for line in text.splitlines():
            arguments = re.fullmatch(r"sslspec\.(index|area)\((.*)\);", line)
            assert arguments, line
            assert json.loads(f"[{arguments[2]}]")


def test_pictures_of_hostile_columns_are_sound(attacked: Path) -> None:
    for path in (attacked / "badges").glob("*.svg"):
        elements = {name for name, _ in Seen(path.read_text(encoding="utf-8")).elements}
        assert elements == {"svg", "title", "path", "text"}


def test_a_command_to_copy_is_one_command(attacked: Path) -> None:
    page = next(path for path, _ in pages(attacked / "scenarios"))
    assert "sslspec repro '" in said(page)


def test_what_is_unknown_is_not_evil() -> None:
    """The hostile strings are what they are taken for: each has what must not get through."""
    assert "<script>" in EVIL
    assert Column(EVIL, {}).implementation == EVIL


def test_every_column_has_a_page_by_a_tame_name(attacked: Path) -> None:
    for name in HOSTILE_COLUMNS:
        assert (attacked / places.column(name)).is_file()


RAN = "document.documentElement.dataset.ran ?? 'no'"


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
    two.value("(before.value = '0', after.value = '2', after.dispatchEvent(new Event('change')))")
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
