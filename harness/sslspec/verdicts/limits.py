"""What one execution may cost: a soft limit that ends it, a hard one that ends its process, and the post-mortem.

The soft limit is an alarm: it interrupts Python code and system calls, and raises something that no ``except
Exception`` of an implementation catches. The hard limit is faulthandler's: it needs no lock, so it also ends a process
that holds the GIL for ever, and it leaves the stack behind. Only processes that somebody replaces (xdist workers) have
one. The controller reads what a dead worker left, and says how it died.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType

from sslspec import subinterpreters
from sslspec.verdicts import Verdict

SOFT = 10.0  # seconds
HARD_FACTOR = 2.0


class Hung(BaseException):
    """The soft limit was reached. Not an Exception: the implementation under test must not swallow it by habit."""


@contextlib.contextmanager
def soft(seconds: float) -> Iterator[None]:
    """Raise Hung in the block after `seconds`. Where an alarm cannot be set, only the hard limit remains: without
    SIGALRM, off the main thread, in a sub-interpreter."""
    if not _can_ring():
        yield
        return

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise Hung(f"no answer within {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    # it rings again: an implementation that swallows everything meets it a second time before the hard limit
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds / 4)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _can_ring() -> bool:
    is_main = threading.current_thread() is threading.main_thread() and not subinterpreters.is_one()
    return is_main and hasattr(signal, "SIGALRM")


def post_mortem(status: int | None, dump: str) -> tuple[Verdict, str]:
    """The verdict on a dead worker and how it died, from its exit status (negative: a signal) and its stack."""
    if dump.startswith("Timeout ("):
        return Verdict.HUNG, f"no answer, and it held the interpreter: {stuck_in(dump)}"
    if status is None:
        return Verdict.CRASHED, "the process ended"
    return Verdict.CRASHED, f"the process {how_it_ended(status)}"


def how_it_ended(status: int) -> str:
    """An exit status (negative: a signal) in words: ``died of SIGSEGV``, ``exited with status 3``."""
    if status >= 0:
        return f"exited with status {status}"
    try:
        return f"died of {signal.Signals(-status).name}"
    except ValueError:
        return f"died of signal {-status}"


def inquest(lasted: float, limit: float) -> tuple[Verdict, str]:
    """The verdict on a worker of another host, of which no more is known than how many seconds its last one lasted."""
    if lasted >= limit * HARD_FACTOR:
        return Verdict.HUNG, f"no answer within {limit * HARD_FACTOR:g} s, and the worker on the other host was ended"
    return Verdict.CRASHED, "the worker on the other host died"


def stuck_in(dump: str) -> str:
    """The innermost function of the main thread, which faulthandler writes last: its name only, no foreign path."""
    frames = [line for line in dump.rpartition("hread 0x")[2].splitlines() if line.strip().startswith("File ")]
    return f"in {frames[0].rpartition(' in ')[2]}()" if frames else "in no Python function"
