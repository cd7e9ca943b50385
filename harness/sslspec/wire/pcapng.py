"""A capture as a pcapng file, with its secrets: what Wireshark opens, and decrypts without being told anything.

The bytes went through memory or through sockets of which nobody saw the packets, so TCP and IP are made up around them:
a stream for each connection, from 127.0.0.1 to its port 443, an interface for each implementation. No TLS is known
here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sslspec import __version__
from sslspec.files import PRIVATE, is_no_file, replacing
from sslspec.wire.capture import Capture, Closed, Data, Step, Verb

# The pcapng format: block types, options, and what the interfaces carry: packets that begin with an IP header.
_SECTION_HEADER, _INTERFACE, _ENHANCED_PACKET, _SECRETS = 0x0A0D0D0A, 1, 6, 10
_BYTE_ORDER = 0x1A2B3C4D
_LINKTYPE_RAW = 101
_TLS_KEY_LOG = 0x544C534B
_END, _COMMENT, _APPLICATION, _NAME, _DESCRIPTION, _RESOLUTION, _FLAGS = 0, 1, 4, 2, 3, 9, 2
_NANOSECONDS = b"\x09"
_INBOUND, _OUTBOUND = 1, 2

_ADDRESS = bytes((127, 0, 0, 1))
_SERVER_PORT = 443
_FIRST_CLIENT_PORT = 50000
_PORTS_EACH = 1000  # of an implementation
_LONGEST_SEGMENT = 32768
_WINDOW = 65535
_FIN, _SYN, _RST, _PSH, _ACK = 1, 2, 4, 8, 16
_TCP = 6


class PcapError(Exception):
    """The file cannot be written; the text is one line that names it."""


@dataclass(slots=True)
class _End:
    """One end of a stream. next: the sequence number of the byte that it sends next."""

    port: int
    next: int


@dataclass(slots=True)
class _Stream:
    """One connection. Sequence numbers begin at 1000 and 5000 so that a reader can tell the ends apart."""

    interface: int
    subject: str
    ends: dict[str, _End]
    begun: bool = False
    finished: set[str] = field(default_factory=set)
    comment: str = ""


def write(path: Path, captures: Iterable[Capture], key_log: str) -> None:
    """Write a file that its owner alone may read, since it has the secrets in it. Raises PcapError."""
    data = encode(list(captures), key_log)
    if is_no_file(path):
        raise PcapError(f"{path}: is no file; a capture holds secrets, and is written to a file that nobody else reads")
    try:
        with replacing(path, PRIVATE) as file:
            file.write(data)
    except OSError as problem:
        raise PcapError(f"{path}: cannot be written ({problem.strerror})") from problem


def encode(captures: list[Capture], key_log: str) -> bytes:
    """The bytes of the file: one section, an interface for each capture, the secrets, the packets by their time."""
    blocks = [_section_header()]
    blocks += [_interface(capture) for capture in captures]
    if key_log:
        secrets = key_log.encode("ascii", "replace")
        blocks.append(_block(_SECRETS, struct.pack("<II", _TLS_KEY_LOG, len(secrets)) + _padded(secrets)))
    packets = [packet for number, capture in enumerate(captures) for packet in _packets(number, capture)]
    blocks += [block for _, block in sorted(packets, key=lambda packet: packet[0])]
    return b"".join(blocks)


# -- packets ---------------------------------------------------------------------------------------------------------


def _packets(interface: int, capture: Capture) -> list[tuple[int, bytes]]:
    """Time and block of each packet of a capture."""
    streams: dict[int, _Stream] = {}
    found: list[tuple[int, bytes]] = []
    comment = capture.id
    for happening in capture.happenings:
        if isinstance(happening, (Step, Verb)):
            comment = f"{happening.actor}.{happening.call}"
        if not isinstance(happening, (Data, Closed)) or happening.connection not in capture.subjects:
            continue
        number = happening.connection
        stream = streams.get(number) or streams.setdefault(number, _stream(interface, number, capture.subjects))
        if not stream.begun:
            stream.begun = True
            found += _three_packets(stream, happening.time)
        if isinstance(happening, Data):
            what = f"after {comment}" if comment != capture.id else comment
            found += _segments(stream, happening, what)
        elif happening.by not in stream.finished:
            stream.finished.add(happening.by)
            found.append(
                _segment(stream, happening.by, happening.time, b"", _RST if happening.how == "reset" else _FIN)
            )
    return found


def _stream(interface: int, number: int, subjects: Mapping[int, str]) -> _Stream:
    client = _FIRST_CLIENT_PORT + _PORTS_EACH * interface + number
    return _Stream(interface, subjects[number], {"client": _End(client, 1000), "server": _End(_SERVER_PORT, 5000)})


def _three_packets(stream: _Stream, time: int) -> list[tuple[int, bytes]]:
    """RFC 9293 3.5: how a connection begins."""
    return [
        _segment(stream, "client", time - 3, b"", _SYN),
        _segment(stream, "server", time - 2, b"", _SYN | _ACK),
        _segment(stream, "client", time - 1, b"", _ACK),
    ]


def _segments(stream: _Stream, happening: Data, comment: str) -> list[tuple[int, bytes]]:
    data = happening.data
    return [
        _segment(
            stream,
            happening.by,
            happening.time,
            data[start : start + _LONGEST_SEGMENT],
            _PSH | _ACK,
            comment if not start else "",
        )
        for start in range(0, len(data), _LONGEST_SEGMENT)
    ]


def _segment(stream: _Stream, by: str, time: int, data: bytes, flags: int, comment: str = "") -> tuple[int, bytes]:
    """One packet that `by` sends; what counts in its sequence moves on (RFC 9293 3.4)."""
    mine, other = stream.ends[by], stream.ends["server" if by == "client" else "client"]
    acknowledged = 0 if flags == _SYN else other.next
    if flags != _SYN:
        flags |= _ACK
    packet = _ip(_tcp(mine.port, other.port, mine.next, acknowledged, flags, data))
    mine.next += len(data) + (1 if flags & (_SYN | _FIN) else 0)
    outbound = by == stream.subject or stream.subject == "both"
    options = _option(_COMMENT, comment.encode("utf-8")) if comment else b""
    options += _option(_FLAGS, struct.pack("<I", _OUTBOUND if outbound else _INBOUND)) + _option(_END, b"")
    head = struct.pack("<IIIII", stream.interface, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet))
    return time, _block(_ENHANCED_PACKET, head + _padded(packet) + options)


def _tcp(source: int, target: int, sequence: int, acknowledged: int, flags: int, data: bytes) -> bytes:
    """RFC 9293 3.1: a header without options, and the data."""
    header = struct.pack(">HHIIBBHHH", source, target, sequence, acknowledged, 5 << 4, flags, _WINDOW, 0, 0)
    pseudo = _ADDRESS + _ADDRESS + struct.pack(">BBH", 0, _TCP, len(header) + len(data))
    return header[:16] + struct.pack(">H", _checksum(pseudo + header + data)) + header[18:] + data


def _ip(payload: bytes) -> bytes:
    """RFC 791 3.1: a header without options, not to be fragmented."""
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, _TCP, 0) + _ADDRESS + _ADDRESS
    return header[:10] + struct.pack(">H", _checksum(header)) + header[12:] + payload


def _checksum(data: bytes) -> int:
    """RFC 1071: the complement of the sum of 16-bit words, in the arithmetic of ones' complement."""
    total: int = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


# -- blocks ----------------------------------------------------------------------------------------------------------


def _section_header() -> bytes:
    options = _option(_APPLICATION, f"sslspec {__version__}".encode()) + _option(_END, b"")
    return _block(_SECTION_HEADER, struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1) + options)


def _interface(capture: Capture) -> bytes:
    described = f"{capture.id} with the peer {capture.peer}"
    options = _option(_NAME, capture.implementation.encode("utf-8")) + _option(_DESCRIPTION, described.encode("utf-8"))
    options += _option(_RESOLUTION, _NANOSECONDS) + _option(_END, b"")
    return _block(_INTERFACE, struct.pack("<HHI", _LINKTYPE_RAW, 0, 0) + options)


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("<HH", code, len(value)) + _padded(value)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)
