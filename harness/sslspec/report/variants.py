"""Says in a few words which of a scenario's executions are meant: ``tls12, with tlslite`` and not forty ids."""

from __future__ import annotations

from collections.abc import Collection

from sslspec.report.stream import Execution
from sslspec.style import listed

_MOST = 3  # executions that are named one by one
_MOST_POINTS = 6  # of an axis


def told(some: Collection[Execution], every: Collection[Execution]) -> str:
    """`some` of `every` execution in words; empty where there is only one."""
    if len(every) == 1:
        return ""
    if len(some) == len(every):
        return f"all {len(every)}"
    restrictions = _restrictions(some, every)
    if restrictions is not None:
        return f"{restrictions} ({len(some)} of {len(every)})"
    others = [execution for execution in every if execution not in some]
    if len(others) < len(some) and (said := _restrictions(others, every) or _few(others)):
        return f"all but {said} ({len(some)} of {len(every)})"
    names = [name(execution) for execution in sorted(some)]
    rest = len(names) - _MOST
    more = f" and {rest} more" if rest > 0 else ""
    return f"{', '.join(names[:_MOST])}{more} ({len(some)} of {len(every)})"


def _few(some: Collection[Execution]) -> str:
    """Executions by their names; "" where they are many."""
    return listed([name(execution) for execution in sorted(some)]) if len(some) <= _MOST else ""


def name(execution: Execution) -> str:
    """One execution: ``client+tls13+memory+whole with tlslite``."""
    peer = "" if execution.peer in ("", "none") else f"with {execution.peer}"
    return " ".join(part for part in (execution.variant, peer) if part) or "the only one"


def _restrictions(some: Collection[Execution], every: Collection[Execution]) -> str | None:
    """What is to be said of each axis so that exactly `some` fit; None where the axes cannot tell them."""
    split = {execution: _points(execution) for execution in every}
    lengths = {len(points) for points in split.values()}
    if len(lengths) != 1:
        return None
    axes = range(lengths.pop())
    wanted = [{split[execution][axis] for execution in some} for axis in axes]
    fitting = [execution for execution, points in split.items() if all(points[a] in wanted[a] for a in axes)]
    if len(fitting) != len(some):
        return None
    said = []
    for axis in axes:
        if len(wanted[axis]) < len({points[axis] for points in split.values()}):
            said.append(_some(sorted(wanted[axis])))
    return "; ".join(said)


def _some(points: list[str]) -> str:
    rest = len(points) - _MOST_POINTS
    return f"{', '.join(points[:_MOST_POINTS])} or one of {rest} more" if rest > 1 else listed(points, "or")


def _points(execution: Execution) -> list[str]:
    peer = "no peer" if execution.peer in ("", "none") else f"with {execution.peer}"
    return [*execution.variant.split("+"), peer]
