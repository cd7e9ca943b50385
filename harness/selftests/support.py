"""What several selftests need to start sslspec as a user does: in a process of its own, out of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

HARNESS = Path(__file__).resolve().parents[1]
HOSTILE = Path(__file__).resolve().parent / "hostile"


def environment(*paths: Path, **more: str) -> dict[str, str]:
    """This process's environment with harness (and `paths`) where Python finds modules, and no colours."""
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR", "PYTHONPATH")}
    return {**kept, "PYTHONPATH": os.pathsep.join(map(str, (HARNESS, *paths))), **more}


def sslspec(
    *args: str, cwd: Path | None = None, paths: tuple[Path, ...] = (), timeout: float = 240, **more: str
) -> subprocess.CompletedProcess[str]:
    """``sslspec ARGS``; `more` are environment variables."""
    return subprocess.run(
        [sys.executable, "-m", "sslspec", *args],
        cwd=cwd,
        env=environment(*paths, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
