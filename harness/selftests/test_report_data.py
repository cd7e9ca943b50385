"""What a report has for programs: results as files, columns and scenarios as JSON, badges."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from selftests.report_support import (
    facts,
    of,
    result,
)
from sslspec.report import badges, site
from sslspec.report.outcomes import Tally
from sslspec.results import record
from sslspec.verdicts import Verdict


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
