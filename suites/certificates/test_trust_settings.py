"""What ``openssl x509 -addtrust`` and ``-addreject`` write behind a certificate: for what an anchor is trusted."""

import base64

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
    pytest.mark.level("observed"),
]

SERVER, CLIENT, ANY = "06082b06010505070301", "06082b06010505070302", "0604551d2500"
TRUSTED = {
    "trusted": f"300c300a{SERVER}",
    "trusted_for_any": f"30083006{ANY}",
    "rejected_as_client": f"300ca00a{CLIENT}",
}
REJECTED = {
    "trusted_as_client": f"300c300a{CLIENT}",
    "rejected": f"300ca00a{SERVER}",
    "rejected_for_any": f"3008a006{ANY}",
}
MALFORMED = {"order": f"3018a00a{CLIENT}300a{SERVER}", "field": "3002a300"}


def load(pair, tmp_path, settings):
    """The subject trusts root with these settings behind it, and nothing else."""
    body = base64.encodebytes(pair.pki.der("root") + bytes.fromhex(settings)).decode()
    path = tmp_path / "trusted.pem"
    path.write_text(f"-----BEGIN TRUSTED CERTIFICATE-----\n{body}-----END TRUSTED CERTIFICATE-----\n")
    pair.subject_context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(path)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:trust-settings")
@pytest.mark.parametrize("settings", TRUSTED)
@pytest.mark.parametrize("name", ["server", "server-intermediate"], ids=["beneath", "further_down"])
def test_an_anchor_is_trusted_for_what_it_says(pair, tmp_path, settings, name):
    """A TRUSTED CERTIFICATE that is trusted for servers, or rejected for clients alone, vouches for servers."""
    load(pair, tmp_path, TRUSTED[settings])
    pair.peer.settings.certificate = name
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:trust-settings")
@pytest.mark.parametrize("settings", REJECTED)
@pytest.mark.parametrize("name", ["server", "server-intermediate"], ids=["beneath", "further_down"])
def test_an_anchor_is_trusted_for_nothing_else(pair, impl, tmp_path, settings, name):
    """One that is trusted for clients alone, or rejected for servers, vouches for no server: a bad_certificate."""
    load(pair, tmp_path, REJECTED[settings])
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 28
    assert pair.peer.alert_seen == "bad_certificate"


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:trust-settings")
@pytest.mark.parametrize("settings", MALFORMED)
def test_malformed_settings_make_no_anchor(pair, impl, tmp_path, settings):
    """Settings that cannot be read make the whole no certificate."""
    with pytest.raises(impl.SSLError):
        load(pair, tmp_path, MALFORMED[settings])
    assert pair.subject_context.cert_store_stats()["x509"] == 0
