"""get_verified_chain() and get_unverified_chain(): the chain that was found to be good, and the one that was sent."""

import pytest

pytestmark = [
    pytest.mark.since("3.13"),
    pytest.mark.deliveries("whole"),
]


def present(pair, name):
    """The peer presents `name`, and the subject, whichever role it has, wants a certificate that root vouches for."""
    pair.peer.settings.certificate, pair.peer.settings.trust = name, None
    if pair.server_side:
        pair.subject_context.verify_mode = pair.impl.CERT_REQUIRED
        pair.subject_context.load_verify_locations(pair.pki.authority())


def ders(pair, *names):
    return [pair.pki.der(name) for name in names]


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:der-list", "ssl.SSLSocket.get_unverified_chain:der-list")
@pytest.mark.known("gh-109109")
@pytest.mark.transports("memory", "socketpair")
def test_the_chains_are_lists_of_bytes(pair):
    """Both methods give a list of bytes, each a certificate in DER, for sockets and for objects."""
    present(pair, "server-intermediate")
    pair.shake_hands()
    for chain in (pair.subject.get_verified_chain(), pair.subject.get_unverified_chain()):
        assert type(chain) is list
        assert {type(certificate) for certificate in chain} == {bytes}
        assert chain[0] == pair.subject.getpeercert(True)


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:leaf-to-root")
@pytest.mark.known("graalpython#414")
def test_the_verified_chain_ends_at_the_root(pair):
    """The verified chain goes from the peer's certificate to the root that is trusted, which was not sent."""
    present(pair, "server-deep")
    pair.shake_hands()
    assert pair.subject.get_verified_chain() == ders(pair, "server-deep", "intermediate-2", "intermediate", "root")


@pytest.mark.clause(
    "RFC 8446 4.4.2:chain-sent", "ssl.SSLSocket.get_unverified_chain:as-sent", "RFC 5246 7.4.2:chain-sent"
)
@pytest.mark.known("graalpython#414")
@pytest.mark.parametrize(
    ("name", "chain"),
    [
        ("server", ["server"]),
        ("server-deep", ["server-deep", "intermediate-2", "intermediate"]),
        ("shuffled", ["server-deep", "intermediate", "intermediate-2"]),
        ("with-root", ["server-intermediate", "intermediate", "root"]),
        ("with-stranger", ["server", "other-root"]),
    ],
    ids=["leaf", "deep", "out_of_order", "with_root", "with_stranger"],
)
def test_the_unverified_chain_is_what_was_sent(pair, name, chain):
    """The unverified chain has the certificates as they were sent, none added, none left out, none moved."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.get_unverified_chain() == ders(pair, *chain)


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:leaf-to-root")
@pytest.mark.parametrize(
    ("name", "chain"),
    [
        ("shuffled", ["server-deep", "intermediate-2", "intermediate", "root"]),
        ("with-root", ["server-intermediate", "intermediate", "root"]),
        ("with-stranger", ["server", "root"]),
    ],
    ids=["out_of_order", "with_root", "with_stranger"],
)
def test_the_verified_chain_is_in_order_and_has_nothing_else(pair, name, chain):
    """The verified chain has each certificate before its issuer, and none that vouches for nothing."""
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.get_verified_chain() == ders(pair, *chain)


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:leaf-to-root")
@pytest.mark.roles("client")
def test_the_verified_chain_has_what_was_loaded(pair):
    """An authority that was not sent, and taken from the trust store, is in the verified chain only."""
    pair.subject_context.load_verify_locations(pair.pki.authority("intermediate"))
    present(pair, "no-intermediate")
    pair.shake_hands()
    assert pair.subject.get_verified_chain() == ders(pair, "server-intermediate", "intermediate", "root")
    assert pair.subject.get_unverified_chain() == ders(pair, "server-intermediate")


@pytest.mark.clause(
    "ssl.VERIFY_X509_PARTIAL_CHAIN:intermediate-anchors", "ssl.SSLSocket.get_verified_chain:leaf-to-root"
)
@pytest.mark.roles("client")
def test_a_partial_chain_ends_where_trust_begins(pair, impl):
    """With VERIFY_X509_PARTIAL_CHAIN the verified chain ends at the intermediate authority that is trusted."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(pair.pki.authority("intermediate"))
    context.verify_flags |= impl.VERIFY_X509_PARTIAL_CHAIN
    pair.subject_context = context
    present(pair, "server-intermediate")
    pair.shake_hands()
    assert pair.subject.get_verified_chain() == ders(pair, "server-intermediate", "intermediate")


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:unverified-same")
@pytest.mark.roles("client")
@pytest.mark.parametrize("name", ["other-server", "server-deep"], ids=["stranger", "trusted"])
def test_without_verification_both_chains_are_the_same(pair, impl, name):
    """With CERT_NONE get_verified_chain() gives what was sent, even where a longer chain could be verified.

    "If certificate verification was disabled method acts the same as get_unverified_chain()." OpenSSL builds the chain
    all the same and lets its result pass, so that the root of a good chain comes into it.
    """
    pair.subject_context.check_hostname = False
    pair.subject_context.verify_mode = impl.CERT_NONE
    present(pair, name)
    pair.shake_hands()
    assert pair.subject.get_unverified_chain() == pair.pki.chain(name)
    assert pair.subject.get_verified_chain() == pair.pki.chain(name)


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:empty", "ssl.SSLSocket.get_unverified_chain:empty")
@pytest.mark.known("gh-109109")
@pytest.mark.roles("server")
@pytest.mark.parametrize("method", ["get_verified_chain", "get_unverified_chain"], ids=["verified", "unverified"])
@pytest.mark.parametrize("mode", ["CERT_NONE", "CERT_OPTIONAL"], ids=["not_asked", "asked"])
def test_a_client_without_certificate_has_no_chain(pair, impl, mode, method):
    """A server whose client sent no certificate gets an empty list."""
    pair.subject_context.verify_mode = getattr(impl, mode)
    pair.shake_hands()
    assert getattr(pair.subject, method)() == []


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:empty", "ssl.SSLSocket.get_unverified_chain:empty")
@pytest.mark.known("gh-109109")
@pytest.mark.level("observed")
@pytest.mark.parametrize("method", ["get_verified_chain", "get_unverified_chain"], ids=["verified", "unverified"])
def test_before_the_handshake_there_is_no_chain(pair, method):
    """Before the handshake both methods give an empty list, where getpeercert() raises ValueError."""
    assert getattr(pair.subject, method)() == []


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:empty")
@pytest.mark.roles("client")
@pytest.mark.level("observed")
def test_a_resumed_connection_verified_nothing(pair, observe):
    """After resumption, in which no certificate is sent, the verified chain is empty; getpeercert() still tells."""
    present(pair, "server-intermediate")
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect(session=pair.subject.session)
    again.shake_hands()
    assert again.subject.session_reused
    assert again.subject.get_verified_chain() == []
    observe(len(again.subject.get_unverified_chain()), "certificates in the unverified chain")
    assert again.subject.getpeercert(True) == pair.pki.der("server-intermediate")


@pytest.mark.clause("ssl.SSLSocket.get_unverified_chain:as-sent")
@pytest.mark.level("observed")
def test_a_chain_is_completed_from_the_trust_store(couple):
    """A certificate that was loaded without a chain is sent with the authorities that its own context trusts."""
    couple.server_context.load_verify_locations(couple.pki.authority())
    couple.shake_hands()
    sent = couple.client.get_unverified_chain()
    assert sent == [couple.pki.der("server"), couple.pki.der("root")]
