"""Faults of the surface: what ssl documents, made wrong from outside, one name at a time.

Each public method gives something else, does nothing, raises another error, or has another default for a parameter;
each setting is forgotten, or takes what it must refuse; each field of an error says something else.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Iterator
from typing import Any

import refssl
from refssl import errors
from sabotage import rules
from sabotage.wrong import Fault, altered, altering, everywhere, ignoring, never_raising, raising_another, show

_CLASSES = (refssl.SSLContext, refssl.SSLSocket, refssl.SSLObject, refssl.MemoryBIO, refssl.SSLSession)
# What refssl's namespace holds that is no name of ssl's.
_NOT_OF_SSL = frozenset(("create_connection", "inject"))


def every() -> Iterator[Fault]:
    """All of them, in the same order each time."""
    yield from _of_classes()
    yield from _of_functions()
    yield from _of_errors()
    yield from rules.every()


def _of_classes() -> Iterator[Fault]:
    for cls in _CLASSES:
        for name in sorted(dir(cls)):
            if name.startswith("_"):
                continue
            owner = next(base for base in cls.__mro__ if name in vars(base))
            if not owner.__module__.startswith("refssl"):
                continue
            member = inspect.getattr_static(cls, name)
            title = f"{cls.__name__}.{name}"
            if isinstance(member, property):
                yield from _of_property(cls, name, member, title)
            elif inspect.isfunction(member):
                yield from _of_method(cls, name, member, title)


def _of_property(cls: type, name: str, member: property, title: str) -> Iterator[Fault]:
    assert member.fget is not None
    yield Fault(
        f"{title} gives something else",
        lambda: setattr(cls, name, property(altering(member.fget), member.fset)),
        member.fget,
    )
    if member.fset is not None:
        yield Fault(
            f"{title} cannot be changed", lambda: setattr(cls, name, property(member.fget, ignoring)), member.fset
        )
        yield Fault(
            f"{title} takes what it must refuse",
            lambda: setattr(cls, name, property(member.fget, never_raising(member.fset))),
            member.fset,
        )


def _of_method(cls: type, name: str, member: Any, title: str) -> Iterator[Fault]:
    yield Fault(f"{title} does nothing", lambda: setattr(cls, name, ignoring), member)
    if _gives_something(member):
        yield Fault(f"{title} gives something else", lambda: setattr(cls, name, altering(member)), member)
    yield Fault(f"{title} raises another error", lambda: setattr(cls, name, raising_another(member)), member)
    yield from _of_parameters(title, member)


def _gives_something(function: Any) -> bool:
    """Whether it gives more than None: nobody promises that a procedure gives that."""
    return function.__annotations__.get("return") not in ("None", "NoReturn")


def _of_functions() -> Iterator[Fault]:
    for name in sorted(refssl.__all__ if hasattr(refssl, "__all__") else dir(refssl)):
        member = getattr(refssl, name)
        if name.startswith("_") or not inspect.isfunction(member) or name in _NOT_OF_SSL:
            continue
        if _gives_something(member):
            wrong = functools.partial(setattr, refssl, name, altering(member))
            yield Fault(f"{name} gives something else", wrong, member)
        yield Fault(
            f"{name} raises another error", functools.partial(setattr, refssl, name, raising_another(member)), member
        )
        yield from _of_parameters(name, member)


def _of_parameters(title: str, function: Any) -> Iterator[Fault]:
    for parameter in inspect.signature(function).parameters.values():
        if parameter.default is not parameter.empty:
            change = functools.partial(_default, function, parameter.name, altered(parameter.default))
            yield Fault(f"{title} has another default for {parameter.name}", change, function)


def _default(function: Any, name: str, value: Any) -> None:
    show()
    if name in (function.__kwdefaults__ or {}):
        function.__kwdefaults__[name] = value
    else:
        code = function.__code__
        from_behind = code.co_varnames.index(name) - code.co_argcount
        defaults = list(function.__defaults__)
        defaults[from_behind] = value
        function.__defaults__ = tuple(defaults)


def _of_errors() -> Iterator[Fault]:
    for name in ("library", "reason", "errno", "verify_code", "verify_message"):
        yield Fault(f"SSLError.{name} says something else", functools.partial(_lie_in_errors, name), errors.from_fault)


def _lie_in_errors(name: str) -> None:
    make = errors.from_fault
    seen = errors.library_error

    def lying(error: Any) -> Any:
        if getattr(error, name, None) is not None:
            show()
            setattr(error, name, altered(getattr(error, name)))
        return error

    everywhere(make, lambda *args, **kwargs: lying(make(*args, **kwargs)))
    everywhere(seen, lambda *args, **kwargs: lying(seen(*args, **kwargs)))
