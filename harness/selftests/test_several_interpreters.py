"""One run of several interpreters: its columns, its one record, and what becomes of the others where one fails."""

import collections
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from selftests import standin
from selftests.support import environment, sslspec
from selftests.test_run import READS, children_of, is_alive
from sslspec import cli
from sslspec.baseline import Baseline, Entry
from sslspec.certificates import pki as certificates
from sslspec.exitcodes import ExitCode
from sslspec.results import record
from sslspec.running import group, options, outcome, run
from sslspec.running.group import Group
from sslspec.running.state import State
from sslspec.verdicts import Verdict

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stand-ins are scripts that Windows does not start")
FEW = ("--area", "channel_binding", "--peer", "stdlib")
ONE = "channel_binding/*/*@client+tls12+memory+whole"
RUNNING = ".".join(map(str, sys.version_info[:3]))


def ran(folder, *args, code, **more):
    done = sslspec("run", *args, "-o", str(folder / "r.jsonl"), cwd=folder, **more)
    assert done.returncode == code, done.stdout + done.stderr
    return record.read(folder / "r.jsonl"), done


@pytest.fixture(scope="module")
def together(tmp_path_factory):
    """The running interpreter, and one that says it is 3.98.7."""
    folder = tmp_path_factory.mktemp("together")
    other = standin.interpreter(folder / "other" / "python", "3.98.7")
    return ran(folder, "--python", RUNNING, "--python", str(other), "ssl", "refssl", *FEW, "-j", "2", code=0)


def test_each_interpreter_has_columns_of_its_own_in_one_record(together):
    found, _ = together
    columns = collections.defaultdict(dict)
    for result in found.results:
        columns[result.implementation][result.id, result.peer] = result.verdict
    assert set(columns) == {f"{name}@{python}" for name in ("ssl", "refssl") for python in (RUNNING, "3.98.7")}
    assert columns[f"ssl@{RUNNING}"] == columns["ssl@3.98.7"]
    assert columns[f"refssl@{RUNNING}"] == columns["refssl@3.98.7"]
    assert found.complete


def test_the_header_says_of_each_column_who_it_is(together):
    found, _ = together
    for column, facts in found.header.implementations.items():
        assert facts["name"] == column.partition("@")[0]
        assert facts["python"]["version"] == RUNNING  # what the program that was really started says of itself
        assert "unscrubbed" not in facts
    assert found.header.volatile["argv"][0] == "run"
    assert found.header.environment["unscrubbed"]


def test_one_table_has_all_columns_and_two_are_compared_only_where_they_are_two(together):
    _, done = together
    for column in ("ssl@3.98.7", f"refssl@{RUNNING}"):
        implementation, _, python = column.partition("@")
        assert implementation in done.stdout
        assert python in done.stdout
    assert "everything as expected" in done.stdout
    assert "alike" not in done.stdout


def test_one_interpreter_that_is_named_stands_in_the_column_too(tmp_path):
    found, _ = ran(tmp_path, "--python", RUNNING, "ssl", "-k", ONE, "--peer", "stdlib", code=0)
    assert {result.implementation for result in found.results} == {f"ssl@{RUNNING}"}
    assert set(found.header.implementations) == {f"ssl@{RUNNING}"}


def test_an_interpreter_that_dies_costs_its_own_columns(tmp_path):
    bad = standin.interpreter(tmp_path / "bad" / "python", "3.98.7", dies="at once")
    found, done = ran(
        tmp_path, "--python", str(bad), "--python", RUNNING, "ssl", "-k", ONE, "--peer", "stdlib", code=10
    )
    verdicts = collections.defaultdict(collections.Counter)
    for result in found.results:
        verdicts[result.implementation][result.verdict] += 1
    assert set(verdicts["ssl@3.98.7"]) == {Verdict.NOTRUN}
    assert Verdict.NOTRUN not in verdicts[f"ssl@{RUNNING}"]
    assert verdicts["ssl@3.98.7"].total() == verdicts[f"ssl@{RUNNING}"].total()
    assert not found.complete
    assert (
        "sslspec: 3.98.7: pytest exited with status 3; it said:\nthis interpreter has no wish to go on" in done.stderr
    )


class Nobody:
    def result(self, result, state): ...

    def tick(self, state): ...

    def say(self, text): ...


def test_one_that_is_silent_is_given_up_and_the_others_are_not(tmp_path, monkeypatch):
    monkeypatch.setattr(group, "INACTIVITY", 3.0)
    monkeypatch.chdir(tmp_path)
    mute = standin.interpreter(tmp_path / "mute" / "python", "3.98.7", dies="slowly")
    wanted = options.Options(
        ("ssl",), (str(mute), RUNNING), peers=("stdlib",), globs=(ONE,), limit=1.0, inactivity=3.0, workers=2
    )
    done = run.execute(wanted, Nobody())
    assert done.exit_code == ExitCode.INCOMPLETE
    assert done.problem.startswith("3.98.7: nothing happened for 3 s, so the session was ended")
    verdicts = {result.implementation: result.verdict for result in done.record.results}
    assert verdicts["ssl@3.98.7"] is Verdict.NOTRUN
    assert verdicts[f"ssl@{RUNNING}"] is not Verdict.NOTRUN


def test_an_implementation_that_only_one_of_them_has(tmp_path):
    (tmp_path / "picky.py").write_text(
        "import os\nif 'STANDIN' not in os.environ:\n    raise ImportError('not here')\nfrom ssl import *\n"
    )
    has = standin.interpreter(tmp_path / "has" / "python", "3.98.7", environment={"STANDIN": "1"})
    pythons = ("--python", RUNNING, "--python", str(has))
    done = sslspec("run", *pythons, "picky", cwd=tmp_path)
    assert done.returncode == 11
    assert done.stderr == f"sslspec: {RUNNING}: picky: cannot import picky: ImportError: not here\n"
    found, _ = ran(tmp_path, "--python", str(has), "picky", "-k", READS, "--peer", "stdlib", code=0)
    assert {result.implementation for result in found.results} == {"picky@3.98.7"}


def test_workers_elsewhere_have_one_python(capsys):
    assert cli.main(["run", "--python", RUNNING, "ssl", "--", "--tx", "ssh=build1"]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("sslspec: --python and --tx do not go together: ")


def test_an_interpreter_that_is_not_there_or_cannot_be_prepared(tmp_path):
    poor = standin.interpreter(tmp_path / "poor" / "python", "3.98.7", have={"pip": "26"})
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = sslspec("run", "--python", "3.99", "ssl", cwd=tmp_path, **cache)
    assert done.returncode == 4
    assert done.stderr.startswith("sslspec: --python 3.99: not found; there are ")
    done = sslspec("run", "--python", str(poor), "--no-install", "ssl", cwd=tmp_path, **cache)
    assert done.returncode == 11
    assert done.stderr.count("\n") == 1
    done = sslspec("run", "--python", str(poor), "ssl", cwd=tmp_path, **cache)
    assert done.returncode == 11
    assert done.stderr.endswith("  ERROR: No matching distribution found for cryptography\n")


def test_one_that_cannot_have_pytest_plays_the_scenarios_as_an_agent(tmp_path):
    pypy = standin.interpreter(tmp_path / "pypy" / "python", "3.98.7", implementation="pypy", have={})
    pythons = ("--python", str(pypy), "--python", RUNNING)
    found, done = ran(tmp_path, *pythons, "ssl", "refssl", "-k", ONE, "--peer", "stdlib", "--no-install", code=0)
    verdicts = collections.defaultdict(dict)
    for result in found.results:
        verdicts[result.implementation][result.id] = (result.verdict, str(result.steps))
    assert set(verdicts) == {f"ssl@{RUNNING}", f"refssl@{RUNNING}", "ssl@pypy3.98.7"}
    assert verdicts["ssl@pypy3.98.7"] == verdicts[f"ssl@{RUNNING}"]
    assert "pypy3.98.7: has not " in done.stdout
    assert "; it plays the scenarios as an agent" in done.stdout
    assert "pypy3.98.7: refssl needs more than an agent is given, and has no column there" in done.stdout
    done = sslspec("run", *pythons, "refssl", cwd=tmp_path)
    assert done.returncode == 11
    assert done.stderr == "sslspec: pypy3.98.7: refssl needs more than an agent is given\n"


def test_one_that_sees_no_file_of_ours_plays_too(tmp_path):
    far = standin.interpreter(tmp_path / "far" / "python", "3.98.7", sees=False)
    found, done = ran(tmp_path, "--python", str(far), "ssl", "-k", ONE, "--peer", "stdlib", "--no-install", code=0)
    assert {result.implementation for result in found.results} == {"ssl@3.98.7"}
    assert found.header.implementations["ssl@3.98.7"]["python"]["version"] == RUNNING
    assert "3.98.7: sees no files of ours; it plays the scenarios as an agent" in done.stdout
    refused = sslspec("run", "--python", str(far), "no_such_module", cwd=tmp_path)
    assert refused.returncode == 11
    assert "3.98.7: no_such_module: cannot import no_such_module: " in refused.stderr


def test_an_agent_is_examined_with_the_standard_library_alone(tmp_path):
    found = tmp_path / "found.json"
    certificates.make(tmp_path / "pki")
    command = [sys.executable, "-S", "-m", "sslspec.doctor.probe", "ssl", str(found), str(tmp_path / "pki")]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert {one["role"]: one["ok"] for one in json.loads(found.read_text())["handshakes"]} == {
        "client": True,
        "server": True,
    }
    bare = subprocess.run([sys.executable, "-S", "-c", "import pytest"], capture_output=True, check=False)
    assert bare.returncode == 1  # the negative control


def test_doctor_says_what_each_interpreter_has(tmp_path):
    poor = standin.interpreter(tmp_path / "poor" / "python", "3.98.7", have={"pip": "26"})
    other = standin.interpreter(tmp_path / "other" / "python", "3.99.1")
    pythons = ("--python", str(poor), "--python", str(other), "--python", RUNNING)
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    done = sslspec("doctor", *pythons, "ssl", "--no-install", cwd=tmp_path, **cache)
    assert done.returncode == 11
    sections = {section.partition("\n")[0]: section for section in done.stdout.split("\n\n")}
    assert {"here", f"Python {RUNNING}", f"ssl@{RUNNING}", "Python 3.99.1", "ssl@3.99.1"} < set(sections)
    assert f"  python         {other}, 3.99.1" in sections["Python 3.99.1"]
    assert "✓ TLSv1.3 " in sections["ssl@3.99.1"]
    assert f"✗ --python {poor}: 3.98.7 ({poor}) has not cryptography" in done.stdout
    assert sslspec("doctor", *pythons[4:], "ssl", cwd=tmp_path).returncode == 0
    assert sslspec("doctor", "--python", "3.90", cwd=tmp_path).returncode == 4


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks at the system's table of processes")
def test_an_interrupted_run_leaves_no_process_of_any_interpreter(tmp_path):
    others = [standin.interpreter(tmp_path / n / "python", f"3.9{n}.1", dies="slowly") for n in "78"]
    command = [sys.executable, "-m", "sslspec", "run", "ssl", "-k", ONE, "-j", "2", *python_options(others)]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    children = set()
    deadline = time.monotonic() + 60
    while len(children) < 2 and time.monotonic() < deadline:
        children = {pid for pid in children_of(process.pid) if b"'pytest'" in command_line(pid)}
    assert len(children) == 2
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 2, out + err
    assert err == "sslspec: interrupted\n"
    assert not {pid for pid in children if is_alive(pid)}


def python_options(paths):
    return [word for path in paths for word in ("--python", str(path))]


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


# -- the order of work ---------------------------------------------------------------------------------------------


class Child:
    """A group that has its results when it was attended to three times."""

    running: list["Child"] = []  # noqa: RUF012 - all of them

    def __init__(self, *, first_only=False, unexpected=False, left=3):
        self.options = options.Options(first_only=first_only)
        self.has_unexpected = unexpected
        self.workers = 0
        self.left = left
        self.most = 0
        self.state = State()

    def start(self, folder, workers, pki):
        self.workers = workers
        self.running.append(self)
        self.most = sum(child.workers for child in self.running)

    def attend(self, observer):
        self.left -= 1
        return self.left > 0

    def wait(self, seconds): ...

    def end(self, observer):
        self.running.remove(self)


@pytest.mark.parametrize(
    ("children", "workers", "shares"),
    [
        (1, 4, [4]),
        (2, 4, [2, 2]),
        (8, 2, [1] * 8),
        (3, 4, [1, 1, 2]),
        (3, 8, [2, 3, 3]),
        (3, 1, [1, 1, 1]),
    ],
)
def test_workers_are_shared_and_never_more_than_asked_for(tmp_path, children, workers, shares):
    queue = [Child() for _ in range(children)]
    assert run._run(queue, workers, tmp_path, None, Nobody()) is False
    assert [child.workers for child in queue] == shares
    assert max(child.most for child in queue) <= workers
    assert not Child.running


@pytest.mark.parametrize(("first_only", "left"), [(True, 98), (False, 0)])
def test_the_first_unexpected_result_of_one_ends_all_where_it_was_to(tmp_path, first_only, left):
    bad = Child(first_only=first_only, unexpected=True, left=1)
    good = Child(first_only=first_only, left=99)
    assert run._run([good, bad], 2, tmp_path, None, Nobody()) is False
    assert good.left == left
    assert not Child.running


# -- what is stale -------------------------------------------------------------------------------------------------

SCENARIO = "a/b/c"


def group_of(label, verdict):
    """A group that is over, with one result."""
    facts = {"ssl": {"name": "ssl", "python": {"implementation": "cpython", "version": label}, "openssl": "OpenSSL 3"}}
    one = Group(options.Options(), lambda _: [], facts, {}, label)
    column = one.columns["ssl"]
    one.state.apply({"event": "collected", "items": [[SCENARIO, column, "stdlib"]]})
    one.state.add(record.Result(SCENARIO, column, "stdlib", verdict))
    one.status = 0
    return one


def test_a_run_that_stopped_at_the_first_is_unexpected_and_no_more_is_said():
    good, bad = group_of("3.12.1", Verdict.PASSED), group_of("3.13.0", Verdict.FAILED)
    good.state.apply({"event": "collected", "items": [["a/b/d", "ssl@3.12.1", "stdlib"]]})
    bad.state.results[SCENARIO, "ssl@3.13.0", "stdlib"].unexpected = True
    bad.state.columns["ssl@3.13.0"].unexpected = 1
    done = outcome.of(options.Options(first_only=True), [good, bad], {}, interrupted=False, seconds=1.0)
    assert (done.exit_code, done.problem, done.record.complete) == (ExitCode.UNEXPECTED, "", False)


def stale(*groups, **entry):
    known = Entry(SCENARIO, frozenset({Verdict.FAILED}), "as it has always been here", "b.toml:3", **entry)
    baselines = {"ssl": Baseline("ssl", [known])}
    done = outcome.of(options.Options(), groups, baselines, interrupted=False, seconds=1.0)
    assert (done.exit_code == ExitCode.UNEXPECTED) == bool(done.stale)
    return done.stale


def test_an_entry_that_passes_on_one_python_is_stale_there():
    old, new = group_of("3.12.1", Verdict.FAILED), group_of("3.13.0", Verdict.PASSED)
    assert stale(old) == []
    (line,) = stale(old, new)
    assert "is no longer needed: its scenario passes" in line
    assert line.endswith("(in ssl@3.13.0)")


def test_an_entry_that_passes_everywhere_is_told_of_once():
    (line,) = stale(group_of("3.12.1", Verdict.PASSED), group_of("3.13.0", Verdict.PASSED))
    assert line == "b.toml:3: 'a/b/c' is no longer needed: its scenario passes: remove it"


def test_an_entry_with_a_condition_counts_where_it_holds():
    groups = group_of("3.12.1", Verdict.FAILED), group_of("3.13.0", Verdict.PASSED)
    assert stale(*groups, when={"python": "<3.13"}) == []
    (line,) = stale(*groups, when={"python": ">=3.13"})
    assert line.endswith("(in ssl@3.13.0)")


def test_a_configuration_of_one_openssl_alone_stands_with_its_column():
    groups = [group_of("3.12.1", Verdict.PASSED), group_of("3.13.0", Verdict.PASSED)]
    for one, conf in zip(groups, ({}, {"MinProtocol": "TLSv1.3"}), strict=True):
        unscrubbed = {**outcome.hermetic.unscrubbed(), "openssl_conf": conf}
        one.state.header = record.Header("0", dict(one.facts), environment={"unscrubbed": unscrubbed})
    if outcome.hermetic.unscrubbed()["openssl_conf"]:
        pytest.skip("this machine's own OpenSSL has a configuration")
    header = outcome.of(options.Options(), groups, {}, interrupted=False, seconds=1.0).record.header
    assert "unscrubbed" not in header.implementations["ssl@3.12.1"]
    assert header.implementations["ssl@3.13.0"]["unscrubbed"] == {"openssl_conf": {"MinProtocol": "TLSv1.3"}}
