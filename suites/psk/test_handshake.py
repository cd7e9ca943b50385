"""Handshakes with an external pre-shared key in TLS 1.3, in both roles and with a peer of another making."""

import pytest

pytestmark = [
    pytest.mark.versions("tls13"),
    pytest.mark.since("3.15"),
    pytest.mark.feature("HAS_PSK_TLS13"),
]

BOTH = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")

IDENTITY, KEY = "subject", b"0123456789abcdef0123456789abcdef"
SHA256 = "TLS_AES_128_GCM_SHA256"


def prepare(pair, key=KEY, peer=(IDENTITY, KEY)):
    """Both ends have a key; the suite's hash is the one of external keys, SHA-256."""
    asked = []

    def client(hint):
        asked.append(hint)
        return IDENTITY, key

    def server(identity):
        asked.append(identity)
        return key

    pair.subject_context.set_ciphersuites(SHA256)
    if pair.server_side:
        pair.subject_context.set_psk_server_callback(server)
    else:
        pair.subject_context.set_psk_client_callback(client)
    pair.peer.settings.psk = peer
    return asked


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:identity-and-key",
    "ssl.SSLContext.set_psk_client_callback:observable",
    "ssl.SSLContext.set_psk_server_callback:observable",
    "RFC 8446 4.2.11:external-keys",
)
@pytest.mark.known("micropython#14396")
@BOTH
@pytest.mark.deliveries("all")
def test_who_has_the_key_needs_no_certificate(pair):
    """Two ends with the same key are connected, and no certificate is shown."""
    asked = prepare(pair)
    pair.shake_hands()
    pair.greet()
    assert asked == ([IDENTITY] if pair.server_side else [None])
    assert pair.subject.getpeercert(True) is None
    assert pair.subject.get_unverified_chain() == []
    assert pair.subject.version() == "TLSv1.3"
    assert pair.subject.cipher()[0] == SHA256
    assert pair.peer.seen.certificate is None


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:session")
@pytest.mark.level("observed")
def test_it_counts_as_a_resumption(pair):
    """session_reused is True: TLS 1.3 knows tickets and external keys by the same extension."""
    prepare(pair)
    pair.shake_hands()
    assert pair.subject.session_reused is True
    assert pair.subject.server_sigalg() is None


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:key-of-identity", "RFC 8446 4.2.11:external-keys")
@pytest.mark.roles("server")
@pytest.mark.parametrize("hint", [None, "hint"], ids=["none", "some"])
def test_a_server_with_a_key_needs_no_certificate(pair, impl, hint):
    """A server that has loaded no certificate serves clients that have its key. TLS 1.3 sends no identity hint."""
    pair.subject_context = context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.set_psk_server_callback(lambda identity: KEY if identity == IDENTITY else b"", hint)
    pair.peer.settings.psk = (IDENTITY, KEY)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0].endswith("SHA256")


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:observable", "RFC 8446 4.2.11.2:binder")
@BOTH
@pytest.mark.roles("server")
def test_a_server_refuses_another_key(pair, impl):
    """A client whose key is another one under the same identity is refused, and told decrypt_error."""
    prepare(pair, b"another key")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "BINDER_DOES_NOT_VERIFY"
    assert pair.peer.alert_seen == "decrypt_error"


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:observable", "RFC 8446 4.2.11.2:binder")
@pytest.mark.roles("client")
def test_a_client_with_another_key_is_refused(pair, impl):
    """A client whose key is another one than the server's learns it by an alert."""
    prepare(pair, b"another key")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    # OpenSSL 3.0 as a peer says illegal_parameter, where RFC 8446 6.2 has decrypt_error.
    assert caught.value.reason in ("TLSV1_ALERT_DECRYPT_ERROR", "SSLV3_ALERT_ILLEGAL_PARAMETER")


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:certificates-otherwise")
@BOTH
def test_without_a_common_key_it_is_certificates(pair):
    """Where the peer knows nothing of keys the handshake goes on with certificates, which are judged as ever."""
    prepare(pair, peer=None)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session_reused is False
    if not pair.server_side:
        assert pair.subject.getpeercert(True) == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:certificates-otherwise")
@pytest.mark.roles("client")
def test_a_key_that_nobody_asked_for_vouches_for_nobody(pair, impl):
    """A client that offers a key judges the server's certificate all the same, where the server takes no key."""
    prepare(pair, peer=None)
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20


@pytest.mark.clause("RFC 8446 4.2.11:hash-of-key")
def test_external_keys_go_with_sha256(pair):
    """With a suite of another hash the key is not used: without another agreement its hash is SHA-256."""
    prepare(pair)
    pair.subject_context.set_ciphersuites("TLS_AES_256_GCM_SHA384")
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session_reused is False
    assert pair.subject.cipher()[0] == "TLS_AES_256_GCM_SHA384"


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:no-certificate-asked")
@pytest.mark.roles("server")
def test_a_client_with_a_key_is_not_asked_for_a_certificate(pair, impl):
    """Whoever has the key is authenticated: a server with CERT_REQUIRED asks for no certificate beside it."""
    prepare(pair)
    pair.subject_context.load_verify_locations(pair.pki.authority("root"))
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.shake_hands()
    pair.greet()
    assert pair.subject.getpeercert() is None


@pytest.mark.clause("RFC 8446 4.1.4:retry", "RFC 8446 4.2.11.2:binder-after-retry")
def test_a_key_survives_a_hello_retry_request(pair):
    """After a HelloRetryRequest the key is offered again, with a binder over both ClientHellos."""
    prepare(pair)
    if pair.server_side:
        pair.subject_context.set_groups("secp384r1")
    else:
        pair.peer.settings.groups = ("secp384r1",)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.group() == "secp384r1"
    assert pair.subject.session_reused is True


@pytest.mark.clause("RFC 8446 4.2.11:another-connection")
@pytest.mark.known("gh-105293")
@pytest.mark.roles("client")
def test_a_connection_with_a_key_can_be_followed_by_another(pair):
    """The tickets of a connection with a key, or the key again, lead to the next."""
    prepare(pair)
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect(session=pair.subject.session)
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is True
    assert second.subject.getpeercert(True) is None
