"""The report site as files: what is in it, that it holds together, that it is made in one pass, and what it refuses."""

from __future__ import annotations

import html.parser
import json
import re
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from selftests.report_support import (
    EVIL,
    HOSTILE_COLUMNS,
    REAL,
    SCRIPT,
    facts,
    hostile,
    of,
    result,
    two_pythons,
    written,
)
from sslspec import cli, layout
from sslspec.report import badges, folder, places, site, stream
from sslspec.report.columns import Column, Columns
from sslspec.report.outcomes import Tally
from sslspec.results import record
from sslspec.results.record import Reader, RecordError, Result
from sslspec.verdicts import Verdict

OURS = set(folder.OURS)
ELEMENTS = """
    a b body caption code dd del details div dl dt em footer h1 h2 h3 head header html img input ins label li link main
    meta nav ol option p pre rect script section select span summary svg table tbody td th thead title tr ul wbr
"""


class Seen(html.parser.HTMLParser):
    """What a browser would make of a page: elements with their attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def all(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]


def pages(root: Path) -> Iterator[tuple[Path, Seen]]:
    for path in sorted(root.rglob("*.html")):
        yield path, Seen(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("report")
    site.write(where / "site", two_pythons(where))
    return where / "site"


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("attacked")
    site.write(where / "site", [hostile(where)])
    return where / "site"


def said(path: Path) -> str:
    return " ".join("".join(Seen(path.read_text(encoding="utf-8")).text).split())


def test_there_is_a_page_for_everything(made: Path) -> None:
    assert {entry.name for entry in made.iterdir()} == OURS
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
    assert text.count("failed") == 1


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
    assert text.index("Other verdicts (1)") < text.index("Other behaviour (1)")
    assert "4 unchanged" in text
    between = text[text.index("Regressions (1)") : text.index("Fixed (1)")]
    assert "resumption/five" in between
    beside = said(made / "compare/ssl@3.13.0...mylib.ssl.html")
    assert "Only ssl@3.13.0 passes (1)" in beside
    assert "Regressions" not in beside


def test_badges_count_conformance(made: Path) -> None:
    endpoint = json.loads((made / "badges/ssl@3.13.0.json").read_text())
    assert endpoint == {"schemaVersion": 1, "label": "sslspec", "message": "5/7", "color": "red"}
    picture = (made / "badges/ssl@3.13.0.svg").read_text()
    assert "5/7" in picture
    assert "http" not in picture.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("verdicts", "complete", "message"),
    [
        ({Verdict.PASSED: 10, Verdict.INAPPLICABLE: 3}, True, ("10/10", "brightgreen")),
        ({Verdict.PASSED: 19, Verdict.FAILED: 1}, True, ("19/20", "yellow")),
        ({Verdict.PASSED: 1, Verdict.FAILED: 1}, True, ("1/2", "red")),
        ({Verdict.PASSED: 10}, False, ("incomplete", "lightgrey")),
        ({Verdict.ERROR: 10, Verdict.INAPPLICABLE: 3}, True, ("no results", "lightgrey")),
        ({Verdict.CRASHED: 10}, True, ("no results", "lightgrey")),
        ({}, True, ("no results", "lightgrey")),
    ],
)
def test_a_badge_is_withheld_where_nothing_could_run(
    verdicts: dict[Verdict, int], complete: bool, message: tuple[str, str]
) -> None:
    assert badges.verdict(Tally(Counter(verdicts)), complete=complete) == message


def test_the_data_are_result_files_again(made: Path) -> None:
    found = record.read(made / "api/v1/results/ssl@3.12.1.jsonl")
    assert found.complete
    assert list(found.header.implementations) == ["ssl@3.12.1"]
    assert [(r.id, r.peer, r.verdict, r.steps) for r in found.results] == [
        (r.id, r.peer, r.verdict, r.steps) for r in record.in_order(of("ssl"))
    ]


def test_what_is_of_one_machine_is_not_published(tmp_path: Path) -> None:
    one = result("a/b/c", "ssl", volatile={"duration": 0.5, "nodeid": "secret", "worker": "gw0"})
    path = tmp_path / "r.jsonl"
    header = record.Header("0.1.0", {"ssl": facts("ssl", "3.13.0")}, volatile={"argv": ["-o", "/home/secret"]})
    record.write(path, header, [one])
    site.write(tmp_path / "site", [path])
    everything = "".join(file.read_text() for file in (tmp_path / "site").rglob("*") if file.is_file())
    assert "0.5" in everything
    assert "secret" not in everything


def test_the_manifest_and_the_columns_are_json(made: Path) -> None:
    manifest = json.loads((made / "api/v1/manifest.json").read_text())
    assert [one["id"] for one in manifest] == sorted(
        {r.scenario for r in of("ssl")}, key=[r.scenario for r in record.in_order(of("ssl"))].index
    )
    columns = json.loads((made / "api/v1/columns.json").read_text())
    assert columns["reference"] == "ssl@3.13.0"
    by_name = {column["name"]: column for column in columns["columns"]}
    assert by_name["ssl@3.13.0"]["areas"]["alpn"]["verdicts"] == {"passed": 4}
    for column in by_name.values():
        for place in ("page", "results", "badge"):
            assert (made / column[place]).is_file()


def test_another_reference_can_be_named(tmp_path: Path) -> None:
    site.write(tmp_path / "site", two_pythons(tmp_path), reference="mylib.ssl")
    assert "Behaviour is compared with mylib.ssl." in said(tmp_path / "site/index.html")
    with pytest.raises(RecordError, match=r"no column 'nonsense'; there are ssl@3.12.1, ssl@3.13.0, mylib.ssl"):
        site.write(tmp_path / "site", two_pythons(tmp_path), reference="nonsense")


# -- a hostile implementation ------------------------------------------------------------------------------------------


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


# -- one pass, and what is refused -------------------------------------------------------------------------------------


def test_pages_are_written_as_results_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a million results no more is held than a scenario: when its page is written, only the next one's first line
    has been read."""
    read = 0
    seen: list[tuple[int, str]] = []
    through, write = Reader.__iter__, folder.Folder.write

    def counted(self: Reader) -> Iterator[Result]:
        nonlocal read
        for one in through(self):
            read += 1
            yield one

    def noted(self: folder.Folder, place: str, text: Any) -> None:
        if place.startswith("scenarios/"):
            seen.append((read, place))
        write(self, place, text)

    monkeypatch.setattr(Reader, "__iter__", counted)
    monkeypatch.setattr(folder.Folder, "write", noted)
    many = [result(f"area/topic/{number:03}@{variant}", "ssl") for number in range(50) for variant in "abc"]
    site.write(tmp_path / "site", [written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, many)])
    assert [count for count, _ in seen] == [min(150, number * 3 + 4) for number in range(50)]


def test_columns_that_behave_alike_share_their_steps(tmp_path: Path) -> None:
    """What a scenario needs in memory grows with the ways in which columns behave, not with the columns."""
    paths = [
        written(tmp_path / f"{minor}.jsonl", {"ssl": facts("ssl", f"3.{minor}.0")}, of("ssl", newer=minor > 12))
        for minor in (10, 11, 12, 13, 14)
    ]
    readers = [record.open_record(path) for path in paths]
    columns = Columns([reader.header for reader in readers])
    kept = {}
    for scenario in stream.scenarios(readers, columns):
        steps = [results.values() for results in scenario.results.values()]
        kept[scenario.id] = {id(one.steps) for results in steps for one in results}
    assert {name: len(lists) for name, lists in kept.items() if len(lists) != 1} == {
        "alpn/offers/three": 2,
        "alpn/negotiation/one": 2,  # of its two variants
    }


def test_shards_of_one_run_are_one_column(tmp_path: Path) -> None:
    halves = of("ssl")[::2], of("ssl")[1::2]
    files = [
        written(tmp_path / f"{number}.jsonl", {"ssl": facts("ssl", "3.13.0")}, half)
        for number, half in enumerate(halves)
    ]
    made = site.write(tmp_path / "site", files)
    assert (made.columns, made.results) == (1, 8)
    assert record.read(tmp_path / "site/api/v1/results/ssl.jsonl").complete


def test_the_same_result_twice_is_refused(tmp_path: Path) -> None:
    files = [written(tmp_path / f"{n}.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl")) for n in range(2)]
    with pytest.raises(RecordError, match="stands in another of the files") as refusal:
        site.write(tmp_path / "site", files)
    assert "\n" not in str(refusal.value)


def test_two_runs_of_the_same_are_compared_by_their_names(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, newer in (("a", False), ("b=c", True)):
        written(tmp_path / f"{name}.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl", newer=newer))
    files = [f"before={tmp_path / 'a.jsonl'}", f"after={tmp_path / 'b=c.jsonl'}"]
    assert cli.main(["report", *files, "-o", str(tmp_path / "site")]) == 0
    assert "Regressions (1)" in said(tmp_path / "site/compare/ssl+before...ssl+after.html")
    assert "What another run changes" in said(tmp_path / "site/compare.html")
    assert "≠ behaves differently" in said(tmp_path / "site/scenarios/alpn/offers/three.html")


def test_an_incomplete_run_is_called_so(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl"), complete=False)
    site.write(tmp_path / "site", [path])
    assert "Incomplete runs: ssl." in said(tmp_path / "site/index.html")
    assert "incomplete" in (tmp_path / "site/badges/ssl.json").read_text()
    assert not record.read(tmp_path / "site/api/v1/results/ssl.jsonl").complete


def test_a_column_of_which_the_header_says_nothing_is_there(tmp_path: Path) -> None:
    path = written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, [*of("ssl"), *of("forgotten")])
    assert site.write(tmp_path / "site", [path]).columns == 2
    assert record.read(tmp_path / "site/api/v1/results/forgotten.jsonl").results


def test_nothing_at_all_is_a_site_too(tmp_path: Path) -> None:
    made = site.write(tmp_path / "site", [written(tmp_path / "r.jsonl", {}, [])])
    assert (made.columns, made.results) == (0, 0)
    assert (tmp_path / "site/index.html").is_file()


def test_a_broken_file_leaves_the_old_site(tmp_path: Path) -> None:
    files = two_pythons(tmp_path)
    site.write(tmp_path / "site", files)
    before = {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()}
    files[1].write_text("\n".join(files[1].read_text().splitlines()[:-1]))
    with pytest.raises(RecordError, match="the footer is missing"):
        site.write(tmp_path / "site", files)
    assert before == {path: path.read_bytes() for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert {path.name for path in tmp_path.iterdir()} == {"old.jsonl", "new.jsonl", "site"}


def test_a_new_site_takes_the_place_of_the_old_and_of_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "site"
    target.mkdir()
    (target / "CNAME").write_text("ssl.example.org")
    site.write(target, two_pythons(tmp_path))
    site.write(target, [written(tmp_path / "r.jsonl", {"ssl": facts("ssl", "3.13.0")}, of("ssl")[:1])])
    assert [path.name for path in (target / "areas").iterdir()] == ["alpn.html"]
    assert (target / "CNAME").read_text() == "ssl.example.org"
    assert {path.name for path in target.iterdir()} == OURS - {"compare"} | {"CNAME"}


@pytest.mark.parametrize("name", ["index.html", "data", "api"])
def test_what_sslspec_did_not_make_is_not_overwritten(tmp_path: Path, name: str) -> None:
    target = tmp_path / "docs"
    target.mkdir()
    (target / name).write_text("mine")
    with pytest.raises(RecordError, match=f"holds '{name}', which sslspec did not make"):
        site.write(target, two_pythons(tmp_path))
    assert (target / name).read_text() == "mine"


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    two_pythons(tmp_path)
    assert cli.main(["report", "old.jsonl", "new.jsonl", "-o", "out/site"]) == 0
    told = capsys.readouterr().out
    assert re.match(r"out.site.index.html: 3 columns, 7 scenarios, 24 results; \d+ files, 0\.\d MB\n", told)
    assert cli.main(["report", "old.jsonl"]) == 0
    assert (tmp_path / "sslspec-site/index.html").is_file()
    capsys.readouterr()
    for args, why in (
        (["nowhere.jsonl"], "nowhere.jsonl: cannot be read"),
        (["old.jsonl", "-o", "new.jsonl"], "new.jsonl: is no folder"),
        (["old.jsonl", "--reference", "x"], "no column 'x'; there are ssl"),
    ):
        assert cli.main(["report", *args]) == 4
        error = capsys.readouterr().err
        assert error.startswith("sslspec: ")
        assert why in error
        assert error.count("\n") == 1


def test_the_style_and_the_scripts_come_with_the_package() -> None:
    names = {path.name for path in layout.report_assets().iterdir()}
    assert names >= {"site.css", "data.js", "query.js", "matrix.js", "grid.js", "compare.js"}
    assert layout.report_assets().parent.name == "report"


def test_what_is_unknown_is_not_evil() -> None:
    """The hostile strings are what they are taken for: each has what must not get through."""
    assert "<script>" in EVIL
    assert Column(EVIL, {}).implementation == EVIL
