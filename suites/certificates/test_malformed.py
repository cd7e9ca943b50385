"""Certificates that do not parse, or contradict themselves: they are refused like any other bad one."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.peers("tlslite"),
]

EACH = pytest.mark.parametrize(
    "name",
    ["duplicate-extension", "malformed-names", "contradictory-algorithm"],
    ids=["duplicate_extension", "truncated_names", "two_algorithms"],
)


@pytest.mark.clause("RFC 5280 4.1:form", "RFC 5280 4.1.1.2:algorithms-agree", "RFC 5280 4.2:once")
@EACH
def test_a_malformed_certificate_is_refused(pair, impl, name):
    """A certificate in which the DER of an extension is wrong, or says two things at once, is refused by SSLError.

    OpenSSL reports most as certificates without issuer (verify_code 20), since what is malformed matches nothing.
    """
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code != 0
    assert pair.peer.alert_seen in {
        "bad_certificate",
        "certificate_unknown",
        "unknown_ca",
        "decrypt_error",
        "decode_error",
    }


@pytest.mark.clause("ssl.CERT_NONE:client-takes-anything", "ssl.SSLSocket.getpeercert:der")
@EACH
@pytest.mark.versions("tls13")
@pytest.mark.level("observed")
def test_without_verification_it_can_be_looked_at(pair, impl, name):
    """With CERT_NONE such a certificate is accepted, and getpeercert(True) gives it as it was sent."""
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert() == {}
    assert pair.subject.getpeercert(True) == pair.pki.der(name)
