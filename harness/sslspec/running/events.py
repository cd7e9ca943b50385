"""The events of a running session: a file to which several processes append, and one that reads along.

Each event is one line of JSON, appended by one write in O_APPEND mode, so that lines of different processes do not
mix. A reader passes over what it cannot read: a process may die in the middle of a line.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Event = dict[str, Any]


def append(path: str | os.PathLike[str], event: Mapping[str, Any]) -> None:
    """Append one event. It opens and closes the file each time: an implementation under test may close our descriptors.

    A line starts on a fresh line even where somebody before us died in the middle of his. Raises OSError.
    """
    data = json.dumps(event, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
    descriptor = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and _byte_before(descriptor, size) != b"\n":
            data = b"\n" + data
        while data:
            data = data[os.write(descriptor, data) :]
    finally:
        os.close(descriptor)


class Tailer:
    """Reads a growing file of events; `skipped` counts the lines that were no events."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.skipped = 0
        self._position = 0
        self._partial = b""

    def poll(self) -> list[Event]:
        """The events that are complete since the last call; none while the file is not there."""
        try:
            with self.path.open("rb") as file:
                file.seek(self._position)
                data = file.read()
        except FileNotFoundError:
            return []
        self._position += len(data)
        *whole, self._partial = (self._partial + data).split(b"\n")
        return self._decoded(whole)

    def rest(self) -> list[Event]:
        """What `poll` gives, and a last line without its end; for when nobody writes any more."""
        found = self.poll()
        partial, self._partial = self._partial, b""
        return found + self._decoded([partial])

    def _decoded(self, whole: list[bytes]) -> list[Event]:
        found = []
        for line in whole:
            if not line.strip():
                continue
            try:
                event = json.loads(line)
            except ValueError:
                event = None
            if isinstance(event, dict) and isinstance(event.get("event"), str):
                found.append(event)
            else:
                self.skipped += 1
        return found


def read(path: Path) -> list[Event]:
    """All events of a file that nobody writes to any more; none where it is missing."""
    return Tailer(path).rest()


def _byte_before(descriptor: int, size: int) -> bytes:
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1)
