"""What a worker leaves behind: which execution it is at, and where it was stuck when the hard limit ended it.

Written by the worker, one after the other over each execution, and read by the controller once the worker is dead. What
that says of how it died stands in ``verdicts.limits``.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Wake:
    """What a worker leaves behind: which execution it is at, and the stack if the hard limit ends it."""

    def __init__(self, folder: Path, worker: str) -> None:
        self._at = folder / f"{worker}.at"
        self._dump_path = folder / f"{worker}.dump"
        self._dump = self._dump_path.open("w")
        faulthandler.enable(self._dump)

    @contextlib.contextmanager
    def over(self, execution: dict[str, Any], hard: float) -> Iterator[None]:
        """Watch over one execution; the process exits after `hard` seconds."""
        _overwrite(self._at, json.dumps(execution).encode() + b"\n")
        if self._closed():  # an implementation has closed our descriptors: open what the next one needs
            self._dump = self._dump_path.open("w")
            faulthandler.enable(self._dump)
        faulthandler.dump_traceback_later(hard, exit=True, file=self._dump)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()

    def _closed(self) -> bool:
        try:
            os.fstat(self._dump.fileno())
        except OSError:
            return True
        return False


def _overwrite(path: Path, line: bytes) -> None:
    """Put a line at the beginning of a file; what was there before remains behind it. Emptying it first costs more."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def last_words(folder: Path, worker: str) -> tuple[dict[str, Any] | None, str]:
    """What the dead `worker` was at, and the stack that it left ("" if none)."""
    try:
        at = json.loads((folder / f"{worker}.at").read_bytes().partition(b"\n")[0])
    except (OSError, ValueError):
        at = None
    try:
        dump = (folder / f"{worker}.dump").read_text(errors="replace")
    except OSError:
        dump = ""
    return at, dump
