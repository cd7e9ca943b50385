"""The result file: canonical, and refused in one clear line where it is not whole and sound."""

import json
import os
import threading

import pytest

from sslspec.results import record
from sslspec.results.record import Header, RecordError, Result
from sslspec.verdicts import Verdict

HEADER = Header("0.1.0", {"ssl": {"name": "ssl", "openssl": "OpenSSL 3.0.19"}}, volatile={"argv": ["run"]})


def result(name="alpn/a@client+tls13", verdict=Verdict.PASSED, implementation="ssl", **more):
    return Result(name, implementation, "stdlib", verdict, **more)


def written(path, *results, complete=True):
    record.write(path, HEADER, results, complete=complete)
    return path.read_text().splitlines()


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "r.jsonl"
    failed = result(
        "alpn/b",
        Verdict.FAILED,
        unexpected=True,
        level="should",
        clauses=("ssl.SSLContext.set_alpn_protocols",),
        requirement="No overlap selects nothing",
        steps=[{"actor": "subject", "call": "read(1)", "outcome": {"returns": {"bytes": "\xff\u2028"}}}],
        detail={"message": "line\u2028separator \ud800 and lone surrogate"},
        known=("gh-1",),
        volatile={"duration": 0.25},
    )
    record.write(path, HEADER, [failed, result()])
    read = record.read(path)
    assert read.header == HEADER
    assert read.results == [result(), failed]
    assert read.complete
    assert failed.duration == 0.25
    assert (failed.scenario, failed.area) == ("alpn/b", "alpn")


def test_the_order_in_which_results_came_leaves_no_trace(tmp_path):
    one = written(tmp_path / "1", result("a/b/c"), result("a/b/d"), result("a/b/c", implementation="refssl"))
    two = written(tmp_path / "2", result("a/b/c", implementation="refssl"), result("a/b/d"), result("a/b/c"))
    assert one == two
    footer = json.loads(one[-1])
    assert footer == {"end": True, "counts": {"passed": 3}, "complete": True}


def test_an_incomplete_run_says_so(tmp_path):
    written(tmp_path / "r", result(verdict=Verdict.NOTRUN), complete=False)
    assert not record.read(tmp_path / "r").complete


def test_the_manifest_stands_for_the_set_of_ids():
    assert record.manifest(["b", "a", "a"]) == record.manifest(["a", "b"]) != record.manifest(["a"])


def test_a_failed_write_leaves_the_old_file(tmp_path):
    with pytest.raises(RecordError, match="cannot be written"):
        record.write(tmp_path / "missing" / "r.jsonl", HEADER, [])
    path = tmp_path / "r"
    before = written(path, result())
    with pytest.raises(TypeError):
        record.write(path, HEADER, [result(detail={"message": object()})])
    assert path.read_text().splitlines() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["r"]


def edited(lines, number, **changes):
    line = json.loads(lines[number])
    line.update(changes)
    return [*lines[:number], json.dumps({k: v for k, v in line.items() if v is not None}), *lines[number + 1 :]]


BROKEN = {
    "empty": (lambda _: [], "the file is empty"),
    "no footer": (lambda lines: lines[:-1], "the footer is missing"),
    "header only": (lambda lines: lines[:1], "the footer is missing"),
    "truncated": (lambda lines: [*lines[:-2], lines[-2][:40]], "not JSON"),
    "duplicated": (lambda lines: [*lines[:2], *lines[1:]], "stands on line 2 already"),
    "disordered": (lambda lines: [lines[0], lines[2], lines[1], lines[3]], "belongs before line 2"),
    "something after the footer": (lambda lines: [*lines, lines[1]], "something stands behind the footer"),
    "a line lost": (lambda lines: [lines[0], *lines[2:]], "the footer counts other results"),
    "no header": (lambda lines: lines[1:], "the first line is no header"),
    "another format": (lambda lines: edited(lines, 0, format=2), "format 2 is not known"),
    "damaged header": (lambda lines: edited(lines, 0, implementations=None), "implementations is missing"),
    "no id": (lambda lines: edited(lines, 1, id=None), "id is missing"),
    "unknown verdict": (lambda lines: edited(lines, 1, verdict="splendid"), "splendid"),
    "a list": (lambda lines: [*lines[:1], "[]", *lines[1:]], "no JSON object"),
    "a step that is none": (lambda lines: edited(lines, 1, steps=["x"]), "'x' is no object"),
    "no duration": (lambda lines: edited(lines, 1, volatile={"duration": "abc"}), "'abc' is no duration"),
    "no surroundings": (lambda lines: edited(lines, 0, environment={"unscrubbed": [1]}), "[1] is no object"),
    "nested without end": (lambda lines: [*lines[:1], "[" * 200_000, *lines[1:]], "not JSON"),
    "something else": (lambda _: ["Dear diary,"], "not JSON"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_is_not_whole_and_sound_is_refused(tmp_path, name):
    break_it, message = BROKEN[name]
    path = tmp_path / "r.jsonl"
    lines = written(path, result("a/b/c"), result("a/b/d"))
    path.write_text("".join(line + "\n" for line in break_it(lines)))
    with pytest.raises(RecordError) as refusal:
        record.read(path)
    assert message in str(refusal.value)
    assert str(refusal.value).startswith(str(path))
    assert "\n" not in str(refusal.value)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(RecordError, match="cannot be read"):
        record.read(tmp_path / "missing")
    with pytest.raises(RecordError, match="cannot be read"):
        record.read(tmp_path)
    (tmp_path / "binary").write_bytes(b"\x80\xff")
    with pytest.raises(RecordError, match="UTF-8"):
        record.read(tmp_path / "binary")


def test_a_file_is_read_a_result_at_a_time(tmp_path):
    path = tmp_path / "r.jsonl"
    lines = written(path, result("a/b/c"), result("a/b/d"), complete=False)
    with record.open_record(path) as reader:
        assert reader.header == HEADER
        assert [found.id for found in reader] == ["a/b/c", "a/b/d"]
        assert not reader.complete
    path.write_text("".join(line + "\n" for line in lines[:-1]))
    with record.open_record(path) as reader:
        found = iter(reader)
        assert [next(found).id, next(found).id] == ["a/b/c", "a/b/d"]
        with pytest.raises(RecordError, match="footer is missing"):
            next(found)


def test_results_that_come_in_order_are_never_all_in_memory(tmp_path):
    """The first is on its way to the file before the second is made; a failure leaves nothing behind."""
    alive: list[int] = []

    class Counted(Result):
        def __del__(self):
            alive.pop()

    def many():
        for number in range(50):
            assert len(alive) <= 1
            alive.append(number)
            yield Counted(f"a/b/c{number:02}", "ssl", "stdlib", Verdict.PASSED)

    record.write_stream(tmp_path / "r", HEADER, many())
    assert len(record.read(tmp_path / "r").results) == 50


def test_a_link_stays_one(tmp_path):
    (tmp_path / "link").symlink_to("real.jsonl")
    written(tmp_path / "link", result())
    assert (tmp_path / "link").is_symlink()
    assert record.read(tmp_path / "real.jsonl").results == [result()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path):
    """A run as root with ``-o /dev/null`` must not put a file in its place."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    came = []
    reading = threading.Thread(target=lambda: came.append(pipe.read_text()), daemon=True)
    reading.start()
    record.write(pipe, HEADER, [result()])
    reading.join(10)
    assert came == ["".join(f"{line}\n" for line in record.lines(HEADER, [result()]))]
    assert pipe.is_fifo()
