"""The line that repeats a result: right for labels, peers, Pythons and profiles, harmless, and really run."""

import os
import re
import shlex

import pytest

from selftests import standin
from selftests.support import HOSTILE, sslspec
from sslspec import cli, repeating
from sslspec.results import record
from sslspec.results.record import Header
from sslspec.results.ways import Way, note_ways, ways_of
from sslspec.running.options import Options
from sslspec.shards import merge

ID = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+whole"

LINES = {
    "an implementation": (("mylib", "stdlib"), Way("mylib"), f"sslspec repro {ID} mylib"),
    "no peer": (("mylib", "none"), Way("mylib"), f"sslspec repro {ID} mylib"),
    "a label": (("mine", "stdlib"), Way("mine=pkg.mod:make"), f"sslspec repro {ID} mine=pkg.mod:make"),
    "another peer": (("mylib", "refssl"), Way("mylib"), f"sslspec repro {ID} mylib --peer refssl"),
    "itself": (("mine", "mine"), Way("mine=pkg"), f"sslspec repro {ID} mine=pkg --peer self"),
    "a peer that no script carries": (
        ("mine", "tlslite"),
        Way("mine=pkg", options=("--profile=client", "--baseline=my file.toml")),
        f"sslspec run mine=pkg -k {ID} --peer tlslite --profile=client '--baseline=my file.toml' -o {os.devnull}",
    ),
    "a Python that was a path": (
        ("mylib", "python3.10"),
        Way("mylib", peers={"python3.10": "python:/opt/py/bin/python"}),
        f"sslspec run mylib -k {ID} --peer python:/opt/py/bin/python -o {os.devnull}",
    ),
    "another Python": (
        ("ssl@3.10.13", "stdlib"),
        Way("ssl", "/opt/py 3/python", ("--no-baseline",)),
        f"sslspec repro {ID} ssl --python '/opt/py 3/python' --run",
    ),
    "another Python and peer": (
        ("ssl@3.10.13", "scripted"),
        Way("ssl", "3.10", ("--timeout=2",)),
        f"sslspec run ssl -k {ID} --peer scripted --python 3.10 --timeout=2 -o {os.devnull}",
    ),
    "a sub-interpreter": (
        ("ssl@3.14.8-sub", "none"),
        Way("ssl", "sub:/opt/python3.14"),
        f"sslspec run ssl -k {ID} --python sub:/opt/python3.14 -o {os.devnull}",
    ),
    "a sub-interpreter, in a record that says no more": (
        ("ssl@3.14.8-sub+3.6.5", "stdlib"),
        None,
        f"sslspec run ssl -k {ID} --peer stdlib --python sub:3.14.8 -o {os.devnull}",
    ),
    "a record that says no more": (
        ("ssl@3.13.0+3.6.5", "stdlib"),
        None,
        f"sslspec repro {ID} ssl --python 3.13.0 --run",
    ),
}


@pytest.mark.parametrize("name", LINES)
def test_the_line(name):
    (column, peer), way, line = LINES[name]
    assert repeating.command((ID, column, peer), {column: way} if way else {}) == line


def test_the_line_for_the_wire():
    told = repeating.on_the_wire((ID, "ssl@3.10.13", "refssl"), {"ssl@3.10.13": Way("ssl", "/opt/py 3/python")})
    assert told == f"sslspec explain {ID} --impl ssl --peer refssl --python '/opt/py 3/python'"
    assert repeating.on_the_wire((ID, "--mine", "none"), {}) == f"sslspec explain {ID} --impl mine"


def test_nothing_that_a_record_names_becomes_an_option_or_a_command():
    evil = {"implementation": "--output=/x; rm y", "python": "--python=z", "options": ["-o/x", "--profile=a b", 7]}
    header = Header("0.1.0", {"c": {}, "d": {}}, volatile={"repeat": {"c": evil, "d": ["nonsense"], "e": {}}})
    known = ways_of(header)
    assert set(known) == {"c"}
    words = shlex.split(repeating.command(("--format=x", "c", "--peer=-ox"), known))
    assert words == [
        "sslspec",
        "repro",
        "format=x",
        "output=/x; rm y",
        "--peer",
        "peer=-ox",
        "--python",
        "python=z",
        "--run",
    ]
    words = shlex.split(repeating.command((ID, "c", "tlslite"), known))
    assert words[-3:] == ["--profile=a b", "-o", os.devnull]
    assert "-o/x" not in words
    assert ways_of(Header("0.1.0", {}, volatile={"repeat": "x"})) == {}


def test_what_is_asked_for_decides_the_way(tmp_path):
    options = Options(profile="client", baselines=(tmp_path / "b.toml",), strict_new=True, limit=2.5, install=False)
    assert options.way("x=y") == Way(
        "x=y", "", ("--profile=client", f"--baseline={tmp_path}/b.toml", "--strict-new", "--timeout=2.5")
    )
    assert options.way("ssl", "3.12").options[-1] == "--no-install"
    assert Options(no_baseline=True).way("ssl") == Way("ssl", "", ("--no-baseline",))


def test_a_way_travels_through_records_and_merges(tmp_path):
    paths = []
    for version in ("3.12.1", "3.13.0"):
        facts = {"name": "x", "python": {"implementation": "cpython", "version": version}}
        header = Header("0.1.0", {"x": facts}, environment={"unscrubbed": {}})
        note_ways(header, {"x": Way("x=m", f"/py/{version}", ("--no-baseline",), {"python3.9": "python:/a"})})
        paths.append(tmp_path / f"{version}.jsonl")
        record.write(paths[-1], header, [])
    merge.merge(paths, tmp_path / "all.jsonl")
    header = record.read(tmp_path / "all.jsonl").header
    assert {column: way.python for column, way in ways_of(header).items()} == {
        "x@3.12.1": "/py/3.12.1",
        "x@3.13.0": "/py/3.13.0",
    }
    assert ways_of(header)["x@3.12.1"].peers == {"python3.9": "python:/a"}
    assert "repeat" not in str(header.volatile["merged"])


# -- really run ----------------------------------------------------------------------------------------------------


def repeated(text):
    """The words of each printed line, without the first, which is this program."""
    found = re.findall(r"^\s*repeat:?\s+(sslspec .*)$", text, re.MULTILINE)
    return [shlex.split(line)[1:] for line in found]


@pytest.fixture(scope="module")
def failing(tmp_path_factory):
    """A labelled implementation that fails with two peers, in a folder with a blank in its name."""
    folder = tmp_path_factory.mktemp("a folder")
    (folder / "b.toml").write_text('format = 1\nimplementation = "mine"\n')
    (folder / "package.py").write_text("import wrong_unwrap\ndef make():\n    return wrong_unwrap\n")
    given = ("mine=package:make", "--peer", "stdlib", "--peer", "tlslite", "--baseline", "b.toml", "-j", "2", "-v")
    chosen = ("-k", ID, "-k", "shutdown/unwrap/the_end_that_was_told_*@client+tls13+memory+whole")
    return folder, sslspec("run", *given, *chosen, cwd=folder, paths=(HOSTILE,))


def test_each_line_of_a_run_repeats_its_result(failing):
    folder, done = failing
    assert done.returncode == 1, done.stdout + done.stderr
    lines = repeated(done.stdout)
    assert {words[0] for words in lines} == {"repro", "run"}
    before = (folder / "sslspec-results.jsonl").read_bytes()
    for words in lines:
        again = sslspec(*words, *(["--run"] if words[0] == "repro" else []), cwd=folder, paths=(HOSTILE,))
        assert again.returncode == 1, (words, again.stdout + again.stderr)
    assert (folder / "sslspec-results.jsonl").read_bytes() == before


def test_the_markdown_and_the_annotations_have_the_same_lines(failing, capsys, monkeypatch):
    folder, done = failing
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    said = {shlex.join(words) for words in repeated(done.stdout)}
    assert cli.main(["summary", "sslspec-results.jsonl", "--format", "markdown"]) == 0
    shown = set(re.findall(r"repeat: `sslspec ([^`]*)`", capsys.readouterr().out))
    assert shown
    assert shown <= said
    assert cli.main(["summary", "sslspec-results.jsonl", "--format", "github"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines
    assert {line.partition("%0Arepeat: sslspec ")[2] for line in lines} <= said
    assert cli.main(["export", "sslspec-results.jsonl", "--junit", "j.xml"]) == 0
    assert {shlex.join(words) for words in repeated((folder / "j.xml").read_text().replace("</", "\n</"))} == said


def test_a_line_of_another_python_repeats_it_there(tmp_path):
    """A stand-in, named by its path, which no version would find."""
    other = standin.interpreter(tmp_path / "other python" / "python", "3.98.7")
    (tmp_path / "package.py").write_text("from wrong_unwrap import *\n")
    done = sslspec(
        "run", "package", "--python", str(other), "-k", ID, "--peer", "stdlib", cwd=tmp_path, paths=(HOSTILE,)
    )
    assert done.returncode == 1, done.stdout + done.stderr
    (words,) = repeated(done.stdout)
    assert words[-3:] == ["--python", str(other), "--run"]
    again = sslspec(*words, cwd=tmp_path, paths=(HOSTILE,))
    assert (again.returncode, again.stdout) == (1, "failed: raises AssertionError\n"), again.stderr
    refused = sslspec(*words[:-1], cwd=tmp_path)
    assert refused.returncode == 4
    assert "--python says where --run runs the script" in refused.stderr


def test_no_script_is_taken_into_a_sub_interpreter(tmp_path):
    """It would run beside it, and repeat something else."""
    other = standin.interpreter(tmp_path / "python", "3.98.7")
    done = sslspec("repro", ID, "ssl", "--run", "--python", f"sub:{other}")
    assert done.returncode == 4
    assert "a script begins in no sub-interpreter; `sslspec run -k ID` plays there" in done.stderr
