"""``sslspec explain`` as a user starts it: text, JSON, a capture, and implementations that hang and die."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selftests.support import HOSTILE, environment, sslspec
from selftests.test_wire_pcapng import follow, segments
from sslspec import cli
from sslspec.results import record

SCENARIO = "alpn/negotiation/the_common_protocol_is_selected"
READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+whole"
RESUMED = "sessions/resumption/a_session_is_resumed@client+tls13+memory+whole"


@pytest.fixture(scope="module")
def explained(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """Two implementations side by side, as JSON, and their capture."""
    folder = tmp_path_factory.mktemp("explained")
    done = sslspec("explain", RESUMED, "--format", "json", "--pcap", "a.pcapng", cwd=folder)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told, folder / "a.pcapng"


def titles(told: dict[str, Any], name: str) -> list[str]:
    (one,) = (one for one in told["implementations"] if one["name"] == name)
    return [entry["title"] for entry in one["entries"]]


def test_both_are_told_with_verdict_connections_and_messages(explained: tuple[dict[str, Any], Path]) -> None:
    told, _ = explained
    assert told["scenario"] == RESUMED
    assert [(one["name"], one["verdict"], one["peer"]) for one in told["implementations"]] == [
        ("ssl", "passed", "stdlib"),
        ("refssl", "passed", "stdlib"),
    ]
    for name in ("ssl", "refssl"):
        assert titles(told, name).count("NewSessionTicket") >= 2
        assert "subject.session_reused" in titles(told, name)
    connections = told["implementations"][0]["connections"]
    assert connections == [{"number": 1, "subject": "client"}, {"number": 2, "subject": "client"}]
    first = told["differences"][0]
    assert (first["title"], first["from"], first["connection"]) == ("ClientHello", "client", 1)


def test_the_capture_has_both_and_is_secret(explained: tuple[dict[str, Any], Path]) -> None:
    _, path = explained
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    found = segments(path.read_bytes())
    assert {one.interface for one in found} == {0, 1}
    follow(found)


def test_the_taps_change_nothing_that_a_record_holds(explained: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    told, _ = explained
    done = sslspec("run", "ssl", "-k", RESUMED, "--peer", "stdlib", "-j", "1", "-o", "r.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (result,) = record.read(tmp_path / "r.jsonl").results
    steps = [f"{step['actor']}.{step['call']}" for step in result.steps]
    entries = told["implementations"][0]["entries"]
    assert [entry["title"] for entry in entries if entry["kind"] == "step"] == steps


def test_an_ordinary_run_knows_no_taps() -> None:
    code = "import sys, sslspec.plugin.hooks, sslspec.plugin.fixtures, sslspec.plugin.execution; print([*sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, timeout=60, check=True
    )
    assert "sslspec.bench.pair" in done.stdout
    assert "sslspec.wire" not in done.stdout


def test_two_columns_or_one_under_the_other(tmp_path: Path) -> None:
    wide = sslspec("explain", "alpn/negotiation/the_common_protocol_is_selected", cwd=tmp_path, COLUMNS="140").stdout
    assert "first difference: the client's ClientHello" in wide
    rows = [line.split("|") for line in wide.replace("│", "|").splitlines() if "ServerHello" in line]
    assert any(len(row) == 2 and row[0].strip() == row[1].strip() for row in rows)


def test_one_implementation_alone_and_an_implementation_that_is_wrong(tmp_path: Path) -> None:
    done = sslspec(
        "explain",
        READS,
        "--impl",
        "wrong_unwrap",
        "--color",
        "always",
        cwd=tmp_path,
        paths=(HOSTILE,),
        COLUMNS="100",
    )
    assert done.returncode == 1, done.stderr
    assert "\x1b[" in done.stdout
    assert "unexpected" in done.stdout
    assert "subject.unwrap()" in done.stdout


@pytest.mark.parametrize(("name", "verdict"), [("hanging_read", "hung"), ("exits", "crashed")])
def test_what_was_seen_until_the_end_is_shown(tmp_path: Path, name: str, verdict: str) -> None:
    done = sslspec(
        "explain",
        READS,
        "--impl",
        name,
        "--timeout",
        "2",
        "--format",
        "json",
        cwd=tmp_path,
        paths=(HOSTILE,),
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["implementations"][0]["verdict"] == verdict
    assert "ClientHello" in titles(told, name)


def test_a_scenario_without_a_connection_says_so(tmp_path: Path) -> None:
    done = sslspec("explain", "alpn/negotiation/a_name_is_ascii", "--pcap", "a.pcapng", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "nothing passed on a wire that could be tapped" in done.stdout
    assert "no difference" in done.stdout
    assert "so a.pcapng was not written" in done.stderr
    assert not (tmp_path / "a.pcapng").exists()


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("no/such/scenario",), 4, "no scenario 'no/such/scenario'"),
        ((SCENARIO, "--impl", "ssl", "--impl", "refssl", "--impl", "x"), 4, "one implementation or two"),
        ((SCENARIO, "--pcap", "none/a.pcapng"), 4, "none/a.pcapng: there is no folder none"),
        ((SCENARIO, "--pcap", "."), 4, "is a folder; --pcap takes the name of a file"),
        ((SCENARIO, "--timeout", "never"), 4, "no number above 0"),
    ],
)
def test_bad_requests_get_one_line(
    capsys: pytest.CaptureFixture[str], args: tuple[str, ...], code: int, said: str
) -> None:
    done = 0
    try:
        done = cli.main(["explain", *args])
    except SystemExit as leaving:
        done = int(str(leaving.code))
    assert done == code
    assert said in capsys.readouterr().err


def test_a_variant_that_is_not_there_is_told_with_those_that_are(tmp_path: Path) -> None:
    done = sslspec("explain", "sessions/resumption/a_session_is_resumed@client+tls19+memory+whole", cwd=tmp_path)
    assert done.returncode == 4
    assert done.stdout == ""
    assert "there are sessions/resumption/a_session_is_resumed@client+tls1" in done.stderr


def test_an_implementation_that_cannot_be_loaded(tmp_path: Path) -> None:
    done = sslspec("explain", RESUMED, "--impl", "no_such_module", cwd=tmp_path)
    assert done.returncode == 11
    assert "no_such_module" in done.stderr
