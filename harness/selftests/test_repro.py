"""The printed script: it needs nothing of ours, passes where the scenario passes, and fails as the scenario fails."""

import ast
import os
import subprocess
import sys

import pytest

from selftests.support import HOSTILE, sslspec
from sslspec import repro
from sslspec.results import record

READS = "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio@server+tls12+memory+split"
PASSING = [
    READS,
    "shutdown/unwrap/bytes_after_close_notify_stay_in_the_bio",
    "memory_bio/reading/read_zero_takes_nothing",
    "memory_bio/object/a_bio_cannot_be_duplicated",
]


def play(tmp_path, text, *paths):
    """Run a script where sslspec and pytest cannot be imported."""
    path = tmp_path / "repro.py"
    path.write_text(text)
    clean = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, paths))}
    command = [sys.executable, "-S", str(path)]
    return subprocess.run(command, env=clean, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("scenario", PASSING)
def test_a_scenario_that_passes_passes_alone(tmp_path, scenario):
    done = play(tmp_path, repro.script(scenario, "ssl"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "passed\n", "")


FAILING = {
    "wrong_unwrap": ("AssertionError", "assert pair.subject.unwrap() is None"),
    "interrupts": ("KeyboardInterrupt", "raise KeyboardInterrupt"),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_scenario_that_fails_fails_in_the_same_way_alone(tmp_path, name):
    identity, line = FAILING[name]
    done = play(tmp_path, repro.script(READS, name), HOSTILE)
    assert done.returncode == 1
    assert done.stdout == f"failed: raises {identity}\n"
    assert line in done.stderr
    assert "subject.do_handshake()" in done.stderr


def test_the_identity_is_that_of_the_run(tmp_path):
    told = sslspec("run", "wrong_unwrap", "-k", READS, "--peer", "stdlib", cwd=tmp_path, paths=(HOSTILE,))
    assert told.returncode == 1, told.stderr
    (result,) = record.read(tmp_path / "sslspec-results.jsonl").results
    done = play(tmp_path, repro.script(result.id, result.implementation), HOSTILE)
    assert done.stdout == f"failed: raises {result.detail['came']['raises']}\n"


def test_the_scenario_stands_first_and_the_certificates_are_fresh():
    text, again = repro.script(READS, "ssl"), repro.script(READS, "ssl")
    tree = ast.parse(text)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert names[0] == "test_bytes_after_close_notify_stay_in_the_bio"
    assert text.index("def test_bytes") < 1500
    assert "BEGIN PRIVATE KEY" in text
    assert text != again
    assert "import pytest" not in text.split("SUITE =")[0]


def test_what_should_have_been_raised_and_was_not_is_identified_as_in_the_run(tmp_path):
    (tmp_path / "silent.py").write_text(
        "import ssl\nfrom ssl import *\n"
        "class SSLObject(ssl.SSLObject):\n    def unwrap(self): pass\n"
        "class SSLContext(ssl.SSLContext):\n    sslobject_class = SSLObject\n"
    )
    scenario = "shutdown/unwrap/unwrap_before_the_handshake_is_refused@client+tls13+memory+whole"
    told = sslspec("run", "silent", "-k", scenario, "--peer", "stdlib", cwd=tmp_path, paths=(tmp_path,))
    assert told.returncode == 1, told.stderr
    (result,) = record.read(tmp_path / "sslspec-results.jsonl").results
    done = play(tmp_path, repro.script(result.id, "silent"), tmp_path)
    assert (done.returncode, done.stdout) == (1, f"failed: raises {result.detail['came']['raises']}\n")
    assert "expected     raises SSLError\n  came         raises nothing" in told.stdout


def test_a_scenario_without_certificates_carries_none():
    text = repro.script("memory_bio/reading/read_zero_takes_nothing", "ssl")
    assert "BEGIN" not in text.split("MODULES =")[0]


def test_a_crash_is_a_crash(tmp_path):
    done = play(tmp_path, repro.script(READS, "exits"), HOSTILE)
    assert done.returncode == 3


def test_what_does_not_apply_says_so(tmp_path):
    (tmp_path / "older.py").write_text("from ssl import *\n__ssl_version__ = (3, 6)\n")
    text = repro.script("surface/names/psk_has_a_flag", "older")
    done = play(tmp_path, text, tmp_path)
    assert (done.returncode, done.stdout) == (2, "does not apply here: documented since Python 3.13\n")


@pytest.mark.parametrize(("spec", "peer"), [("no_such_module", "stdlib"), ("ssl", "no_such_module")])
def test_what_cannot_be_loaded_is_no_failure(tmp_path, spec, peer):
    done = play(tmp_path, repro.script(READS, spec, peer))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("cannot be tried: no_such_module: cannot import no_such_module: ")
    assert done.stderr.count("\n") == 1


def test_a_variant_that_there_is_not_is_refused():
    with pytest.raises(repro.ReproError, match="begins with one of client, server"):
        repro.script(f"{READS.partition('@')[0]}@nonsense", "ssl")


def test_run_runs_it():
    done = sslspec("repro", READS, "wrong_unwrap", "--run", paths=(HOSTILE,))
    assert done.returncode == 1
    assert done.stdout == "failed: raises AssertionError\n"


def test_the_stand_in_chooses_parameters_as_pytest_names_them():
    from sslspec.carried import standin as pytest_like

    mark = pytest_like.mark

    @mark.clause("x")
    @mark.parametrize("n", [1, None, True, b"x", int, object()])
    @mark.parametrize(("a", "b"), [("x", 1.5), pytest_like.param("y", 2, id="named")], ids=None)
    def scenario(a, b, n):
        return a, b, n

    assert pytest_like.choose(scenario, "") == {"a": "x", "b": 1.5, "n": 1}
    assert pytest_like.choose(scenario, "named+none".replace("none", "None")) == {"a": "y", "b": 2, "n": None}
    assert pytest_like.choose(scenario, "x+1.5+int")["n"] is int
    assert "n5" in str([s.name for _, sets in scenario.sslspec_parameters for s in sets])
    with pytest.raises(LookupError, match="no parameters 'z'"):
        pytest_like.choose(scenario, "z")


def test_the_stand_in_demands_exceptions_as_pytest_does():
    from sslspec.carried import standin as pytest_like

    with pytest_like.raises(ValueError, match="no") as caught:
        raise ValueError("no such thing")
    assert str(caught.value) == "no such thing"
    assert pytest_like.raises(KeyError, {}.__getitem__, 1).type is KeyError
    with pytest.raises(pytest_like.Failed, match="DID NOT RAISE"), pytest_like.raises(ValueError):
        pass
    with pytest.raises(KeyError), pytest_like.raises(ValueError):
        raise KeyError
    with pytest.raises(AssertionError), pytest_like.raises(ValueError, match="yes"):
        raise ValueError("no")
    assert pytest_like.approx(1.0) == 1.0 + 1e-9
    assert pytest_like.approx(1.0, abs=0.5) == 1.4
    assert pytest_like.approx(1.0) != 1.1
