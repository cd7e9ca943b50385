"""server_hostname and check_hostname: when a name must be given, what is one, and when it is not compared."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


@pytest.mark.clause("ssl.SSLContext.wrap_bio:parameters")
@pytest.mark.parametrize("host", [None, ""], ids=["none", "empty"])
@pytest.mark.known("gh-156793", "CVE-2026-19553")
def test_checking_needs_a_name_in_wrap_bio(impl, host):
    """With check_hostname a client that says no server_hostname gets ValueError from wrap_bio().

    Before 3.15 (and 3.14.8, 3.13.16) wrap_bio() took None, and the connection compared no name with anything.
    """
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context.check_hostname is True
    with pytest.raises(ValueError):
        context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_hostname=host)


@pytest.mark.clause("ssl.SSLContext.wrap_socket:name-demanded")
@pytest.mark.parametrize("host", [None, ""], ids=["none", "empty"])
@pytest.mark.transports("socketpair")
def test_checking_needs_a_name_in_wrap_socket(pair, host):
    """With check_hostname a client that says no server_hostname gets ValueError from wrap_socket()."""
    assert pair.subject_context.check_hostname is True
    with pytest.raises(ValueError):
        pair.wrap(server_hostname=host)


@pytest.mark.clause("ssl.SSLContext.check_hostname:observable", "ssl.SSLContext.check_hostname:not-verification")
@pytest.mark.peers("module", "tlslite")
def test_without_checking_any_name_will_do(pair, impl):
    """With check_hostname False a good certificate for another name is accepted, and still verified."""
    pair.subject_context.check_hostname = False
    assert pair.subject_context.verify_mode is impl.CERT_REQUIRED
    pair.peer.settings.certificate = "wrong-host"
    pair.shake_hands()
    assert pair.subject.getpeercert()["subjectAltName"] == (("DNS", "other.example"),)


@pytest.mark.clause("ssl.SSLContext.check_hostname:not-verification")
def test_without_checking_a_stranger_is_still_refused(pair, impl):
    """check_hostname False does not turn off verification."""
    pair.subject_context.check_hostname = False
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20


@pytest.mark.clause("ssl.SSLContext.check_hostname:name-optional-without")
def test_without_checking_no_name_is_needed(pair):
    """With check_hostname False a client need not say a name."""
    pair.subject_context.check_hostname = False
    pair.server_hostname = None
    pair.shake_hands()
    assert pair.subject.server_hostname is None
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.check_hostname:observable")
def test_checking_that_is_turned_on_again_counts(pair, impl):
    """check_hostname may be turned off and on; what it is when the connection is made counts."""
    pair.subject_context.check_hostname = False
    pair.subject_context.check_hostname = True
    pair.peer.settings.certificate = "wrong-host"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("ssl.SSLContext:shared", "ssl.SSLContext.check_hostname:per-connection")
def test_one_context_asks_each_server_for_its_name(pair, impl):
    """The name belongs to the connection: one context makes connections to servers of different names."""
    pair.server_hostname = "server.example"
    pair.shake_hands()
    second = pair.reconnect()
    second.server_hostname = "other.example"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        second.shake_hands()
    assert caught.value.verify_code == 62
    assert pair.subject.server_hostname == "server.example"
    third = pair.reconnect()
    third.server_hostname = "127.0.0.1"
    third.shake_hands()


@pytest.mark.clause("ssl.SSLSocket.server_hostname:name")
@pytest.mark.transports("memory", "socketpair")
def test_an_address_can_be_read_back(pair):
    """server_hostname gives an address as it was passed."""
    pair.server_hostname = "127.0.0.1"
    pair.shake_hands()
    assert pair.subject.server_hostname == "127.0.0.1"


@pytest.mark.clause("RFC 6066 3:no-trailing-dot")
@pytest.mark.peers("module", "tlslite")
def test_the_server_is_asked_without_a_trailing_dot(pair):
    """What goes onto the wire has no trailing dot: "a byte string using ASCII encoding without a trailing dot"."""
    pair.subject_context.check_hostname = False
    pair.server_hostname = "localhost."
    pair.shake_hands()
    assert pair.peer.seen.server_name == "localhost"


@pytest.mark.clause("ssl.SSLContext.check_hostname:servers")
@pytest.mark.level("observed")
@pytest.mark.since("3.15")
def test_a_server_cannot_check_names(impl, pki):
    """A context that checks names makes no server, which has none to ask for: ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki["server"])
    assert context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True).server_side
    context.check_hostname = True
    with pytest.raises(ValueError):
        context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True)


@pytest.mark.clause("ssl.SSLContext.wrap_bio:parameters")
@pytest.mark.level("observed")
@pytest.mark.parametrize("kind", [bytes, bytearray], ids=["bytes", "bytearray"])
def test_a_name_may_be_bytes(pair, kind):
    """server_hostname is text, and ASCII bytes are taken for it (trio passes some)."""
    pair.server_hostname = kind(b"localhost")
    pair.shake_hands()
    assert pair.subject.server_hostname == "localhost"


@pytest.mark.clause("ssl.SSLContext.wrap_bio:name-is-text")
@pytest.mark.parametrize("wrong", [5, ["localhost"], "local\0host"], ids=["number", "list", "nul"])
def test_what_is_no_text_is_refused(impl, wrong):
    """A server_hostname that is no text, or has a NUL in it, is refused before anything is sent."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    outgoing = impl.MemoryBIO()
    with pytest.raises((TypeError, AttributeError, ValueError)):
        context.wrap_bio(impl.MemoryBIO(), outgoing, server_hostname=wrong)
    assert outgoing.pending == 0
