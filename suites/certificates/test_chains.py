"""What RFC 5280 demands of every certificate of a chain, with the fault in the leaf or above it."""

import pytest

pytestmark = pytest.mark.deliveries("whole")

# The alerts with which RFC 8446 6.2 lets a receiver speak of a certificate.
OF_CERTIFICATES = {
    "bad_certificate",
    "unsupported_certificate",
    "certificate_expired",
    "certificate_unknown",
    "unknown_ca",
    "decrypt_error",
}


def present(pair, name):
    """The peer presents `name`, and the subject, whichever role it has, wants a certificate that root vouches for."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


def refused(pair, name):
    """The error with which the subject refuses `name`; the alert is one of those for certificates, and is noted."""
    present(pair, name)
    with pytest.raises(pair.impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "CERTIFICATE_VERIFY_FAILED"
    assert caught.value.verify_message
    assert pair.peer.alert_seen in OF_CERTIFICATES
    return caught.value


@pytest.mark.clause("RFC 5280 6.1:chain-accepted", "RFC 5280 4.2.1.4:critical-understood")
@pytest.mark.parametrize(
    "name",
    ["server", "server-deep", "no-purpose", "no-key-usage", "unknown-extension", "critical-policies", "no-ski"],
    ids=["plain", "deep", "no_purpose", "no_key_usage", "unknown_extension", "critical_policies", "no_ski"],
)
def test_a_chain_without_fault_is_accepted(pair, name):
    """What RFC 5280 leaves open or does not forbid is no reason to refuse a chain."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:invalid-raises",
    "ssl.SSLCertVerificationError:raised",
    "ssl.SSLCertVerificationError:verify-code",
    "RFC 5280 4.1.2.5:validity",
    "RFC 5280 6.1.3:time",
)
@pytest.mark.known("bpo-28182")
@pytest.mark.parametrize(
    ("name", "code"),
    [("expired", 10), ("not-yet-valid", 9), ("expired-issuer", 10), ("future-issuer", 9)],
    ids=["expired", "not_yet_valid", "issuer_expired", "issuer_not_yet_valid"],
)
def test_a_certificate_out_of_its_time_is_refused(pair, name, code):
    """Each certificate of a chain has to be valid now."""
    assert refused(pair, name).verify_code == code


@pytest.mark.clause("RFC 5280 4.1.2.5:validity", "RFC 5280 6.1:root-in-time")
@pytest.mark.roles("client")
def test_an_expired_root_is_refused(pair, impl):
    """Trusting a root does not make it valid for ever: one whose time is over is refused."""
    pair.subject_context.load_verify_locations(pair.pki.authority("expired-root"))
    assert refused(pair, "expired-root-server").verify_code == 10
    assert pair.peer.alert_seen == "certificate_expired"


@pytest.mark.clause("RFC 5280 6.1.3:signature")
@pytest.mark.parametrize(
    "name",
    ["broken-signature", "same-name-no-aki", "contradictory-algorithm"],
    ids=["of_something_else", "by_someone_of_that_name", "of_another_algorithm"],
)
def test_a_signature_that_does_not_verify_is_refused(pair, name):
    """A certificate is only as good as its issuer's signature, whatever name stands above it.

    RFC 8446 6.2 has bad_certificate for signatures that did not verify, and decrypt_error for failed cryptography.
    """
    assert refused(pair, name).verify_code == 7
    assert pair.peer.alert_seen in ("bad_certificate", "decrypt_error")


@pytest.mark.clause("RFC 5280 4.2.1.1:key-identifier")
@pytest.mark.parametrize("name", ["same-name-issuer", "wrong-aki"], ids=["of_a_namesake", "of_no_issuer"])
def test_the_key_identifier_tells_issuers_of_one_name_apart(pair, name):
    """A certificate whose authority key identifier names another key than the trusted issuer's finds no issuer."""
    assert refused(pair, name).verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl-certificates:first-match", "RFC 5280 4.2.1.1:key-identifier")
@pytest.mark.roles("client")
def test_of_two_authorities_of_one_name_the_right_one_is_found(pair):
    """Where two trusted authorities have one name, a certificate of either is accepted."""
    pair.subject_context.load_verify_locations(pair.pki.authority("same-name-root"))
    present(pair, "same-name-issuer")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("same-name-issuer")


@pytest.mark.clause(
    "RFC 5280 4.2.1.3:key-usage-authority", "RFC 5280 4.2.1.9:authorities-only", "RFC 5280 6.1.4:authority"
)
@pytest.mark.parametrize(
    "name",
    ["no-ca-issuer", "leaf-issued", "no-basic-constraints-issuer", "no-cert-sign-issuer"],
    ids=["ca_false", "ordinary_leaf", "no_basic_constraints", "no_key_cert_sign"],
)
def test_an_issuer_that_is_no_authority_is_refused(pair, name):
    """Only an authority, by basic constraints and key usage, may vouch for another certificate.

    OpenSSL 3 has one code for all of these, 79; before it was 24 and, for the key usage, 32.
    """
    assert refused(pair, name).verify_code in (79, 24, 32)


@pytest.mark.clause("RFC 5280 4.2.1.9:path-length", "RFC 5280 6.1.4:path-length")
def test_a_path_length_is_kept_to(pair):
    """An authority with path length 0 may have no authority below it."""
    assert refused(pair, "path-too-long").verify_code == 25


@pytest.mark.clause("RFC 5280 4.2.1.9:path-length-leaf")
def test_a_path_length_does_not_count_the_leaf(pair):
    """An authority with path length 0 may certify servers and clients."""
    present(pair, "last-issuer")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("last-issuer")


@pytest.mark.clause("RFC 3779 2.3:issuer-has-them")
def test_resources_that_the_issuer_does_not_have_are_refused(pair):
    """A certificate has no addresses that its issuer lacks; to who does not know the extension it is just critical."""
    assert refused(pair, "resources").verify_code in (46, 34)


@pytest.mark.clause(
    "RFC 5280 4.2:critical-unknown",
    "RFC 5280 4.2:uncritical-unknown",
    "RFC 5280 6.1.4:critical",
    "RFC 5280 6.1.5:leaf-critical",
    "RFC 5280 4.2.1.1:not-critical",
    "RFC 5280 4.2.1.2:not-critical",
)
@pytest.mark.parametrize(
    "name",
    ["unknown-critical", "unknown-critical-issuer", "critical-aki", "critical-ski"],
    ids=["in_the_leaf", "above_it", "authority_key_identifier", "subject_key_identifier"],
)
def test_an_unknown_critical_extension_is_refused(pair, name):
    """A critical extension that nobody knows makes a certificate unusable; the same not critical is ignored."""
    assert refused(pair, name).verify_code == 34


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:invalid-raises", "RFC 5280 6.1:gap-refused", "RFC 8446 4.4.2.4:unverified-refused"
)
@pytest.mark.parametrize("name", ["no-intermediate", "server-cross"], ids=["not_sent", "of_another_root"])
def test_a_chain_with_a_gap_is_refused(pair, name):
    """Where an authority between leaf and root is missing, the chain is refused, and the peer told unknown_ca."""
    assert refused(pair, name).verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("RFC 5280 6.1:gap-refused", "ssl.VERIFY_X509_PARTIAL_CHAIN:intermediate-anchors")
@pytest.mark.roles("client")
def test_authorities_that_vouch_for_each_other_are_no_chain(pair, impl):
    """Of two loaded authorities that vouch for each other, and no root for either, no chain is made: it has no end.

    With VERIFY_X509_PARTIAL_CHAIN it ends at the first of them.
    """
    for name in ("mutual", "mutual-other"):
        pair.subject_context.load_verify_locations(pair.pki.authority(name))
    assert refused(pair, "mutual-issuer").verify_code == 22
    assert pair.peer.alert_seen == "unknown_ca"
    pair.subject_context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    pair.reconnect().shake_hands()


@pytest.mark.clause("RFC 8446 4.4.2:order-tolerated")
@pytest.mark.parametrize(
    "name",
    ["shuffled", "with-root", "with-stranger", "server-both-crosses"],
    ids=["out_of_order", "with_the_root", "with_a_stranger", "with_a_cross_certificate"],
)
@pytest.mark.level("should")
def test_needless_and_misplaced_certificates_do_no_harm(pair, name):
    """Authorities in the wrong order, and certificates that are not needed, do not spoil a good chain."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:intermediates")
@pytest.mark.roles("client")
def test_a_missing_intermediate_may_be_loaded(pair):
    """An authority between leaf and root that the server does not send is taken from what the client has loaded."""
    pair.subject_context.load_verify_locations(pair.pki.authority("intermediate"))
    present(pair, "no-intermediate")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("no-intermediate")


@pytest.mark.clause("RFC 5280 4.1.2.1:version-1-root")
@pytest.mark.roles("client")
def test_a_root_of_version_1_may_be_trusted(pair):
    """A root of version 1 cannot say that it is an authority; it is one because it is trusted."""
    pair.subject_context.load_verify_locations(pair.pki.authority("version-1-root"))
    present(pair, "version-1-issuer")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("version-1-issuer")


@pytest.mark.clause("RFC 8446 4.4.2:large")
@pytest.mark.deliveries("whole", "coalesced", "split")  # bytewise that is 20,000 calls, and says what smaller ones say
def test_a_certificate_larger_than_a_record_is_accepted(pair):
    """A certificate of more than 16 KiB, whose message takes several records, is like any other."""
    present(pair, "large")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("large")
    pair.greet()


@pytest.mark.clause("ssl.SSLCertVerificationError:raised", "ssl.SSLCertVerificationError:name-first")
@pytest.mark.roles("client")
@pytest.mark.level("observed")
def test_of_two_faults_the_name_is_told(pair):
    """Of a certificate that has expired and is for another host, verify_code says the latter.

    OpenSSL compares names when it has found a chain, and looks at dates and signatures after that.
    """
    assert refused(pair, "expired-wrong-host").verify_code == 62
    assert pair.peer.alert_seen == "bad_certificate"


@pytest.mark.clause("RFC 5280 7.1:alike", "RFC 5280 6.1.3:names-chain")
@pytest.mark.roles("client")
@pytest.mark.parametrize(
    ("name", "code"), [("spelled-otherwise-issuer", 0), ("other-words-issuer", 20)], ids=["spelling", "words"]
)
def test_the_spelling_of_a_name_does_not_count(pair, impl, name, code):
    """Names of issuers and subjects are compared without regard to case and to space; other words are another name."""
    pair.subject_context.load_verify_locations(pair.pki.authority("spelled"))
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if not code:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
