"""`baseline check`: a line with file and number for each thing that is to be done, and none for a sound baseline."""

import pytest

from sslspec import cli, layout
from sslspec.baseline import checking
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.scenarios import listing
from sslspec.verdicts import Verdict

HEAD = 'format = 1\nimplementation = "mylib"\n'
WHY = "there is a reason of five words"
SCENARIOS = ["alpn/choice/a", "alpn/choice/b", "sni/callback/c"]


def known(name, reason=WHY, *more):
    return "\n".join(["[[known]]", f'id = "{name}"', 'verdict = "failed"', f'reason = "{reason}"', *more, ""])


def checked(folder, *entries, results=None, implementation="mylib", head=HEAD):
    """The findings, without the file's name."""
    path = folder / "mylib.toml"
    path.write_text(head + "".join(entries))
    if results is None:
        found = checking.check(path, SCENARIOS)
    else:
        header = Header("0.1.0", {implementation: {"name": implementation, "features": ["HAS_SNI"]}})
        lines = [Result(name, implementation, "stdlib", verdict) for name, verdict in results.items()]
        record.write(folder / "r.jsonl", header, lines)
        with record.open_record(folder / "r.jsonl") as reader:
            found = checking.check(path, SCENARIOS, reader)
    assert all(line.startswith(f"{path}:") for line in found)
    return [line.removeprefix(f"{path}:").strip() for line in found]


def test_a_sound_baseline_has_nothing_to_do(tmp_path):
    assert checked(tmp_path, known("alpn/choice/a"), known("alpn/*@client+*"), known("*@*+tls13"), known("sni/*")) == []
    ran = {
        "alpn/choice/a@client+tls13": Verdict.FAILED,
        "alpn/choice/b": Verdict.PASSED,
        "sni/callback/c": Verdict.PASSED,
    }
    assert checked(tmp_path, known("alpn/choice/a@client+*"), results=ran) == []


FINDINGS = {
    "unreviewed": ([known("alpn/choice/a", "UNREVIEWED: raises what")], "3: 'alpn/choice/a' is unreviewed"),
    "unreviewed features": (
        ['[unsupported]\nfeatures = ["HAS_PSK"]\nreason = "UNREVIEWED: not there"\n'],
        "3: 'unsupported' is unreviewed",
    ),
    "expired": ([known("alpn/choice/a", WHY, "until = 2020-01-01")], "3: 'alpn/choice/a' expired on 2020-01-01"),
    "idle": ([known("alpn/choice/z")], "3: 'alpn/choice/z' matches nothing in the suite"),
    "idle variant": ([known("alpn/choice/z@client+*")], "3: 'alpn/choice/z@client+*' matches nothing in the suite"),
    "idle glob": ([known("alpm/*@client")], "3: 'alpm/*@client' matches nothing in the suite"),
    "short reason": ([known("alpn/choice/a", "so")], "3: 'alpn/choice/a': the reason 'so' is short of 5 words"),
    "not TOML": (["[[known"], "not TOML"),
    "of no format": (["format = 2"], "not TOML"),
}


@pytest.mark.parametrize("name", FINDINGS)
def test_each_thing_to_do_is_a_line(tmp_path, name):
    entries, said = FINDINGS[name]
    (found,) = checked(tmp_path, *entries)
    assert found.startswith(said)


def test_everything_is_said_in_the_order_of_the_file(tmp_path):
    found = checked(
        tmp_path,
        known("alpn/choice/a", "UNREVIEWED: it raises"),
        known("alpn/choice/z"),
        known("alpn/choice/b", "so"),
        known("alpn/choice/a"),
    )
    assert [int(line.partition(":")[0]) for line in found] == [3, 7, 11, 15]


@pytest.mark.parametrize(
    ("name", "results", "said"),
    [
        ("alpn/choice/a", dict.fromkeys(SCENARIOS, Verdict.PASSED), "is no longer needed: its scenario passes"),
        ("alpn/choice/a@client+*", dict.fromkeys(SCENARIOS, Verdict.PASSED), "matches no scenario"),
        ("alpn/choice/a@client+*", {SCENARIOS[0]: Verdict.PASSED}, ""),
        ("alpn/choice/a", dict.fromkeys(SCENARIOS, Verdict.FAILED), ""),
    ],
)
def test_with_results_it_names_what_is_no_longer_true(tmp_path, name, results, said):
    found = checked(tmp_path, known(name), results=results)
    assert [line.partition("' ")[2].startswith(said) for line in found] == ([True] if said else [])


def test_a_feature_that_is_there_now(tmp_path):
    table = f'[unsupported]\nfeatures = ["HAS_PSK", "HAS_SNI"]\nreason = "{WHY}"\n'
    (found,) = checked(tmp_path, table, results=dict.fromkeys(SCENARIOS, Verdict.PASSED))
    assert found == "3: 'HAS_SNI' is a feature that the implementation has now: remove it"


def test_results_of_another_implementation_say_nothing(tmp_path):
    with pytest.raises(RecordError, match="holds no result of 'mylib'"):
        checked(tmp_path, known("alpn/choice/a"), results={"alpn/choice/a": Verdict.PASSED}, implementation="other")


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    scenario = listing.scenarios()[0].id
    (tmp_path / "b.toml").write_text(HEAD + known(scenario))
    assert cli.main(["baseline", "check", "b.toml"]) == 0
    assert capsys.readouterr().out == "b.toml: nothing to do\n"
    (tmp_path / "b.toml").write_text(HEAD + known(scenario, "UNREVIEWED: it hangs"))
    assert cli.main(["baseline", "check", "b.toml"]) == 1
    assert capsys.readouterr().out.splitlines()[0].startswith(f"b.toml:3: {scenario!r} is unreviewed")
    assert cli.main(["baseline", "check", "missing.toml"]) == 4
    assert "missing.toml: cannot be read" in capsys.readouterr().err


def test_the_baselines_that_come_with_sslspec_leave_nothing_to_do():
    names = [scenario.id for scenario in listing.scenarios()]
    shipped = sorted(layout.baselines().glob("*.toml"))
    assert shipped
    assert [line for path in shipped for line in checking.check(path, names)] == []


def test_what_only_one_column_shows(tmp_path):
    """Passing makes an entry stale in that column; matching nothing there does not."""
    path = tmp_path / "mylib.toml"
    path.write_text(HEAD + known("alpn/choice/a") + known("alpn/choice/b"))
    header = Header("0.1.0", {f"mylib@{version}": {"name": "mylib"} for version in ("3.9.1", "3.10.2")})
    lines = [Result("alpn/choice/a", column, "stdlib", Verdict.FAILED) for column in header.implementations]
    lines += [Result(name, "mylib@3.10.2", "stdlib", Verdict.FAILED) for name in SCENARIOS[1:]]
    for passed, said in ((None, []), ("mylib@3.9.1", ["passes: remove it (in mylib@3.9.1)"])):
        for line in lines:
            line.verdict = Verdict.PASSED if line.implementation == passed else Verdict.FAILED
        record.write(tmp_path / "r.jsonl", header, lines)
        with record.open_record(tmp_path / "r.jsonl") as reader:
            found = checking.check(path, SCENARIOS, reader)
        assert [line.partition("its scenario ")[2] for line in found] == said
