"""From the bytes of a connection to what was said on it: records, opened with the connection's secrets, and messages.

Records are opened by refssl's protection under keys of its key schedules. It never raises because of what the bytes
are: a record that cannot be opened, and bytes that are no record, are told as such, and reading goes on behind them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from refssl.ciphers.catalogue import CipherSuite
from refssl.engine import schedule12, schedule13
from sslspec.peers.messages import ALERTS, extensions_in
from sslspec.wire import registry
from sslspec.wire.field import Field, in_hex, size
from sslspec.wire.fields import Setting, read, suite_of
from sslspec.wire.registry import name

CLEAR, HANDSHAKE_KEYS, TRAFFIC_KEYS = "clear", "handshake", "traffic"
HEADER = 5
MESSAGE_HEADER = 4
LONGEST_RECORD = 2**14 + 2048  # RFC 5246 6.2.3; the longest of all versions
_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE, _APPLICATION_DATA = 20, 21, 22, 23
_CLIENT_HELLO, _SERVER_HELLO, _FINISHED, _KEY_UPDATE = 1, 2, 20, 24
_TLS13, _SUPPORTED_VERSIONS, _ENCRYPT_THEN_MAC = 0x0304, 43, 22
_LONGEST_TEXT = 40


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was said: a handshake message, an alert, application data, or what is none of them.

    by: ``client`` or ``server``; kind: ``handshake``, ``alert``, ``change_cipher_spec``, ``application_data``,
    ``record`` (one that could not be opened, or of no known type) or ``bytes`` (no TLS); keys: CLEAR, HANDSHAKE_KEYS or
    TRAFFIC_KEYS; size: bytes of its content; records: the number, in its direction, of the record in which it ended,
    and of how many it took; says: what it says where that needs no fields.
    """

    by: str
    kind: str
    title: str
    keys: str = CLEAR
    fields: tuple[Field, ...] = ()
    size: int = 0
    record: int = 0
    records: int = 1
    says: str = ""


class _Opener(Protocol):
    def open(self, record: bytes) -> tuple[int, bytes]: ...


@dataclass(slots=True)
class _Half:
    """One direction: bytes that are no whole record yet, handshake bytes that are no whole message yet, its keys.

    stages: keys that may come into use, in their order; the first opener is the one in use.
    """

    by: str
    pending: bytearray = field(default_factory=bytearray)
    message: bytearray = field(default_factory=bytearray)
    message_records: int = 0
    records: int = 0
    opener: _Opener | None = None
    keys: str = CLEAR
    secret: schedule13.Secret | None = None
    changed: bool = False


class Decoder:
    """Reads one connection. secrets: by the client's random, label and secret, as in a key log."""

    def __init__(self, secrets: Mapping[bytes, Mapping[str, bytes]]) -> None:
        self._all_secrets = secrets
        self._secrets: Mapping[str, bytes] = {}
        self._halves = {by: _Half(by) for by in ("client", "server")}
        self._setting = Setting()
        self._client_random = self._server_random = b""
        self._encrypt_then_mac = False

    def feed(self, by: str, data: bytes) -> list[Said]:
        """What these bytes complete."""
        half = self._halves[by]
        half.pending += data
        found: list[Said] = []
        while (record := _next_record(half.pending)) is not None:
            half.records += 1
            found += self._record(half, record)
        if _is_no_record(half.pending):
            found.append(_no_tls(by, bytes(half.pending)))
            half.pending.clear()
        return found

    def rest(self) -> list[Said]:
        """What was begun and never completed."""
        found = []
        for half in self._halves.values():
            if half.message:
                kind = name(registry.HANDSHAKE_TYPES, half.message[0], 2)
                whole = int.from_bytes(half.message[1:4], "big") + MESSAGE_HEADER if len(half.message) > 3 else 0
                told = f"{len(half.message)} of {whole or 'unknown many'} bytes came"
                found.append(Said(half.by, "handshake", kind, half.keys, (Field("incomplete", told),)))
            if half.pending:
                told = f"{len(half.pending)} bytes"
                found.append(
                    Said(half.by, "bytes", "part of a record", fields=(Field("bytes", told, in_hex(half.pending)),))
                )
        return found

    # -- records -----------------------------------------------------------------------------------------------------

    def _record(self, half: _Half, record: bytes) -> Iterator[Said]:
        content_type, content = record[0], record[HEADER:]
        keys = CLEAR
        if self._is_protected(half, content_type, content):
            opened = self._open(half, record)
            if opened is not None:
                content_type, content = opened
                keys = half.keys
            elif content_type == _ALERT and len(content) == 2:
                pass  # an alert in the clear, where it should have been protected
            else:
                yield self._closed_record(half, record)
                return
        yield from self._content(half, content_type, content, keys)

    def _is_protected(self, half: _Half, content_type: int, content: bytes) -> bool:
        if self._setting.tls13:
            return content_type == _APPLICATION_DATA
        return half.changed

    def _open(self, half: _Half, record: bytes) -> tuple[int, bytes] | None:
        """Type and content of a protected record under the keys in use, or those that may have come into use."""
        if half.opener is not None:
            with contextlib.suppress(Exception):
                return half.opener.open(record)
        for keys, secret in self._next_secrets(half):
            opener = self._opener13(secret)
            if opener is None:
                continue
            with contextlib.suppress(Exception):
                opened = opener.open(record)
                half.opener, half.keys, half.secret = opener, keys, secret
                return opened
        return None

    def _next_secrets(self, half: _Half) -> Iterator[tuple[str, schedule13.Secret]]:
        suite = self._setting.suite
        if not self._setting.tls13 or suite is None:
            return
        role = half.by.upper()
        labels = ((HANDSHAKE_KEYS, f"{role}_HANDSHAKE_TRAFFIC_SECRET"), (TRAFFIC_KEYS, f"{role}_TRAFFIC_SECRET_0"))
        for keys, label in labels:
            if label in self._secrets and half.keys != TRAFFIC_KEYS:
                yield keys, schedule13.Secret(schedule13.labels(suite.hash), self._secrets[label])
        if half.secret is not None:
            yield half.keys, half.secret.updated()

    def _opener13(self, secret: schedule13.Secret) -> _Opener | None:
        suite = self._setting.suite
        return secret.opener(suite) if suite is not None else None

    def _closed_record(self, half: _Half, record: bytes) -> Said:
        content = record[HEADER:]
        if half.opener is not None:
            why = "its keys do not open it"
        elif self._secrets:
            why = "the key log has no keys for it"
        else:
            why = "there are no secrets of this connection"
        told = Field("protected", why, in_hex(content))
        return Said(half.by, "record", _record_title(record), fields=(told,), size=len(content), record=half.records)

    # -- content -----------------------------------------------------------------------------------------------------

    def _content(self, half: _Half, content_type: int, content: bytes, keys: str) -> Iterator[Said]:
        said: Said | None = None
        if content_type == _HANDSHAKE and content:
            yield from self._handshake(half, content, keys)
        elif content_type == _ALERT and len(content) == 2:
            told = f"{name(registry.ALERT_LEVELS, content[0], 2)} {_alert_name(content[1])}"
            said = Said(half.by, "alert", "alert", keys, size=2, says=told)
        elif content_type == _CHANGE_CIPHER_SPEC:
            says = "" if content == b"\x01" else f"with {in_hex(content) or 'nothing in it'}"
            said = Said(half.by, "change_cipher_spec", "change_cipher_spec", keys, size=len(content), says=says)
            if not self._setting.tls13:
                self._change(half)
        elif content_type == _APPLICATION_DATA:
            said = Said(half.by, "application_data", "application data", keys, size=len(content), says=_data(content))
        else:
            odd = (Field("content", size(content), in_hex(content)),)
            said = Said(half.by, "record", f"record of type {_type_name(content_type)}", keys, odd, len(content))
        if said is not None:
            yield replace(said, record=half.records)

    def _handshake(self, half: _Half, content: bytes, keys: str) -> Iterator[Said]:
        half.message += content
        half.message_records += 1
        while len(half.message) >= MESSAGE_HEADER:
            end = MESSAGE_HEADER + int.from_bytes(half.message[1:4], "big")
            if len(half.message) < end:
                return
            kind, body = half.message[0], bytes(half.message[MESSAGE_HEADER:end])
            del half.message[:end]
            title, fields = read(kind, body, self._setting)
            yield Said(half.by, "handshake", title, keys, tuple(fields), end, half.records, half.message_records)
            half.message_records = 1 if half.message else 0
            self._learn(half, kind, body)

    # -- what is learnt on the way -----------------------------------------------------------------------------------

    def _learn(self, half: _Half, kind: int, body: bytes) -> None:
        if kind == _CLIENT_HELLO and half.by == "client":
            self._client_random = body[2:34]
            self._secrets = self._all_secrets.get(self._client_random, self._secrets)
        elif kind == _SERVER_HELLO and half.by == "server":
            self._server_hello(body)
        elif kind == _FINISHED and self._setting.tls13:
            self._forget_opener(half)
        elif kind == _KEY_UPDATE and self._setting.tls13 and half.secret is not None:
            half.secret = half.secret.updated()
            half.opener = self._opener13(half.secret)

    def _server_hello(self, body: bytes) -> None:
        self._server_random = body[2:34]
        position = 35 + (body[34] if len(body) > 34 else 0)
        suite = suite_of(int.from_bytes(body[position : position + 2], "big"))
        extensions = extensions_in(body[position + 3 :])
        tls13 = extensions.get(_SUPPORTED_VERSIONS) == _TLS13.to_bytes(2, "big")
        self._setting = Setting(tls13, suite)
        self._encrypt_then_mac = _ENCRYPT_THEN_MAC in extensions

    def _forget_opener(self, half: _Half) -> None:
        """RFC 8446 4.4.4, 7.1: behind its Finished an end goes on under its application traffic keys."""
        label = f"{half.by.upper()}_TRAFFIC_SECRET_0"
        suite = self._setting.suite
        if half.keys == HANDSHAKE_KEYS and label in self._secrets and suite is not None:
            half.secret = schedule13.Secret(schedule13.labels(suite.hash), self._secrets[label])
            half.opener, half.keys = self._opener13(half.secret), TRAFFIC_KEYS

    def _change(self, half: _Half) -> None:
        """TLS 1.2: from here on this direction is protected (RFC 5246 7.1)."""
        half.changed = True
        half.keys = TRAFFIC_KEYS
        master, suite = self._secrets.get("CLIENT_RANDOM"), self._setting.suite
        if master is not None and suite is not None:
            with contextlib.suppress(Exception):  # a suite of which refssl knows the name alone
                half.opener = self._opener12(suite, master, half.by == "client")

    def _opener12(self, suite: CipherSuite, master: bytes, client: bool) -> _Opener:
        secret = schedule12.Secret(suite.hash, master)
        keys = schedule12.keys(suite, secret, self._client_random, self._server_random, self._encrypt_then_mac)
        return keys.opener(client)


def _next_record(pending: bytearray) -> bytes | None:
    """Take the first whole record out; None where there is none."""
    if len(pending) < HEADER or _is_no_record(pending):
        return None
    end = HEADER + int.from_bytes(pending[3:5], "big")
    if len(pending) < end:
        return None
    record = bytes(pending[:end])
    del pending[:end]
    return record


def _is_no_record(pending: bytes | bytearray) -> bool:
    """Whether what stands there cannot be the beginning of a record (RFC 8446 5.1)."""
    if not pending:
        return False
    if len(pending) > 1 and pending[1] != 3:
        return True
    if len(pending) >= HEADER and int.from_bytes(pending[3:5], "big") > 2**16 - 1:
        return True
    return not 0 < pending[0] < 64


def _no_tls(by: str, data: bytes) -> Said:
    return Said(
        by, "bytes", "no TLS", fields=(Field("bytes", size(data), _text(data) or in_hex(data)),), size=len(data)
    )


def _record_title(record: bytes) -> str:
    return f"{_type_name(record[0])} record that stays closed"


def _type_name(content_type: int) -> str:
    return name(registry.CONTENT_TYPES, content_type, 2)


def _alert_name(code: int) -> str:
    return f"{ALERTS[code]} ({code})" if code in ALERTS else f"alert {code}"


def _data(content: bytes) -> str:
    return f"{size(content)} {_text(content)}".rstrip()


def _text(data: bytes) -> str:
    """Short bytes that a reader can read, as Python writes them; "" for others."""
    readable = all(32 <= byte < 127 or byte in b"\r\n\t" for byte in data)
    return repr(data) if readable and 0 < len(data) <= _LONGEST_TEXT else ""
