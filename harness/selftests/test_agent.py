"""Agents: what another interpreter plays is recorded as if it had been run here, however badly it behaves."""

from __future__ import annotations

import ast
import dataclasses
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from selftests.support import HARNESS, HOSTILE, environment
from sslspec import layout
from sslspec.agent import agent as far
from sslspec.agent import luggage
from sslspec.agent.host import Agent, AgentError, Died, Refused
from sslspec.bench.credentials import Pki
from sslspec.bench.exits import Inapplicable
from sslspec.bench.travelling import Traveller
from sslspec.certificates import pki as certificates
from sslspec.peers import pythons
from sslspec.results import record
from sslspec.results.record import Record, Result

READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@client+tls13+memory+split"
# pytest.warns(); monkeypatch; a fixture of the scenario's file; parameters of two decorators
USING_PYTEST = (
    "contexts/values/a_deprecation_points_at_the_program*",
    "contexts/default_locations/a_default_context_trusts_whom_the_system_trusts*",
    "hooks/message_callback/a_callback_is_callable_or_none*",
    "sni/callback/an_exception_ends_the_handshake*",
)
BEHAVIOURS = ("ssl", "wrong_unwrap", "prints", "interrupts", "exits", "hanging_read", "holds_the_gil")


def played(
    results: Path, *options: str, scenarios: tuple[str, ...] = (READS,), implementations: tuple[str, ...] = ("ssl",)
) -> subprocess.CompletedProcess[str]:
    """Plain pytest over a few scenarios, with hostile implementations within reach."""
    files = {f"{area}/test_{topic}.py" for area, topic, *_ in (scenario.split("/") for scenario in scenarios)}
    command = ["-c", str(layout.pytest_ini()), f"--rootdir={layout.suites()}", "-q", "-p", "sslspec.plugin.hooks"]
    command += ["-p", "no:cacheprovider", "--no-baseline", "--limit=2", f"--results={results}"]
    command += [] if any(option.startswith("--peer") for option in options) else ["--peer=stdlib"]
    command += [f"--scenario={scenario}" for scenario in scenarios]
    command += [f"--impl={name}" for name in implementations]
    command += [*options, *(str(layout.suites() / file) for file in sorted(files))]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *command],
        cwd=HARNESS.parent,
        env=environment(HOSTILE),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=120,
        check=False,
    )


def by_implementation(found: Record) -> dict[str, Result]:
    return {result.implementation: result for result in found.results}


ASKING = """
from sslspec_agent import conversation

def sum_of(n):
    return sum(conversation.ask("square", of=i) for i in range(n))
"""
LOOKING = """
import pathlib
from sslspec.carried import certificates

def look():
    found = pathlib.Path(certificates.folder()).rglob("*.pem")
    return sorted((path.name, path.read_bytes().decode("latin-1")) for path in found)
"""


class TestPlaying:
    @pytest.fixture(scope="class")
    @staticmethod
    def both(tmp_path_factory: pytest.TempPathFactory) -> tuple[Record, Record]:
        """The same executions in a worker of xdist's and in an agent."""
        folder = tmp_path_factory.mktemp("agent")
        for name, option in (("worker", "-n1"), ("agent", f"--agent={sys.executable}")):
            done = played(folder / name, option, implementations=(*BEHAVIOURS, "closes_descriptors"))
            assert (folder / name).exists(), done.stdout + done.stderr
        return record.read(folder / "worker"), record.read(folder / "agent")

    @pytest.mark.parametrize("name", BEHAVIOURS)
    def test_a_verdict_is_that_of_pytest_and_so_is_all_that_is_said_of_it(self, both: Any, name: str) -> None:
        worker, agent = (by_implementation(one)[name] for one in both)
        assert agent.verdict is worker.verdict
        assert agent.detail == worker.detail
        assert agent.steps == worker.steps
        assert agent.unexpected is (name not in ("ssl", "prints"))

    def test_a_failed_assert_explains_itself(self, both: Any) -> None:
        assert "where" in by_implementation(both[1])["wrong_unwrap"].detail["message"]

    def test_the_facts_are_those_of_the_agent(self, both: Any) -> None:
        version = ".".join(map(str, sys.version_info[:3]))
        assert both[1].header.implementations["ssl"]["python"]["version"] == version
        assert both[1].header.volatile["agent"] == {"command": sys.executable}
        assert "agent" not in both[0].header.volatile

    def test_who_closes_our_descriptors_costs_himself_alone(self, both: Any) -> None:
        found = by_implementation(both[1])
        assert found["closes_descriptors"].verdict.value == "crashed"
        assert found["ssl"].verdict.value == "passed"

    def test_what_scenarios_use_of_pytest_is_there(self, tmp_path: Path) -> None:
        for name, options in (("here", ()), ("there", (f"--agent={sys.executable}",))):
            done = played(tmp_path / name, *options, scenarios=tuple(USING_PYTEST))
            assert (tmp_path / name).exists(), done.stdout + done.stderr
        here, there = (
            [(one.id, one.verdict, one.detail, one.steps) for one in record.read(tmp_path / name).results]
            for name in ("here", "there")
        )
        assert {scenario.partition("@")[0] for scenario, *_ in here} == {glob.strip("*") for glob in USING_PYTEST}
        assert there == here


POOR = """
import sys
for name in {without!r}:
    sys.modules.pop(name, None)
    sys.modules[name] = None
exec(compile(open({agent!r}).read(), "agent.py", "exec"))
"""


class TestPoorInterpreters:
    """What an interpreter has not that is young, as docs/agent.md says it: the running Python stands in for one."""

    def agent(self, folder: Path, *without: str) -> str:
        (folder / "poor.py").write_text(POOR.format(without=without, agent=far.__file__))
        return f"--agent={sys.executable} {folder / 'poor.py'}"

    def test_it_plays_without_what_only_helps(self, tmp_path: Path) -> None:
        done = played(tmp_path / "results", self.agent(tmp_path, "faulthandler", "asyncio"))
        assert done.returncode == 0, done.stdout + done.stderr
        (result,) = record.read(tmp_path / "results").results
        assert result.verdict.value == "passed"

    @pytest.mark.parametrize("module", ["hashlib", "selectors", "signal", "socket"])
    def test_what_it_must_have_is_named(self, tmp_path: Path, module: str) -> None:
        done = played(tmp_path / "results", self.agent(tmp_path, module))
        assert done.returncode == 4
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        assert f"ModuleNotFoundError: import of {module} halted" in line


class TestRefusals:
    @pytest.mark.parametrize(
        ("command", "told"),
        [
            ("no-such-python", "no-such-python: there is no such program"),
            ("false", "false: is no Python that can serve as agent: it exited with status 1"),
            ("echo hello", "echo hello: is no Python that can serve as agent: it says something else"),
        ],
    )
    def test_what_is_no_agent_is_told_in_one_line(self, command: str, told: str) -> None:
        with pytest.raises(AgentError) as caught:
            Agent(command)
        assert str(caught.value).startswith(told)
        assert "\n" not in str(caught.value)

    @pytest.mark.parametrize(
        ("implementation", "told"),
        [
            ("no_such_module", "no_such_module: cannot import no_such_module"),
            ("dies_on_import", "exited with status 7"),
        ],
    )
    def test_an_implementation_that_it_cannot_load_is_a_usage_error(
        self, tmp_path: Path, implementation: str, told: str
    ) -> None:
        done = played(tmp_path / "results", f"--agent={sys.executable}", implementations=(implementation,))
        assert done.returncode == 4
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        assert told in line

    def test_a_python_that_is_too_old_is_told_so(self, tmp_path: Path) -> None:
        hello = {**far.hello(), "python": [3, 9, 1]}
        (tmp_path / "old.py").write_text(f"print({json.dumps(json.dumps({'hello': hello}))})\n")
        with pytest.raises(AgentError, match=r"is Python 3\.9\.1; what an agent plays needs 3\.10 or later"):
            Agent(f"{sys.executable} {tmp_path / 'old.py'}")


class TestConversation:
    @pytest.fixture
    def agent(self) -> Any:
        made = Agent(sys.executable)
        yield made
        made.end()

    def test_it_stands_alone(self, tmp_path: Path) -> None:
        """On another machine there is nothing but this file."""
        shutil.copy(far.__file__, tmp_path / "alone.py")
        agent = Agent(f"{sys.executable} -I -S {tmp_path / 'alone.py'}")
        agent.send({"something": ("something.py", "def doubled(number):\n    return 2 * number\n")})
        assert agent.call("something:doubled", number=21) == 42
        agent.end()

    def test_what_a_call_raises_comes_back(self, agent: Agent) -> None:
        agent.send({"decimal_like": ("decimal_like.py", "def read(text):\n    return int(text)\n")})
        with pytest.raises(Refused, match="ValueError: invalid literal") as caught:
            agent.call("decimal_like:read", text="x")
        assert "return int(text)" in caught.value.traceback

    def test_it_asks_the_host_while_the_host_waits(self, agent: Agent) -> None:
        agent.send({"asking": ("asking.py", ASKING)})
        assert agent.call("asking:sum_of", asked=lambda _question, given: given["of"] ** 2, n=4) == 14
        with pytest.raises(Refused, match="nobody answers 'square'"):
            agent.call("asking:sum_of", n=1)

    def test_one_that_is_too_slow_is_ended(self, agent: Agent) -> None:
        agent.send({"waiting": ("waiting.py", "import threading\ndef wait():\n    threading.Event().wait()\n")})
        with pytest.raises(Died, match="it gave no answer"):
            agent.call("waiting:wait", seconds=0.05)
        assert not agent.is_alive

    def test_certificates_travel_where_their_folder_is_not(self, agent: Agent) -> None:
        agent.send(luggage.ours())
        assert agent.call("sslspec.carried.certificates:use", folder="/no/such/folder") is False
        agent.call("sslspec.carried.certificates:receive", files={"a/b.pem": "\xff", "c.pem": "c"})
        agent.send({"looking": ("looking.py", LOOKING)})
        folder = Path(agent.call("sslspec.carried.certificates:folder"))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert agent.call("looking:look") == [["b.pem", "\xff"], ["c.pem", "c"]]
        agent.part()
        assert not folder.exists()


class TestPeers:
    TALKS = ("data/both_directions/a_dialogue_goes_to_and_fro*",)
    MISBEHAVES = (
        "data/key_update/a_requested_update_is_answered_before_the_next_data*",
        "misbehaviour/offers/*binder*",
        "misbehaviour/fields13/*must_not_say@client*certificate*",
    )

    def test_another_python_is_a_peer_in_both_roles(self, tmp_path: Path) -> None:
        done = played(tmp_path / "results", f"--peer=python:{sys.executable}", scenarios=self.TALKS)
        found = record.read(tmp_path / "results").results
        assert {one.peer for one in found} == {f"python{sys.version_info[0]}.{sys.version_info[1]}"}, done.stdout
        assert {one.verdict.value for one in found} == {"passed"}
        places = {one.id.partition("@")[2] for one in found}
        assert {place.partition("+")[0] for place in places} == {"client", "server"}
        assert {"memory", "socketpair"} <= {place.split("+")[2] for place in places}

    def test_a_python_that_is_not_there_is_told_in_one_line(self, tmp_path: Path) -> None:
        done = played(tmp_path / "results", "--peer=python:/no/such/python")
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("ERROR:")]
        assert done.returncode == 4
        assert line.startswith("ERROR: --peer python:/no/such/python: there is no such file")

    def test_peers_that_need_what_the_agent_has_not_stay_here(self, tmp_path: Path) -> None:
        """Their faults may call functions of the scenario's, which then run there; and a dataclass goes both ways."""
        peers = ("--peer=scripted", "--peer=tlslite")
        for name, options in (("here", ()), ("there", (f"--agent={sys.executable}",))):
            played(tmp_path / name, *options, *peers, scenarios=self.MISBEHAVES)
        here, there = (
            [(one.id, one.peer, one.verdict, one.detail, one.steps) for one in record.read(tmp_path / name).results]
            for name in ("here", "there")
        )
        assert {peer for _, peer, *_ in here} == {"scripted", "tlslite"}
        assert there == here

    def test_one_that_died_is_replaced(self, pki: Pki) -> None:
        name = pythons.column(f"python:{sys.executable}")
        first = pythons.factory(name)(pki, server_side=True, versions=("tls12", "tls13"))
        first.start()
        pythons._agents[name].end()
        with pytest.raises(RuntimeError, match="is gone"):
            first.feed(b"more")
        second = pythons.factory(name)(pki, server_side=False, versions=("tls12", "tls13"))
        second.start()
        assert second.take()[:1] == b"\x16"

    def test_what_a_far_peer_cannot_do_is_told_as_by_a_near_one(self, pki: Pki) -> None:
        name = pythons.column(f"python:{sys.executable}")
        peer = pythons.factory(name)(pki, server_side=False, versions=("tls12", "tls13"))
        peer.settings.groups = ("P-256", "no-such-group")
        with pytest.raises(Inapplicable):
            peer.start()


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    folder = tmp_path_factory.mktemp("pki")
    certificates.make(folder)
    return Pki(str(folder))


class TestTravelling:
    @dataclasses.dataclass(frozen=True)
    class Entry:
        data: bytes
        extensions: dict[int, bytes]

    def test_values_arrive_as_they_left(self) -> None:
        here, there = travellers()
        for value in (None, True, 1.5, "é", b"\0\xff", [1, (2, b"3")], {(1, 2): {"a": [b""]}}, ()):
            assert there.unpack(json.loads(json.dumps(here.pack(value)))) == value

    def test_a_function_is_called_where_it_is(self) -> None:
        here, there = travellers()
        called = []
        far = there.unpack(here.pack(lambda data: called.append(data) or data[::-1]))
        assert far(b"abc") == b"cba"
        assert called == [b"abc"]

    def test_a_dataclass_is_changed_there_and_is_its_own_again_here(self) -> None:
        here, there = travellers()
        far = there.unpack(here.pack(self.Entry(b"x", {1: b"y"})))
        changed = here.unpack(there.pack(dataclasses.replace(far, data=b"z")))
        assert changed == self.Entry(b"z", {1: b"y"})

    def test_what_has_no_form_stays(self) -> None:
        with pytest.raises(TypeError, match="a object does not travel"):
            Traveller().pack(object())


def travellers() -> tuple[Traveller, Traveller]:
    """Two ends that hear each other."""
    ends: list[Traveller] = []
    ends += [Traveller(lambda *call: ends[1].answer(*call)), Traveller(lambda *call: ends[0].answer(*call))]
    return ends[0], ends[1]


class TestLuggage:
    def test_the_agent_itself_can_be_read_by_python_3_8(self) -> None:
        text = Path(far.__file__).read_text(encoding="utf-8")
        tree = ast.parse(text, feature_version=(3, 8))
        imported = {
            alias.name.partition(".")[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        assert imported <= sys.stdlib_module_names

    def test_what_is_sent_imports_nothing_else(self) -> None:
        names = set(luggage.ours())
        for file, text in luggage.ours().values():
            if file.startswith("sslspec/adapters/"):  # which import what they adapt, where that is
                continue
            tree = ast.parse(text, feature_version=luggage.OLDEST)
            for node in ast.walk(tree):
                if isinstance(node, ast.Import):
                    found = {alias.name for alias in node.names}
                elif isinstance(node, ast.ImportFrom):
                    found = {str(node.module)}
                else:
                    continue
                foreign = {name for name in found if name.partition(".")[0] not in sys.stdlib_module_names} - names
                assert foreign <= {"_pytest.assertion"}, f"{file} imports {foreign}"

    def test_what_doctor_starts_in_another_interpreter_needs_nothing_installed_there(self) -> None:
        code = f"import sys; sys.path.append({str(HARNESS)!r}); import sslspec.doctor.probe"
        done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")

    def test_pytest_explains_wherever_it_is_not_installed(self) -> None:
        agent = Agent(f"{sys.executable} -I -S {far.__file__}")
        agent.send({**luggage.ours(), **luggage.of_pytest()})
        unexplained = agent.call("sslspec.carried.player:prepare", path=[], ini={}, last_words=False)
        agent.end()
        assert unexplained == ""
