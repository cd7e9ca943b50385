"""Workers on other hosts, shown over loopback: xdist's sockets, with nothing shared but what is installed there."""

import contextlib
import re
import subprocess
import sys

import pytest

from selftests.support import HOSTILE, environment, sslspec
from sslspec import compare
from sslspec.results import record
from sslspec.verdicts import Verdict

AREA = "channel_binding"
READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+whole"
UNWRAPS = "shutdown/unwrap/*@client+tls13+memory+whole"
INNOCENT = "memory_bio/reading/read_zero_takes_nothing"
VERSIONED = "from ssl import *\nfrom ssl import OPENSSL_VERSION, OPENSSL_VERSION_INFO\n__version__ = '{}'\n"


@contextlib.contextmanager
def host(folder, *paths):
    """Another host: execnet's server in a folder of its own; gives what --tx takes."""
    folder.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "execnet.script.socketserver", "127.0.0.1:0"],
        cwd=folder,
        env=environment(*paths),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        line = server.stdout.readline()
        port = re.search(r"\('127\.0\.0\.1', (\d+)\)", line)
        assert port, line
        yield f"--tx=socket=127.0.0.1:{port[1]}"
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def run(folder, *args, paths=(), **more):
    path = folder / "r.jsonl"
    done = sslspec(
        "run", *args[: args.index("--")], "-o", str(path), "-q", *args[args.index("--") :], paths=paths, **more
    )
    return (record.read(path) if path.exists() else None), done


def test_a_run_on_two_other_hosts_is_the_run_on_this_one(tmp_path):
    with host(tmp_path / "one") as one, host(tmp_path / "two") as two:
        there, done = run(tmp_path, "ssl", "--area", AREA, "--", one, two)
        assert done.returncode == 0, done.stdout + done.stderr
    assert there.complete
    assert {result.volatile["worker"] for result in there.results} == {"gw0", "gw1"}
    here, _ = run(tmp_path, "ssl", "--area", AREA, "-j", "1", "--")
    assert here.header.manifest == there.header.manifest
    assert compare.compare(here, there).unchanged == len(here.results)


def test_a_baseline_is_known_there_too(tmp_path):
    baseline = tmp_path / "b.toml"
    baseline.write_text('format = 1\nimplementation = "ssl"\n')
    given = ("ssl", "--area", AREA, "--baseline", str(baseline), "--")
    with host(tmp_path / "one") as one:
        there, done = run(tmp_path, *given, one)
    assert done.returncode == 1
    here, _ = run(tmp_path, *given)
    unexpected = [{result.id for result in found.results if result.unexpected} for found in (here, there)]
    assert unexpected[0] == unexpected[1] != set()


def test_a_host_with_another_implementation_is_refused(tmp_path):
    folders = [tmp_path / "here", tmp_path / "there"]
    for number, folder in enumerate(folders):
        folder.mkdir()
        (folder / "versioned.py").write_text(VERSIONED.format(number))
    with host(tmp_path / "one", folders[1]) as one:
        there, done = run(tmp_path, "versioned", "--area", AREA, "--", one, paths=(folders[0],))
    assert done.returncode == 4
    assert there is None
    assert (
        "on another host must have the same implementations: versioned: version is 1 there, and 0 here" in done.stderr
    )


def test_what_hangs_there_is_hung(tmp_path):
    with host(tmp_path / "one", HOSTILE) as one:
        there, done = run(
            tmp_path, "hanging_read", "-k", READS, "-k", INNOCENT, "--timeout", "1", "--", one, paths=(HOSTILE,)
        )
    assert done.returncode == 1, done.stdout + done.stderr
    assert {result.id: result.verdict for result in there.results} == {READS: Verdict.HUNG, INNOCENT: Verdict.PASSED}


def test_a_crash_takes_the_server_and_not_the_report(tmp_path):
    """execnet's server serves in its own process; what dies there cannot be started anew from here."""
    with host(tmp_path / "one", HOSTILE) as one:
        there, done = run(tmp_path, "exits", "-k", INNOCENT, "-k", UNWRAPS, "--", one, paths=(HOSTILE,))
    assert done.returncode == 10, done.stdout + done.stderr
    found = {result.id: result for result in there.results}
    assert found[INNOCENT].verdict is Verdict.PASSED
    crashed = [result for result in there.results if result.verdict is Verdict.CRASHED]
    assert len(crashed) == 1
    assert crashed[0].clauses
    assert {result.verdict for result in there.results} == {Verdict.PASSED, Verdict.CRASHED, Verdict.NOTRUN}
    assert not there.complete


def test_a_host_that_does_not_answer_is_named(tmp_path):
    with host(tmp_path / "one") as one:
        pass
    _, done = run(tmp_path, "ssl", "--area", AREA, "--", one)
    assert done.returncode in (3, 4), done.stdout + done.stderr
    assert "refused" in done.stderr


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ({"__init__.py": ""}, "ModuleNotFoundError: No module named 'sslspec.hosts'"),
        (
            {"__init__.py": "", "hosts.py": "class away:\n    work = None\n"},
            "TypeError: 'NoneType' object is not callable",
        ),
    ],
)
def test_a_host_on_which_no_worker_can_begin_is_named_at_once(tmp_path, there, why):
    """sslspec is not installed there, or is another one: what it says is told, and nobody waits for it."""
    with host(tmp_path / "one") as one:
        (tmp_path / "one" / "sslspec").mkdir()
        for name, text in there.items():
            (tmp_path / "one" / "sslspec" / name).write_text(text)
        found, done = run(tmp_path, "ssl", "--area", AREA, "--", one)
    assert done.returncode == 4, done.stdout + done.stderr
    assert found is None
    assert done.stderr.startswith(f"sslspec: {one.removeprefix('--tx=')}: no worker can begin there: {why}\n")
    assert "nothing happened" not in done.stderr


@pytest.mark.parametrize("option", ["--tx", "--tx=socket=127.0.0.1:1"])
def test_only_workers_of_ones_own_change_how_pytest_is_called(option):
    from sslspec.hosts import away

    assert away.asked_for(["-v", option])
    assert not away.asked_for(["-v", "--txt", "--durations=1"])
