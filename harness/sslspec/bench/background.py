"""A call in a thread of its own, for scenarios in which two things happen at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sslspec.bench import threads
from sslspec.bench.loopback import DEADLINE

T = TypeVar("T")


class Background(Generic[T]):
    """Runs ``call(*args)`` in a thread; ``result()`` waits for it and gives or raises what came of it."""

    def __init__(self, call: Callable[..., T], *args: Any, **kwargs: Any) -> None:
        self._outcome: list[T] = []
        self._error: BaseException | None = None
        self._thread = threads.start("sslspec-call", self._run, call, args, kwargs)

    def result(self, timeout: float = DEADLINE) -> T:
        """What the call returned or raised; TimeoutError if it is not back after `timeout` seconds."""
        self._thread.join(timeout)
        if self._thread.is_alive():
            raise TimeoutError(f"the call in the background is not back after {timeout:g} s")
        if self._error is not None:
            raise self._error
        return self._outcome[0]

    @property
    def is_back(self) -> bool:
        """Whether the call has returned or raised."""
        return not self._thread.is_alive()

    def _run(self, call: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            self._outcome.append(call(*args, **kwargs))
        except BaseException as exception:
            self._error = exception
