"""What a certificate may be used for: extended key usage and key usage, for servers and for clients."""

import pytest

pytestmark = pytest.mark.deliveries("whole")


def present(pair, name):
    """The peer presents `name`, and the subject, whichever role it has, wants a certificate that root vouches for."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


@pytest.mark.clause("RFC 5280 4.2.1.12:server-purpose")
@pytest.mark.roles("client")
@pytest.mark.parametrize("name", ["server-only", "no-purpose"], ids=["server", "unrestricted"])
def test_a_server_may_use_a_certificate_for_servers(pair, name):
    """A server gets through with extended key usage serverAuth, and without the extension."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("RFC 5280 4.2.1.12:server-purpose")
@pytest.mark.roles("client")
@pytest.mark.parametrize(
    "name", ["client-only", "code-only", "clients-issuer"], ids=["client", "code", "issuer_for_clients"]
)
def test_a_server_may_not_use_another_certificate(pair, impl, name):
    """A server whose certificate, or whose authority, is for other purposes only is refused."""
    present(pair, name)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 26
    assert pair.peer.alert_seen == "unsupported_certificate"


@pytest.mark.clause("RFC 5280 4.2.1.12:client-purpose")
@pytest.mark.roles("server")
@pytest.mark.parametrize(
    "name", ["client-only", "no-purpose", "clients-issuer"], ids=["client", "unrestricted", "issuer_for_clients"]
)
def test_a_client_may_use_a_certificate_for_clients(pair, name):
    """A client gets through with extended key usage clientAuth, and without the extension."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("RFC 5280 4.2.1.12:client-purpose")
@pytest.mark.roles("server")
@pytest.mark.parametrize("name", ["server-only", "code-only"], ids=["server", "code"])
def test_a_client_may_not_use_another_certificate(pair, impl, name):
    """A client whose certificate is for other purposes only is refused."""
    present(pair, name)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 26
    assert pair.peer.alert_seen == "unsupported_certificate"


@pytest.mark.clause("RFC 5280 4.2.1.3:key-usage-handshake")
@pytest.mark.versions("tls13")
def test_a_key_for_signing_certificates_signs_no_handshake(pair, impl):
    """Key usage keyCertSign alone is no use in TLS 1.3, where each side proves itself by signing."""
    present(pair, "signs-certificates-only")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 26
    assert pair.peer.alert_seen == "unsupported_certificate"


@pytest.mark.clause("RFC 5280 4.2.1.3:encipherment", "RFC 8446 4.4.2.2:digital-signature")
@pytest.mark.versions("tls13")
@pytest.mark.roles("server")
def test_a_server_signs_with_no_key_for_encipherment(pair, impl):
    """A TLS 1.3 server whose certificate has a key usage without digitalSignature does not sign a handshake with it.

    "The certificate MUST allow the key to be used for signing (i.e., the digitalSignature bit MUST be set if the Key
    Usage extension is present)". OpenSSL looks at the bit for TLS 1.2 only.
    """
    pair.subject_context.load_cert_chain(*pair.pki["encipherment-only"])
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("RFC 5280 4.2.1.3:encipherment", "RFC 8446 4.4.2.2:checked-by-client")
@pytest.mark.versions("tls13")
@pytest.mark.roles("client")
@pytest.mark.level("should")
def test_a_client_takes_no_signature_of_a_key_for_encipherment(pair, impl):
    """A client refuses a server that signs although its certificate says that the key is for other purposes."""
    present(pair, "encipherment-only")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


STATIC, SIGNED = "AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256"


def speak(pair, suite, certificate):
    """Both ends have this suite of TLS 1.2, and the server this certificate."""
    pair.subject_context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    if pair.server_side:
        pair.subject_context.load_cert_chain(*pair.pki[certificate])
    else:
        present(pair, certificate)


@pytest.mark.clause("RFC 5246 7.4.2:encipherment", "RFC 5246 7.4.2:signing")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize(
    ("suite", "certificate"),
    [(STATIC, "rsa-encipherment-only"), (SIGNED, "rsa-signature-only"), (STATIC, "rsa")],
    ids=["encipherment", "signature", "unrestricted"],
)
def test_a_key_does_what_its_usage_says(pair, suite, certificate):
    """Static RSA encrypts to the server's key, the other exchanges are signed with it: one bit of key usage each."""
    speak(pair, suite, certificate)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0] == suite


@pytest.mark.clause("RFC 5246 7.4.2:encipherment", "RFC 5246 7.4.2:signing")
@pytest.mark.versions("tls12")
@pytest.mark.level("should")
@pytest.mark.parametrize(
    ("suite", "certificate"),
    [(SIGNED, "rsa-encipherment-only"), (STATIC, "rsa-signature-only")],
    ids=["signature", "encipherment"],
)
def test_a_key_does_nothing_else(pair, impl, suite, certificate):
    """What the key usage does not name is not done with the key. OpenSSL takes any use for any."""
    speak(pair, suite, certificate)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


@pytest.mark.clause("RFC 5280 4.2.1.12:any-purpose")
@pytest.mark.level("observed")
def test_any_extended_key_usage_alone_is_refused(pair, impl):
    """anyExtendedKeyUsage does not stand for serverAuth or clientAuth.

    RFC 5280 leaves it to the application whether it requires a particular purpose to be present.
    """
    present(pair, "any-purpose")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 26
