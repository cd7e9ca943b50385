"""Proxy certificates (RFC 3820), with which a client lends its identity, and VERIFY_ALLOW_PROXY_CERTS."""

import pytest

pytestmark = [
    pytest.mark.roles("server"),
    pytest.mark.deliveries("whole"),
]


def judge(pair, name):
    """The client presents `name` to a server that wants a certificate that root vouches for."""
    pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:refused-without", "RFC 3820 3.8:proxies")
def test_a_proxy_is_refused_by_default(pair, impl):
    """Without the flag a certificate that a client has signed for a proxy of its own is refused."""
    assert not pair.subject_context.verify_flags & impl.VERIFY_ALLOW_PROXY_CERTS
    judge(pair, "proxy")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 40


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:proxies", "RFC 3820 3.8:proxies")
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


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:proxies", "RFC 3820 3.8:lines")
@pytest.mark.parametrize(
    "name",
    ["proxy-of-proxy", "last-proxy", "proxy-of-silent"],
    ids=["proxy_of_a_proxy", "last_of_its_line", "of_one_who_may_do_anything"],
)
def test_a_line_of_proxies_is_let_in_on_request(pair, impl, name):
    """With VERIFY_ALLOW_PROXY_CERTS a proxy may have proxies, as far as ProxyCertInfo lets it."""
    judge(pair, name)
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:proxies", "RFC 3820 3.4:subject", "RFC 3820 3.8.1:length")
@pytest.mark.parametrize(
    ("name", "code"),
    [("proxy-renamed", 72), ("proxy-too-many", 38), ("proxy-of-authority", 37), ("proxy-of-agreeing", 39)],
    ids=["in_another_s_name", "too_many_in_a_line", "of_an_authority", "of_one_who_must_not_sign"],
)
def test_a_proxy_has_no_more_rights_than_its_holder(pair, impl, name, code):
    """A proxy bears its issuer's name with one common name more, and a proxy that may have none has none."""
    judge(pair, name)
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
    assert pair.peer.alert_seen == "certificate_unknown"


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:proxies", "RFC 5280 4.2:well-formed")
@pytest.mark.peers("scripted")
@pytest.mark.parametrize("name", ["proxy-negative", "proxy-malformed"], ids=["negative", "malformed"])
def test_a_malformed_proxy_is_refused(pair, impl, name):
    """Who lets in proxies lets in none whose ProxyCertInfo cannot be read."""
    judge(pair, name)
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20


@pytest.mark.clause("ssl.VERIFY_ALLOW_PROXY_CERTS:no-authorities", "RFC 5280 6.1.4:authority")
def test_allowing_proxies_makes_no_authorities(pair, impl):
    """VERIFY_ALLOW_PROXY_CERTS does not let a client sign what is no proxy certificate."""
    judge(pair, "leaf-issued")
    pair.subject_context.verify_flags |= impl.VERIFY_ALLOW_PROXY_CERTS
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code in (79, 24)
