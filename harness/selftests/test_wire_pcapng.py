"""The pcapng file: read back byte by byte, packet by packet, and by tshark where that is installed."""

from __future__ import annotations

import os
import shutil
import stat
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from selftests.wire_support import captured
from sslspec.bench.credentials import Pki
from sslspec.bench.pair import Variant
from sslspec.certificates import pki
from sslspec.wire import pcapng
from sslspec.wire.capture import Capture, Closed, Data, Step
from sslspec.wire.tap import TappedPair

SECTION, INTERFACE, PACKET, SECRETS = 0x0A0D0D0A, 1, 6, 10


@dataclass
class Segment:
    """A packet taken apart, its checksums verified."""

    interface: int
    time: int
    ports: tuple[int, int]
    sequence: int
    acknowledged: int
    flags: int
    data: bytes
    options: dict[int, bytes]


def blocks(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        kind, length = struct.unpack_from("<II", data)
        assert length % 4 == 0
        assert data[length - 4 : length] == struct.pack("<I", length)
        yield kind, data[8 : length - 4]
        data = data[length:]


def options(data: bytes) -> dict[int, bytes]:
    found = {}
    while data:
        code, length = struct.unpack_from("<HH", data)
        found[code] = data[4 : 4 + length]
        data = data[4 + length + -length % 4 :]
    return found


def sums_up(data: bytes) -> bool:
    """RFC 1071: with its checksum in it, the sum is all ones."""
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total == 0xFFFF


def segments(data: bytes) -> list[Segment]:
    found = []
    for kind, body in blocks(data):
        if kind != PACKET:
            continue
        interface, high, low, kept, length = struct.unpack_from("<IIIII", body)
        packet = body[20 : 20 + kept]
        assert kept == length == struct.unpack_from(">H", packet, 2)[0]
        assert packet[0] == 0x45
        assert packet[9] == 6
        assert packet[12:20] == bytes((127, 0, 0, 1)) * 2
        assert sums_up(packet[:20])
        tcp = packet[20:]
        assert sums_up(packet[12:20] + struct.pack(">BBH", 0, 6, len(tcp)) + tcp)
        source, target, sequence, acknowledged, offset, flags = struct.unpack_from(">HHIIBB", tcp)
        assert offset == 5 << 4
        rest = options(body[20 + kept + -kept % 4 :])
        found.append(
            Segment(interface, high << 32 | low, (source, target), sequence, acknowledged, flags, tcp[20:], rest)
        )
    return found


def example() -> Capture:
    capture = Capture("a/b/c@client", "ssl", "stdlib", {1: "client", 2: "client"})
    capture.happenings = [
        Data(1, "client", b"hello", 1_000_000),
        Data(1, "server", b"w" * 70_000, 2_000_000),
        Step("subject", "read(1)", {"returns": None}),
        Data(1, "client", b"again", 3_000_000),
        Closed(1, "server", "close", 4_000_000),
        Data(2, "server", b"first", 5_000_000),
        Closed(2, "client", "reset", 6_000_000),
    ]
    return capture


def test_each_stream_gives_back_its_bytes_and_its_numbers_add_up() -> None:
    found = segments(pcapng.encode([example()], ""))
    for ports, expected in (((50001, 443), b"helloagain"), ((443, 50001), b"w" * 70_000), ((443, 50002), b"first")):
        assert b"".join(one.data for one in found if one.ports == ports) == expected
    follow(found)
    flags = {(one.ports, one.flags) for one in found if not one.data}
    assert ((443, 50001), 1 | 16) in flags, "FIN"
    assert ((50002, 443), 4 | 16) in flags, "RST"
    assert [one.time for one in found] == sorted(one.time for one in found)


def follow(found: list[Segment]) -> None:
    """Each sequence number is the one that is due, each acknowledgement that of what has come."""
    following: dict[tuple[int, int], int] = {}
    for one in found:
        assert one.sequence == following.get(one.ports, one.sequence)
        following[one.ports] = one.sequence + len(one.data) + (1 if one.flags & 3 else 0)
        if one.flags & 16:
            assert one.acknowledged == following[one.ports[::-1]]


def test_what_was_called_stands_with_the_packet_as_a_comment() -> None:
    found = segments(pcapng.encode([example()], ""))
    comments = [one.options[1].decode() for one in found if 1 in one.options]
    assert comments == ["a/b/c@client", "a/b/c@client", "after subject.read(1)", "after subject.read(1)"]


def test_two_implementations_are_two_interfaces_with_streams_of_their_own() -> None:
    other = example()
    other.implementation = "refssl"
    data = pcapng.encode([example(), other], "CLIENT_RANDOM 00 11\n")
    kinds = [kind for kind, _ in blocks(data)]
    assert kinds[:4] == [SECTION, INTERFACE, INTERFACE, SECRETS], "the secrets come before what they open"
    names = [options(body[8:])[2] for kind, body in blocks(data) if kind == INTERFACE]
    assert names == [b"ssl", b"refssl"]
    (secrets,) = (body for kind, body in blocks(data) if kind == SECRETS)
    assert secrets.startswith(struct.pack("<II", 0x544C534B, 20) + b"CLIENT_RANDOM 00 11\n")
    mine, theirs = ({one.ports for one in segments(data) if one.interface == number} for number in (0, 1))
    assert mine
    assert theirs
    assert not mine & theirs


def test_its_owner_alone_may_read_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pcapng"
    path.write_bytes(b"of before")
    path.chmod(0o644)
    pcapng.write(path, [example()], "")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert segments(path.read_bytes())
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(pcapng.PcapError, match=r"none/a\.pcapng: cannot be written"):
        pcapng.write(tmp_path / "none" / "a.pcapng", [example()], "")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(pcapng.PcapError, match="pipe: is no file"):
        pcapng.write(tmp_path / "pipe", [example()], "")


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_tshark_decrypts_it(tmp_path: Path, version: str) -> None:
    def play(pair: TappedPair) -> None:
        pair.shake_hands()
        pair.greet()

    pki.make(tmp_path / "pki")
    work = tmp_path / "work"
    work.mkdir()
    capture, secrets = captured(work, Pki(str(tmp_path / "pki")), Variant("client", version), play)

    def data(key_log: str) -> str:
        path = work / "a.pcapng"
        pcapng.write(path, [capture], key_log)
        command = ["tshark", "-r", str(path), "-q", "-z", "follow,tls,ascii,0"]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    assert "from the peer" in data(secrets.text)
    assert "from the peer" not in data("")
