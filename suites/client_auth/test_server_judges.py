"""A server's verify_mode: whether a client is asked for a certificate, and what becomes of one that is not good."""

import pytest

pytestmark = pytest.mark.roles("server")

BOTH = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


def judge(pair, mode, *, trust="root"):
    """The subject asks clients for a certificate, and trusts what `trust` has signed."""
    pair.subject_context.verify_mode = mode
    pair.subject_context.load_verify_locations(pair.pki.authority(trust))


@pytest.mark.clause(
    "ssl.CERT_NONE:server-does-not-ask",
    "ssl.SSLContext.verify_mode:observable",
    "ssl.SSLSocket.getpeercert:no-certificate",
)
@BOTH
def test_cert_none_asks_for_nothing(pair, impl):
    """With CERT_NONE a server asks for no certificate, and gets none from a client that has one."""
    assert pair.subject_context.verify_mode is impl.CERT_NONE
    pair.peer.settings.certificate = "client"
    pair.shake_hands()
    assert pair.subject.getpeercert() is None
    assert pair.subject.getpeercert(True) is None
    pair.greet()


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:valid-passes", "ssl.SSLContext.verify_mode:observable", "RFC 5246 7.4.8:client-verify"
)
@BOTH
@pytest.mark.parametrize("mode", ["CERT_OPTIONAL", "CERT_REQUIRED"], ids=["optional", "required"])
@pytest.mark.transports("memory", "asyncio")
@pytest.mark.deliveries("all")
def test_a_trusted_client_is_let_in_and_known(pair, impl, mode):
    """A client with a certificate that the server trusts is let in, and getpeercert() tells who it is."""
    judge(pair, getattr(impl, mode))
    pair.peer.settings.certificate = "client"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("client")
    assert ("DNS", "client.example") in pair.subject.getpeercert()["subjectAltName"]
    pair.greet()


@pytest.mark.clause("ssl.CERT_OPTIONAL:client-may-pass", "RFC 8446 4.4.2:client-empty")
@BOTH
def test_cert_optional_lets_in_a_client_without_certificate(pair, impl):
    """With CERT_OPTIONAL a client may ignore the request, and is let in as nobody."""
    judge(pair, impl.CERT_OPTIONAL)
    pair.shake_hands()
    assert pair.subject.getpeercert() is None
    assert pair.subject.getpeercert(True) is None
    pair.greet()


@pytest.mark.clause("ssl.CERT_REQUIRED:missing-raises", "RFC 8446 4.4.2.4:no-certificate-refused")
@BOTH
@pytest.mark.known("CVE-2025-15346")
@pytest.mark.versions("tls13")
def test_cert_required_refuses_a_client_without_certificate(pair, impl):
    """With CERT_REQUIRED a client that sends no certificate is refused, and told that one is required.

    No certificate was there to be verified: the error is an SSLError, but no SSLCertVerificationError.
    """
    judge(pair, impl.CERT_REQUIRED)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
    assert not isinstance(caught.value, impl.SSLCertVerificationError)
    assert pair.peer.alert_seen == "certificate_required"


@pytest.mark.clause("ssl.CERT_REQUIRED:missing-raises", "RFC 5246 7.4.6:none-refused")
@BOTH
@pytest.mark.known("CVE-2025-15346")
@pytest.mark.versions("tls12")
def test_cert_required_refuses_a_client_without_certificate_in_tls12(pair, impl):
    """TLS 1.2 knows no alert for a missing certificate: the client is told handshake_failure."""
    judge(pair, impl.CERT_REQUIRED)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
    assert not isinstance(caught.value, impl.SSLCertVerificationError)
    assert pair.peer.alert_seen == "handshake_failure"
    assert not pair.peer.completes()


@pytest.mark.clause(
    "ssl.CERT_OPTIONAL:faults-abort", "RFC 5246 7.2.2:unknown-ca", "RFC 8446 4.4.2.4:unverified-refused"
)
@BOTH
@pytest.mark.parametrize("mode", ["CERT_OPTIONAL", "CERT_REQUIRED"], ids=["optional", "required"])
def test_an_untrusted_client_is_refused(pair, impl, mode):
    """A certificate that does not verify ends the handshake, even where none would have been needed."""
    judge(pair, getattr(impl, mode))
    pair.peer.settings.certificate = "other-client"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "CERTIFICATE_VERIFY_FAILED"
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:observable", "ssl.SSLContext.verify_mode:whose-trust")
def test_whom_the_server_trusts_decides(pair, impl):
    """The same client is refused by one server and let in by another that trusts its authority."""
    judge(pair, impl.CERT_REQUIRED, trust="other-root")
    pair.peer.settings.certificate = "other-client"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("other-client")
    pair.greet()


@pytest.mark.clause("ssl.CERT_OPTIONAL:needs-authorities", "ssl.CERT_REQUIRED:needs-authorities")
@pytest.mark.parametrize("mode", ["CERT_OPTIONAL", "CERT_REQUIRED"], ids=["optional", "required"])
def test_a_server_that_trusts_nobody_lets_in_no_certificate(pair, impl, mode):
    """Verification needs authorities: without any, every certificate is refused.

    The client trusts nobody either: OpenSSL would send its authorities along, and the server say 19.
    """
    pair.subject_context.verify_mode = getattr(impl, mode)
    pair.peer.settings.certificate, pair.peer.settings.trust = "client", None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("RFC 5280 4.1.2.5:validity", "RFC 8446 6.2:right-alert")
def test_an_expired_client_is_told_so(pair, impl):
    """A client whose certificate has expired is refused with certificate_expired."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = "expired-client"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 10
    assert pair.peer.alert_seen == "certificate_expired"


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:chain-sent")
def test_a_client_sends_its_intermediates(pair, impl):
    """A client behind an intermediate authority is verified by the chain that it sends along."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = "client-intermediate"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("client-intermediate")


@pytest.mark.clause("ssl-certificates:self-signed", "RFC 5280 6.1:self-signed")
@pytest.mark.parametrize("mode", ["CERT_OPTIONAL", "CERT_REQUIRED"], ids=["optional", "required"])
def test_a_client_that_vouches_for_itself_is_refused(pair, impl, mode):
    """A self-signed client is refused, and let in once its certificate itself is trusted."""
    judge(pair, getattr(impl, mode))
    context = pair.subject_context
    pair.peer.settings.certificate = "self-signed-client"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 18
    assert pair.peer.alert_seen == "unknown_ca"
    context.load_verify_locations(pair.pki.authority("self-signed-client"))
    again = pair.reconnect()
    again.shake_hands()
    assert again.subject.getpeercert(True) == pair.pki.der("self-signed-client")


@pytest.mark.clause(
    "ssl.SSLContext.load_cert_chain:any-key", "RFC 5246 7.4.8:client-verify", "RFC 8446 4.2.3:acceptable-signatures"
)
@BOTH
@pytest.mark.parametrize("name", ["client-rsa", "client-ed25519"], ids=["rsa", "ed25519"])
def test_a_client_may_have_another_kind_of_key(pair, impl, name):
    """Client and server need not have keys of the same kind."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("RFC 8446 4.4.2:large")
@pytest.mark.deliveries("whole", "coalesced", "split")
def test_a_client_certificate_may_take_several_records(pair, impl):
    """A client's certificate of more than 16 KiB is like any other."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = "large"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("large")


@pytest.mark.clause("ssl.SSLContext.check_hostname:servers-only")
def test_a_client_is_not_asked_for_a_hostname(pair, impl):
    """Hostnames are servers': a client whose certificate names another host than the server's is let in."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = "wrong-host"
    pair.shake_hands()
    assert pair.subject.getpeercert()["subjectAltName"] == (("DNS", "other.example"),)


@pytest.mark.clause("RFC 8446 4.4.2.4:data-of-refused-client")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("certificate", [None, "other-client"], ids=["none", "untrusted"])
def test_what_a_refused_client_wrote_is_never_read(pair, impl, certificate):
    """A TLS 1.3 client may write before it learns that it was refused; the server never hands that out."""
    judge(pair, impl.CERT_REQUIRED)
    pair.peer.settings.certificate = certificate
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()  # the server's flight; the client completes with it
    assert pair.peer.completes()
    pair.peer.send(b"let me in")
    pair.carry()
    for _ in range(2):
        with pytest.raises(impl.SSLError):
            pair.subject.read(100)


@pytest.mark.clause("ssl.SSLContext.set_client_sigalgs:server-untouched")
@pytest.mark.roles("server")
@pytest.mark.since("3.15")
@pytest.mark.parametrize("asking", [False, True], ids=["not_asking", "asking"])
def test_what_is_wanted_of_clients_does_not_limit_the_server(pair, impl, asking):
    """set_client_sigalgs() at a server says how clients may sign; its own key signs as ever."""
    if asking:
        pair.subject_context.load_verify_locations(pair.pki.authority("root"))
        pair.subject_context.verify_mode = impl.CERT_OPTIONAL
    pair.subject_context.set_client_sigalgs("ed25519")
    pair.shake_hands()
    pair.greet()
    assert pair.subject.server_sigalg() == "ecdsa_secp256r1_sha256"
