"""What a failure says in words: what the scenario demands, what came instead, where; and what of it is left out."""

from __future__ import annotations

import pytest

from sslspec.results.failures import demanded_and_came, expected_and_came, last_of_suites
from sslspec.results.record import Result
from sslspec.verdicts import Verdict


def failed(message: str, **more: object) -> Result:
    return Result("a/b/c", "mylib", "stdlib", Verdict.FAILED, detail={"message": message, **more})


LONG = "\n".join(
    [
        "AssertionError: assert 'PEER_DID_NOT...A_CERTIFICATE' == 'TLSV13_ALERT...CATE_REQUIRED'",
        "  ",
        "  - TLSV13_ALERT_CERTIFICATE_REQUIRED",
        "  + PEER_DID_NOT_RETURN_A_CERTIFICATE",
        " +  where 'PEER_DID_NOT...A_CERTIFICATE' = SSLError().reason",
    ]
)


def test_texts_that_pytest_has_shortened_are_told_in_full() -> None:
    expected = "'TLSV13_ALERT_CERTIFICATE_REQUIRED'", "'PEER_DID_NOT_RETURN_A_CERTIFICATE'"
    assert demanded_and_came(failed(LONG)) == expected


@pytest.mark.parametrize(
    "message",
    [
        LONG.replace("'", ""),  # what was compared is no text
        f"{LONG}\n  + another line",  # nor one line
        LONG.replace("  - TLSV13", "    TLSV13"),
    ],
)
def test_what_else_was_shortened_stays_so(message: str) -> None:
    """Negative control: only where nothing is left to doubt."""
    assert "'PEER_DID_NOT_RETURN_A_CERTIFICATE'" not in demanded_and_came(failed(message))[1]


def test_advice_for_users_of_pytest_is_left_out() -> None:
    message = (
        "AssertionError: assert (<class 'ssl....> == (1)\n  \n  At index 2 diff: None != 1\n  Use -v to get more diff"
    )
    assert demanded_and_came(failed(message)) == ("", "assert (<class 'ssl....> == (1)\n  At index 2 diff: None != 1")


def test_what_a_scenario_demands_is_no_matter_of_baselines() -> None:
    known = failed("AssertionError: assert b'' is None")
    known.expected = (Verdict.FAILED,)
    assert expected_and_came(known) == ("failed, says the baseline", "b''")
    assert demanded_and_came(known) == ("None", "b''")
    hung = Result("a/b/c", "mylib", "stdlib", Verdict.HUNG, detail={"message": "Hung: no answer within 1 s"})
    assert demanded_and_came(hung) == ("", "hung: no answer within 1 s")


def test_where_a_scenario_stood() -> None:
    assert last_of_suites(["suites/a.py:1 in x", "suites/a.py:2 in y", "sslspec/bench/pair.py:9 in drive"]) == (
        "suites/a.py:2 in y"
    )
    assert last_of_suites(["sslspec/bench/pair.py:9 in drive"]) == "sslspec/bench/pair.py:9 in drive"
    for nothing in (None, [], "x", 5):
        assert last_of_suites(nothing) == ""
