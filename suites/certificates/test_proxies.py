"""Proxy certificates (RFC 3820), with which a client lends its identity, and VERIFY_ALLOW_PROXY_CERTS."""

import pytest

pytestmark = [
    pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS", "RFC 3820 3.8"),
    pytest.mark.roles("server"),
    pytest.mark.deliveries("whole"),
]


def judge(pair, name):
    """The client presents `name` to a server that wants a certificate that root vouches for."""
    pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None


def test_a_proxy_is_refused_by_default(pair, impl):
    """Without the flag a certificate that a client has signed for a proxy of its own is refused."""
    assert not pair.subject_context.verify_flags & impl.VERIFY_ALLOW_PROXY_CERTS
    judge(pair, "proxy")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 40


def test_a_proxy_is_let_in_on_request(pair, impl):
    """With VERIFY_ALLOW_PROXY_CERTS the proxy is let in, and known by its own certificate."""
    judge(pair, "proxy")
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    pair.shake_hands()
    assert pair.subject.getpeercert()["subject"] == (
        (("organizationName", "sslspec"),),
        (("organizationalUnitName", "proxy-holder"),),
        (("commonName", "1"),),
    )


@pytest.mark.clause("RFC 5280 6.1.4")
def test_allowing_proxies_makes_no_authorities(pair, impl):
    """VERIFY_ALLOW_PROXY_CERTS does not let a client sign what is no proxy certificate."""
    judge(pair, "leaf-issued")
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code in (79, 24)
