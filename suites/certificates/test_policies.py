"""Policies (RFC 5280 4.2.1.4, 4.2.1.11, 6.1): looked at where OpenSSL's X509_V_FLAG_POLICY_CHECK asks for it.

ssl has no name for that flag, but verify_flags takes its number; policies that would be accepted cannot be named.
"""

import pytest

pytestmark = [
    pytest.mark.deliveries("whole"),
    pytest.mark.roles("client"),
    pytest.mark.level("observed"),
]

POLICY_CHECK, EXPLICIT_POLICY = 0x80, 0x100


def outcome(pair, name, flags):
    """The verify_code with which the subject refuses `name`; 0 where it does not."""
    pair.subject_context.verify_flags |= flags
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    try:
        pair.shake_hands()
    except pair.impl.SSLCertVerificationError as error:
        return error.verify_code
    return 0


@pytest.mark.clause("RFC 5280 4.2.1.11:explicit-policy", "RFC 5280 6.1.4:any-policy-not-mapped")
@pytest.mark.parametrize(
    ("name", "code"),
    [("explicit-policy-issuer", 43), ("maps-any-policy-issuer", 42), ("critical-policies", 0), ("server", 0)],
    ids=["needed_and_missing", "any_policy_mapped", "any_policy", "none_needed"],
)
@pytest.mark.parametrize("asked", [True, False], ids=["asked", "not_asked"])
def test_what_an_authority_says_of_policies_counts_where_it_is_asked(pair, name, code, asked):
    """A path that needs a policy and has none, and one that maps any policy, are refused where policies are checked."""
    assert outcome(pair, name, POLICY_CHECK if asked else 0) == (code if asked else 0)


@pytest.mark.clause("RFC 5280 6.1.3:policy-needed")
@pytest.mark.parametrize("name", ["server", "critical-policies"], ids=["none", "any_policy"])
def test_a_verifier_may_want_a_policy(pair, name):
    """Where the verifier itself wants a policy, a certificate without an acceptable one is refused."""
    assert outcome(pair, name, EXPLICIT_POLICY) == 43
