"""Policies that are malformed (RFC 5280 4.2.1.4): X509_V_FLAG_POLICY_CHECK, for which ssl has no name, refuses them."""

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.versions("tls13"),
    pytest.mark.deliveries("whole"),
    pytest.mark.level("observed"),
]

POLICY_CHECK, EXPLICIT_POLICY = 0x80, 0x100  # X509_V_FLAG_*
INVALID_POLICY_EXTENSION, NO_EXPLICIT_POLICY = 42, 43
MALFORMED = [
    "twice",
    "repeated",
    "more",
    "qualifier",
    "pointer",
    "notice",
    "notice-two",
    "reference",
    "reference-text",
    "mapped-any",
    "mapped-none",
    "mapped-one",
    "required-negative",
    "required-none",
    "inhibited",
]


def present(pair, name, flag):
    """The peer presents `name`, and the subject asks for policies."""
    pair.peer.settings.certificate = name
    pair.subject_context.verify_flags |= flag


@pytest.mark.clause(
    "ssl.SSLContext.verify_flags:policies", "RFC 5280 4.2.1.4:well-formed", "RFC 5280 6.1.4:any-policy-not-mapped"
)
@pytest.mark.parametrize("what", MALFORMED, ids=[what.replace("-", "_") for what in MALFORMED])
def test_malformed_policies_are_refused(pair, impl, what):
    """With X509_V_FLAG_POLICY_CHECK a certificate is refused whose policies are not as RFC 5280 4.2.1.4 has them."""
    present(pair, f"policed-{what}", POLICY_CHECK)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == INVALID_POLICY_EXTENSION


@pytest.mark.clause("ssl.SSLContext.verify_flags:policies", "RFC 5280 4.2.1.4:nobody-asks")
@pytest.mark.parametrize(
    "what", [*MALFORMED, "required"], ids=[what.replace("-", "_") for what in [*MALFORMED, "required"]]
)
def test_policies_bind_nobody_who_does_not_ask(pair, what):
    """Without the flag policies are nobody's affair, however malformed they are."""
    pair.peer.settings.certificate = f"policed-{what}"
    pair.shake_hands()


@pytest.mark.clause("ssl.SSLContext.verify_flags:policies")
@pytest.mark.parametrize("name", ["policed", "policed-qualified", "server"], ids=["policy", "qualified", "none"])
def test_good_policies_are_accepted(pair, name):
    """With X509_V_FLAG_POLICY_CHECK alone a certificate may have any policies, or none."""
    present(pair, name, POLICY_CHECK)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.SSLContext.verify_flags:policies", "RFC 5280 6.1.1:explicit-policy", "RFC 5280 4.2.1.11:explicit-policy"
)
@pytest.mark.parametrize(
    ("name", "flag"),
    [("policed", EXPLICIT_POLICY), ("server", EXPLICIT_POLICY), ("policed-required", POLICY_CHECK)],
    ids=["policy", "none", "required"],
)
def test_an_explicit_policy_is_never_there(pair, impl, name, flag):
    """Where a policy is required nobody is accepted: ssl has no way to say which would do."""
    present(pair, name, flag)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == NO_EXPLICIT_POLICY
