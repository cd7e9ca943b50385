"""The benchmark measures what it says: sanity before speed, ratios within a round, gates that fail when they should.

Rounds are tiny here. No figure is asserted but those without noise.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchmarks import certificates, cli, measuring, metrics, peers, report, requirements, sanity, workloads
from benchmarks.certificates import HOST, Certificates
from benchmarks.comparison import Plan, Results
from benchmarks.measuring import Cell
from benchmarks.peers.base import Facts, Link, Peer, Pipe
from selftests.support import environment
from sslspec.exitcodes import ExitCode

# A module with ssl's names that verifies nothing, whatever it is told.
CREDULOUS = """
import ssl
from ssl import *
from ssl import OPENSSL_VERSION

class SSLContext(ssl.SSLContext):
    def wrap_bio(self, *args, **kwargs):
        if not kwargs.get("server_side"):
            self.check_hostname = False
            self.verify_mode = ssl.CERT_NONE
        return super().wrap_bio(*args, **kwargs)
"""


def benchmarks(*args: str, paths: tuple[Path, ...] = ()) -> subprocess.CompletedProcess[str]:
    """``python -m benchmarks ARGS``."""
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *args],
        env=environment(*paths),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("certificates"))


class Careless(Peer):
    """A peer of no cryptography that sends the same shares again and again."""

    name = "careless"
    verifies = False

    def version(self) -> str:
        return "0"

    def configure(self, version: int, *, verify: bool = True, root: str | None = None, leaf: str | None = None) -> int:
        return version

    def connect(self, configuration: int, *, host: str = HOST, session: Any = None) -> Facts:
        return Facts(configuration, "TLS_AES_128_GCM_SHA256")

    def facts(self, link: Facts) -> Facts:
        return link

    def pipe(self, link: Link) -> Pipe:
        raise NotImplementedError

    def sender(self, link: Link) -> Callable[[bytes, int], bytes]:
        return lambda data, _times: data[:-1]

    def shares(self, configuration: int) -> tuple[bytes, bytes] | None:
        return b"the same", b"the same"


def test_a_whole_run_is_told_kept_and_gated(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    options = [
        "--peers",
        "ssl,tlslite-ng",
        "--metrics",
        "hs13,hs12,calls_hs,mem_py",
        "--rounds",
        "2",
        "--batch",
        "0.01",
    ]
    done = benchmarks(*options, "--connections", "10", "--json", str(kept), "--require", "calls_hs<=100000")
    assert done.returncode == ExitCode.AS_EXPECTED, done.stderr
    assert "ok   refssl calls_hs" in done.stdout
    told = json.loads(kept.read_text())
    assert list(told["peers"]) == ["ssl", "refssl", "tlslite-ng"]
    assert told["metrics"]["hs13"]["ssl"]["ratio"] == 1
    assert len(told["metrics"]["hs13"]["tlslite-ng"]["rounds"]) == 2
    assert all(not facts["doubts"] for facts in told["peers"].values())
    assert all(cell.get("median", 1) > 0 for cells in told["metrics"].values() for cell in cells.values())


def test_what_needs_an_interpreter_of_its_own_is_measured_there(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    options = ["--peers", "ssl", "--metrics", "mem_py,growth,import", "--rounds", "1", "--connections", "10"]
    assert benchmarks(*options, "--json", str(kept)).returncode == ExitCode.AS_EXPECTED
    told = json.loads(kept.read_text())
    assert all(cell["median"] > 0 for cells in told["metrics"].values() for cell in cells.values())


def test_a_requirement_that_is_not_reached_fails_the_run() -> None:
    done = benchmarks("--peers", "ssl", "--require", "calls_hs<=1", "--require", "calls_rec<=100000")
    assert done.returncode == ExitCode.UNEXPECTED
    assert "FAIL refssl calls_hs" in done.stdout
    assert "ok   refssl calls_rec" in done.stdout


def test_counted_calls_have_no_noise(files: Certificates) -> None:
    run = workloads.COUNTED["calls_hs"](peers.load("refssl", files))
    assert measuring.calls(run) == measuring.calls(run) > 100


def test_figures_of_a_module_that_verifies_nothing_are_void(tmp_path: Path) -> None:
    (tmp_path / "credulous.py").write_text(CREDULOUS)
    done = benchmarks("--peers", "ssl", "--subject", "credulous", "--require", "calls_hs<=100000", paths=(tmp_path,))
    assert done.returncode == ExitCode.UNEXPECTED
    assert "! credulous: it accepts a wrong host name" in done.stdout
    assert "! credulous: it accepts an unknown root" in done.stdout
    assert "is void" in done.stdout


def test_the_standard_library_and_refssl_are_beyond_doubt(files: Certificates) -> None:
    for name in ("ssl", "refssl"):
        assert sanity._trusting(peers.load(name, files)) == []
        assert sanity._repeated(peers.load(name, files)) == []


def test_key_shares_are_seen_on_the_wire(files: Certificates) -> None:
    peer = peers.load("refssl", files)
    shares = peer.shares(peer.configure(13))
    assert shares is not None
    assert [len(share) for share in shares] == [32, 32]


def test_shares_that_come_again_are_noticed(files: Certificates) -> None:
    assert sanity.examine(Careless(files)).doubts == ["it uses a key share again"]


def test_damaged_data_is_no_throughput(files: Certificates) -> None:
    with pytest.raises(workloads.Damaged):
        workloads.writes(Careless(files), 13, 64)


def test_a_ratio_is_taken_within_its_round() -> None:
    """The machine was half as fast in the second round, and nobody's ratio knows it."""
    baseline, other = Cell((100.0, 50.0, 100.0)), Cell((200.0, 100.0, 210.0))
    assert other.ratio(baseline) == 2
    assert Cell(reason="unsupported").ratio(baseline) is None


def test_rounds_go_forth_and_back_without_those_that_fail() -> None:
    order: list[str] = []
    ticks = itertools.count()

    def broken(_times: int) -> None:
        raise OSError

    runs = {"a": lambda _times: order.append("a"), "b": lambda _times: order.append("b"), "broken": broken}
    taken = measuring.interleaved(runs, lambda: float(next(ticks)), batch=1, rounds=3)
    assert "".join(order)[-6:] == "abbaab"
    assert taken["a"] == [1.0, 1.0, 1.0]
    assert isinstance(taken["broken"], OSError)


def test_every_metric_is_measured_by_somebody() -> None:
    measured = {*workloads.TIMED, *workloads.COUNTED, "mem_rss", "mem_py", "growth", "import"}
    assert measured == set(metrics.METRICS)
    assert all(name in metrics.explained() for name in metrics.METRICS)


@pytest.mark.parametrize(
    ("text", "met"),
    [("hs13>=2", True), ("hs13>=2.1", False), ("hs13", True), ("calls_rec<=20", True), ("calls_rec<=19.9", False)],
)
def test_a_requirement_is_on_the_ratio_or_on_the_figure(text: str, met: bool) -> None:
    """Cost metrics with an absolute goal are compared as they are, all others as ratios to the baseline."""
    assert requirements.read(text).judge(Cell((20.0,)), Cell((10.0,)), [])[0] is met


def test_a_table_to_quote_has_ratios(files: Certificates) -> None:
    plan = Plan(metrics=("hs13", "calls_hs"))
    cells = {
        "hs13": {"ssl": Cell((1000.0,)), "refssl": Cell((1500.0,)), "siotls": Cell(reason="fails")},
        "calls_hs": {"ssl": Cell((40.0,)), "refssl": Cell((1900.0,)), "siotls": Cell()},
    }
    known: dict[str, Peer] = {"ssl": Careless(files), "refssl": Careless(files), "siotls": Careless(files)}
    told = report.text(plan, Results(known, cells=cells), ratios=True).splitlines()
    assert [cell.strip() for cell in told[2].strip("|").split("|")] == [
        "hs13", "x ssl", "1.00", "1.50", ">= 1 x: met", "fails",
    ]  # fmt: skip
    assert [cell.strip() for cell in told[3].strip("|").split("|")] == [
        "calls_hs", "calls", "40.0", "1,900", "<= 1,800: not met", "-",
    ]  # fmt: skip


def test_what_was_not_measured_meets_nothing() -> None:
    assert requirements.read("hs12").judge(Cell(reason="unsupported"), Cell((1.0,)), []) == (
        False,
        "hs12: unsupported (wanted >= 1 x ssl)",
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--metrics", "hs13,speed"], "there is no metric speed; known: hs13, "),
        (["--metrics", ","], "no metric given; known: hs13, "),
        (["--peers", ""], "no name given; known: ssl, refssl, "),
        (["--require", "hs13<=1"], "higher is better in hs13"),
        (["--require", "hs13nv"], "hs13nv has no goal"),
        (["--require", "speed>=1"], "there is no metric speed; known: hs13, "),
        (["--require", "hs13=1"], "say METRIC>=NUMBER"),
        (["--rounds", "0"], "'0' is no number above 0"),
        (["--batch", "nan"], "'nan' is no number above 0"),
        (["suite", "--require", "hs13>=1"], "there is no metric hs13; known: rate, cpu_ms, harness_ms"),
    ],
)
def test_bad_input_gets_one_clear_line(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    complaint = capsys.readouterr().err
    assert ended.value.code == ExitCode.USAGE
    assert said in complaint
    assert complaint.count("\n") == 1


@pytest.mark.parametrize("option", ["--peers", "--subject"])
def test_an_unknown_peer_gets_one_clear_line(option: str) -> None:
    done = benchmarks(option, "no_such_module", "--metrics", "calls_hs")
    assert done.returncode == ExitCode.NOT_LOADED
    assert "known peers: ssl, refssl, pyOpenSSL, tlslite-ng, siotls" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_suite_is_timed_from_its_record(tmp_path: Path) -> None:
    kept = tmp_path / "kept.json"
    done = benchmarks(
        "suite",
        "ssl",
        "-k",
        "memory_bio/*",
        "-j",
        "1",
        "--json",
        str(kept),
        "--rounds",
        "1",
        "--require",
        "rate>=100000",
    )
    assert done.returncode == ExitCode.UNEXPECTED, done.stderr
    assert "FAIL suite rate" in done.stdout
    told = json.loads(kept.read_text())
    assert told["executions"] == sum(told["results"].values()) > 0
    assert told["wall"] > 0
    assert told["harness_ms"] is not None


def test_a_suite_without_scenarios_was_not_measured() -> None:
    done = benchmarks("suite", "ssl", "-j", "1", "-k", "no/such/scenario")
    assert done.returncode == ExitCode.INCOMPLETE
    assert "no/such/scenario: fits no scenario" in done.stderr
