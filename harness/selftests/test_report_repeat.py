"""The commands on the pages of a report: to be pasted, for what was tested, and telling nothing of one machine."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from selftests.report_support import facts, result, said, step
from sslspec.report import site
from sslspec.results import record
from sslspec.results.record import Header
from sslspec.results.ways import Way, note_ways
from sslspec.verdicts import Verdict

ID = "shutdown/unwrap/unwrap_before_the_handshake_is_refused"


def shown(folder: Path, way: Way | None, column: str = "mine", peer: str = "stdlib") -> str:
    """The page of a scenario that has failed in this column."""
    header = Header("0.1.0", {column: facts(column.partition("@")[0], "3.12.1")})
    if way is not None:
        note_ways(header, {column: way})
    path = folder / "r.jsonl"
    detail = {"message": "AssertionError: assert 1 == 2"}
    record.write(path, header, [result(ID, column, Verdict.FAILED, peer=peer, detail=detail, steps=[step("x()")])])
    site.write(folder / "site", [path])
    return said(folder / "site" / "scenarios" / f"{ID}.html")


WAYS = {
    "a label": (Way("mine=pkg.mod"), "stdlib", f"sslspec repro {ID} mine=pkg.mod"),
    "a program": (Way("mine=pkg.mod"), "openssl", f"sslspec run mine=pkg.mod -k {ID} --peer openssl -o"),
    "a profile": (
        Way("mine=pkg.mod", options=("--profile=client",)),
        "tlslite",
        f"sslspec run mine=pkg.mod -k {ID} --peer tlslite --profile=client -o",
    ),
    "a Python": (Way("mine", "3.12"), "stdlib", f"sslspec repro {ID} mine --python 3.12 --run"),
    "a record that says no more": (None, "stdlib", f"sslspec repro {ID} mine"),
    # paths are of one machine
    "a Python at a place": (Way("mine", "/home/me/py"), "stdlib", f"sslspec repro {ID} mine --python 3.12.1 --run"),
    "a file": (
        Way("mine", options=(r"--baseline=C:\secret\mine.toml", "--profile=/home/me/odd one.toml")),
        "tlslite",
        f"sslspec run mine -k {ID} --peer tlslite --baseline=mine.toml '--profile=odd one.toml' -o",
    ),
    "a peer at a place": (
        Way("mine", peers={"python3.10": "python:/home/me/py"}),
        "python3.10",
        f"sslspec run mine -k {ID} --peer python3.10 -o",
    ),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_command_asks_for_what_was_tested(name: str, tmp_path: Path) -> None:
    way, peer, wanted = WAYS[name]
    text = shown(tmp_path, way, peer=peer)
    assert wanted in text
    assert f"sslspec explain {ID} --impl " in text
    assert "/home/me" not in "".join(file.read_text() for file in (tmp_path / "site").rglob("*") if file.is_file())


def test_what_is_hostile_makes_one_command(tmp_path: Path) -> None:
    evil = "x; reboot '$(reboot)' `reboot` <b>"
    way = Way(f"--output={evil}", f"--{evil}", (f"--baseline={evil}", f"--output={evil}"))
    (tmp_path / "one").mkdir()
    text = shown(tmp_path / "one", way, peer=evil)
    words = shlex.split(text[text.index("sslspec repro ") :].partition(" --run")[0])
    assert words == ["sslspec", "repro", ID, f"output={evil}", "--peer", evil, "--python", evil]
    text = shown(tmp_path, way, peer="openssl")
    words = shlex.split(text[text.index("sslspec run ") :].partition(" -o ")[0])
    assert words[2:] == [f"output={evil}", "-k", ID, "--peer", "openssl", "--python", evil, f"--baseline={evil}"]


def test_a_sub_interpreter_is_asked_for_by_its_version_and_has_no_line_for_the_wire(tmp_path: Path) -> None:
    """It plays as an agent; the path of its interpreter is of one machine."""
    header = Header("0.1.0", {"ssl": facts("ssl", "3.13.0-sub")})
    note_ways(header, {"ssl": Way("ssl", "sub:/home/me/python")})
    path = tmp_path / "r.jsonl"
    record.write(path, header, [result(ID, "ssl", Verdict.FAILED, peer="stdlib")])
    site.write(tmp_path / "site", [path])
    text = said(tmp_path / "site" / "scenarios" / f"{ID}.html")
    assert f"sslspec run ssl -k {ID} --peer stdlib --python sub:3.13.0 -o" in text
    assert "sslspec explain" not in text


def test_another_python_than_cpython_has_no_line_for_the_wire(tmp_path: Path) -> None:
    """It plays as an agent, which has no taps."""
    described = {**facts("ssl", "3.11.15"), "python": {"implementation": "pypy", "version": "3.11.15"}}
    path = tmp_path / "r.jsonl"
    record.write(path, Header("0.1.0", {"ssl@pypy3.11.15": described}), [result(ID, "ssl@pypy3.11.15")])
    site.write(tmp_path / "site", [path])
    text = said(tmp_path / "site" / "scenarios" / f"{ID}.html")
    assert f"sslspec repro {ID} ssl --python pypy3.11.15 --run" in text
    assert "sslspec explain" not in text
