"""Whole runs as a user starts them: hostile implementations, hostile surroundings, and a full report all the same."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selftests.support import HARNESS, HOSTILE, environment, sslspec
from sslspec import layout
from sslspec.doctor import diagnosis
from sslspec.results import record
from sslspec.running import options
from sslspec.verdicts import Verdict

RANDOM = "channel_binding/tls_unique/there_is_none_in_mid_handshake@client+tls12+*"
FEW = "shutdown/unwrap/*@*+tls13+memory+whole"
READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+whole"
READS_NOT = "shutdown/unwrap/unwrap_before_the_handshake_is_refused@client+tls13+memory+whole"


def ran(folder, *args, code, paths=(HOSTILE,), peers=("stdlib",), **more):
    """Run, look at the exit code, and give what was written and what was said."""
    given = [f"--peer={peer}" for peer in peers]
    done = sslspec("run", *args, *given, "-o", str(folder / "r.jsonl"), "-j", "2", cwd=folder, paths=paths, **more)
    assert done.returncode == code, done.stdout + done.stderr
    return record.read(folder / "r.jsonl"), done


def verdicts(found):
    return {result.id: result.verdict for result in found.results}


def test_a_wrong_method_is_caught_where_it_is_concerned_and_nowhere_else(tmp_path):
    found, done = ran(tmp_path, "wrong_unwrap", "-k", "shutdown", "-k", "memory_bio", code=1)
    failed = [result for result in found.results if result.verdict is not Verdict.PASSED]
    assert failed
    assert len(failed) < len(found.results)
    for result in failed:
        assert result.verdict in (Verdict.FAILED, Verdict.INAPPLICABLE)
        assert result.verdict is Verdict.INAPPLICABLE or "unwrap()" in [step["call"] for step in result.steps]
    assert found.complete
    assert done.stdout.count("requirement") == len({result.scenario for result in failed if result.unexpected})
    assert f"sslspec repro {READS} wrong_unwrap" in done.stdout or "as above" in done.stdout


HOSTILES = {
    "hanging_read": (READS, Verdict.HUNG, "no answer within 1 s"),
    "holds_the_gil": (READS, Verdict.HUNG, "held the interpreter"),
    "exits": (READS, Verdict.CRASHED, "exited with status 3"),
    "interrupts": (READS, Verdict.FAILED, "raised KeyboardInterrupt"),
    "closes_descriptors": (READS, Verdict.CRASHED, ""),
}


@pytest.mark.parametrize("name", HOSTILES)
def test_a_hostile_implementation_costs_its_own_scenario_and_no_more(tmp_path, name):
    scenario, verdict, message = HOSTILES[name]
    innocent = "memory_bio/reading/read_zero_takes_nothing"
    found, done = ran(tmp_path, name, "-k", scenario, "-k", innocent, "--timeout", "1", code=1)
    assert verdicts(found) == {scenario: verdict, innocent: Verdict.PASSED}
    assert found.complete
    result = next(result for result in found.results if result.id == scenario)
    assert result.unexpected
    assert result.clauses
    assert message in result.detail["message"]
    assert scenario in done.stdout


def test_a_crash_at_every_third_handshake_leaves_a_full_report(tmp_path):
    found, _ = ran(tmp_path, "segfaults", "-k", "shutdown/unwrap/bytes_*", code=1)
    seen = list(verdicts(found).values())
    assert seen.count(Verdict.CRASHED) >= 2
    assert set(seen) == {Verdict.CRASHED, Verdict.PASSED}
    assert found.complete
    assert "SIGSEGV" in {r.verdict: r.detail.get("crash", "") for r in found.results}[Verdict.CRASHED]


def test_what_an_implementation_prints_disturbs_nobody(tmp_path):
    found, done = ran(tmp_path, "prints", "-k", FEW, code=0)
    assert set(verdicts(found).values()) == {Verdict.PASSED}
    assert "shaking hands" not in done.stdout + done.stderr


def test_two_runs_give_the_same_record(tmp_path):
    texts = []
    for workers in ("1", "2"):
        path = tmp_path / workers
        done = sslspec("run", "ssl", "-k", FEW, "-k", RANDOM, "-j", workers, "-o", str(path))
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        texts.append([{name: value for name, value in line.items() if name != "volatile"} for line in lines])
    assert texts[0] == texts[1]
    assert RANDOM.partition("@")[0] in str(texts[0])  # which fails over bytes that are never the same


def test_the_users_own_pytest_and_modules_do_not_leak_in(tmp_path):
    (tmp_path / "conftest.py").write_text("raise RuntimeError('the user's own conftest')\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --nonsense -W error -p no_such_plugin\n")
    if sys.version_info >= (3, 11):
        (tmp_path / "json.py").write_text("raise RuntimeError('not the json that you look for')\n")
        (tmp_path / "ssl.py").write_text("raise RuntimeError('not the ssl that you look for')\n")
    (tmp_path / "of_mine.py").write_text("from ssl import *\n")
    leaks = {"PYTEST_ADDOPTS": "--nonsense", "PYTEST_PLUGINS": "no_such_plugin", "PYTHONWARNINGS": "error"}
    start = "import sys; sys.path.pop(0); from sslspec.cli import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", start, "run", "of_mine", "ssl", "-k", FEW, "--peer", "stdlib"],
        cwd=tmp_path,
        env=environment(**leaks, SSL_CERT_FILE="nonsense", OPENSSL_CONF="nonsense"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = record.read(tmp_path / "sslspec-results.jsonl")
    assert {result.implementation for result in found.results} == {"of_mine", "ssl"}
    assert {"SSL_CERT_FILE", "OPENSSL_CONF"} <= set(found.header.environment["scrubbed"])
    assert not list(tmp_path.rglob("__pycache__/conftest*"))
    assert not (tmp_path / ".pytest_cache").exists()


def test_a_scenario_for_peers_that_take_no_part_is_left_out(tmp_path):
    found, _ = ran(tmp_path, "ssl", "-k", "data/key_update/*", "-k", READS, "--peer", "stdlib", code=0)
    assert {result.id.partition("/")[0] for result in found.results} == {READS.partition("/")[0]}


def test_an_implementation_may_be_given_another_name_and_an_attribute(tmp_path):
    (tmp_path / "package.py").write_text("import ssl\ndef make():\n    return ssl\n")
    found, _ = ran(tmp_path, "mine=package:make", "-k", FEW, code=0, paths=(tmp_path,))
    assert {result.implementation for result in found.results} == {"mine"}
    assert found.header.implementations["mine"]["module"] == "ssl"


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which nobody can write")
def test_a_folder_that_cannot_be_written_to_is_no_obstacle():
    done = sslspec("run", "ssl", "-k", READS, "--peer", "stdlib", cwd=Path("/proc/self"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "cannot be written to; the results go to " in done.stderr
    path = Path(done.stdout.splitlines()[-1].removeprefix("results in "))
    assert len(record.read(path).results) == 1
    path.unlink()
    path.parent.rmdir()
    given = sslspec("run", "ssl", "-k", READS, "-o", "/proc/self/r.jsonl")
    assert given.returncode == 4
    assert given.stderr == "sslspec: /proc/self/r.jsonl: cannot be written (No such file or directory)\n"


def test_from_the_root_folder(tmp_path):
    done = sslspec("run", "ssl", "-k", READS, "--peer", "stdlib", "-o", str(tmp_path / "r"), cwd=Path("/"))
    assert done.returncode == 0, done.stdout + done.stderr


BASELINE = """\
format = 1
implementation = "wrong_unwrap"
[[known]]
id = "{id}"
verdict = "failed"
reason = "its unwrap() gives bytes where None is due"
"""


def test_what_the_baseline_knows_is_expected(tmp_path):
    (tmp_path / "b.toml").write_text(BASELINE.format(id=READS))
    found, done = ran(tmp_path, "wrong_unwrap", "-k", READS, "--baseline", "b.toml", code=0)
    (result,) = found.results
    assert result.verdict is Verdict.FAILED
    assert result.reason == "its unwrap() gives bytes where None is due"
    assert "everything as expected" in done.stdout


def test_an_entry_that_passes_fails_the_run(tmp_path):
    (tmp_path / "b.toml").write_text(BASELINE.format(id=READS_NOT))
    _, done = ran(tmp_path, "wrong_unwrap", "-k", READS_NOT, "--baseline", "b.toml", code=1)
    assert "passed: take the entry out, or narrow it" in done.stdout
    assert f"b.toml:3: '{READS_NOT}' is no longer needed" in done.stdout
    assert "1 stale baseline entry" in done.stdout


def test_a_session_that_stalls_is_ended_and_reported(tmp_path):
    stalled = "shutdown/unwrap/*@*+memory+whole"
    wanted = {"globs": (stalled,), "limit": 1.0, "inactivity": 4.0, "pytest_args": ("-p", "stalls"), "workers": 2}
    script = (
        "import sys; from sslspec.running import options, run; from sslspec.results import record\n"
        "from pathlib import Path\n"
        "class Nobody:\n    def result(self, *_): pass\n    tick = say = result\n"
        f"done = run.execute(options.Options(('ssl',), peers=('stdlib',), **{wanted!r}), Nobody())\n"
        "record.write(Path(sys.argv[1]), done.record.header, done.record.results, complete=done.record.complete)\n"
        "print(done.problem); sys.exit(done.exit_code)"
    )
    path = tmp_path / "r.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", script, str(path)], env=environment(HOSTILE), capture_output=True, text=True, check=False
    )
    assert done.returncode == 10, done.stdout + done.stderr
    assert "nothing happened for 4 s" in done.stdout
    found = record.read(path)
    assert not found.complete
    seen = list(verdicts(found).values())
    assert set(seen) == {Verdict.HUNG, Verdict.NOTRUN}
    assert 1 <= seen.count(Verdict.HUNG) <= 2
    assert all(result.requirement and result.clauses for result in found.results)


def test_a_scenario_that_cannot_be_understood_is_told_in_one_line(tmp_path):
    done = sslspec("run", "ssl", "-k", READS, "-j", "2", "--", "-p", "spoils", cwd=tmp_path, paths=(HOSTILE,))
    assert done.returncode == 4, done.stdout + done.stderr
    assert "shutdown/test_unwrap.py::test_" in done.stderr
    assert "no clause; say which sentence it tests with pytest.mark.clause(...)" in done.stderr
    assert done.stderr.count("\n") == 1


def test_stopping_at_the_first_leaves_an_incomplete_record(tmp_path):
    found, done = ran(tmp_path, "wrong_unwrap", "-k", "shutdown/unwrap/bytes_*", "-x", code=1)
    assert not found.complete
    assert Verdict.NOTRUN in verdicts(found).values()
    assert "the run is incomplete" in done.stdout


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at the system's table of processes")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_no_process(tmp_path, number):
    command = [sys.executable, "-m", "sslspec", "run", "hanging_read", "-k", READS, "--peer", "stdlib", "-o", "r.jsonl"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(HOSTILE), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    children = workers = set()
    deadline = time.monotonic() + 60
    while not workers and time.monotonic() < deadline:
        children = children_of(process.pid)
        workers = {worker for child in children for worker in children_of(child)}
    assert workers
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert "interrupted" in err
    left = children | workers
    while left and time.monotonic() < deadline:
        left = {pid for pid in left if is_alive(pid)}
    assert not left


def is_alive(pid):
    """False also for one that is dead, and whose end nobody has asked for yet."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid):
    found = set()
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        if parent == pid:
            found.add(int(path.parent.name))
    return found


PREFLIGHT = {
    "no_such_module": "cannot import no_such_module: ModuleNotFoundError: No module named 'no_such_module'",
    "without_context": "without_context has no SSLContext",
    "dies_on_import": "the process exited with status 7 when it was imported",
    "raises_on_import": "cannot import raises_on_import: RuntimeError: no library of this name",
    "ssl:no_such_attribute": "ssl gives no no_such_attribute",
}


@pytest.mark.parametrize("spec", PREFLIGHT)
def test_what_cannot_be_loaded_is_said_in_one_line(tmp_path, spec):
    done = sslspec("run", spec, cwd=tmp_path, paths=(HOSTILE,))
    assert done.returncode == 11
    assert done.stdout == ""
    assert done.stderr.startswith(f"sslspec: {spec}: ")
    assert PREFLIGHT[spec] in done.stderr
    assert done.stderr.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_import_that_does_not_come_back_is_given_up(monkeypatch):
    monkeypatch.syspath_prepend(HOSTILE)
    found = diagnosis.examine("hangs_on_import", patience=1.5)
    assert found.problem == "hangs_on_import: the process gave no answer within 1.5 s when it was imported"


def test_the_watchdog_waits_longer_than_any_scenario_may_take():
    assert options.Options().patience == 60
    assert options.Options(limit=100).patience == 300


def test_what_is_whole_is_told_from_a_selection():
    assert options.Options().whole
    assert not options.Options(globs=("a",)).whole
    assert not options.Options(pytest_args=("-k", "x")).whole


@pytest.mark.parametrize(
    ("globs", "areas", "found"),
    [
        ((), (), ["."]),
        (("shutdown/unwrap/*",), (), ["shutdown/test_unwrap.py"]),
        (("shutdown/unwrap", "shutdown/unwrap/*"), (), ["shutdown/test_unwrap.py"]),
        (("shutdown", "shutdown/*", "memory_bio/object/x@y"), (), ["memory_bio/test_object.py", "shutdown"]),
        (("*/unwrap/*", "shutdown/*"), (), ["."]),
        (("no_such_area/*",), (), ["."]),
        (("shutdown/no_such_topic/*",), (), ["."]),
        (("*",), ("shutdown",), ["shutdown"]),
        ((), ("no_such_area",), ["."]),
    ],
)
def test_only_what_is_selected_is_collected(globs, areas, found):
    root = layout.suites()
    places = options.places(options.Options(globs=globs, areas=areas))
    assert [path.relative_to(root).as_posix() for path in places] == found


def test_no_machine_path_gets_into_a_record(tmp_path):
    ran(tmp_path, "wrong_unwrap", "-k", FEW, code=1)
    lines = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    for line in lines:
        line.pop("volatile", None)
    assert str(HARNESS.parent) not in json.dumps(lines)
    assert os.sep + "tmp" + os.sep not in json.dumps(lines)
