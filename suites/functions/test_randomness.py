"""RAND_bytes(), RAND_status(), RAND_add()."""

import os
from decimal import Decimal
from fractions import Fraction

import pytest


@pytest.mark.clause("ssl.RAND_bytes:count")
@pytest.mark.known("GraalPy's list")
@pytest.mark.parametrize("count", [0, 1, 32, 1000])
def test_so_many_bytes(impl, count):
    """RAND_bytes(n) gives n bytes."""
    found = impl.RAND_bytes(count)
    assert type(found) is bytes
    assert len(found) == count


@pytest.mark.clause("ssl.RAND_bytes:unpredictable")
def test_never_the_same(impl):
    """Two draws of 32 bytes differ."""
    assert impl.RAND_bytes(32) != impl.RAND_bytes(32)


@pytest.mark.clause("ssl.RAND_bytes:negative")
@pytest.mark.level("observed")
def test_fewer_than_none_is_refused(impl):
    """A negative number raises ValueError."""
    with pytest.raises(ValueError):
        impl.RAND_bytes(-1)


@pytest.mark.clause("ssl.RAND_status:seeded")
@pytest.mark.known("GraalPy's list")
def test_the_generator_is_seeded(impl):
    """RAND_status() is true."""
    assert impl.RAND_status()


@pytest.mark.clause("ssl.RAND_add:mixes-in", "ssl.RAND_add:writable-buffers", "What's New 3.5:writable-buffers")
@pytest.mark.known("GraalPy's list")
@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview], ids=["bytes", "bytearray", "memoryview"])
def test_more_may_be_mixed_in(impl, kind):
    """RAND_add() takes text or any buffer, and gives nothing."""
    assert impl.RAND_add(kind(b"something"), 75.0) is None
    assert impl.RAND_add("text", 0.0) is None


@pytest.mark.clause("ssl-security:forked")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork()")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_fork_draws_other_bytes(impl):
    """What a child of fork() draws is not what its parent draws; the documentation asks parents to draw once first."""
    impl.RAND_bytes(1)
    read, write = os.pipe()
    try:
        child = os.fork()
    except RuntimeError:
        pytest.skip("a sub-interpreter has no fork()")
    if not child:
        os.write(write, impl.RAND_bytes(32))
        os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    with open(read, "rb") as pipe:
        drawn = pipe.read()
    assert len(drawn) == 32
    assert drawn != impl.RAND_bytes(32)


@pytest.mark.clause("What's New 3.10:integers-only")
@pytest.mark.since("3.10")
@pytest.mark.parametrize("number", [Decimal(4), Fraction(4)], ids=["decimal", "fraction"])
def test_other_numbers_are_no_lengths(impl, number):
    """A Decimal or a Fraction for an integer raises TypeError, though nothing of it would be lost."""
    assert len(impl.RAND_bytes(int(number))) == 4
    with pytest.raises(TypeError):
        impl.RAND_bytes(number)
    with pytest.raises(TypeError):
        impl.MemoryBIO().read(number)
