"""What an exception that was raised carries: library, reason, errno, verify_code, verify_message."""

import copy
import pickle

import pytest


def verification_error(pair):
    """The error with which a client refuses a server of an unknown authority."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(pair.impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    return caught.value


@pytest.mark.clause("ssl.SSLError:library", "ssl.SSLError:reason")
@pytest.mark.known("gh-127360", "bpo-43788", "gh-127331", "gh-131423")
@pytest.mark.roles("client")
def test_library_and_reason_are_mnemonics(pair, impl):
    """library and reason of an error of the protocol are strings of capitals, digits and underscores."""
    pair.drive(pair.subject.do_handshake)
    pair.peer.close_transport()
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.read, 10)
    assert caught.value.library == "SSL"
    assert caught.value.reason == "UNEXPECTED_EOF_WHILE_READING"


@pytest.mark.clause(
    "ssl.SSLCertVerificationError:verify-code",
    "ssl.SSLCertVerificationError:verify-message",
    "What's New 3.7:verification-error",
)
@pytest.mark.known("bpo-28182")
@pytest.mark.roles("client")
def test_a_verification_error_has_code_and_message(pair):
    """verify_code is a number and verify_message a text for people, beside library and reason."""
    error = verification_error(pair)
    assert type(error.verify_code) is int
    assert error.verify_code == 20
    assert isinstance(error.verify_message, str)
    assert error.verify_message
    assert (error.library, error.reason) == ("SSL", "CERTIFICATE_VERIFY_FAILED")


@pytest.mark.clause("ssl.SSLCertVerificationError:verify-message")
@pytest.mark.roles("client")
def test_each_fault_has_its_own_message(pair):
    """verify_message belongs to verify_code: the same for the same fault, another for another."""
    context = pair.subject_context
    first = verification_error(pair)
    second = verification_error(pair.reconnect())
    assert (second.verify_code, second.verify_message) == (first.verify_code, first.verify_message)
    third = pair.reconnect()
    third.server_hostname = "elsewhere.example"
    context.load_verify_locations(pair.pki.authority("other-root"))
    assert verification_error(third).verify_message != first.verify_message


@pytest.mark.clause("ssl.SSLError:errno-1")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
def test_an_error_of_the_protocol_has_number_1(pair, impl):
    """errno is SSL_ERROR_SSL, which is no number of the system's."""
    assert verification_error(pair).errno == impl.SSL_ERROR_SSL == 1


@pytest.mark.clause("ssl.SSLWantReadError:errno-2")
@pytest.mark.level("observed")
def test_wanting_to_read_has_number_2(pair, impl):
    """SSLWantReadError has errno SSL_ERROR_WANT_READ, and neither library nor reason."""
    with pytest.raises(impl.SSLWantReadError) as caught:
        pair.subject.do_handshake()
    assert caught.value.errno == impl.SSL_ERROR_WANT_READ == 2
    assert caught.value.reason is None
    assert caught.value.library is None


def alert_received(pair):
    """The error with which a server hears that a client does not trust it."""
    pair.peer.settings.trust = "other-root"
    with pytest.raises(pair.impl.SSLError) as caught:
        pair.shake_hands()
    return caught.value


@pytest.mark.clause("ssl.SSLError:reason-in-text")
@pytest.mark.level("observed")
def test_the_text_has_the_reason_in_it(pair):
    """str() and strerror say the reason, on which frameworks (trio) and readers of log files rely."""
    error = alert_received(pair) if pair.server_side else verification_error(pair)
    assert error.reason in str(error)
    assert error.reason in error.strerror


def closed_cleanly(pair):
    """Both sides have closed, and one reads again."""
    pair.shake_hands()
    pair.peer.close_notify()
    pair.drive(pair.subject.unwrap)
    pair.subject.read(1)


def failed_before(pair):
    """The handshake has failed, and one goes on."""
    verification_error(pair)
    pair.subject.read(1)


def wrong_role(pair):
    """A context for clients is to serve."""
    context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.wrap_bio(pair.impl.MemoryBIO(), pair.impl.MemoryBIO(), server_side=True)


@pytest.mark.clause("ssl.SSLError:library", "ssl.SSLError:reason")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.parametrize(
    ("fail", "number"), [(closed_cleanly, 6), (failed_before, 8), (wrong_role, 0)], ids=["closed", "failed", "role"]
)
def test_an_error_without_mnemonics_says_so(pair, impl, fail, number):
    """Where OpenSSL has named nothing, library and reason are None; errno says which condition it is."""
    with pytest.raises(impl.SSLError) as caught:
        fail(pair)
    assert (caught.value.library, caught.value.reason) == (None, None)
    assert caught.value.errno == number


@pytest.mark.clause("ssl.SSLError:copies")
@pytest.mark.roles("client")
@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.copy], ids=["pickle", "copy"])
@pytest.mark.level("observed")
def test_an_error_can_be_pickled_and_copied(pair, impl, duplicate):
    """An error that was raised survives pickling and copying as one of its class, with errno and text."""
    error = verification_error(pair)
    again = duplicate(error)
    if isinstance(again, bytes):
        again = pickle.loads(again)
    assert type(again) is impl.SSLCertVerificationError
    assert (again.errno, again.strerror) == (error.errno, error.strerror)


@pytest.mark.clause("ssl.SSLError:own-failure-only")
@pytest.mark.roles("client")
def test_one_connections_error_is_not_anothers(pair, impl):
    """What went wrong in one connection is not told of the next, which has a failure of its own or none."""
    verification_error(pair)
    again = pair.reconnect()
    with pytest.raises(impl.SSLWantReadError):
        again.subject.read(10)
    with pytest.raises(impl.SSLCertVerificationError):
        again.shake_hands()


@pytest.mark.clause("ssl.SSLError:own-failure-only")
@pytest.mark.roles("client")
def test_a_failed_call_of_another_object_does_not_show(pair, impl):
    """A context that refuses a key leaves no error behind for a connection that goes on beside it."""
    pair.shake_hands()
    pair.greet()
    with pytest.raises(impl.SSLError):
        impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(*pair.pki["mismatched"])
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.read(10)
    pair.greet()
