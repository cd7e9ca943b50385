"""Files made one: shards and columns; and what is truncated, twice there or of something else is refused."""

import json
import random

import pytest

from selftests.support import sslspec
from sslspec.results import columns, record
from sslspec.results.record import Header, RecordError, Result
from sslspec.shards import cutting, merge
from sslspec.shards.cutting import Part
from sslspec.verdicts import Verdict

IDS = [f"area/topic/scenario_{number:02}" for number in range(20)]
WHOLE = record.manifest(IDS)


def facts(python="3.13.0", openssl="OpenSSL 3.0.19 27 Jan 2026", name="ssl", implementation="cpython", **more):
    return {"name": name, "openssl": openssl, "python": {"implementation": implementation, "version": python}, **more}


def results(ids=IDS, column="ssl", verdict=Verdict.PASSED):
    return [Result(name, column, "stdlib", verdict) for name in ids]


def written(path, found, described=None, *, complete=True, manifest=WHOLE, suite="0.1.0", **header):
    described = described or {"ssl": facts()}
    header.setdefault("environment", {"scrubbed": [], "unscrubbed": {}})
    record.write(path, Header(suite, described, manifest=manifest, **header), found, complete=complete)
    return path


def of_shards(folder, of, **more):
    """A run cut into `of` parts, each in a file of its own."""
    assigned = cutting.cut({result.key: 1.0 for result in results()}, of)
    plan = cutting.plan(assigned)
    return [
        written(
            folder / f"{number}.jsonl",
            [result for result in results() if assigned[result.key] == number],
            {"ssl": facts(**more) | {"shard": Part((number,), of, plan).to_json()}},
        )
        for number in range(1, of + 1)
    ]


def comparable(path):
    """What a file says, but for what is volatile."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "volatile"} for line in lines]


@pytest.mark.parametrize("of", [1, 2, 3, 7, 20])
def test_the_shards_of_a_run_are_the_run(tmp_path, of):
    paths = of_shards(tmp_path, of)
    random.Random(of).shuffle(paths)
    found = merge.merge(paths, tmp_path / "all.jsonl")
    assert (found.results, found.complete, found.warnings) == (20, True, [])
    assert comparable(tmp_path / "all.jsonl") == comparable(written(tmp_path / "whole.jsonl", results()))


def test_a_missing_shard_is_noticed(tmp_path):
    paths = of_shards(tmp_path, 4)
    half, all_of_it = tmp_path / "half.jsonl", tmp_path / "all.jsonl"
    found = merge.merge([paths[0], paths[2]], half)
    assert found.warnings == ["ssl: shards 2/4, 4/4 are missing"]
    assert not found.complete
    assert not record.read(half).complete
    found = merge.merge([paths[3], half], all_of_it)
    assert found.warnings == ["ssl: shard 2/4 is missing", f"{half}: is incomplete itself"]
    assert merge.merge(paths, all_of_it).complete


def test_a_shard_twice_and_shards_of_another_cut_are_refused(tmp_path):
    first, second, third = of_shards(tmp_path, 3)
    (tmp_path / "other").mkdir()
    other = of_shards(tmp_path / "other", 4)[1]
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(second.read_bytes())
    with pytest.raises(RecordError, match=r"copy.jsonl: shard 2/3 of ssl is there twice"):
        merge.merge([first, second, third, copy], tmp_path / "all.jsonl")
    copy.write_text(second.read_text().replace('"numbers":[2]', '"numbers":["two"]'))
    with pytest.raises(RecordError, match=r"copy.jsonl:1: the header is damaged"):
        merge.merge([first, copy, third], tmp_path / "all.jsonl")
    with pytest.raises(RecordError, match=r"2/4 of ssl, and .* 1/3 of a run that was cut in another way"):
        merge.merge([first, other], tmp_path / "all.jsonl")
    assert not (tmp_path / "all.jsonl").exists()


def test_shards_of_two_pythons_are_two_columns(tmp_path):
    (tmp_path / "old").mkdir()
    paths = of_shards(tmp_path, 2) + of_shards(tmp_path / "old", 2, python="3.10.13")
    found = merge.merge(paths, tmp_path / "all.jsonl")
    assert (found.columns, found.results, found.warnings) == (["ssl@3.10.13", "ssl@3.13.0"], 40, [])
    found = merge.merge(paths[:3], tmp_path / "some.jsonl")
    assert found.warnings == ["ssl@3.10.13: shard 2/2 is missing"]


def test_truncated_and_duplicate_files_are_refused_and_the_old_output_stays(tmp_path):
    one = written(tmp_path / "1.jsonl", results(IDS[:10]))
    two = written(tmp_path / "2.jsonl", results(IDS[9:]))
    three = written(tmp_path / "3.jsonl", results(IDS[10:]))
    output = written(tmp_path / "all.jsonl", results())
    before = output.read_bytes()
    with pytest.raises(RecordError, match=r"2.jsonl: area/topic/scenario_09 with ssl .* stands in .*1.jsonl already"):
        merge.merge([one, two], output)
    three.write_text("".join(f"{line}\n" for line in three.read_text().splitlines()[:-1]))
    with pytest.raises(RecordError, match=r"3.jsonl: the footer is missing"):
        merge.merge([one, three], output)
    with pytest.raises(RecordError, match="is named twice"):
        merge.merge([one, one], output)
    assert output.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"1.jsonl", "2.jsonl", "3.jsonl", "all.jsonl"}


@pytest.mark.parametrize("kept", [-1, 12, 2], ids=["without its footer", "cut short", "hardly begun"])
def test_a_truncated_file_is_named_and_not_the_one_that_it_overlaps(tmp_path, kept):
    """Whatever else is wrong with it: what is not whole may well not fit."""
    one = written(tmp_path / "1.jsonl", results(IDS))
    two = written(tmp_path / "2.jsonl", results(IDS), manifest=record.manifest(IDS[:3]))
    text = two.read_text().splitlines(keepends=True)[:kept]
    for end in ("", '{"id": "area/to'):
        two.write_text("".join(text) + end)
        for order in ([one, two], [two, one]):
            with pytest.raises(
                RecordError, match=r"2.jsonl: the footer is missing: the run that wrote it did not finish"
            ):
                merge.merge(order, tmp_path / "all.jsonl")


def test_a_whole_file_is_not_taken_for_a_truncated_one(tmp_path):
    whole = written(tmp_path / "1.jsonl", results())
    record.refuse_unfinished(whole)
    whole.write_text(whole.read_text() + "\n\n")
    record.refuse_unfinished(whole)
    record.refuse_unfinished(written(tmp_path / "2.jsonl", []))
    record.refuse_unfinished(tmp_path)  # no file: whoever reads it says what is wrong


def test_another_suite_and_another_selection_are_refused_unless_allowed(tmp_path):
    one = written(tmp_path / "1.jsonl", results(IDS[:10]))
    two = written(tmp_path / "2.jsonl", results(IDS[10:]), suite="0.2.0")
    three = written(tmp_path / "3.jsonl", results(IDS[10:]), manifest=record.manifest(IDS[10:]))
    output = tmp_path / "all.jsonl"
    with pytest.raises(RecordError, match=r"is of sslspec 0.2.0, and .*1.jsonl of 0.1.0; --allow-mixed-suites"):
        merge.merge([one, two], output)
    with pytest.raises(RecordError, match=r"3.jsonl: other scenarios were selected than in .*1.jsonl"):
        merge.merge([one, three], output)
    merge.merge([one, two], output, allow_mixed=True)
    mixed = record.read(output)
    assert mixed.header.suite == "0.1.0 and 0.2.0"
    assert sorted(mixed.header.implementations) == [
        "ssl@3.13.0+3.0.19+sslspec-0.1.0",
        "ssl@3.13.0+3.0.19+sslspec-0.2.0",
    ]
    merge.merge([one, three], output, allow_mixed=True)
    assert record.read(output).header.manifest == record.manifest(IDS)


def test_an_incomplete_input_makes_an_incomplete_output(tmp_path):
    one = written(tmp_path / "1.jsonl", results(), complete=False)
    two = written(tmp_path / "2.jsonl", results(column="refssl"), {"refssl": facts(name="refssl")})
    found = merge.merge([one, two], tmp_path / "all.jsonl")
    assert not found.complete
    assert found.warnings == [f"{one}: is incomplete itself"]
    assert not record.read(tmp_path / "all.jsonl").complete


def test_another_environment_is_a_warning(tmp_path):
    weak = {"scrubbed": ["SSL_CERT_FILE"], "unscrubbed": {"crypto_policy": "LEGACY", "fips": False}}
    strong = {"unscrubbed": {"crypto_policy": "DEFAULT", "fips": False}, "scrubbed": []}
    one = written(tmp_path / "1.jsonl", results(), environment=weak)
    two = written(tmp_path / "2.jsonl", results(), {"ssl": facts("3.14.8")}, environment=strong)
    found = merge.merge([one, two], tmp_path / "all.jsonl")
    assert found.complete
    assert found.warnings[0].startswith(f"{two}: crypto policy is another than in {one}")
    assert len(found.warnings) == 1
    assert record.read(tmp_path / "all.jsonl").header.environment == {
        "scrubbed": ["SSL_CERT_FILE"],
        "unscrubbed": {"fips": False},
    }


NAMES = {
    "one stays": ([("ssl", facts())], ["ssl"]),
    "others stay": ([("ssl", facts()), ("refssl", facts(name="refssl"))], ["ssl", "refssl"]),
    "pythons": ([("ssl", facts("3.10.13")), ("ssl", facts())], ["ssl@3.10.13", "ssl@3.13.0"]),
    "pypy": (
        [("ssl", facts("3.11.15", implementation="pypy")), ("ssl", facts("3.11.15"))],
        ["ssl@pypy3.11.15", "ssl@3.11.15"],
    ),
    "openssls": (
        [("ssl", facts()), ("ssl", facts(openssl="OpenSSL 3.6.5 29 Sep 2026")), ("ssl", facts("3.10.13"))],
        ["ssl@3.13.0+3.0.19", "ssl@3.13.0+3.6.5", "ssl@3.10.13"],
    ),
    "a name that is taken": (
        [("ssl", facts()), ("ssl@3.13.0", facts(openssl="OpenSSL 3.6.5")), ("ssl", facts("3.10.13"))],
        ["ssl@3.13.0+3.0.19", "ssl@3.13.0+3.6.5", "ssl@3.10.13"],
    ),
    "platforms": (
        [("ssl", facts(platform="linux-x86_64")), ("ssl", facts(platform="darwin-arm64"))],
        ["ssl@3.13.0+3.0.19+linux-x86_64", "ssl@3.13.0+3.0.19+darwin-arm64"],
    ),
    "profiles": (
        [("ssl", facts(profile="everything")), ("ssl", facts(profile="client"))],
        ["ssl@3.13.0+3.0.19+everything", "ssl@3.13.0+3.0.19+client"],
    ),
    "features alone": (
        [("ssl", facts()), ("ssl", facts(features=["HAS_PSK"]))],
        ["ssl@3.13.0+3.0.19", "ssl@3.13.0+3.0.19#2"],
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_columns_are_named_by_as_few_facts_as_it_takes(name):
    given, wanted = NAMES[name]
    assert columns.names(given) == wanted


def test_which_part_of_a_run_it_holds_is_nothing_of_a_column():
    assert (
        columns.identity(facts()) == columns.identity(facts(shard={"numbers": [1]})) != columns.identity(facts("3.9"))
    )


def test_columns_keep_the_order_of_a_record(tmp_path):
    """``ssl@3...`` sorts behind ``ssl-x``, where ``ssl`` stood before it."""
    columns_before = {"ssl": facts(), "ssl-x": facts(name="ssl-x")}
    one = written(tmp_path / "1.jsonl", results() + results(column="ssl-x"), columns_before)
    two = written(tmp_path / "2.jsonl", results(), {"ssl": facts("3.14.8")})
    merge.merge([one, two], tmp_path / "all.jsonl")
    read = record.read(tmp_path / "all.jsonl")  # which refuses disorder
    assert {result.implementation for result in read.results} == {"ssl-x", "ssl@3.13.0", "ssl@3.14.8"}


def test_other_platforms_are_other_columns(tmp_path):
    one = written(tmp_path / "1.jsonl", results(), platform="linux-x86_64")
    two = written(tmp_path / "2.jsonl", results(), platform="darwin-arm64")
    merge.merge([one, two], tmp_path / "all.jsonl")
    header = record.read(tmp_path / "all.jsonl").header
    assert header.platform == "darwin-arm64 and linux-x86_64"
    assert {described["platform"] for described in header.implementations.values()} == {"linux-x86_64", "darwin-arm64"}


def test_the_command_says_what_it_did_and_exits_with_10_where_something_is_missing(tmp_path):
    paths = list(map(str, of_shards(tmp_path, 3)))
    output = str(tmp_path / "all.jsonl")
    done = sslspec("merge", *paths, "-o", output)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"20 results of ssl in {output}\n", "")
    done = sslspec("merge", *paths[:2], "-o", output)
    assert done.returncode == 10
    assert done.stderr == "sslspec: ssl: shard 3/3 is missing\n"
    assert done.stdout == f"14 results of ssl in {output}: incomplete\n"
    done = sslspec("merge", str(tmp_path / "none.jsonl"), "-o", output)
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
