"""Groups for key exchange: set_ecdh_curve(), and set_groups(), get_groups() and group() of 3.15."""

import pytest

both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
tls13 = pytest.mark.versions("tls13")


@pytest.mark.clause(
    "ssl.SSLContext.set_ecdh_curve:chosen-in-use",
    "ssl.SSLContext.set_ecdh_curve:observable",
    "RFC 8446 4.1.4:retry",
    "RFC 8446 4.2.7:groups-decide",
)
@tls13
@both_kinds
@pytest.mark.deliveries("all")
@pytest.mark.parametrize("group", ["X25519", "prime256v1", "secp384r1", "secp521r1"], ids=str.lower)
def test_a_peer_with_one_group_is_met(pair, group):
    """A peer that allows one group is met in that group, after a HelloRetryRequest where the client guessed another."""
    pair.peer.settings.groups = (group,)
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause(
    "ssl.SSLContext.set_ecdh_curve:chosen-in-use",
    "RFC 8446 4.2.7:groups-decide",
    "RFC 8446 4.2.8:share-used",
    "ssl.SSLContext.set_ecdh_curve:clients-too",
)
@tls13
@both_kinds
def test_a_single_group_is_enough(pair):
    """A context limited to one group by set_ecdh_curve() meets a peer that has it too."""
    pair.subject_context.set_ecdh_curve("secp384r1")
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.set_ecdh_curve:observable", "RFC 8446 4.1.1:no-common-group")
@tls13
@pytest.mark.roles("server")
def test_a_server_without_common_group_refuses(pair, impl):
    """A server that shares no group with the client ends the handshake with handshake_failure."""
    pair.subject_context.set_ecdh_curve("secp384r1")
    pair.peer.settings.groups = ("X25519",)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "NO_SUITABLE_KEY_SHARE"
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause(
    "ssl.SSLContext.set_ecdh_curve:observable",
    "RFC 8446 4.1.1:no-common-group",
    "ssl.SSLContext.set_ecdh_curve:clients-too",
)
@tls13
@pytest.mark.roles("client")
def test_a_client_without_common_group_is_refused(pair, impl):
    """A client that shares no group with the server learns of it by handshake_failure."""
    pair.subject_context.set_ecdh_curve("secp384r1")
    pair.peer.settings.groups = ("X25519",)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason in ("SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_ALERT_HANDSHAKE_FAILURE")


@pytest.mark.clause("ssl.SSLContext.set_ecdh_curve:clients-too")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12", "tls13")
def test_a_client_whose_group_is_too_weak_for_it_does_not_begin(pair, impl):
    """Where the security level leaves none of a client's groups, it sends no hello of TLS 1.3, which needs one."""
    pair.subject_context.set_ciphers("ALL:@SECLEVEL=5")
    pair.subject_context.set_ecdh_curve("prime256v1")
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    if pair.variant.version == "tls12":
        assert isinstance(caught.value, impl.SSLWantReadError)
        assert pair.subject_outgoing.pending > 0
    else:
        assert caught.value.reason == "NO_SUITABLE_GROUPS"
        assert pair.subject_outgoing.pending < 10


@pytest.mark.clause("ssl.SSLContext.set_ecdh_curve:unknown", "ssl.SSLContext.set_ecdh_curve:text-only")
def test_an_unknown_curve_is_refused(impl):
    """set_ecdh_curve() with a name that is none raises ValueError, with what is no text TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    for wrong in ("no-such-curve", "prime256v1\0", b"prime256v1\0"):
        with pytest.raises(ValueError):
            context.set_ecdh_curve(wrong)
    with pytest.raises(TypeError):
        context.set_ecdh_curve(None)


@pytest.mark.clause(
    "ssl.SSLContext.set_groups:chosen-in-use",
    "RFC 8446 4.2.8:share-used",
    "ssl.SSLSocket.group:name",
    "What's New 3.15:groups",
)
@tls13
@both_kinds
@pytest.mark.since("3.15")
@pytest.mark.parametrize(
    ("group", "name"),
    [("X25519", "x25519"), ("secp256r1", "secp256r1"), ("secp384r1", "secp384r1")],
    ids=["x25519", "secp256r1", "secp384r1"],
)
def test_the_group_in_use_has_a_name(pair, group, name):
    """group() is the name of the group by which the keys were agreed."""
    pair.subject_context.set_groups(group)
    pair.shake_hands()
    assert pair.subject.group() == name


@pytest.mark.clause("ssl.SSLContext.set_groups:unknown")
@pytest.mark.since("3.15")
def test_an_unknown_group_is_refused(impl):
    """set_groups() with a name that is none raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    for wrong in ("no-such-group", "X25519:", "??X25519", "X25519:?" + "x" * 64, "*X25519:*X448:*P-256:*P-384:*P-521"):
        with pytest.raises(impl.SSLError):
            context.set_groups(wrong)


@pytest.mark.clause("ssl.SSLContext.set_groups:list-format")
@pytest.mark.since("3.15")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@tls13
@pytest.mark.parametrize("share", ["X25519", "secp521r1"], ids=["too_weak", "strong"])
def test_a_client_whose_key_share_is_too_weak_for_it_does_not_begin(pair, impl, share):
    """A * marks the group to send a key share of; where the security level forbids it, there is no hello."""
    pair.subject_context.set_ciphers("ALL:@SECLEVEL=5")
    pair.subject_context.set_groups("X25519:secp521r1".replace(share, f"*{share}"))
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert caught.value.reason == ("NO_SUITABLE_KEY_SHARE" if share == "X25519" else None)
    assert (pair.subject_outgoing.pending > 10) == (share != "X25519")


@pytest.mark.clause("ssl.SSLContext.get_groups:listed", "RFC 8446 9.1:mandatory-groups", "What's New 3.15:groups")
@pytest.mark.since("3.15")
def test_the_groups_are_listed(impl):
    """get_groups() lists names, X25519 among them."""
    groups = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).get_groups()
    assert "x25519" in [name.lower() for name in groups]


@pytest.mark.clause("ssl.SSLContext.get_groups:within-bounds", "What's New 3.15:groups-of-versions")
@pytest.mark.since("3.15")
def test_groups_are_listed_within_the_bounds(impl):
    """get_groups() lists what the versions between minimum_version and maximum_version can use, and nothing else."""

    def groups(version):
        context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = version
        return set(context.get_groups())

    older, newer = groups(impl.TLSVersion.TLSv1_2), groups(impl.TLSVersion.TLSv1_3)
    assert {"x25519", "secp256r1"} <= older & newer
    assert [name for name in newer if "MLKEM" in name]
    assert not [name for name in older if "MLKEM" in name]


@pytest.mark.clause("ssl.SSLContext.get_groups:aliases")
@pytest.mark.since("3.15")
def test_other_names_are_listed_on_request(impl):
    """With include_aliases get_groups() lists the same and other names besides, which set_groups() takes as well."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    names, every = context.get_groups(), context.get_groups(include_aliases=True)
    assert [name for name in every if name in names] == names
    assert "P-256" in set(every) - set(names)
    context.set_groups("P-256")
    with pytest.raises(TypeError):
        context.get_groups(True)


@pytest.mark.clause(
    "ssl.SSLContext.set_groups:observable", "ssl.SSLContext.set_groups:list-format", "What's New 3.15:several-groups"
)
@tls13
@pytest.mark.since("3.15")
@pytest.mark.parametrize(
    ("groups", "used"),
    [
        ("X25519:secp384r1", "x25519"),
        ("secp384r1:X25519", "secp384r1"),
        ("ffdhe2048:X25519", "ffdhe2048"),
        ("X25519MLKEM768:X25519", "X25519MLKEM768"),
    ],
    ids=["x25519", "secp384r1", "ffdhe2048", "post_quantum"],
)
def test_the_first_of_several_groups_is_used(couple, groups, used):
    """Of several groups, separated by colons and the same at both ends, the first is used; both ends say so."""
    couple.client_context.set_groups(groups)
    couple.server_context.set_groups(groups)
    couple.shake_hands()
    assert (couple.client.group(), couple.server.group()) == (used, used)


@pytest.mark.clause("ssl.SSLContext.set_groups:observable")
@tls13
@pytest.mark.since("3.15")
def test_a_peer_without_the_group_that_was_set_is_not_met(pair, impl):
    """A context limited to one group by set_groups() cannot meet a peer that has another."""
    pair.subject_context.set_groups("secp384r1")
    pair.peer.settings.groups = ("X25519",)
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
