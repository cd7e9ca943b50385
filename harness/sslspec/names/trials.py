"""Trying one thing after another in a process that may die of any of them.

Each trial is written down before it begins, and its outcome after it: whoever started the process knows of what it
died, and another process goes on after it. What is tried is said elsewhere.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any


class Trials:
    """Tries calls, and says what became of each in a word or two.

    journal: the file that keeps trials and outcomes, perhaps those of a process before this one.
    """

    def __init__(self, journal: Path) -> None:
        self._known = outcomes(journal)
        self._journal = journal.open("ab", buffering=0)

    def outcome(self, name: str, call: Callable[[], Any]) -> str:
        """The class of a call's result or exception, and of its warnings."""
        if name not in self._known:
            self._write([name])
            self._known[name] = _outcome(call)
            self._write([name, self._known[name]])
        return self._known[name]

    def _write(self, line: list[str]) -> None:
        self._journal.write(json.dumps(line).encode() + b"\n")


def _outcome(call: Callable[[], Any]) -> str:
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            what = type(call()).__name__
        except BaseException as problem:
            what = type(problem).__name__
    categories = {one.category.__name__ for one in told if not issubclass(one.category, ResourceWarning)}
    return " + ".join([what, *sorted(categories)])


def outcomes(journal: Path) -> dict[str, str]:
    """Every trial in a journal that came to its end."""
    return dict(line for line in _lines(journal) if len(line) == 2)


def died(journal: Path, how: str) -> str:
    """Write down that the trial at hand ended its process; its name, or "" where there was none."""
    lines = _lines(journal)
    if not lines or len(lines[-1]) == 2:
        return ""
    name: str = lines[-1][0]
    with journal.open("ab") as file:
        file.write(json.dumps([name, f"the process {how}"]).encode() + b"\n")
    return name


def _lines(journal: Path) -> list[Any]:
    if not journal.exists():
        return []
    return [json.loads(line) for line in journal.read_bytes().split(b"\n") if line]
