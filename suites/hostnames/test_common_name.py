"""The common name of the subject as a last resort, and hostname_checks_common_name, which ends that."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def ask(pair, name, host):
    """The client asks for `host`, and the server presents `name`."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.server_hostname = host


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:default")
@pytest.mark.parametrize("protocol", ["PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER"], ids=str.lower)
def test_the_default_is_to_look(impl, protocol):
    """hostname_checks_common_name is True in a new context, and a truth value when set."""
    context = impl.SSLContext(getattr(impl, protocol))
    assert context.hostname_checks_common_name is True
    context.hostname_checks_common_name = False
    assert context.hostname_checks_common_name is False
    context.hostname_checks_common_name = 1
    assert context.hostname_checks_common_name is True


@pytest.mark.clause(
    "ssl.SSLContext.hostname_checks_common_name:fallback",
    "ssl.SSLContext.hostname_checks_common_name:observable",
    "RFC 6125 6.4.4:fallback",
)
def test_a_common_name_counts_where_there_are_no_alternative_names(pair):
    """Without subjectAltName the common name is compared with server_hostname."""
    ask(pair, "cn-only", "localhost")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("cn-only")


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:fallback", "RFC 6125 6.4.4:fallback")
def test_another_common_name_is_refused(pair, impl):
    """A common name that is not server_hostname is no better than none."""
    ask(pair, "cn-only", "server.example")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:observable", "What's New 3.7:common-names")
def test_a_common_name_can_be_ignored(pair, impl):
    """With hostname_checks_common_name False a certificate without subjectAltName is nobody's."""
    pair.subject_context.hostname_checks_common_name = False
    ask(pair, "cn-only", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:alternative-names-stay")
def test_ignoring_common_names_leaves_alternative_names(pair):
    """hostname_checks_common_name says nothing of subjectAltName."""
    pair.subject_context.hostname_checks_common_name = False
    ask(pair, "cn-beside-dns", "server.example")
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:absence-only", "RFC 6125 6.4.4:beside-names")
def test_a_common_name_beside_dns_names_does_not_count(pair, impl):
    """Where there are DNS names in subjectAltName the common name is not looked at."""
    ask(pair, "cn-beside-dns", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("ssl.SSLContext.hostname_checks_common_name:absence-only", "RFC 6125 6.4.4:beside-names")
def test_a_common_name_beside_an_address_does_not_count(pair, impl):
    """The fallback is for certificates without subjectAltName; one with an address in it has that extension.

    "falls back to verify the cert's subject common name in the absence of a subject alternative name extension", says
    the documentation. OpenSSL falls back in the absence of DNS names, as RFC 6125 6.4.4 would let it.
    """
    ask(pair, "cn-beside-address", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.4:every")
@pytest.mark.level("observed")
@pytest.mark.parametrize("host", ["first.example", "localhost"], ids=["first", "last"])
def test_every_common_name_counts(pair, host):
    """Of several common names each is compared; RFC 6125 6.4.4 would have the last."""
    ask(pair, "two-common-names", host)
    pair.shake_hands()


@pytest.mark.clause("RFC 6125 6.4.4:no-other", "RFC 6125 6.4.4:fallback")
def test_a_common_name_counts_beside_other_attributes(pair):
    """The common name is found among other attributes."""
    ask(pair, "cn-beside-others", "server.example")
    pair.shake_hands()


@pytest.mark.clause("RFC 6125 6.4.4:no-other")
def test_another_attribute_is_no_name(pair, impl):
    """An organization that is called like the host is not the host."""
    ask(pair, "cn-beside-others", "localhost")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.4:no-text")
@pytest.mark.level("observed")
def test_a_common_name_that_is_no_text_ends_the_search(pair, impl):
    """What stands behind a common name that cannot be read is not looked at."""
    ask(pair, "cn-beside-others", "last.example")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62


@pytest.mark.clause("RFC 6125 6.4.4:wildcard")
def test_a_common_name_may_be_a_wildcard(pair):
    """A wildcard in the common name stands for one label, as elsewhere."""
    ask(pair, "cn-wildcard", "a.wild.example")
    pair.shake_hands()


@pytest.mark.clause("RFC 6125 6.4.4:wildcard")
def test_a_wildcard_common_name_stands_for_nothing_else(pair, impl):
    """A wildcard in the common name does not stand for the domain itself."""
    ask(pair, "cn-wildcard", "wild.example")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 62
