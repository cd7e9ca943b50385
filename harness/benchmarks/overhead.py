"""What the harness adds to an execution: an empty scenario through the plugin, against an empty test of plain pytest.

Both run in children, with many items and with few, so that start and end fall out of the difference; rounds are
interleaved. CPU time of the child alone; no worker processes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
from pathlib import Path

from sslspec import layout
from sslspec.pythons import child, hermetic

FEW, MANY, ROUNDS = 200, 2200, 5

_CONFTEST = """\
import pathlib
from sslspec import layout
layout.suites = lambda: pathlib.Path(__file__).parent / "suites"
"""
_TEST = '''\
import pytest

@pytest.mark.parametrize("number", [str(number) for number in range({count})])
def test_nothing(number{fixture}):
    """Nothing is asked of anybody."""
'''
_MARKS = """\
pytestmark = [
    pytest.mark.clause("ssl.SSLContext"),
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
]
"""


def milliseconds(few: int = FEW, many: int = MANY, rounds: int = ROUNDS) -> float | None:
    """Milliseconds of CPU time for each execution of a scenario that asks for ``pair``: the median over the rounds.

    None where the system does not say what a child has used.
    """
    if not hasattr(os, "wait4"):
        return None
    with tempfile.TemporaryDirectory(prefix="sslspec-benchmarks-") as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(_CONFTEST)
        for count in (few, many):
            _write(folder / "plain" / f"test_{count}.py", _TEST.format(count=count, fixture=""))
            scenario = _TEST.format(count=count, fixture=", pair") + _MARKS
            _write(folder / "suites" / "empty" / f"test_{count}.py", scenario)
        found = []
        for _ in range(rounds):
            plain, ours = (
                (_cpu(folder, kind, many) - _cpu(folder, kind, few)) / (many - few)
                for kind in ("plain", "suites/empty")
            )
            found.append((ours - plain) * 1e3)
    return statistics.median(found)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _cpu(folder: Path, kind: str, count: int) -> float:
    """CPU seconds of one pytest."""
    arguments = [
        "-c",
        str(layout.pytest_ini()),
        f"--rootdir={folder}",
        f"--confcutdir={folder}",
        "--disable-plugin-autoload",
    ]
    arguments += ["-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:logging"]
    if kind != "plain":
        arguments += ["-p", "sslspec.plugin.hooks", "--impl=ssl", "--peer=stdlib", "--no-baseline"]
        arguments += [f"--events={folder / 'events'}", "--events-only"]
    environment, _ = hermetic.child_environment(os.environ)
    process = subprocess.Popen(
        child.command("pytest", *arguments, str(folder / kind / f"test_{count}.py")),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime
