"""What is seen while a run goes on: unexpected results, in full or in a line, and lines that are drawn again."""

import io
import re
from dataclasses import replace

from selftests.console_support import ASCII, PLAIN, record_of, result
from sslspec.console import summary
from sslspec.console.progress import Terminal, block, line
from sslspec.running.state import State
from sslspec.verdicts import Verdict

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


def test_what_nobody_expected_to_pass_says_what_was_expected():
    known = (Verdict.FAILED, Verdict.INAPPLICABLE)
    passed = result(verdict=Verdict.PASSED, unexpected=True, expected=known, reason="it was so for years")
    assert "expected     failed, says the baseline" in block(passed, PLAIN, {})
    assert "baseline     it was so for years" in block(passed, PLAIN, {})


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


def test_a_stream_without_unicode_gets_plain_signs():
    out = io.StringIO()
    terminal = Terminal(out, ASCII, live=False)
    terminal.result(FAILED, started("mylib"))
    assert out.getvalue().startswith("x alpn/")
    assert out.getvalue().isascii()
    assert ASCII.plain("é…") == "??"
    assert line(FAILED, ASCII, "as above").isascii()
    assert ASCII.bar(1, 2, 4) == "##.."
