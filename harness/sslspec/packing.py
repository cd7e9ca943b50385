"""The sources of those modules of ours that travel: into a script of ``sslspec repro``, or to an agent.

Which ones are wanted is their sender's word; with them go those that they import when they are loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[1]


def sources(wanted: Iterable[str]) -> dict[str, str]:
    """The texts of these modules of sslspec, by name, each after those that it imports when it is loaded."""
    found: dict[str, str] = {}
    for name in wanted:
        _collect(name, found)
    return found


def imported(text: str, *, top_only: bool = False) -> list[str]:
    """The modules of sslspec that a text imports; top_only: when it is loaded, and not later on."""
    tree = ast.parse(text)
    nodes = tree.body if top_only else list(ast.walk(tree))
    found = []
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("sslspec"):
            below = [f"{node.module}.{alias.name}" for alias in node.names]
            found += [name if _file(name) else node.module for name in below]
    return found


def _collect(name: str, found: dict[str, str]) -> None:
    if name in found:
        return
    parent = name.rpartition(".")[0]
    if parent:
        _collect(parent, found)
    file = _file(name)
    assert file is not None, name
    text = file.read_text(encoding="utf-8")
    for needed in imported(text, top_only=True):
        _collect(needed, found)
    found[name] = text


def _file(name: str) -> Path | None:
    """Where a module of this name is; a package is its ``__init__``."""
    path = _ROOT.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)
