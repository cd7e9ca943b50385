"""Threads that nobody waits for when the process ends; who starts one joins it all the same, if he likes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def start(name: str, target: Callable[..., Any], *args: Any) -> threading.Thread:
    """Start ``target(*args)`` in a thread of that name."""
    try:
        thread = threading.Thread(target=target, args=args, name=name, daemon=True)
    except RuntimeError:  # a sub-interpreter has no such threads; the agent that lives there leaves without waiting
        thread = threading.Thread(target=target, args=args, name=name)
    thread.start()
    return thread
