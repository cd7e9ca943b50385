"""Which executions pass through which lines of refssl: who could notice a fault there.

Since Python 3.12 the interpreter tells of a line once for each execution (``sys.monitoring``), which costs little;
before, refssl is traced, which costs some times as much as running it.
"""

from __future__ import annotations

import sys
import threading
from types import CodeType, FrameType, FunctionType
from typing import Any

import refssl

_HOME = refssl.__path__[0]
Places = dict[tuple[str, int], list[int]]


class Witnesses:
    """Collects, for each line of refssl and whatever else is met, the numbers of the executions that came by."""

    def __init__(self) -> None:
        self._places: dict[tuple[str, int], dict[int, None]] = {}
        self._number = -1

    def next(self, number: int) -> None:
        """What is met from now on is met by this execution."""
        self._number = number

    def meet(self, place: tuple[str, int]) -> None:
        """The execution comes by."""
        self._places.setdefault(place, {})[self._number] = None

    def stop(self) -> Places:
        """End watching; gives what was seen."""
        return {place: list(numbers) for place, numbers in self._places.items()}


def watching(*, lines: bool) -> Witnesses:
    """What this interpreter has; it watches at once. lines: whether each line counts, or functions alone."""
    return _Monitored(lines) if hasattr(sys, "monitoring") else _Traced(lines)


class _Monitored(Witnesses):
    """Lines are told of in refssl alone: each of its functions is found when it is entered for the first time."""

    def __init__(self, lines: bool) -> None:
        super().__init__()
        self._lines = lines
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool: int = self._monitoring.COVERAGE_ID
        events = self._monitoring.events
        self._monitoring.use_tool_id(self._tool, "sabotage")
        self._monitoring.register_callback(self._tool, events.LINE, self._line)
        self._monitoring.register_callback(self._tool, events.PY_START, self._enter)
        self._monitoring.set_events(self._tool, events.PY_START)

    def next(self, number: int) -> None:
        super().next(number)
        self._monitoring.restart_events()

    def stop(self) -> Places:
        self._monitoring.set_events(self._tool, 0)
        self._monitoring.free_tool_id(self._tool)
        return super().stop()

    def _enter(self, code: CodeType, _offset: int) -> Any:
        if code.co_filename.startswith(_HOME):
            self.meet(_entry(code))
            if self._lines:
                self._monitoring.set_local_events(self._tool, code, self._monitoring.events.LINE)
        return self._monitoring.DISABLE

    def _line(self, code: CodeType, line: int) -> Any:
        self.meet((code.co_filename, line))
        return self._monitoring.DISABLE


class _Traced(Witnesses):
    def __init__(self, lines: bool) -> None:
        super().__init__()
        self._lines = lines
        threading.settrace(self._enter)
        sys.settrace(self._enter)

    def stop(self) -> Places:
        sys.settrace(None)
        threading.settrace(None)
        return super().stop()

    def _enter(self, frame: FrameType, _event: str, _argument: object) -> Any:
        if not frame.f_code.co_filename.startswith(_HOME):
            return None
        self.meet(_entry(frame.f_code))
        return self._step if self._lines else None

    def _step(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self.meet((frame.f_code.co_filename, frame.f_lineno))
        return self._step


def of(places: Places, where: Any) -> list[int] | None:
    """The executions that enter a function or come to a place, each once, in order; None, which is all, for None."""
    if where is None or isinstance(where, tuple):
        return None if where is None else places.get(where, [])
    code = where.__code__ if isinstance(where, FunctionType) else None
    if code is None:
        return []
    return sorted(places.get(_entry(code), ()))


def _entry(code: CodeType) -> tuple[str, int]:
    """The place that stands for the beginning of a function; its line is also that at which a module defines it."""
    return f"{code.co_filename} (entered)", code.co_firstlineno
