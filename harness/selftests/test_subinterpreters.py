"""Scenarios in a sub-interpreter: asked for by ``sub:``, played by an agent there, in columns of their own."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from selftests import standin
from selftests.support import sslspec
from sslspec import subinterpreters
from sslspec.agent.host import Agent, AgentError, Died
from sslspec.bench import threads
from sslspec.peers import pythons
from sslspec.plugin import player
from sslspec.pythons import environments, interpreters
from sslspec.pythons.interpreters import InterpreterError
from sslspec.results import record
from sslspec.results.record import Record, Result
from sslspec.verdicts import Verdict, limits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stand-ins are scripts that Windows does not start")
FORK = "functions/randomness/a_fork_draws_other_bytes"
# Over memory, over sockets with a thread for the peer, with a thread for a call, under asyncio, and with a signal.
PLAYED = (
    FORK,
    "channel_binding/*/*@client+tls13+*",
    "threads/one_connection/*@client+tls13+*",
    "under_asyncio/upgrading/streams_go_over_to_tls@client+tls13+*",
    "timeouts/waiting/a_signal_ends_no_read@client+*",
)


@pytest.fixture(scope="module")
def capable() -> str:
    """A CPython of this machine that can play in sub-interpreters."""
    every = [*interpreters.find_all([sys.executable]), *interpreters.every()]
    found = [one for one in every if one.implementation == "cpython" and one.version >= subinterpreters.OLDEST]
    if not found:
        pytest.skip("no CPython here that can play in sub-interpreters")
    return found[0].executable


@pytest.fixture(scope="module")
def played(capable: str, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The same scenarios in an interpreter and in a sub-interpreter of it."""
    folder = tmp_path_factory.mktemp("sub")
    globs = [word for glob in PLAYED for word in ("-k", glob)]
    done = ran(folder, "--python", capable, "--python", f"sub:{capable}", "ssl", *globs, "--peer", "stdlib", "-j", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return record.read(folder / "r.jsonl")


def ran(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return sslspec("run", *args, "-o", str(folder / "r.jsonl"), cwd=folder)


def by_column(found: Record) -> tuple[dict[str, Result], dict[str, Result]]:
    """The results of the interpreter, and of its sub-interpreter, by id."""
    columns: dict[str, dict[str, Result]] = defaultdict(dict)
    for result in found.results:
        columns[result.implementation][result.id] = result
    (main, inner) = sorted(columns)
    assert inner == f"{main}-sub"
    return columns[main], columns[inner]


class TestPlaying:
    def test_a_column_says_whose_it_is(self, played: Record) -> None:
        by_column(played)
        for column, facts in played.header.implementations.items():
            assert column == f"ssl@{facts['python']['version']}"

    def test_all_is_as_in_the_interpreter_but_what_the_process_shares(self, played: Record) -> None:
        main, inner = by_column(played)
        other = {name for name in main if inner[name].verdict is not main[name].verdict}
        assert {name.partition("@")[0] for name in other} == {FORK, "timeouts/waiting/a_signal_ends_no_read"}
        assert len(main) > 2 * len(other)
        assert all(inner[name].steps == main[name].steps for name in main if name not in other)

    def test_it_was_a_sub_interpreter(self, played: Record) -> None:
        """Negative control: one cannot fork, and the interpreter can."""
        main, inner = by_column(played)
        assert main[FORK].verdict is Verdict.PASSED
        assert inner[FORK].verdict is Verdict.INAPPLICABLE
        assert inner[FORK].detail["message"] == "a sub-interpreter has no fork()"

    def test_one_may_be_the_peer(self, capable: str, tmp_path: Path) -> None:
        done = ran(tmp_path, "ssl", "-k", PLAYED[1], "--peer", f"python:sub:{capable}")
        assert done.returncode == 0, done.stdout + done.stderr
        found = record.read(tmp_path / "r.jsonl").results
        assert {one.peer.removeprefix("python3.").lstrip("0123456789") for one in found} == {"-sub"}
        assert Verdict.PASSED in {one.verdict for one in found}

    def test_doctor_looks_into_it(self, capable: str) -> None:
        done = sslspec("doctor", "--python", f"sub:{capable}", "ssl")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "nothing of its own: it is an agent" in done.stdout
        assert "-sub\n  module         ssl\n" in done.stdout


class TestAsking:
    def test_it_is_another_one_than_its_interpreter(self, tmp_path: Path) -> None:
        path = str(standin.interpreter(tmp_path / "python"))
        main, inner = interpreters.find_all([path, f"sub:{path}", path])
        assert interpreters.labels([main, inner]) == ["3.98.7", "3.98.7-sub"]
        assert (main.command, inner.command) == (path, f"sub:{path}")
        assert not inner.is_running

    def test_the_running_one_is_not_its_sub_interpreter(self) -> None:
        assert not dataclasses.replace(interpreters.find(sys.executable), is_sub=True).is_running

    def test_it_plays_as_an_agent_though_nothing_is_missing(self, tmp_path: Path) -> None:
        said: list[str] = []
        hosts = []
        path = standin.interpreter(tmp_path / "python")
        for wanted in (f"sub:{path}", str(path)):
            hosts.append(environments.prepare("3.98.7-sub", interpreters.find(wanted), tmp_path, said.append))
        assert [host.is_agent for host in hosts] == [True, False]
        assert said == ["3.98.7-sub: is a sub-interpreter; it plays the scenarios as an agent"]

    @pytest.mark.parametrize(
        ("version", "implementation", "name"), [("3.12.9", "cpython", "3.12.9"), ("3.98.7", "pypy", "pypy3.98.7")]
    )
    def test_who_cannot_is_told_so(self, tmp_path: Path, version: str, implementation: str, name: str) -> None:
        path = standin.interpreter(tmp_path / "python", version, implementation=implementation)
        assert interpreters.find(str(path)).name == name
        with pytest.raises(InterpreterError) as problem:
            interpreters.find(f"sub:{path}")
        told = f"--python sub:{path}: {name} ({path}) cannot play in sub-interpreters; CPython 3.13 and later can"
        assert str(problem.value) == told

    @pytest.mark.parametrize("name", ["python3.98-sub", "python:sub:{path}"])
    def test_a_peer_is_called_as_it_can_be_asked_for(
        self, monkeypatch: pytest.MonkeyPatch, name: str, tmp_path: Path
    ) -> None:
        path = standin.interpreter(tmp_path / "python")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr(pythons, "_commands", {})
        path.rename(tmp_path / "python3.98")
        name = name.format(path=tmp_path / "python3.98")
        assert pythons.is_one(name)
        assert pythons.column(name) == "python3.98-sub"

    def test_an_agent_that_has_ended_keeps_its_words_and_no_file(self) -> None:
        agent = Agent(sys.executable)
        agent.end()
        assert agent._words.closed
        assert agent._last_words() == ""
        agent.end()

    @pytest.mark.parametrize(
        ("command", "told"),
        [
            ("sub:no-such-python", "sub:no-such-python: there is no such program"),
            ("sub:echo hello", "sub:echo hello: a command line cannot be had in a sub-interpreter, an interpreter can"),
            ("sub:false", "sub:false: is no Python that can serve as agent: it exited with status 1"),
        ],
    )
    def test_an_agent_that_is_none_is_told_in_one_line(self, command: str, told: str) -> None:
        with pytest.raises(AgentError) as caught:
            Agent(command)
        assert str(caught.value) == told


class TestWhatIsNotThere:
    """What isolated sub-interpreters lack, as the harness meets it; the running Python stands in for one."""

    def test_no_alarm_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if not hasattr(signal, "SIGALRM"):
            pytest.skip("no alarms here")
        with limits.soft(1000.0):
            assert signal.getitimer(signal.ITIMER_REAL)[0] > 0
        monkeypatch.setattr(subinterpreters, "is_one", lambda: True)
        with limits.soft(1000.0):
            assert signal.getitimer(signal.ITIMER_REAL)[0] == 0

    def test_a_thread_is_waited_for_where_there_are_no_others(self, monkeypatch: pytest.MonkeyPatch) -> None:
        first = threads.start("first", int)
        first.join()
        real = threading.Thread

        def thread(*args: Any, daemon: bool | None = None, **kwargs: Any) -> threading.Thread:
            if daemon:
                raise RuntimeError("daemon threads are disabled in this (sub)interpreter")
            return real(*args, daemon=daemon, **kwargs)

        monkeypatch.setattr(threading, "Thread", thread)
        done: list[int] = []
        second = threads.start("second", done.append, 1)
        second.join()
        assert (first.daemon, second.daemon, second.name, done) == (True, False, "second", [1])

    def test_who_had_to_be_ended_has_hung_and_left_no_stack(self) -> None:
        hung, crashed = (player._post_mortem(Died(status, "")) for status in (None, -11))
        assert (hung.verdict, hung.detail["message"]) == (Verdict.HUNG, "no answer, and its agent had to be ended")
        assert (crashed.verdict, crashed.detail["message"]) == (Verdict.CRASHED, "the process died of SIGSEGV")

    def test_the_main_interpreter_is_none(self) -> None:
        assert not subinterpreters.is_one()
