"""Keys and signatures that are too weak for the security level that every context has."""

import pytest

pytestmark = pytest.mark.deliveries("whole")

WEAK = pytest.mark.parametrize(
    ("name", "code"),
    [("weak-rsa", 66), ("weak-issuer", 67), ("sha1", 68)],
    ids=["key", "key_of_the_issuer", "signature"],
)


def present(pair, name):
    """The peer presents `name`, which it may because it has lowered its own security level."""
    pair.peer.settings.ciphers = "DEFAULT:@SECLEVEL=0"
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


@pytest.mark.clause("ssl.SSLContext:level-2", "ssl.SSLContext.security_level:forbids", "What's New 3.10:level-2")
@WEAK
def test_weak_certificates_are_refused(pair, impl, name, code):
    """RSA keys of 1024 bits, the peer's or its issuer's, and signatures with SHA-1 are below security level 2."""
    assert pair.subject_context.security_level >= 2
    present(pair, name)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
    assert pair.peer.alert_seen == "bad_certificate"


@pytest.mark.clause("ssl.SSLContext.security_level:forbids")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
def test_a_weak_key_is_told_before_anything_else(pair, impl):
    """Of a certificate that nobody vouches for, and whose key is too weak, verify_code says the latter."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    present(pair, "weak-rsa")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 66


@pytest.mark.clause("ssl.SSLContext.set_ciphers:security-level-word", "ssl.SSLContext.security_level:lowered")
@WEAK
def test_weak_certificates_are_accepted_on_request(pair, name, code):
    """A context that lowers its security level to 0 accepts them."""
    pair.subject_context.set_ciphers("DEFAULT:@SECLEVEL=0")
    assert pair.subject_context.security_level == 0
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.SSLContext:every-good-key",
    "RFC 5246 7.4.1.4.1:signature-algorithms",
    "RFC 8446 4.2.3:acceptable-signatures",
    "RFC 8446 4.4.2.2:key-fits-signature",
    "RFC 8446 9.1:mandatory-signatures",
)
@pytest.mark.roles("client")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.parametrize(
    "name",
    ["rsa", "p384", "p521", "ed25519", "ed448", "rsa-pss"],
    ids=["rsa", "p384", "p521", "ed25519", "ed448", "rsa_pss"],
)
def test_every_kind_of_key_is_accepted(pair, name):
    """RSA, ECDSA on three curves, Ed25519, Ed448 and RSASSA-PSS keys all prove who the server is."""
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.SSLContext:every-good-key", "RFC 5280 6.1.3:signature", "RFC 8446 4.2.3:signatures-on-certificates"
)
@pytest.mark.roles("client")
@pytest.mark.parametrize(
    ("name", "authority"),
    [("rsa-signed", "rsa-root"), ("pss-signed", "pss-root"), ("ed25519-signed", "ed25519-root")],
    ids=["rsa", "rsa_pss", "ed25519"],
)
def test_every_kind_of_signature_is_verified(pair, impl, name, authority):
    """Certificates signed with RSA, RSASSA-PSS and Ed25519 are accepted from whom is trusted, and only then."""
    context = pair.subject_context
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20
    context.load_verify_locations(pair.pki.authority(authority))
    pair.reconnect().shake_hands()
