"""How fast the suite itself runs: ``sslspec run`` in a child, its executions read from the record that it writes.

An execution is one scenario, in one variant, that ran against one implementation and one peer; what an implementation
does not support, and what does not apply, is not counted.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.metrics import Metric
from sslspec.exitcodes import ExitCode
from sslspec.pythons import child
from sslspec.results import record
from sslspec.verdicts import Verdict, limits

_RAN = frozenset({Verdict.PASSED, Verdict.FAILED, Verdict.HUNG, Verdict.CRASHED, Verdict.ERROR})
_MEASURED = frozenset({ExitCode.AS_EXPECTED, ExitCode.UNEXPECTED})

METRICS = {
    metric.name: metric
    for metric in (
        Metric("rate", "executions/s", "executions for each second of wall time", 500, absolute=True),
        Metric(
            "cpu_ms",
            "ms",
            "CPU time of an execution, with everything around it",
            2.0,
            higher_is_better=False,
            absolute=True,
        ),
        Metric(
            "harness_ms",
            "ms",
            "CPU time that the harness adds to a test of plain pytest",
            0.3,
            higher_is_better=False,
            absolute=True,
        ),
    )
}


class NotMeasured(Exception):
    """The run did not come to its end; the text has its last words."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What a run took: `wall` and `cpu` in seconds, and what came of it; `harness_ms` of an execution is the harness.

    None where the system does not say.
    """

    executions: int
    results: Counter[str]
    wall: float
    cpu: float | None
    workers: int
    harness_ms: float | None = None

    @property
    def rate(self) -> float:
        """Executions for each second of wall time."""
        return self.executions / self.wall

    @property
    def cpu_ms(self) -> float | None:
        """Milliseconds of CPU time for each execution."""
        return None if self.cpu is None or not self.executions else self.cpu * 1e3 / self.executions

    def value(self, name: str) -> float | None:
        """The figure of one of METRICS."""
        return {"rate": self.rate, "cpu_ms": self.cpu_ms, "harness_ms": self.harness_ms}[name]

    def text(self) -> str:
        """In a few lines."""
        counts = ", ".join(f"{count} {verdict}" for verdict, count in self.results.most_common())
        cpu = "not measured on this system" if self.cpu is None else f"{self.cpu:.1f} s, {self.cpu_ms or 0:.2f} ms each"
        return (
            f"executions      {self.executions} ({counts})\n"
            f"wall            {self.wall:.1f} s with {self.workers} processes, start and end included\n"
            f"executions/s    {self.rate:.0f}\n"
            f"CPU             {cpu}\n"
            f"harness         {'not measured' if self.harness_ms is None else f'{self.harness_ms:.2f} ms each'}"
        )

    def as_json(self) -> dict[str, Any]:
        """JSON values only."""
        return {
            "executions": self.executions,
            "results": dict(self.results),
            "wall": self.wall,
            "cpu": self.cpu,
            "workers": self.workers,
            "rate": self.rate,
            "cpu_ms": self.cpu_ms,
            "harness_ms": self.harness_ms,
        }


def measure(implementations: list[str], globs: list[str], workers: int) -> Timing:
    """Run the scenarios whose ids fit one of `globs` (all where there is none). Raises NotMeasured."""
    with tempfile.TemporaryDirectory(prefix="sslspec-benchmarks-") as folder:
        output = Path(folder, "results.jsonl")
        arguments = ["run", "-j", str(workers), "-q", "--color", "never", "-o", str(output)]
        arguments += [argument for glob in globs for argument in ("-k", glob)]
        cpu, wall = _children_cpu(), time.perf_counter()
        done = subprocess.run(
            child.command("sslspec", *arguments, *implementations),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.perf_counter() - wall
        after = _children_cpu()
        if done.returncode not in _MEASURED:
            said = (done.stderr or done.stdout).strip().splitlines()
            raise NotMeasured(said[-1] if said else f"sslspec {limits.how_it_ended(done.returncode)}")
        results = record.read(output).results
    return Timing(
        sum(result.verdict in _RAN for result in results),
        Counter(result.verdict.value for result in results),
        wall,
        None if cpu is None or after is None else after - cpu,
        workers,
    )


def _children_cpu() -> float | None:
    """CPU seconds of all children that ended, and of theirs; None where the system does not say."""
    if sys.platform == "win32":
        return None
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
