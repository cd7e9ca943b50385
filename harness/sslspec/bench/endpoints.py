"""An implementation's object under observation.

An Endpoint forwards everything to the object it stands for and writes a step for each call and each attribute that a
scenario reads or sets: (actor, call, outcome). It changes nothing, so that a scenario reads like ordinary use of ssl.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from types import BuiltinMethodType, MethodType, ModuleType
from typing import Any

from sslspec.bench import outcomes

LONGEST_JOURNAL = 400
_METHODS = (MethodType, BuiltinMethodType)


class Journal:
    """The steps of one scenario, in order; each is {"actor", "call", "outcome"} and holds JSON values only."""

    def __init__(self, impl: ModuleType) -> None:
        self.impl = impl
        self.steps: list[dict[str, Any]] = []
        self.not_implemented = False

    @classmethod
    def of(cls, steps: list[dict[str, Any]]) -> Journal:
        """The journal of a scenario that was played elsewhere."""
        journal = cls(ModuleType("elsewhere"))
        journal.steps = steps
        return journal

    def returned(self, actor: str, call: str, value: Any) -> None:
        """Write down that `call` gave `value`."""
        name = call.partition("(")[0].partition(" ")[0]
        describe = outcomes.shape_of if name in outcomes.VOLATILE else outcomes.of_value
        self._append(actor, call, {"returns": describe(value)})

    def raised(self, actor: str, call: str, exception: BaseException) -> None:
        """Write down that `call` raised `exception`."""
        if isinstance(exception, NotImplementedError):
            self.not_implemented = True
        self._append(actor, call, outcomes.of_exception(exception, self.impl))

    def noted(self, name: str, value: Any) -> None:
        """Write down something observed that no clause demands."""
        self._append("observed", name, {"is": outcomes.of_value(value)})

    def observe(self, thing: Any, name: str) -> Any:
        """Put an object under observation as `name`; a plain value is noted under it, and given back."""
        if thing is None or isinstance(thing, (bool, int, float, str, bytes, tuple, list, dict)):
            self.noted(name, thing)
            return thing
        return Endpoint(thing, name, self)

    def _append(self, actor: str, call: str, outcome: dict[str, Any]) -> None:
        if len(self.steps) < LONGEST_JOURNAL:
            self.steps.append({"actor": actor, "call": call, "outcome": outcome})


class Endpoint:
    """Stands for `target` and writes what happens to it into the journal, under the name `actor`."""

    __slots__ = ("__weakref__", "_actor", "_journal", "_target")

    def __init__(self, target: Any, actor: str, journal: Journal) -> None:
        object.__setattr__(self, "_target", target)
        object.__setattr__(self, "_actor", actor)
        object.__setattr__(self, "_journal", journal)

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return type(object.__getattribute__(self, "_target"))

    def __getattr__(self, name: str) -> Any:
        target, actor, journal = _parts(self)
        try:
            value = getattr(target, name)
        except Exception as exception:
            journal.raised(actor, name, exception)
            raise
        if isinstance(value, _METHODS):
            return _recorded(self, value, name)
        journal.returned(actor, name, value)
        return self if value is target else value

    def __setattr__(self, name: str, value: Any) -> None:
        target, actor, journal = _parts(self)
        call = f"{name} = {_argument(value)}"
        try:
            setattr(target, name, bare(value))
        except Exception as exception:
            journal.raised(actor, call, exception)
            raise
        journal.returned(actor, call, None)

    def __delattr__(self, name: str) -> None:
        delattr(bare(self), name)

    def __enter__(self) -> Endpoint:
        bare(self).__enter__()
        return self

    def __exit__(self, *exception: object) -> Any:
        return bare(self).__exit__(*exception)

    def __repr__(self) -> str:
        return f"<observed {bare(self)!r}>"

    def __eq__(self, other: object) -> bool:
        return bool(bare(self) == bare(other))

    def __hash__(self) -> int:
        return hash(bare(self))


def bare(value: Any) -> Any:
    """The implementation's own object behind an Endpoint; anything else as it is."""
    return object.__getattribute__(value, "_target") if type(value) is Endpoint else value


def _parts(endpoint: Endpoint) -> tuple[Any, str, Journal]:
    get = object.__getattribute__
    return get(endpoint, "_target"), get(endpoint, "_actor"), get(endpoint, "_journal")


def _recorded(endpoint: Endpoint, method: Callable[..., Any], name: str) -> Callable[..., Any]:
    target, actor, journal = _parts(endpoint)

    def call(*args: Any, **kwargs: Any) -> Any:
        written = written_call(name, args, kwargs)
        try:
            value = method(*map(bare, args), **{key: bare(item) for key, item in kwargs.items()})
        except BaseException as exception:
            journal.raised(actor, written, exception)
            raise
        if value is target:
            journal.returned(actor, written, "self")
            return endpoint
        journal.returned(actor, written, value)
        return value

    call.__name__ = name
    call.__wrapped__ = method  # type: ignore[attr-defined]
    return call


def written_call(name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """A call as it is written in a record: ``read(100)``, ``write(bytes[5])``."""
    written = [_argument(arg) for arg in args]
    written += [f"{key}={_argument(value)}" for key, value in sorted(kwargs.items())]
    return f"{name}({', '.join(written)})"


def _argument(value: Any) -> str:
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, int):
        return repr(value)
    if isinstance(value, str) and len(value) <= outcomes.LONGEST_BYTES and "/" not in value:
        return repr(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"{type(value).__name__}[{memoryview(value).nbytes}]"
    return type(bare(value)).__name__
