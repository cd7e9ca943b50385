"""load_cert_chain() and load_verify_locations(): what they take, what they refuse, and that it acts."""

import os
import pathlib

import pytest


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:paths")
@pytest.mark.known("pypy#4001")
@pytest.mark.roles("server")
@pytest.mark.parametrize("kind", [str, os.fsencode, pathlib.Path], ids=["str", "bytes", "path"])
def test_a_file_may_be_named_in_three_ways(pair, kind):
    """certfile and keyfile may be str, bytes or path-like."""
    certificate, key = pair.pki["server"]
    pair.subject_context.load_cert_chain(kind(certificate), kind(key))
    pair.shake_hands()


@pytest.mark.clause(
    "ssl.SSLContext.load_cert_chain:presented",
    "ssl.SSLContext.load_cert_chain:observable",
    "ssl.SSLContext.load_cert_chain:replaces",
)
@pytest.mark.roles("server")
def test_the_last_certificate_loaded_is_presented(pair, impl):
    """A second chain for the same type of key takes the place of the first."""
    pair.subject_context.load_cert_chain(*pair.pki["other-server"])
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "TLSV1_ALERT_UNKNOWN_CA"


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:missing-file")
def test_a_missing_file_is_an_oserror(impl, tmp_path):
    """A certificate file that does not exist raises FileNotFoundError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(FileNotFoundError):
        context.load_cert_chain(str(tmp_path / "missing.pem"))


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:no-certificate", "ssl-certificates:pem")
def test_a_file_without_certificate_is_an_sslerror(impl, tmp_path):
    """A file that holds no PEM certificate raises SSLError."""
    empty = tmp_path / "empty.pem"
    empty.write_bytes(b"no certificate here\n")
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(impl.SSLError):
        context.load_cert_chain(str(empty))


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:key-missing")
def test_a_certificate_without_its_key_is_refused(impl, pki):
    """Without keyfile the key must be in certfile; a file with the certificate alone raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(impl.SSLError):
        context.load_cert_chain(pki["server"].chain)


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:key-beside", "ssl-certificates:key-in-front")
def test_a_key_beside_its_certificate_is_found(impl, pki, tmp_path):
    """A file that holds key and certificates needs no keyfile."""
    both = tmp_path / "both.pem"
    both.touch(mode=0o600)
    certificate, key = pki["server"]
    both.write_bytes(pathlib.Path(key).read_bytes() + pathlib.Path(certificate).read_bytes())
    impl.SSLContext(impl.PROTOCOL_TLS_SERVER).load_cert_chain(str(both))


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:key-mismatch")
def test_a_key_of_another_certificate_is_refused(impl, pki):
    """A key that does not belong to the certificate raises SSLError with reason KEY_VALUES_MISMATCH."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(impl.SSLError) as caught:
        context.load_cert_chain(pki["server"].chain, pki["other-server"].key)
    assert caught.value.reason == "KEY_VALUES_MISMATCH"


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:certfile-needed")
def test_nothing_is_no_certificate(impl):
    """certfile must be given."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(TypeError):
        context.load_cert_chain(None)
    with pytest.raises(TypeError):
        context.load_cert_chain()


@pytest.mark.clause("ssl.SSLContext.load_cert_chain:failure-harmless")
@pytest.mark.roles("server")
def test_a_failed_load_leaves_what_was_loaded(pair, impl, tmp_path):
    """A context whose load_cert_chain() failed goes on presenting the certificate that it had."""
    with pytest.raises(OSError):
        pair.subject_context.load_cert_chain(str(tmp_path / "missing.pem"))
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:cafile", "ssl-certificates:pem")
@pytest.mark.known("pypy#4001")
@pytest.mark.roles("client")
@pytest.mark.parametrize("kind", [str, os.fsencode, pathlib.Path], ids=["str", "bytes", "path"])
def test_an_authority_is_loaded_from_a_file(pair, impl, kind):
    """cafile names a file of CA certificates, which are trusted from then on."""
    pair.peer.settings.certificate = "other-server"
    pair.subject_context.load_verify_locations(cafile=kind(pair.pki.authority("other-root")))
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:cadata")
@pytest.mark.roles("client")
@pytest.mark.parametrize("form", ["pem", "der"])
def test_an_authority_is_loaded_from_memory(pair, impl, form):
    """cadata is PEM text or DER bytes."""
    pem = pathlib.Path(pair.pki.authority("other-root")).read_text(encoding="ascii")
    pair.peer.settings.certificate = "other-server"
    cadata = pem if form == "pem" else pair.pki.der("other-root")
    pair.subject_context.load_verify_locations(cadata=cadata)
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:something-needed")
def test_one_of_the_three_must_be_given(impl):
    """Without cafile, capath and cadata load_verify_locations() raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        context.load_verify_locations()
    with pytest.raises(TypeError):
        context.load_verify_locations(None, None, None)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:missing-file")
def test_a_missing_authority_is_an_oserror(impl, tmp_path):
    """A cafile that does not exist raises FileNotFoundError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(FileNotFoundError):
        context.load_verify_locations(cafile=str(tmp_path / "missing.pem"))


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:no-certificate")
@pytest.mark.known("bpo-43920")
@pytest.mark.parametrize("cadata", ["no certificate", b"no certificate"], ids=["text", "bytes"])
def test_data_without_certificate_is_refused(impl, cadata):
    """cadata in which there is no certificate raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.load_verify_locations(cadata=cadata)
    assert context.cert_store_stats()["x509"] == 0


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:empty")
@pytest.mark.known("bpo-43920")
def test_empty_data_is_refused(impl):
    """Empty cadata raises ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.load_verify_locations(cadata="")


@pytest.mark.clause("ssl.SSLContext.cert_store_stats:counts", "ssl.SSLContext.cert_store_stats:no-duplicates")
@pytest.mark.known("truststore#47")
def test_the_store_counts_what_was_loaded(impl, pki):
    """cert_store_stats() counts certificates and those among them that are authorities; a second load adds nothing."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=pki.authority("root"))
    assert context.cert_store_stats() == {"crl": 0, "x509_ca": 1, "x509": 1}
    context.load_verify_locations(cafile=pki.authority("root"))
    assert context.cert_store_stats() == {"crl": 0, "x509_ca": 1, "x509": 1}
    context.load_verify_locations(cafile=pki.authority("other-root"))
    assert context.cert_store_stats() == {"crl": 0, "x509_ca": 2, "x509": 2}


@pytest.mark.clause("ssl.SSLContext.get_ca_certs:dicts", "ssl.SSLContext.get_ca_certs:der")
@pytest.mark.known("truststore#47")
def test_the_authorities_can_be_read_back(impl, pki):
    """get_ca_certs() gives what getpeercert() would for each CA, or its DER bytes with binary_form."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=pki.authority("root"))
    assert context.get_ca_certs(binary_form=True) == [pki.der("root")]
    (described,) = context.get_ca_certs()
    assert described["subject"] == described["issuer"]
    assert {"notBefore", "notAfter", "serialNumber", "version"} <= set(described)


@pytest.mark.clause("ssl-certificates:chain-order", "ssl.SSLContext.load_cert_chain:chain-sent")
@pytest.mark.roles("server")
@pytest.mark.parametrize("sent", ["whole", "alone"])
def test_a_chain_is_sent_from_its_file(pair, impl, pki, sent):
    """The authorities behind the certificate in its file are sent along; without them who trusts the root refuses."""
    if sent == "whole":
        pair.subject_context.load_cert_chain(pki.path("key-and-chain.pem"))
        pair.shake_hands()
        return
    pair.subject_context.load_cert_chain(*pki["no-intermediate"])
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "TLSV1_ALERT_UNKNOWN_CA"


@pytest.mark.clause("What's New 3.12:any-truth")
@pytest.mark.since("3.12")
@pytest.mark.parametrize(("value", "true"), [("yes", True), ([], False)], ids=["true", "false"])
def test_anything_is_true_or_false(impl, pki, value, true):
    """An argument that is a boolean may be anything that is true or false."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pki.authority())
    assert context.get_ca_certs(value) == context.get_ca_certs(true)
    assert context.get_ca_certs(value) != context.get_ca_certs(not true)
