"""The metrics: what each one measures, in which unit, which way is better, and what the project aims at.

A metric is a line of one table, so that the help, the report and the gate cannot differ. How it is measured is the
business of the modules beside this one.
"""

from __future__ import annotations

from dataclasses import dataclass

WRITE = 16384  # bytes of a full record
MESSAGE = 64  # bytes of a small one
BATCH = 64  # writes that bulk13_1m moves at once


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric.

    `goal` is a ratio to ssl, or a value in `unit` where `absolute`; None where the project has none. `version` is the
    TLS version that it needs, 12 or 13, or None. `scale` turns operations a second into `unit`.
    """

    name: str
    unit: str
    meaning: str
    goal: float | None = None
    higher_is_better: bool = True
    absolute: bool = False
    version: int | None = 13
    scale: float = 1.0

    @property
    def sign(self) -> str:
        """How a requirement on this metric compares."""
        return ">=" if self.higher_is_better else "<="

    def shown_goal(self) -> str:
        """The goal as a requirement says it, or nothing."""
        if self.goal is None:
            return ""
        return f"{self.sign} {self.goal:,g}" + ("" if self.absolute else " x")


def _cost(
    name: str, unit: str, goal: float | None, meaning: str, *, absolute: bool, version: int | None = 13
) -> Metric:
    return Metric(name, unit, meaning, goal, higher_is_better=False, absolute=absolute, version=version)


_ALL = (
    Metric(
        "hs13",
        "/s",
        "full TLS 1.3 handshakes, client and server together: X25519, ECDSA P-256 leaf below a root, chain and host "
        "name verified by the client",
        1.0,
    ),
    Metric(
        "hs13_fresh",
        "/s",
        "hs13 with another leaf certificate each time (300 in turn): what a cached verdict on a chain would gain in "
        "hs13 is not gained here",
        1.0,
    ),
    Metric("hs13nv", "/s", "hs13 without verification: the row in which tlslite-ng, which never verifies, compares"),
    Metric("hs12", "/s", "full TLS 1.2 ECDHE-ECDSA handshakes, verified", 1.0, version=12),
    Metric("res13", "/s", "TLS 1.3 handshakes that resume a session (psk_dhe_ke)", 1.3),
    Metric(
        "bulk13_16k",
        "MB/s",
        "TLS 1.3 with AES-128-GCM, writes of 16 KiB, sender and receiver together",
        0.9,
        scale=WRITE / 1e6,
    ),
    Metric("bulk13_64", "msg/s", "the same with messages of 64 bytes", 0.4),
    Metric(
        "bulk13_1m",
        "MB/s",
        f"bulk13_16k with {BATCH} writes moved at once: finds buffers whose cost grows with what they hold",
        1.0,
        scale=BATCH * WRITE / 1e6,
    ),
    Metric("bulk12_16k", "MB/s", "TLS 1.2 with AES-128-GCM, writes of 16 KiB", 0.9, version=12, scale=WRITE / 1e6),
    Metric("bulk12_64", "msg/s", "TLS 1.2 with AES-128-GCM, messages of 64 bytes", version=12),
    Metric("ctx", "/s", "pairs of contexts: a client with its root, a server with chain and key, all from files", 8),
    Metric("ctx_default", "/s", "calls of create_default_context(), with the system's roots", 5, version=None),
    _cost(
        "calls_hs",
        "calls",
        1800,
        "calls of Python and C functions for one hs13 pair: free of noise, a gate for each commit",
        absolute=True,
    ),
    _cost("calls_rec", "calls", 45, "the same for one write, move and read of 16 KiB", absolute=True),
    _cost("mem_rss", "KiB/pair", 0.5, "resident memory of an idle TLS 1.3 pair (Linux)", absolute=False),
    _cost("mem_py", "KiB/pair", 10, "Python heap of an idle TLS 1.3 pair, as tracemalloc counts it", absolute=True),
    _cost(
        "growth",
        "x",
        1.1,
        "cost of a handshake when --connections x 10 pairs are held open, over its cost when few are",
        absolute=True,
    ),
    _cost("import", "ms", 2.0, "importing the module in a fresh interpreter", absolute=False, version=None),
)
METRICS = {metric.name: metric for metric in _ALL}


def explained() -> str:
    """All metrics in words, a paragraph each."""
    lines = []
    for metric in _ALL:
        better = "higher" if metric.higher_is_better else "lower"
        goal = f"; goal {metric.shown_goal()}" if metric.goal is not None else ""
        lines.append(f"{metric.name:<12}{metric.unit:<10}{metric.meaning} ({better} is better{goal})")
    return "\n".join(lines)
