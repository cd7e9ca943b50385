"""MemoryBIO.write_eof() and MemoryBIO.eof: no more bytes will come, and when that shows."""

import pytest


@pytest.mark.clause("ssl.MemoryBIO.eof:after-everything")
def test_eof_shows_once_everything_has_been_read(impl, observe):
    """eof becomes true after the data in the buffer has been read, not when write_eof() is called."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"last words")
    bio.write_eof()
    assert bio.eof is False
    assert bio.read(4) == b"last"
    assert bio.eof is False
    assert bio.read() == b" words"
    assert bio.eof is True


@pytest.mark.clause("ssl.MemoryBIO.eof:not-before")
def test_an_empty_bio_without_the_marker_is_not_at_its_end(impl, observe):
    """Empty is not ended: without write_eof() a drained buffer has eof False, and takes more."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"so far")
    bio.read()
    assert bio.eof is False
    bio.write(b"so good")
    assert bio.read() == b"so good"


@pytest.mark.clause("ssl.MemoryBIO.eof:after-everything", "ssl.MemoryBIO.write_eof:returns-none")
def test_write_eof_on_an_empty_bio_shows_at_once(impl, observe):
    """write_eof() returns None, and with nothing left to read eof is true at once."""
    bio = observe(impl.MemoryBIO(), "bio")
    assert bio.write_eof() is None
    assert bio.eof is True
    assert bio.read() == b""
    assert bio.eof is True


@pytest.mark.clause("ssl.MemoryBIO.write_eof:no-more")
def test_write_after_write_eof_is_refused(impl, observe):
    """After write_eof() it is illegal to write: SSLError, and what was there before stays readable.

    The error comes from the module, not from the TLS library: it has a text, but no errno, library or reason.
    """
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"before")
    bio.write_eof()
    with pytest.raises(impl.SSLError) as caught:
        bio.write(b"after")
    assert type(caught.value) is impl.SSLError
    assert bio.pending == 6
    assert bio.read() == b"before"
    assert bio.eof is True


@pytest.mark.clause("ssl.MemoryBIO.write_eof:no-more")
def test_write_after_write_eof_is_refused_even_when_drained_or_empty(impl, observe):
    """Reading the buffer to its end does not open it again, and a write of no bytes is a write as well."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"before")
    bio.write_eof()
    bio.read()
    for data in (b"after", b""):
        with pytest.raises(impl.SSLError):
            bio.write(data)
    assert bio.eof is True


@pytest.mark.clause("ssl.MemoryBIO.write_eof:twice")
def test_write_eof_twice_is_one_end(impl, observe):
    """A second write_eof() changes nothing."""
    bio = observe(impl.MemoryBIO(), "bio")
    bio.write(b"data")
    bio.write_eof()
    assert bio.write_eof() is None
    assert bio.read() == b"data"
    assert bio.eof is True


@pytest.mark.clause("ssl.MemoryBIO.eof:read-only")
def test_eof_is_read_only(impl, observe):
    """The end is marked by write_eof() alone: assigning to eof raises AttributeError."""
    bio = observe(impl.MemoryBIO(), "bio")
    with pytest.raises(AttributeError):
        bio.eof = True
    assert bio.eof is False


@pytest.mark.clause("ssl.MemoryBIO.write_eof:marks-end")
def test_the_marker_tells_an_object_that_waiting_is_in_vain(pair, impl):
    """An object over an empty incoming BIO wants to read; over one that has ended it reports the end of the stream."""
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    pair.subject_incoming.write_eof()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.do_handshake()
