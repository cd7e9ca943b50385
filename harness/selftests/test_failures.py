"""What a failure says in words: what the scenario demands, what came instead, where; and what of it is left out."""

from __future__ import annotations

import pytest

from selftests.console_support import result
from sslspec.results.failures import brief, demanded_and_came, expected_and_came, last_of_suites, literal, outcome
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


DETAILS = {
    "a value": ({"message": "AssertionError: assert b'' is None"}, "None", "b''"),
    "not equal": ({"message": "AssertionError: assert 3 != 3"}, "anything but 3", "3"),
    "a limit": ({"message": "AssertionError: assert 3 <= 2\n +  where 3 = len([1, 2, 3])"}, "at most 2", "3"),
    "a difference": (
        {"message": "AssertionError: assert b'ab' == b'ac'\n  \n  At index 1 diff: b'b' != b'c'"},
        "b'ac'",
        "b'ab'",
    ),
    "a long difference": (
        {"message": "AssertionError: assert b'a...b' == b'a...c'\n  \n  At index 100 diff: b'b' != b'c'"},
        "b'a...c'",
        "b'a...b'\n  At index 100 diff: b'b' != b'c'",
    ),
    "an address": (
        {"message": "AssertionError: assert 1 == 2\n +  where 1 = <x object at 0x7f>.x"},
        "2",
        "1",
    ),
    "what cannot be parsed": ({"message": "AssertionError: assert <Pair> == 3"}, "", "assert <Pair> == 3"),
    "a sentence": ({"message": "AssertionError: the peer got nothing"}, "", "the peer got nothing"),
    "nothing raised": (
        {"message": "Failed: DID NOT RAISE <class 'ssl.SSLError'>", "came": {"raises": "BaseException"}},
        "raises SSLError",
        "raises nothing",
    ),
    "one of several": (
        {"message": "Failed: DID NOT RAISE (<class 'ssl.SSLError'>, <class 'OSError'>)"},
        "raises SSLError or OSError",
        "raises nothing",
    ),
    "a leak": (
        {"message": "Leaked: the implementation raised SystemExit", "came": {"raises": "Exception"}},
        "",
        "the implementation raised SystemExit",
    ),
    "nothing known": ({}, "", ""),
}


@pytest.mark.parametrize("name", DETAILS)
def test_expected_and_came(name: str) -> None:
    detail, expected, came = DETAILS[name]
    assert expected_and_came(result(detail=detail)) == (expected, came)


def test_the_words_for_other_verdicts() -> None:
    hung = result(verdict=Verdict.HUNG, detail={"message": "Hung: no answer within 1 s"})
    assert expected_and_came(hung) == ("", "hung: no answer within 1 s")
    known = (Verdict.FAILED, Verdict.INAPPLICABLE)
    passed = result(verdict=Verdict.PASSED, unexpected=True, expected=known, reason="it was so for years")
    assert expected_and_came(passed)[0] == "failed, says the baseline"
    crashed = result(verdict=Verdict.CRASHED, expected=known, detail={"message": "the process died of SIGSEGV"})
    assert expected_and_came(crashed) == ("failed, says the baseline", "crashed: the process died of SIGSEGV")
    assert brief(crashed) == "the process died of SIGSEGV"


@pytest.mark.parametrize(
    ("recorded", "told"),
    [
        ({"returns": {"bytes": "a\xff"}}, r"returns b'a\xff'"),
        ({"returns": {"bytes": 16384, "sha256": "0"}}, "returns 16384 bytes"),
        ({"returns": None}, "returns None"),
        ({"returns": {"tuple": ["a", 1]}}, "returns ('a', 1)"),
        ({"returns": {"tuple": [True]}}, "returns (True,)"),
        ({"returns": {"list": [{"enum": "TLSVersion.TLSv1_3"}]}}, "returns [TLSVersion.TLSv1_3]"),
        ({"returns": {"dict": {"a": 1}}}, "returns {'a': 1}"),
        ({"is": {"dict": ["issuer", "subject"]}}, "is a dict with issuer, subject"),
        ({"returns": {"memoryview": "x"}}, "returns memoryview(b'x')"),
        ({"returns": {"bytes": "\xff"}}, r"returns b'\xff'"),
        ({"returns": {"bytes": "\u65e5"}}, r'returns {"bytes": "\u65e5"}'),
        ({"returns": {"kind": "SSLSession"}}, "returns a SSLSession"),
        ({"returns": {"float": "0.5"}}, "returns 0.5"),
        ({"raises": "OSError", "errno": "EBADF"}, "raises OSError errno=EBADF"),
        ("in words", "in words"),
        ({"text": 900, "sha256": "0"}, "900 characters"),
        ({}, "{}"),
    ],
)
def test_outcomes_are_written_as_python_writes_them(recorded: object, told: str) -> None:
    assert outcome(recorded) == told
    assert isinstance(literal(recorded), str)
