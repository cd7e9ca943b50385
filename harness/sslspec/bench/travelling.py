"""Values on their way to another process and back: as JSON, which has neither bytes nor tuples nor functions.

A function stays where it is and is called from afar; a dataclass is made again from its fields, by whatever stands for
its class there. What neither end has a form for does not travel.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from typing import Any

Call = Callable[[int, "list[Any]"], Any]


class Traveller:
    """One end: what it has sent that can only be referred to, by number.

    call: has the other end call a function of its own, by number, with packed arguments; gives the packed result.
    """

    def __init__(self, call: Call | None = None) -> None:
        self._call = call
        self._kept: list[Any] = []
        self._far_classes: dict[type, int] = {}

    def pack(self, value: Any) -> Any:
        """The JSON value that stands for `value`. Raises TypeError where there is none."""
        if value is None or isinstance(value, (bool, int, float, str)):
            return value
        if isinstance(value, (bytes, bytearray, memoryview)):
            return {"bytes": base64.b64encode(value).decode("ascii")}
        if isinstance(value, (list, tuple)):
            return {type(value).__name__: [self.pack(item) for item in value]}
        if isinstance(value, dict):
            return {"dict": [[self.pack(key), self.pack(item)] for key, item in value.items()]}
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            return self._pack_dataclass(value)
        if callable(value):
            return {"function": self._keep(value)}
        raise TypeError(f"a {type(value).__name__} does not travel to another process")

    def unpack(self, value: Any) -> Any:
        """What a JSON value of the other end's stands for."""
        if not isinstance(value, dict):
            return value
        ((kind, item),) = value.items()
        if kind == "bytes":
            return base64.b64decode(item)
        if kind in ("list", "tuple"):
            items = [self.unpack(one) for one in item]
            return tuple(items) if kind == "tuple" else items
        if kind == "dict":
            return {self.unpack(key): self.unpack(one) for key, one in item}
        if kind == "function":
            return lambda *args: self.unpack(self._called(item, args))
        return self._unpack_dataclass(kind, item)

    def answer(self, number: int, arguments: list[Any]) -> Any:
        """Call what was sent under this number, for the other end."""
        return self.pack(self._kept[number](*(self.unpack(argument) for argument in arguments)))

    def _called(self, number: int, arguments: tuple[Any, ...]) -> Any:
        assert self._call is not None, "nothing is called from here"
        return self._call(number, [self.pack(argument) for argument in arguments])

    def _keep(self, thing: Any) -> int:
        self._kept.append(thing)
        return len(self._kept) - 1

    def _pack_dataclass(self, value: Any) -> Any:
        kind = type(value)
        names = [field.name for field in dataclasses.fields(value)]
        fields = [[name, self.pack(getattr(value, name))] for name in names]
        if kind in self._far_classes:
            return {"own": [self._far_classes[kind], fields]}
        return {"other": [self._keep(kind), kind.__name__, fields]}

    def _unpack_dataclass(self, kind: str, item: list[Any]) -> Any:
        values = {name: self.unpack(one) for name, one in item[-1]}
        if kind == "own":
            return self._kept[item[0]](**values)
        made = dataclasses.make_dataclass(item[1], values)
        self._far_classes[made] = item[0]
        return made(**values)
