"""Trying one thing after another in a process that may die of any of them.

Before each trial its name is written down, so that whoever started the process knows of what it died, and can start
another that passes it over. What is tried is said elsewhere.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Trials:
    """Tries calls, and says what became of each in a word or two.

    journal: the file that names the trial at hand. deadly: trials that have ended a process before, each with how.
    """

    def __init__(self, journal: Path, deadly: Mapping[str, str]) -> None:
        self._file = journal.open("wb", buffering=0)
        self._deadly = deadly

    def outcome(self, name: str, call: Callable[[], Any]) -> str:
        """The class of a call's result or exception, and of its warnings."""
        if name in self._deadly:
            return f"the process {self._deadly[name]}"
        self._file.seek(0)
        self._file.truncate()
        self._file.write(name.encode("utf-8", "backslashreplace"))
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            try:
                what = type(call()).__name__
            except BaseException as problem:
                what = type(problem).__name__
        categories = {one.category.__name__ for one in told if not issubclass(one.category, ResourceWarning)}
        return " + ".join([what, *sorted(categories)])
