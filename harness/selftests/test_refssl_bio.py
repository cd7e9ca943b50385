"""MemoryBIO: a buffer that hands back the objects it was given."""

from __future__ import annotations

import array
import itertools
import random

import pytest

import refssl
from refssl.bio import EndOfTransport, MemoryBios


def test_a_chunk_that_is_read_whole_is_the_object_that_was_written() -> None:
    bio, chunk = refssl.MemoryBIO(), b"x" * 100
    bio.write(chunk)
    assert bio.read() is chunk


def test_reading_any_sizes_gives_what_was_written() -> None:
    chance = random.Random(1)
    for _ in range(50):
        bio, chunks = refssl.MemoryBIO(), [chance.randbytes(chance.randrange(20)) for _ in range(chance.randrange(8))]
        for chunk in chunks:
            assert bio.write(chunk) == len(chunk)
        read = []
        assert bio.pending == len(b"".join(chunks))
        while bio.pending:
            read.append(bio.read(chance.randrange(1, 30)))
        assert b"".join(read) == b"".join(chunks)
        assert bio.read() == b""


def test_the_end_is_seen_when_everything_has_been_read() -> None:
    bio = refssl.MemoryBIO()
    bio.write(b"ab")
    bio.write_eof()
    assert (bio.eof, bio.read(1), bio.eof, bio.read(-5), bio.eof) == (False, b"a", False, b"b", True)
    with pytest.raises(refssl.SSLError):
        bio.write(b"c")


def test_buffers_of_any_kind_are_taken_by_their_bytes() -> None:
    bio = refssl.MemoryBIO()
    assert bio.write(array.array("I", [1, 2])) == 8
    assert bio.write(memoryview(b"abcd")[1:3]) == 2
    with pytest.raises(BufferError):
        bio.write(memoryview(b"abcd")[::2])
    with pytest.raises(TypeError):
        bio.write("text")


def test_what_a_memory_bio_does_not_allow() -> None:
    bio = refssl.MemoryBIO()
    for name in ("eof", "pending"):
        with pytest.raises(AttributeError):
            setattr(bio, name, 1)
    with pytest.raises(AttributeError):
        bio.other = 1
    with pytest.raises(TypeError):
        type("Sub", (refssl.MemoryBIO,), {})
    with pytest.raises(TypeError):
        bio.read(None)


def _measure(header: bytes) -> int:
    return header[4]


@pytest.mark.parametrize("cuts", [(), (3,), (5,), (7,), (2, 5, 9), tuple(range(1, 30))])
def test_a_record_is_assembled_from_any_pieces_and_nothing_is_taken_beyond_it(cuts: tuple[int, ...]) -> None:
    record, following = b"\x17\x03\x03\x00\x05hello", b"plain text"
    stream = record + following
    bounds = [0, *(cut for cut in cuts if cut < len(stream)), len(stream)]
    incoming = refssl.MemoryBIO()
    bios = MemoryBios(incoming, refssl.MemoryBIO())
    got = None
    for start, end in itertools.pairwise(bounds):
        incoming.write(stream[start:end])
        if got is None:
            try:
                got = bios.receive_record(_measure, None)
            except refssl.SSLWantReadError:
                assert incoming.pending == 0
    assert got == record
    assert incoming.read() == following


def test_the_end_within_a_record_is_the_end_of_the_transport() -> None:
    incoming = refssl.MemoryBIO()
    incoming.write(b"\x17\x03\x03\x00\x05hel")
    incoming.write_eof()
    with pytest.raises(EndOfTransport):
        MemoryBios(incoming, refssl.MemoryBIO()).receive_record(_measure, None)
