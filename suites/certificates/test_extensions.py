"""Extensions whose value is not of their type (RFC 5280 4.2): the certificate is refused, whatever else it says."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.peers("scripted"),
    pytest.mark.deliveries("whole"),
]

NO_ISSUER = 20  # what OpenSSL says: where a certificate cannot be read, nothing fits it

MALFORMED = {
    "constraints-negative": NO_ISSUER,
    "constraints-more": NO_ISSUER,
    "constraints-two": NO_ISSUER,
    "usage-none": NO_ISSUER,
    "usage-bits": NO_ISSUER,
    "purposes": NO_ISSUER,
    "name-long": NO_ISSUER,
    "name-tag": NO_ISSUER,
    "name-kind": NO_ISSUER,
    "name-form": NO_ISSUER,
    "other-name": NO_ISSUER,
    "other-value": NO_ISSUER,
    "other-tag": NO_ISSUER,
    "party-empty": NO_ISSUER,
    "party-text": NO_ISSUER,
    "registered": NO_ISSUER,
    "points-empty": NO_ISSUER,
    "points-field": NO_ISSUER,
    "points-name": NO_ISSUER,
    "points-reasons": NO_ISSUER,
    "not-before": 13,
    "not-after": 14,
    "no-zone": 14,
}


def refused(pair, name):
    """The verify_code with which the certificate `name` is refused."""
    pair.peer.settings.certificate = name
    with pytest.raises(pair.impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert not pair.peer.completes()
    return caught.value.verify_code


@pytest.mark.clause("RFC 5280 4.2:well-formed")
@pytest.mark.parametrize("what", MALFORMED, ids=[what.replace("-", "_") for what in MALFORMED])
def test_a_malformed_extension_spoils_the_certificate(pair, what):
    """A certificate with an extension, or a time, that cannot be read is good for nothing, whatever else it says."""
    assert refused(pair, f"odd-{what}") == MALFORMED[what]


@pytest.mark.clause("RFC 5280 4.2:well-formed")
@pytest.mark.parametrize("what", ["twice", "field"])
def test_a_malformed_pointer_leads_nowhere(pair, what):
    """An authority key identifier that cannot be read fits no authority, not even one without a key identifier."""
    pair.subject_context.load_verify_locations(pair.pki.authority("no-ski-root"))
    assert refused(pair, f"pointed-{what}") == NO_ISSUER


@pytest.mark.clause("RFC 5280 4.2:well-formed")
@pytest.mark.parametrize(
    "what",
    ["kind", "twice", "choice", "inherited-more", "range"],
    ids=[what.replace("-", "_") for what in ["kind", "twice", "choice", "inherited-more", "range"]],
)
def test_malformed_resources_spoil_the_certificate(pair, what):
    """autonomousSysIds that cannot be read spoil a certificate, though its issuer has every number."""
    trust_only(pair, "again-numbers")
    assert refused(pair, f"numbered-{what}") == NO_ISSUER


@pytest.mark.clause("RFC 3779 2.3:issuer-has-them")
def test_resources_out_of_order_are_refused(pair):
    """Numbers have to be in order: RFC 3779 3.2.3.4."""
    trust_only(pair, "again-numbers")
    assert refused(pair, "numbered-order") == 41


@pytest.mark.clause("RFC 3779 2.3:issuer-has-them")
@pytest.mark.parametrize("name", ["numbered", "numbered-heir"], ids=["listed", "inherited"])
def test_resources_that_the_issuer_has_are_accepted(pair, name):
    """A certificate may have, by list or inheritance, what its issuer has; and there must be something to inherit."""
    trust_only(pair, "again-numbers")
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)
    again = pair.reconnect()
    trust_only(again, "again-heir")
    assert refused(again, name) == 46


def trust_only(pair, root):
    """The subject trusts this root and no other."""
    pair.subject_context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority(root))


@pytest.mark.clause("RFC 5280 4.1:form", "RFC 5280 4.1:der")
@pytest.mark.parametrize(
    "name",
    ["undecodable-extension-value", "undecodable-extension-name", "undecodable-extension-arc", "ber-boolean"],
    ids=["value", "name", "arc", "ber_boolean"],
)
def test_what_is_no_extension_spoils_the_certificate(pair, impl, name):
    """A certificate in whose extensions something is none is refused, as one that does not decode or as a bad one."""
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert not pair.peer.completes()


@pytest.mark.clause("RFC 5280 4.2:well-formed")
@pytest.mark.parametrize("name", ["odd", "pointed"])
def test_with_nothing_malformed_it_is_accepted(pair, name):
    """The same certificates with well-formed extensions are good."""
    pair.subject_context.load_verify_locations(pair.pki.authority("no-ski-root"))
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)
