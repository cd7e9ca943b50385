"""A client with and without a certificate: what the server gets to see, and how the client learns that it failed."""

import pytest

pytestmark = pytest.mark.roles("client")

BOTH = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:presented", "RFC 5246 7.4.6:client-certificate")
@BOTH
@pytest.mark.transports("memory", "asyncio")
@pytest.mark.deliveries("all")
def test_the_server_gets_the_certificate_that_was_loaded(pair):
    """A client sends the certificate of load_cert_chain() to a server that asks for one."""
    pair.peer.settings.verify_client = "optional"
    pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate == pair.pki.der("client")


@pytest.mark.clause(
    "ssl.CERT_OPTIONAL:client-may-pass", "RFC 5246 7.4.6:client-certificate", "RFC 8446 4.4.2:client-empty"
)
@BOTH
def test_a_client_without_certificate_may_ignore_the_request(pair):
    """Asked for a certificate that it does not have, a client sends none and goes on."""
    pair.peer.settings.verify_client = "optional"
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate is None


@pytest.mark.clause("ssl.CERT_NONE:server-does-not-ask", "RFC 8446 4.3.2:asked-only")
@BOTH
def test_a_certificate_is_not_sent_unasked(pair):
    """A client that is not asked for its certificate does not show it."""
    pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate is None


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:any-key")
@pytest.mark.parametrize(
    "name", ["client-rsa", "client-ed25519", "client-intermediate"], ids=["rsa", "ed25519", "behind_an_intermediate"]
)
def test_any_certificate_with_any_server(pair, name):
    """The client's key and chain are its own: they need not be of the server's kind."""
    pair.peer.settings.verify_client = "required"
    pair.subject_context.load_cert_chain(*pair.pki[name])
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:observable", "ssl.SSLContext.load_cert_chain:replaces")
def test_the_chain_loaded_last_is_sent(pair):
    """load_cert_chain() a second time, with a key of the same kind, replaces the first certificate."""
    pair.peer.settings.verify_client = "required"
    pair.subject_context.load_cert_chain(*pair.pki["other-client"])
    pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate == pair.pki.der("client")


@pytest.mark.clause("ssl.SSLError:alert-received", "RFC 5246 7.4.6:client-learns")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize(
    ("certificate", "reason"),
    [(None, "SSLV3_ALERT_HANDSHAKE_FAILURE"), ("other-client", "TLSV1_ALERT_UNKNOWN_CA")],
    ids=["none", "untrusted"],
)
def test_in_tls12_the_handshake_fails(pair, impl, certificate, reason):
    """In TLS 1.2 a client learns within the handshake that the server has refused it."""
    pair.peer.settings.verify_client = "required"
    if certificate:
        pair.subject_context.load_cert_chain(*pair.pki[certificate])
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.do_handshake)
    assert caught.value.reason == reason
    assert not isinstance(caught.value, impl.SSLCertVerificationError)
    assert not pair.peer.completes()


@pytest.mark.clause("ssl.SSLError:alert-received", "ssl-tlsv1_3:client-judged-later")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize(
    ("certificate", "reason"),
    [(None, "TLSV13_ALERT_CERTIFICATE_REQUIRED"), ("other-client", "TLSV1_ALERT_UNKNOWN_CA")],
    ids=["none", "untrusted"],
)
def test_in_tls13_the_next_read_fails(pair, impl, certificate, reason):
    """In TLS 1.3 the client's handshake is complete before the server has judged it: the first read() fails."""
    pair.peer.settings.verify_client = "required"
    if certificate:
        pair.subject_context.load_cert_chain(*pair.pki[certificate])
    pair.drive(pair.subject.do_handshake)
    assert pair.subject.version() == "TLSv1.3"
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.read, 100)
    assert caught.value.reason == reason
    assert not isinstance(caught.value, impl.SSLCertVerificationError)
    assert not pair.peer.completes()


@pytest.mark.clause("RFC 8446 4.4.2.4:data-of-refused-client")
@pytest.mark.versions("tls13")
def test_what_a_refused_client_writes_is_lost(pair, impl):
    """In TLS 1.3 a client that will be refused can still write(), and never gets to know more than the refusal."""
    pair.peer.settings.verify_client = "required"
    pair.drive(pair.subject.do_handshake)
    assert pair.drive(pair.subject.write, b"let me in") == 9
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.read, 100)
    assert caught.value.reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLError:alert-received", "ssl-tlsv1_3:client-judged-later")
@pytest.mark.transports("socketpair", "tcp")
@pytest.mark.versions("tls13")
def test_a_refused_socket_raises_in_recv(pair, impl):
    """On a socket, too, a TLS 1.3 client learns of its refusal from recv(), not from do_handshake()."""
    pair.peer.settings.verify_client = "required"
    pair.subject.do_handshake()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.recv(100)
    assert caught.value.reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED"
