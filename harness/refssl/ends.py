"""How a connection came to its end other than by close_notify, and the fault that brought it there."""

from __future__ import annotations

import enum

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from refssl.engine.faults import Fault


class End(enum.Enum):
    """Who or what ended the connection."""

    FAILED = "failed"  # we found a fault
    TRUNCATED = "truncated"  # the transport ended too early
    ALERTED = "alerted"  # the peer sent a fatal alert


def bare(fault: Fault) -> Fault:
    """The fault without tracebacks: they hold the frames that would hold the fault, and all that those know of."""
    fault.__context__ = None
    return fault.with_traceback(None)
