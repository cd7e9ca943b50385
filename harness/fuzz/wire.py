"""Targets that read what comes over the wire, each by itself: headers, every struct, protected records, tickets.

What a message does to a connection is for `conversations`.
"""

from __future__ import annotations

import inspect
import math
import struct as struct_module
import zlib
from collections.abc import Iterator
from dataclasses import is_dataclass
from functools import cache
from random import Random
from types import ModuleType
from typing import Any

from fuzz import mutations
from fuzz.target import Broken, Target
from refssl.ciphers import catalogue
from refssl.engine import cbc, protection, protection12, records
from refssl.engine.config import TLS12, TLS13
from refssl.engine.faults import Fault, ProtocolError
from refssl.engine.messages import control, extensions, hello, tls12, tls13
from refssl.engine.presentation import decode, encode
from refssl.engine.session import Session
from refssl.tickets import TicketKeeper
from selftests.refssl_engine.test_presentation import EMPTY, OPEN_ENDED, SAMPLES


def structs(*modules: ModuleType) -> Iterator[type]:
    """The dataclasses of these modules."""
    for module in modules:
        for _, found in inspect.getmembers(module, is_dataclass):
            if isinstance(found, type) and found.__module__ == module.__name__ and found is not control.Raw:
                yield found


def key_of(struct: type) -> bytes:
    """Two bytes that name a struct, and go on naming it when there are more."""
    return zlib.crc32(f"{struct.__module__}.{struct.__name__}".encode()).to_bytes(4, "big")[:2]


STRUCTS = {key_of(struct): struct for struct in structs(control, hello, tls12, tls13, extensions)}


def _struct(data: bytes) -> None:
    struct = STRUCTS.get(data[:2])
    if struct is None:
        return
    try:
        read: Any = decode(struct, data[2:])
    except ProtocolError:
        return
    # An empty block of extensions is written as none: the one thing with two forms (RFC 5246 7.4.1.2).
    if encode(read) not in (data[2:], data[2:-2]):
        raise Broken(f"{struct.__name__} is not written as it was read")


def _other_struct(data: bytes, chance: Random) -> bytes:
    struct = STRUCTS.get(data[:2])
    if struct is not None and chance.random() < 0.5:
        try:
            return data[:2] + encode(mutations.altered(decode(struct, data[2:]), chance))
        except (ProtocolError, ValueError, OverflowError, struct_module.error):
            pass  # not that struct, or nothing that can be written
    return data[:2] + mutations.havoc(data[2:], chance)


def _samples() -> list[bytes]:
    return [
        key_of(type(each)) + encode(each) for each in (*SAMPLES, *OPEN_ENDED, *EMPTY) if type(each) is not control.Raw
    ]


def _header(data: bytes) -> None:
    """The first byte says what is known of the connection, five follow."""
    if len(data) != 6:
        return
    flags = data[0]
    version = (None, TLS12, TLS13)[flags >> 3 & 3 if flags >> 3 & 3 < 3 else 0]
    try:
        length = records.body_length(
            data[1:], server_side=bool(flags & 1), first=bool(flags & 2), protected=bool(flags & 4), version=version
        )
    except Fault:
        return
    if not 0 <= length <= (records.MAX_CIPHERTEXT_12 if version == TLS12 else records.MAX_CIPHERTEXT):
        raise Broken("a length beyond the limit")


# -- protected records

_IV = bytes(range(12))
_KEY = bytes(32)
_CONTENTS = (b"hello", b"", bytes(300))


def _by_name(name: str) -> catalogue.CipherSuite:
    return next(suite for suite in catalogue.TLS12_SUITES if suite.name == name)


_GCM = _by_name("ECDHE-RSA-AES256-GCM-SHA384")
_CCM8 = _by_name("ECDHE-ECDSA-AES256-CCM8")
_CHACHA = _by_name("ECDHE-RSA-CHACHA20-POLY1305")
_CBC = (("AES256-SHA256", True), ("AES256-SHA", False), ("ECDHE-RSA-AES256-SHA384", False))


def ends(kind: int) -> tuple[Any, Any]:
    """Both ends of one direction under one of `KINDS` protections, fresh."""
    match kind:
        case 0 | 1:
            made = ("AES-GCM", "CHACHA20-POLY1305")[kind], _KEY, _IV
            return protection.Sealer(*made), protection.Opener(*made)
        case 2 | 3 | 4:
            suite = (_GCM, _CCM8, _CHACHA)[kind - 2]
            salt = _IV[: protection12.FIXED_IV[suite.aead]]
            return protection12.sealer(suite, _KEY, salt), protection12.opener(suite, _KEY, salt)
        case _:
            name, encrypt_then_mac = _CBC[kind - 5]
            suite = _by_name(name)
            return (
                cbc.Sealer(suite, bytes(32), _KEY, encrypt_then_mac, bytes),
                cbc.Opener(suite, bytes(32), _KEY, encrypt_then_mac),
            )


KINDS = 8


@cache
def _sealed() -> dict[bytes, tuple[int, bytes]]:
    """Records as their sender made them, behind the number of their kind, with what is in them."""
    found = {}
    for kind in range(KINDS):
        for content in _CONTENTS:
            found[bytes((kind,)) + ends(kind)[0].seal(23, content)] = (23, content)
    return found


def _protected(data: bytes) -> None:
    """Whatever was not sealed with the key must not be opened with it."""
    if len(data) < 6 or data[0] >= KINDS or len(data) != 6 + int.from_bytes(data[4:6], "big"):
        return  # the Channel never gives a record that is not whole
    if data[2:4] != b"\3\3":
        return  # nor one of which the header is refused
    try:
        opened = ends(data[0])[1].open(data[1:])
    except Fault:
        return
    if _sealed().get(data) != opened:
        raise Broken("a record that nobody sealed was opened")


def _other_record(data: bytes, chance: Random) -> bytes:
    changed = mutations.havoc(data, chance)
    if len(changed) > 6 and chance.random() < 0.5:
        changed = changed[:4] + (len(changed) - 6).to_bytes(2, "big") + changed[6:]
    return changed


# -- tickets

_keeper = TicketKeeper()
_SESSION = Session(TLS13, 0x1301, bytes(32), b"", bytes(32), 5, 2e9, 7200, "localhost", b"h2", None)


def _ticket(data: bytes) -> None:
    """What a client sends back as a ticket: only what was sealed here is a session."""
    if _keeper.open(data) is not None:
        raise Broken("a ticket that nobody sealed was opened")


def _stored(data: bytes) -> None:
    try:
        session = Session.decode(data)
    except ProtocolError:
        return
    # What is not a number is not equal to itself.
    if not math.isnan(session.created) and Session.decode(session.encode()) != session:
        raise Broken("a session that is not itself")


TARGETS = (
    Target(
        "struct", "every message and extension by itself", _struct, _samples, _other_struct, calls=(200, 10), share=3
    ),
    Target(
        "header", "a record's header", _header, lambda: [bytes((n,)) + b"\x16\3\1\0\5" for n in range(24)], longest=6
    ),
    Target(
        "protected", "a protected record", _protected, lambda: list(_sealed()), _other_record, calls=(500, 2), share=2
    ),
    Target("ticket", "a ticket that comes back", _ticket, lambda: [bytes(32), bytes(200)], calls=(100, 1)),
    Target("session", "what is inside a ticket", _stored, lambda: [_SESSION.encode()], calls=(500, 10)),
)
