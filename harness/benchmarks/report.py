"""How results are told: a table that is also Markdown, notes below it, and the same as JSON."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.comparison import Plan, Results
from benchmarks.measuring import Cell
from benchmarks.metrics import METRICS, Metric
from benchmarks.peers import BASELINE

_DISTRIBUTIONS = ("cryptography", "pyOpenSSL", "tlslite-ng", "siotls")


def text(plan: Plan, results: Results, *, ratios: bool = False) -> str:
    """Everything, for a terminal. ratios: leave out what says more about the machine than about the peers."""
    lines = [table(_rows(plan, results, ratios=ratios)), "", *results.notes]
    lines += [f"{name}: {peer.version()}" for name, peer in results.peers.items()]
    lines += [", ".join(f"{name} {number}" for name, number in _installed().items())]
    lines.append(
        f"Python {platform.python_version()}, {plan.clock} time, {plan.rounds} rounds of {plan.batch:g} s; "
        f"ratio = median over the rounds of peer / {BASELINE} in the same round"
    )
    return "\n".join(lines)


def _rows(plan: Plan, results: Results, *, ratios: bool) -> list[list[str]]:
    head = ["metric", "unit"]
    for name in results.peers:
        mark = "! " if results.doubts(name) else ""
        head.append(f"{mark}{name}" if ratios or name == BASELINE else f"{mark}{name} (x {BASELINE})")
        if name == plan.subject:
            head.append(f"goal of {name}")
    rows = [head]
    for metric in (METRICS[name] for name in plan.metrics):
        baseline = results.cell(metric.name, BASELINE)
        row = [metric.name, f"x {BASELINE}" if ratios and not metric.absolute else metric.unit]
        for name in results.peers:
            cell = results.cell(metric.name, name)
            if ratios:
                row.append(_compact(metric, cell, baseline))
            else:
                row.append(_shown(cell, None if name == BASELINE else baseline))
            if name == plan.subject:
                row.append(_goal(metric, cell, baseline))
        rows.append(row)
    return rows


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows of equal length, the first of them the head, as a table of Markdown."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["| " + " | ".join(map(str.ljust, row, widths)) + " |" for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def figure(value: float) -> str:
    """With three digits or more."""
    if value >= 1000:
        return f"{value:,.0f}"
    places = 1 if value >= 10 else 2 if value >= 1 else 3 if value >= 0.1 else 4
    return f"{value:.{places}f}"


def _compact(metric: Metric, cell: Cell, baseline: Cell) -> str:
    """What a requirement on the metric looks at: the ratio, or the figure where the goal is one."""
    value = cell.median if metric.absolute else cell.ratio(baseline)
    return figure(value) if value is not None else cell.reason or "-"


def _shown(cell: Cell, baseline: Cell | None) -> str:
    if cell.median is None:
        return cell.reason or "-"
    ratio = cell.ratio(baseline) if baseline is not None else None
    return figure(cell.median) + (f" ({figure(ratio)})" if ratio is not None else "")


def _goal(metric: Metric, cell: Cell, baseline: Cell) -> str:
    got = cell.median if metric.absolute else cell.ratio(baseline)
    if metric.goal is None or got is None:
        return metric.shown_goal()
    met = got >= metric.goal if metric.higher_is_better else got <= metric.goal
    return f"{metric.shown_goal()}: {'met' if met else 'not met'}"


def as_json(plan: Plan, results: Results) -> dict[str, Any]:
    """Everything that was measured, each round of it: JSON values only."""
    return {
        "python": platform.python_version(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "when": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "subject": plan.subject,
        "baseline": BASELINE,
        "clock": plan.clock,
        "rounds": plan.rounds,
        "batch": plan.batch,
        "connections": plan.connections,
        "distributions": _installed(),
        "peers": {
            name: {"version": peer.version(), "doubts": results.doubts(name)} for name, peer in results.peers.items()
        },
        "notes": results.notes,
        "metrics": {
            metric: {
                name: _cell(cell, results.cell(metric, BASELINE)) | {"unit": METRICS[metric].unit}
                for name, cell in cells.items()
            }
            for metric, cells in results.cells.items()
        },
    }


def _cell(cell: Cell, baseline: Cell) -> dict[str, Any]:
    if cell.median is None:
        return {"reason": cell.reason}
    return {
        "median": cell.median,
        "spread": cell.spread,
        "ratio": cell.ratio(baseline),
        "rounds": list(cell.rounds),
    }


def _installed() -> dict[str, str]:
    found = {}
    for name in _DISTRIBUTIONS:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
