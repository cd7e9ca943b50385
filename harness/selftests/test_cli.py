"""The command line: what each command prints, one clear line for what is wrong, and the documented exit codes."""

import json
import re

import pytest

from selftests.support import HOSTILE, sslspec
from sslspec import __version__, cli
from sslspec.cli.run import DEFAULT_OUTPUT
from sslspec.results import record
from sslspec.results.record import Header, Result
from sslspec.verdicts import Verdict

SCENARIO = "shutdown/unwrap/unwrap_before_the_handshake_is_refused"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    return tmp_path


def written(path, verdict=Verdict.PASSED, name="a/b/c"):
    record.write(path, Header(__version__, {"ssl": {"name": "ssl"}}), [Result(name, "ssl", "stdlib", verdict)])


def wrong(capsys, *args, code=4):
    """One line on stderr, nothing on stdout, and the exit code."""
    assert cli.main(list(args)) == code
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("sslspec: ")
    assert said.err.count("\n") == 1
    return said.err


def test_compare_tells_whether_something_got_worse(here, capsys):
    written(here / "a", Verdict.PASSED)
    written(here / "b", Verdict.FAILED)
    assert cli.main(["compare", "a", "a"]) == 0
    assert cli.main(["compare", "b", "a"]) == 0
    capsys.readouterr()
    assert cli.main(["compare", "a", "b"]) == 1
    assert "regressions (1)\n  ✗ a/b/c  ssl with stdlib\n      passed  ->  failed" in capsys.readouterr().out


def test_compare_takes_two_files_or_one_of_two_implementations(here, capsys):
    written(here / "a")
    assert "one or two result files" in wrong(capsys, "compare", "a", "a", "a")
    assert "holds ssl; two implementations compare" in wrong(capsys, "compare", "a")


BAD_RECORDS = {
    "missing": (None, "cannot be read (No such file or directory)"),
    "empty": (lambda _: [], "the file is empty"),
    "truncated": (lambda lines: [*lines[:-1], lines[-1][:9]], "not JSON: truncated"),
    "unfinished": (lambda lines: lines[:-1], "the footer is missing"),
    "duplicated": (lambda lines: [lines[0], lines[1], lines[1], lines[2]], "stands on line 2 already"),
}


@pytest.mark.parametrize("name", BAD_RECORDS)
def test_compare_refuses_what_is_no_whole_record(here, capsys, name):
    change, message = BAD_RECORDS[name]
    written(here / "good")
    if change is not None:
        lines = (here / "good").read_text().splitlines()
        (here / "bad").write_text("\n".join(change(lines)))
    for files in (("good", "bad"), ("bad", "good")):
        said = wrong(capsys, "compare", *files)
        assert message in said
        assert "bad" in said


BAD_BASELINES = {
    "missing": (None, "cannot be read"),
    "short reason": ('[[known]]\nid = "a"\nverdict = "failed"\nreason = "just so"', "bad.toml:3: 'a': the reason"),
    "promised": (
        '[[known]]\nid = "a"\nverdict = "failed"\nreason = "to be looked at, FIXME"',
        "the reason says FIXME",
    ),
    "unknown key": (
        '[[known]]\nid = "a"\nverdict = "failed"\nwhy = "it has never worked in it"',
        "unknown key 'why'; there are id, verdict, reason",
    ),
    "not TOML": ("[[known", "not TOML"),
}


@pytest.mark.parametrize("name", BAD_BASELINES)
def test_run_refuses_a_baseline_that_is_not_sound(here, capsys, name):
    text, message = BAD_BASELINES[name]
    if text is not None:
        (here / "bad.toml").write_text(f'format = 1\nimplementation = "ssl"\n{text}\n')
    assert message in wrong(capsys, "run", "ssl", "--baseline", "bad.toml")
    assert not (here / DEFAULT_OUTPUT).exists()


def test_run_refuses_a_baseline_of_somebody_else(here, capsys):
    (here / "b.toml").write_text('format = 1\nimplementation = "mylib"\n')
    said = wrong(capsys, "run", "ssl", "--baseline", "b.toml")
    assert said == "sslspec: b.toml: is the baseline of 'mylib', and this run is about ssl\n"


def test_run_refuses_an_output_that_cannot_be(here, capsys):
    (here / "folder").mkdir()
    assert "is a folder" in wrong(capsys, "run", "ssl", "-o", "folder")
    assert "cannot be written" in wrong(capsys, "run", "ssl", "-o", "no/such/folder/r.jsonl")


@pytest.mark.parametrize(
    "args",
    [
        [],
        ["nonsense"],
        ["run", "--nonsense"],
        ["run", "-j", "0"],
        ["run", "-j", "many"],
        ["run", "--timeout", "-1"],
        ["run", "--level", "maybe"],
        ["summary", "r.jsonl", "--slowest", "-3"],
        ["compare"],
        ["repro"],
    ],
)
def test_a_wrong_command_line_is_a_usage_error(args, capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main(args)
    assert leaving.value.code == 4
    assert capsys.readouterr().err.count("\n") == 1


MEANT = {
    "a command": (["rum"], "'rum'", "run"),
    "a part of one": (["baseline", "inti", "x"], "'inti'", "init"),
    "an option": (["run", "ssl", "--bseline", "x.toml"], "unrecognized arguments: --bseline x.toml; did", "--baseline"),
    "an option with its value": (["list", "--are=alpn"], "--are=alpn", "--area"),
    "of a part of a command": (["baseline", "update", "x", "--prun"], "--prun", "--prune"),
    "a choice": (["run", "--level", "shuold"], "'shuold'", "should"),
}


@pytest.mark.parametrize("name", MEANT)
def test_what_is_misspelt_is_answered_with_what_was_meant(name, capsys):
    words, wrong, meant = MEANT[name]
    with pytest.raises(SystemExit) as leaving:
        cli.main(words)
    assert leaving.value.code == 4
    said = capsys.readouterr().err
    assert wrong in said
    assert re.search(rf"(did you mean {meant}|maybe you meant '{meant}')\?", said)
    assert said.count("\n") == 1


def test_what_is_like_nothing_is_not_guessed(capsys):
    for words in (["xyzzy"], ["run", "--xyzzy"], ["list", "a", "b"]):
        with pytest.raises(SystemExit) as leaving:
            cli.main(words)
        assert leaving.value.code == 4
        assert "mean" not in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "compare", "report", "doctor", "list", "names", "show", "repro"])
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as leaving:
        cli.main([command, "--help"])
    assert leaving.value.code == 0
    assert f"usage: sslspec {command}" in capsys.readouterr().out


def test_version(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"sslspec {__version__}\n"


def test_list_and_show(capsys):
    assert cli.main(["list", "shutdown"]) == 0
    assert SCENARIO in capsys.readouterr().out
    assert cli.main(["list", "shutdown", "--format", "json"]) == 0
    ids = [scenario["id"] for scenario in json.loads(capsys.readouterr().out)]
    assert SCENARIO in ids
    assert cli.main(["show", f"{SCENARIO}@client+tls13+memory+whole"]) == 0
    assert "def test_unwrap_before_the_handshake_is_refused" in capsys.readouterr().out
    assert cli.main(["list", "no/such/*"]) == 5


def test_an_unknown_scenario_is_said_in_one_line(capsys):
    for command in ("show", "repro"):
        assert f"near it: {SCENARIO}" in wrong(capsys, command, SCENARIO.replace("refused", "refuse"))


def test_nothing_selected(here):
    done = sslspec("run", "ssl", "-k", "data/key_update/*", "--peer", "stdlib", cwd=here)
    assert done.returncode == 5
    assert done.stderr == "sslspec: nothing was selected; `sslspec list` shows what there is\n"
    assert list(here.iterdir()) == []


def test_an_unknown_area_is_refused_beside_a_known_one(capsys):
    told = wrong(capsys, "run", "ssl", "--area", "channel_binding", "--area", "alpm")
    assert "--area alpm: no such area; there are alpn, certificates, channel_binding" in told


def test_what_pytest_refuses_is_passed_on(here):
    done = sslspec("run", "ssl", "-k", SCENARIO, "--", "--nonsense", cwd=here)
    assert done.returncode == 4
    assert "unrecognized arguments: --nonsense" in done.stderr


def test_json_on_stdout_is_the_record(here):
    done = sslspec("run", "ssl", "-k", SCENARIO, "--peer", "stdlib", "--format", "json", cwd=here)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout == (here / DEFAULT_OUTPUT).read_text()


def test_doctor_examines_in_a_process_of_its_own(here):
    done = sslspec("doctor", "ssl", "without_context", "exits", paths=(HOSTILE,), cwd=here)
    assert done.returncode == 11
    here_, ssl, without, exits = done.stdout.split("\n\n")
    assert "  python         CPython " in here_ or "  python  " in here_
    assert "  library        OpenSSL " in ssl
    assert "✓ TLSv1.3 " in ssl
    assert "without_context has no SSLContext" in without
    assert "✓ TLSv1.3 " in exits


def test_a_pipe_that_is_closed_early_is_no_error(here):
    done = sslspec("list", cwd=here)
    assert done.returncode == 0
    assert done.stderr == ""
