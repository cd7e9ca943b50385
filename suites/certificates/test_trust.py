"""Whom a context trusts: verify_mode and load_verify_locations() decide whether a good chain is accepted."""

import pytest

pytestmark = pytest.mark.roles("client")

BOTH = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:valid-passes",
    "ssl.SSLContext.load_verify_locations:cafile",
    "RFC 5280 6.1:chain-accepted",
    "RFC 8446 4.4.2:root-may-be-missing",
)
@BOTH
@pytest.mark.parametrize("name", ["server", "server-intermediate", "server-deep"], ids=["short", "longer", "deep"])
@pytest.mark.transports("memory", "asyncio")
def test_a_chain_that_ends_at_a_trusted_root_is_accepted(pair, name):
    """A server whose chain ends at a root that the client trusts is accepted, however many authorities are between."""
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)
    pair.greet()


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:invalid-raises",
    "ssl.SSLCertVerificationError:raised",
    "RFC 5246 7.2.2:unknown-ca",
    "RFC 8446 4.4.2.4:unverified-refused",
    "ssl.SSLSocket.do_handshake:alert",
)
@BOTH
@pytest.mark.deliveries("all")
def test_an_unknown_authority_is_refused(pair, impl):
    """A chain that leads to no trusted root is refused, and the server is told unknown_ca."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "CERTIFICATE_VERIFY_FAILED"
    assert caught.value.library == "SSL"
    assert caught.value.verify_code == 20
    assert caught.value.verify_message
    assert pair.peer.alert_seen == "unknown_ca"
    assert not pair.peer.completes()


@pytest.mark.clause("ssl.CERT_REQUIRED:invalid-raises", "ssl.SSLSocket.do_handshake:alert")
@pytest.mark.transports("socketpair", "tcp")
def test_a_socket_refuses_an_unknown_authority(pair, impl):
    """Over a socket, too, the handshake fails and the server is told why before the exception is raised."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:invalid-raises",
    "ssl.SSLContext.load_verify_locations:observable",
    "ssl.SSLContext.verify_mode:whose-trust",
)
def test_trust_in_one_authority_is_no_trust_in_another(pair, impl):
    """The server of root is refused by a client that trusts only other-root."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority("other-root"))
    pair.peer.settings.trust = None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl.CERT_REQUIRED:needs-authorities", "ssl.SSLContext:trusts-nobody")
def test_a_client_that_trusts_nobody_refuses_everybody(pair, impl):
    """A fresh context trusts no authority at all, not even those of the system."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.peer.settings.trust = None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:adds-up")
@pytest.mark.parametrize("name", ["server", "other-server"], ids=["first", "second"])
def test_trust_adds_up(pair, name):
    """Each load_verify_locations() adds to the authorities that are trusted already."""
    pair.subject_context.load_verify_locations(pair.pki.authority("other-root"))
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:cadata")
@pytest.mark.parametrize("form", ["pem", "der"])
def test_an_authority_given_as_data_is_trusted(pair, impl, form):
    """An authority loaded through cadata, as text or in DER, is trusted like one from a file; another is not."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(cadata=getattr(pair.pki, form)("other-root"))
    pair.peer.settings.certificate = "other-server"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("other-server")


@pytest.mark.clause("ssl.SSLContext:trust-may-grow", "ssl.SSLContext.load_verify_locations:adds-up")
def test_trust_may_be_added_to_a_context_in_use(pair, impl):
    """Certificates added to the trust store of a context that has been used count for the next connection."""
    context = pair.subject_context
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    context.load_verify_locations(pair.pki.authority("other-root"))
    again = pair.reconnect()
    again.shake_hands()
    assert again.subject.getpeercert(True) == pair.pki.der("other-server")


@pytest.mark.clause(
    "ssl.SSLCertVerificationError:verify-code", "ssl-certificates:self-signed", "RFC 5280 6.1:self-signed"
)
def test_a_self_signed_certificate_vouches_only_for_itself(pair, impl):
    """A self-signed certificate is refused with a code of its own, 18, and accepted once it is trusted itself."""
    context = pair.subject_context
    pair.peer.settings.certificate = "self-signed"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 18
    assert pair.peer.alert_seen == "unknown_ca"
    context.load_verify_locations(pair.pki.authority("self-signed"))
    again = pair.reconnect()
    again.shake_hands()
    assert again.subject.getpeercert(True) == pair.pki.der("self-signed")


@pytest.mark.clause(
    "ssl.SSLCertVerificationError:verify-code", "RFC 5280 6.1:sent-root-untrusted", "RFC 8446 4.4.2:root-may-be-missing"
)
def test_a_root_that_is_sent_is_not_trusted_for_that(pair, impl):
    """A root that the server sends along is no more trusted than before; verify_code says so with 19."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority("other-root"))
    pair.peer.settings.certificate = "with-root"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 19
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl.CERT_NONE:client-takes-anything")
@BOTH
@pytest.mark.parametrize(
    "name",
    ["other-server", "self-signed", "expired", "wrong-host", "unknown-critical"],
    ids=["unknown_ca", "self_signed", "expired", "wrong_host", "unknown_critical"],
)
def test_cert_none_accepts_just_about_anything(pair, impl, name):
    """With CERT_NONE a client ignores every fault of the server's certificate."""
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)
    pair.greet()


@pytest.mark.clause("ssl.CERT_NONE:client-takes-anything", "ssl.SSLContext.post_handshake_auth:not-verification")
@pytest.mark.known("bpo-37428")
def test_post_handshake_authentication_turns_no_verification_on(pair, impl):
    """A client with CERT_NONE that offers post-handshake authentication accepts anything as before."""
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    pair.subject_context.post_handshake_auth = True
    pair.peer.settings.certificate = "self-signed"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("self-signed")


@pytest.mark.clause("ssl.CERT_OPTIONAL:client-as-required")
@pytest.mark.parametrize(
    ("name", "code"),
    [("other-server", 20), ("expired", 10), ("wrong-host", 62)],
    ids=["unknown_ca", "expired", "wrong_host"],
)
def test_cert_optional_is_as_strict_as_required_for_a_client(pair, impl, name, code):
    """For a client CERT_OPTIONAL means the same as CERT_REQUIRED: a certificate with a fault is refused."""
    pair.subject_context.verify_mode = impl.CERT_OPTIONAL
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("ssl.SSLSocket.do_handshake:implicit")
@pytest.mark.known("bpo-30141")
@pytest.mark.parametrize("first", ["read", "write"])
def test_an_implicit_handshake_verifies_too(pair, impl, first):
    """A read() or write() that finds the handshake undone does it, and refuses what do_handshake() would refuse."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        if first == "read":
            pair.drive(pair.subject.read, 10)
        else:
            pair.drive(pair.subject.write, b"hello")
    assert caught.value.verify_code == 20
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLError:dead-afterwards")
def test_a_refused_connection_stays_refused(pair, impl):
    """After a failed verification nothing can be read or written, and no certificate of the peer's is known."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    for call, argument in ((pair.subject.read, 10), (pair.subject.write, b"hello")):
        with pytest.raises(impl.SSLError):
            pair.drive(call, argument)
    with pytest.raises(impl.SSLError):
        pair.drive(pair.subject.do_handshake)
    with pytest.raises(ValueError):
        pair.subject.getpeercert()
