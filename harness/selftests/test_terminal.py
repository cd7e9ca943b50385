"""What a user sees: the block of an unexpected result, progress, colours, and the closing table."""

import io
import re
from dataclasses import replace

import pytest

from sslspec import style
from sslspec.console import summary
from sslspec.console.progress import Terminal, block, line
from sslspec.results.failures import brief, expected_and_came, literal, outcome
from sslspec.results.record import Header, Record, Result
from sslspec.running.state import State
from sslspec.style import Style
from sslspec.verdicts import Verdict

PLAIN = Style(color=False, unicode=True)
ASCII = Style(color=False, unicode=False)


def result(name="alpn/offer/no_overlap@client+tls13", verdict=Verdict.FAILED, implementation="mylib", **more):
    more.setdefault("unexpected", verdict is not Verdict.PASSED)
    return Result(name, implementation, more.pop("peer", "stdlib"), verdict, **more)


FAILED = result(
    level="should",
    clauses=("ssl.SSLContext.set_alpn_protocols", "RFC 7301 3.2"),
    requirement="No overlap selects nothing.",
    known=("gh-1",),
    detail={
        "message": "SSLError: no",
        "came": {"raises": "SSLError", "reason": "NO_APPLICATION_PROTOCOL", "errno": 1},
        "traceback": ["suites/alpn/test_offer.py:12 in test_no_overlap", "sslspec/bench/pair.py:9 in drive"],
    },
)


def test_a_block_says_what_was_demanded_what_came_and_how_to_repeat_it():
    assert block(FAILED, PLAIN, {}).split("\n") == [
        "✗ alpn/offer/no_overlap@client+tls13  mylib with stdlib",
        "  requirement  No overlap selects nothing.",
        "  clause       ssl.SSLContext.set_alpn_protocols, RFC 7301 3.2  (should)",
        "  expected     no exception",
        "  came         raises SSLError reason=NO_APPLICATION_PROTOCOL errno=1",
        "  known        gh-1",
        "  at           suites/alpn/test_offer.py:12 in test_no_overlap",
        "  repeat       sslspec repro alpn/offer/no_overlap@client+tls13 mylib",
    ]


def test_what_repeats_a_result_of_several_pythons_is_named_as_repro_takes_it():
    several = replace(FAILED, implementation="mylib@3.10.13")
    assert block(several, PLAIN, {}).endswith(
        "repeat       sslspec repro alpn/offer/no_overlap@client+tls13 mylib --python 3.10.13 --run"
    )


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
def test_expected_and_came(name):
    detail, expected, came = DETAILS[name]
    assert expected_and_came(result(detail=detail)) == (expected, came)


def test_the_words_for_other_verdicts():
    hung = result(verdict=Verdict.HUNG, detail={"message": "Hung: no answer within 1 s"})
    assert expected_and_came(hung) == ("", "hung: no answer within 1 s")
    known = (Verdict.FAILED, Verdict.INAPPLICABLE)
    passed = result(verdict=Verdict.PASSED, unexpected=True, expected=known, reason="it was so for years")
    assert expected_and_came(passed)[0] == "failed, says the baseline"
    crashed = result(verdict=Verdict.CRASHED, expected=known, detail={"message": "the process died of SIGSEGV"})
    assert expected_and_came(crashed) == ("failed, says the baseline", "crashed: the process died of SIGSEGV")
    assert brief(crashed) == "the process died of SIGSEGV"
    assert "baseline     it was so for years" in block(passed, PLAIN, {})


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
        ({"returns": {"kind": "SSLSession"}}, "returns a SSLSession"),
        ({"returns": {"float": "0.5"}}, "returns 0.5"),
        ({"raises": "OSError", "errno": "EBADF"}, "raises OSError errno=EBADF"),
        ("in words", "in words"),
        ({"text": 900, "sha256": "0"}, "900 characters"),
        ({}, "{}"),
    ],
)
def test_outcomes_are_written_as_python_writes_them(recorded, told):
    assert outcome(recorded) == told
    assert isinstance(literal(recorded), str)


def started(*names, total=4):
    state = State()
    state.apply({"event": "collected", "items": [[f"a/b/{n}", name, "x"] for name in names for n in range(total)]})
    return state


def test_a_result_is_told_once_in_full_and_its_variants_in_a_line():
    out = io.StringIO()
    terminal = Terminal(out, PLAIN, live=False)
    state = started("mylib")
    terminal.result(FAILED, state)
    terminal.result(result("alpn/offer/no_overlap@server+tls13"), state)
    terminal.result(result("alpn/offer/other@client", Verdict.PASSED), state)
    text = out.getvalue()
    assert text.count("requirement") == 1
    assert text.endswith("✗ alpn/offer/no_overlap@server+tls13  mylib with stdlib  as above\n")


def test_a_flood_is_cut_and_what_is_not_supported_told_once():
    out = io.StringIO()
    terminal = Terminal(out, PLAIN, live=False)
    state = started("mylib")
    said = {"message": "HAS_TLSv1_2 is False"}
    for number in range(300):
        terminal.result(result(f"alpn/offer/{number}", Verdict.UNSUPPORTED, detail=said), state)
    text = out.getvalue()
    assert text.count("requirement") + text.count("came") == 1
    assert text.count("as above") == 198
    assert text.endswith("there are many more; the closing report sums them up\n")
    assert summary.text(
        record_of(*(result(f"a/b/{n}@x", Verdict.UNSUPPORTED, detail=said) for n in range(9)), result("a/b/c")), PLAIN
    ).split("\n")[4:7] == [
        "unexpected",
        "  ✗ mylib  a/b/c",
        "  ⊘ mylib  HAS_TLSv1_2 is False (9 results of 9 scenarios)",
    ]


def test_verbose_tells_all_in_full_and_quiet_nothing():
    for verbosity, blocks in ((1, 2), (-1, 0)):
        out = io.StringIO()
        terminal = Terminal(out, PLAIN, live=False, verbosity=verbosity)
        terminal.result(FAILED, started("mylib"))
        terminal.result(FAILED, started("mylib"))
        assert out.getvalue().count("requirement") == blocks


def test_without_a_terminal_a_line_comes_every_ten_seconds(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("sslspec.console.progress.time.monotonic", lambda: now[0])
    out = io.StringIO()
    terminal = Terminal(out, PLAIN, live=False)
    state = started("ssl", "refssl")
    state.add(result("a/b/0", Verdict.PASSED, "ssl", peer="x"))
    for _ in range(25):
        now[0] += 1
        terminal.tick(state)
    lines = out.getvalue().splitlines()
    assert lines == ["ssl     1/4  00:10  ✓1", "refssl  0/4  00:10", "ssl     1/4  00:20  ✓1", "refssl  0/4  00:20"]
    assert "\x1b" not in out.getvalue()


def test_on_a_terminal_the_lines_are_drawn_again_in_place(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("sslspec.console.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr("sslspec.console.progress.columns", lambda: 80)
    out = io.StringIO()
    terminal = Terminal(out, PLAIN, live=True)
    state = started("ssl", "refssl")
    state.apply({"event": "start", "id": "alpn/" + "x" * 200, "implementation": "ssl", "peer": "x"})
    for _ in range(2):
        now[0] += 1
        terminal.tick(state)
    terminal.result(FAILED, state)
    now[0] += 1
    terminal.tick(state)
    terminal.finish()
    drawn = out.getvalue()
    assert drawn.count("\x1b[2A\x1b[J") == 3
    for told in re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", drawn).splitlines():
        assert len(told) <= 80 or "repro" in told
    assert drawn.endswith("\x1b[2A\x1b[J")


def test_a_stream_without_unicode_gets_plain_signs():
    out = io.StringIO()
    terminal = Terminal(out, ASCII, live=False)
    terminal.result(FAILED, started("mylib"))
    assert out.getvalue().startswith("x alpn/")
    assert out.getvalue().isascii()
    assert ASCII.plain("é…") == "??"
    assert line(FAILED, ASCII, "as above").isascii()
    assert ASCII.bar(1, 2, 4) == "##.."


class Stream(io.StringIO):
    def __init__(self, encoding="utf-8", tty=True):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):
        return self._encoding

    def isatty(self):
        return self._tty


@pytest.mark.parametrize(
    ("choice", "environment", "tty", "color"),
    [
        ("auto", {"TERM": "xterm"}, True, True),
        ("auto", {"TERM": "xterm"}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": "1"}, True, False),
        ("auto", {"TERM": "xterm", "NO_COLOR": ""}, True, True),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_who_decides_on_colours(monkeypatch, choice, environment, tty, color):
    monkeypatch.setattr("sys.platform", "linux")
    assert style.style_for(Stream(tty=tty), choice, environment).color is color


def test_glyphs_need_an_encoding_that_has_them():
    assert style.style_for(Stream("utf-8"), "never", {}).unicode
    assert not style.style_for(Stream("latin-1"), "never", {}).unicode
    assert not style.style_for(Stream("ascii"), "never", {}).unicode


def test_a_bar_is_full_only_where_nothing_is_missing():
    assert PLAIN.bar(99, 100, 4) == "███▉"
    assert PLAIN.bar(100, 100, 4) == "████"
    assert PLAIN.bar(0, 100, 4) == "░░░░"
    assert PLAIN.bar(0, 0, 4) == "░░░░"


def record_of(*results, complete=True):
    return Record(Header("0.1.0", {}), list(results), complete)


def test_the_table_counts_what_applies():
    text = summary.table(
        record_of(
            result("alpn/a/b", Verdict.PASSED, "ssl"),
            result("alpn/a/c", Verdict.INAPPLICABLE, "ssl", unexpected=False),
            result("sni/a/b", Verdict.PASSED, "ssl"),
            result("alpn/a/b", Verdict.FAILED, "refssl"),
            result("alpn/a/c", Verdict.PASSED, "refssl"),
            result("sni/a/b", Verdict.INAPPLICABLE, "refssl", unexpected=False),
        ),
        PLAIN,
    )
    assert text.split("\n") == [
        "area       ssl                refssl",
        "alpn       ████████████ 1/1   ██████░░░░░░ 1/2  ✗1",
        "sni        ████████████ 1/1   does not apply",
        "together   ████████████ 2/2   ██████░░░░░░ 1/2  ✗1",
    ]


PYTHONS = ("3.10.13", "3.11.7", "3.12.1", "3.13.0")


def columns_of(pythons, names=("ssl", "refssl")):
    """A record with 1,000 results of an area in each column; of each last Python one has failed."""
    results = []
    for name in names:
        for python in pythons:
            bad = Verdict.FAILED if python == pythons[-1] else Verdict.PASSED
            results += [result(f"alpn/a/{n}", Verdict.PASSED, f"{name}@{python}") for n in range(999)]
            results.append(result("alpn/a/last", bad, f"{name}@{python}"))
    return record_of(*results)


def test_with_many_columns_the_bars_get_shorter_and_a_python_stands_under_its_name(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 80)
    assert summary.table(columns_of(PYTHONS, ("ssl",)), PLAIN).split("\n") == [
        "area      ssl            ssl            ssl            ssl",
        "          3.10.13        3.11.7         3.12.1         3.13.0",
        "alpn      ███ 1000/1000  ███ 1000/1000  ███ 1000/1000  ██▉  999/1000 ✗1",
        "together  ███ 1000/1000  ███ 1000/1000  ███ 1000/1000  ██▉  999/1000 ✗1",
    ]


@pytest.mark.parametrize(("width", "pieces"), [(200, 1), (110, 1), (90, 2), (60, 2), (40, 4)])
def test_a_table_that_is_too_wide_comes_in_pieces(monkeypatch, width, pieces):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: width)
    text = summary.table(columns_of(PYTHONS), PLAIN)
    assert text.count("area") == pieces
    assert max(map(len, text.split("\n"))) <= width
    assert text.count("✗1") == 2 * 2
    for python in PYTHONS:
        assert text.count(python) == 2


def test_a_table_is_divided_between_implementations_where_that_is_enough(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 80)
    found = columns_of(PYTHONS)
    found.results = [one for one in found.results if one.implementation != "refssl@3.10.13"]
    heads = [text.split()[1:] for text in summary.table(found, PLAIN).split("\n") if text.startswith("area")]
    assert heads == [["ssl"] * 4, ["refssl"] * 3]


def test_columns_stand_by_implementation_and_by_version(monkeypatch):
    monkeypatch.setattr("sslspec.console.summary.columns", lambda: 400)
    heads = summary.table(columns_of(("3.9.1", "3.10.2", "pypy3.11.15")), PLAIN).split("\n")[0].split()
    assert heads == [
        "area",
        *("ssl@3.9.1", "ssl@3.10.2", "ssl@pypy3.11.15"),
        *("refssl@3.9.1", "refssl@3.10.2", "refssl@pypy3.11.15"),
    ]


def test_more_columns_than_a_terminal_has_rows_are_not_all_drawn(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("sslspec.console.progress.time.monotonic", lambda: now[0])
    monkeypatch.setattr("sslspec.console.progress.rows", lambda: 5)
    out = io.StringIO()
    terminal = Terminal(out, PLAIN, live=True)
    state = started(*(f"ssl@3.{n}" for n in range(10, 16)))
    state.add(result("a/b/0", Verdict.PASSED, "ssl@3.15", peer="x"))
    now[0] += 1
    terminal.tick(state)
    assert [told.split()[0] for told in out.getvalue().splitlines()] == ["ssl@3.10", "ssl@3.15"]


def test_the_closing_lines_say_what_to_do_about():
    text = summary.text(
        record_of(
            result("a/b/c@x"), result("a/b/c@y"), result("a/b/d", Verdict.CRASHED), result("a/b/e", Verdict.PASSED)
        ),
        PLAIN,
        stale=["x.toml:4: 'a/*' matches no scenario: remove it"],
        seconds=1.25,
    )
    assert "✗ mylib  a/b/c (2 times)" in text
    assert "✗ x.toml:4: 'a/*' matches no scenario: remove it" in text
    assert text.split("\n")[-2:] == [
        "4 results in 1.2 s: 1 passed, 2 failed, 1 crashed",
        "✗ 4 unexpected: 1 crash, 2 failures, 1 stale baseline entry",
    ]


def test_the_closing_lines_when_all_is_well_or_nobody_knows():
    well = summary.text(record_of(result(verdict=Verdict.PASSED)), PLAIN)
    assert well.endswith("1 result: 1 passed\n✓ everything as expected")
    unknown = summary.text(record_of(result(verdict=Verdict.NOTRUN, unexpected=False), complete=False), PLAIN)
    assert unknown.endswith("1 result: 1 notrun\nthe run is incomplete")
    assert "everything" not in unknown


def test_the_slowest_are_named_when_asked_for():
    slow = result("a/b/slow", Verdict.PASSED, volatile={"duration": 1.5})
    quick = result("a/b/c", Verdict.PASSED, volatile={"duration": 0.01})
    assert "slowest\n    1.50 s  a/b/slow  mylib\n\n" in summary.text(record_of(slow, quick), PLAIN, slowest=1)
    assert "slowest" not in summary.text(record_of(slow, quick), PLAIN)


def test_what_takes_too_long_is_named_unasked():
    slow = result("a/b/slow", Verdict.PASSED, volatile={"duration": summary.SLOW + 0.1})
    quick = result("a/b/c", Verdict.PASSED, volatile={"duration": 0.01})
    assert "slowest\n    2.10 s  a/b/slow  mylib\n\n" in summary.text(record_of(slow, quick), PLAIN)
