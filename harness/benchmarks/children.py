"""What can only be measured in an interpreter of its own: memory, and the time that an import takes.

``python -m benchmarks.children TASK NAME FOLDER COUNT`` does one of them and prints a JSON object on its last line.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from benchmarks.certificates import Certificates
from benchmarks.peers import load
from benchmarks.peers.base import Peer, Unsupported
from sslspec.pythons import child
from sslspec.verdicts import limits

_STATUS = Path("/proc/self/smaps_rollup")
_WARM = 30  # connections before anything is measured: caches, allocator pools
# Nothing that an ssl module needs (re, enum) may be there before it: so the figures are printed without json.
_IMPORT = """
import sys, time
sys.path[:] = {path!r}
wall, cpu = time.perf_counter(), time.process_time()
{statement}
cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
print(f'{{{{"wall": {{wall * 1e3}}, "cpu": {{cpu * 1e3}}}}}}')
"""


class ChildFailed(Exception):
    """A child did not come to its end; the text is the last line that it said."""


def resident(peer: Peer, count: int) -> float:
    """KiB of resident memory for one idle pair. Raises Unsupported where there is no /proc."""
    if not _STATUS.exists():
        raise Unsupported("resident memory without /proc")
    return _for_each_pair(peer, count, _resident_now)


def python_heap(peer: Peer, count: int) -> float:
    """KiB of Python heap for one idle pair."""
    tracemalloc.start()
    return _for_each_pair(peer, count, lambda: tracemalloc.get_traced_memory()[0] / 1024)


TASKS: dict[str, Callable[[Peer, int], float]] = {"mem_rss": resident, "mem_py": python_heap}


def _for_each_pair(peer: Peer, count: int, amount: Callable[[], float]) -> float:
    configuration = peer.configure(13)
    for _ in range(_WARM):
        peer.settle(peer.connect(configuration))
    held = []
    gc.collect()
    before = amount()
    for _ in range(count):
        link = peer.connect(configuration)
        peer.settle(link)
        held.append(link)
    gc.collect()
    return (amount() - before) / len(held)


def _resident_now() -> float:
    for line in _STATUS.read_text(encoding="ascii").splitlines():
        if line.startswith("Rss:"):
            return float(line.split()[1])
    raise Unsupported("resident memory")


def ask(task: str, peer: Peer, folder: Path, count: int) -> float:
    """Do one of TASKS in a child. Raises ChildFailed."""
    return _answer(child.command("benchmarks.children", task, peer.name, str(folder), str(count)))["figure"]


def import_time(peer: Peer, folder: Path, clock: str) -> float:
    """Milliseconds that importing the peer takes in a fresh interpreter, by "cpu" or "wall". Raises ChildFailed.

    The byte code of every peer is kept below `folder`, whatever this environment says of byte code: but for the first
    call, which pays for making it, no compiler is measured.
    """
    code = _IMPORT.format(path=child.import_path(), statement=peer.statement)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    return _answer([sys.executable, "-c", code], environment)[clock]


def _answer(command: list[str], environment: dict[str, str] | None = None) -> dict[str, float]:
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise ChildFailed(said[-1] if said else limits.how_it_ended(done.returncode))
    answer: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def main(task: str, name: str, folder: str, count: str) -> None:
    """What a child does. Raises whatever the peer raises."""
    peer = load(name, Certificates(Path(folder)))
    print(json.dumps({"figure": TASKS[task](peer, int(count))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
