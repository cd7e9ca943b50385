"""MemoryBIO as a Python object: how it is made, what it cannot do, and how long it lives."""

import copy
import gc
import pickle
import weakref

import pytest


@pytest.mark.clause("ssl.MemoryBIO:no-arguments")
def test_a_bio_is_made_without_arguments(impl):
    """MemoryBIO() takes nothing; initial contents or a size raise TypeError."""
    assert isinstance(impl.MemoryBIO(), impl.MemoryBIO)
    with pytest.raises(TypeError):
        impl.MemoryBIO(b"contents")
    with pytest.raises(TypeError):
        impl.MemoryBIO(size=10)


@pytest.mark.clause("ssl.MemoryBIO:no-copies")
@pytest.mark.parametrize("duplicate", [copy.copy, copy.deepcopy, pickle.dumps], ids=["copy", "deepcopy", "pickle"])
@pytest.mark.level("observed")
def test_a_bio_cannot_be_duplicated(impl, duplicate):
    """A BIO is a place, not a value: copying and pickling it raise TypeError."""
    bio = impl.MemoryBIO()
    bio.write(b"only here")
    with pytest.raises(TypeError):
        duplicate(bio)
    assert bio.read() == b"only here"


@pytest.mark.clause("ssl.MemoryBIO:identity")
@pytest.mark.level("observed")
def test_bios_are_compared_by_identity(impl):
    """Two BIOs of the same contents are not equal, and a BIO is true, empty or not."""
    one, other = impl.MemoryBIO(), impl.MemoryBIO()
    assert one != other
    assert len({one, other}) == 2
    assert one


@pytest.mark.clause("ssl.MemoryBIO:closed-class")
@pytest.mark.level("observed")
def test_a_bio_has_no_weak_references_subclasses_and_foreign_attributes(impl):
    """MemoryBIO is closed: no weakref, no subclass (TypeError), no attribute but its own (AttributeError)."""
    bio = impl.MemoryBIO()
    with pytest.raises(TypeError):
        weakref.ref(bio)
    with pytest.raises(TypeError):
        type("Derived", (impl.MemoryBIO,), {})
    with pytest.raises(AttributeError):
        bio.label = "mine"


@pytest.mark.clause("ssl.SSLContext.wrap_bio:keeps-bios")
def test_an_object_keeps_its_bios(impl):
    """wrap_bio() binds the object to its BIOs: they stay in use when the caller lets go of them."""
    incoming, outgoing = impl.MemoryBIO(), impl.MemoryBIO()
    client = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).wrap_bio(incoming, outgoing, server_hostname="localhost")
    incoming.write_eof()
    del incoming
    gc.collect()
    with pytest.raises(impl.SSLEOFError):
        client.do_handshake()
    assert outgoing.pending > 0
