"""Certificate revocation lists: which are asked for, which are believed, and whom they stop (RFC 5280 6.3)."""

import pytest

pytestmark = [
    pytest.mark.deliveries("whole"),
    pytest.mark.roles("client"),
]


def check(pair, name, flag, *lists):
    """The peer presents `name`; the subject checks revocation as `flag` says, with these lists."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    pair.subject_context.verify_flags |= getattr(pair.impl, flag)
    for each in lists:
        pair.subject_context.load_verify_locations(pair.pki.authority(each))


@pytest.mark.clause(
    "ssl.VERIFY_DEFAULT:no-lists",
    "ssl.SSLContext.verify_flags:observable",
    "ssl.SSLContext.verify_flags:no-lists-by-default",
)
def test_lists_are_not_looked_at_by_default(pair):
    """Without a flag a certificate that a loaded list revokes is accepted."""
    check(pair, "revoked", "VERIFY_DEFAULT", "crl")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("revoked")


@pytest.mark.clause(
    "ssl.VERIFY_CRL_CHECK_LEAF:leaf-revoked",
    "ssl.SSLContext.verify_flags:observable",
    "RFC 5280 6.1.3:not-revoked",
    "RFC 5280 6.3.3:revoked",
    "RFC 8446 6.2:right-alert",
)
def test_a_revoked_server_is_refused(pair, impl):
    """With VERIFY_CRL_CHECK_LEAF a certificate that its issuer has revoked is refused as certificate_revoked."""
    check(pair, "revoked", "VERIFY_CRL_CHECK_LEAF", "crl")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 23
    assert pair.peer.alert_seen == "certificate_revoked"


@pytest.mark.clause(
    "ssl.VERIFY_CRL_CHECK_LEAF:leaf-revoked",
    "RFC 5280 6.1.3:not-revoked",
    "RFC 5280 6.3.3:revoked",
    "RFC 8446 6.2:right-alert",
)
@pytest.mark.roles("server")
def test_a_revoked_client_is_refused(pair, impl):
    """A server that checks revocation refuses a client whose certificate is revoked, and lets in one that is not."""
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    check(pair, "revoked-client", "VERIFY_CRL_CHECK_LEAF", "crl")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 23
    assert pair.peer.alert_seen == "certificate_revoked"


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_LEAF:leaf-good")
@pytest.mark.roles("server")
def test_a_client_that_is_not_revoked_is_let_in(pair, impl):
    """A server that checks revocation lets in a client of which the list does not speak."""
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    check(pair, "client", "VERIFY_CRL_CHECK_LEAF", "crl")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("client")


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_LEAF:leaf-good")
@pytest.mark.parametrize(
    "crl", ["crl", "crl-empty", "crl-users"], ids=["others_revoked", "nothing_revoked", "of_users_only"]
)
def test_a_server_that_is_not_revoked_is_accepted(pair, crl):
    """A certificate of which its issuer's list does not speak is good."""
    check(pair, "unrevoked", "VERIFY_CRL_CHECK_LEAF", crl)
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("unrevoked")


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_LEAF:list-needed", "RFC 5280 5.2.4:no-base")
@pytest.mark.parametrize(
    "lists", [(), ("crl-other",), ("crl-delta",)], ids=["none", "of_another_issuer", "of_changes_alone"]
)
def test_a_missing_list_is_a_refusal(pair, impl, lists):
    """Whoever asks for revocation lists and has none of the issuer's accepts nobody."""
    check(pair, "unrevoked", "VERIFY_CRL_CHECK_LEAF", *lists)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 3


@pytest.mark.clause(
    "ssl.VERIFY_CRL_CHECK_LEAF:list-needed",
    "RFC 5280 5.1.2.5:list-in-time",
    "RFC 5280 6.3.3:bad-list",
    "RFC 5280 5.1.2.4:list-issued",
)
@pytest.mark.parametrize(
    ("crl", "code"),
    [
        ("crl-expired", 12),
        ("crl-future", 11),
        ("crl-broken", 8),
        ("odd-crl-no-month", 15),
        ("odd-crl-no-month-next", 16),
    ],
    ids=["outdated", "not_yet_issued", "badly_signed", "issued_at_no_time", "outdated_at_no_time"],
)
def test_a_list_that_cannot_be_believed_is_a_refusal(pair, impl, crl, code):
    """A list that is out of its time or badly signed says nothing, and is as good as none."""
    check(pair, "unrevoked", "VERIFY_CRL_CHECK_LEAF", crl)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause(
    "ssl.VERIFY_CRL_CHECK_LEAF:list-needed",
    "RFC 5280 5.2:critical-unknown",
    "RFC 5280 5.2.5:scope",
    "RFC 5280 5.3:critical-unknown",
    "RFC 5280 6.3.3:bad-list",
)
@pytest.mark.parametrize(
    ("crl", "code"),
    [("crl-authorities", 44), ("crl-critical", 36), ("crl-critical-entry", 36)],
    ids=["of_authorities_only", "with_an_unknown_critical_extension", "of_one_certificate"],
)
def test_a_list_of_something_else_is_a_refusal(pair, impl, crl, code):
    """A list that does not speak of such certificates, or is not understood, says nothing of this one."""
    check(pair, "unrevoked", "VERIFY_CRL_CHECK_LEAF", crl)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
    assert pair.peer.alert_seen == "certificate_unknown"


@pytest.mark.clause("RFC 5280 6.3.3:bad-list")
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    ("trusted", "name", "flag", "lists", "code"),
    [
        ("again-no-lists", "unrevoked", "VERIFY_CRL_CHECK_LEAF", ["crl"], 35),
        (
            "revoked-intermediate",
            "revoked-issuer",
            "VERIFY_CRL_CHECK_CHAIN",
            ["crl-intermediate", "odd-crl-anonymous"],
            8,
        ),
    ],
    ids=["of_one_who_may_sign_none", "of_one_who_is_not_trusted"],
)
def test_a_list_is_believed_of_who_may_sign_it(pair, impl, trusted, name, flag, lists, code):
    """A list of an authority whose key is not for lists, or who is not in the chain that is trusted, says nothing."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(pair.pki.authority(trusted))
    pair.subject_context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    check(pair, name, flag, *lists)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_LEAF:leaf-revoked", "RFC 5280 5.2.5:scope", "RFC 5280 6.3.3:revoked")
def test_a_user_on_a_list_of_users_is_refused(pair, impl):
    """A list for certificates of users only is believed about a user who is revoked on it."""
    check(pair, "revoked", "VERIFY_CRL_CHECK_LEAF", "crl-users")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 23


@pytest.mark.clause("RFC 5280 6.3.3:bad-list")
def test_a_list_of_who_may_sign_none_is_a_refusal(pair, impl):
    """A list by an authority whose key usage has no cRLSign says nothing; where none is asked for, nobody minds."""
    pair.peer.settings.certificate = "no-crl-sign-issuer"
    pair.shake_hands()
    check(pair, "no-crl-sign-issuer", "VERIFY_CRL_CHECK_LEAF", "crl-no-crl-sign")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.reconnect().shake_hands()
    assert caught.value.verify_code == 35


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_LEAF:leaf-only")
def test_the_leaf_alone_is_checked(pair):
    """VERIFY_CRL_CHECK_LEAF does not ask whether the authorities above have been revoked."""
    check(pair, "revoked-issuer", "VERIFY_CRL_CHECK_LEAF", "crl", "crl-intermediate")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("revoked-issuer")


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_CHAIN:whole-chain", "RFC 5280 6.1.3:not-revoked")
def test_the_chain_is_checked(pair, impl):
    """VERIFY_CRL_CHECK_CHAIN refuses a chain in which an authority has been revoked."""
    check(pair, "revoked-issuer", "VERIFY_CRL_CHECK_CHAIN", "crl", "crl-intermediate")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 23
    assert pair.peer.alert_seen == "certificate_revoked"


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_CHAIN:every-list")
def test_the_chain_check_wants_a_list_of_each_issuer(pair, impl):
    """VERIFY_CRL_CHECK_CHAIN wants a list of every authority of the chain, not only of the root."""
    check(pair, "server-intermediate", "VERIFY_CRL_CHECK_CHAIN", "crl")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 3


@pytest.mark.clause("ssl.VERIFY_CRL_CHECK_CHAIN:whole-chain")
def test_the_chain_check_accepts_a_good_chain(pair):
    """VERIFY_CRL_CHECK_CHAIN accepts a chain of which nothing is revoked and every list is there."""
    check(pair, "unrevoked", "VERIFY_CRL_CHECK_CHAIN", "crl")
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("unrevoked")


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:lists")
def test_a_list_may_stand_in_the_file_of_its_authority(pair, impl):
    """load_verify_locations() takes authorities and revocation lists from one file."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pair.pki.path("root-and-crl.pem"))
    pair.subject_context = context
    check(pair, "revoked", "VERIFY_CRL_CHECK_LEAF")
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 23
