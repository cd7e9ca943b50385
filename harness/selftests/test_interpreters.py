"""Finding interpreters, and giving them what they lack: by version, by path, on PATH, of pyenv and of uv."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from selftests import standin
from selftests.support import environment
from sslspec import layout
from sslspec.pythons import child, environments, interpreters
from sslspec.pythons.environments import NotPrepared
from sslspec.pythons.interpreters import Interpreter, InterpreterError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="stand-ins are scripts that Windows does not start")
RUNNING = ".".join(map(str, sys.version_info[:3]))


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine with no interpreter but the running one."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("PYTHONPATH", raising=False)
    return tmp_path


def refused(wanted):
    with pytest.raises(InterpreterError) as problem:
        interpreters.find(wanted)
    said = str(problem.value)
    assert said.startswith(f"--python {wanted}: ")
    assert "\n" not in said
    return said.partition(": ")[2]


# -- finding -------------------------------------------------------------------------------------------------------


def test_by_a_path_or_by_the_folder_of_an_environment(bare):
    path = standin.interpreter(bare / "venv" / "bin" / "python", "3.98.7")
    for wanted in (str(path), str(bare / "venv")):
        found = interpreters.find(wanted)
        assert found.executable == str(path)
        assert found.version == (3, 98, 7)
        assert str(found) == f"3.98.7 ({path})"
        assert not found.is_running


@pytest.mark.parametrize("wanted", ["3.98", "3.98.7", "python3.98", "cpython3.98", "cpython-3.98.7"])
def test_by_a_version_on_the_path(bare, wanted):
    path = standin.interpreter(bare / "path" / "python3.98", "3.98.7")
    assert interpreters.find(wanted).executable == str(path)


def test_a_shim_that_starts_nothing_is_passed_over(bare, monkeypatch):
    shim = bare / "shims" / "python3.98"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\necho 'python3.98: not of this folder' >&2\nexit 127\n")
    shim.chmod(0o755)
    path = standin.interpreter(bare / "path" / "python3.98")
    monkeypatch.setenv("PATH", f"{shim.parent}:{path.parent}")
    assert interpreters.find("3.98").executable == str(path)


def test_one_that_lives_where_only_it_can_see_is_started_as_it_was_asked_for(bare):
    """A script that enters a container tells of a path in there; one that starts another here tells of that."""
    script = standin.interpreter(bare / "path" / "python3.98", executable="/nowhere/bin/python3")
    assert interpreters.find("3.98").executable == str(script)
    other = standin.interpreter(bare / "elsewhere" / "python3.97", "3.97.1")
    standin.interpreter(bare / "path" / "python3.97", "3.97.1", executable=str(other))
    assert interpreters.find("3.97").executable == str(other)


def test_a_name_that_promises_another_version_is_not_believed(bare):
    standin.interpreter(bare / "path" / "python3.98", "3.97.1")
    assert refused("3.98").startswith("not found; there are ")


def test_pyenv_is_asked_for_the_newest_that_fits(bare):
    for version in ("3.98.9", "3.98.10", "3.9.98", "3.99.1"):
        standin.interpreter(bare / "pyenv" / "versions" / version / "bin" / "python", version)
    assert interpreters.find("3.98").name == "3.98.10"
    assert interpreters.find("3.98.9").name == "3.98.9"


def test_other_implementations_of_python_have_their_name_before_the_version(bare):
    standin.interpreter(
        bare / "pyenv" / "versions" / "pypy3.98-9.1" / "bin" / "python", "3.98.2", implementation="pypy"
    )
    assert interpreters.find("pypy3.98").name == "pypy3.98.2"
    assert "pypy3.98.2" in refused("3.98")


def test_one_without_a_gil_has_a_t_behind_it(bare):
    standin.interpreter(bare / "path" / "python3.98t", threads="t")
    assert interpreters.find("3.98t").name == "3.98.7t"
    refused("3.98")


def test_uv_is_asked_where_it_is_installed(bare):
    path = standin.interpreter(bare / "elsewhere" / "python")
    uv = bare / "path" / "uv"
    uv.parent.mkdir()
    uv.write_text(f'#!/bin/sh\n[ "$2" = find ] && [ "$4" = 3.98 ] && echo {path}\n')
    uv.chmod(0o755)
    assert interpreters.find("3.98").executable == str(path)


def test_the_running_one_goes_by_its_version(bare):
    for wanted in (RUNNING, RUNNING.rpartition(".")[0], sys.executable):
        assert interpreters.find(wanted).is_running


def test_what_is_not_there_is_said_with_what_is(bare):
    standin.interpreter(bare / "path" / "python3.98", "3.98.7")
    standin.interpreter(bare / "pyenv" / "versions" / "3.8.1" / "bin" / "python", "3.8.1")
    there = f"not found; there are {RUNNING}, 3.98.7; a path to an interpreter will do as well"
    assert refused("3.99") == there
    assert refused("3.98.6") == there


def test_what_cannot_be_meant_is_said_in_one_line(bare):
    echo = bare / "echo"
    echo.write_text("#!/bin/sh\necho no >&2\n")
    echo.chmod(0o755)
    (bare / "text").write_text("no program")
    old = standin.interpreter(bare / "old" / "python", "3.9.18")
    assert refused("three").startswith("neither a path, nor a program, nor a version such as 3.12")
    assert refused(str(bare / "none")) == "there is no such file"
    assert refused(str(bare)) == "is a folder without an interpreter"
    assert refused(str(echo)) == "does not answer as a Python does: no"
    assert refused(str(bare / "text")) == "cannot be started (Permission denied)"
    assert refused(str(old)) == f"3.9.18 ({old}) is older than 3.10, the oldest that sslspec runs on"


def test_the_same_one_twice_is_one(bare):
    path = standin.interpreter(bare / "path" / "python3.98")
    assert len(interpreters.find_all(["3.98", str(path), RUNNING])) == 2


def one(version, openssl="OpenSSL 3.0.19 27 Jan 2026", **more):
    return Interpreter(version, f"/{version}", tuple(map(int, version.split("."))), openssl=openssl, **more)


def test_labels_are_as_short_as_they_can_be():
    pypy = one("3.11.15", implementation="pypy")
    assert interpreters.labels([one("3.12.1"), one("3.13.0"), pypy]) == ["3.12.1", "3.13.0", "pypy3.11.15"]
    twice = [one("3.13.0"), one("3.13.0", "OpenSSL 3.6.5 1 Jan 2026"), one("3.12.1")]
    assert interpreters.labels(twice) == ["3.13.0+3.0.19", "3.13.0+3.6.5", "3.12.1"]
    assert interpreters.labels([twice[0], twice[0]]) == ["3.13.0+3.0.19", "3.13.0+3.0.19#2"]


# -- what one needs ------------------------------------------------------------------------------------------------


def told(*lines):
    lines_of_run.extend(lines)


lines_of_run: list[str] = []


def prepared(path, **more):
    lines_of_run.clear()
    return environments.prepare("label", interpreters.find(str(path)), Path("/sources"), told, **more)


def everything():
    """What the pip of a stand-in installs, so that nothing is missing."""
    have = {environments.canonicalize_name(name): version for name, version in standin.installed().items()}
    return {need.name: have.get(need.name, "2.4") for need in environments.requirements(one("3.10.1"))}


def test_the_requirements_are_those_of_the_interpreter():
    old, new = ({need.name for need in environments.requirements(one(version))} for version in ("3.10.1", "3.13.0"))
    assert {"pytest", "pytest-xdist", "cryptography", "tlslite-ng", "trustme"} <= new
    assert old - new == {"tomli"}
    assert "hypothesis" not in old


def test_what_is_missing_is_named_with_the_version_that_will_not_do():
    wanted = [Requirement("pytest>=9"), Requirement("tlslite-ng>=0.8.2,<0.9"), Requirement("trustme")]
    assert environments.missing(wanted, {"pytest": "9.2", "tlslite-ng": "0.8.2", "trustme": "1"}) == []
    assert environments.missing(wanted, {"pytest": "7.4.0", "trustme": "1"}) == ["pytest>=9 (but 7.4.0)", "tlslite-ng"]


def test_one_that_has_everything_is_used_as_it_is(bare):
    host = prepared(standin.interpreter(bare / "python"), install=False)
    assert host.folder is None
    assert host.python.first[0] == "/sources"
    assert not lines_of_run
    assert not (bare / "cache").exists()


def test_what_one_lacks_is_installed_once_beside_it(bare):
    path = standin.interpreter(bare / "python", have={"pip": "26"}, installs=everything())
    host = prepared(path)
    assert host.folder.parent == bare / "cache" / "sslspec" / "interpreters"
    assert host.python.first == ("/sources", str(host.folder))
    assert host.packages["trustme"] == everything()["trustme"]
    assert "label: has not cryptography, " in lines_of_run[0]
    assert prepared(path, install=False).folder == host.folder
    assert not lines_of_run
    assert [path.name for path in host.folder.parent.iterdir()] == [host.folder.name]


@pytest.mark.parametrize(("version", "is_agent"), [("3.13.15", True), ("3.14.0", False)])
def test_one_without_the_gil_is_an_agent_while_it_has_no_wheels(bare, version, is_agent):
    path = standin.interpreter(bare / "python", version, have={"pip": "26"}, threads="t", installs=everything())
    host = prepared(path)
    assert host.is_agent is is_agent
    assert interpreters.find(str(path)).name == f"{version}t"


def test_what_pythonpath_names_is_found_and_the_working_directory_last(bare, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{bare / 'mine'}:")
    monkeypatch.chdir(bare)
    python = prepared(standin.interpreter(bare / "python")).python
    assert (python.first, python.last) == (("/sources", str(bare / "mine")), (str(bare),))


def test_an_environment_of_another_build_is_another_one(bare):
    made = [
        prepared(standin.interpreter(bare / "python", have={"pip": "26"}, installs=everything(), build=build)).folder
        for build in ("3.98.7 of monday", "3.98.7 of tuesday")
    ]
    assert made[0] != made[1]


def test_two_runs_that_begin_at_once_do_not_clash(bare):
    path = standin.interpreter(bare / "python", have={"pip": "26"}, installs=everything())
    with ThreadPoolExecutor(4) as pool:
        hosts = list(pool.map(lambda _: prepared(path), range(4)))
    assert len({host.folder for host in hosts}) == 1
    assert [path.name for path in hosts[0].folder.parent.iterdir()] == [hosts[0].folder.name]


def test_a_cache_that_somebody_has_spoiled_is_made_again(bare):
    path = standin.interpreter(bare / "python", have={"pip": "26"}, installs=everything())
    folder = prepared(path).folder
    next(folder.glob("trustme*")).rename(bare / "away")
    assert prepared(path).packages["trustme"]
    assert lines_of_run


def test_where_nothing_may_be_installed_it_is_said_what_is_missing(bare):
    have = {**standin.installed(), "pip": "26"}
    del have["trustme"]
    path = standin.interpreter(bare / "python", have=have, installs=everything())
    with pytest.raises(NotPrepared) as problem:
        prepared(path, install=False)
    said = f"--python {path}: 3.98.7 ({path}) has not trustme, and --no-install forbids to get it"
    assert str(problem.value) == said


def test_what_pip_says_last_is_shown_where_it_fails(bare):
    path = standin.interpreter(bare / "python", have={"pip": "26"}, installs=None)
    with pytest.raises(NotPrepared) as problem:
        prepared(path)
    first, *rest = str(problem.value).splitlines()
    assert first.startswith(f"--python {path}: pip could not get cryptography, ")
    assert rest == ["  ERROR: no network in this place", "  ERROR: No matching distribution found for cryptography"]
    assert not list((bare / "cache" / "sslspec" / "interpreters").iterdir())


def test_who_installs(bare, monkeypatch):
    """An interpreter's own pip, else that of the running one, else uv; and where there is none, it is said."""
    own = one("3.98.7", have={"pip": "26"})
    assert environments._installer(own)[:3] == [own.executable, "-m", "pip"]
    bald = one("3.98.7")
    assert environments._installer(bald)[:5] == [sys.executable, "-m", "pip", "--python", bald.executable]

    def no_pip(name):
        raise environments.importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(environments.importlib.metadata, "version", no_pip)
    with pytest.raises(NotPrepared, match="has no pip, and there is none here: python -m ensurepip"):
        environments._installer(bald)
    uv = bare / "path" / "uv"
    uv.parent.mkdir()
    uv.write_text("#!/bin/sh\n")
    uv.chmod(0o755)
    assert environments._installer(bald) == [str(uv), "pip", "install", "--python", bald.executable]


def test_what_pip_has_left_out_is_noticed(bare):
    path = standin.interpreter(bare / "python", have={"pip": "26"}, installs={**everything(), "pytest": "7.0"})
    with pytest.raises(NotPrepared, match=r"pip has installed all but pytest>=9 \(but 7.0\); remove "):
        prepared(path)


def test_the_running_one_finds_what_this_process_finds(bare):
    host = environments.prepare("x", interpreters.find(sys.executable), Path("/sources"), told)
    assert host.python == child.running()


def test_beside_a_wheel_only_our_own_packages_are_found(tmp_path, monkeypatch):
    assert environments.only_ours(tmp_path) == Path(layout.__file__).parents[1]
    monkeypatch.setattr(layout, "is_installed", lambda: True)
    assert environments.only_ours(tmp_path / "sources") == tmp_path / "sources"
    assert {path.name for path in (tmp_path / "sources").iterdir()} == {"sslspec", "refssl"}
    assert (tmp_path / "sources" / "sslspec" / "layout.py").is_file()
    script = "from sslspec.plugin import judge; print(judge.place(judge.__file__))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(PYTHONPATH=str(tmp_path / "sources")),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    assert done.stdout == "sslspec/plugin/judge.py\n"
