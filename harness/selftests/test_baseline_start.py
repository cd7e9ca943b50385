"""`baseline init`: what is written down excuses all that was seen, claims nothing else, and can be read again."""

import itertools
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sslspec import baseline, cli
from sslspec.baseline import BaselineError, Facts, loading, starting
from sslspec.baseline.conditions import facts_in
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.verdicts import Verdict

NAME = "alpn/choice/no_overlap_selects_nothing"
VARIANTS = [
    "+".join(parts) for parts in itertools.product(("client", "server"), ("tls12", "tls13"), ("whole", "split"))
]
IDS = [f"{NAME}@{variant}" for variant in VARIANTS]
COLUMNS = {
    f"mylib@{python}+{openssl}": {
        "name": "mylib",
        "python": {"version": python},
        "openssl": f"OpenSSL {openssl} of some day",
        "features": ["HAS_SNI"],
    }
    for python, openssl in (("3.10.13", "3.0.19"), ("3.12.1", "3.0.19"), ("3.13.0", "3.0.19"), ("3.13.15", "3.6.5"))
}
PEERS = ("stdlib", "tlslite")


def failed(came="AssertionError: assert 'b' == 'a'", raises="AssertionError", **more):
    return {"message": came, "came": {"raises": raises, **more}}


def result(name, verdict=Verdict.FAILED, column="mylib", peer="stdlib", detail=None):
    return Result(name, column, peer, verdict, detail=failed() if detail is None else detail)


def started(folder, results, columns=None, *, complete=True, **how):
    """The new baseline, and what was read of it again."""
    path = folder / "r.jsonl"
    record.write(path, Header("0.1.0", columns or {"mylib": {"name": "mylib"}}), results, complete=complete)
    with record.open_record(path) as reader:
        made = starting.start(reader, **how)
    read, problems = loading.parse(made.text, folder / "mylib.toml")
    assert problems == []
    return made, read


def entries(folder, results, columns=None):
    return [(entry.id, entry.when) for entry in started(folder, results, columns)[1].entries]


def test_a_scenario_that_fails_everywhere_is_one_entry_without_variant(tmp_path):
    results = [result(name, peer=peer) for name in IDS for peer in PEERS]
    made, read = started(tmp_path, results)
    (entry,) = read.entries
    assert (entry.id, entry.verdicts, entry.when) == (NAME, {Verdict.FAILED}, {})
    assert entry.reason == "UNREVIEWED: 'b' (expected: 'a')"
    assert entry.match == "^AssertionError: assert 'b' == 'a'"
    assert (read.implementation, read.suite, made.entries) == ("mylib", "0.1", 1)


def test_where_it_does_not_apply_or_was_not_run_does_not_make_it_partial(tmp_path):
    results = [result(name) for name in IDS[:-2]]
    results += [result(IDS[-2], Verdict.INAPPLICABLE), result(IDS[-1], Verdict.NOTRUN)]
    made, read = started(tmp_path, results)
    assert [entry.id for entry in read.entries] == [NAME]
    assert made.not_run == 1


@pytest.mark.parametrize(
    ("fails", "claimed"),
    [
        (lambda v: v.startswith("client+"), ["client+*"]),
        (lambda v: v.endswith("+split"), ["*+split"]),
        (lambda v: v.startswith("client+") and v.endswith("+whole"), ["client+*+whole"]),
        (lambda v: v == "client+tls13+whole", ["client+tls13+whole"]),
        (lambda v: "tls13" in v, ["*+tls13+*"]),
        (lambda v: v in ("client+tls12+whole", "server+tls13+split"), ["client+tls12+whole", "server+tls13+split"]),
        (lambda v: "tls13" in v or v.startswith("client"), ["client+*", "server+tls13+*"]),
    ],
)
def test_a_scenario_that_fails_in_some_variants_is_claimed_for_these(tmp_path, fails, claimed):
    results = [result(f"{NAME}@{v}", Verdict.FAILED if fails(v) else Verdict.PASSED) for v in VARIANTS]
    assert sorted(entries(tmp_path, results)) == [(f"{NAME}@{text}", {}) for text in sorted(claimed)]


def test_what_fails_with_one_peer_says_so(tmp_path):
    results = [
        result(name, Verdict.FAILED if peer == "tlslite" else Verdict.PASSED, peer=peer)
        for name in IDS
        for peer in PEERS
    ]
    assert entries(tmp_path, results) == [(NAME, {"peer": "tlslite"})]


@pytest.mark.parametrize(
    ("fails", "when"),
    [
        ({"3.10.13+3.0.19"}, {"python": "==3.10"}),
        ({"3.10.13+3.0.19", "3.12.1+3.0.19"}, {"python": ">=3.10,<=3.12"}),
        ({"3.13.15+3.6.5"}, {"openssl": "==3.6"}),
        ({"3.13.0+3.0.19"}, {"python": "==3.13.0"}),
        ({"3.13.0+3.0.19", "3.13.15+3.6.5"}, {"python": "==3.13"}),
        ({"3.10.13+3.0.19", "3.12.1+3.0.19", "3.13.0+3.0.19"}, {"openssl": "==3.0"}),
    ],
)
def test_what_fails_on_some_pythons_says_so(tmp_path, fails, when):
    results = [
        result(name, Verdict.FAILED if column.partition("@")[2] in fails else Verdict.PASSED, column)
        for name in IDS
        for column in COLUMNS
    ]
    assert entries(tmp_path, results, COLUMNS) == [(NAME, when)]


def test_what_fails_on_one_implementation_of_python_says_so(tmp_path):
    columns = {
        f"mylib@{name}": {"name": "mylib", "python": {"implementation": name, "version": "3.11.7"}}
        for name in ("cpython", "pypy")
    }
    results = [result(NAME, Verdict.FAILED, "mylib@pypy"), result(NAME, Verdict.PASSED, "mylib@cpython")]
    assert entries(tmp_path, results, columns) == [(NAME, {"interpreter": "pypy"})]


def test_columns_that_no_condition_tells_apart_make_it_known_as_flaky(tmp_path):
    columns = {name: {"name": "mylib"} for name in ("mylib@a", "mylib@b")}
    results = [result(NAME, Verdict.FAILED, "mylib@a"), result(NAME, Verdict.PASSED, "mylib@b")]
    _, read = started(tmp_path, results, columns)
    assert [entry.verdicts for entry in read.entries] == [{Verdict.FAILED, Verdict.PASSED}]


def test_features_that_are_not_there_are_one_table(tmp_path):
    missing = {"message": "HAS_PSK is False"}
    results = [result(name, Verdict.UNSUPPORTED, detail=missing) for name in IDS]
    said = {"message": "NotImplementedError: not yet", "came": {"raises": "NotImplementedError"}}
    results.append(result("alpn/choice/z", Verdict.UNSUPPORTED, detail=said))
    made, read = started(tmp_path, results)
    assert (made.features, read.unsupported.features) == (1, {"HAS_PSK"})
    assert [(entry.id, entry.verdicts) for entry in read.entries] == [("alpn/choice/z", {Verdict.UNSUPPORTED})]
    here = Facts("mylib")
    assert read.expectation(IDS[0], here, ["HAS_PSK"]).accepts(Verdict.UNSUPPORTED)
    assert not read.expectation(IDS[0], here, ["HAS_PSK"]).accepts(Verdict.FAILED)
    assert not read.expectation(IDS[0], here, ["HAS_SNI"]).accepts(Verdict.UNSUPPORTED)
    assert len(read.unreviewed) == 2


def test_what_is_inherited_is_not_written_down_again(tmp_path):
    known = "errors/alerts_received/after_a_fatal_alert_reading_raises@client+tls12+memory+whole"
    _, read = started(tmp_path, [result(known), result(NAME)], inherits="ssl")
    assert [entry.id for entry in read.entries] == [NAME]
    assert read.parent is not None
    assert read.expectation(known, Facts("mylib")).accepts(Verdict.FAILED)
    assert read.expectation(known, Facts("mylib")).accepts(Verdict.PASSED)


def test_the_suites_own_faults_are_left_out_and_counted(tmp_path):
    made, read = started(tmp_path, [result(NAME, Verdict.ERROR)])
    assert (made.errors, read.entries) == (1, [])


HOSTILE = 'raised "\\"]]\n[[known]]\r\x00\x1b[2J\x7f\x85 \u202e\ud800 TODO """ \'\'\' = #'


def test_whatever_an_implementation_says_the_file_can_be_read(tmp_path):
    results = [result(NAME, detail={"message": HOSTILE, "came": {"raises": HOSTILE, "reason": HOSTILE}})]
    made, read = started(tmp_path, results)
    (entry,) = read.entries
    assert 'raised "' in entry.reason
    assert made.text.count("\n[[known]]\n") == 1
    assert all(character.isprintable() or character == "\n" for character in made.text)


@pytest.mark.parametrize(
    ("details", "match"),
    [
        ([failed("SSLError: [SSL: NO_CIPHER] none (x.c:1)", "SSLError", reason="NO_CIPHER")], "^SSLError: .*NO_CIPHER"),
        (
            [
                failed("SSLError: [SSL: NO_CIPHER] none", "SSLError", reason="NO_CIPHER"),
                failed("SSLError: [SSL: BAD] bad", "SSLError", reason="BAD"),
            ],
            "^SSLError: ",
        ),
        ([failed("SSLError: x", "SSLError"), failed("OSError: x", "OSError")], None),
        ([failed("AssertionError: assert 12 == 13")], None),
        ([failed("AssertionError: at 0x... it")], None),
        (
            [failed("Failed: DID NOT RAISE (a|b)", "Failed")],
            r"^Failed: DID NOT RAISE \\(a\\|b\\)".replace("\\\\", "\\"),
        ),
        ([failed("AssertionError: assert 'a' == 'b'"), failed("AssertionError: assert 'a' == 'c'")], None),
        ([failed("Leaked: raised SystemExit", "SystemExit")], None),
        ([{}], None),
    ],
)
def test_a_match_is_given_where_it_will_hold_tomorrow(tmp_path, details, match):
    results = [result(name, detail=detail) for name, detail in zip(IDS, details, strict=False)]
    _, read = started(tmp_path, results)
    assert [entry.match for entry in read.entries] == [match]


VERDICTS = st.sampled_from([Verdict.PASSED, Verdict.FAILED, Verdict.FAILED, Verdict.HUNG, Verdict.INAPPLICABLE])


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_it_excuses_all_that_was_seen_and_nothing_else(tmp_path_factory, data):
    """Whatever comes of four variants with two peers in four columns of one name, and of a second scenario."""
    places = list(itertools.product([*IDS[:4], "alpn/choice/other"], COLUMNS, PEERS))
    verdicts = data.draw(st.lists(VERDICTS, min_size=len(places), max_size=len(places)))
    results = [result(name, v, column, peer) for (name, column, peer), v in zip(places, verdicts, strict=True)]
    made, read = started(tmp_path_factory.mktemp("any"), results, COLUMNS)
    facts = facts_in(COLUMNS)
    for found in results:
        expectation = read.expectation(found.id, facts(found))
        assert expectation.accepts(found.verdict, found.detail["message"])
        if found.verdict is Verdict.PASSED:
            assert not expectation.accepts(Verdict.FAILED, found.detail["message"])
    assert baseline.stale(read, results, whole_run=True, facts=facts) == []
    random.Random(1).shuffle(results)
    assert started(tmp_path_factory.mktemp("again"), results, COLUMNS)[0].text == made.text


def test_a_record_must_be_whole_and_say_which_implementation(tmp_path):
    with pytest.raises(RecordError, match="did not come to its end"):
        started(tmp_path, [result(NAME)], complete=False)
    two = {"mylib": {"name": "mylib"}, "ssl": {"name": "ssl"}}
    with pytest.raises(RecordError, match="holds mylib, ssl; say which with --implementation"):
        started(tmp_path, [result(NAME), result(NAME, column="ssl")], two)
    _, read = started(tmp_path, [result(NAME), result(IDS[0], column="ssl")], two, implementation="ssl")
    assert [entry.id for entry in read.entries] == [IDS[0].partition("@")[0]]
    with pytest.raises(RecordError, match=r"holds mylib, ssl, and no refssl$"):
        started(tmp_path, [result(NAME)], two, implementation="refssl")
    part = {"mylib": {"name": "mylib", "shard": {"numbers": [1], "of": 2, "plan": "p"}}}
    with pytest.raises(RecordError, match=r"of mylib it is one part of a run; `sslspec merge`"):
        started(tmp_path, [result(NAME)], part)
    with pytest.raises(BaselineError, match="inherits 'nobody': sslspec comes with baselines of"):
        started(tmp_path, [result(NAME)], inherits="nobody")


def test_init_writes_once(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    record.write(tmp_path / "r.jsonl", Header("0.1.0", {"mylib": {"name": "mylib"}}), [result(NAME)])
    assert cli.main(["baseline", "init", "mylib.toml", "-r", "r.jsonl"]) == 0
    assert "mylib.toml: 1 entry; put a reason where it says UNREVIEWED" in capsys.readouterr().out
    before = (tmp_path / "mylib.toml").read_bytes()
    assert cli.main(["baseline", "init", "mylib.toml", "-r", "r.jsonl"]) == 4
    assert "mylib.toml: is there already" in capsys.readouterr().err
    assert (tmp_path / "mylib.toml").read_bytes() == before
    assert cli.main(["baseline", "init", "no/such/folder.toml", "-r", "r.jsonl"]) == 4
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err
    assert cli.main(["baseline", "init", "other.toml", "-r", "missing.jsonl"]) == 4
    assert not (tmp_path / "other.toml").exists()


def test_what_the_stdlib_fails_as_well_is_told_unless_it_is_inherited(tmp_path, monkeypatch, capsys):
    """A library on top of the stdlib's ssl; one on another library of TLS has no such hint, nor has ssl itself."""
    monkeypatch.chdir(tmp_path)
    known = next(
        one for one in loading.inherited("ssl").entries if one.id == one.scenario and not one.when and not one.match
    )
    there = {"python": {"version": "3.13.0"}, "openssl": "OpenSSL 3.0.19 of some day"}
    for name, library, hint in (
        ("mylib", "OpenSSL 3.0.19", True),
        ("mylib", "WolfSSL 5.7", False),
        ("ssl", "OpenSSL 3.0.19", False),
    ):
        column = {name: {"name": name, **there, "openssl": f"{library} of some day"}}
        both = [result(known.scenario, next(iter(known.verdicts)), name), result(IDS[0], column=name)]
        record.write(tmp_path / "r.jsonl", Header("0.1.0", column), both)
        for inherits in ([], ["--inherits", "ssl"]) if name != "ssl" else ([],):
            (tmp_path / "b.toml").unlink(missing_ok=True)
            assert cli.main(["baseline", "init", "b.toml", "-r", "r.jsonl", *inherits]) == 0
            said = capsys.readouterr()
            assert ("the baseline of ssl, which comes with sslspec, knows 1 of these results: " in said.err) == (
                hint and not inherits
            )
            assert said.out.startswith("b.toml: ")
            assert "these results are of 2 of the suite's " in said.err
            assert (known.id in (tmp_path / "b.toml").read_text()) == (not inherits)
