"""A client that is asked for its certificate after the handshake: read() answers, and the program notices nothing."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.since("3.14"),
    pytest.mark.feature("HAS_PHA"),
]

BOTH = pytest.mark.peers("module", "tlslite")


def prepare(pair, certificate="client", verify="required"):
    pair.subject_context.post_handshake_auth = True
    if certificate is not None:
        pair.subject_context.load_cert_chain(*pair.pki[certificate])
    pair.peer.settings.post_handshake_auth = True
    pair.peer.settings.verify_client = verify


def be_asked(pair):
    pair.peer.request_certificate()
    pair.peer.send(b"who are you?")
    assert pair.read(12) == b"who are you?"
    pair.drive(pair.subject.write, b"!")
    assert pair.peer.receive(1) == b"!"
    pair.peer.look_again()
    return pair.peer.seen.certificate


@pytest.mark.clause(
    "ssl.SSLContext.post_handshake_auth:client-offers",
    "ssl.SSLContext.post_handshake_auth:observable",
    "ssl-tlsv1_3:requests-while-reading",
    "RFC 8446 4.6.2:request-answered",
    "ssl.SSLSocket.verify_client_post_handshake:delayed",
)
@pytest.mark.known("bpo-34670")
@BOTH
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.deliveries("whole", "split", "coalesced")
def test_it_answers_while_it_reads(pair):
    """A client with post_handshake_auth answers the question within read(), and its data follow."""
    prepare(pair)
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate is None
    assert be_asked(pair) == pair.pki.der("client")
    pair.greet()


@pytest.mark.clause("RFC 8446 4.6.2:again")
@BOTH
def test_it_may_be_asked_again(pair):
    """A client answers as often as it is asked."""
    prepare(pair)
    pair.shake_hands()
    pair.greet()
    for _ in range(2):
        assert be_asked(pair) == pair.pki.der("client")


@pytest.mark.clause("RFC 8446 4.6.2:request-answered")
@pytest.mark.parametrize(
    "name", ["client-rsa", "client-ed25519", "client-intermediate"], ids=["rsa", "ed25519", "behind_an_intermediate"]
)
def test_any_certificate(pair, name):
    """The client's key and chain are its own: they need not be of the server's kind."""
    prepare(pair, name)
    pair.shake_hands()
    pair.greet()
    assert be_asked(pair) == pair.pki.der(name)


@pytest.mark.clause("RFC 8446 4.4.2:client-empty", "RFC 8446 4.6.2:request-answered")
@BOTH
def test_without_certificate_it_says_so(pair):
    """A client without certificate answers that it has none; where that is enough the connection goes on."""
    prepare(pair, None, "optional")
    pair.shake_hands()
    pair.greet()
    assert be_asked(pair) is None
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:judged")
@pytest.mark.parametrize(
    ("certificate", "reason"),
    [(None, "TLSV13_ALERT_CERTIFICATE_REQUIRED"), ("other-client", "TLSV1_ALERT_UNKNOWN_CA")],
    ids=["none", "untrusted"],
)
def test_a_refusal_is_learnt_at_the_next_read(pair, impl, certificate, reason):
    """What the server makes of the answer comes as its alert to a later read."""
    prepare(pair, certificate)
    pair.shake_hands()
    pair.greet()
    pair.peer.request_certificate()
    pair.peer.send(b"?")
    assert pair.read(1) == b"?"
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.read, 1)
    assert caught.value.reason == reason


@pytest.mark.clause("ssl.SSLSocket.client_sigalg:name")
@pytest.mark.since("3.15")
def test_the_scheme_is_known_once_it_has_answered(pair):
    """client_sigalg() is None until the client has authenticated itself, then the scheme with which it did."""
    prepare(pair)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.client_sigalg() is None
    be_asked(pair)
    assert pair.subject.client_sigalg() == "ecdsa_secp256r1_sha256"


@pytest.mark.clause(
    "ssl.SSLContext.post_handshake_auth:client-offers",
    "ssl.SSLContext.post_handshake_auth:observable",
    "RFC 8446 4.2.6:offered-only",
)
@pytest.mark.parametrize("offered", [True, False], ids=["offered", "not_offered"])
def test_only_what_is_offered_is_asked(pair, offered):
    """A client without post_handshake_auth does not say that it could be asked, and a server then cannot."""
    prepare(pair)
    pair.subject_context.post_handshake_auth = offered
    pair.shake_hands()
    pair.greet()
    if offered:
        assert be_asked(pair) == pair.pki.der("client")
    else:
        with pytest.raises(Exception, match="EXTENSION_NOT_RECEIVED"):
            pair.peer.request_certificate()


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:server-only")
def test_a_client_asks_nobody(pair, impl):
    """verify_client_post_handshake() at a client is an SSLError, and the connection goes on."""
    prepare(pair)
    pair.shake_hands()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "NOT_SERVER"
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.post_handshake_auth:default-off", "ssl.SSLContext.post_handshake_auth:truth-value")
@pytest.mark.known("bpo-34670")
def test_the_setting_is_a_bool_that_is_off(impl):
    """post_handshake_auth is False in a new context, and takes any value as True or False."""
    for protocol in (impl.PROTOCOL_TLS_CLIENT, impl.PROTOCOL_TLS_SERVER):
        context = impl.SSLContext(protocol)
        assert context.post_handshake_auth is False
        for value in (True, False, 1, 0, "text", None):
            context.post_handshake_auth = value
            assert context.post_handshake_auth is bool(value)
