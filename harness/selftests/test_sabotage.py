"""The suite's own test has one as well: what is wrong is noticed by those who look at it, and by nobody else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from refssl import names
from sabotage import answers, cold, faults, mutants, wrong
from sslspec.exitcodes import ExitCode

HARNESS = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a campaign forks")


def sabotage(*arguments: str) -> tuple[int, str]:
    """Exit status and last line of a campaign."""
    done = subprocess.run(
        [sys.executable, str(HARNESS / "sabotage"), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    ("area", "status", "told"),
    [("memory_bio", 0, " 1 noticed, 0 not"), ("versions", 1, " 0 noticed, 1 not")],
    ids=["who_looks_at_it", "who_does_not"],
)
def test_a_fault_is_noticed_by_scenarios_about_it(area: str, status: int, told: str) -> None:
    code, last = sabotage("--faults", "-k", "MemoryBIO.pending gives*", "--require=99", "--", f"--area={area}")
    assert told in last
    assert code == status


@pytest.mark.parametrize(
    ("fault", "scenarios"),
    [
        ("CERT_HAS_EXPIRED is overlooked", "the_alert_says_what_is_wrong"),
        ("options has no 0x100000 in a new client context", "looks_like_tls_1_2"),
        ("client: WaitFinished overlooks *", "a_message_comes_twice and certificate_verify"),
        ("CERT_REQUIRED of a client is taken for CERT_NONE", "an_unknown_authority"),
    ],
    ids=["verification", "default", "state", "mode"],
)
def test_a_broken_rule_is_noticed_by_who_comes_to_it(fault: str, scenarios: str) -> None:
    code, last = sabotage("--faults", "-k", fault, "--require=99", "--", "-k", scenarios)
    assert " 1 noticed, 0 not" in last
    assert code == 0


def test_an_execution_starts_as_cold_as_the_first() -> None:
    """Who makes what is shared, and who fills a cache, must not depend on who came first."""
    names.parse_suites("TLS_AES_128_GCM_SHA256")
    assert names.parse_suites.cache_info().currsize
    cold.start()
    assert not names.parse_suites.cache_info().currsize


def test_a_campaign_heeds_what_pytest_heeds() -> None:
    """A scenario that bids pytest overlook a warning passes, where nothing is wrong, as it does in a run."""
    scenario = "test_an_exception_ends_the_handshake"
    code, last = sabotage(
        "--faults", "-k", "SSLContext.sni_callback cannot*", "--require=99", "-j2", "--", "-k", scenario
    )
    assert "1 faults" in last
    assert code == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["--every", "0"],
        ["-j", "0"],
        ["--require", "most"],
        ["--json", __file__],
        ["--faults", "-k", "no such fault"],
    ],
    ids=["unknown", "every", "jobs", "require", "json", "nothing"],
)
def test_a_wrong_command_line_is_a_usage_error(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, str(HARNESS / "sabotage"), *arguments, "--", "--area=memory_bio"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == ExitCode.USAGE
    assert done.stderr.startswith("python -m sabotage: ")
    assert done.stderr.count("\n") == 1


def test_every_operator_makes_other_code() -> None:
    found = list(mutants.of_module("refssl.x509.hostname", checks_only=False))
    assert len({mutant.name for mutant in found}) == len(found) > 30
    codes = [mutant.make() for mutant in found]
    assert all(
        code is not None and code.co_name == mutant.function.__name__ for code, mutant in zip(codes, found, strict=True)
    )


def test_only_checks_are_left_out_of_the_rest() -> None:
    found = list(mutants.of_module("refssl.x509.constraints", checks_only=True))
    assert found
    assert all(": not done: raise " in mutant.name for mutant in found)


@pytest.mark.parametrize("value", [None, True, 3, 1.5, "text", b"bytes", [1], (1, 2), {"a": 1}, {}, b""], ids=repr)
def test_what_is_altered_is_another_value(value: Any) -> None:
    assert wrong.altered(value) != value


def test_there_are_enough_faults_of_the_surface() -> None:
    titles = [fault.name for fault in faults.every()]
    assert len(set(titles)) == len(titles) >= 150


def test_an_answer_is_for_the_fault_that_it_names() -> None:
    known = [
        answers.Answer("channel:Channel.read: turned: x[0]", "nobody sees it"),
        answers.Answer("tls:*", "all of it"),
    ]
    assert answers.of(known, "channel:Channel.read: turned: x[0]") is known[0]
    assert answers.of(known, "tls:anything") is known[1]
    assert answers.of(known, "bio:anything") is None
    assert all(answer.reason for answer in answers.load())


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("x509.hostname", "matches_address: turned: value == address"),
        ("sslsocket", "SSLSocket.shutdown: not done: super().shutdown(how)"),
    ],
    ids=["in_a_generator", "calls_super"],
)
def test_what_a_function_holds_and_closes_over_is_no_hindrance(module: str, name: str) -> None:
    every = mutants.of_module(f"refssl.{module}", checks_only=False)
    (mutant,) = (mutant for mutant in every if mutant.name == f"{module}:{name}")
    code = mutant.make()
    assert code is not None
    assert mutants.fits(mutant.function.__code__, code)
