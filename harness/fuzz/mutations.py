"""Ways of changing bytes: blind ones, and ones that know DER or the structs of the handshake.

Every choice is made by the Random that is passed in, so that a seed repeats a run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields, is_dataclass, replace
from random import Random
from typing import Any

from refssl.x509 import der

_BYTES = (0, 1, 2, 3, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xA3, 0x30, 0x31, 0xFE, 0xFF)
_NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x3FFF, 0x4000, 0x4001, 0x4100, 0x4101, 0x7FFF, 0x8000, 0xFFFF, 0xFFFFFF)
_SPANS = (1, 1, 2, 3, 4, 8, 16, 64)
# Beyond this depth an element is taken as it is, whatever is in it.
_DEEPEST = 14


def havoc(data: bytes, chance: Random) -> bytes:
    """`data` after a few changes that know nothing of its form."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 4, 8))):
        chance.choice(_BLIND)(changed, chance)
    return bytes(changed)


def _place(changed: bytearray, chance: Random) -> int:
    return chance.randrange(len(changed) + 1)


def _flip(changed: bytearray, chance: Random) -> None:
    if changed:
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)


def _set(changed: bytearray, chance: Random) -> None:
    if changed:
        changed[chance.randrange(len(changed))] = chance.choice((*_BYTES, chance.randrange(256)))


def _add(changed: bytearray, chance: Random) -> None:
    if changed:
        at = chance.randrange(len(changed))
        changed[at] = (changed[at] + chance.choice((-2, -1, 1, 2))) & 0xFF


def _number(changed: bytearray, chance: Random) -> None:
    size = chance.choice((2, 2, 3, 4))
    at = _place(changed, chance)
    changed[at : at + size] = (chance.choice(_NUMBERS) & (1 << 8 * size) - 1).to_bytes(size, "big")


def _cut(changed: bytearray, chance: Random) -> None:
    at = _place(changed, chance)
    del changed[at : at + chance.choice(_SPANS)]


def _truncate(changed: bytearray, chance: Random) -> None:
    del changed[_place(changed, chance) :]


def _double(changed: bytearray, chance: Random) -> None:
    at, to = _place(changed, chance), _place(changed, chance)
    changed[to:to] = changed[at : at + chance.choice(_SPANS)]


def _insert(changed: bytearray, chance: Random) -> None:
    at = _place(changed, chance)
    changed[at:at] = chance.randbytes(chance.choice(_SPANS))


def _repeat(changed: bytearray, chance: Random) -> None:
    if changed:
        at = chance.randrange(len(changed))
        changed[at:at] = changed[at : at + 1] * chance.choice((4, 32, 255))


_BLIND: tuple[Callable[[bytearray, Random], None], ...] = (
    _flip,
    _flip,
    _set,
    _set,
    _add,
    _number,
    _cut,
    _cut,
    _truncate,
    _double,
    _double,
    _insert,
    _repeat,
)


def spliced(data: bytes, other: bytes, chance: Random) -> bytes:
    """The beginning of one input and the end of another."""
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


# -- DER

Node = list[Any]
"""[tag, octets] or [tag, children, what stands before them]: an element that can be changed and written again."""


def der_havoc(data: bytes, chance: Random) -> bytes:
    """`data` with elements changed, cut, doubled or moved and all lengths right; blindly where it is not DER at all."""
    if chance.random() < 0.3:
        return havoc(data, chance)
    try:
        tree = _read(data, 0)
    except der.MalformedCertificate:
        return havoc(data, chance)
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change(tree, chance)
    return b"".join(map(_written, tree))


def _read(data: bytes, depth: int) -> list[Node]:
    return [_node(tag, data[start:stop], depth) for tag, _, start, stop in der.elements(data, 0, len(data))]


def _node(tag: int, content: bytes, depth: int) -> Node:
    # An extension's value is DER within an OCTET STRING; a key may be within a BIT STRING.
    before = content[:1] if tag == der.BIT_STRING else b""
    nested = tag & 0x20 or (tag == der.OCTET_STRING and content[:1] in (b"\x30", b"\x03", b"\x04"))
    if depth < _DEEPEST and content and (nested or (tag == der.BIT_STRING and content[:2] == b"\0\x30")):
        try:
            return [tag, _read(content[len(before) :], depth + 1), before]
        except der.MalformedCertificate:
            pass
    return [tag, content]


def _content(node: Node) -> bytes:
    content: bytes = node[1] if len(node) == 2 else node[2] + b"".join(map(_written, node[1]))
    return content


def _written(node: Node) -> bytes:
    return der.wrap(node[0] & 0xFF, _content(node))


def _lists(nodes: list[Node]) -> list[list[Node]]:
    """Every list of siblings in the tree, the outermost first."""
    found = [nodes]
    for siblings in found:
        found.extend(node[1] for node in siblings if len(node) == 3)
    return found


def _change(tree: list[Node], chance: Random) -> None:
    lists = [siblings for siblings in _lists(tree) if siblings]
    if not lists:
        return
    siblings = chance.choice(lists)
    at = chance.randrange(len(siblings))
    node = siblings[at]
    match chance.randrange(8):
        case 0:
            node[0] = chance.choice((*_BYTES, 0x04, 0x05, 0x06, 0x0C, 0x13, 0x16, 0x17, 0x1E, node[0] ^ 0x20))
        case 1:
            del siblings[at]
        case 2:
            siblings.insert(chance.randrange(len(siblings) + 1), _copy(node))
        case 3:
            other = chance.choice(lists)
            other.insert(chance.randrange(len(other) + 1), _read_again(_copy(node)))
        case 4:
            chance.shuffle(siblings)
        case 5:
            wrapped = _copy(node)
            node[:] = [chance.choice((0x30, 0x31, 0xA0, 0xA1, 0x04)), [wrapped], b""]
        case _:
            node[:] = [node[0], havoc(_content(node), chance)]


def _copy(node: Node) -> Node:
    return [node[0], node[1]] if len(node) == 2 else [node[0], list(map(_copy, node[1])), node[2]]


def _read_again(node: Node) -> Node:
    """A copy without children of its own, so that no tree ever holds itself."""
    return [node[0], _content(node)]


# -- structs of TLS


def altered(value: Any, chance: Random) -> Any:
    """A struct of the handshake (a dataclass) with one of its fields, or of the fields within, changed."""
    names = [item.name for item in fields(value)]
    if not names:
        return value
    name = chance.choice(names)
    return replace(value, **{name: _other(getattr(value, name), chance)})


def _other(value: Any, chance: Random) -> Any:
    if is_dataclass(value):
        return altered(value, chance)
    if isinstance(value, bytes):
        return havoc(value, chance)
    if isinstance(value, int):
        return chance.choice((value ^ 1 << chance.randrange(16), value + 1, 0, chance.choice(_NUMBERS)))
    if isinstance(value, dict):
        return _other_extensions(value, chance)
    return _other_items(value, chance)


def _other_items(items: Sequence[Any], chance: Random) -> tuple[Any, ...]:
    found = list(items)
    if not found:
        return ()
    at = chance.randrange(len(found))
    match chance.randrange(5):
        case 0:
            del found[at]
        case 1:
            found.insert(chance.randrange(len(found) + 1), found[at])
        case 2:
            chance.shuffle(found)
        case 3:
            found = found[:at] + [found[at]] * chance.choice((2, 8, 64)) + found[at:]
        case _:
            found[at] = _other(found[at], chance)
    return tuple(found)


# What a hello or its answer may have, known here or not (RFC 8446 4.2, RFC 5246 7.4.1.4 and their neighbours).
_EXTENSIONS = (0, 5, 10, 11, 13, 16, 18, 21, 22, 23, 35, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51, 0x0A0A, 0xFF01)


def _other_extensions(found: dict[int, bytes], chance: Random) -> dict[int, bytes]:
    items = list(found.items())
    kind = chance.randrange(5)
    if not items or kind == 0:
        content = chance.choice((b"", b"\0", b"\0\0", b"\3\4", chance.randbytes(chance.choice(_SPANS))))
        items.insert(chance.randrange(len(items) + 1), (chance.choice(_EXTENSIONS), content))
    elif kind == 1:
        del items[chance.randrange(len(items))]
    elif kind == 2:
        chance.shuffle(items)
    else:
        at = chance.randrange(len(items))
        items[at] = (items[at][0], havoc(items[at][1], chance))
    return dict(items)


# -- text


def words(tokens: Sequence[str], separators: str) -> Callable[[bytes, Random], bytes]:
    """A mutation for texts that are lists of words: words put in, cut or moved, or the text changed blindly."""

    def mutate(data: bytes, chance: Random) -> bytes:
        if chance.random() < 0.3:
            return havoc(data, chance)
        text = data.decode("latin-1")
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.choice((0, 0, 1, 3, 12)))
        word = chance.choice(tokens) + chance.choice(separators + " ")
        return (text[:at] + word * chance.choice((1, 1, 1, 2, 8)) + text[to:]).encode("latin-1", "replace")

    return mutate
