"""Baselines: which entry speaks of a scenario, when an entry is stale, and what is refused in one clear line."""

from dataclasses import replace

import pytest

from sslspec import baseline
from sslspec.baseline import BaselineError, Facts
from sslspec.results.record import Result
from sslspec.verdicts import EXPECTED, Verdict

HEAD = 'format = 1\nimplementation = "mylib"\n'
WHY = 'reason = "ALPN is not wired up in it yet"'
HERE = Facts("mylib", "stdlib", (3, 12, 1), (3, 0, 19), "linux", "openssl")


def load(tmp_path, *entries, head=HEAD):
    path = tmp_path / "mylib.toml"
    path.write_text(head + "".join(f"\n[[known]]\n{entry}\n" for entry in entries))
    return baseline.load(path)


def known(name, verdict="failed", *more):
    return "\n".join([f'id = "{name}"', f'verdict = "{verdict}"', WHY, *more])


def result(name, verdict=Verdict.PASSED, peer="stdlib"):
    return Result(name, "mylib", peer, verdict)


def facts(result):
    return Facts(result.implementation, result.peer)


def test_without_an_entry_a_scenario_passes_or_does_not_apply(tmp_path):
    expectation = load(tmp_path).expectation("alpn/a/b@client", HERE)
    assert expectation.verdicts == EXPECTED
    assert expectation.run
    assert expectation.entry is None


@pytest.mark.parametrize(
    ("pattern", "speaks"),
    [
        ("alpn/a/b@client+tls13", True),
        ("alpn/a/b", True),
        ("alpn/*", True),
        ("*@client*", True),
        ("alpn/a", False),
        ("alpn/a/b@client", False),
        ("ALPN/*", False),
        ("*@server*", False),
    ],
)
def test_a_pattern_is_a_glob_over_the_id_or_its_name(tmp_path, pattern, speaks):
    expectation = load(tmp_path, known(pattern)).expectation("alpn/a/b@client+tls13", HERE)
    assert (expectation.entry is not None) == speaks


def test_the_exact_id_wins_and_a_later_glob_over_an_earlier(tmp_path):
    entries = load(
        tmp_path,
        known("alpn/a/b@client+tls13", "hung"),
        known("alpn/a/b", "crashed"),
        known("alpn/*", "failed"),
        known("alpn/a/*", "unsupported"),
    )
    assert Verdict.HUNG in entries.expectation("alpn/a/b@client+tls13", HERE).verdicts
    assert Verdict.CRASHED in entries.expectation("alpn/a/b@server+tls13", HERE).verdicts
    assert Verdict.UNSUPPORTED in entries.expectation("alpn/a/c", HERE).verdicts
    assert Verdict.FAILED in entries.expectation("alpn/x/y", HERE).verdicts


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ('python = ">=3.12"', True),
        ('python = ">=3.10,<3.12"', False),
        ('python = "==3.12"', True),
        ('python = ">3.12"', False),
        ('python = "<=3.12"', True),
        ('python = "!=3.12"', False),
        ('openssl = "<3.2", peer = "stdlib"', True),
        ('openssl = "<3.2", peer = "tlslite"', False),
        ('platform = "linux"', True),
        ('library = "OpenSSL"', True),
        ('library = "libressl"', False),
        ('interpreter = "CPython"', True),
        ('interpreter = "pypy"', False),
    ],
)
def test_all_of_when_must_hold(tmp_path, condition, holds):
    entries = load(tmp_path, known("alpn/*", "failed", f"when = {{ {condition} }}"))
    assert (entries.expectation("alpn/a/b", HERE).entry is not None) == holds


def test_a_failure_with_another_message_is_another_failure(tmp_path):
    expectation = load(tmp_path, known("alpn/*", "failed", 'match = "NotImplemented"')).expectation("alpn/a/b", HERE)
    assert expectation.accepts(Verdict.FAILED, "NotImplementedError: alpn")
    assert not expectation.accepts(Verdict.FAILED, "SSLEOFError")
    assert not expectation.accepts(Verdict.PASSED)
    assert expectation.accepts(Verdict.INAPPLICABLE)


def test_what_must_not_run_is_expected_not_to_have_run(tmp_path):
    expectation = load(tmp_path, known("alpn/*", "hung", "run = false")).expectation("alpn/a/b", HERE)
    assert not expectation.run
    assert expectation.accepts(Verdict.NOTRUN)


STALE = {
    "true": ([known("alpn/*")], [result("alpn/a/b", Verdict.FAILED)], ""),
    "passes": ([known("alpn/a/b")], [result("alpn/a/b@client")], "its scenario passes"),
    "all pass": ([known("alpn/*")], [result("alpn/a/b"), result("alpn/a/c")], "all its 2 results passed"),
    "one fails": ([known("alpn/*")], [result("alpn/a/b"), result("alpn/a/c", Verdict.FAILED)], ""),
    "matches nothing": ([known("alpm/*")], [result("alpn/a/b")], "matches no scenario"),
    "of another circumstance": ([known("alpn/*", "failed", 'when = { peer = "tlslite" }')], [result("alpn/a/b")], ""),
    "does not apply": ([known("alpn/*")], [result("alpn/a/b", Verdict.INAPPLICABLE)], ""),
    "flaky": (['id = "alpn/*"\nverdict = ["passed", "hung"]\n' + WHY], [result("alpn/a/b")], ""),
    "expired": ([known("alpn/*", "failed", "until = 2020-01-01")], [result("alpn/a/b")], "expired on 2020-01-01"),
    "overruled": ([known("alpn/*"), known("alpn/a/b")], [result("alpn/a/b", Verdict.FAILED)], "overruled"),
    "another implementation": ([known("alpn/*")], [Result("alpn/a/b", "ssl", "stdlib", Verdict.PASSED)], "matches no"),
}


@pytest.mark.parametrize("name", STALE)
def test_an_entry_that_is_no_longer_true_is_stale(tmp_path, name):
    entries, results, why = STALE[name]
    stale = baseline.stale(load(tmp_path, *entries), results, whole_run=True, facts=facts)
    if not why:
        assert stale == []
        return
    (entry,) = stale
    assert why in str(entry)
    assert str(entry).startswith(f"{tmp_path / 'mylib.toml'}:4: ")


def test_an_entry_that_matched_nothing_in_a_selection_says_nothing(tmp_path):
    assert baseline.stale(load(tmp_path, known("alpn/*")), [result("sni/a/b")], whole_run=False, facts=facts) == []


REFUSED = {
    "not TOML": ("format =", [], "not TOML"),
    "no format": ('implementation = "x"', [], "format must be 1"),
    "another format": ('format = 2\nimplementation = "x"', [], "format must be 1, not 2"),
    "no implementation": ("format = 1", [], "which implementation"),
    "unknown key above": (HEAD + "suites = 1", [], "unknown key 'suites'"),
    "wrong suite": (
        HEAD + "suite = 0.1",
        [],
        'suite must be the version of sslspec that was reviewed, as in suite = "0.1"',
    ),
    "wrong model": (HEAD + 'inherits = "mylib2"', [], "inherits 'mylib2': sslspec comes with baselines of"),
    "no flags": (HEAD + "[unsupported]\nfeatures = []", [], "features must be a list of flags"),
    "not a flag": (HEAD + '[unsupported]\nfeatures = ["psk"]', [], "features must be a list of flags"),
    "features without reason": (HEAD + '[unsupported]\nfeatures = ["HAS_PSK"]', [], "short of 5 words"),
    "known is no table": (HEAD + "known = 3", [], "[[known]]"),
    "no id": (HEAD, [WHY], "the entry has no id"),
    "unknown key": (HEAD, [known("a/*", "failed", "outcome = 1")], "unknown key 'outcome'; there are id, verdict"),
    "no verdict": (HEAD, [f'id = "a"\n{WHY}'], "must say which verdict"),
    "unknown verdict": (HEAD, [known("a", "splendid")], "'splendid' cannot be expected"),
    "our own fault": (HEAD, [known("a", "error")], "'error' cannot be expected"),
    "nothing special": (HEAD, [known("a", "passed")], "expects what is expected anyway"),
    "short reason": (HEAD, ['id = "a"\nverdict = "failed"\nreason = "does not work"'], "short of 5 words"),
    "no reason": (HEAD, ['id = "a"\nverdict = "failed"'], "short of 5 words"),
    "promised": (HEAD, ['id = "a"\nverdict = "failed"\nreason = "todo: find out why this is"'], "says TODO"),
    "bad match": (HEAD, [known("a", "failed", 'match = "("')], "no regular expression"),
    "bad when": (HEAD, [known("a", "failed", 'when = { cpu = "z80" }')], "unknown key 'cpu'"),
    "bad version": (HEAD, [known("a", "failed", 'when = { python = "3.12" }')], "'3.12' is no comparison"),
    "bad run": (HEAD, [known("a", "failed", "run = 0")], "run must be true or false"),
    "twice": (HEAD, [known("a"), known("a", "hung")], "stands on line 4 already"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_baseline_that_is_not_sound_is_refused(tmp_path, name):
    head, entries, message = REFUSED[name]
    with pytest.raises(BaselineError) as refusal:
        load(tmp_path, *entries, head=head)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith(str(tmp_path / "mylib.toml"))
    assert "\n" not in str(refusal.value)


def test_a_baseline_that_cannot_be_read(tmp_path):
    with pytest.raises(BaselineError, match="cannot be read"):
        baseline.load(tmp_path / "missing.toml")


def test_an_entry_that_nobody_has_reviewed_counts_and_is_told_apart(tmp_path):
    entries = load(tmp_path, 'id = "a/b/c"\nverdict = "failed"\nreason = "UNREVIEWED: todo"', known("a/b/d"))
    assert entries.expectation("a/b/c@client", HERE).accepts(Verdict.FAILED)
    assert [entry.id for entry in entries.unreviewed] == ["a/b/c"]


def test_what_is_known_as_flaky_may_pass_and_may_fail(tmp_path):
    entries = load(tmp_path, 'id = "alpn/*"\nverdict = ["passed", "hung"]\n' + WHY + '\nmatch = "no answer"')
    expectation = entries.expectation("alpn/a/b", HERE)
    assert expectation.accepts(Verdict.PASSED, "")
    assert expectation.accepts(Verdict.HUNG, "no answer within 1 s")
    assert not expectation.accepts(Verdict.HUNG, "another")
    assert not expectation.accepts(Verdict.FAILED, "no answer")
    for verdict in (Verdict.PASSED, Verdict.HUNG):
        assert baseline.stale(entries, [result("alpn/a/b", verdict)], whole_run=True, facts=facts) == []


FEATURES = '[unsupported]\nfeatures = ["HAS_PSK", "HAS_PHA"]\nreason = "they are out of its scope for good"\n'


def test_features_that_are_not_there_excuse_what_needs_them(tmp_path):
    entries = load(tmp_path, known("psk/a/b", "failed"), head=HEAD + FEATURES)
    unsupported = entries.expectation("psk/a/c", HERE, ["HAS_PSK"])
    assert unsupported.accepts(Verdict.UNSUPPORTED)
    assert not unsupported.accepts(Verdict.FAILED)
    assert unsupported.reason == "they are out of its scope for good"
    assert not entries.expectation("psk/a/c", HERE, ["HAS_SNI"]).accepts(Verdict.UNSUPPORTED)
    assert not entries.expectation("psk/a/b", HERE, ["HAS_PSK"]).accepts(Verdict.UNSUPPORTED)  # its own entry wins
    having = replace(HERE, features=frozenset({"HAS_PSK"}))
    assert not entries.expectation("psk/a/c", having, ["HAS_PSK"]).accepts(Verdict.UNSUPPORTED)


INHERITED = "errors/alerts_received/after_a_fatal_alert_reading_raises@client+tls12"


def test_an_heir_may_do_what_its_model_does_not(tmp_path):
    heir = load(tmp_path, head=HEAD + 'inherits = "ssl"\n')
    expectation = heir.expectation(INHERITED, HERE)
    assert expectation.accepts(Verdict.FAILED)
    assert expectation.accepts(Verdict.PASSED)
    assert not expectation.accepts(Verdict.HUNG)
    assert heir.expectation("alpn/a/b", HERE).verdicts == EXPECTED
    assert baseline.stale(heir, [result(INHERITED)], whole_run=True, facts=facts) == []


def test_own_entries_come_before_what_is_inherited(tmp_path):
    heir = load(tmp_path, known("errors/*", "hung"), head=HEAD + 'inherits = "ssl"\n')
    expectation = heir.expectation(INHERITED, HERE)
    assert expectation.accepts(Verdict.HUNG)
    assert not expectation.accepts(Verdict.FAILED)
    assert not expectation.accepts(Verdict.PASSED)
