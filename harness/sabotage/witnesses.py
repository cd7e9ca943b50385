"""Which executions pass through which lines of refssl: who could notice a fault there.

By sys.monitoring (Python 3.12), which tells of a line once for each execution and costs little.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any

import refssl

_HOME = refssl.__path__[0]
Places = dict[tuple[str, int], list[int]]


class Witnesses:
    """Collects, for each line of refssl, the numbers of the executions that came by. Say `next` before each."""

    def __init__(self) -> None:
        if not hasattr(sys, "monitoring"):
            raise RuntimeError("the witnesses are found by sys.monitoring, which came with Python 3.12")
        self.places: Places = {}
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool: int = self._monitoring.COVERAGE_ID
        self._number = -1
        self._monitoring.use_tool_id(self._tool, "sabotage")
        self._monitoring.register_callback(self._tool, self._monitoring.events.LINE, self._line)
        self._monitoring.set_events(self._tool, self._monitoring.events.LINE)

    def next(self, number: int) -> None:
        """What is passed from now on is passed by this execution."""
        self._number = number
        self._monitoring.restart_events()

    def stop(self) -> Places:
        """End watching; gives what was seen."""
        self._monitoring.set_events(self._tool, 0)
        self._monitoring.free_tool_id(self._tool)
        return self.places

    def _line(self, code: CodeType, line: int) -> Any:
        if code.co_filename.startswith(_HOME):
            self.places.setdefault((code.co_filename, line), []).append(self._number)
        return self._monitoring.DISABLE


def of_function(places: Places, function: Any) -> list[int]:
    """The executions that enter a function, each once, in order."""
    code = function.__code__ if isinstance(function, FunctionType) else None
    if code is None:
        return []
    lines = {line for *_, line in code.co_lines() if line is not None and line != code.co_firstlineno}
    return sorted({number for line in lines for number in places.get((code.co_filename, line), ())})
