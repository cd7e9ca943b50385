"""Signature algorithms: get_sigalgs(), set_client_sigalgs() and set_server_sigalgs() of 3.15, and what they change."""

import pytest

pytestmark = pytest.mark.since("3.15")

tls13 = pytest.mark.versions("tls13")


@pytest.mark.clause("ssl.get_sigalgs:listed", "ssl.get_sigalgs:usable", "What's New 3.15:signature-algorithms")
def test_the_algorithms_that_are_listed_can_be_set(impl):
    """get_sigalgs() lists names, those that TLS 1.3 demands among them; each may be set for clients and servers."""
    names = impl.get_sigalgs()
    assert isinstance(names, list)
    assert {"ecdsa_secp256r1_sha256", "rsa_pss_rsae_sha256"} <= set(names)
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    for name in names:
        context.set_client_sigalgs(name)
        context.set_server_sigalgs(name)


@pytest.mark.clause("ssl.SSLContext.set_client_sigalgs:unknown", "ssl.SSLContext.set_server_sigalgs:unknown")
@pytest.mark.parametrize("setter", ["set_client_sigalgs", "set_server_sigalgs"])
def test_an_unknown_algorithm_is_refused(impl, setter):
    """A name that is no algorithm raises SSLError, also beside one that is; what is no text raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    for wrong in ("no-such-algorithm", "ed25519:no-such-algorithm", "", "?no-such-algorithm"):
        with pytest.raises(impl.SSLError):
            getattr(context, setter)(wrong)
    with pytest.raises(TypeError):
        getattr(context, setter)(None)


@pytest.mark.clause(
    "ssl.SSLContext.set_server_sigalgs:allowed",
    "ssl.SSLContext.set_server_sigalgs:observable",
    "What's New 3.15:signature-algorithms",
)
@tls13
@pytest.mark.parametrize("algorithm", ["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"])
def test_a_server_signs_with_the_algorithm_that_was_set(couple, pki, algorithm):
    """A server with an RSA key proves itself by the algorithm of set_server_sigalgs(), and both ends say so."""
    couple.server_context.load_cert_chain(*pki["rsa"])
    couple.server_context.set_server_sigalgs(algorithm)
    couple.shake_hands()
    assert (couple.server.server_sigalg(), couple.client.server_sigalg()) == (algorithm, algorithm)


@pytest.mark.clause("ssl.SSLContext.set_server_sigalgs:observable", "RFC 8446 4.2.3:none-in-common")
@tls13
@pytest.mark.level("should")
@pytest.mark.roles("server")
def test_a_server_that_cannot_sign_so_refuses(pair, impl):
    """A server whose key cannot sign as set_server_sigalgs() wants it ends the handshake.

    RFC 8446 4.4.2.2 wants handshake_failure; OpenSSL, which then cannot do TLS 1.3 at all, says protocol_version.
    """
    pair.subject_context.set_server_sigalgs("ed25519")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen in {"handshake_failure", "protocol_version"}


@pytest.mark.clause("ssl.SSLContext.set_client_sigalgs:allowed", "ssl.SSLContext.set_client_sigalgs:observable")
@tls13
@pytest.mark.parametrize("algorithm", ["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha512"])
def test_a_client_signs_with_the_algorithm_that_was_set(couple, impl, pki, algorithm):
    """A client proves itself by an algorithm that the server's set_client_sigalgs() allows, and both ends say so."""
    couple.client_context.load_cert_chain(*pki["client-rsa"])
    couple.server_context.load_verify_locations(pki.authority())
    couple.server_context.verify_mode = impl.CERT_REQUIRED
    couple.server_context.set_client_sigalgs(algorithm)
    couple.shake_hands()
    assert (couple.server.client_sigalg(), couple.client.client_sigalg()) == (algorithm, algorithm)


@pytest.mark.clause("ssl.SSLContext.set_client_sigalgs:observable")
@tls13
@pytest.mark.roles("server")
@pytest.mark.parametrize("allowed", [True, False], ids=["allowed", "other"])
def test_a_client_that_cannot_sign_so_is_not_let_in(pair, impl, pki, allowed):
    """A client whose key cannot sign as set_client_sigalgs() allows is not let in; where it can, it is."""
    pair.peer.settings.certificate = "client"
    pair.subject_context.load_verify_locations(pki.authority())
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.subject_context.set_client_sigalgs("ecdsa_secp256r1_sha256" if allowed else "ed25519")
    if allowed:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


@pytest.mark.clause("RFC 8446 4.2.3:no-pkcs1")
def test_no_handshake_of_tls_1_3_is_signed_with_pkcs_1(couple, impl, pki):
    """An RSA key signs a TLS 1.3 handshake with RSASSA-PSS, and one of TLS 1.2 with whatever is agreed."""
    couple.server_context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    couple.server_context.load_cert_chain(*pki["rsa"])
    couple.shake_hands()
    algorithm = couple.client.server_sigalg()
    assert algorithm.startswith("rsa_")
    assert couple.variant.version == "tls12" or algorithm.startswith("rsa_pss_rsae_")
