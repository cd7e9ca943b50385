"""What version(), cipher() and their kind say before, during and after the handshake."""

import warnings

import pytest

pytestmark = pytest.mark.deliveries("whole")

VERSIONS = {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}
NOTHING_YET = ["version", "cipher", "shared_ciphers", "compression", "selected_alpn_protocol"]


@pytest.mark.clause(
    "ssl.SSLSocket.cipher:before",
    "ssl.SSLSocket.shared_ciphers:none",
    "ssl.SSLSocket.compression:none",
    "ssl.SSLSocket.selected_alpn_protocol:none",
    "ssl.SSLSocket.version:none",
)
@pytest.mark.known("bpo-29781")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.parametrize("name", NOTHING_YET)
def test_there_is_nothing_to_say_on_a_fresh_object(pair, name):
    """Without a connection version(), cipher(), shared_ciphers(), compression() and the ALPN protocol are None."""
    assert getattr(pair.subject, name)() is None


@pytest.mark.clause(
    "ssl.SSLSocket.pending:decrypted-only", "ssl.SSLSocket.session:before", "ssl.SSLSocket.session_reused:before"
)
@pytest.mark.transports("memory", "socketpair")
def test_a_fresh_object_has_nothing_pending_and_reuses_nothing(pair):
    """Without a connection pending() is 0, session_reused false, and there is no session."""
    assert pair.subject.pending() == 0
    assert not pair.subject.session_reused
    assert pair.subject.session is None


@pytest.mark.clause("ssl.SSLSocket.group:before")
@pytest.mark.since("3.15")
def test_group_is_none_without_a_connection(pair):
    """group() returns None if no connection has been established."""
    assert pair.subject.group() is None


@pytest.mark.clause("ssl.SSLSocket.group:name", "ssl.SSLSocket.client_sigalg:none", "ssl.SSLSocket.server_sigalg:name")
@pytest.mark.since("3.15")
@pytest.mark.versions("tls13")
def test_group_and_signature_algorithm_are_those_of_the_handshake(pair):
    """group() and server_sigalg() name what this handshake used; client_sigalg() is None without a client certificate.

    Names are OpenSSL's: group() gives the name that set_groups() takes, server_sigalg() that of the IANA registry.
    """
    pair.peer.settings.groups = ("secp384r1",)
    pair.shake_hands()
    assert pair.subject.group() == "secp384r1"
    assert pair.subject.server_sigalg().startswith("ecdsa_secp256r1")
    assert pair.subject.client_sigalg() is None


@pytest.mark.clause("ssl.SSLSocket.client_sigalg:none", "ssl.SSLSocket.server_sigalg:none")
@pytest.mark.since("3.15")
def test_there_is_no_signature_algorithm_without_a_connection(pair):
    """client_sigalg() and server_sigalg() return None if no connection has been established."""
    assert pair.subject.client_sigalg() is None
    assert pair.subject.server_sigalg() is None


@pytest.mark.clause("ssl.SSLSocket.version:none")
@pytest.mark.known("bpo-29781")
def test_version_stays_none_until_the_handshake_is_complete(pair, impl):
    """In mid-handshake no secure connection is established: version() is None."""
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    assert pair.subject_outgoing.pending > 0
    assert pair.subject.version() is None
    pair.shake_hands()
    assert pair.subject.version() == VERSIONS[pair.variant.version]


@pytest.mark.clause("ssl.SSLSocket.cipher:before", "ssl.SSLSocket.shared_ciphers:none")
@pytest.mark.parametrize("name", ["cipher", "shared_ciphers"])
def test_ciphers_stay_unsaid_until_the_handshake_is_complete(pair, impl, name):
    """In mid-handshake no connection is established: cipher() and shared_ciphers() are None, as documented.

    OpenSSL's servers know both as soon as they have read a ClientHello, and the stdlib says so too early.
    """
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    assert pair.subject_outgoing.pending > 0
    assert getattr(pair.subject, name)() is None


@pytest.mark.clause("ssl.SSLSocket.version:negotiated", "What's New 3.5:version")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_version_is_the_version_negotiated(pair):
    """After the handshake version() names the protocol: "TLSv1.2" or "TLSv1.3"."""
    pair.shake_hands()
    assert pair.subject.version() == VERSIONS[pair.variant.version]


@pytest.mark.clause("ssl.SSLSocket.version:negotiated")
@pytest.mark.versions
@pytest.mark.feature("HAS_TLSv1_2", "HAS_TLSv1_3")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_the_version_is_the_peers_where_the_peer_has_only_one(pair, version):
    """An end that speaks both versions uses the one that the other end speaks, and version() says which."""
    pair.peer.settings.versions = (version, version)
    pair.shake_hands()
    assert pair.subject.version() == VERSIONS[version]


@pytest.mark.clause("ssl.SSLSocket.cipher:tuple")
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_cipher_names_the_suite_in_use(pair):
    """cipher() is a tuple of the suite's name, the version that defines it, and the number of secret bits."""
    pair.shake_hands()
    name, version, bits = pair.subject.cipher()
    assert type(pair.subject.cipher()) is tuple
    if pair.variant.version == "tls13":
        assert name in {"TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"}
        assert version == "TLSv1.3"
    else:
        assert name.startswith("ECDHE-ECDSA-")
        assert version == "TLSv1.2"
    assert bits == (128 if "128" in name else 256)


@pytest.mark.clause("ssl.SSLContext.set_ciphers:observable", "ssl.SSLSocket.cipher:tuple")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize(
    "name", ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384"], ids=["aes128", "aes256"]
)
@pytest.mark.transports("memory", "asyncio")
def test_cipher_follows_what_the_peer_allows(pair, name):
    """Where the peer allows one suite only, cipher() names that one, and its bits."""
    pair.peer.settings.ciphers = name
    pair.shake_hands()
    assert pair.subject.cipher() == (name, "TLSv1.2", 128 if "128" in name else 256)


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:tuples", "What's New 3.5:shared-ciphers")
@pytest.mark.roles("server")
@pytest.mark.peers("module", "tlslite", "openssl", "gnutls")
def test_a_server_lists_the_ciphers_that_both_ends_have(pair):
    """A server's shared_ciphers() is a list of (name, version, bits), with the one in use and none it does not have."""
    pair.shake_hands()
    shared = pair.subject.shared_ciphers()
    assert type(shared) is list
    assert pair.subject.cipher() in shared
    assert len(set(shared)) == len(shared)
    own = {suite["name"] for suite in pair.subject.context.get_ciphers()}
    for name, version, bits in shared:
        assert name in own
        assert version in {"TLSv1.3", "TLSv1.2", "TLSv1.0", "SSLv3"}
        assert bits >= 128


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:tuples")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
def test_a_cipher_that_one_end_lacks_is_not_shared(pair):
    """A client that offers one TLS 1.2 suite shares that one and no other."""
    pair.peer.settings.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"
    pair.shake_hands()
    assert pair.subject.shared_ciphers() == [("ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2", 128)]


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:none")
@pytest.mark.roles("client")
@pytest.mark.transports("memory", "socketpair")
def test_a_client_is_told_no_shared_ciphers(pair):
    """On the client's side shared_ciphers() is None after the handshake as well."""
    pair.shake_hands()
    assert pair.subject.shared_ciphers() is None


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:none")
@pytest.mark.roles("server")
def test_a_resumed_session_lists_no_shared_ciphers(pair):
    """shared_ciphers() is None if the session has been reused; cipher() still names the suite in use."""
    pair.shake_hands()
    pair.greet()
    assert pair.subject.shared_ciphers()
    second = pair.reconnect()
    second.shake_hands()
    assert second.subject.session_reused
    assert second.subject.cipher() == pair.subject.cipher()
    assert second.subject.shared_ciphers() is None


@pytest.mark.clause(
    "ssl.OP_NO_COMPRESSION:no-compression", "RFC 8446 4.1.2:no-compression", "ssl.SSLSocket.compression:none"
)
@pytest.mark.transports("memory", "socketpair", "asyncio")
@pytest.mark.peers("module", "tlslite")
def test_a_connection_is_not_compressed(pair):
    """With default settings (and in TLS 1.3 ever) compression() is None."""
    pair.shake_hands()
    assert pair.subject.compression() is None


@pytest.mark.clause("ssl.SSLSocket.selected_npn_protocol:none")
@pytest.mark.transports("memory", "socketpair")
def test_npn_selects_nothing(pair, impl):
    """Without NPN (HAS_NPN is false nowadays) selected_npn_protocol() is None before and after the handshake."""
    assert not impl.HAS_NPN
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        assert pair.subject.selected_npn_protocol() is None
        pair.shake_hands()
        assert pair.subject.selected_npn_protocol() is None


@pytest.mark.clause("RFC 8446 4.1.1:selection-shows", "ssl.SSLSocket.cipher:tuple", "ssl.SSLSocket.version:negotiated")
@pytest.mark.peers("module", "tlslite", "openssl")
@pytest.mark.transports("memory", "asyncio")
def test_both_ends_tell_the_same(pair):
    """What the subject says of version and cipher is what its peer says."""
    pair.shake_hands()
    assert pair.peer.seen.version == pair.subject.version()
    assert plain(pair.peer.seen.cipher).startswith(plain(pair.subject.cipher()[0]))


def plain(name):
    """What OpenSSL's name of a suite and the registry's have in common."""
    return name.replace("TLS_", "").replace("WITH_", "").replace("_", "").replace("-", "")
