"""One target in a process of its own, so that an input that never ends, or ends the process, costs only that process.

The input in hand stands in a file that both sides have in memory: whoever started the process can see whether it still
moves, and what it was at when it stopped. Results come back as one line of JSON.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fuzz.guided import Result

STALLED = 30.0
"""Seconds after which an input counts as one that never ends."""
MEMORY = 1 << 30
"""How many bytes of data a process may have at all."""
_ROOM = 1 << 16
_HEAD = struct.Struct("<QL")


class Slate:
    """The file with the input in hand, behind its number."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), _ROOM)
        self._count = 0

    def put(self, data: bytes) -> None:
        """Say what is run next."""
        self._count += 1
        size = min(len(data), _ROOM - _HEAD.size)
        self._map[_HEAD.size : _HEAD.size + size] = data[:size]
        _HEAD.pack_into(self._map, 0, self._count, size)

    def look(self) -> tuple[int, bytes]:
        """How many inputs have begun, and the last of them."""
        count, size = _HEAD.unpack_from(self._map)
        return count, self._map[_HEAD.size : _HEAD.size + size]

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
        self._file.close()


@dataclass(slots=True)
class Plan:
    """What a process is to do. seconds or inputs: when it has done enough. kept: where the corpus is written, or ""."""

    target: str
    seed: int
    engine: str
    seconds: float = 0.0
    inputs: int = 0
    kept: str = ""


class NotStarted(Exception):
    """A process ended before its first input, and said why."""


def start(plan: Plan) -> dict[str, Any]:
    """Run a plan in a process of its own: what it tells, see `work`; with a finding where it had to be ended.

    Raises NotStarted.
    """
    with tempfile.TemporaryDirectory(prefix="sslspec-fuzz-") as folder:
        path = Path(folder) / "slate"
        path.write_bytes(bytes(_ROOM))
        slate = Slate(path)
        # Not by way of the command line, which knows all targets: what is imported must be instrumented first.
        command = [sys.executable, "-m", "fuzz.worker", str(path)]
        began = time.monotonic()
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as output,
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints,
        ):
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=output, stderr=complaints, text=True, env=_environment()
            )
            try:
                stalled = _attend(process, plan, slate)
            finally:
                if process.poll() is None:
                    process.kill()
                    process.wait()
            output.seek(0)
            complaints.seek(0)
            lines, told = output.read().splitlines(), complaints.read()
        count, data = slate.look()
        slate.close()
    if not count:
        raise NotStarted(told)
    if stalled or process.returncode:
        why = f"no end after {STALLED:.0f} s" if stalled else f"the process ended with {process.returncode}"
        finding = {"target": plan.target, "data": data.hex(), "key": why, "told": told[-4000:]}
        seconds = time.monotonic() - began
        return {"inputs": count, "reached": 0, "calls": 0, "kept": 0, "findings": [finding], "seconds": seconds}
    summary: dict[str, Any] = json.loads(lines[-1])
    return summary


def _environment() -> dict[str, str]:
    above = str(Path(__file__).resolve().parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (above, os.environ.get("PYTHONPATH"))))}


def _attend(process: subprocess.Popen[str], plan: Plan, slate: Slate) -> bool:
    """Wait for a process that has been given its plan; whether it has stopped moving."""
    assert process.stdin is not None
    json.dump({name: getattr(plan, name) for name in Plan.__slots__}, process.stdin)
    process.stdin.close()
    last, since = 0, time.monotonic()
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
        count, _ = slate.look()
        now = time.monotonic()
        if count != last or not count:
            last, since = count, now
        elif now - since > STALLED:
            return True
    return False


def work(slate_path: str) -> None:
    """What the process does: reads its plan, and prints what came of it."""
    plan = Plan(**json.load(sys.stdin))
    _limit_memory()
    # Where a program's callback raises, ssl tells this hook; that is as it should be.
    sys.unraisablehook = lambda _: None
    if plan.engine == "atheris":
        from fuzz import with_atheris

        with_atheris.instrument()
    from fuzz import findings, guided
    from fuzz.targets import TARGETS

    target = TARGETS[plan.target]
    known = findings.corpus(target.name)
    announce = Slate(Path(slate_path)).put
    began = time.monotonic()

    def enough(done: int) -> bool:
        return done >= plan.inputs if plan.inputs else time.monotonic() > began + plan.seconds

    def finish(result: guided.Result) -> None:
        seconds = time.monotonic() - began
        if plan.kept:
            findings.keep_corpus(
                target.name, guided.smallest(target, [*known, *result.kept], announce), Path(plan.kept)
            )
        print(json.dumps(_summary(result, seconds)), flush=True)

    if plan.engine == "atheris":
        with_atheris.run(target, plan.seed, known, enough, announce, finish)
    finish(guided.Loop(target, plan.seed, known, announce).run(enough))


def _summary(result: Result, seconds: float) -> dict[str, Any]:
    told = [
        {"target": each.target, "data": each.data.hex(), "key": each.key, "told": each.told}
        for each in result.findings.values()
    ]
    return {
        "inputs": result.inputs,
        "reached": result.reached,
        "calls": result.most_calls,
        "kept": len(result.kept),
        "findings": told,
        "seconds": seconds,
    }


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


if __name__ == "__main__":
    work(sys.argv[1])
