"""SSLError and its subclasses: which is what, and what they catch."""

import pytest

NAMES = [
    "SSLZeroReturnError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLSyscallError",
    "SSLEOFError",
    "SSLCertVerificationError",
]
EACH = pytest.mark.parametrize("name", NAMES, ids=[name.lower() for name in NAMES])


@pytest.mark.clause("ssl.SSLError:oserror", "ssl.SSLError:not-valueerror")
@pytest.mark.known("pypy#3119")
def test_sslerror_is_an_oserror(impl):
    """SSLError is a subtype of OSError, and none of ValueError."""
    assert issubclass(impl.SSLError, OSError)
    assert not issubclass(impl.SSLError, ValueError)


@pytest.mark.clause("ssl.SSLError:caught-together", "ssl.SSLSyscallError:class")
@pytest.mark.known("wolfssl-py#57", "urllib3#367")
@EACH
def test_the_others_are_sslerrors(impl, name):
    """Every other exception of the module is a subclass of SSLError, so that who catches that misses none."""
    found = getattr(impl, name)
    assert issubclass(found, impl.SSLError)
    assert found is not impl.SSLError


@pytest.mark.clause("ssl.SSLError:told-apart")
@EACH
def test_none_is_caught_as_another(impl, name):
    """No subclass of SSLError is a subclass of another: each condition is caught by its own name only."""
    for other in NAMES:
        assert issubclass(getattr(impl, name), getattr(impl, other)) is (name == other)


@pytest.mark.clause("ssl.CertificateError:alias")
@pytest.mark.known("bpo-28182")
def test_certificate_error_is_an_alias(impl):
    """CertificateError is SSLCertVerificationError, under the name that it had before 3.7."""
    assert impl.CertificateError is impl.SSLCertVerificationError


@pytest.mark.clause("ssl.SSLCertVerificationError:valueerror")
@pytest.mark.known("bpo-28182")
@pytest.mark.level("observed")
def test_a_verification_error_is_a_valueerror_too(impl):
    """SSLCertVerificationError is an SSLError first and a ValueError as well, which CertificateError was before 3.7."""
    lineage = impl.SSLCertVerificationError.__mro__
    assert lineage.index(impl.SSLError) < lineage.index(OSError) < lineage.index(ValueError)


@pytest.mark.clause("ssl.SSLError:by-hand")
@pytest.mark.level("observed")
@pytest.mark.parametrize("name", ["SSLError", *NAMES], ids=["sslerror", *(name.lower() for name in NAMES)])
def test_one_may_be_made_by_hand(impl, name):
    """Made like an OSError, from a number and a text, an exception carries them, and its text is that text."""
    error = getattr(impl, name)(1, "something went wrong")
    assert (error.errno, error.strerror) == (1, "something went wrong")
    assert str(error) == "something went wrong"
    assert error.args == (1, "something went wrong")
