"""Pieces of files that many scenarios add to, kept on disk until all have been seen.

A page of a column, or a comparison, gathers a line here and a line there; with a million results they do not fit into
memory, and with a hundred columns not into open files either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

_MOST = 4_000_000  # characters held before they are written away
_PIECE = 1_000_000


class Fragments:
    """Texts that grow, by name, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, list[str]] = {}
        self._size = 0

    def add(self, name: str, text: str) -> None:
        """Put `text` behind what there is under this name. Raises OSError."""
        self._held.setdefault(name, []).append(text)
        self._size += len(text)
        if self._size > _MOST:
            self._flush()

    def read(self, name: str) -> Iterator[str]:
        """What has been added under this name, in pieces. Raises OSError."""
        self._flush()
        path = self._path(name)
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                while piece := file.read(_PIECE):
                    yield piece

    def _flush(self) -> None:
        for name, texts in self._held.items():
            with self._path(name).open("a", encoding="utf-8", newline="") as file:
                file.writelines(texts)
        self._held.clear()
        self._size = 0

    def _path(self, name: str) -> Path:
        return self._folder / hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
