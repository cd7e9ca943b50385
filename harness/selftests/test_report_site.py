"""How a report is made: in one pass, of files that belong together, into a folder in which nothing else is touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from selftests.report_support import (
    facts,
    of,
    result,
    said,
    two_pythons,
    written,
)
from sslspec import cli, layout
from sslspec.report import folder, site, stream
from sslspec.report.columns import Columns
from sslspec.results import record
from sslspec.results.record import Reader, RecordError, Result


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


OURS = set(folder.OURS)


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
