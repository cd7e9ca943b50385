"""What an interpreter needs to run the suite, and where it gets it from.

One that has everything is used as it is. For one that has not, what is missing is installed once into a folder of the
cache, which it then finds behind our sources and before its own packages; the interpreter itself is never changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sslspec import layout, toml
from sslspec.pythons import child, interpreters
from sslspec.pythons.interpreters import Interpreter

_DISTRIBUTION = "sslspec"
_LAST_LINES = 8
# Building these takes compilers that few have, and a long time; whoever has them can install it himself.
_NEVER_BUILT = "cryptography,cffi"
_FREE_THREADED = (3, 14)  # the first without a GIL that cryptography has wheels for


class NotPrepared(Exception):
    """An interpreter has not what the suite needs; the first line names it, others are what pip said."""

    def __init__(self, interpreter: Interpreter, problem: str) -> None:
        super().__init__(f"--python {interpreter.said}: {problem}")
        self.interpreter = interpreter


@dataclass(frozen=True, slots=True)
class Host:
    """An interpreter in which the suite can run.

    `label` is what its columns are called after, "" where none was asked for; `folder` the part of the cache from which
    it gets its `packages` (names to versions), None where they are its own. `is_agent` is True for one that gets none:
    it plays what is collected elsewhere.
    """

    label: str
    python: child.Python
    interpreter: Interpreter | None = None
    folder: Path | None = None
    packages: Mapping[str, str] = field(default_factory=dict)
    is_agent: bool = False


def hosts(
    wanted: Sequence[str], sources: Path, say: Callable[[str], object], *, install: bool = True
) -> tuple[list[Host], list[NotPrepared]]:
    """Those of the interpreters that ``--python`` asks for which can run the suite, and why others cannot.

    Without any, the one that runs this. `sources` is a folder of the run, for our sources; `say` is told of what takes
    long. Raises InterpreterError where one cannot be found.
    """
    if not wanted:
        return [Host("", child.running())], []
    found = interpreters.find_all(wanted)
    sources = only_ours(sources)

    def prepared(named: tuple[str, Interpreter]) -> Host | NotPrepared:
        try:
            return prepare(*named, sources, say, install=install)
        except NotPrepared as problem:
            return problem

    with ThreadPoolExecutor(max_workers=4) as pool:
        done = list(pool.map(prepared, zip(interpreters.labels(found), found, strict=True)))
    return [one for one in done if isinstance(one, Host)], [one for one in done if isinstance(one, NotPrepared)]


def prepare(
    label: str, interpreter: Interpreter, sources: Path, say: Callable[[str], object], *, install: bool = True
) -> Host:
    """Make a host of an interpreter. Raises NotPrepared."""
    if interpreter.is_apart:
        why = "is a sub-interpreter" if interpreter.is_sub else "sees no files of ours"
        say(f"{label}: {why}; it plays the scenarios as an agent")
        return Host(label, child.Python(interpreter.executable), interpreter, is_agent=True)
    wanted = requirements(interpreter)
    absent = missing(wanted, interpreter.have)
    if interpreter.is_running:
        return Host(label, child.running(), interpreter, None, interpreter.have)
    if not absent:
        return Host(label, _python(interpreter, sources), interpreter, None, interpreter.have)
    if interpreter.implementation != "cpython" or (interpreter.threads and interpreter.version < _FREE_THREADED):
        say(f"{label}: has not {', '.join(absent)}; it plays the scenarios as an agent")
        return Host(label, _python(interpreter, sources), interpreter, is_agent=True)
    folder = cache() / _name(interpreter, wanted)
    have = _distributions(folder)
    if missing(wanted, have):
        if not install:
            raise NotPrepared(
                interpreter, f"{interpreter} has not {', '.join(absent)}, and --no-install forbids to get it"
            )
        say(f"{label}: has not {', '.join(absent)}; installing it once into {folder}")
        _install(interpreter, wanted, folder)
        have = _distributions(folder)
        if absent := missing(wanted, have):
            raise NotPrepared(
                interpreter, f"pip has installed all but {', '.join(absent)}; remove {folder} and try again"
            )
    return Host(label, _python(interpreter, sources, folder), interpreter, folder, have)


def requirements(interpreter: Interpreter) -> list[Requirement]:
    """What of our distribution's dependencies is due in an interpreter."""
    version = ".".join(map(str, interpreter.version))
    there = {
        "extra": "",
        "implementation_name": interpreter.implementation,
        "python_version": ".".join(map(str, interpreter.version[:2])),
        "python_full_version": version,
        "sys_platform": interpreter.platform,
        "platform_machine": interpreter.machine,
    }
    every = map(Requirement, _declared())
    return [one for one in every if one.marker is None or one.marker.evaluate(there)]


def missing(wanted: Sequence[Requirement], have: Mapping[str, str]) -> list[str]:
    """The names of what is not there, or only in a version that will not do, which then stands behind the name."""
    absent = []
    for one in wanted:
        version = have.get(canonicalize_name(one.name))
        if version is None:
            absent.append(one.name)
        elif not one.specifier.contains(version, prereleases=True):
            absent.append(f"{one.name}{one.specifier} (but {version})")
    return absent


def cache() -> Path:
    """The folder, of this user, in which environments are kept; removing it costs only time."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if Path(given).is_absolute():
        root = Path(given)
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    else:
        root = Path.home() / ".cache"
    return root / "sslspec" / "interpreters"


def only_ours(folder: Path) -> Path:
    """A folder in which our packages are found and nothing else: beside a wheel's lies what was compiled for us."""
    package = Path(__file__).resolve().parents[1]
    if not layout.is_installed():
        return package.parent
    folder.mkdir(exist_ok=True)
    for name in ("sslspec", "refssl"):
        source = package.parent / name
        try:
            (folder / name).symlink_to(source, target_is_directory=True)
        except OSError:  # Windows lets not everybody make links
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _python(interpreter: Interpreter, sources: Path, folder: Path | None = None) -> child.Python:
    """How the interpreter is started: PYTHONPATH, which children are not told of, is the user's word on modules."""
    given = [entry for entry in os.environ.get("PYTHONPATH", "").split(os.pathsep) if entry]
    first = [str(sources), *([str(folder)] if folder else []), *(str(Path(entry).absolute()) for entry in given)]
    return child.Python(interpreter.executable, tuple(dict.fromkeys(first)), (os.getcwd(),))


def _declared() -> list[str]:
    try:
        return importlib.metadata.requires(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        # A checkout that was never installed.
        project = toml.loads((layout.checkout() / "pyproject.toml").read_text(encoding="utf-8"))
        return list(project["project"]["dependencies"])


def _name(interpreter: Interpreter, wanted: Sequence[Requirement]) -> str:
    """What an environment is called: two interpreters of one installation share it, another build has its own."""
    identity = [interpreter.home, interpreter.build, interpreter.machine, *sorted(map(str, wanted))]
    return f"{interpreter.name}-{hashlib.sha256(chr(10).join(identity).encode()).hexdigest()[:16]}"


def _distributions(folder: Path) -> dict[str, str]:
    found = importlib.metadata.distributions(path=[str(folder)])
    return {str(canonicalize_name(one.metadata["Name"])): one.version for one in found}


def _install(interpreter: Interpreter, wanted: Sequence[Requirement], folder: Path) -> None:
    """Install into a folder beside it and rename that: whoever else does the same at once, the folder is whole."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent, ignore_cleanup_errors=True) as place:
        made = Path(place, "made")
        command = [*_installer(interpreter), "--target", str(made), "--only-binary", _NEVER_BUILT, *map(str, wanted)]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        environment |= {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=environment,
            check=False,
        )
        if done.returncode:
            lines = [line for line in done.stdout.decode("utf-8", "replace").splitlines() if line.strip()]
            said = "\n".join(f"  {line}" for line in lines[-_LAST_LINES:])
            names = ", ".join(one.name for one in wanted)
            raise NotPrepared(interpreter, f"pip could not get {names} for {interpreter}:\n{said}")
        if missing(wanted, _distributions(folder)):
            with contextlib.suppress(OSError):
                folder.rename(Path(place, "spoiled"))
        with contextlib.suppress(OSError):  # somebody else was faster
            made.rename(folder)


def _installer(interpreter: Interpreter) -> list[str]:
    """What installs for an interpreter: its own pip, ours, or uv."""
    if "pip" in interpreter.have:
        return [interpreter.executable, "-m", "pip", "install", "--no-input", "--prefer-binary"]
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("pip")
        ours = [sys.executable, "-m", "pip", "--python", interpreter.executable]
        return [*ours, "install", "--no-input", "--prefer-binary"]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", interpreter.executable]
    raise NotPrepared(interpreter, f"{interpreter} has no pip, and there is none here: python -m ensurepip")
