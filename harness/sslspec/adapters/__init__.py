"""Real libraries in the shape of ssl: one module for each that is not shaped so, and what they are made with.

An adapter puts a library's own names in the place of ssl's and does nothing of its own: what the library does not do
stays undone, for the suite to find. Examples for a library of yours: docs/adding-an-implementation.md.
"""

from __future__ import annotations

import ssl
from types import FunctionType, ModuleType
from typing import Any


def in_the_place_of_ssl(name: str, **own: Any) -> ModuleType:
    """A module `name` with every name of the running ssl, but for those of the library, `own`.

    ssl's functions look for what they need there: ``create_default_context()`` makes a context of `own`'s class, as it
    does where a library has been put into ssl itself.
    """
    module = ModuleType(name)
    moved: dict[Any, FunctionType] = {}
    for key, value in vars(ssl).items():
        if isinstance(value, FunctionType) and value.__globals__ is vars(ssl):
            value = moved.setdefault(value, _moved(value, module))  # two names for one function stay two for one
        if not key.startswith("__"):
            setattr(module, key, value)
    vars(module).update(own, __builtins__=__builtins__)
    return module


def _moved(function: FunctionType, module: ModuleType) -> FunctionType:
    """The same function, with the names of `module` for its globals."""
    moved = FunctionType(
        function.__code__, vars(module), function.__name__, function.__defaults__, function.__closure__
    )
    moved.__kwdefaults__, moved.__doc__ = function.__kwdefaults__, function.__doc__
    return moved
