"""Revocation lists that are malformed (RFC 5280 5.1): either they are not loaded, or nobody is accepted by them."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
]

MALFORMED = [
    "parts",
    "signature",
    "version",
    "algorithm",
    "time",
    "extensions-two",
    "behind",
    "entry-time",
    "entry-more",
    "bare",
    "twice",
    "scope",
    "scope-name",
]


@pytest.mark.clause("RFC 5280 5.1:form", "RFC 5280 6.3.3:bad-list")
@pytest.mark.parametrize("what", MALFORMED, ids=[what.replace("-", "_") for what in MALFORMED])
def test_a_malformed_list_is_as_good_as_none(pair, impl, what):
    """A list that is not as RFC 5280 5.1 has it is refused when it is loaded, or proves nothing of any certificate."""
    context = pair.subject_context
    context.verify_flags |= impl.VERIFY_CRL_CHECK_LEAF
    pair.peer.settings.certificate, pair.peer.settings.trust = "unrevoked", None
    try:
        context.load_verify_locations(pair.pki.authority(f"odd-crl-{what}"))
    except impl.SSLError:
        assert context.cert_store_stats()["crl"] == 0
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()


@pytest.mark.clause("RFC 5280 5.1:form", "ssl.VERIFY_CRL_CHECK_LEAF:leaf-good")
def test_the_same_list_well_formed_is_believed(pair, impl):
    """The list of which those are variants is loaded and believed."""
    context = pair.subject_context
    context.verify_flags |= impl.VERIFY_CRL_CHECK_LEAF
    pair.peer.settings.certificate, pair.peer.settings.trust = "unrevoked", None
    context.load_verify_locations(pair.pki.authority("odd-crl"))
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("unrevoked")
