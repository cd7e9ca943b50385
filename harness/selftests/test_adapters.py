"""Libraries by name: those known out of the box, those that are registered, and what is said of one that is missing."""

from __future__ import annotations

import importlib.metadata
import ssl
import sys
from pathlib import Path

import pytest

from selftests.support import sslspec
from sslspec import layout
from sslspec.adapters import in_the_place_of_ssl
from sslspec.baseline import load
from sslspec.implementations import libraries, loading
from sslspec.implementations.loading import ImplementationError
from sslspec.results import record
from sslspec.scenarios import profiles

REGISTERED = {
    "standin.py": "import ssl as _ssl\nglobals().update(vars(_ssl))\n__name__ = 'standin'\n__version__ = '7.1'\n",
    "standin-7.1.dist-info/METADATA": "Metadata-Version: 2.1\nName: standin\nVersion: 7.1\n",
    "standin-7.1.dist-info/entry_points.txt": "[sslspec.implementations]\nmylib = standin\n",
}
PATCHES = """
import ssl as stdlib
globals().update({name: value for name, value in vars(stdlib).items() if not name.startswith("__")})

class SSLContext(stdlib.SSLContext):
    def wrap_bio(self, *args, **kwargs):
        stdlib.left_behind = self
        return super().wrap_bio(*args, **kwargs)
"""


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.mark.parametrize("name", libraries.LIBRARIES)
def test_a_library_known_out_of_the_box_loads(name: str) -> None:
    """In the process of doctor, as in a run: several of them change what they meet."""
    distribution = libraries.LIBRARIES[name].distribution
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{distribution} is not installed (sslspec[{libraries.LIBRARIES[name].extra}])")
    done = sslspec("doctor", name)
    _, _, told = done.stdout.partition(f"\n{name}\n")
    assert f" {version}" in told.splitlines()[0], done.stdout + done.stderr
    assert "as client      ✓ TLSv1." in told, done.stdout


@pytest.mark.parametrize("name", libraries.LIBRARIES)
def test_a_library_comes_with_baseline_and_profile(name: str) -> None:
    assert load(layout.baselines() / f"{name}.toml").implementation == name
    assert profiles.load(libraries.LIBRARIES[name].profile).title


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        libraries.LIBRARIES, "absent", libraries.Library("absent_of_here.ssl", "absent-of-here", "absent")
    )
    with pytest.raises(ImplementationError, match=r"pip install 'sslspec\[absent\]'"):
        loading.load("absent")


def test_an_unknown_name_says_which_are_known() -> None:
    with pytest.raises(ImplementationError, match=r"none of the known libraries \(eventlet, gevent, .*nor a module"):
        loading.load("gevnt")


def test_a_module_that_is_there_and_fails_gets_no_such_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(written(tmp_path, {"broken_one.py": "import module_that_nobody_has\n"}))
    with pytest.raises(ImplementationError) as caught:
        loading.load("broken_one")
    assert str(caught.value) == (
        "broken_one: cannot import broken_one: ModuleNotFoundError: No module named 'module_that_nobody_has'"
    )


def test_what_a_distribution_registers_runs_by_its_name(tmp_path: Path) -> None:
    folder = written(tmp_path, REGISTERED)
    output = tmp_path / "r.jsonl"
    args = ("-k", "channel_binding/*", "-j", "1", "--no-baseline", "-o", str(output))
    done = sslspec("run", "mylib", *args, cwd=tmp_path, paths=(folder,))
    assert "mylib" in done.stdout, done.stdout + done.stderr
    assert record.read(output).header.implementations["mylib"]["version"] == "7.1"


def test_a_name_that_two_register_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = "[sslspec.implementations]\nmylib = another\n"
    other = {"other-1.dist-info/METADATA": "Name: other\nVersion: 1\n", "other-1.dist-info/entry_points.txt": entry}
    monkeypatch.syspath_prepend(written(tmp_path, {**REGISTERED, **other}))
    with pytest.raises(ImplementationError, match="registered more than once, as another and standin"):
        loading.load("mylib")


def test_nobody_can_register_ssl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = "[sslspec.implementations]\nssl = standin\ngevent = standin\n"
    monkeypatch.syspath_prepend(written(tmp_path, {**REGISTERED, "standin-7.1.dist-info/entry_points.txt": entry}))
    assert loading.load("ssl").module is ssl
    assert libraries.target_of("gevent") == "gevent.ssl"


def test_an_adapters_functions_use_the_librarys_class() -> None:
    class Context(ssl.SSLContext):
        pass

    module = in_the_place_of_ssl("mine", SSLContext=Context)
    assert type(module.create_default_context()) is Context
    assert type(ssl.create_default_context()) is ssl.SSLContext
    assert module.__name__ == "mine"
    assert module.SSLError is ssl.SSLError
    assert module.cert_time_to_seconds("Jan  5 09:34:43 2018 GMT") == 1515144883
    assert module._create_default_https_context is module.create_default_context


def test_what_an_implementation_does_to_ssl_ends_with_its_scenario(tmp_path: Path) -> None:
    """Peers, and other columns, use the standard library's ssl in the same process."""
    output = tmp_path / "r.jsonl"
    folder = written(tmp_path, {"patching.py": PATCHES})
    args = ("-k", "data/reading/*", "-k", "alpn/negotiation/*", "-j", "1", "--peer", "stdlib", "-o", str(output))
    done = sslspec("run", "patching", *args, cwd=tmp_path, paths=(folder,))
    assert done.returncode == 0, done.stdout + done.stderr
    results = record.read(output).results
    told = [{step["call"] for step in result.steps if step["actor"] == "observed"} for result in results]
    assert sum("ssl.left_behind was replaced for the whole process" in calls for calls in told) > len(told) / 2
    assert not hasattr(ssl, "left_behind")


def test_the_extras_bring_what_the_libraries_need() -> None:
    if sys.version_info < (3, 11):
        pytest.skip("tomllib came with Python 3.11")
    import tomllib

    path = layout.suites().parent / "pyproject.toml"
    if not path.is_file():
        pytest.skip("only a checkout has its pyproject.toml")
    extras = tomllib.loads(path.read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for library in libraries.LIBRARIES.values():
        assert any(line.startswith(library.distribution) for line in extras[library.extra])
    assert extras["libraries"] == [f"sslspec[{','.join(sorted(lib.extra for lib in libraries.LIBRARIES.values()))}]"]


PATHS = {
    "./mine.py": "here mine",
    "mine.py": "here mine",
    "mine.py:make": "here mine:make",
    "label=./pkg/as_ssl.py:make": "here pkg.as_ssl:make",
    "pkg/": "here pkg",
    "pkg/__init__.py": "here pkg",
    "../beside.py": "here beside, with PYTHONPATH={above}",
    "{above}/beside.py": "here beside, with PYTHONPATH={above}",
    "./nosuch.py": "or package.module:attribute",
}


@pytest.mark.parametrize("given", PATHS)
def test_a_path_is_answered_with_the_name_of_its_module(given, tmp_path, monkeypatch):
    above, told = str(tmp_path.resolve()), PATHS[given]
    written(tmp_path, {"beside.py": "", "here/mine.py": "", "here/pkg/__init__.py": "", "here/pkg/as_ssl.py": ""})
    monkeypatch.chdir(tmp_path / "here")
    given = given.format(above=above)
    with pytest.raises(ImplementationError) as caught:
        loading.load(given)
    assert str(caught.value).startswith(f"{given}: is a path; an implementation is named as it is imported: package.")
    assert str(caught.value).endswith(told.format(above=above))


def test_what_is_said_instead_of_a_path_can_be_run(tmp_path):
    written(tmp_path, {"pkg/as_ssl.py": "import ssl\ndef make():\n    return ssl\n"})
    done = sslspec("run", "pkg/as_ssl.py:make", cwd=tmp_path)
    assert done.returncode == 11
    assert done.stderr.count("\n") == 1
    name = done.stderr.rpartition(" ")[2].strip()
    assert sslspec("doctor", name, cwd=tmp_path).returncode == 0


def test_a_name_that_names_nothing_is_refused():
    for spec in ("", "=ssl", "mine=", "="):
        with pytest.raises(ImplementationError, match=r"^'.*': names no implementation: package.module, or NAME="):
            loading.load(spec)
    assert loading.load("mine=ssl").name == "mine"


def test_of_a_package_its_module_ssl_is_offered(tmp_path, monkeypatch):
    written(tmp_path, {"haslib/__init__.py": "", "haslib/ssl.py": "", "nolib/__init__.py": ""})
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ImplementationError, match=r"has no SSLContext, .*; did you mean haslib.ssl\?$"):
        loading.load("haslib")
    with pytest.raises(ImplementationError, match=r"so it cannot stand for ssl$"):
        loading.load("nolib")


def test_a_peer_that_is_nobody_is_told_from_an_implementation(tmp_path):
    done = sslspec("run", "ssl", "--peer", "tlslit", cwd=tmp_path)
    assert done.returncode == 11
    assert done.stderr.startswith("sslspec: tlslit: cannot import tlslit: ")
    assert "(--peer takes stdlib, tlslite, scripted, openssl, gnutls, self, python3.10 and the like" in done.stderr
