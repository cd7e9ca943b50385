"""Whether a connection costs more where many are held: two interpreters, one that holds few and one that holds many.

They time new pairs in turn, so that whatever else the machine does meets both alike. The garbage collector, whose full
runs are rare and long, is off meanwhile; what it cost while the pairs that are held were made is added to each pair.

``python -m benchmarks.growth NAME FOLDER HELD MADE`` is one of them; it times a slice for each line that it reads.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.certificates import Certificates
from benchmarks.children import ChildFailed
from benchmarks.peers import load
from benchmarks.peers.base import Peer
from sslspec.pythons import child
from sslspec.verdicts import limits

FEW = 30
"""How many pairs are held where few are; as many warm everything up."""
_SLICE = 50  # pairs timed together


def growth(peer: Peer, folder: Path, count: int, turns: int) -> float:
    """How many times as much CPU time a new pair takes where `count` are held as where few are.

    turns: how often each times a slice; the median of the ratios is given. Raises ChildFailed.
    """
    with ExitStack() as stack:
        few = stack.enter_context(_Holder(peer, folder, FEW, count))
        many = stack.enter_context(_Holder(peer, folder, max(count, FEW), count))
        return statistics.median(many.slice() / few.slice() for _ in range(turns))


class _Holder:
    """An interpreter that holds `held` pairs, after it has made `made`."""

    def __init__(self, peer: Peer, folder: Path, held: int, made: int) -> None:
        command = child.command("benchmarks.growth", peer.name, str(folder), str(held), str(made))
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def __enter__(self) -> _Holder:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def slice(self) -> float:
        """Seconds of CPU time for each pair of a slice. Raises ChildFailed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        if not answer:
            said = self._process.communicate()[1].strip().splitlines()
            raise ChildFailed(said[-1] if said else limits.how_it_ended(self._process.returncode))
        return float(json.loads(answer))


class _Collector:
    """The CPU time that the garbage collector takes."""

    def __init__(self) -> None:
        self.seconds = 0.0
        gc.callbacks.append(self._note)

    def _note(self, phase: str, _info: dict[str, int]) -> None:
        self.seconds += time.process_time() * (1 if phase == "stop" else -1)


def main(name: str, folder: str, held: str, made: str) -> None:
    """What such an interpreter does. Raises whatever the peer raises."""
    peer = load(name, Certificates(Path(folder)))
    configuration = peer.configure(13)
    kept = [peer.connect(configuration) for _ in range(FEW)]
    collector = _Collector()
    for _ in range(int(made)):
        pair = peer.connect(configuration)
        if len(kept) < int(held):
            kept.append(pair)
    collecting = collector.seconds / max(1, int(made))
    gc.collect()
    gc.freeze()
    gc.disable()
    for _ in sys.stdin:
        before = time.process_time()
        fresh = [peer.connect(configuration) for _ in range(_SLICE)]
        print(json.dumps((time.process_time() - before) / _SLICE + collecting), flush=True)
        del fresh
        gc.collect()


if __name__ == "__main__":
    main(*sys.argv[1:])
