"""Starting another process of this interpreter in which sslspec can be imported, and little else has a say.

The child finds modules where this process does, and in the working directory last of all: an implementation that lies
there can be imported, but no file there takes the place of a module of the standard library.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

# No import before sys.path is set: with -c it begins with the working directory.
_BOOT = "import sys; sys.path[:] = sys.argv.pop(1).split({separator!r}); sys.argv[0] = {name!r}; {code}"


def import_path() -> list[str]:
    """Where the child looks for modules."""
    here = os.getcwd()
    first, *rest = sys.path
    # What Python itself put first: the folder of the script, or the working directory.
    script = str(Path(sys.argv[0] or ".").absolute().parent)
    path = rest if first in ("", here, script) else [first, *rest]
    absolute = [str(Path(entry).absolute()) for entry in path if entry]
    package = str(Path(__file__).resolve().parents[1])
    if package not in absolute and not any(Path(entry, "sslspec").is_dir() for entry in absolute):
        absolute.append(package)
    return list(dict.fromkeys([*absolute, here]))


def command(module: str, *args: str) -> list[str]:
    """The command that runs ``python -m MODULE ARGS`` with that path."""
    code = f"import runpy; runpy.run_module({module!r}, run_name='__main__', alter_sys=True)"
    boot = _BOOT.format(separator=os.pathsep, name=module, code=code)
    return [sys.executable, "-c", boot, os.pathsep.join(import_path()), *args]


def script(path: Path) -> list[str]:
    """The command that runs a script with that path."""
    boot = _BOOT.format(
        separator=os.pathsep, name=str(path), code=f"import runpy; runpy.run_path({str(path)!r}, run_name='__main__')"
    )
    return [sys.executable, "-c", boot, os.pathsep.join(import_path())]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a child that was started in a session of its own, and everything that it started, at once."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(process.pid)], capture_output=True, check=False)
    process.wait()


def how_it_ended(status: int) -> str:
    """An exit status in words: ``died of SIGSEGV``, ``exited with status 3``."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"died of {signal.Signals(-status).name}"
    except ValueError:
        return f"died of signal {-status}"
