"""Programs: how they are started and ended, listened to, and found where they listen.

Each process has a deadline, and an environment that no configuration of the machine reaches. What is said to a program
is not known here.
"""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

DEADLINE = 20
_LISTENING = "0A"


@contextmanager
def running(command: list[str], folder: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program in `folder`, its output one pipe; it is killed at the end and after DEADLINE seconds.

    options: others for Popen than these.
    """
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "OPENSSL_CONF": "/dev/null"},
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, **options},
    )
    deadline = threading.Timer(DEADLINE, process.kill)
    deadline.start()
    try:
        yield process
    finally:
        deadline.cancel()
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None and not pipe.closed:
                with suppress(BrokenPipeError):  # what is left for its input is not wanted any more
                    pipe.close()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], word: bytes) -> bytes:
    """The line of the program's output that has this word. Raises AssertionError where it ends without."""
    assert process.stdout is not None
    seen = b""
    while line := process.stdout.readline():
        if word in line:
            return line
        seen += line
    raise AssertionError(f"{process.args!r} ended: {seen.decode(errors='replace')}")


def listening_port(pid: int) -> int | None:
    """The port at which a process of this machine listens over IPv4, for those that do not tell it; from /proc."""
    links = []
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # closed since
            links.append(str(entry.readlink()))
    inodes = {found[1] for link in links if (found := re.match(r"socket:\[(\d+)\]", link))}
    for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]:
        fields = line.split()
        if fields[3] == _LISTENING and fields[9] in inodes:
            return int(fields[1].rpartition(":")[2], 16)
    return None
