"""What an SSLSocket says of its connection, before the handshake and after it.

Certificates, sessions, ALPN and channel bindings have areas of their own; here is what each method gives at which time.
"""

import warnings

import pytest

pytestmark = pytest.mark.transports("socketpair")

VERSIONS = {"tls12": "TLSv1.2", "tls13": "TLSv1.3"}


@pytest.mark.clause("ssl.SSLSocket.version:negotiated", "ssl.SSLSocket.version:none")
@pytest.mark.known("bpo-29781")
@pytest.mark.peers("module", "tlslite")
def test_version_is_known_with_the_handshake(pair):
    """version() is None until the handshake is complete, and then the version that both ends negotiated."""
    assert pair.subject.version() is None
    pair.shake_hands()
    assert pair.subject.version() == VERSIONS[pair.variant.version]


@pytest.mark.clause("ssl.SSLSocket.cipher:tuple", "ssl.SSLSocket.cipher:before")
def test_cipher_is_known_with_the_handshake(pair):
    """cipher() is None until there is a connection, and then name, protocol version and secret bits of the cipher."""
    assert pair.subject.cipher() is None
    pair.shake_hands()
    name, version, bits = pair.subject.cipher()
    assert name == pair.peer.seen.cipher
    assert version == VERSIONS[pair.variant.version]
    assert bits in (128, 256)


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:tuples")
@pytest.mark.roles("server")
def test_a_server_knows_the_shared_ciphers(pair):
    """shared_ciphers() of a server is None without a connection, and then a list that has the cipher in use."""
    assert pair.subject.shared_ciphers() is None
    pair.shake_hands()
    shared = pair.subject.shared_ciphers()
    assert pair.subject.cipher() in shared
    assert all(len(cipher) == 3 for cipher in shared)


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:none")
@pytest.mark.roles("client")
def test_a_client_does_not_know_the_shared_ciphers(pair):
    """shared_ciphers() of a client is None, also with a connection."""
    assert pair.subject.shared_ciphers() is None
    pair.shake_hands()
    assert pair.subject.shared_ciphers() is None


@pytest.mark.clause("ssl.SSLSocket.shared_ciphers:none")
@pytest.mark.roles("server")
@pytest.mark.versions("tls12")
def test_a_resumed_session_shares_no_ciphers(pair):
    """shared_ciphers() is None where the session has been reused."""
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect()
    second.shake_hands()
    assert second.subject.session_reused
    assert second.subject.shared_ciphers() is None


@pytest.mark.clause("ssl.SSLSocket.compression:none")
def test_there_is_no_compression(pair):
    """compression() is None for a connection that is not compressed, which by default none is."""
    assert pair.subject.compression() is None
    pair.shake_hands()
    assert pair.subject.compression() is None


@pytest.mark.clause("ssl.SSLSocket.pending:decrypted-only")
def test_nothing_is_pending_before_data(pair):
    """pending() is 0 before the handshake, and after it until data has been read in part."""
    assert pair.subject.pending() == 0
    pair.shake_hands()
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLSocket.getpeercert:handshake-needed")
def test_getpeercert_needs_the_handshake(pair):
    """getpeercert() before the handshake raises ValueError, in either form."""
    with pytest.raises(ValueError):
        pair.subject.getpeercert()
    with pytest.raises(ValueError):
        pair.subject.getpeercert(True)


@pytest.mark.clause("ssl.SSLSocket.getpeercert:validated-dict")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.roles("client")
def test_a_client_has_the_certificate_of_the_server(pair):
    """getpeercert() gives a validated certificate as a dict, and with binary_form True as its DER bytes."""
    pair.shake_hands()
    certificate = pair.subject.getpeercert()
    assert ("DNS", "localhost") in certificate["subjectAltName"]
    assert "subject" in certificate
    assert "issuer" in certificate
    assert pair.subject.getpeercert(binary_form=True) == pair.pki.der("server")


@pytest.mark.clause("ssl.CERT_NONE:server-does-not-ask", "ssl.SSLSocket.getpeercert:no-certificate")
@pytest.mark.roles("server")
def test_a_server_that_did_not_ask_has_no_certificate(pair):
    """getpeercert() of a server with CERT_NONE is None in either form, even where the client could present one."""
    pair.peer.settings.certificate = "client"
    pair.shake_hands()
    assert pair.subject.getpeercert() is None
    assert pair.subject.getpeercert(True) is None


@pytest.mark.clause("ssl.SSLSocket.getpeercert:validated-dict")
@pytest.mark.roles("server")
def test_a_server_that_asked_has_the_certificate_of_the_client(pair, impl):
    """getpeercert() of a server with CERT_REQUIRED gives the client's certificate."""
    pair.peer.settings.certificate = "client"
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.shake_hands()
    assert ("DNS", "client.example") in pair.subject.getpeercert()["subjectAltName"]
    assert pair.subject.getpeercert(True) == pair.pki.der("client")


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:der-list", "ssl.SSLSocket.get_unverified_chain:der-list")
@pytest.mark.known("gh-109109")
@pytest.mark.roles("client")
@pytest.mark.since("3.13")
def test_chains_are_lists_of_der(pair):
    """get_unverified_chain() gives what the peer sent, get_verified_chain() the chain up to the trusted root."""
    pair.peer.settings.certificate = "server-intermediate"
    pair.shake_hands()
    leaf, intermediate = pair.pki.chain("server-intermediate")
    assert pair.subject.get_unverified_chain() == [leaf, intermediate]
    assert pair.subject.get_verified_chain() == [leaf, intermediate, pair.pki.der("root")]


@pytest.mark.clause("ssl.SSLSocket.get_verified_chain:empty", "ssl.SSLSocket.get_unverified_chain:empty")
@pytest.mark.known("gh-109109")
@pytest.mark.level("observed")
@pytest.mark.roles("server")
@pytest.mark.since("3.13")
def test_without_a_certificate_the_chains_are_empty(pair):
    """Of a peer without certificate both chains are the empty list, not None."""
    pair.shake_hands()
    assert pair.subject.get_unverified_chain() == []
    assert pair.subject.get_verified_chain() == []


@pytest.mark.clause("ssl.SSLSocket.selected_alpn_protocol:agreed", "ssl.SSLSocket.selected_alpn_protocol:none")
def test_alpn_is_known_with_the_handshake(pair):
    """selected_alpn_protocol() is None until the handshake is complete, and then what both ends agreed on."""
    pair.subject_context.set_alpn_protocols(["h2", "http/1.1"])
    pair.peer.settings.alpn = ("http/1.1",)
    assert pair.subject.selected_alpn_protocol() is None
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() == "http/1.1"
    assert pair.peer.seen.alpn == "http/1.1"


@pytest.mark.clause("ssl.SSLSocket.selected_alpn_protocol:none")
@pytest.mark.parametrize("willing", ["nobody", "subject", "peer"])
def test_without_alpn_there_is_no_protocol(pair, willing):
    """selected_alpn_protocol() is None where either end does not do ALPN."""
    if willing == "subject":
        pair.subject_context.set_alpn_protocols(["h2"])
    if willing == "peer":
        pair.peer.settings.alpn = ("h2",)
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() is None


@pytest.mark.clause("ssl.SSLSocket.selected_npn_protocol:none", "ssl.SSLSocket.selected_npn_protocol:deprecated")
def test_npn_is_history(pair):
    """selected_npn_protocol() is None, and deprecated since 3.10."""
    pair.shake_hands()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert pair.bare_subject.selected_npn_protocol() is None
    assert [(warning.category, warning.filename) for warning in caught] == [(DeprecationWarning, __file__)]


@pytest.mark.clause(
    "RFC 5929 3:known-after-handshake",
    "ssl.SSLSocket.get_channel_binding:bytes",
    "ssl.SSLSocket.get_channel_binding:none",
)
def test_a_channel_binding_is_known_with_the_handshake(pair, impl):
    """get_channel_binding() is None until the handshake is complete, and then some bytes, "tls-unique" by default."""
    assert "tls-unique" in impl.CHANNEL_BINDING_TYPES
    assert pair.subject.get_channel_binding() is None
    pair.shake_hands()
    binding = pair.subject.get_channel_binding()
    assert type(binding) is bytes
    assert binding
    assert pair.subject.get_channel_binding("tls-unique") == binding


@pytest.mark.clause("ssl.SSLSocket.get_channel_binding:types")
@pytest.mark.parametrize("kind", ["tls-exporter", "tls-server-end-point", "nonsense"], ids=["exporter", "end", "none"])
def test_an_unsupported_channel_binding_is_refused(pair, impl, kind):
    """get_channel_binding() of a type that is not in CHANNEL_BINDING_TYPES raises ValueError."""
    assert kind not in impl.CHANNEL_BINDING_TYPES
    pair.shake_hands()
    with pytest.raises(ValueError):
        pair.subject.get_channel_binding(kind)


@pytest.mark.clause("ssl.SSLSocket.session:after-handshake", "ssl.SSLSocket.session_reused:before")
def test_a_session_is_known_with_the_handshake(pair, impl):
    """session is None until the handshake has been performed, and then an SSLSession, on either side."""
    assert pair.subject.session is None
    pair.shake_hands()
    assert isinstance(pair.subject.session, impl.SSLSession)
    assert pair.subject.session_reused is False


@pytest.mark.clause("ssl.SSLSocket.session:observable", "ssl.SSLSocket.session:too-late")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
def test_a_session_can_be_set_before_the_handshake(pair):
    """A client's session can be set before do_handshake(), and is reused then; after it ValueError is raised."""
    pair.shake_hands()
    second = pair.reconnect()
    second.subject.session = pair.subject.session
    second.shake_hands()
    assert second.subject.session_reused is True
    assert second.peer.seen.resumed
    with pytest.raises(ValueError):
        second.subject.session = pair.subject.session


@pytest.mark.clause("ssl.SSLContext.wrap_socket:tied", "ssl.SSLSocket.context:tied")
def test_context_is_that_of_wrap_socket(pair):
    """context is the SSLContext whose wrap_socket() made the socket."""
    context = pair.subject_context
    assert pair.subject.context is context


@pytest.mark.clause("ssl.SSLSocket.server_side:role", "ssl.SSLSocket.server_hostname:name")
def test_roles_and_names_are_those_of_wrap_socket(pair):
    """server_side is True or False as wrap_socket() was told; server_hostname its name, None on a server."""
    assert pair.subject.server_side is pair.server_side
    assert pair.subject.server_hostname == (None if pair.server_side else "localhost")


@pytest.mark.clause("ssl.SSLSocket.server_hostname:a-label")
@pytest.mark.known("bpo-28414")
@pytest.mark.roles("client")
@pytest.mark.versions("tls13")
def test_server_hostname_is_ascii(pair):
    """server_hostname of an internationalized name is its A-label."""
    pair.server_hostname = "bücher.example"
    assert pair.subject.server_hostname == "xn--bcher-kva.example"


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:enabled-only")
@pytest.mark.parametrize("when", ["before", "after"])
def test_post_handshake_authentication_needs_its_preconditions(pair, impl, when):
    """verify_client_post_handshake() raises SSLError where post-handshake authentication was not agreed upon.

    Which is so for a client, for TLS 1.2, before the handshake, and where it is not enabled on both sides. What it does
    where all is well is in an area of its own.
    """
    if when == "after":
        pair.shake_hands()
    with pytest.raises(impl.SSLError):
        pair.subject.verify_client_post_handshake()
    if when == "after":
        pair.greet()


@pytest.mark.clause("ssl.SSLSocket.group:name")
@pytest.mark.since("3.15")
@pytest.mark.parametrize("group", ["X25519", "secp384r1"], ids=["x25519", "secp384r1"])
def test_the_group_is_known_with_the_handshake(pair, group):
    """group() is the group that the key agreement used.

    That it is None before the handshake stands in the area handshake.
    In TLS 1.2 the client's groups also limit the curves of certificates (RFC 8422 5.1.1), which RSA has none of.
    """
    if pair.server_side:
        pair.subject_context.load_cert_chain(*pair.pki["rsa"])
    pair.peer.settings.groups = (group,)
    pair.shake_hands()
    assert pair.subject.group().lower() == group.lower()


@pytest.mark.clause(
    "ssl.SSLSocket.client_sigalg:none", "ssl.SSLSocket.server_sigalg:name", "ssl.SSLSocket.server_sigalg:none"
)
@pytest.mark.since("3.15")
def test_signature_algorithms_are_known_with_the_handshake(pair):
    """server_sigalg() is None until there is a connection; client_sigalg() too where no client authenticates."""
    assert pair.subject.server_sigalg() is None
    assert pair.subject.client_sigalg() is None
    pair.shake_hands()
    assert pair.subject.server_sigalg() == "ecdsa_secp256r1_sha256"
    assert pair.subject.client_sigalg() is None


@pytest.mark.clause("ssl.SSLSocket.client_sigalg:name")
@pytest.mark.since("3.15")
def test_the_signature_algorithm_of_a_client_is_known(pair, impl):
    """client_sigalg() is the algorithm that an authenticated client signed with, on both sides."""
    if pair.server_side:
        pair.peer.settings.certificate = "client"
        pair.subject_context.load_verify_locations(pair.pki.authority())
        pair.subject_context.verify_mode = impl.CERT_REQUIRED
    else:
        pair.peer.settings.verify_client = "required"
        pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.shake_hands()
    assert pair.subject.client_sigalg() == "ecdsa_secp256r1_sha256"
