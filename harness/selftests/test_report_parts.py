"""A report and a comparison of one part of a run: nobody may take it for the whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from selftests.report_support import facts, of, said, written
from sslspec import compare
from sslspec.report import site
from sslspec.results import columns, record
from sslspec.results.record import RecordError, Result
from sslspec.shards.cutting import Part
from sslspec.style import Style

PLAN = "sha256:0"


def part(folder: Path, number: int, count: int = 3, plan: str = PLAN, version: str = "3.13.0") -> Path:
    """One part of a run of the standard library's ssl, as ``--shard`` writes it."""
    described = {**facts("ssl", version), columns.SHARD: Part((number,), count, plan).to_json()}
    results: list[Result] = record.in_order(of("ssl"))[number - 1 :: count]
    return written(folder / f"{number}of{count}-{version}.jsonl", {"ssl": described}, results)


def test_one_part_of_a_run_says_so_wherever_somebody_looks(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.jsonl", {"ssl": facts("ssl", "3.12.1")}, of("ssl"))
    site.write(tmp_path / "site", [part(tmp_path, 2), whole])
    home = said(tmp_path / "site/index.html")
    assert "Only a part of a run: ssl@3.13.0 (part 2/3)." in home
    assert "CPython 3.13.0 OpenSSL 3.0.19 part 2/3" in home
    assert "OpenSSL 3.0.19 part" not in said(tmp_path / "site/columns/ssl@3.12.1.html")
    page = said(tmp_path / "site/columns/ssl@3.13.0.html")
    assert "This is part 2/3 of a run: 1/3 and 3/3 are missing, and nothing is known here of what they hold." in page
    assert "is part 2/3 of a run" in said(tmp_path / "site/compare/ssl@3.12.1...ssl@3.13.0.html")
    assert json.loads((tmp_path / "site/badges/ssl@3.13.0.json").read_text())["message"] == "incomplete"
    told = {one["name"]: one for one in json.loads((tmp_path / "site/api/v1/columns.json").read_text())["columns"]}
    assert [told[name]["complete"] for name in ("ssl@3.12.1", "ssl@3.13.0")] == [True, False]


def test_parts_of_one_run_are_told_together(tmp_path: Path) -> None:
    site.write(tmp_path / "site", [part(tmp_path, 3), part(tmp_path, 1)])
    assert "This is parts 1+3/3 of a run: 2/3 is missing" in said(tmp_path / "site/columns/ssl.html")
    published = record.read(tmp_path / "site/api/v1/results/ssl.jsonl")
    assert published.header.implementations["ssl"][columns.SHARD]["numbers"] == [1, 3]


def test_all_parts_are_a_whole(tmp_path: Path) -> None:
    """Negative control: nothing is said of parts where none is missing."""
    site.write(tmp_path / "site", [part(tmp_path, number) for number in (1, 2, 3)])
    assert "part" not in said(tmp_path / "site/index.html")
    assert "part " not in said(tmp_path / "site/columns/ssl.html")
    published = record.read(tmp_path / "site/api/v1/results/ssl.jsonl")
    assert columns.SHARD not in published.header.implementations["ssl"]
    assert len(published.results) == len(of("ssl"))


def test_parts_that_do_not_belong_together_are_refused(tmp_path: Path) -> None:
    second = part(tmp_path, 2)
    for other in (part(tmp_path, 1, 4), part(tmp_path, 3, plan="sha256:1")):
        with pytest.raises(RecordError, match=rf"{other.name}: holds .*, and .*{second.name} .*cut in another way"):
            site.write(tmp_path / "site", [second, other])
    broken = part(tmp_path, 2)
    broken.write_text(broken.read_text().replace('"numbers":[2]', '"numbers":"x"'))
    with pytest.raises(RecordError, match=r"2of3.*: the header is damaged"):
        site.write(tmp_path / "site", [broken])


def test_a_comparison_with_one_part_warns(tmp_path: Path) -> None:
    whole = written(tmp_path / "whole.jsonl", {"ssl": facts("ssl", "3.12.1")}, of("ssl"))
    some = part(tmp_path, 2)
    for files, word, what in (((some, whole), "before", "added"), ((whole, some), "after", "gone")):
        with record.open_record(files[0]) as one, record.open_record(files[1]) as other:
            found = compare.compare(one, other)
        text = compare.text(found, Style())
        assert f"! the run {word} is part 2/3 of one: what is {what} may only stand in another part" in text
    with record.open_record(whole) as one, record.open_record(whole) as other:
        assert "part" not in compare.text(compare.compare(one, other), Style())
    both = {name: {**facts(name, "3.13.0"), columns.SHARD: Part((1,), 2, PLAN).to_json()} for name in ("ssl", "refssl")}
    path = written(tmp_path / "both.jsonl", both, [*of("ssl"), *of("refssl")])
    with record.open_record(path) as one:
        found = compare.within(one)
    assert "! the run is part 1/2 of one: the other parts may tell more" in compare.text(found, Style())
