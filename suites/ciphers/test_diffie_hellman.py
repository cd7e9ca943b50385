"""load_dh_params(): finite field Diffie-Hellman in TLS 1.2, by the group that the server has loaded."""

import pytest

SUITE = "DHE-RSA-AES128-GCM-SHA256"


@pytest.mark.clause("ssl.SSLContext.load_dh_params:file", "ssl.SSLContext.load_dh_params:observable")
@pytest.mark.known("GraalPy's list")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "not_loaded"])
def test_a_server_agrees_on_keys_by_its_parameters(pair, impl, pki, loaded):
    """A server that has loaded parameters serves a client that knows nothing but DHE; without any it has no suite."""
    pair.subject_context.load_cert_chain(*pki["rsa"])
    pair.subject_context.set_ciphers(SUITE)
    pair.peer.settings.ciphers = SUITE
    if loaded:
        pair.subject_context.load_dh_params(pki.authority("dh-parameters"))
        pair.shake_hands()
        assert pair.subject.cipher()[0] == SUITE
        assert pair.peer.seen.cipher == SUITE
        return
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "NO_SHARED_CIPHER"


@pytest.mark.clause("ssl.SSLContext.load_dh_params:missing-file")
@pytest.mark.level("observed")
def test_a_file_without_parameters_is_refused(impl, pki, tmp_path):
    """A file that is not there raises FileNotFoundError, one without parameters SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(FileNotFoundError):
        context.load_dh_params(str(tmp_path / "missing.pem"))
    with pytest.raises(impl.SSLError):
        context.load_dh_params(pki.path("no-certificate.pem"))


@pytest.mark.clause("ssl.SSLContext.load_dh_params:not-clients")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("loaded", [True, False], ids=["loaded", "not_loaded"])
def test_a_client_needs_no_parameters(pair, pki, loaded):
    """A client that knows nothing but DHE agrees by the server's parameters, whether it has loaded any or not."""
    pair.peer.settings.certificate, pair.peer.settings.ciphers = "rsa", SUITE
    pair.subject_context.set_ciphers(SUITE)
    if loaded:
        pair.subject_context.load_dh_params(pki.authority("dh-parameters"))
    pair.shake_hands()
    assert pair.subject.cipher()[0] == SUITE
