"""Requirements: what a benchmark must reach, read from the command line and judged against what was measured."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from benchmarks.measuring import Cell
from benchmarks.metrics import METRICS, Metric

_FORM = re.compile(r"(\w+)(?:(<=|>=)(\d+(?:\.\d+)?))?")


class BadRequirement(Exception):
    """A requirement that cannot be read; the text is one line that names it and says what could be said."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A bound on one metric: on the ratio to ssl, or on the figure itself where the metric is absolute."""

    metric: Metric
    bound: float

    def judge(self, cell: Cell, baseline: Cell, doubts: list[str]) -> tuple[bool, str]:
        """Whether it is met, and that in words."""
        got = cell.median if self.metric.absolute else cell.ratio(baseline)
        unit = self.metric.unit if self.metric.absolute else "x ssl"
        wanted = f"wanted {self.metric.sign} {self.bound:g} {unit}"
        if got is None:
            return False, f"{self.metric.name}: {cell.reason or 'not measured'} ({wanted})"
        met = got >= self.bound if self.metric.higher_is_better else got <= self.bound
        shown = f"{got:.3f}".rstrip("0").rstrip(".")
        if doubts:
            return False, f"{self.metric.name}: {shown} is void: {doubts[0]} ({wanted})"
        return met, f"{self.metric.name}: {shown} ({wanted})"


def read(text: str, known: Mapping[str, Metric] = METRICS) -> Requirement:
    """``METRIC>=NUMBER``, ``METRIC<=NUMBER``, or ``METRIC`` alone for its goal. Raises BadRequirement."""
    form = _FORM.fullmatch(text.replace(" ", ""))
    if form is None:
        raise BadRequirement(f"{text!r} is no requirement: say METRIC>=NUMBER or METRIC<=NUMBER, such as hs13>=1.0")
    name, sign, number = form.groups()
    if name not in known:
        raise BadRequirement(f"{text!r}: there is no metric {name}; known: {', '.join(known)}")
    metric = known[name]
    if sign is not None and sign != metric.sign:
        better = "higher" if metric.higher_is_better else "lower"
        raise BadRequirement(f"{text!r}: {better} is better in {name}, so a requirement is {name}{metric.sign}{number}")
    if number is not None:
        return Requirement(metric, float(number))
    if metric.goal is None:
        raise BadRequirement(
            f"{text!r}: {name} has no goal, so a requirement needs a number: {name}{metric.sign}NUMBER"
        )
    return Requirement(metric, metric.goal)
