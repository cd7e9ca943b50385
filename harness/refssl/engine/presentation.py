"""The presentation language of RFC 8446 3: a dataclass whose annotations describe its own wire format.

Reading, writing, the bounds of vectors and the check for leftover bytes all come from the one description
(``Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 2)]``), compiled to two functions per class on first use.
What a message means, and which values are acceptable in it, does not belong here.
"""

from __future__ import annotations

import struct
import typing
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

from refssl.engine.alerts import AlertDescription
from refssl.engine.faults import ProtocolError

T = TypeVar("T")
Reader = Callable[[bytes, int, int], "tuple[Any, int]"]
Writer = Callable[[Any], bytes]


class Malformed(Exception):
    """The bytes do not have the form of the struct; `decode` turns it into a decode_error."""


class Unrepresentable(ValueError):
    """A field is out of the bounds of its struct when it is written.

    Our own fault, unless what was written is what a peer sent us; then `connection` makes a Fault of it.
    """


class Kind:
    """How one field looks on the wire. Each kind writes the two pieces of source that a class's codec is made of."""

    def read(self, source: Source, name: str) -> None:
        """Append lines that set the variable `name` from the bytes `d` at `p`, never passing `e`, and advance `p`."""
        raise NotImplementedError

    def write(self, source: Source, value: str) -> list[str]:
        """Give expressions of the bytes, in their order, for the expression `value`; may append lines first."""
        raise NotImplementedError


class Source:
    """The two function bodies being written for a class, and the objects that they refer to by name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._run: list[tuple[str, str]] = []
        self.names: dict[str, Any] = {
            "Malformed": Malformed,
            "from_bytes": int.from_bytes,
            "array": _array,
            "out_of_bounds": _out_of_bounds,
            "read_extensions": _read_extensions,
            "write_extensions": _write_extensions,
        }

    def add(self, *lines: str) -> None:
        """Append lines, indented as the body of a function, behind one that reads what was to be taken before."""
        run, self._run = self._run, []
        if run:
            form = struct.Struct(">" + "".join(form for _, form in run))
            names = "".join(f"{name}, " for name, _ in run)
            self.add(f"if p + {form.size} > e: raise Malformed", f"{names}= {self.refer(form.unpack_from)}(d, p)")
            self.add(f"p += {form.size}")
        self.lines.extend("    " + line for line in lines)

    def refer(self, thing: Any) -> str:
        """Give the name under which the compiled code finds `thing`."""
        name = f"_{len(self.names)}"
        self.names[name] = thing
        return name

    def keep(self, value: str) -> str:
        """Append a line that gives `value` a name of its own, and give the name."""
        name = f"v{len(self.lines)}"
        self.add(f"{name} = {value}")
        return name

    def take(self, name: str, form: str) -> None:
        """Set the variable `name` from bytes of a fixed `form`, a format of `struct`; neighbours are read at once."""
        self._run.append((name, form))

    def compile(self, arguments: str, result: str) -> Any:
        """Give the function of what has been appended so far."""
        self.add(f"return {result}")
        text = "\n".join([f"def codec({arguments}):", *self.lines])
        exec(compile(text, "<presentation>", "exec"), self.names)
        return self.names["codec"]


class _Unsigned(Kind):
    def __init__(self, size: int) -> None:
        self.size = size
        self.form = {1: "B", 2: "H", 3: "3s", 4: "L"}[size]

    def read(self, source: Source, name: str) -> None:
        source.take(name, self.form)
        if self.size == 3:
            source.add(f"{name} = from_bytes({name}, 'big')")

    def write(self, source: Source, value: str) -> list[str]:
        return [f"{value}.to_bytes({self.size}, 'big')"]


class _Opaque(Kind):
    def __init__(self, size: int) -> None:
        self.size = size

    def read(self, source: Source, name: str) -> None:
        source.take(name, f"{self.size}s")

    def write(self, source: Source, value: str) -> list[str]:
        held = source.keep(value)
        source.add(f"if len({held}) != {self.size}: raise out_of_bounds(len({held}), {self.size}, {self.size})")
        return [held]


class _Rest(Kind):
    def read(self, source: Source, name: str) -> None:
        source.add(f"{name} = d[p:e]", "p = e")

    def write(self, source: Source, value: str) -> list[str]:
        return [value]


class _Vector(Kind):
    """Common part of everything with a length in front. RFC 8446 3.4: floor and ceiling count bytes."""

    def __init__(self, floor: int, ceiling: int) -> None:
        self.floor = floor
        self.ceiling = ceiling
        self.prefix = _Unsigned((ceiling.bit_length() + 7) // 8)

    def enter(self, source: Source) -> None:
        """Read the length `n` and let `q` be the end of the vector, which begins at `p`."""
        self.prefix.read(source, "n")
        source.add("q = p + n", "if q > e: raise Malformed")
        if self.floor:
            source.add(f"if n < {self.floor}: raise Malformed")
        if self.ceiling != 256**self.prefix.size - 1:
            source.add(f"if n > {self.ceiling}: raise Malformed")

    def bounded(self, source: Source, content: str) -> list[str]:
        """Expressions of the length of `content`, which is checked, and of `content`."""
        held = source.keep(content)
        size = source.keep(f"len({held})")
        bounds = f"{self.floor}, {self.ceiling}"
        source.add(f"if not {self.floor} <= {size} <= {self.ceiling}: raise out_of_bounds({size}, {bounds})")
        return [*self.prefix.write(source, size), held]


class _OpaqueVector(_Vector):
    def read(self, source: Source, name: str) -> None:
        self.enter(source)
        source.add(f"{name} = d[p:q]", "p = q")

    def write(self, source: Source, value: str) -> list[str]:
        return self.bounded(source, value)


class _UnsignedVector(_Vector):
    def __init__(self, element: _Unsigned, floor: int, ceiling: int) -> None:
        super().__init__(floor, ceiling)
        self.size = element.size
        self.form = element.form

    def read(self, source: Source, name: str) -> None:
        self.enter(source)
        if self.size == 1:
            source.add(f"{name} = tuple(d[p:q])", "p = q")
        else:
            source.add(f"if n % {self.size}: raise Malformed")
            source.add(f"{name} = array(n // {self.size}, '{self.form}').unpack_from(d, p)", "p = q")

    def write(self, source: Source, value: str) -> list[str]:
        if self.size == 1:
            return self.bounded(source, f"bytes({value})")
        return self.bounded(source, f"array(len({value}), '{self.form}').pack(*{value})")


class _ElementVector(_Vector):
    def __init__(self, element: Kind | type, floor: int, ceiling: int) -> None:
        super().__init__(floor, ceiling)
        self.element = element

    def read(self, source: Source, name: str) -> None:
        reader = source.refer(_codec(self.element)[0])
        self.enter(source)
        source.add(
            "items = []",
            "while p < q:",
            f"    item, p = {reader}(d, p, q)",
            "    items.append(item)",
            f"{name} = tuple(items)",
        )

    def write(self, source: Source, value: str) -> list[str]:
        writer = source.refer(_codec(self.element)[1])
        return self.bounded(source, f"b''.join(map({writer}, {value}))")


class _Struct(Kind):
    def __init__(self, struct_class: type) -> None:
        self.struct_class = struct_class

    def read(self, source: Source, name: str) -> None:
        source.add(f"{name}, p = {source.refer(_codec(self.struct_class)[0])}(d, p, e)")

    def write(self, source: Source, value: str) -> list[str]:
        return [f"{source.refer(_codec(self.struct_class)[1])}({value})"]


class _Extensions(_Vector):
    """RFC 8446 4.2 as a dict of extension_data by type, in the order of the wire."""

    def __init__(self, floor: int, *, optional: bool) -> None:
        super().__init__(floor, 2**16 - 1)
        self.optional = optional

    def read(self, source: Source, name: str) -> None:
        if self.optional:
            source.add(f"{name} = {{}}", "if p != e:", f"    {name}, p = read_extensions(d, p, e, {self.floor})")
        else:
            source.add(f"{name}, p = read_extensions(d, p, e, {self.floor})")

    def write(self, source: Source, value: str) -> list[str]:
        length, held = self.bounded(source, f"write_extensions({value})")
        return [f"{length} if {held} else b''" if self.optional else length, held]


uint8 = _Unsigned(1)
uint16 = _Unsigned(2)
uint24 = _Unsigned(3)
uint32 = _Unsigned(4)
rest = _Rest()


def opaque(size: int) -> Kind:
    """``opaque field[size]``: exactly `size` bytes (RFC 8446 3.4)."""
    return _Opaque(size)


def opaque_vector(floor: int, ceiling: int) -> Kind:
    """``opaque field<floor..ceiling>``: bytes behind their length (RFC 8446 3.4)."""
    return _OpaqueVector(floor, ceiling)


def vector(element: Kind | type, floor: int, ceiling: int) -> Kind:
    """``T field<floor..ceiling>``: a tuple of elements behind its length in bytes (RFC 8446 3.4).

    element: an unsigned integer, another kind, or a dataclass that is a struct itself.
    """
    if isinstance(element, _Unsigned):
        return _UnsignedVector(element, floor, ceiling)
    return _ElementVector(element, floor, ceiling)


def extensions(floor: int = 0, *, optional: bool = False) -> Kind:
    """``Extension extensions<floor..2^16-1>`` as a dict of bytes by type, in the order of the wire (RFC 8446 4.2).

    optional: the block may be missing at the end of the message, as in the hellos of RFC 5246 7.4.1.2; it then reads
    as the empty dict, and the empty dict is written as nothing.
    """
    return _Extensions(floor, optional=optional)


def struct_of(struct_class: type) -> Kind:
    """A field that is itself a struct."""
    return _Struct(struct_class)


def encode(message: Any) -> bytes:
    """Give the bytes of a struct. Raises Unrepresentable where a field is out of its bounds."""
    return writers[type(message)](message)


def decode(struct_class: type[T], data: bytes, reason: str = "LENGTH_MISMATCH", start: int = 0) -> T:
    """Read the one struct that `data` is from `start` on, all of it.

    Raises ProtocolError with `reason` and decode_error: "A message was received [that] could not be decoded because
    some field was out of the specified range or the length of the message was incorrect" (RFC 8446 6.2).
    """
    size = len(data)
    try:
        message, end = _readers[struct_class](data, start, size)
    except Malformed:
        raise ProtocolError(AlertDescription.DECODE_ERROR, reason) from None
    if end != size:
        raise ProtocolError(AlertDescription.DECODE_ERROR, reason)
    decoded: T = message
    return decoded


class _Readers(dict[Any, Reader]):
    def __missing__(self, thing: Any) -> Reader:
        return _codec(thing)[0]


class _Writers(dict[Any, Writer]):
    def __missing__(self, thing: Any) -> Writer:
        return _codec(thing)[1]


_readers = _Readers()
# The function that encodes each class, for who encodes very often.
writers = _Writers()


def _codec(thing: Any) -> tuple[Reader, Writer]:
    """The reader and the writer of a struct or a kind, compiled on first use."""
    if thing not in _readers:
        reader, writer = _compile_kind(thing) if isinstance(thing, Kind) else _compile_struct(thing)
        writers[thing] = writer
        _readers[thing] = reader
    return _readers[thing], writers[thing]


def _compile_kind(kind: Kind) -> tuple[Reader, Writer]:
    reading, writing = Source(), Source()
    kind.read(reading, "value")
    result = _joined(kind.write(writing, "value"))
    return reading.compile("d, p, e", "value, p"), writing.compile("value", result)


def _compile_struct(struct_class: type) -> tuple[Reader, Writer]:
    """Source for all fields in their order: this is the only place where a struct's order and kinds are consulted."""
    hints = typing.get_type_hints(struct_class, include_extras=True)
    reading, writing = Source(), Source()
    parts: list[str] = []
    for item in fields(struct_class):
        kind: Kind = hints[item.name].__metadata__[0]
        kind.read(reading, item.name + "_")
        parts += kind.write(writing, f"m.{item.name}")
    make = reading.refer(struct_class)
    arguments = ", ".join(item.name + "_" for item in fields(struct_class))
    return reading.compile("d, p, e", f"{make}({arguments}), p"), writing.compile("m", _joined(parts))


def _joined(parts: list[str]) -> str:
    """The expression of all the bytes."""
    return parts[0] if len(parts) == 1 else f"b''.join(({''.join(f'{part}, ' for part in parts)}))"


@lru_cache(maxsize=256)
def _array(count: int, form: str) -> struct.Struct:
    return struct.Struct(f">{count}{form}")


def _out_of_bounds(size: int, floor: int, ceiling: int) -> Unrepresentable:
    return Unrepresentable(f"{size} bytes in a field of {floor} to {ceiling}")


_extension_header = struct.Struct(">HH")


def _read_extensions(d: bytes, p: int, e: int, floor: int) -> tuple[dict[int, bytes], int]:
    """RFC 8446 4.2: "There MUST NOT be more than one extension of the same type in a given extension block."."""
    header = _extension_header.unpack_from
    end = p + 2 + (d[p] << 8 | d[p + 1] if p + 2 <= e else e)
    if end > e or end - p - 2 < floor:
        raise Malformed
    p += 2
    found: dict[int, bytes] = {}
    while p < end:
        start = p + 4
        if start > end:
            raise Malformed
        kind, size = header(d, p)
        p = start + size
        if p > end:
            raise Malformed
        if kind in found:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")
        found[kind] = d[start:p]
    return found, p


def _write_extensions(found: dict[int, bytes]) -> bytes:
    if not found:
        return b""
    return b"".join([_extension_header.pack(kind, len(data)) + data for kind, data in found.items()])
