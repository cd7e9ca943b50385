"""A directory of authorities (capath): looked into when a chain has to be verified, not before."""

import os

import pytest

pytestmark = [
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]


def trusting(pair, directory):
    """The subject gets a context of its own that trusts what is in `directory`."""
    pair.subject_context = pair.impl.SSLContext(pair.impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context.load_verify_locations(capath=directory)
    pair.peer.settings.trust = None
    return pair.subject_context


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:capath")
@pytest.mark.parametrize("kind", [str, os.fsencode], ids=["str", "bytes"])
def test_an_authority_in_the_directory_is_trusted(pair, kind):
    """A server whose root stands in the directory, under the hash of its name, is accepted."""
    trusting(pair, kind(pair.pki.path("hashed")))
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:capath-only-there")
def test_an_authority_in_another_directory_is_not(pair, impl):
    """A server whose root is not in the directory is refused."""
    trusting(pair, pair.pki.path("hashed-other"))
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:capath-empty")
def test_an_empty_directory_trusts_nobody(pair, impl, tmp_path):
    """A directory without authorities, and one that is not there, trust nobody, and are no error to name."""
    for directory in (tmp_path, tmp_path / "missing"):
        context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(capath=str(directory))
    pair.subject_context = context
    pair.peer.settings.trust = None
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 20


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:capath")
@pytest.mark.parametrize("name", ["server", "same-name-issuer"], ids=["first", "second"])
def test_authorities_of_one_name_are_told_apart(pair, name):
    """Two authorities of one name stand in the directory under one hash, and each is found."""
    trusting(pair, pair.pki.path("hashed"))
    pair.peer.settings.certificate = name
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der(name)


@pytest.mark.clause(
    "ssl.SSLContext.cert_store_stats:directories-later", "ssl.SSLContext.get_ca_certs:directories-later"
)
def test_what_was_used_is_loaded(pair):
    """get_ca_certs() does not list what is in the directory until a connection has asked for it."""
    context = trusting(pair, pair.pki.path("hashed"))
    assert context.get_ca_certs() == []
    pair.shake_hands()
    assert pair.pki.der("root") in context.get_ca_certs(True)


@pytest.mark.clause("ssl.SSLContext.load_verify_locations:lists")
@pytest.mark.parametrize(("name", "code"), [("revoked", 23), ("unrevoked", 0)], ids=["revoked", "unrevoked"])
def test_a_revocation_list_in_the_directory_counts(pair, impl, name, code):
    """Revocation lists are found in the directory as authorities are."""
    trusting(pair, pair.pki.path("hashed")).verify_flags |= impl.VERIFY_CRL_CHECK_LEAF
    pair.peer.settings.certificate = name
    if not code:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == code
