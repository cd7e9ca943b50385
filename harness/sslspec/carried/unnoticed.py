"""Exceptions that nobody could be given, of finalizers and at the end of threads. pytest fails a test for them.

Only for agents: in an ordinary run pytest itself listens.
"""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any

from sslspec.carried import standin

_found: list[tuple[type[Warning], str, BaseException | None]] = []


def listen() -> None:
    """From now on, remember them."""
    sys.unraisablehook = _unraisable
    threading.excepthook = _in_thread


def tell() -> None:
    """Warn of those that have come since. Where the filters make an error of it, the others are forgotten."""
    found = _found[:]
    _found.clear()
    for kind, text, cause in found:
        try:
            warnings.warn(kind(text))
        except kind as error:
            raise error from cause


def _unraisable(event: Any) -> None:
    text = f"{event.err_msg or 'Exception ignored in'}: {event.object!r}"
    _found.append((standin.PytestUnraisableExceptionWarning, text, event.exc_value))


def _in_thread(event: Any) -> None:
    name = "<unknown>" if event.thread is None else event.thread.name
    _found.append((standin.PytestUnhandledThreadExceptionWarning, f"Exception in thread {name}", event.exc_value))
