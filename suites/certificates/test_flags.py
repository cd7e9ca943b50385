"""verify_flags: what VERIFY_X509_STRICT, PARTIAL_CHAIN and TRUSTED_FIRST change, and that they change nothing else."""

import pytest

pytestmark = pytest.mark.deliveries("whole")

CLIENT = pytest.mark.roles("client")


def present(pair, name):
    """The peer presents `name`, and the subject, whichever role it has, wants a certificate that root vouches for."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


MALFORMED = pytest.mark.parametrize(
    ("name", "code"),
    [
        ("no-aki", 85),
        ("empty-subject-loose", 88),
        ("loose-basic-constraints-issuer", 89),
        ("hidden-signer", 79),
        ("signs-though-no-authority", 82),
        ("path-length-of-none", 80),
        ("path-length-without-signing", 81),
        ("nameless-authority", 84),
        ("any-usage-issuer", 92),
        ("version-2", 93),
    ],
    ids=[
        "no_authority_key_identifier",
        "alternative_names_not_critical",
        "basic_constraints_not_critical",
        "authority_by_key_usage_alone",
        "key_usage_of_an_authority",
        "path_length_of_no_authority",
        "path_length_without_signing",
        "authority_without_name",
        "authority_without_key_usage",
        "extensions_of_another_version",
    ],
)


@pytest.mark.clause("ssl.VERIFY_X509_STRICT:workarounds")
@MALFORMED
def test_malformed_certificates_are_accepted_by_default(pair, impl, name, code):
    """A context of one's own works round what is wrong with a certificate in form only."""
    assert not pair.subject_context.verify_flags & impl.VERIFY_X509_STRICT
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.VERIFY_X509_STRICT:no-workarounds",
    "RFC 5280 4.1.2.1:extensions-version-3",
    "RFC 5280 4.2.1.1:needed",
    "RFC 5280 4.2.1.3:authorities-only",
    "RFC 5280 4.2.1.6:critical-without-subject",
    "RFC 5280 4.2.1.9:critical-in-authorities",
    "RFC 5280 4.2.1.9:path-length-of-authorities",
    "What's New 3.13:malformed-refused",
)
@MALFORMED
@pytest.mark.known("gh-107361")
def test_strict_refuses_malformed_certificates(pair, impl, name, code):
    """VERIFY_X509_STRICT disables workarounds for certificates that are not as RFC 5280 wants them."""
    pair.subject_context.verify_flags |= impl.VERIFY_X509_STRICT
    present(pair, name)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause(
    "ssl.VERIFY_X509_STRICT:no-workarounds",
    "RFC 5280 4.1.2.4:issuer-named",
    "RFC 5280 4.1.2.6:authority-has-subject",
    "RFC 5280 4.2.1.2:authority-has-identifier",
    "RFC 5280 4.2.1.9:critical-in-authorities",
)
@pytest.mark.known("gh-107361")
@pytest.mark.parametrize(
    ("root", "name", "code"),
    [
        ("no-ski-root", "no-ski-issuer", 86),
        ("version-1-root", "version-1-issuer", 79),
        ("nameless-root", "nameless-issuer", 83),
    ],
    ids=["no_subject_key_identifier", "version_1", "no_name"],
)
@CLIENT
def test_strict_holds_roots_to_the_rules(pair, impl, root, name, code):
    """A root that is not as RFC 5280 wants it is trusted by default, and with VERIFY_X509_STRICT is not.

    Some roots in wide use have no subject key identifier; since create_default_context() is strict they are missed.
    """
    context = pair.subject_context
    context.load_verify_locations(pair.pki.authority(root))
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.shake_hands()
    context.verify_flags |= impl.VERIFY_X509_STRICT
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.reconnect().shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause(
    "ssl.VERIFY_X509_STRICT:no-workarounds", "RFC 5280 4.2.1.6:not-empty", "RFC 5280 4.1.1.2:algorithms-agree"
)
@pytest.mark.parametrize(
    ("name", "code"),
    [("no-names-in-list", 87), ("contradictory-algorithm", 78)],
    ids=["empty_list_of_names", "two_algorithms"],
)
def test_strict_says_what_is_malformed(pair, impl, name, code):
    """What is wrong with a certificate's form VERIFY_X509_STRICT finds before its name and its signature are asked."""
    pair.subject_context.verify_flags |= impl.VERIFY_X509_STRICT
    present(pair, name)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("ssl.VERIFY_X509_STRICT:good-ones-pass")
@pytest.mark.parametrize(
    "name",
    ["server", "server-deep", "constrained-inside", "empty-subject", "no-ski"],
    ids=["plain", "deep", "constrained", "empty_subject", "no_subject_key_identifier"],
)
def test_strict_accepts_what_is_well_formed(pair, impl, name):
    """VERIFY_X509_STRICT has nothing against certificates that are as RFC 5280 wants them."""
    pair.subject_context.verify_flags |= impl.VERIFY_X509_STRICT
    present(pair, name)
    if name == "constrained-inside" and not pair.server_side:
        pair.server_hostname = "inside.example"
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.VERIFY_X509_STRICT:no-workarounds",
    "ssl.SSLContext.verify_flags:observable",
    "ssl.create_default_context:strict",
    "RFC 5280 4.2.1.1:needed",
    "What's New 3.13:strict-by-default",
)
@pytest.mark.since("3.13")
@pytest.mark.known("gh-107361")
@CLIENT
def test_a_default_context_is_strict(pair, impl):
    """create_default_context() refuses a certificate without authority key identifier, until told otherwise."""
    context = impl.create_default_context(cafile=pair.pki.authority())
    pair.subject_context = context
    pair.peer.settings.certificate = "no-aki"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 85
    context.verify_flags &= ~impl.VERIFY_X509_STRICT
    pair.reconnect().shake_hands()


@pytest.mark.clause(
    "ssl.VERIFY_X509_PARTIAL_CHAIN:intermediate-anchors",
    "ssl.create_default_context:partial-chain",
    "What's New 3.13:strict-by-default",
)
@pytest.mark.since("3.13")
@pytest.mark.known("gh-107361")
@CLIENT
def test_a_default_context_may_trust_an_intermediate(pair, impl):
    """create_default_context() takes a trusted intermediate for the end of a chain, until told otherwise."""
    context = impl.create_default_context(cafile=pair.pki.authority("intermediate"))
    pair.subject_context = context
    pair.peer.settings.certificate = "server-intermediate"
    pair.shake_hands()
    context.verify_flags &= ~impl.VERIFY_X509_PARTIAL_CHAIN
    with pytest.raises(impl.SSLCertVerificationError):
        pair.reconnect().shake_hands()


@pytest.mark.clause(
    "ssl.VERIFY_X509_PARTIAL_CHAIN:intermediate-anchors",
    "ssl.SSLContext.verify_flags:observable",
    "What's New 3.10:partial-chain",
)
@pytest.mark.parametrize("name", ["server-intermediate", "no-intermediate"], ids=["sent", "not_sent"])
@CLIENT
def test_a_partial_chain_may_end_at_a_trusted_intermediate(pair, impl, name):
    """With VERIFY_X509_PARTIAL_CHAIN an intermediate authority in the trust store is enough; without, it is not."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pair.pki.authority("intermediate"))
    pair.subject_context = context
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code in (2, 20)
    assert pair.peer.alert_seen == "unknown_ca"
    context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    again = pair.reconnect()
    again.shake_hands()
    assert again.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.VERIFY_X509_PARTIAL_CHAIN:leaf-anchors")
@CLIENT
def test_a_partial_chain_may_be_the_leaf_alone(pair, impl):
    """With VERIFY_X509_PARTIAL_CHAIN a server's own certificate may be what is trusted."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pair.pki.authority("no-intermediate"))
    pair.subject_context = context
    pair.peer.settings.certificate, pair.peer.settings.trust = "no-intermediate", None
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    pair.reconnect().shake_hands()


@pytest.mark.clause("ssl.VERIFY_X509_PARTIAL_CHAIN:nothing-else")
@pytest.mark.parametrize(
    ("name", "code"),
    [("expired-issuer", 10), ("no-ca-issuer", 79), ("wrong-host", 62)],
    ids=["expired", "no_authority", "wrong_host"],
)
@CLIENT
def test_a_partial_chain_is_checked_like_any(pair, impl, name, code):
    """VERIFY_X509_PARTIAL_CHAIN moves the end of the chain and forgives nothing else."""
    pair.subject_context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    pair.peer.settings.certificate = name
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("ssl.VERIFY_X509_TRUSTED_FIRST:default")
def test_trusted_first_is_the_default(impl):
    """VERIFY_X509_TRUSTED_FIRST is enabled in every new context."""
    for protocol in (impl.PROTOCOL_TLS_CLIENT, impl.PROTOCOL_TLS_SERVER):
        assert impl.SSLContext(protocol).verify_flags & impl.VERIFY_X509_TRUSTED_FIRST


@pytest.mark.clause("ssl.VERIFY_X509_TRUSTED_FIRST:prefers-trusted")
@pytest.mark.since("3.13")
@CLIENT
def test_trusted_first_prefers_what_is_trusted(pair):
    """Of two good chains, one by the certificates that were sent, the one by those that are trusted is taken."""
    trust_both_ways(pair)
    pair.shake_hands()
    chain = ["server-intermediate", "intermediate", "root"]
    assert pair.subject.get_verified_chain() == [pair.pki.der(name) for name in chain]


@pytest.mark.clause("ssl.VERIFY_X509_TRUSTED_FIRST:always-on")
@pytest.mark.since("3.13")
@pytest.mark.level("observed")
@CLIENT
def test_trusted_first_cannot_be_cleared(pair, impl):
    """Cleared in verify_flags, VERIFY_X509_TRUSTED_FIRST is gone from there and in force all the same.

    OpenSSL adds the flags of its default parameters to those of the context whenever it verifies.
    """
    trust_both_ways(pair)
    pair.subject_context.verify_flags &= ~impl.VERIFY_X509_TRUSTED_FIRST
    assert not pair.subject_context.verify_flags & impl.VERIFY_X509_TRUSTED_FIRST
    pair.shake_hands()
    chain = ["server-intermediate", "intermediate", "root"]
    assert pair.subject.get_verified_chain() == [pair.pki.der(name) for name in chain]


def trust_both_ways(pair):
    """Two chains are good: by intermediate, which is trusted, to root; by its cross certificate, which is sent, to
    other-root.
    """
    for name in ("intermediate", "other-root"):
        pair.subject_context.load_verify_locations(pair.pki.authority(name))
    pair.peer.settings.certificate, pair.peer.settings.trust = "server-cross", None
