"""How much a peer may send that brings nothing: empty records, warnings, early data that was refused.

The numbers are OpenSSL's. What counts as nothing is decided by `connection`.
"""

from __future__ import annotations

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError, RecordFault

MAX_EMPTY_RECORDS = 32
MAX_WARNINGS = 5
# RFC 8446 4.2.10 leaves the limit on early data that is skipped to the server.
MAX_EARLY_DATA = 2**14


class Patience:
    """The counters of one connection. early_data_left: how many bytes of refused early data may still come.
    empty_records: how many have come on end; whoever gets one with content in it sets this to 0."""

    __slots__ = ("_warnings", "early_data_left", "empty_records")

    def __init__(self) -> None:
        self.empty_records = 0
        self._warnings = 0
        self.early_data_left = 0

    def empty(self) -> None:
        """A record without content. Raises ProtocolError when there were too many on end."""
        self.empty_records += 1
        if self.empty_records > MAX_EMPTY_RECORDS:
            raise RecordFault(AlertDescription.UNEXPECTED_MESSAGE, "RECORD_TOO_SMALL")

    def warning(self) -> None:
        """An alert that changes nothing. Raises ProtocolError when there were too many."""
        self._warnings += 1
        if self._warnings >= MAX_WARNINGS:
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "TOO_MANY_WARN_ALERTS")

    def early_data(self, size: int) -> None:
        """A record of `size` bytes is skipped (RFC 8446 4.2.10). Raises ProtocolError when it is too much."""
        if size > self.early_data_left:
            raise ProtocolError(AlertDescription.UNEXPECTED_MESSAGE, "TOO_MUCH_EARLY_DATA")
        if not size:
            self.empty()
        self.early_data_left -= size
