"""`baseline update`: what goes, what is narrowed and what comes, in a file whose order and comments stay."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslspec import baseline, cli
from sslspec.baseline import BaselineError, editing, loading, updating, writing
from sslspec.baseline.conditions import facts_in
from sslspec.baseline.entry import Entry, Unsupported
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.verdicts import Verdict

WHY = "there is a reason of five words"
BEFORE = """\
# mylib's baseline, kept with care
format = 1
implementation = "mylib"
suite = "0.0"  # reviewed in spring

# ALPN: see issue 12

# goes with the entry, which is alone with it
[[known]]
id = "alpn/a/passes"
verdict = "failed"
reason = "there is a reason of five words"

# heading of two
[[known]]
id = "alpn/a/passes_too"
verdict = "failed"
reason = "there is a reason of five words"
[[known]]  # second of two
id = "alpn/a/fails"
# inside
verdict = "failed"   # always
reason = "there is a reason of five words"

[[known]]
id = "alpn/a/partly"  # where?
verdict = "failed"
reason = "narrowed, and the reason stays as it is"
issue = "https://example.org/1"

# at the end
"""
AFTER = """\
# mylib's baseline, kept with care
format = 1
implementation = "mylib"
suite = "0.1"  # reviewed in spring

# ALPN: see issue 12

# heading of two
[[known]]  # second of two
id = "alpn/a/fails"
# inside
verdict = "failed"   # always
reason = "there is a reason of five words"

[[known]]
id = "alpn/a/partly@client+*"  # where?
verdict = "failed"
reason = "narrowed, and the reason stays as it is"
issue = "https://example.org/1"

# at the end

[[known]]
id = "sni/b/new"
verdict = "hung"
reason = "UNREVIEWED: hung: no answer within the limit"
"""
SCENARIOS = ["alpn/a/x", "sni/a/never_tried"]
VARIANTS = ["+".join(parts) for parts in itertools.product(("client", "server"), ("tls12", "tls13"))]


def results(name, verdict, passing=()):
    came = {"message": "AssertionError: no answer within the limit", "came": {"raises": "AssertionError"}}
    return [
        Result(f"{name}@{v}", "mylib", "stdlib", Verdict.PASSED if v in passing else verdict, detail=came)
        for v in VARIANTS
    ]


def written(folder, found, columns=None, *, complete=True):
    path = folder / "r.jsonl"
    record.write(path, Header("0.1.0", columns or {"mylib": {"name": "mylib"}}), found, complete=complete)
    return path


def whole():
    return [
        *results("alpn/a/passes", Verdict.PASSED),
        *results("alpn/a/passes_too", Verdict.PASSED),
        *results("alpn/a/fails", Verdict.FAILED),
        *results("alpn/a/partly", Verdict.FAILED, passing=[v for v in VARIANTS if v.startswith("server")]),
        *results("sni/b/new", Verdict.HUNG),
    ]


def updated(folder, text, found, columns=None, **how):
    """The new text, and what was done; the file itself is left as it is."""
    path = folder / "mylib.toml"
    path.write_text(text, newline="\n")
    made = updating.update(path, written(folder, found, columns), SCENARIOS, **how)
    assert path.read_text() == text
    return made.text, [line.replace(str(path), "F") for line in made.done]


def test_order_and_comments_stay(tmp_path):
    text, done = updated(tmp_path, BEFORE, whole())
    assert text == AFTER
    assert done == [
        "removed F:9: 'alpn/a/passes' is no longer needed: all its 4 results passed",
        "removed F:15: 'alpn/a/passes_too' is no longer needed: all its 4 results passed",
        "narrowed F:25: 'alpn/a/partly', part of which passes, to 'alpn/a/partly@client+*'",
        "added 'sni/b/new': UNREVIEWED: hung: no answer within the limit",
        "raised suite to 0.1",
    ]


def test_a_second_update_changes_nothing(tmp_path):
    assert updated(tmp_path, AFTER, whole()) == (AFTER, [])


def test_only_one_half_of_it(tmp_path):
    pruned, done = updated(tmp_path, BEFORE, whole(), add=False)
    assert [line.split(" ")[0] for line in done] == ["removed", "removed", "narrowed"]
    assert 'suite = "0.0"' in pruned
    grown, done = updated(tmp_path, BEFORE, whole(), prune=False)
    assert [line.split(" ")[0] for line in done] == ["added", "raised"]
    assert grown.startswith(BEFORE.replace('suite = "0.0"', 'suite = "0.1"'))


HEAD = 'format = 1\nimplementation = "mylib"\nsuite = "0.1"\n'


def known(name, verdict="failed", *more):
    return "\n".join(["", "[[known]]", f'id = "{name}"', f'verdict = "{verdict}"', f'reason = "{WHY}"', *more, ""])


def entries(text, folder):
    read, problems = loading.parse(text, folder / "mylib.toml")
    assert problems == []
    return [(entry.id, sorted(entry.verdicts), entry.unreviewed) for entry in read.entries]


def test_another_verdict_replaces_the_entry(tmp_path):
    for how in ({}, {"prune": False}):
        text, _ = updated(tmp_path, HEAD + known("alpn/a/x"), results("alpn/a/x", Verdict.CRASHED), **how)
        assert entries(text, tmp_path) == [("alpn/a/x", [Verdict.CRASHED], True)]


def test_what_an_exact_id_decides_is_named_exactly(tmp_path):
    """A new glob would lose against the entry that names the scenario."""
    found = results("alpn/a/x", Verdict.FAILED)
    found[0].verdict = found[1].verdict = Verdict.HUNG
    text, _ = updated(tmp_path, HEAD + known("alpn/a/x"), found)
    assert entries(text, tmp_path) == [
        ("alpn/a/x", [Verdict.FAILED], False),
        ("alpn/a/x@client+tls12", [Verdict.HUNG], True),
        ("alpn/a/x@client+tls13", [Verdict.HUNG], True),
    ]


def test_what_has_expired_is_asked_for_again(tmp_path):
    text, done = updated(
        tmp_path, HEAD + known("alpn/a/x", "failed", "until = 2020-01-01"), results("alpn/a/x", Verdict.FAILED)
    )
    assert entries(text, tmp_path) == [("alpn/a/x", [Verdict.FAILED], True)]
    assert done[0] == "removed F:5: 'alpn/a/x' expired on 2020-01-01"


def test_features_come_and_go(tmp_path):
    table = f'\n[unsupported]\nfeatures = ["HAS_PSK", "HAS_SNI"]  # two\nreason = "{WHY}"\n'
    columns = {"mylib": {"name": "mylib", "features": ["HAS_SNI"]}}
    text, done = updated(tmp_path, HEAD + table, results("alpn/a/x", Verdict.PASSED), columns)
    assert 'features = ["HAS_PSK"]  # two' in text
    assert done == ["removed F:5: HAS_SNI, which is there now"]
    columns["mylib"]["features"].append("HAS_PSK")
    assert updated(tmp_path, text, results("alpn/a/x", Verdict.PASSED), columns)[0] == HEAD
    found = results("psk/a/x", Verdict.UNSUPPORTED)
    for result in found:
        result.detail = {"message": "HAS_PSK is False"}
    text, _ = updated(tmp_path, HEAD, found)
    assert text.startswith(HEAD + '\n[unsupported]\nfeatures = ["HAS_PSK"]\nreason = "UNREVIEWED: ')
    assert entries(text, tmp_path) == []


def test_a_suite_is_written_where_there_was_none_and_never_lowered(tmp_path):
    found = results("alpn/a/x", Verdict.PASSED)
    text, done = updated(tmp_path, 'format = 1\nimplementation = "mylib"\n', found)
    assert (text, done) == (HEAD, ["raised suite to 0.1"])
    later = HEAD.replace("0.1", "0.2")
    assert updated(tmp_path, later, found) == (later, [])


def test_what_matches_nothing_goes_after_a_whole_run_only(tmp_path):
    text = HEAD + known("alpn/no/such")
    assert updated(tmp_path, text, results("alpn/a/x", Verdict.PASSED))[1] == []
    found = [Result(scenario, "mylib", "stdlib", Verdict.PASSED) for scenario in SCENARIOS]
    assert updated(tmp_path, text, found)[1] == ["removed F:5: 'alpn/no/such' matches no scenario"]


def test_what_cannot_be_edited_is_refused(tmp_path):
    inline = HEAD + f'known = [{{ id = "alpn/a/x", verdict = "failed", reason = "{WHY}" }}]\n'
    with pytest.raises(BaselineError, match="cannot be edited line by line; change it by hand"):
        updated(tmp_path, inline, results("alpn/a/x", Verdict.PASSED))
    hidden = HEAD + f'\n[[known]]\nid = "alpn/a/x"\nverdict = "failed"\nreason = """{WHY}\n[[known]]\n"""\n'
    hidden += known("alpn/a/y")
    with pytest.raises(BaselineError, match="cannot be edited line by line"):
        updated(tmp_path, hidden, [*results("alpn/a/x", Verdict.PASSED), *results("alpn/a/y", Verdict.FAILED)])


def test_a_run_that_did_not_come_to_its_end_says_too_little(tmp_path):
    (tmp_path / "b.toml").write_text(HEAD)
    path = written(tmp_path, results("alpn/a/x", Verdict.PASSED), complete=False)
    with pytest.raises(RecordError, match="did not come to its end"):
        updating.update(tmp_path / "b.toml", path, SCENARIOS)


def test_the_command_writes_what_it_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mylib.toml").write_text(BEFORE)
    (tmp_path / "mylib.toml").chmod(0o640)
    written(tmp_path, whole())
    assert cli.main(["baseline", "update", "mylib.toml", "-r", "r.jsonl"]) == 0
    assert capsys.readouterr().out.endswith("raised suite to 0.1\nmylib.toml: 5 changes\n")
    assert (tmp_path / "mylib.toml").read_text() == AFTER
    assert (tmp_path / "mylib.toml").stat().st_mode & 0o777 == 0o640
    assert cli.main(["baseline", "update", "mylib.toml", "-r", "r.jsonl", "--prune"]) == 0
    assert capsys.readouterr().out == "mylib.toml: no change\n"
    assert cli.main(["baseline", "update", "no.toml", "-r", "r.jsonl"]) == 4
    assert cli.main(["baseline", "update", "mylib.toml", "-r", "no.jsonl"]) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mylib.toml", "r.jsonl"]


COLUMNS = {f"mylib@{python}": {"name": "mylib", "python": {"version": python}} for python in ("3.10.13", "3.13.0")}
NAMES = ["alpn/a/x", "alpn/a/y"]
PLACES = list(
    itertools.product([f"{name}@{v}" for name in NAMES for v in VARIANTS[:3]], COLUMNS, ("stdlib", "tlslite"))
)
VERDICTS = st.sampled_from([Verdict.PASSED, Verdict.PASSED, Verdict.FAILED, Verdict.FAILED, Verdict.HUNG])
OLD = st.builds(
    Entry,
    st.sampled_from([*NAMES, "alpn/*", "*@client+*", f"{NAMES[0]}@client+tls12", f"{NAMES[0]}@*+tls12"]),
    st.sampled_from(
        [frozenset({Verdict.FAILED}), frozenset({Verdict.HUNG}), frozenset({Verdict.FAILED, Verdict.PASSED})]
    ),
    st.just(WHY),
    st.just(""),
    when=st.sampled_from([{}, {}, {"peer": "tlslite"}, {"python": "<3.12"}]),
)


@settings(max_examples=50, deadline=None)
@given(old=st.lists(OLD, max_size=4, unique_by=lambda entry: (entry.id, repr(entry.when))), data=st.data())
def test_whatever_was_there_the_new_baseline_is_right(tmp_path_factory, old, data):
    """Nothing is unexpected any more, nothing is stale, and another update finds nothing to do."""
    folder = tmp_path_factory.mktemp("any")
    verdicts = data.draw(st.lists(VERDICTS, min_size=len(PLACES), max_size=len(PLACES)))
    found = [Result(name, column, peer, v) for (name, column, peer), v in zip(PLACES, verdicts, strict=True)]
    text = writing.whole("mylib", old, suite="0.1", unsupported=Unsupported())
    path = folder / "mylib.toml"
    path.write_text(text)
    made = updating.update(path, written(folder, found, COLUMNS), SCENARIOS)
    read, _ = loading.parse(made.text, path)
    facts = facts_in(COLUMNS)
    for result in found:
        assert read.expectation(result.id, facts(result)).accepts(result.verdict), (
            result.key,
            result.verdict,
            made.text,
        )
    assert baseline.stale(read, found, whole_run=True, facts=facts) == []
    path.write_text(made.text)
    assert updating.update(path, folder / "r.jsonl", SCENARIOS).done == []


def test_a_comment_above_several_stays_and_one_above_one_goes():
    lines = "# one\n[[known]]\nid = 1\n\n# two\n[[known]]\nid = 2\n[[known]]\nid = 3\n"
    assert editing.edited(lines, removed=[0]) == "# two\n[[known]]\nid = 2\n[[known]]\nid = 3\n"
    assert editing.edited(lines, removed=[1]) == "# one\n[[known]]\nid = 1\n\n# two\n[[known]]\nid = 3\n"
    assert editing.edited(lines, removed=[0, 1, 2]) == "# two\n"
