"""Plain pytest over the suites, as somebody does in an editor: selections, baselines, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from selftests.support import HARNESS, environment
from sslspec.running import events

BASELINE = """format = 1
implementation = "ssl"
[[known]]
id = "{id}"
verdict = "failed"
reason = "an entry that a selftest has written"
"""


def plain_pytest(*args: str) -> subprocess.CompletedProcess[str]:
    """``pytest ARGS`` in the checkout, against the standard library alone."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--impl", "ssl", *args],
        cwd=HARNESS.parent,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def baseline(tmp_path: Path) -> Path:
    return tmp_path / "baseline.toml"


def test_a_folder_of_scenarios_runs_by_itself() -> None:
    done = plain_pytest("suites/alpn", "-k", "longest_name")
    assert done.returncode == 0, done.stdout
    assert "ssl: 8 passed; 0 unexpected" in done.stdout


def test_each_file_that_is_collected_is_told(tmp_path: Path) -> None:
    """Until all is collected nothing else happens, which on a slow machine may take as long as a watchdog waits."""
    told = tmp_path / "events.jsonl"
    assert plain_pytest("suites/alpn", "--collect-only", "--events", str(told)).returncode == 0
    found = events.Tailer(told).rest()
    files = {f"suites/alpn/{path.name}" for path in (HARNESS.parent / "suites/alpn").glob("test_*.py")}
    assert {event["file"] for event in found if event["event"] == "read"} == files


def test_what_was_not_selected_is_not_stale(baseline: Path) -> None:
    baseline.write_text(BASELINE.format(id="sessions/no_such_topic/*"))
    done = plain_pytest("suites/alpn", "--baseline", str(baseline))
    assert done.returncode == 0, done.stdout
    assert "stale" not in done.stdout


def test_an_entry_that_passes_fails_the_session(baseline: Path) -> None:
    baseline.write_text(BASELINE.format(id="alpn/negotiation/npn_is_gone"))
    done = plain_pytest("suites/alpn", "--baseline", str(baseline))
    assert done.returncode == 1
    assert "take the entry out, or narrow it" in done.stdout
    assert "stale baseline entry" in done.stdout


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--impl", "no_such_module"), "no_such_module: cannot import"),
        (("--impl", "json"), "json has no SSLContext"),
        (("--peer", "nobody"), "nobody: cannot import"),
        (("--baseline", "missing.toml"), "missing.toml: cannot be read"),
    ],
    ids=["unknown", "no_ssl", "peer", "baseline"],
)
def test_bad_input_is_one_clear_line(args: tuple[str, ...], told: str) -> None:
    done = plain_pytest("suites/alpn", *args)
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
    assert told in line
