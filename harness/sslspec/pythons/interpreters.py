"""Finding interpreters by what ``--python`` says of them: a path, a virtual environment, or a version.

A version is looked for on the PATH, among those of pyenv and of uv, and with Windows' launcher; each candidate is asked
what it is, and believed only that. What it lacks to run the suite is the business of ``environments``.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from packaging.utils import canonicalize_name

from sslspec import subinterpreters
from sslspec.pythons import hermetic
from sslspec.results import columns
from sslspec.results.software import Software

OLDEST = (3, 10)
_LONGEST = 100  # characters of what it says instead
_PATIENCE = 20.0  # seconds until an interpreter must have said what it is
_WANTED = re.compile(r"(?:(python|cpython|pypy|graalpy)-?)?(\d+(?:\.\d+){0,2})(t?)", re.IGNORECASE)
# Understood by every Python that anybody may still have; "" on sys.path is the working directory.
_ASK = """
import json, os, platform, sys
sys.path[:] = [entry for entry in sys.path if entry]
try:
    import ssl
    library = ssl.OPENSSL_VERSION
except Exception:
    library = ""
try:
    from importlib.metadata import distributions
    have = dict((str(d.metadata["Name"]), d.version) for d in reversed(list(distributions())))
except Exception:
    have = {}
told = {
    "version": list(sys.version_info[:3]),
    "implementation": platform.python_implementation().lower(),
    "executable": sys.executable,
    "prefix": sys.prefix,
    "home": getattr(sys, "base_prefix", sys.prefix),
    "build": sys.version,
    "threads": "t" if "free-threading" in sys.version else "",
    "platform": sys.platform,
    "machine": platform.machine(),
    "openssl": library,
    "sees": os.path.isfile({ours!r}),
    "have": have,
}
print("sslspec:" + json.dumps(told))
"""


class InterpreterError(Exception):
    """An interpreter cannot be used; the text is one line that names it and the way out."""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python, as it describes itself.

    `said` is how it was asked for. `version` is (3, 12, 1); `implementation` cpython, pypy, ... in lower case; `build`
    everything that it says of itself. `prefix` is its environment, `home` the installation that this was made from:
    the same, but for virtual ones. `threads` is "t" where it has no GIL. `sees_us` is False where it sees no file
    of ours, as behind a script that enters a container. `have` maps distributions to versions. `is_sub` is True for a
    sub-interpreter of it.
    """

    said: str
    executable: str
    version: tuple[int, ...]
    implementation: str = "cpython"
    build: str = ""
    prefix: str = ""
    home: str = ""
    threads: str = ""
    platform: str = ""
    machine: str = ""
    openssl: str = ""
    sees_us: bool = True
    have: dict[str, str] = field(default_factory=dict, hash=False, compare=False)
    is_sub: bool = False

    @property
    def name(self) -> str:
        """``3.12.1``, ``3.14.0t`` without a GIL, ``3.14.0-sub``, ``pypy3.11.15``: behind the @ of its columns."""
        version = ".".join(map(str, self.version)) + self.build_name
        return Software.of({"python": {"implementation": self.implementation, "version": version}}).python_name

    @property
    def build_name(self) -> str:
        """What is behind the version in its name."""
        return self.threads + (subinterpreters.SUFFIX if self.is_sub else "")

    @property
    def is_apart(self) -> bool:
        """Whether nothing can be started in it but an agent."""
        return self.is_sub or not self.sees_us

    @property
    def command(self) -> str:
        """How it is asked for where it is to be an agent."""
        return subinterpreters.of(self.executable) if self.is_sub else self.executable

    @property
    def is_running(self) -> bool:
        """True for the one that runs this."""
        return self.place == (os.path.realpath(sys.executable), sys.prefix, False)

    @property
    def place(self) -> tuple[str, str, bool]:
        """The program and its environment: two interpreters of one place are the same under two names."""
        return os.path.realpath(self.executable), self.prefix, self.is_sub

    def __str__(self) -> str:
        return f"{self.name} ({self.executable})"


def find_all(wanted: Sequence[str]) -> list[Interpreter]:
    """The interpreters that ``--python`` asks for, each once. Raises InterpreterError."""
    with ThreadPoolExecutor(max_workers=4) as pool:
        found = list(pool.map(find, wanted))
    return list({interpreter.place: interpreter for interpreter in found}.values())


def find(said: str) -> Interpreter:
    """The interpreter of a path, a virtual environment's folder, or a version: ``3.12``, ``3.12.1``, ``pypy3.11``; with
    ``sub:`` before any of these a sub-interpreter of it.

    Raises InterpreterError where there is none, or where it is older than what sslspec runs on.
    """
    is_sub, wanted = subinterpreters.asked_for(said)
    version = _WANTED.fullmatch(wanted)
    if not wanted:
        raise InterpreterError(f"--python {said!r}: names no interpreter")
    if version is None:
        path = wanted if os.sep in wanted or "/" in wanted or os.path.exists(wanted) else shutil.which(wanted)
        if path is None:
            what = "neither a path, nor a program, nor a version such as 3.12, 3.12.1 or pypy3.11"
            raise InterpreterError(f"--python {said}: {what}")
        return _suitable(_at(said, path), is_sub)
    for executable in candidates(version[2], (version[1] or "").lower()):
        found = ask(executable, said)
        if isinstance(found, Interpreter) and _fits(found, version):
            return _suitable(found, is_sub)
    here = ", ".join(found.name for found in every()) or "none"
    raise InterpreterError(f"--python {said}: not found; there are {here}; a path to an interpreter will do as well")


def every() -> list[Interpreter]:
    """All interpreters that can be found by a version and are new enough, one of each name."""
    executables = dict.fromkeys(candidates("", ""))
    with ThreadPoolExecutor(max_workers=4) as pool:
        told = pool.map(lambda executable: ask(executable, executable), executables)
    found = {one.name: one for one in told if isinstance(one, Interpreter) and one.version >= OLDEST}
    return [found[name.partition("@")[2]] for name in columns.in_order(f"python@{name}" for name in found)]


def labels(interpreters: Sequence[Interpreter]) -> list[str]:
    """What tells each interpreter from the others: its name, and where two have one, the version of their OpenSSL."""
    return columns.names([(one.name, {"openssl": one.openssl}) for one in interpreters])


# -- asking --------------------------------------------------------------------------------------------------------


def ask(executable: str, said: str) -> Interpreter | str:
    """What an interpreter says of itself; or in a few words why it says nothing."""
    environment, _ = hermetic.child_environment(os.environ)
    try:
        done = subprocess.run(
            [executable, "-c", _ASK.replace("{ours!r}", repr(str(Path(__file__).resolve())))],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=_PATIENCE,
            check=False,
        )
    except OSError as problem:
        return f"cannot be started ({problem.strerror})"
    except subprocess.TimeoutExpired:
        return f"gave no answer within {_PATIENCE:g} s"
    answer = done.stdout.decode("utf-8", "replace").rpartition("sslspec:")[2]
    try:
        return _understood(said, executable, json.loads(answer))
    except (ValueError, KeyError, TypeError):
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        return f"does not answer as a Python does{f': {lines[-1][:_LONGEST]}' if lines else ''}"


def _understood(said: str, executable: str, told: dict[str, Any]) -> Interpreter:
    own = str(told["executable"])
    texts = ("implementation", "build", "prefix", "home", "threads", "platform", "machine", "openssl")
    said_of_itself: dict[str, Any] = {name: str(told[name]) for name in texts}
    return Interpreter(
        said,
        # Its own word, since what was asked may be a shim that decides anew each time; unless it speaks of a place that
        # only it can see, as behind a script that enters a container.
        own if told["sees"] and os.path.isfile(own) else executable,
        tuple(map(int, told["version"])),
        **said_of_itself,
        sees_us=bool(told["sees"]),
        have={str(canonicalize_name(name)): str(version) for name, version in told["have"].items()},
    )


def _at(wanted: str, where: str) -> Interpreter:
    path = Path(where).absolute()
    if os.path.isdir(path):
        inside = [
            path / "bin" / "python",
            path / "bin" / "python3",
            path / "Scripts" / "python.exe",
            path / "python.exe",
        ]
        found = next((file for file in inside if file.is_file()), None)
        if found is None:
            raise InterpreterError(f"--python {wanted}: is a folder without an interpreter")
        path = found
    if not os.path.exists(path):
        raise InterpreterError(f"--python {wanted}: there is no such file")
    answer = ask(str(path), wanted)
    if isinstance(answer, str):
        raise InterpreterError(f"--python {wanted}: {answer}")
    return answer


def _fits(found: Interpreter, wanted: re.Match[str]) -> bool:
    implementation = (wanted[1] or "cpython").lower().replace("cpython", "python").replace("python", "cpython")
    version = tuple(map(int, wanted[2].split(".")))
    return (
        found.implementation == implementation
        and found.version[: len(version)] == version
        and (found.threads == wanted[3].lower())
    )


def _suitable(found: Interpreter, is_sub: bool) -> Interpreter:
    if found.version < OLDEST:
        oldest = ".".join(map(str, OLDEST))
        raise InterpreterError(
            f"--python {found.said}: {found} is older than {oldest}, the oldest that sslspec runs on"
        )
    if is_sub and (found.implementation != "cpython" or found.version < subinterpreters.OLDEST):
        oldest = ".".join(map(str, subinterpreters.OLDEST))
        raise InterpreterError(
            f"--python {found.said}: {found} cannot play in sub-interpreters; CPython {oldest} and later can"
        )
    return replace(found, is_sub=is_sub)


# -- looking -------------------------------------------------------------------------------------------------------


def candidates(version: str, implementation: str) -> Iterator[str]:
    """Executables that may be of this version ("" for any), the likeliest first; the running one before all others."""
    yield sys.executable
    yield from _on_path(version, implementation)
    yield from _of_pyenv(version, implementation)
    yield from _of_uv(version, implementation)
    yield from _of_launcher(version)


def _on_path(version: str, implementation: str) -> Iterator[str]:
    name = "python" if implementation in ("", "python", "cpython") else implementation
    short = ".".join(version.split(".")[:2])
    names = [f"{name}{short}", f"{name}{short}t", f"{name}3", name] if short else []
    extensions = [".exe", ".bat"] if sys.platform == "win32" else [""]
    for folder in filter(None, os.get_exec_path()):
        if names:
            files = [Path(folder, found + extension) for found in names for extension in extensions]
        else:
            files = [path for path in _inside(folder) if re.fullmatch(r"(python|pypy)3\.\d+t?(\.exe)?", path.name)]
        for file in files:
            if file.is_file() and os.access(file, os.X_OK):
                yield str(file.absolute())


def _of_pyenv(version: str, implementation: str) -> Iterator[str]:
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions")
    name = "" if implementation in ("", "python", "cpython") else implementation
    wanted = re.compile(rf"{name}{re.escape(version)}(?!\d).*" if version else r"(pypy)?3\..*")
    folders = [path for path in _inside(root) if wanted.fullmatch(path.name)]
    for folder in sorted(folders, key=_newest_first):
        for file in (folder / "bin" / "python", folder / "python.exe"):
            if file.is_file():
                yield str(file)


def _of_uv(version: str, implementation: str) -> Iterator[str]:
    uv = shutil.which("uv")
    if uv is None:
        return
    if not version:
        told = _said([uv, "python", "list", "--only-installed", "--output-format", "json"])
        with contextlib.suppress(ValueError, TypeError, KeyError):
            yield from (str(found["path"]) for found in json.loads(told or "[]"))
        return
    name = "" if implementation in ("", "python") else implementation
    if told := _said([uv, "python", "find", "--no-python-downloads", f"{name}{version}"]):
        yield told


def _of_launcher(version: str) -> Iterator[str]:
    launcher = shutil.which("py") if sys.platform == "win32" else None
    if launcher is None:
        return
    if not version:
        told = _said([launcher, "-0p"]).splitlines()
        yield from (line.split(maxsplit=1)[-1].lstrip("* ") for line in told if line.strip())
        return
    short = ".".join(version.split(".")[:2])
    if found := _said([launcher, f"-{short}", "-c", "import sys; print(sys.executable)"]):
        yield found


def _said(command: list[str]) -> str:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        return done.stdout.strip() if done.returncode == 0 else ""
    return ""


def _inside(folder: str | Path) -> Iterable[Path]:
    try:
        return sorted(Path(folder).iterdir())
    except OSError:
        return []


def _newest_first(folder: Path) -> list[int]:
    return [-int(number) for number in re.findall(r"\d+", folder.name)]
