"""`sslspec names`: what is the same is called the same, what differs is found, and refssl's page is up to date."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from selftests.support import HOSTILE, sslspec
from sslspec import layout
from sslspec.names import answering, asking, differences, tables
from sslspec.names.differences import Difference, Reason, ReasonsError
from sslspec.style import Style

PAGE = Path(__file__).resolve().parents[2] / "docs" / "names.md"
ASIDE = "`get_groups`"  # whether there is ML-KEM is a matter of the version of cryptography


@functools.lru_cache(maxsize=1)
def refssl() -> tables.Comparison:
    return answering.compared("refssl", "3.15")


def test_the_page_of_refssl_is_what_the_command_prints():
    printed = tables.page(refssl()).splitlines()
    assert [line for line in printed if ASIDE not in line] == [
        line for line in PAGE.read_text("utf-8").splitlines() if ASIDE not in line
    ]


def test_every_difference_of_refssl_has_a_reason_and_every_reason_a_difference():
    comparison = refssl()
    assert [one for one in comparison.differences if not one.reason] == []
    assert comparison.stale == []
    assert comparison.well


def test_nothing_of_ssl_is_missing_in_refssl():
    missing = [one.name for one in refssl().differences if one.what == differences.MISSING]
    assert missing == ["namedtuple"]


def test_the_record_has_every_name_of_the_list():
    names = json.loads((layout.suites() / "clauses" / "public-names.json").read_text())
    recorded = asking.recorded("3.15")["names"]
    assert set(names) - set(recorded) == set()


def test_ssl_is_the_same_as_itself():
    same = answering.compared("ssl", "ssl")
    assert same.differences == []
    assert len(same.there["names"]) > 300


def test_what_differs_is_found_and_a_death_costs_one_call_alone(tmp_path):
    done = sslspec("names", "misnamed", "--format", "json", paths=(HOSTILE,), cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    found = {(one["name"], one["what"]): (one["there"], one["here"]) for one in json.loads(done.stdout)["differences"]}
    assert found["RAND_add", differences.MISSING] == ("", "")
    assert found["HAS_SNI", "value"] == ("True", "'perhaps'")
    assert found["cert_time_to_seconds", "signature"] == ("(cert_time)", "(cert_time, zone='GMT')")
    assert found["cert_time_to_seconds", "a call: by_position by_name"] == ("int", "SystemExit")
    assert found["MemoryBIO.write_eof", "a call: by_position by_name without_arguments"] == (
        "NoneType",
        "the process exited with status 3",
    )
    assert ("MemoryBIO.write", "b: b'' b'x' bytearray memoryview") not in found
    assert any(name == "SSLContext.set_alpn_protocols" for name, _ in found)


def test_what_cannot_be_loaded_is_said_in_one_line(tmp_path):
    done = sslspec("names", "dies_on_import", paths=(HOSTILE,), cwd=tmp_path)
    assert (done.returncode, done.stdout) == (11, "")
    assert done.stderr.startswith("sslspec: dies_on_import: the process ")
    assert done.stderr.count("\n") == 1
    done = sslspec("names", "ssl", "--against", "nowhere.json", cwd=tmp_path)
    assert done.returncode == 11
    assert "nowhere.json" in done.stderr
    done = sslspec("names", "ssl", "--against", "9.9", cwd=tmp_path)
    assert done.stderr == "sslspec: 9.9: is not recorded; there are 3.15, or name a .json file\n"


def test_a_record_can_be_compared_with(tmp_path):
    done = sslspec("names", "refssl", "--format", "record", cwd=tmp_path)
    (tmp_path / "mine.json").write_text(done.stdout)
    again = sslspec("names", "refssl", "--against", "mine.json", "-v", cwd=tmp_path)
    assert again.stdout.count(" 0 differences") == 4
    assert "stale reason" in again.stdout  # they explain what differs from ssl


def test_reasons_are_checked(tmp_path):
    path = tmp_path / "reasons.toml"
    assert differences.reasons(path) == []
    for text, complaint in (
        ("[[difference]]\nname = 'x'\nreason = 'too short'", "five words"),
        ("[[difference]]\nname = 'x'", "reason"),
        ("[[difference", "reasons.toml"),
    ):
        path.write_text(text)
        with pytest.raises(ReasonsError, match=complaint):
            differences.reasons(path)


def test_a_reason_is_of_one_name_and_one_way():
    one = Difference("names", "HAS_PSK", "value", "True", "False")
    why = [Reason("HAS_PSK", "not there yet by any means", what="kind"), Reason("HAS_*", "not there yet at all, sorry")]
    assert differences.explained([one], why)[0].reason == "not there yet at all, sorry"
    assert [reason.used for reason in why] == [False, True]


def test_the_terminal_shows_what_has_no_reason():
    one = Difference("names", "HAS_PSK", "value", "True", "False")
    comparison = refssl()
    shown = tables.pretty(tables.Comparison(comparison.there, comparison.here, [one], []), Style())
    assert "1 difference, 1 without a reason\n    HAS_PSK, value: True; refssl: False" in shown
    assert "HAS_TLSv1" not in tables.pretty(comparison, Style())
    assert "HAS_TLSv1" in tables.pretty(comparison, Style(), verbose=True)


def test_the_record_comes_with_the_package():
    assert (layout.names() / "ssl-3.15.json").is_file()
