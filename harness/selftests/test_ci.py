"""JUnit, CTRF, Markdown and GitHub Actions: whatever an implementation says, all is sound and nothing is injected."""

import json
import os
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from selftests.support import HOSTILE, sslspec
from sslspec import cli
from sslspec.ci import ctrf, github, junit, markdown, runner
from sslspec.results import record
from sslspec.results.digest import Digest
from sslspec.results.record import Header, Result
from sslspec.results.ways import Way
from sslspec.verdicts import Verdict

EVIL = (
    "::error::owned\n::set-output name=x::y\r::add-mask::e\n##[command]x\x00\x1b[2J\x85\u2028 %0A::warning::%25 ]]> "
    "<script>alert(1)</script> `code` **bold** | [a](javascript:b) @everyone \ud800 \ufffe"
)


def result(name, verdict=Verdict.FAILED, said=EVIL, peer="stdlib", **more):
    unexpected = more.pop("unexpected", verdict not in (Verdict.PASSED, Verdict.INAPPLICABLE))
    detail = {"message": said, "came": {"raises": said}, "traceback": ["suites/a.py:1 in b"]}
    return Result(name, "mylib", peer, verdict, unexpected=unexpected, detail=detail, **more)


EVERY = [
    result("alpn/a/passed", Verdict.PASSED, volatile={"duration": 0.25}),
    result("alpn/a/failed", clauses=("ssl.x",), requirement="It must."),
    result("alpn/a/known", unexpected=False, reason=EVIL),
    result("alpn/a/newcomer", unexpected=False, new=True, reason="newer than suite 0.1"),
    result("sni/b/crashed", Verdict.CRASHED),
    result("sni/b/hung", Verdict.HUNG, peer="none"),
    result("sni/b/inapplicable", Verdict.INAPPLICABLE),
    result("sni/b/notrun", Verdict.NOTRUN, unexpected=False),
    result("sni/b/surprise", Verdict.PASSED, unexpected=True, expected=(Verdict.FAILED,)),
]


@pytest.fixture
def path(tmp_path):
    header = Header("0.1.0", {"mylib": {"name": "mylib"}}, platform="linux-x86_64")
    header.volatile = {"started": 1700000000.5, "seconds": 2.5}
    record.write(tmp_path / "r.jsonl", header, EVERY)
    return tmp_path / "r.jsonl"


# -- exchange formats ----------------------------------------------------------------------------------------------


def test_junit_is_well_formed_and_counts_right(path, tmp_path):
    junit.export(path, tmp_path / "j.xml")
    root = ET.parse(tmp_path / "j.xml").getroot()
    assert root.tag == "testsuites"
    assert root.attrib == {"name": "sslspec 0.1.0", "tests": "9", "failures": "2", "errors": "2"}
    assert [suite.get("name") for suite in root] == ["alpn", "sni"]
    assert root[0].get("timestamp") == "2023-11-14T22:13:20"
    for suite in root:
        kinds = [child.tag for case in suite for child in case]
        assert int(suite.get("tests")) == len(suite)
        for name, element in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(name)) == kinds.count(element)
    # What the schema of Jenkins' xUnit plugin knows.
    counted = {"name", "tests", "failures", "errors", "skipped", "timestamp"}
    assert {key for suite in root for key in suite.attrib} == counted
    assert {key for case in root.iter("testcase") for key in case.attrib} == {"classname", "name", "time"}
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert cases["alpn/a/passed with stdlib"].get("time") == "0.250000"
    assert cases["alpn/a/passed with stdlib"].get("classname") == "mylib.alpn"
    assert list(cases["alpn/a/passed with stdlib"]) == []
    assert cases["sni/b/hung"][0].tag == "error"
    assert cases["alpn/a/failed with stdlib"][0].get("type") == "failed"
    assert "sslspec repro alpn/a/failed mylib" in cases["alpn/a/failed with stdlib"][0].text
    assert cases["alpn/a/known with stdlib"][0].get("message").startswith("known as failed: ::error::owned")
    assert cases["alpn/a/newcomer with stdlib"][0].get("message") == "new as failed: newer than suite 0.1"
    assert "<script>" in cases["alpn/a/known with stdlib"][0].get("message")  # as text
    assert cases["sni/b/notrun with stdlib"][0].get("message").startswith("notrun: ::error::owned")


def test_ctrf_has_the_published_shape(path, tmp_path):
    """By the schema of ctrf-io/ctrf: these keys and no others, integers for times, one of five states."""
    ctrf.export(path, tmp_path / "c.json")
    report = json.loads((tmp_path / "c.json").read_text())
    assert set(report) == {"reportFormat", "specVersion", "generatedBy", "timestamp", "results"}
    assert report["reportFormat"] == "CTRF"
    assert re.fullmatch(r"\d+\.\d+\.\d+", report["specVersion"])
    assert report["timestamp"] == "2023-11-14T22:13:20Z"
    results = report["results"]
    assert set(results) == {"tool", "summary", "tests", "environment"}
    assert results["tool"] == {"name": "sslspec", "version": "0.1.0"}
    assert results["summary"] == {
        "tests": 9,
        "passed": 1,
        "failed": 4,
        "skipped": 2,
        "pending": 0,
        "other": 2,
        "start": 1700000000500,
        "stop": 1700000003000,
    }
    assert set(results["environment"]) == {"appName", "osPlatform", "extra"}
    allowed = {"id", "name", "status", "duration", "suite", "rawStatus", "message", "trace", "extra"}
    for test in results["tests"]:
        assert {"name", "status", "duration"} <= set(test) <= allowed
        assert type(test["duration"]) is int
        assert test["name"]
        assert test["suite"][0] == "mylib"
    assert len({test["id"] for test in results["tests"]}) == 9
    states = {test["name"].rpartition("/")[2]: test["status"] for test in results["tests"]}
    assert states["known"] == states["newcomer"] == "other"
    assert states["surprise"] == states["hung"] == "failed"


def test_an_export_is_whole_or_not_there(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    assert cli.main(["export", "r.jsonl", "--junit", "j.xml"]) == 4
    assert cli.main(["export", "r.jsonl", "--ctrf", "c.json"]) == 4
    assert "the footer is missing" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["r.jsonl"]
    assert cli.main(["export", "r.jsonl"]) == 4
    assert "needs --junit FILE or --ctrf FILE" in capsys.readouterr().err


def test_an_export_says_where_it_cannot_write(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["export", "r.jsonl", "--junit", "no/j.xml"]) == 4
    assert "no/j.xml: cannot be written" in capsys.readouterr().err
    assert cli.main(["export", "r.jsonl", "--junit", "j.xml", "--ctrf", "c.json"]) == 0
    assert (tmp_path / "j.xml").exists()
    assert (tmp_path / "c.json").exists()


def test_a_run_says_beforehand_where_it_cannot_write(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for option in ("--junitxml", "--ctrf"):
        assert cli.main(["run", "ssl", option, "no/such/file"]) == 4
        assert "no/such/file: cannot be written" in capsys.readouterr().err
        assert cli.main(["run", "ssl", option, str(tmp_path)]) == 4
        assert "is a folder" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_export_takes_the_place_of_the_results(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    before = path.read_bytes()
    (tmp_path / "link").symlink_to(path)
    for wrong in (
        ["export", "r.jsonl", "--junit", "r.jsonl"],
        ["export", "r.jsonl", "--ctrf", "./link"],
        ["export", "r.jsonl", "--junit", "x", "--ctrf", "x"],
        ["run", "ssl", "-o", "r.jsonl", "--junitxml", "r.jsonl"],
    ):
        assert cli.main(wrong) == 4
        assert "is asked for twice" in capsys.readouterr().err
    assert cli.main(["run", "ssl", "-o", os.devnull, "--junitxml", "x"]) == 4
    assert "is no file" in capsys.readouterr().err
    assert path.read_bytes() == before


# -- Markdown ------------------------------------------------------------------------------------------------------


def spans_removed(text):
    """Markdown without its spans of code."""
    return re.sub(r"(`+)(?:(?!\1).)+?\1(?!`)", "", text)


def test_nothing_that_was_said_is_markup(path):
    text = markdown.report(Digest.of(EVERY), results=str(path), ways={})
    for line in text.splitlines():
        bare = spans_removed(line)
        for evil in ("<script", "](", "@everyone", "::error", "\x1b"):
            assert evil not in bare
    assert text.startswith("## sslspec: ✗ 4 unexpected: ")
    assert "### New, and not counted" in text
    assert "| **together** | 2/8" in text
    text.encode()


def test_the_summary_keeps_to_its_budget(path):
    many = [result(f"alpn/a/{'x' * 80}{number}", said=f"{number}" * 20) for number in range(3000)]
    text = markdown.report(Digest.of(many), results="r.jsonl", ways={})
    assert len(text.encode()) <= markdown.BUDGET
    assert text.endswith("\n\nThis is not all: the rest is in `r.jsonl`.\n")
    assert "All results are in `r.jsonl`." in markdown.report(Digest.of(EVERY), results="r.jsonl", ways={})


# -- GitHub Actions ------------------------------------------------------------------------------------------------


def test_a_command_is_one_line_whatever_is_in_it():
    line = runner.command("error", EVIL, file="a:b,c%\n::x", title=EVIL)
    assert len(line.splitlines()) == 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028]", line)
    name, _, rest = line.partition(" ")
    assert name == "::error"
    properties, _, message = rest.partition("::")
    assert "file=a%3Ab%2Cc%25%0A%3A%3Ax" in properties
    assert [part.partition("=")[0] for part in properties.split(",")] == ["file", "title"]
    assert message.startswith("::error::owned%0A")
    assert "%250A" in message


def test_errors_point_at_the_baseline_and_stay_within_ten(tmp_path):
    stale = [f"{tmp_path / 'conf' / 'b.toml'}:{number}: 'a/*' is no longer needed" for number in range(3, 12)]
    lines = github.errors(Digest.of(EVERY), {}, stale[:2], str(tmp_path))
    assert len(lines) == 6
    assert lines[0].startswith("::error title=sslspec%3A crashed::mylib sni/b/crashed")
    assert lines[-1] == "::error file=conf/b.toml,line=4,title=stale baseline entry::'a/*' is no longer needed"
    many = github.errors(Digest.of(EVERY), {}, stale, str(tmp_path))
    assert len(many) == 10
    assert many[-1] == "::error title=sslspec::4 more; the summary of the job and the result file have them"
    assert github.errors(Digest.of([EVERY[0]]), {}, []) == []


def test_what_repeats_a_result_of_several_pythons_is_named_as_repro_takes_it(tmp_path):
    several = replace(EVERY[1], implementation="mylib@3.10.13")
    (line,) = github.errors(Digest.of([several]), {}, [])
    assert line.endswith("repeat: sslspec repro alpn/a/failed mylib --python 3.10.13 --run")


def test_what_is_printed_is_unheard_until_a_word_that_nobody_knows(capsys):
    import sys

    for _ in range(2):
        with pytest.raises(KeyError), runner.unheard(sys.stdout, "title"):
            print("::error::owned")
            raise KeyError
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "::group::title"
    token = lines[1].removeprefix("::stop-commands::")
    assert lines[2:5] == ["::error::owned", f"::{token}::", "::endgroup::"]
    assert lines[6] != lines[1]
    assert runner.harmless("  ::error::x\nfine\n##[group]y") == "  : :error::x\nfine\n## [group]y"
    assert runner.harmless("x\r::add-mask::y\r\n\t::z") == "x\r: :add-mask::y\r\n\t: :z"
    assert runner.harmless("a::b") == "a::b"


def test_what_repeats_a_result_is_whole_however_long_its_message(tmp_path):
    long = replace(EVERY[1], id="alpn/a/" + "x" * 390, detail={"message": "m" * 3000})
    (line,) = github.errors(Digest.of([long]), {"mylib": Way("mylib=pkg", options=("--baseline=b.toml",))})
    message, _, repeat = line.partition("%0Arepeat: ")
    assert repeat == f"sslspec repro {long.id} mylib=pkg"
    assert message.endswith("...")
    assert len(message) < 500


OF_FILES = {
    "a baseline": ("run", "ssl", "--baseline", "bad.toml"),
    "a baseline that is checked": ("baseline", "check", "known.toml"),
    "a profile": ("run", "ssl", "--profile", "./profile.toml"),
    "a result file": ("summary", "r.jsonl"),
    "a name": ("run", "no_such_module ##[error]x\n::error::x"),
    "an option": ("run", "-j", "##[error]x"),
    "a command": ("##[error]x",),
}


@pytest.mark.parametrize("name", OF_FILES)
def test_no_text_of_a_file_gives_commands_to_the_runner(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    head, entry = 'format = 1\nimplementation = "ssl"\n', '[[known]]\nid = "##[error]x"\nverdict = "failed"\n'
    (tmp_path / "bad.toml").write_text(f'{head}{entry}reason = "short"\n')
    (tmp_path / "known.toml").write_text(f'{head}{entry}reason = "it is five words long"\n')
    (tmp_path / "profile.toml").write_text('format = 1\ntitle = "x"\n["##[error]x"]\n')
    (tmp_path / "r.jsonl").write_text('{"format": "##[error]x"}\n')

    def said(here):
        monkeypatch.setenv("GITHUB_ACTIONS", here)
        try:
            code = cli.main(list(OF_FILES[name]))
        except SystemExit as leaving:
            code = leaving.code
        assert code
        told = capsys.readouterr()
        return heard(told.out + told.err)

    assert [line for line in said("true") if not re.fullmatch("::group::sslspec run|::endgroup::", line)] == []
    assert any("##[error]x" in line for line in said(""))


def test_asked_for_elsewhere_it_is_as_safe(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_ACTIONS", "")
    for words, wanted in ((["--format", "github"], False), ([], True)):
        assert cli.main(["run", "no_such_module ##[error]x", *words]) == 11
        told = capsys.readouterr()
        assert any("##[error]" in line for line in heard(told.out + told.err)) == wanted


def test_json_means_the_same_in_a_job(path, monkeypatch, capsys):
    """Programs read it, and so may the runner."""
    said = []
    for here in ("true", ""):
        monkeypatch.setenv("GITHUB_ACTIONS", here)
        evil = [replace(EVERY[1], verdict=verdict) for verdict in (Verdict.PASSED, Verdict.FAILED)]
        for name, one in zip(("a", "b"), evil, strict=True):
            record.write(path.parent / name, Header("0.1.0", {"mylib": {"name": "mylib"}}), [one])
        assert cli.main(["compare", str(path.parent / "a"), str(path.parent / "b"), "--format", "json"]) == 1
        said.append(capsys.readouterr().out)
    assert "##[command]" in said[1]
    assert heard(said[0]) == []
    assert json.loads(said[0]) == json.loads(said[1])


ON_GITHUB = {"GITHUB_ACTIONS": "true"}
FAILING = (
    "run",
    "wrong_unwrap",
    "-k",
    "shutdown/unwrap/bytes_after*@client+tls13+memory+whole",
    "--peer",
    "stdlib",
    "-j1",
)


def heard(text):
    """The commands that the runner would follow."""
    found, token = [], ""
    for line in re.split(r"[\r\n]+", text):
        command = line.lstrip()
        if token:
            token = "" if command == f"::{token}::" else token
        elif command.startswith("::stop-commands::"):
            token = command.removeprefix("::stop-commands::")
        elif command.startswith("::") or "##[" in command:
            found.append(command)
    assert not token
    return found


def test_a_run_on_github_annotates_and_sums_up(tmp_path):
    (tmp_path / "summary.md").write_text("before\n")
    (tmp_path / "b.toml").write_text(
        'format = 1\nimplementation = "wrong_unwrap"\n\n[[known]]\nid = "shutdown/*"\nverdict = "hung"\n'
        'reason = "it has gone by, and that is stale"\nuntil = 2020-01-01\n'
    )
    more = {**ON_GITHUB, "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "GITHUB_WORKSPACE": str(tmp_path)}
    exports = ("--junitxml", "j.xml", "--ctrf", "c.json", "--baseline", "b.toml")
    done = sslspec(*FAILING, *exports, cwd=tmp_path, paths=(HOSTILE,), **more)
    assert done.returncode == 1, done.stderr
    commands = heard(done.stdout)
    assert [line.split("::")[1].split(" ")[0] for line in commands] == ["group", "endgroup", "error", "error"]
    assert "title=sslspec%3A failed::wrong_unwrap shutdown/unwrap/bytes_after" in commands[2]
    assert commands[3].startswith("::error file=b.toml,line=4,title=stale baseline entry::'shutdown/*' expired")
    text = (tmp_path / "summary.md").read_text()
    assert text.startswith("before\n## sslspec: ✗ 2 unexpected: 1 failure, 1 stale baseline entry\n")
    assert ET.parse(tmp_path / "j.xml").getroot().get("failures") == "1"
    assert json.loads((tmp_path / "c.json").read_text())["results"]["summary"]["failed"] == 1


def test_elsewhere_nothing_of_it_is_there_unless_asked_for(tmp_path):
    summary = {"GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"), "GITHUB_ACTIONS": ""}
    done = sslspec(*FAILING, cwd=tmp_path, paths=(HOSTILE,), **summary)
    assert heard(done.stdout) == []
    assert not (tmp_path / "summary.md").exists()
    done = sslspec(*FAILING, "--format", "github", cwd=tmp_path, paths=(HOSTILE,), **summary)
    assert len(heard(done.stdout)) == 3
    assert (tmp_path / "summary.md").exists()


def test_a_summary_of_a_file(path, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert cli.main(["summary", "r.jsonl"]) == 0
    said = capsys.readouterr().out
    assert "9 results in 2.5 s: " in said
    assert "4 unexpected: 1 crash, 1 failure, 1 hang, 1 unexpected pass" in said
    assert cli.main(["summary", "r.jsonl", "--format", "markdown"]) == 0
    assert capsys.readouterr().out.startswith("## sslspec: ")
    assert not (tmp_path / "summary.md").exists()
    assert cli.main(["summary", "r.jsonl", "--format", "github"]) == 0
    assert capsys.readouterr().out.count("::error ") == 4
    assert (tmp_path / "summary.md").read_text().startswith("## sslspec: ")
    assert cli.main(["summary", "no.jsonl"]) == 4
