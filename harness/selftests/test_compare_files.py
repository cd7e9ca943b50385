"""Comparing files: any two columns, three formats, what fails a CI, and memory that does not grow with the files."""

import json
import re
import subprocess
import sys

import pytest

from selftests.support import HARNESS, environment, sslspec
from selftests.test_compare import RAISED, READ, facts_of, result
from sslspec import compare
from sslspec.compare import markdown
from sslspec.compare.changes import IN_MEMORY, Shelf
from sslspec.results import record
from sslspec.results.record import Header, RecordError
from sslspec.style import Style
from sslspec.verdicts import Verdict

PLAIN = Style(color=False, unicode=True)
HOSTILE = "`</code>``` | <script>alert(1)</script> @everyone\n# title\x1b[31m\u202e [x](javascript:1)"


def written(path, results, columns=("ssl",), **header):
    record.write(path, Header("0.1.0", {name: facts_of(name) for name in columns}, **header), results)
    return path


def columns_of_three(folder):
    """Three columns of one record: the middle one is another, in a verdict and in steps."""
    names = ("ssl@3.10.13", "ssl@3.12.1", "ssl@3.13.0")
    verdicts = dict(zip(names, (Verdict.PASSED, Verdict.FAILED, Verdict.PASSED), strict=True))
    results = [result("a/b/c", verdicts[name], name) for name in names]
    results += [result("a/b/d", implementation=name, steps=[RAISED if name == names[1] else READ]) for name in names]
    return written(folder / "three.jsonl", results, names)


def test_any_two_columns_of_a_record_can_be_compared(tmp_path):
    path = columns_of_three(tmp_path)
    with record.open_record(path) as reader:
        found = compare.within(reader, ("ssl@3.10.13", "ssl@3.12.1"))
    assert (len(found.regressions), len(found.steps), found.unchanged) == (1, 1, 0)
    with record.open_record(path) as reader:
        assert not compare.within(reader, ("ssl@3.10.13", "ssl@3.13.0")).differs
    text = compare.text(found, PLAIN)
    assert text.startswith("ssl@3.10.13  ")
    assert "only ssl@3.10.13 passes (1)" in text


def test_where_there_are_more_columns_they_are_named(tmp_path):
    path = columns_of_three(tmp_path)
    done = sslspec("compare", str(path))
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "holds ssl@3.10.13, ssl@3.12.1, ssl@3.13.0; --columns A B says which to compare" in done.stderr
    done = sslspec("compare", str(path), "--columns", "ssl@3.10.13", "ssl@3.14.0")
    assert done.returncode == 4
    assert "has no column 'ssl@3.14.0'; there are ssl@3.10.13, ssl@3.12.1, ssl@3.13.0" in done.stderr


def test_a_column_of_each_of_two_files_can_be_compared(tmp_path):
    three = columns_of_three(tmp_path)
    one = written(tmp_path / "one.jsonl", [result("a/b/c"), result("a/b/d", steps=[READ])])
    with record.open_record(three) as before, record.open_record(one) as after:
        found = compare.compare(before, after, ("ssl@3.12.1", "ssl"))
    assert (len(found.fixes), len(found.steps), len(found.gone), len(found.added)) == (1, 1, 0, 0)


def test_columns_that_are_called_otherwise_in_the_other_file_are_found_by_their_implementation(tmp_path):
    both = [result("a/b/c", implementation=name) for name in ("ssl", "refssl")]
    one = written(tmp_path / "1.jsonl", both, ("ssl", "refssl"))
    versioned = [result("a/b/c", Verdict.FAILED, "ssl@3.13.0"), result("a/b/c", implementation="refssl@3.13.0")]
    two = written(tmp_path / "2.jsonl", versioned, ("ssl@3.13.0", "refssl@3.13.0"))
    with record.open_record(one) as before, record.open_record(two) as after:
        found = compare.compare(before, after)
    assert (len(found.regressions), found.unchanged, len(found.gone)) == (1, 1, 0)


def test_an_implementation_as_its_own_peer_is_compared_with_the_other_one_as_its_own():
    before, after = result("a/b/c"), result("a/b/c", implementation="refssl")
    before.peer, after.peer = "ssl", "refssl"
    headers = [Header("0.1.0", {name: facts_of(name)}) for name in ("ssl", "refssl")]
    records = [record.Record(header, [one]) for header, one in zip(headers, (before, after), strict=True)]
    assert compare.compare(*records).unchanged == 1


REASONS = {
    "known": ({"known": ("gh-1",)}, "known: gh-1"),
    "since": ({"since": "3.13"}, "documented since 3.13"),
    "until": ({"until": "3.11"}, "documented until 3.11"),
    "baseline": ({"reason": "it was never done that way"}, "baseline: it was never done that way"),
}


@pytest.mark.parametrize("name", REASONS)
def test_the_reason_that_is_known_stands_with_the_difference(name):
    more, wanted = REASONS[name]
    records = [
        record.Record(Header("0.1.0", {"ssl": facts_of("ssl")}), [result("a/b/c", verdict, **more)])
        for verdict in (Verdict.INAPPLICABLE, Verdict.FAILED)
    ]
    found = compare.compare(*records)
    assert f"      {wanted}" in compare.text(found, PLAIN).split("\n")
    assert wanted in "".join(markdown.lines(found))
    (group,) = found.regressions
    assert group.reasons == [wanted]


def test_since_and_until_travel_in_a_record():
    told = result("a/b/c", since="3.13", until="3.14").to_json()
    assert record.Result.from_json(told).since == "3.13"
    assert {"since", "until"} & result("a/b/c").to_json().keys() == set()


def hostile(folder):
    """Two files, one of an implementation that says what no report should take for its own words."""
    said = {"came": {"raises": HOSTILE, "reason": HOSTILE}, "message": HOSTILE}
    steps = [{"actor": HOSTILE, "call": HOSTILE, "outcome": {"returns": HOSTILE}}]
    before = written(folder / "1.jsonl", [result("a/b/c", steps=[READ]), result("a/b/gone")])
    found = result("a/b/c", Verdict.FAILED, HOSTILE, detail=said, steps=steps, known=(HOSTILE,), reason=HOSTILE)
    after = written(folder / "2.jsonl", [found], (HOSTILE,))
    return before, after


def test_nothing_that_an_implementation_says_is_markdown(tmp_path):
    done = sslspec("compare", *map(str, hostile(tmp_path)), "--format", "markdown", "--color", "never")
    assert done.returncode == 1
    text = done.stdout
    assert "\x1b" not in text
    assert "\u202e" not in text
    # Take away all that is code: spans and fenced blocks. What is left holds nothing of it.
    rest = re.sub(r"(?ms)^  (`{3,})text\n.*?^  \1$", "", text)
    rest = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", rest)
    assert "script" not in rest
    assert "everyone" not in rest
    assert "### regressions (1)" in text


def test_json_has_everything_and_is_one_object(tmp_path):
    before = written(tmp_path / "1.jsonl", [result(f"a/b/{n:03}") for n in range(60)] + [result("a/b/gone")])
    after = written(tmp_path / "2.jsonl", [result(f"a/b/{n:03}", Verdict.FAILED) for n in range(60)])
    done = sslspec("compare", str(before), str(after), "--format", "json")
    told = json.loads(done.stdout)
    assert len(told["regressions"]) == 60
    assert told["counts"] == {
        "regressions": 60,
        "fixes": 0,
        "others": 0,
        "steps": 0,
        "gone": 1,
        "added": 0,
        "unchanged": 0,
    }
    assert told["regressions"][0]["before"]["verdict"] == "passed"
    assert told["gone"][0]["id"] == "a/b/gone"
    assert told["after"]["implementations"].keys() == {"ssl"}


@pytest.mark.parametrize(
    ("verdict", "steps", "codes"),
    [
        (Verdict.FAILED, READ, {"regression": 1, "any": 1, "never": 0}),
        (Verdict.PASSED, RAISED, {"regression": 0, "any": 1, "never": 0}),
        (Verdict.PASSED, READ, {"regression": 0, "any": 0, "never": 0}),
    ],
)
def test_what_fails_a_ci_can_be_said(tmp_path, verdict, steps, codes):
    before = written(tmp_path / "1.jsonl", [result("a/b/c", steps=[READ])])
    after = written(tmp_path / "2.jsonl", [result("a/b/c", verdict, steps=[steps])])
    found = {on: sslspec("compare", str(before), str(after), "--fail-on", on).returncode for on in codes}
    assert found == codes


def test_a_shelf_gives_back_what_does_not_fit_into_memory():
    shelf = Shelf(str, int)
    for number in range(3 * IN_MEMORY):
        shelf.add(number, 2)
    assert list(shelf) == list(shelf) == list(range(3 * IN_MEMORY))
    assert (len(shelf), shelf.things) == (6 * IN_MEMORY, 3 * IN_MEMORY)
    few = Shelf(str, int, most=2)
    for number in range(10):
        few.add(number)
    assert (list(few), len(few)) == ([0, 1], 10)


def test_a_damaged_file_is_told_and_not_compared(tmp_path):
    before, after = (written(tmp_path / f"{n}.jsonl", [result("a/b/c")]) for n in (1, 2))
    after.write_text("".join(after.read_text().splitlines(keepends=True)[:-1]))
    with (
        record.open_record(before) as one,
        record.open_record(after) as two,
        pytest.raises(RecordError, match="footer"),
    ):
        compare.compare(one, two)
    done = sslspec("compare", str(before), str(after))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (4, "", 1)


MEASURE = """
import resource, sys
from pathlib import Path
from sslspec.shards import merge
from sslspec.results import record
from sslspec import compare
from sslspec.results.record import Header, Result
from sslspec.verdicts import Verdict
folder, count = Path(sys.argv[1]), int(sys.argv[2])
def results(column, other):
    for number in range(count):
        steps = [{"actor": "subject", "call": "read(1)", "outcome": {"returns": number % 7 == other}}] * 3
        yield Result(f"a/b/{number:08}", column, "stdlib", Verdict.PASSED, steps=steps)
paths = []
for other, column in enumerate(("ssl", "mine")):
    paths.append(folder / f"{column}-{count}.jsonl")
    record.write_stream(paths[-1], Header("0.1.0", {column: {"name": column}}, manifest="m"), results(column, other))
merge.merge(paths, folder / "all.jsonl")
with record.open_record(folder / "all.jsonl") as reader:
    found = compare.within(reader, ("ssl", "mine"))
assert len(found.steps) > count // 4, len(found.steps)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ru_maxrss is in kilobytes there")
def test_memory_does_not_grow_with_the_files(tmp_path):
    peaks = []
    for count in (2_000, 20_000):
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, str(tmp_path), str(count)],
            env=environment(HARNESS),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        peaks.append(int(done.stdout))
    assert peaks[1] < peaks[0] + 6_000, peaks
