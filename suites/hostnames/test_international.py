"""Internationalised names: U-labels are asked for, A-labels stand in certificates."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]

BUECHER = "b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example"


@pytest.mark.clause("RFC 5280 7.2:a-labels", "RFC 6125 6.4.2:a-labels", "What's New 3.7:idn")
@pytest.mark.known("gevent's skip list")
@pytest.mark.parametrize(
    "host",
    [BUECHER, BUECHER.upper(), "xn--bcher-kva.example", "XN--BCHER-KVA.example"],
    ids=["u_label", "u_label_in_upper", "a_label", "a_label_in_upper"],
)
def test_u_label_and_a_label_are_one_name(pair, host):
    """A name may be asked for in either form; the certificate has it as an A-label."""
    pair.peer.settings.certificate = "idna"
    pair.server_hostname = host
    pair.shake_hands()
    assert pair.subject.getpeercert()["subjectAltName"] == (("DNS", "xn--bcher-kva.example"),)


@pytest.mark.clause("RFC 6125 6.4.2:a-labels")
@pytest.mark.parametrize("host", ["bucher.example", "bcher-kva.example"], ids=["without_diaeresis", "without_prefix"])
def test_what_looks_like_it_is_another_name(pair, impl, host):
    """Names are not made similar before they are compared."""
    pair.peer.settings.certificate = "idna"
    pair.server_hostname = host
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 5280 7.2:a-labels", "RFC 6125 6.4.2:u-label-in-certificate")
@pytest.mark.known("urllib3#1405")
@pytest.mark.parametrize("host", [BUECHER, "xn--bcher-kva.example"], ids=["u_label", "a_label"])
def test_a_u_label_in_a_certificate_matches_nothing(pair, impl, host):
    """A dNSName holds ASCII; what stands there in UTF-8 is nobody's name."""
    pair.peer.settings.certificate = "idna-u-label"
    pair.server_hostname = host
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("ssl.SSLSocket.server_hostname:a-label", "What's New 3.7:idn")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.known("bpo-28414")
def test_server_hostname_is_always_ascii(pair):
    """server_hostname gives the A-label of a name that was passed as a U-label, before the handshake as after it."""
    pair.peer.settings.certificate = "idna"
    pair.server_hostname = BUECHER
    assert pair.subject.server_hostname == "xn--bcher-kva.example"
    pair.shake_hands()
    assert pair.subject.server_hostname == "xn--bcher-kva.example"


@pytest.mark.clause("ssl.SSLContext.wrap_bio:name-is-text", "RFC 6125 6.4.2:no-label")
@pytest.mark.parametrize(
    "host",
    ["\N{LATIN SMALL LETTER U WITH DIAERESIS}" * 64, "a" * 64, "a..b"],
    ids=["long", "long_ascii", "empty_label"],
)
def test_a_name_that_idna_does_not_know_is_refused(impl, host):
    """A label that is empty or too long is no label: wrap_bio() raises ValueError (UnicodeError is one)."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_hostname=host + ".example")
