"""What an implementation says does nothing to a terminal, wherever it is shown: it is read, and forges no line."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from selftests.support import HOSTILE, environment
from sslspec import compare
from sslspec.console import summary
from sslspec.console.progress import Terminal, block, line
from sslspec.results.record import Header, Record, Result
from sslspec.running.state import State
from sslspec.style import Style, legible, one_line
from sslspec.verdicts import Verdict

FORGED = "✓ everything as expected"
EVIL = f"x\x1b[2J\x1b[32m\x07\r\x9b2K\x85\u202e\u2066\u200b\ud800\x7f\n{FORGED}"
LOOKS = (Style(), Style(unicode=True), Style(color=True, unicode=True))
# Colours are ours, as is what draws progress again in its place; nothing else is there that a reader does not see.
OURS = re.compile(r"\x1b\[(0|1|2|3[1-6])m|\x1b\[\d+A\x1b\[J")


def tame(text: str) -> bool:
    """Whether it does nothing but be read, in our colours, and no line of it is forged."""
    lines = OURS.sub("", text).split("\n")
    return all(one.isprintable() and not one.startswith(FORGED) for one in lines)


ODD = (
    "\x00",
    "\x07",
    "\b",
    "\r",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9b",
    "\u200b",
    "\u2028",
    "\u202e",
    "\u2066",
    "\ud800",
    "\U000e0041",
)


@pytest.mark.parametrize("odd", ODD)
def test_what_cannot_be_seen_is_written_as_python_writes_it(odd: str) -> None:
    assert legible(f"a{odd}b") == f"a{odd.encode('unicode_escape').decode()}b"
    assert not tame(odd)  # negative control


def test_what_can_be_read_stays() -> None:
    text = "raises SSLError\n\tßß 漢字 ✓ 🔒 \\x1b"
    assert legible(text) == text
    assert legible("a\nb\tc", lines=False) == r"a\nb\tc"


def test_nobody_else_paints() -> None:
    look = Style(color=True, unicode=True)
    assert look.plain(look.paint("ours", "red")) == "\x1b[31mours\x1b[0m"
    assert look.plain(look.paint("a\x1b[32mb\x1b[0mc", "red")) == "\x1b[31ma\\x1b[32mb\\x1b[0mc\x1b[0m"
    assert look.plain(one_line(look.paint("a\nb", "red"))) == "\x1b[31ma\\nb\x1b[0m"


def evil(verdict: Verdict = Verdict.FAILED, implementation: str = EVIL, call: str = EVIL) -> Result:
    return Result(
        id=f"alpn/{EVIL}@{EVIL}",
        implementation=implementation,
        peer=EVIL,
        verdict=verdict,
        unexpected=True,
        reason=EVIL,
        level=EVIL,
        clauses=(EVIL,),
        requirement=EVIL,
        known=(EVIL,),
        since=EVIL,
        steps=[{"actor": EVIL, "call": call, "outcome": {"raises": EVIL, "reason": EVIL}}],
        detail={"message": EVIL, "came": {"raises": EVIL}, "crash": EVIL, "traceback": [EVIL]},
        volatile={"duration": 9.0},
    )


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("verdict", Verdict)
def test_an_unexpected_result_forges_nothing(verdict: Verdict, look: Style) -> None:
    shown = look.plain(block(evil(verdict), look, {}))
    assert tame(shown)
    assert r"\x1b[2J" in shown
    assert tame(look.plain(line(evil(verdict), look, "as above")))
    assert "\n" not in line(evil(verdict), look)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("live", [False, True])
def test_progress_forges_nothing(live: bool, look: Style, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("sslspec.console.progress.time.monotonic", lambda: now[0])
    out = io.StringIO()
    terminal = Terminal(out, look, live=live, verbosity=1)
    state = State()
    state.apply({"event": "collected", "items": [[f"alpn/{EVIL}", EVIL, "x"], ["a/b/c", EVIL, "x"]]})
    state.apply({"event": "start", "id": f"alpn/{EVIL}", "implementation": EVIL, "peer": "x"})
    terminal.say(f"{EVIL}: has not pytest")
    terminal.result(evil(), state)
    now[0] += 11
    terminal.tick(state)
    terminal.result(evil(), state)
    terminal.finish()
    rest = out.getvalue().partition("has not pytest")[2]  # what is said has lines of its own
    assert tame(rest)
    assert "0/2" in rest
    assert ("\x1b[1A\x1b[J" in rest) is live
    assert OURS.sub("", out.getvalue()).replace("\n", "").isprintable()


@pytest.mark.parametrize("look", LOOKS)
def test_the_closing_report_forges_nothing(look: Style) -> None:
    results = [evil(verdict, f"{EVIL}@{number}{EVIL}") for number, verdict in enumerate(Verdict)]
    shown = look.plain(summary.text(Record(Header(EVIL, {}), results), look, stale=[EVIL], notes=[EVIL], slowest=9))
    assert tame(shown)
    assert "unexpected" in shown


@pytest.mark.parametrize("look", LOOKS)
def test_a_comparison_forges_nothing(look: Style) -> None:
    facts = {"name": EVIL, "openssl": f"{EVIL} {EVIL}", "python": {"version": EVIL, "implementation": EVIL}}
    sides = [
        Record(Header(EVIL, {EVIL: facts}, platform=EVIL, environment={"unscrubbed": {EVIL: [EVIL]}}), results)
        for results in (
            [evil(), evil(Verdict.PASSED, "gone")],
            [evil(Verdict.CRASHED, call=f"other{EVIL}"), evil(Verdict.PASSED, "added")],
        )
    ]
    sides[1].header.environment = {}
    sides[1].path = Path(f"folder/{EVIL}.jsonl")
    shown = look.plain(compare.text(compare.compare(*sides), look, verbose=True))
    assert tame(shown)
    assert "gone (1)" in shown
    pair = Record(Header("1", {EVIL: facts, "ssl": facts}), [evil(), evil(Verdict.PASSED, "ssl")])
    assert tame(look.plain(compare.text(compare.within(pair), look)))


READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+whole"
SELECTS = "alpn/negotiation/the_common_protocol_is_selected@client+tls13+memory+whole"
WAYS = {
    "run": (
        ["run", "a=draws", "ssl", "-k", READS, "-k", SELECTS, "--peer", "stdlib", "-j", "1", "-o", "r.jsonl", "-v"],
        1,
    ),
    "summary": (["summary", "r.jsonl"], 0),
    "markdown": (["summary", "r.jsonl", "--format", "markdown"], 0),
    "compare": (["compare", "r.jsonl"], 1),
    "explain": (["explain", READS, "--impl", "draws", "--impl", "ssl"], 1),
    "doctor": (["doctor", "draws"], 0),
    "a file that is none": (["summary", "\x1b[2J"], 4),
    "a module that is none": (["run", "x\x1b[2J=y\x9bz", "--area", "alpn"], 11),
}


def drawn(way: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "sslspec", *WAYS[way][0]],
        cwd=folder,
        env=environment(HOSTILE, FORCE_COLOR="1", PYTHONIOENCODING="utf-8"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=240,
        check=False,
    )


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[bytes]]:
    """A folder with the results that most ways show, and what was said when they were made."""
    folder = tmp_path_factory.mktemp("drawn")
    return folder, drawn("run", folder)


@pytest.mark.parametrize("way", WAYS)
def test_a_hostile_implementation_draws_nowhere(way: str, ran: tuple[Path, subprocess.CompletedProcess[bytes]]) -> None:
    folder, run = ran
    done = run if way == "run" else drawn(way, folder)
    said = (done.stdout + done.stderr).decode()
    assert tame(said)
    assert "\\x1b" in said, said
    assert done.returncode == WAYS[way][1], said
