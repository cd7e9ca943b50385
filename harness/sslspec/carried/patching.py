"""Stands for pytest's ``monkeypatch`` where there is no pytest: what it changes is undone, the last first."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

_ABSENT = object()


class MonkeyPatch:
    """As much of it as scenarios use."""

    def __init__(self) -> None:
        self._undoing: list[Callable[[], None]] = []

    def setattr(self, target: Any, name: str, value: Any) -> None:
        """Set an attribute that there is."""
        before = target.__dict__.get(name, _ABSENT) if isinstance(target, type) else getattr(target, name)
        self._undoing.append(lambda: delattr(target, name) if before is _ABSENT else setattr(target, name, before))
        setattr(target, name, value)

    def setitem(self, mapping: Any, name: Any, value: Any) -> None:
        """Set an item, whether there was one or not."""
        self._remember(mapping, name)
        mapping[name] = value

    def delitem(self, mapping: Any, name: Any, *, raising: bool = True) -> None:
        """Take an item out."""
        if name in mapping or raising:
            self._remember(mapping, name)
            del mapping[name]

    def setenv(self, name: str, value: str) -> None:
        """Set an environment variable."""
        self.setitem(os.environ, name, str(value))

    def delenv(self, name: str, *, raising: bool = True) -> None:
        """Take an environment variable away."""
        self.delitem(os.environ, name, raising=raising)

    def undo(self) -> None:
        """Make everything as it was."""
        while self._undoing:
            self._undoing.pop()()

    def _remember(self, mapping: Any, name: Any) -> None:
        before = mapping.get(name, _ABSENT)
        if before is _ABSENT:
            self._undoing.append(lambda: mapping.pop(name, None))
        else:
            self._undoing.append(lambda: mapping.__setitem__(name, before))
