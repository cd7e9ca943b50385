"""Releases: which scenarios are newer than what a baseline has reviewed, and whether released ones are still there."""

import pytest

from sslspec import baseline
from sslspec.baseline import BaselineError, Facts
from sslspec.scenarios import listing, releases
from sslspec.scenarios.releases import ReleaseError, Releases
from sslspec.verdicts import EXPECTED, Verdict

HERE = Facts("mylib")
LISTS = {
    "0.1.0.txt": "a/b/first\na/b/old\na/b/wrong\n",
    "0.1.1.txt": "a/b/first\na/b/old\na/b/patched\na/b/wrong\n",
    "0.10.0.txt": "a/b/first\na/b/now\na/b/patched\na/b/second\n",
    "renamed.toml": '[renamed]\n"a/b/old" = "a/b/between"\n"a/b/between" = "a/b/now"\n'
    '[withdrawn]\n"a/b/wrong" = "it was never right to ask for this"\n',
}


@pytest.fixture
def known(tmp_path):
    folder = tmp_path / "releases"
    folder.mkdir()
    for name, text in LISTS.items():
        (folder / name).write_text(text)
    return releases.read(folder, "0.11.0")


@pytest.mark.parametrize(
    ("scenario", "suite", "newer"),
    [
        ("a/b/first", "0.1.0", False),
        ("a/b/patched", "0.1.0", True),
        ("a/b/patched", "0.1", False),
        ("a/b/second", "0.1", True),
        ("a/b/second", "0.2", True),  # 0.10 comes after it
        ("a/b/second", "0.10", False),
        ("a/b/nowhere", "0.10", True),
        ("a/b/nowhere", "0.11", False),
        ("a/b/nowhere", "1", False),
        ("a/b/now", "0.1", False),  # a new name makes no new scenario
    ],
)
def test_what_is_newer_than_a_suite(known, scenario, suite, newer):
    assert known.is_newer(scenario, suite) == newer


def test_promises_that_are_not_kept_are_seen(known):
    there = ["a/b/first", "a/b/now", "a/b/patched", "a/b/second"]
    assert releases.problems(known, there) == []
    assert releases.problems(known, [*there, "a/b/added"]) == []
    for missing in ("a/b/first", "a/b/now"):
        (problem, *_) = releases.problems(known, set(there) - {missing})
        assert problem.startswith(f"{missing if missing != 'a/b/now' else 'a/b/now'}: was released in 0.1.0")
    (problem,) = releases.problems(known, [*there, "a/b/wrong"])
    assert problem == "a/b/wrong: is there, and renamed.toml says that it is not"
    known.developed = (0, 10, 0)
    assert releases.problems(known, [*there, "a/b/added"]) == [
        "a/b/added: was added to a version that is released: raise the version first"
    ]
    assert releases.problems(Releases({(1,): ["b", "a"]}), ["a", "b"]) == [
        "1: the names are not sorted, or one stands there twice"
    ]


def test_our_own_promises_are_kept():
    assert releases.problems(releases.current(), [scenario.id for scenario in listing.scenarios()]) == []


def test_lists_that_cannot_be_used_are_named(tmp_path):
    (tmp_path / "renamed.toml").write_text("[renamed")
    with pytest.raises(ReleaseError, match="not TOML"):
        releases.read(tmp_path, "0.1.0")
    (tmp_path / "next.txt").write_text("")
    with pytest.raises(ReleaseError, match=r"next\.txt: is not named after a version"):
        releases.read(tmp_path, "0.1.0")


@pytest.fixture
def reviewed(known, tmp_path, monkeypatch):
    """A baseline that has reviewed 0.1, beside the releases above."""
    monkeypatch.setattr(releases, "current", lambda: known)
    entry = '[[known]]\nid = "{}"\nverdict = "failed"\nreason = "there is a reason of five words"\n'
    path = tmp_path / "mylib.toml"
    path.write_text(
        'format = 1\nimplementation = "mylib"\nsuite = "0.1"\n'
        + "".join(map(entry.format, ("a/b/old@client", "a/b/wrong", "a/b/added/*")))
    )
    return path


def test_what_is_newer_may_fail_and_says_so(reviewed):
    expectation = baseline.load(reviewed).expectation("a/b/second@client", HERE)
    assert (expectation.new, expectation.verdicts) == (True, EXPECTED)
    assert expectation.accepts(Verdict.CRASHED, "")
    assert "newer than suite 0.1" in expectation.reason
    old = baseline.load(reviewed).expectation("a/b/first@client", HERE)
    assert not old.new
    assert not old.accepts(Verdict.FAILED, "")


def test_unless_asked_to_count_it(reviewed):
    expectation = baseline.load_all(["mylib"], [reviewed], strict_new=True)["mylib"].expectation("a/b/second", HERE)
    assert expectation.new
    assert not expectation.accepts(Verdict.FAILED, "")
    assert expectation.accepts(Verdict.PASSED, "")


def test_an_entry_follows_its_scenario_to_another_name(reviewed):
    read = baseline.load(reviewed)
    expectation = read.expectation("a/b/now@client", HERE)
    assert expectation.entry is not None
    assert expectation.entry.id == "a/b/old@client"
    assert read.expectation("a/b/now@server", HERE).entry is None


def test_an_entry_for_what_was_withdrawn_fails_nobody(reviewed):
    stale = baseline.Staleness(baseline.load(reviewed)).found(whole_run=True)
    assert [line.split("'")[1] for line in stale] == ["a/b/old@client", "a/b/added/*"]


def test_a_suite_is_a_version(reviewed):
    reviewed.write_text('format = 1\nimplementation = "mylib"\nsuite = "latest"\n')
    with pytest.raises(BaselineError, match="suite must be the version of sslspec that was reviewed"):
        baseline.load(reviewed)


def test_the_list_of_a_release_is_written_once(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(releases, "folder", lambda: tmp_path)
    assert releases.main() == 0
    (path,) = tmp_path.iterdir()
    names = path.read_text().split()
    assert names == [scenario.id for scenario in listing.scenarios()]
    assert releases.main() == 1
    assert "is released; raise the version first" in capsys.readouterr().err
