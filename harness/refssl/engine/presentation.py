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

    def write(self, source: Source, value: str) -> str:
        """Give an expression of the bytes for the expression `value`; may append lines first."""
        raise NotImplementedError


class Source:
    """The two function bodies being written for a class, and the objects that they refer to by name."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "Malformed": Malformed,
            "from_bytes": int.from_bytes,
            "unpack": struct.unpack,
            "pack": struct.pack,
            "out_of_bounds": _out_of_bounds,
            "exact": _exact,
            "read_extensions": _read_extensions,
            "write_extensions": _write_extensions,
        }

    def add(self, *lines: str) -> None:
        """Append lines, indented as the body of a function."""
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

    def take(self, size: int) -> None:
        """Pass over the next `size` bytes, which must be there."""
        self.add(f"p += {size}", "if p > e: raise Malformed")

    def compile(self, arguments: str, result: str) -> Any:
        """Give the function of what has been appended so far."""
        text = "\n".join([f"def codec({arguments}):", *self.lines, f"    return {result}"])
        exec(compile(text, "<presentation>", "exec"), self.names)
        return self.names["codec"]


class _Unsigned(Kind):
    def __init__(self, size: int) -> None:
        self.size = size

    def read(self, source: Source, name: str) -> None:
        source.take(self.size)
        source.add(f"{name} = {_unsigned(self.size)}")

    def write(self, source: Source, value: str) -> str:
        return f"{value}.to_bytes({self.size}, 'big')"


def _unsigned(size: int) -> str:
    """An expression of the unsigned integer in the `size` bytes before `p`."""
    if size > 3:
        return f"from_bytes(d[p - {size}:p], 'big')"
    return {1: "d[p - 1]", 2: "d[p - 2] << 8 | d[p - 1]", 3: "d[p - 3] << 16 | d[p - 2] << 8 | d[p - 1]"}[size]


class _Opaque(Kind):
    def __init__(self, size: int) -> None:
        self.size = size

    def read(self, source: Source, name: str) -> None:
        source.take(self.size)
        source.add(f"{name} = d[p - {self.size}:p]")

    def write(self, source: Source, value: str) -> str:
        return f"exact({value}, {self.size})"


class _Rest(Kind):
    def read(self, source: Source, name: str) -> None:
        source.add(f"{name} = d[p:e]", "p = e")

    def write(self, source: Source, value: str) -> str:
        return value


class _Vector(Kind):
    """Common part of everything with a length in front. RFC 8446 3.4: floor and ceiling count bytes."""

    def __init__(self, floor: int, ceiling: int) -> None:
        self.floor = floor
        self.ceiling = ceiling
        self.prefix = (ceiling.bit_length() + 7) // 8

    def enter(self, source: Source) -> None:
        """Read the length and let `q` be the end of the vector, which begins at `p`."""
        source.take(self.prefix)
        source.add(f"q = p + ({_unsigned(self.prefix)})", "if q > e: raise Malformed")
        if self.floor:
            source.add(f"if q < p + {self.floor}: raise Malformed")
        if self.ceiling != 256**self.prefix - 1:
            source.add(f"if q > p + {self.ceiling}: raise Malformed")

    def bounded(self, source: Source, content: str) -> str:
        """An expression of `content` behind its length, which is checked."""
        held = source.keep(content)
        size = source.keep(f"len({held})")
        bounds = f"{self.floor}, {self.ceiling}"
        source.add(f"if not {self.floor} <= {size} <= {self.ceiling}: raise out_of_bounds({size}, {bounds})")
        return f"{size}.to_bytes({self.prefix}, 'big') + {held}"


class _OpaqueVector(_Vector):
    def read(self, source: Source, name: str) -> None:
        self.enter(source)
        source.add(f"{name} = d[p:q]", "p = q")

    def write(self, source: Source, value: str) -> str:
        return self.bounded(source, value)


class _UnsignedVector(_Vector):
    def __init__(self, size: int, floor: int, ceiling: int) -> None:
        super().__init__(floor, ceiling)
        self.size = size
        self.code = {1: "B", 2: "H", 4: "L"}[size]

    def read(self, source: Source, name: str) -> None:
        self.enter(source)
        if self.size > 1:
            source.add(f"if (q - p) % {self.size}: raise Malformed")
        source.add(f"{name} = unpack('>%d{self.code}' % ((q - p) // {self.size}), d[p:q])", "p = q")

    def write(self, source: Source, value: str) -> str:
        return self.bounded(source, f"pack('>%d{self.code}' % len({value}), *{value})")


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

    def write(self, source: Source, value: str) -> str:
        writer = source.refer(_codec(self.element)[1])
        return self.bounded(source, f"b''.join(map({writer}, {value}))")


class _Struct(Kind):
    def __init__(self, struct_class: type) -> None:
        self.struct_class = struct_class

    def read(self, source: Source, name: str) -> None:
        source.add(f"{name}, p = {source.refer(_codec(self.struct_class)[0])}(d, p, e)")

    def write(self, source: Source, value: str) -> str:
        return f"{source.refer(_codec(self.struct_class)[1])}({value})"


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

    def write(self, source: Source, value: str) -> str:
        written = self.bounded(source, f"write_extensions({value})")
        return f"({written} if {value} else b'')" if self.optional else written


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
        return _UnsignedVector(element.size, floor, ceiling)
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


def decode(struct_class: type[T], data: bytes, reason: str = "LENGTH_MISMATCH") -> T:
    """Read the one struct that `data` is, all of it.

    Raises ProtocolError with `reason` and decode_error: "A message was received [that] could not be decoded because
    some field was out of the specified range or the length of the message was incorrect" (RFC 8446 6.2).
    """
    size = len(data)
    try:
        message, end = _readers[struct_class](data, 0, size)
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
    result = kind.write(writing, "value")
    return reading.compile("d, p, e", "value, p"), writing.compile("value", result)


def _compile_struct(struct_class: type) -> tuple[Reader, Writer]:
    """Source for all fields in their order: this is the only place where a struct's order and kinds are consulted."""
    hints = typing.get_type_hints(struct_class, include_extras=True)
    reading, writing = Source(), Source()
    parts = []
    for item in fields(struct_class):
        kind: Kind = hints[item.name].__metadata__[0]
        kind.read(reading, item.name + "_")
        parts.append(kind.write(writing, f"m.{item.name}"))
    make = reading.refer(struct_class)
    arguments = ", ".join(item.name + "_" for item in fields(struct_class))
    return reading.compile("d, p, e", f"{make}({arguments}), p"), writing.compile("m", " + ".join(parts) or "b''")


def _out_of_bounds(size: int, floor: int, ceiling: int) -> Unrepresentable:
    return Unrepresentable(f"{size} bytes in a field of {floor} to {ceiling}")


def _exact(content: bytes, size: int) -> bytes:
    if len(content) != size:
        raise Unrepresentable(f"{len(content)} bytes in a field of {size}")
    return content


_extension_header = struct.Struct(">HH").unpack_from


def _read_extensions(d: bytes, p: int, e: int, floor: int) -> tuple[dict[int, bytes], int]:
    """RFC 8446 4.2: "There MUST NOT be more than one extension of the same type in a given extension block."."""
    end = p + 2 + (d[p] << 8 | d[p + 1] if p + 2 <= e else e)
    if end > e or end - p - 2 < floor:
        raise Malformed
    p += 2
    found: dict[int, bytes] = {}
    while p < end:
        start = p + 4
        if start > end:
            raise Malformed
        kind, size = _extension_header(d, p)
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
    return b"".join([(kind << 16 | len(data)).to_bytes(4, "big") + data for kind, data in found.items()])
