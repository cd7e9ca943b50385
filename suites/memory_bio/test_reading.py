"""MemoryBIO.read() and MemoryBIO.pending: bytes come out once, in order, as many as are asked for."""

import pytest


@pytest.mark.clause("ssl.MemoryBIO:no-arguments", "ssl.MemoryBIO.pending:counts", "ssl.MemoryBIO.eof:not-before")
def test_a_fresh_bio_is_empty_but_not_at_its_end(impl, observe):
    """A new MemoryBIO holds nothing, reads as b"" and is not at end-of-file."""
    bio = observe(impl.MemoryBIO(), "bio")
    assert bio.pending == 0
    assert bio.read() == b""
    assert bio.eof is False


@pytest.mark.clause("ssl.MemoryBIO.read:up-to-n")
def test_reading_takes_the_bytes_out(impl, observe):
    """What read() has returned is no longer in the buffer."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"once")
    assert bio.read() == b"once"
    assert bio.read() == b""


@pytest.mark.clause("ssl.MemoryBIO.pending:counts", "ssl.MemoryBIO.read:up-to-n")
def test_read_n_gives_at_most_n_bytes_from_the_front(impl, observe):
    """read(n) returns the first n bytes and leaves the rest, which pending counts."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"0123456789")
    assert bio.read(4) == b"0123"
    assert bio.pending == 6
    assert bio.read(1) == b"4"
    assert bio.pending == 5
    assert bio.read() == b"56789"
    assert bio.pending == 0


@pytest.mark.clause("ssl.MemoryBIO.read:up-to-n")
def test_read_of_more_than_there_is_gives_what_there_is(impl, observe):
    """read(n) with fewer than n bytes in the buffer returns those; it waits for nothing and pads nothing."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"short")
    assert bio.read(65536) == b"short"
    assert bio.read(65536) == b""


@pytest.mark.clause("ssl.MemoryBIO.read:everything")
@pytest.mark.parametrize("count", [-1, -5, -(2**31)], ids=["minus_one", "minus_five", "least_int"])
def test_a_negative_count_reads_everything(impl, observe, count):
    """read(n) with any negative n returns all bytes, as read() does."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"all of it")
    assert bio.read(count) == b"all of it"
    assert bio.pending == 0


@pytest.mark.clause("ssl.MemoryBIO.read:zero")
def test_read_zero_takes_nothing(impl, observe):
    """read(0) returns b"" and leaves the buffer as it is."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"still here")
    assert bio.read(0) == b""
    assert bio.pending == 10
    assert bio.read() == b"still here"


@pytest.mark.clause("ssl.MemoryBIO.read:bytes")
def test_read_gives_bytes_of_its_own(impl):
    """read() returns bytes, whatever kind of buffer was written; what is written later does not change them."""
    bio = impl.MemoryBIO()
    bio.write(bytearray(b"first"))
    first = bio.read()
    bio.write(bytearray(b"other"))
    assert type(first) is bytes
    assert first == b"first"
    assert bio.read() == b"other"


@pytest.mark.clause("ssl.MemoryBIO.read:position-only")
@pytest.mark.parametrize("count", ["4", 4.0, None, b"4"], ids=["text", "float", "none", "bytes"])
def test_read_takes_only_an_integer(impl, observe, count):
    """read() of something that is no integer raises TypeError and leaves the buffer as it is."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"still here")
    with pytest.raises(TypeError):
        bio.read(count)
    assert bio.read() == b"still here"


@pytest.mark.clause("ssl.MemoryBIO.read:position-only")
def test_read_takes_its_count_by_position_only(impl, observe):
    """The documented signature is read(n=-1, /): n by keyword, or a second argument, raises TypeError."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"still here")
    with pytest.raises(TypeError):
        bio.read(n=4)
    with pytest.raises(TypeError):
        bio.read(4, 5)
    assert bio.read(4) == b"stil"


@pytest.mark.clause("ssl.MemoryBIO:independent")
def test_bios_are_independent_of_each_other(impl, observe):
    """What is written to one MemoryBIO is in no other."""
    one, other = observe(impl.MemoryBIO(), "one"), observe(impl.MemoryBIO(), "other")
    one.write(b"mine")
    assert other.pending == 0
    assert other.read() == b""
    assert one.read() == b"mine"


@pytest.mark.clause("ssl.MemoryBIO.pending:read-only")
def test_pending_is_read_only(impl, observe):
    """pending is counted, not set: assigning to it raises AttributeError."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"four")
    with pytest.raises(AttributeError):
        bio.pending = 0
    assert bio.pending == 4
