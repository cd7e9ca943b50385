"""Starting another process, of this interpreter or of another, in which sslspec can be imported and little else counts.

The child of this interpreter finds modules where this process does, that of another one where that finds its own; both
look in the working directory last of all: an implementation that lies there can be imported, but no file there takes
the place of a module of the standard library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# No import before sys.path is set: with -c it begins with the working directory, as "" (but for -P, which we ask for).
_BOOT = (
    "import sys; first, own, last = [part.split({separator!r}) for part in sys.argv.pop(1).split({between!r})]; "
    "sys.path[:] = [entry for entry in [*first, *(sys.path if own[0] else ()), *last] if entry]; "
    "sys.argv[0] = {name!r}; {code}"
)
_BETWEEN = "\n"


@dataclass(frozen=True, slots=True)
class Python:
    """An interpreter that can be started.

    `first` is where it looks for modules before its own places, `last` where after them; `own` is False where `first`
    and `last` are all there is.
    """

    executable: str
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    own: bool = True


def running() -> Python:
    """The interpreter of this process, which is to find what this process finds."""
    return Python(sys.executable, tuple(import_path()), own=False)


def import_path() -> list[str]:
    """Where the child looks for modules."""
    here = os.getcwd()
    first, *rest = sys.path
    # What Python itself put first: the folder of the script, or the working directory.
    script = str(Path(sys.argv[0] or ".").absolute().parent)
    path = rest if first in ("", here, script) else [first, *rest]
    absolute = [str(Path(entry).absolute()) for entry in path if entry]
    package = str(Path(__file__).resolve().parents[2])
    if package not in absolute and not any(Path(entry, "sslspec").is_dir() for entry in absolute):
        absolute.append(package)
    return list(dict.fromkeys([*absolute, here]))


def command(module: str, *args: str, python: Python | None = None) -> list[str]:
    """The command that runs ``python -m MODULE ARGS`` with that path; without a Python, that of this process."""
    code = f"import runpy; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    return [*_start(module, code, python or running()), *args]


def script(path: Path, python: Python | None = None) -> list[str]:
    """The command that runs a script with that path; without a Python, that of this process."""
    return _start(str(path), f"import runpy; runpy.run_path({str(path)!r}, run_name='__main__')", python or running())


def script_from_stdin(python: Python) -> list[str]:
    """The same for an interpreter that sees no file of ours."""
    return _start("-", "exec(compile(sys.stdin.read(), '<stdin>', 'exec'))", python)


def _start(name: str, code: str, python: Python) -> list[str]:
    boot = _BOOT.format(separator=os.pathsep, between=_BETWEEN, name=name, code=code)
    parts = (os.pathsep.join(python.first), "own" if python.own else "", os.pathsep.join(python.last))
    return [python.executable, "-c", boot, _BETWEEN.join(parts)]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child that was started in a session of its own, and everything that it started, at once."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    process.wait()
