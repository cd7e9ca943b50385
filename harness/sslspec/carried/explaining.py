"""Makes asserts explain themselves as they do under pytest: ``assert 1 == 2``, and where the 1 came from.

It is pytest's own rewriting of asserts that does so, whose modules the host sends along; the rest of pytest, which they
import and do not need, is stood for here. Where they cannot be used, an assert says no more than Python lets it.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any


class _AnyMeta(type):
    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class _Any(Exception, metaclass=_AnyMeta):
    """Stands for any class, decorator or key of pytest's: subscripted, called or caught, it is of no effect."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        super().__init__()

    def __class_getitem__(cls, _item: Any) -> Any:
        return cls

    def __call__(self, function: Any) -> Any:
        return function


class _Others(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules of pytest that were not sent, with whatever somebody wants of them."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.partition(".")[0] != "_pytest":
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        def anything(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return importlib.import_module(f"_pytest.{name}") if module.__name__ == "_pytest" else _Any

        vars(module).update(__getattr__=anything, running_on_ci=lambda: False)


class _Config:
    """What the modules ask of pytest's configuration, and of the item and the hooks beside it."""

    def __init__(self, ini: dict[str, Any]) -> None:
        self._ini = ini
        self.config = self.ihook = self.pluginmanager = self.pytest_assertion_pass = self

    def get_verbosity(self, _what: Any = None) -> int:
        return 0

    def getini(self, name: str) -> Any:
        return self._ini.get(name)

    def getvalue(self, _name: str) -> str:
        return "rewrite"

    def has_plugin(self, _name: str) -> bool:
        return False

    def get_hookimpls(self) -> list[Any]:
        return []

    def pytest_assertrepr_compare(self, **what: Any) -> list[Any]:
        return [sys.modules["_pytest.assertion"].pytest_assertrepr_compare(**what)]


_under_way: list[Any] = []  # pytest's wrapper around a test, which explains for as long as it has not ended


def begin(ini: dict[str, Any]) -> str:
    """Get ready, once; why it cannot be done here, or ""."""
    sys.meta_path.insert(1, _Others())  # behind those that were sent, and before any pytest that is installed there
    try:
        wrapper: Any = importlib.import_module("_pytest.assertion").pytest_runtest_protocol(_Config(ini))
        next(wrapper)
        compiled("assert 1 == 2", "<trial>")
    except Exception as problem:
        _under_way.clear()
        return f"{type(problem).__name__}: {problem}"
    _under_way.append(wrapper)
    return ""


def compiled(source: str, file: str) -> Any:
    """The code of a file, its asserts rewritten where that can be done."""
    tree = ast.parse(source, filename=file)
    if _under_way or file == "<trial>":
        importlib.import_module("_pytest.assertion.rewrite").rewrite_asserts(tree, source.encode(), file)
    return compile(tree, file, "exec", dont_inherit=True)
