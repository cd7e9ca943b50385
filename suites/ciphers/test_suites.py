"""get_ciphers(), set_ciphers() and set_ciphersuites()."""

import pytest

TLS13_SUITES = {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"}
SMALL, LARGE = "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"
FIELDS = {
    "id": int,
    "name": str,
    "protocol": str,
    "description": str,
    "strength_bits": int,
    "alg_bits": int,
    "aead": bool,
    "symmetric": str,
    "digest": (str, type(None)),
    "kea": str,
    "auth": str,
}


@pytest.mark.clause("ssl.SSLContext.get_ciphers:documented-fields")
def test_each_suite_is_described(impl):
    """Each entry of get_ciphers() is a dict of the documented fields."""
    for cipher in impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).get_ciphers():
        assert set(cipher) == set(FIELDS)
        for name, kind in FIELDS.items():
            assert isinstance(cipher[name], kind), (name, cipher)


@pytest.mark.clause("ssl.SSLContext.get_ciphers:both-kinds", "ssl-tlsv1_3:own-suites", "RFC 8446 9.1:mandatory-suite")
@pytest.mark.feature("HAS_TLSv1_3")
def test_the_suites_of_tls_1_3_are_there(impl):
    """A fresh context has the three suites of TLS 1.3 that must or should be there."""
    found = {cipher["name"]: cipher for cipher in impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).get_ciphers()}
    assert set(found) >= TLS13_SUITES
    assert found["TLS_AES_128_GCM_SHA256"]["strength_bits"] == 128
    assert all(found[name]["protocol"] == "TLSv1.3" and found[name]["aead"] for name in TLS13_SUITES)


@pytest.mark.clause(
    "ssl.SSLContext:strong-suites", "What's New 3.6:secure-defaults", "What's New 3.7:nothing-re-enabled"
)
@pytest.mark.known("bpo-27766", "bpo-31429", "bpo-27850", "bpo-23481")
def test_nothing_weak_is_offered(impl):
    """A fresh context has no RC4, 3DES, NULL, MD5, EXPORT or anonymous suite."""
    for cipher in impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).get_ciphers():
        for weak in ("RC4", "3DES", "DES-CBC", "NULL", "MD5", "EXP", "ADH", "AECDH"):
            assert weak not in cipher["name"]
        assert cipher["strength_bits"] >= 112


@pytest.mark.clause("ssl.SSLContext.set_ciphers:nothing-left")
@pytest.mark.known("urllib3#367")
@pytest.mark.feature("HAS_TLSv1_2")
def test_a_string_that_selects_nothing_is_refused(impl):
    """set_ciphers() with a string in which there is no suite raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.set_ciphers("BOGUS")


@pytest.mark.clause(
    "ssl.SSLContext.get_ciphers:both-kinds", "ssl.SSLContext.set_ciphers:tls13-untouched", "ssl-tlsv1_3:own-suites"
)
@pytest.mark.feature("HAS_TLSv1_2", "HAS_TLSv1_3")
def test_tls_1_3_does_not_listen_to_it(impl):
    """set_ciphers() chooses among suites of TLS 1.2 and below; those of 1.3 stay."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(SMALL)
    names = [cipher["name"] for cipher in context.get_ciphers()]
    assert set(names) == TLS13_SUITES | {SMALL}


@pytest.mark.clause("ssl.SSLContext.set_ciphers:chosen-in-use", "ssl.SSLContext.set_ciphers:observable")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("suite", [SMALL, LARGE], ids=["aes128", "aes256"])
def test_the_chosen_suite_is_used(pair, suite):
    """A context that allows one suite of TLS 1.2 makes a connection with that suite."""
    pair.subject_context.set_ciphers(suite)
    pair.shake_hands()
    assert pair.subject.cipher()[:2] == (suite, "TLSv1.2")
    assert pair.peer.seen.cipher == suite


@pytest.mark.clause("ssl.SSLContext.set_ciphers:observable", "RFC 8446 4.1.1:no-common-suite")
@pytest.mark.versions("tls12")
@pytest.mark.roles("server")
def test_no_common_suite_is_refused(pair, impl):
    """A server that has no suite in common with the client ends the handshake with handshake_failure."""
    pair.subject_context.set_ciphers(SMALL)
    pair.peer.settings.ciphers = LARGE
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "NO_SHARED_CIPHER"
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause("ssl.OP_CIPHER_SERVER_PREFERENCE:server-order", "ssl.SSLContext.options:observable")
@pytest.mark.versions("tls12")
@pytest.mark.roles("server")
@pytest.mark.parametrize("prefers", [True, False], ids=["server_prefers", "client_prefers"])
def test_the_option_says_whose_order_counts(pair, impl, prefers):
    """With OP_CIPHER_SERVER_PREFERENCE the server's order of suites counts, without it the client's."""
    pair.subject_context.set_ciphers(f"{SMALL}:{LARGE}")
    pair.peer.settings.ciphers = f"{LARGE}:{SMALL}"
    option = impl.OP_CIPHER_SERVER_PREFERENCE
    if prefers:
        pair.subject_context.options |= option
    else:
        pair.subject_context.options &= ~option
    pair.shake_hands()
    assert pair.subject.cipher()[0] == (SMALL if prefers else LARGE)


@pytest.mark.clause(
    "ssl.SSLContext.set_ciphersuites:chosen-in-use",
    "ssl.SSLContext.set_ciphersuites:observable",
    "What's New 3.15:suites",
)
@pytest.mark.versions("tls13")
@pytest.mark.peers("module", "tlslite", "openssl")
@pytest.mark.since("3.15")
@pytest.mark.parametrize("suite", sorted(TLS13_SUITES), ids=str.lower)
def test_the_chosen_suite_of_tls_1_3_is_used(pair, suite):
    """set_ciphersuites() chooses the suites of TLS 1.3."""
    pair.subject_context.set_ciphersuites(suite)
    pair.shake_hands()
    assert pair.subject.cipher()[:2] == (suite, "TLSv1.3")
    assert pair.peer.seen.cipher == suite


@pytest.mark.clause("ssl.SSLContext.set_ciphersuites:unknown")
@pytest.mark.since("3.15")
def test_an_unknown_suite_of_tls_1_3_is_refused(impl):
    """set_ciphersuites() with a name that is none raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.set_ciphersuites("TLS_NO_SUCH_SUITE")


@pytest.mark.clause("ssl.SSLContext.set_ciphersuites:tls12-untouched")
@pytest.mark.since("3.15")
def test_tls_1_2_does_not_listen_to_set_ciphersuites(impl):
    """set_ciphersuites() chooses among suites of TLS 1.3; those of 1.2 stay."""

    def of_tls12(context):
        return [suite["name"] for suite in context.get_ciphers() if suite["protocol"] != "TLSv1.3"]

    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    before = of_tls12(context)
    context.set_ciphersuites("TLS_AES_128_GCM_SHA256")
    assert of_tls12(context) == before
    assert before


@pytest.mark.clause(
    "ssl.SSLContext.set_ciphers:tls13-untouched",
    "ssl.SSLContext.set_ciphersuites:tls12-untouched",
    "What's New 3.15:suites-of-each-version",
)
@pytest.mark.since("3.15")
@pytest.mark.versions("tls12", "tls13")
def test_each_version_has_the_suite_that_was_set_for_it(pair):
    """Where set_ciphers() and set_ciphersuites() have both been called, the version settles whose suite is used."""
    pair.subject_context.set_ciphers(LARGE)
    pair.subject_context.set_ciphersuites("TLS_CHACHA20_POLY1305_SHA256")
    pair.shake_hands()
    used = {"TLSv1.2": LARGE, "TLSv1.3": "TLS_CHACHA20_POLY1305_SHA256"}
    assert pair.subject.cipher()[0] == used[pair.subject.version()]
    assert pair.variant.version == ("tls12" if pair.subject.version() == "TLSv1.2" else "tls13")


@pytest.mark.clause("RFC 5246 9:mandatory-suite")
@pytest.mark.versions("tls12")
def test_the_suite_that_tls_1_2_demands_is_there_on_request(pair, pki):
    """TLS_RSA_WITH_AES_128_CBC_SHA, which RFC 5246 demands and nobody should use any more, is there when named."""
    pair.subject_context.set_ciphers("AES128-SHA")
    pair.peer.settings.ciphers = "AES128-SHA"
    if pair.server_side:
        pair.subject_context.load_cert_chain(*pki["rsa"])
    else:
        pair.peer.settings.certificate = "rsa"
    pair.shake_hands()
    pair.greet()
    assert pair.subject.cipher()[0] == "AES128-SHA"


@pytest.mark.clause("ssl.OP_CIPHER_SERVER_PREFERENCE:not-clients")
@pytest.mark.versions("tls12")
@pytest.mark.roles("client")
@pytest.mark.parametrize("prefers", [True, False], ids=["set", "not_set"])
def test_the_option_is_none_of_a_client_s(pair, impl, prefers):
    """OP_CIPHER_SERVER_PREFERENCE at a client changes nothing: whose order counts is the server's affair."""
    pair.subject_context.set_ciphers(f"{SMALL}:{LARGE}")
    pair.peer.settings.ciphers = f"{LARGE}:{SMALL}"
    option = impl.OP_CIPHER_SERVER_PREFERENCE
    pair.subject_context.options = (pair.subject_context.options & ~option) | (option if prefers else 0)
    pair.shake_hands()
    assert pair.subject.cipher()[0] == LARGE
