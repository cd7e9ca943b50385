"""Two records side by side: regressions first, and nothing volatile ever counts."""

import re

import pytest

from sslspec import compare
from sslspec.results.record import Header, Record, RecordError, Result
from sslspec.style import Style
from sslspec.verdicts import Verdict

PLAIN = Style(color=False, unicode=True)
READ = {"actor": "subject", "call": "read(1)", "outcome": {"returns": {"bytes": ""}}}
RAISED = {"actor": "subject", "call": "read(1)", "outcome": {"raises": "SSLEOFError", "errno": 8}}
WRITE = {"actor": "client", "call": "write(bytes[1])", "outcome": {"returns": 1}}


def result(name, verdict=Verdict.PASSED, implementation="ssl", **more):
    return Result(name, implementation, "stdlib", verdict, **more)


def facts_of(column):
    return {
        "name": column.partition("@")[0],
        "openssl": "OpenSSL 3.0.19 27 Jan 2026",
        "python": {"version": "3.13.0"},
    }


def record(*results, implementations=("ssl",), complete=True, **header):
    facts = {name: facts_of(name) for name in implementations}
    return Record(Header(header.pop("suite", "0.1.0"), facts, **header), list(results), complete)


def told(before, after):
    return compare.text(compare.compare(before, after), PLAIN)


KINDS = {
    "regressions": (Verdict.PASSED, Verdict.FAILED),
    "no longer applicable is none": (Verdict.PASSED, Verdict.INAPPLICABLE),
    "a hang is one": (Verdict.PASSED, Verdict.HUNG),
    "unsupported is one": (Verdict.PASSED, Verdict.UNSUPPORTED),
    "fixes": (Verdict.FAILED, Verdict.PASSED),
    "others": (Verdict.FAILED, Verdict.CRASHED),
}


@pytest.mark.parametrize("name", KINDS)
def test_verdicts_are_sorted_into_kinds(name):
    before, after = KINDS[name]
    found = compare.compare(record(result("a/b/c", before)), record(result("a/b/c", after)))
    kind = {"fixes": "fixes", "others": "others", "no longer applicable is none": "others"}.get(name, "regressions")
    counts = {what: len(getattr(found, what)) for what in ("regressions", "fixes", "others", "steps", "added", "gone")}
    assert counts == {**dict.fromkeys(counts, 0), kind: 1}
    assert found.unchanged == 0


def test_what_is_volatile_is_no_difference():
    before = result("a/b/c", volatile={"duration": 1.0}, detail={"message": "at 0x1"})
    after = result("a/b/c", volatile={"duration": 2.0}, detail={"message": "at 0x2"})
    assert compare.compare(record(before), record(after)).unchanged == 1


def test_steps_that_differ_are_shown_side_by_side(monkeypatch):
    monkeypatch.setattr(compare.rendering, "columns", lambda: 120)
    text = told(record(result("a/b/c", steps=[WRITE, READ])), record(result("a/b/c", steps=[WRITE, RAISED, WRITE])))
    rows = [re.sub(" +", " ", line.strip()) for line in text.split("\n") if " = " in line or " | " in line]
    assert rows == [
        "client.write(bytes[1]) returns 1 = client.write(bytes[1]) returns 1",
        "read(1) returns b'' | read(1) raises SSLEOFError errno=8",
        "(nothing) | client.write(bytes[1]) returns 1",
    ]
    assert "0 regressions, 0 fixes, 1 other change, 0 gone, 0 added, 0 unchanged" in text


def test_where_there_is_no_room_steps_stand_below_each_other(monkeypatch):
    monkeypatch.setattr(compare.rendering, "columns", lambda: 60)
    text = told(record(result("a/b/c", steps=[WRITE, READ])), record(result("a/b/c", steps=[WRITE, RAISED])))
    assert text.split("\n")[5:8] == [
        "      = client.write(bytes[1]) returns 1",
        "      - read(1) returns b''",
        "      + read(1) raises SSLEOFError errno=8",
    ]


def test_of_long_lists_only_the_difference_is_shown():
    names = [f"a_name_of_some_length_{n}" for n in range(10)]
    steps = [
        [{"actor": "observed", "call": "names", "outcome": {"is": {"list": found}}}]
        for found in (names, [*names[1:], "a_new_name"])
    ]
    text = told(record(result("a/b/c", steps=steps[0])), record(result("a/b/c", steps=steps[1])))
    assert "- observed.names 10, only here a_name_of_some_length_0" in text
    assert "+ observed.names 10, only here a_new_name" in text
    text = told(record(result("a/b/c", steps=steps[0])), record(result("a/b/c", steps=[])))
    assert "a_name_of_some_length_7" in text


def test_variants_that_changed_alike_are_told_together():
    before = [result(f"a/b/c@{n}", steps=[READ]) for n in range(9)] + [result("a/b/c@x")]
    after = [result(f"a/b/c@{n}", steps=[RAISED]) for n in range(9)] + [result("a/b/c@x", Verdict.FAILED)]
    text = told(record(*before), record(*after))
    assert "a/b/c@0  ssl with stdlib and 8 variants like it" in text
    assert "other behaviour, same verdict (9)" in text
    assert text.count("SSLEOFError") == 1


def test_what_did_not_apply_has_no_steps_to_compare():
    before = result("a/b/c", Verdict.INAPPLICABLE)
    assert "(nothing)" not in told(record(before), record(result("a/b/c", steps=[READ])))


def test_another_failure_of_the_same_scenario_is_a_change():
    before = result("a/b/c", Verdict.FAILED, detail={"came": {"raises": "OSError"}})
    after = result("a/b/c", Verdict.FAILED, detail={"came": {"raises": "SSLError"}})
    assert "failed (raises OSError)  ->  failed (raises SSLError)" in told(record(before), record(after))


def test_regressions_come_first_and_gone_and_added_last():
    before = record(result("a/b/gone"), result("a/b/fixed", Verdict.FAILED), result("z/b/broken"))
    after = record(result("a/b/new"), result("a/b/fixed"), result("z/b/broken", Verdict.CRASHED))
    text = told(before, after)
    titles = ["regressions (1)", "fixed (1)", "gone (1)", "added (1)"]
    assert sorted(titles, key=text.index) == titles
    assert text.endswith("1 regression, 1 fix, 0 other changes, 1 gone, 1 added, 0 unchanged")


def test_two_records_of_one_implementation_each_are_compared_with_each_other():
    before = record(result("a/b/c"))
    after = record(result("a/b/c", Verdict.FAILED, "refssl"), implementations=("refssl",))
    found = compare.compare(before, after)
    assert len(found.regressions) == 1
    assert "ssl / refssl" in compare.text(found, PLAIN)


def test_two_implementations_of_one_run_are_compared():
    both = record(
        result("a/b/c", steps=[READ]),
        result("a/b/c", implementation="refssl", steps=[RAISED]),
        result("a/b/d"),
        result("a/b/d", Verdict.FAILED, "refssl"),
        result("a/b/e"),
        result("a/b/e", implementation="refssl"),
        implementations=("refssl", "ssl"),
    )
    found = compare.within(both)
    assert compare.in_a_line(found) == "ssl and refssl: 1 alike, 1 with other steps, 1 with other verdicts"
    text = compare.text(found, PLAIN)
    assert text.startswith("ssl     record: ssl (")
    assert "only ssl passes (1)\n  ✗ a/b/d  ssl / refssl with stdlib" in text
    assert "only refssl" not in text
    with pytest.raises(RecordError, match="holds ssl; two implementations compare"):
        compare.within(record(result("a/b/c")))


def test_the_same_of_several_implementations_is_compared_with_itself():
    both = [result("a/b/c"), result("a/b/c", Verdict.FAILED, "refssl")]
    assert compare.compare(record(*both), record(*both)).unchanged == 2


def test_another_environment_is_said_first():
    before = record(environment={"unscrubbed": {"fips": False, "crypto_policy": "DEFAULT"}}, platform="linux-x86_64")
    after = record(
        environment={"unscrubbed": {"fips": True, "crypto_policy": "DEFAULT"}},
        platform="linux-aarch64",
        suite="0.2.0",
        complete=False,
    )
    text = told(before, after)
    assert "fips was false, and is true" in text
    assert "crypto policy" not in text
    assert "the platform was linux-x86_64, and is linux-aarch64" in text
    assert "the suite was sslspec 0.1.0, and is 0.2.0" in text
    assert "the run after is incomplete" in text


def test_who_was_tested_stands_at_the_head():
    assert "before  record: ssl (Python 3.13.0, OpenSSL 3.0.19)" in told(record(), record())


def test_a_long_list_is_cut_unless_all_is_asked_for():
    before = record(*(result(f"a/b/{n:03}") for n in range(50)))
    after = record(*(result(f"a/b/{n:03}", Verdict.FAILED) for n in range(50)))
    found = compare.compare(before, after)
    assert "and 30 more; -v shows them all" in compare.text(found, PLAIN)
    assert compare.text(found, PLAIN, verbose=True).count("->") == 50
