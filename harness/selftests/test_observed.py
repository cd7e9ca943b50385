"""Recorded observations: small, lossless, whole or as they were, and checked against."""

import json

import pytest

from selftests.test_compare import RAISED, READ
from sslspec import layout
from sslspec.observed import checking, cli, store
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.style import Style
from sslspec.verdicts import Verdict

PLAIN = Style(unicode=True)
SCENARIO = "shutdown/unwrap/unwrap_before_the_handshake_is_refused"  # one that there is


def header_of(name="ssl", python="3.13.0", openssl="OpenSSL 3.0.19 27 Jan 2026"):
    facts = {"name": name, "openssl": openssl, "python": {"implementation": "cpython", "version": python}}
    return Header("0.1.0", {name: facts}, environment={"unscrubbed": {"fips": False}}, platform="linux")


def result(scenario=SCENARIO, variant="client+tls13", name="ssl", verdict=Verdict.PASSED, peer="stdlib", **more):
    return Result(f"{scenario}@{variant}" if variant else scenario, name, peer, verdict, **more)


def observation(results, **of):
    header = header_of(**of)
    return store.observe(header, results, *header.implementations)


def some(name):
    """What one implementation did: variants alike and not, every kind of verdict, itself as a peer."""
    other = READ if name == "ssl" else RAISED
    return [
        result(name=name, steps=[READ]),
        result(name=name, variant="server+tls13", steps=[READ]),
        result(name=name, variant="server+tls12", steps=[other]),
        result(name=name, peer=name, steps=[other]),
        result("a/b/c", "", name, Verdict.FAILED, detail={"came": {"raises": "SSLError"}, "traceback": ["x"]}),
        result("a/b/d", "x", name, Verdict.INAPPLICABLE, detail={"message": "documented since Python 3.15"}),
        result("a/b/e", "x", name, Verdict.CRASHED, detail={"crash": "died of SIGSEGV", "message": "died"}),
    ]


@pytest.fixture
def observed(tmp_path, monkeypatch):
    """A folder of observations that stands for the real one: refssl, and ssl, which differs."""
    monkeypatch.setattr(layout, "observed", lambda: tmp_path)
    store.save(
        tmp_path, [observation(some("refssl"), name="refssl"), observation([*some("ssl"), result("a/b/new", "x")])]
    )
    return tmp_path


def test_nothing_that_is_compared_is_lost(observed):
    for path in store.files():
        loaded = store.load(path)
        name = loaded.facts["name"]
        wanted = some(name) + ([result("a/b/new", "x")] if name == "ssl" else [])
        found = {one.key: one for one in loaded.to_record().results}
        assert found.keys() == {one.key for one in wanted}
        for one in wanted:
            back = found[one.key]
            assert (back.verdict, back.steps) == (one.verdict, one.steps)
            assert (back.detail.get("came"), back.detail.get("crash")) == (
                one.detail.get("came"),
                one.detail.get("crash"),
            )
        why = next(one for one in found.values() if one.verdict is Verdict.INAPPLICABLE).detail["message"]
        assert why == "documented since Python 3.15"


def test_of_others_only_what_differs_is_kept(observed):
    lines = [json.loads(line) for line in (observed / "ssl-3.13.0-openssl-3.0.19.jsonl").read_text().splitlines()]
    kept = {line["scenario"]: [at for seen in line["observed"] for at in seen["at"]] for line in lines[1:-1]}
    assert kept == {SCENARIO: ["client+tls13 self", "server+tls12 stdlib"], "a/b/new": ["x stdlib"]}


def test_what_the_reference_has_alone_is_absent(tmp_path):
    store.save(tmp_path, [observation(some("refssl"), name="refssl"), observation(some("ssl")[:1])])
    loaded = store.load(tmp_path / "ssl-3.13.0-openssl-3.0.19.jsonl")
    assert loaded.executions == {
        SCENARIO: {"client+tls13 stdlib": {"verdict": "passed", "steps": [list(READ.values())]}}
    }


def test_another_reference_than_the_one_it_was_held_against_is_noticed(observed):
    path = observed / "refssl.jsonl"
    path.write_text(path.read_text().replace("SSLError", "OSError"))
    with pytest.raises(RecordError, match=r"what is different from another refssl\.jsonl"):
        store.load(observed / "ssl-3.13.0-openssl-3.0.19.jsonl")
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))
    with pytest.raises(RecordError, match="not a whole observation"):
        store.load(path)
    with pytest.raises(RecordError, match="an observation of refssl is needed"):
        store.save(observed, [observation(some("ssl"))])


def test_what_cannot_be_kept_leaves_the_files_as_they_were(observed):
    before = {path.name: path.read_bytes() for path in observed.iterdir()}
    changed = [observation(some("refssl")[:1], name="refssl"), observation([result(steps=[READ])])]
    changed[1].surroundings["stdlib"] = object()
    with pytest.raises(TypeError):
        store.save(observed, changed)
    assert {path.name: path.read_bytes() for path in observed.iterdir()} == before
    changed[1].surroundings["stdlib"] = ""
    store.save(observed, changed)
    assert {path.name for path in observed.iterdir()} == before.keys()
    assert all(path.read_bytes() != before[path.name] for path in observed.iterdir())


def a_run(folder, results, **of):
    path = folder / "runs" / "run.jsonl"
    path.parent.mkdir(exist_ok=True)
    record.write(path, header_of(**of), results)
    return path


def test_the_same_again_is_the_same(observed):
    found = checking.check(a_run(observed, some("ssl")), PLAIN)
    assert found.same
    assert found.lines == ["ssl, CPython 3.13.0 on OpenSSL 3.0.19: 7 as recorded, 1 not run"]


def test_what_is_different_is_news(observed):
    ran = some("ssl")
    ran[0].steps, ran[1].verdict = [RAISED], Verdict.FAILED
    found = checking.check(a_run(observed, [*ran, result("a/b/newer")]), PLAIN)
    assert not found.same
    assert found.lines[0].endswith("5 as recorded, 2 others, 1 not recorded yet, 1 not run")
    text = "\n".join(found.lines)
    assert "regressions (1)" in text
    assert "read(1) raises SSLEOFError" in text
    assert "added (1)" not in text


@pytest.mark.parametrize("other", [{"python": "3.13.1"}, {"openssl": "OpenSSL 3.0.20 1 Apr 2026"}])
def test_other_versions_have_no_record_to_be_held_against(observed, other):
    ran = some("ssl")
    ran[0].verdict = Verdict.FAILED
    found = checking.check(a_run(observed, ran, **other), PLAIN)
    assert found.same
    assert found.lines[0].endswith(
        "no record to hold it against; there are records of CPython 3.13.0 on OpenSSL 3.0.19"
    )


def test_the_command_records_checks_and_keeps_what_it_was_not_told_of(observed, capsys, monkeypatch):
    known = dict.fromkeys((SCENARIO, "a/b/c", "a/b/d", "a/b/e"))
    monkeypatch.setattr(store, "scenarios", lambda: known)
    ran = [result(steps=[RAISED]), result(variant="server+tls13", steps=[RAISED])]
    assert cli.main(["record", str(a_run(observed, ran))]) == 0
    found = store.load(observed / "ssl-3.13.0-openssl-3.0.19.jsonl").executions
    assert found[SCENARIO].keys() == {"client+tls13 stdlib", "server+tls13 stdlib"}
    assert found.keys() == known.keys()
    assert cli.main(["check", str(a_run(observed, ran))]) == 0
    ran[0].steps = [READ]
    assert cli.main(["check", str(a_run(observed, ran))]) == 1
    assert cli.main(["check", str(observed / "none")]) == 4
    capsys.readouterr()
    path = a_run(observed, ran)
    record.write(path, record.read(path).header, ran, complete=False)
    assert cli.main(["record", str(path)]) == 4
    assert "the run did not come to its end" in capsys.readouterr().err


def test_the_observations_of_this_checkout_are_sound_small_and_all_there():
    paths = store.files()
    names = {path.name.partition("-")[0] for path in paths}
    assert names == {"refssl.jsonl", "ssl"}
    assert sum(path.stat().st_size for path in paths) < 5_000_000
    for path in paths:
        assert store.load(path).file_name == path.name
