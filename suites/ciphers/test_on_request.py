"""Suites of TLS 1.2 that only those get who ask for them: Camellia, anonymous ones, and those without encryption."""

import pytest

pytestmark = [
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
    pytest.mark.clause("ssl.SSLContext.set_ciphers:list-format"),
]

CAMELLIA = (
    "CAMELLIA128-SHA",
    "CAMELLIA256-SHA256",
    "ECDHE-RSA-CAMELLIA128-SHA256",
    "ECDHE-RSA-CAMELLIA256-SHA384",
    "DHE-RSA-CAMELLIA256-SHA",
)
ANONYMOUS = ("ADH-AES128-GCM-SHA256", "ADH-AES256-SHA", "AECDH-AES128-SHA", "ADH-CAMELLIA128-SHA256")
UNENCRYPTED = ("NULL-SHA", "NULL-SHA256", "ECDHE-RSA-NULL-SHA", "AECDH-NULL-SHA")


def ask(pair, impl, suite, level=0):
    """Both ends ask for the suite, and verify nothing."""
    cipher_string = f"{suite}:@SECLEVEL={level}"
    context = pair.subject_context
    if pair.server_side:
        context.load_cert_chain(*pair.pki["rsa"])
        context.load_dh_params(pair.pki.path("dh-parameters.pem"))
    else:
        context.check_hostname = False
        context.verify_mode = impl.CERT_NONE
        pair.peer.settings.certificate = "rsa"
    context.set_ciphers(cipher_string)
    pair.peer.settings.ciphers = cipher_string
    pair.peer.settings.trust = None


@pytest.mark.parametrize("suite", [*CAMELLIA, *ANONYMOUS, *UNENCRYPTED], ids=str.lower)
def test_who_asks_for_it_gets_it(pair, impl, suite):
    """A suite that both ends name connects them, at security level 0, and carries data."""
    ask(pair, impl, suite)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0] == suite
    if suite in ANONYMOUS:
        assert pair.subject.getpeercert(True) is None


@pytest.mark.parametrize("suite", CAMELLIA[-1:], ids=str.lower)
def test_camellia_is_strong_enough(pair, impl, suite):
    """Camellia is not in the default list, but any security level up to 2 allows it."""
    ask(pair, impl, suite, level=2)
    pair.shake_hands()
    assert pair.subject.cipher()[0] == suite


@pytest.mark.parametrize("suite", [ANONYMOUS[0], UNENCRYPTED[1]], ids=str.lower)
def test_no_security_level_above_0_allows_it(pair, impl, suite):
    """At security level 1 nobody is anonymous, and nothing goes unencrypted, whatever the cipher string names."""
    ask(pair, impl, suite)
    pair.subject_context.set_ciphers(f"{suite}:@SECLEVEL=1")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason in ("NO_CIPHERS_AVAILABLE", "NO_SHARED_CIPHER")


@pytest.mark.roles("client")
@pytest.mark.parametrize("words", ["DEFAULT", "HIGH", "ALL"], ids=str.lower)
def test_nobody_gets_it_who_does_not_ask(pair, impl, words):
    """Neither the default list nor a class of suites has those without encryption."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(f"{words}:@SECLEVEL=0")
    names = {cipher["name"] for cipher in context.get_ciphers()}
    assert names.isdisjoint(UNENCRYPTED)
    if words == "DEFAULT":
        assert names.isdisjoint(ANONYMOUS)


@pytest.mark.roles("client")
@pytest.mark.clause("ssl.CERT_REQUIRED:anonymous-refused")
def test_a_client_that_wants_a_certificate_is_never_connected_without(pair, impl):
    """CERT_REQUIRED: "an SSLError will be raised if no certificate is provided", in an anonymous suite too."""
    ask(pair, impl, ANONYMOUS[0])
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


@pytest.mark.roles("server")
@pytest.mark.clause("ssl.CERT_REQUIRED:anonymous-refused", "RFC 5246 7.4.4:anonymous-asks-nothing")
def test_a_server_that_wants_a_certificate_is_not_anonymous(pair, impl):
    """An anonymous server cannot ask for a certificate, so that one that has to is not connected."""
    ask(pair, impl, ANONYMOUS[0])
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.handshake_complete
