"""refssl in the place of ssl: what imports ssl afterwards gets refssl, and what has it already is named.

``python -m refssl`` is this from the command line. Nothing here knows what an ssl module is made of.
"""

from __future__ import annotations

import sys
import warnings
from types import BuiltinFunctionType, FunctionType, ModuleType

__all__ = ["inject"]

_FUNCTIONS = (FunctionType, BuiltinFunctionType)


def inject() -> None:
    """Put refssl in the place of ssl: every ``import ssl`` that follows in this process gives refssl.

    Raises RuntimeError where modules have already bound the other ssl, or something of it, and names them: half a
    program would catch one module's errors and be raised the other's. Warns, once, what refssl is not for. A second
    call does nothing. Processes that this one starts have an ssl of their own.
    """
    ours = sys.modules[__package__ or "refssl"]
    other = sys.modules.get("ssl")
    if other is ours:
        return
    if other is not None:
        holders = _holders(other)
        if holders:
            raise RuntimeError(
                f"refssl cannot take the place of ssl, which is already bound by {', '.join(holders)}. "
                "Call refssl.inject() before they are imported, or run the program with python -m refssl"
            )
    warnings.warn(
        "refssl takes the place of ssl. It is a reference for testing, made for clarity, without constant-time claims "
        "beyond those of its primitives: do not protect anything of value with it",
        stacklevel=2,
    )
    sys.modules["ssl"] = ours


def _holders(other: ModuleType) -> list[str]:
    """The names of the modules that hold `other`, or a class, a function, a constant or an object of it."""
    homes = {other.__name__, "ssl", "_ssl"}
    return sorted(
        name
        for name, module in list(sys.modules.items())
        if module is not other
        and name not in homes
        and issubclass(type(module), ModuleType)
        and any(value is other or _home(value) in homes for value in list(vars(module).values()))
    )


def _home(value: object) -> object:
    """The module that a value, or its class, comes from. Nothing is asked of the value itself: it may be lazy."""
    kind = type(value)
    owner = value if issubclass(kind, (type, *_FUNCTIONS)) else kind
    return getattr(owner, "__module__", None)
