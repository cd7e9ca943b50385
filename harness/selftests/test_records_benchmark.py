"""The benchmark of large result files: what it makes are sound files of the size that is asked for, and figures."""

from benchmarks import records
from selftests.test_merge import facts, results, written
from sslspec.results import record


def test_a_record_is_multiplied_into_columns_of_other_pythons(tmp_path):
    source = written(
        tmp_path / "r.jsonl", results() + results(column="refssl"), {"ssl": facts(), "refssl": facts(name="refssl")}
    )
    records.multiply(source, tmp_path / "many.jsonl", 200, 1)
    many = record.read(tmp_path / "many.jsonl")  # which refuses disorder and duplicates
    assert len(many.results) == 200
    assert len(many.header.implementations) == 10
    assert "ssl@3.11.4" in many.header.implementations


def test_it_tells_what_each_step_took(tmp_path, capsys):
    source = written(tmp_path / "r.jsonl", results())
    assert records.main([str(source), "--lines", "200"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines] == [
        "merge 200 lines (0 MiB)",
        "compare two of its columns",
        "compare the two files",
    ]
    assert all("MiB" in line.split("CPU")[1] for line in lines)


def test_what_it_cannot_read_it_names(tmp_path, capsys):
    assert records.main([str(tmp_path / "none")]) == 4
    assert "cannot be read" in capsys.readouterr().err
