"""Faults of the surface: what ssl documents, made wrong from outside, one name at a time.

Each public method gives something else, does nothing, or raises another error; each setting is forgotten; each error
and each alert says something else; each row of the state tables is missing.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import refssl
from refssl import errors
from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import AlertReceived
from refssl.engine.messages.control import Alert
from refssl.engine.output import Output
from refssl.engine.states import table

_CLASSES = (refssl.SSLContext, refssl.SSLSocket, refssl.SSLObject, refssl.MemoryBIO, refssl.SSLSession)


# What `noting` tells of, each with the number of an alert.
_SENT, _RECEIVED = "alert sent", "alert received"
# What refssl's namespace holds that is no name of ssl's.
_NOT_OF_SSL = frozenset(("create_connection", "inject"))


@dataclass(frozen=True)
class Fault:
    """name: what is wrong; at: a function whose callers can notice, or what `noting` tells of; None: everybody."""

    name: str
    apply: Callable[[], None]
    at: Any = None


def every() -> Iterator[Fault]:
    """All of them, in the same order each time."""
    yield from _of_classes()
    yield from _of_functions()
    yield from _of_errors()
    yield from _of_alerts()
    yield from _of_states()


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
        lambda: setattr(cls, name, property(_altering(member.fget), member.fset)),
        member.fget,
    )
    if member.fset is not None:
        yield Fault(
            f"{title} cannot be changed", lambda: setattr(cls, name, property(member.fget, _ignoring)), member.fset
        )
        yield Fault(
            f"{title} takes what it must refuse",
            lambda: setattr(cls, name, property(member.fget, _never_raising(member.fset))),
            member.fset,
        )


def _of_method(cls: type, name: str, member: Any, title: str) -> Iterator[Fault]:
    yield Fault(f"{title} does nothing", lambda: setattr(cls, name, _ignoring), member)
    if _gives_something(member):
        yield Fault(f"{title} gives something else", lambda: setattr(cls, name, _altering(member)), member)
    yield Fault(f"{title} raises another error", lambda: setattr(cls, name, _raising_another(member)), member)


def _gives_something(function: Any) -> bool:
    """Whether it gives more than None: nobody promises that a procedure gives that."""
    return function.__annotations__.get("return") not in ("None", "NoReturn")


def _of_functions() -> Iterator[Fault]:
    for name in sorted(refssl.__all__ if hasattr(refssl, "__all__") else dir(refssl)):
        member = getattr(refssl, name)
        if name.startswith("_") or not inspect.isfunction(member) or name in _NOT_OF_SSL:
            continue
        if _gives_something(member):
            wrong = functools.partial(setattr, refssl, name, _altering(member))
            yield Fault(f"{name} gives something else", wrong, member)
        yield Fault(
            f"{name} raises another error", functools.partial(setattr, refssl, name, _raising_another(member)), member
        )


def _of_errors() -> Iterator[Fault]:
    for name in ("library", "reason", "errno", "verify_code", "verify_message"):
        yield Fault(f"SSLError.{name} says something else", functools.partial(_lie_in_errors, name), errors.from_fault)
    for number, reason in sorted(errors.ALERT_REASONS.items()):
        wrong = {**errors.ALERT_REASONS, number: reason + "_"}
        change = functools.partial(_update, errors.ALERT_REASONS, wrong)
        yield Fault(f"the alert {number} has another reason", change, (_RECEIVED, number))


def _of_alerts() -> Iterator[Fault]:
    for description in AlertDescription:
        other = AlertDescription.INTERNAL_ERROR
        if description is other:
            other = AlertDescription.HANDSHAKE_FAILURE
        name = description.name.lower()
        instead = functools.partial(_send_for, int(description), int(other))
        met = (_SENT, int(description))
        yield Fault(f"{other.name.lower()} is sent for {name}", instead, met)
        yield Fault(f"{name} is not sent", functools.partial(_send_for, int(description), None), met)


def _of_states() -> Iterator[Fault]:
    for title, expected, whole in (
        ("client", table.EXPECTED_BY_CLIENT, table.WHOLE_CLIENT),
        ("server", table.EXPECTED_BY_SERVER, table.WHOLE_SERVER),
    ):
        for (state, message), handler in whole.items():
            told = f"{title}: {state.__name__} takes no {message.__name__}"
            yield Fault(told, functools.partial(_forget, expected, whole, state, message), handler)


def noting(note: Callable[[tuple[str, int]], None]) -> None:
    """From now on tell of each alert that is sent, and of each that ends a connection here."""
    send, make = Output.send, errors.from_fault

    def sending(self: Output, message: Any) -> Any:
        if isinstance(message, Alert):
            note((_SENT, message.description))
        return send(self, message)

    def making(fault: Any) -> Any:
        if isinstance(fault, AlertReceived):
            note((_RECEIVED, fault.description))
        return make(fault)

    Output.send = sending  # type: ignore[method-assign]
    _everywhere(make, making)


_shown: list[bool] = []


def came_to_it() -> bool:
    """Whether the fault that this process has was ever met."""
    return bool(_shown)


# -- what is put in the place of something ---------------------------------------------------------------------------


def _ignoring(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""
    _shown.append(True)


def _altering(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        value = function(*args, **kwargs)
        _shown.append(True)
        return altered(value)

    return wrong


def _raising_another(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            _shown.append(True)
            raise LookupError("not what was documented") from error

    return wrong


def _never_raising(function: Any) -> Any:
    @functools.wraps(function)
    def wrong(*args: Any) -> None:
        try:
            function(*args)
        except Exception:
            _shown.append(True)

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


def _lie_in_errors(name: str) -> None:
    make = errors.from_fault
    seen = errors.library_error

    def lying(error: Any) -> Any:
        if getattr(error, name, None) is not None:
            _shown.append(True)
            setattr(error, name, altered(getattr(error, name)))
        return error

    _everywhere(make, lambda *args, **kwargs: lying(make(*args, **kwargs)))
    _everywhere(seen, lambda *args, **kwargs: lying(seen(*args, **kwargs)))


def _everywhere(old: Any, new: Any) -> None:
    """Put a function in the place of another in every module that has bound it."""
    for module in [module for name, module in list(sys.modules.items()) if name.startswith("refssl")]:
        for name, value in list(vars(module).items()):
            if value is old:
                setattr(module, name, new)


def _update(old: dict[Any, Any], new: dict[Any, Any]) -> None:
    _shown.append(True)
    old.update(new)


def _send_for(description: int, other: int | None) -> None:
    send = Output.send

    def wrong(self: Output, message: Any) -> Any:
        if isinstance(message, Alert) and message.description == description:
            _shown.append(True)
            if other is None:
                return message
            message = Alert(message.level, other)
        return send(self, message)

    Output.send = wrong  # type: ignore[method-assign]


def _forget(expected: Any, whole: Any, state: Any, message: Any) -> None:
    _shown.append(True)
    whole.pop((state, message))
    for number, known in list(expected.get(state, {}).items()):
        if known.message is message:
            expected[state].pop(number)
