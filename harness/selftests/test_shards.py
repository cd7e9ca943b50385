"""One run cut into parts: every execution in exactly one of them, equal loads, and together they are the whole run."""

import json
import random

import pytest

from selftests.support import sslspec
from sslspec import compare
from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.shards import cutting, merge
from sslspec.shards.cutting import Part
from sslspec.shards.durations import Durations
from sslspec.verdicts import Verdict

AREA = "channel_binding"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The path of one record of a small area."""
    path = tmp_path_factory.mktemp("whole") / "r.jsonl"
    done = sslspec("run", "ssl", "--area", AREA, "-j", "1", "-q", "-o", str(path))
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def seconds(count=500, seed=1):
    """Executions of which a few take long, as in a suite."""
    chance = random.Random(seed)
    return {(f"a/b/{n:04}", "ssl", "stdlib"): chance.paretovariate(1.5) / 1000 for n in range(count)}


@pytest.mark.parametrize("of", [1, 2, 3, 16, 499, 500, 501])
def test_every_execution_is_in_exactly_one_part_and_the_loads_are_equal(of):
    known = seconds()
    assigned = cutting.cut(known, of)
    assert assigned.keys() == known.keys()
    assert set(assigned.values()) <= set(range(1, of + 1))
    longest = max(known.values())
    loads = [sum(known[key] for key in known if assigned[key] == number) for number in range(1, of + 1)]
    assert max(loads) - min(loads) <= longest
    assert cutting.balance(known, assigned, of) >= 1.0
    if of <= 16:
        assert cutting.balance(known, assigned, of) < 1.05


def test_the_order_of_collection_leaves_no_trace():
    known = seconds()
    other = dict(random.Random(2).sample(list(known.items()), len(known)))
    assert cutting.cut(known, 7) == cutting.cut(other, 7)
    plans = [cutting.plan(cutting.cut(durations, parts)) for durations, parts in ((known, 7), (other, 7), (known, 8))]
    assert plans[0] == plans[1] != plans[2]


def test_other_durations_make_another_plan():
    assert cutting.plan(cutting.cut(seconds(), 3)) != cutting.plan(cutting.cut(seconds(seed=3), 3))


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "a/b", "1/", "-1/3", "1/2/3", "1/99999999"])
def test_what_is_no_part_is_refused(text):
    with pytest.raises(ValueError, match="is no part of a run"):
        cutting.parse(text)
    assert cutting.parse("2/3") == (2, 3)


def test_parts_know_what_is_missing():
    part = Part((1,), 4, "p") | Part((3,), 4, "p")
    assert (str(part), part.missing) == ("1+3/4", ["2/4", "4/4"])
    assert Part.from_json(json.loads(json.dumps(part.to_json()))) == part


@pytest.mark.parametrize("wrong", [{"of": 10**9}, {"numbers": [0]}, {"numbers": [4]}, {"numbers": []}, {"of": 0}])
def test_a_header_names_no_parts_that_there_cannot_be(wrong):
    """Above all not so many that counting those that are missing never ends."""
    sound = {"numbers": [2], "of": 3, "plan": "p"}
    assert Part.from_json(sound).missing == ["1/3", "3/3"]
    with pytest.raises(ValueError, match="no parts of a run"):
        Part.from_json(sound | wrong)


@pytest.mark.parametrize("text", [None, "", "[", "[]", '{"known": 1}'])
def test_durations_that_are_none_are_refused(tmp_path, text):
    path = tmp_path / "mine.durations"
    if text is not None:
        path.write_text(text)
    with pytest.raises(RecordError, match="cannot be read as durations"):
        Durations.load(path)


def test_durations_come_from_a_record_and_for_the_rest_from_its_area(tmp_path):
    path = tmp_path / "r.jsonl"
    found = [
        Result(name, "ssl", "stdlib", Verdict.PASSED, volatile={"duration": took})
        for name, took in (("alpn/x/a@1", 0.1), ("alpn/x/a@2", 0.3), ("alpn/x/b", 0.02), ("alpn/x/c", 0.01))
    ]
    record.write(path, Header("0.1.0", {"ssl": {"name": "ssl"}}), found)
    durations = Durations.of_record(path)
    told = {
        name: round(durations.seconds((name, "ssl", "stdlib")) - 0.0005, 6)
        for name in ("alpn/x/a@3", "alpn/x/c", "alpn/x/new")
    }
    assert told == {"alpn/x/a@3": 0.2, "alpn/x/c": 0.01, "alpn/x/new": 0.02}
    loaded = Durations.load(durations.save(tmp_path))
    assert loaded.to_json() == durations.to_json()
    elsewhere = ("shutdown/x/new", "ssl", "stdlib")
    assert durations.seconds(elsewhere) == Durations.shipped().seconds(elsewhere)
    with pytest.raises(RecordError, match="cannot be read"):
        Durations.load(tmp_path / "none")


def test_the_shipped_table_knows_every_area(whole):
    known = Durations.shipped()
    with record.open_record(whole) as reader:
        assert {result.area for result in reader} <= set(known.areas)
    assert {area: found[""] for area, found in known.table().items()} == {
        area: round(took * 1000, 1) for area, took in known.areas.items()
    }


@pytest.mark.parametrize("how", ["sslspec", "xdist"])
def test_the_shards_of_a_run_make_the_run(whole, tmp_path, how):
    paths = [tmp_path / f"{number}.jsonl" for number in (1, 2, 3)]
    for number, path in enumerate(paths, 1):
        arguments = ["run", "ssl", "--area", AREA, "-q", "-o", str(path), "--shard", f"{number}/3"]
        arguments += ["--durations", str(whole)] if how == "sslspec" else []
        done = sslspec(*arguments, "-j", "2" if how == "xdist" else "1")
        assert done.returncode == 0, done.stdout + done.stderr
    merged = merge.merge(paths, tmp_path / "all.jsonl")
    assert (merged.complete, merged.warnings) == (True, [])
    both = [record.read(path) for path in (whole, tmp_path / "all.jsonl")]
    assert both[0].header.manifest == both[1].header.manifest
    found = compare.compare(*both)
    assert (found.unchanged, found.differs) == (len(both[0].results), False)
    counts = [len(record.read(path).results) for path in paths]
    assert all(counts)


def test_a_part_without_executions_is_a_part_all_the_same(tmp_path):
    one = "functions/times/*"
    paths = []
    for number in range(1, 4):
        path = tmp_path / f"{number}.jsonl"
        done = sslspec("run", "ssl", "--smoke", "-k", one, "-j", "1", "-q", "-o", str(path), "--shard", f"{number}/3")
        assert done.returncode == 0, done.stdout + done.stderr
        paths.append(path)
    merged = merge.merge(paths, tmp_path / "all.jsonl")
    assert (merged.results, merged.complete) == (2, True)


def test_a_part_judges_no_baseline_entry_stale(tmp_path):
    """What matches nothing in a part may match in another; in a whole run it is told."""
    baseline = tmp_path / "b.toml"
    entry = '[[known]]\nid = "{}"\nverdict = "failed"\nreason = "there was once a reason for this"\n'
    baseline.write_text('format = 1\nimplementation = "ssl"\n' + entry.format(f"{AREA}/*/each_connection_has_its_own"))
    given = ("--area", AREA, "--baseline", str(baseline), "-q", "-j", "1", "-o", str(tmp_path / "r.jsonl"))
    done = sslspec("run", "ssl", *given, "--shard", "1/2")
    assert "stale" not in done.stdout
    done = sslspec("run", "ssl", *given)
    assert "stale" in done.stdout
    assert done.returncode == 1


def test_what_is_said_of_a_wrong_part(tmp_path):
    done = sslspec("run", "ssl", "--shard", "5/3")
    assert done.returncode == 4
    assert "'5/3' is no part of a run" in done.stderr
    done = sslspec("run", "ssl", "--durations", str(tmp_path))
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    done = sslspec("run", "ssl", "--shard", "1/3", "--durations", str(tmp_path / "none"))
    assert (done.returncode, done.stderr.count("\n")) == (4, 1)
    assert "cannot be read" in done.stderr
