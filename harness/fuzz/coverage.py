"""Which lines and branches of refssl have been reached, and how many of its functions were called.

Since Python 3.12 the interpreter tells of each line once (``sys.monitoring``), which costs nothing afterwards; before,
functions whose lines are all known are not traced any more.
"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any, Protocol

import refssl

_HOME = refssl.__path__[0]
_COMPILED = "<presentation>"  # the codec's functions, which it writes itself


def _ours(code: CodeType) -> bool:
    return code.co_filename.startswith(_HOME) or code.co_filename == _COMPILED


class Coverage(Protocol):
    """What was reached in refssl since `start`. reached: how many places; calls: of functions, since set to 0."""

    reached: int
    calls: int

    def start(self) -> None:
        """Begin to watch, with nothing reached."""

    def stop(self) -> None:
        """Watch no longer."""


class Monitored:
    """By sys.monitoring: lines, and both ways out of each branch."""

    def __init__(self) -> None:
        self.reached = 0
        self.calls = 0
        self._destinations: dict[tuple[CodeType, int], int] = {}
        self._monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        self._tool: int = self._monitoring.COVERAGE_ID

    def start(self) -> None:
        monitoring = self._monitoring
        events = monitoring.events
        monitoring.use_tool_id(self._tool, "fuzz")
        watched: dict[int, Callable[..., Any]] = {events.LINE: self._line, events.PY_START: self._call}
        if hasattr(events, "BRANCH_LEFT"):
            watched |= {events.BRANCH_LEFT: self._way, events.BRANCH_RIGHT: self._way}
        else:
            watched[events.BRANCH] = self._branch
        for event, callback in watched.items():
            monitoring.register_callback(self._tool, event, callback)
        monitoring.restart_events()
        monitoring.set_events(self._tool, sum(watched))

    def stop(self) -> None:
        self._monitoring.set_events(self._tool, 0)
        self._monitoring.free_tool_id(self._tool)

    def _line(self, code: CodeType, line: int) -> Any:
        self.reached += _ours(code)
        return self._monitoring.DISABLE

    def _way(self, code: CodeType, offset: int, destination: int) -> Any:
        self.reached += _ours(code)
        return self._monitoring.DISABLE

    def _branch(self, code: CodeType, offset: int, destination: int) -> Any:
        """Python 3.12 and 3.13 have one event for both ways, so it is watched until both were gone."""
        if not _ours(code):
            return self._monitoring.DISABLE
        first = self._destinations.setdefault((code, offset), destination)
        if first != destination:
            self.reached += 1
            return self._monitoring.DISABLE
        return None

    def _call(self, code: CodeType, offset: int) -> Any:
        if not _ours(code):
            return self._monitoring.DISABLE
        self.calls += 1
        return None


class Traced:
    """By sys.settrace: lines."""

    def __init__(self) -> None:
        self.reached = 0
        self.calls = 0
        self._left: dict[CodeType, set[int]] = {}

    def start(self) -> None:
        sys.settrace(self._enter)

    def stop(self) -> None:
        sys.settrace(None)

    def _enter(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        code = frame.f_code
        left = self._left.get(code)
        if left is None:
            left = self._left[code] = {line for *_, line in code.co_lines() if line} if _ours(code) else set()
        self.calls += _ours(code)
        return self._step if left else None

    def _step(self, frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        left = self._left[frame.f_code]
        if event == "line" and frame.f_lineno in left:
            left.remove(frame.f_lineno)
            self.reached += 1
        return self._step if left else None


@contextlib.contextmanager
def watching() -> Iterator[Coverage]:
    """Watch what is done within, by what this interpreter has."""
    watch: Coverage = Monitored() if hasattr(sys, "monitoring") else Traced()
    watch.start()
    try:
        yield watch
    finally:
        watch.stop()
