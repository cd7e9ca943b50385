"""A fault, and what it puts in the place of something: a function that does nothing, a value that is another one.

What is replaced by what is said in ``faults`` and ``rules``; nothing here knows a name of ssl's.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fault:
    """name: what is wrong; at: a function whose callers can notice, or what `noting` tells of; None: everybody."""

    name: str
    apply: Callable[[], None]
    at: Any = None


_shown: list[bool] = []


def show() -> None:
    """Say that the fault that this process has was met."""
    _shown.append(True)


def came_to_it() -> bool:
    """Whether the fault that this process has was ever met."""
    return bool(_shown)


def ignoring(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""
    show()


def altering(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        show()
        return altered(value)

    return wrong


def raising_another(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            show()
            raise LookupError("not what was documented") from error

    return wrong


def never_raising(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any) -> None:
        try:
            function(*args)
        except Exception:
            show()

    return wrong


def altered(value: Any) -> Any:
    """Another value of the same type where there is one, so that not even a careful caller trips over its type."""
    if value is None:
        return 0
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(value) + 1
    if isinstance(value, float):
        return value + 1.5
    if isinstance(value, str):
        return value + "!"
    if isinstance(value, (bytes, bytearray)):
        return value[:-1] if value else value + b"!"
    if isinstance(value, (list, tuple)):
        return type(value)(value[:-1]) if value and type(value) in (list, tuple) else None
    if isinstance(value, dict):
        return dict(list(value.items())[1:]) if value else {"wrong": 1}
    return None


def everywhere(old: Any, new: Any) -> None:
    """Put a function in the place of another in every module that has bound it."""
    for module in [module for name, module in list(sys.modules.items()) if name.startswith("refssl")]:
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)
