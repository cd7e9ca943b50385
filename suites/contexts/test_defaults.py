"""What a fresh SSLContext is, for each protocol, and what create_default_context() adds."""

import pytest

PURPOSES = pytest.mark.parametrize("purpose", ["SERVER_AUTH", "CLIENT_AUTH"], ids=str.lower)


@pytest.mark.clause(
    "ssl.PROTOCOL_TLS_CLIENT:verifies",
    "ssl.SSLContext.check_hostname:client-default",
    "ssl.SSLContext.protocol:chosen",
    "What's New 3.6:protocols-by-role",
)
def test_a_client_context_verifies_certificates_and_names(impl):
    """PROTOCOL_TLS_CLIENT turns on CERT_REQUIRED and check_hostname."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context.verify_mode is impl.CERT_REQUIRED
    assert context.check_hostname is True
    assert context.protocol is impl.PROTOCOL_TLS_CLIENT


@pytest.mark.clause(
    "ssl.CERT_NONE:default-mode",
    "ssl.SSLContext.check_hostname:client-default",
    "ssl.SSLContext.protocol:chosen",
    "ssl-security:constructor-default",
    "What's New 3.6:protocols-by-role",
)
def test_a_server_context_asks_for_no_certificate(impl):
    """PROTOCOL_TLS_SERVER leaves CERT_NONE and no name to check."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    assert context.verify_mode is impl.CERT_NONE
    assert context.check_hostname is False
    assert context.protocol is impl.PROTOCOL_TLS_SERVER


@pytest.mark.clause("ssl.SSLContext:protocol-known")
@pytest.mark.known("bpo-28958", "bpo-31400")
def test_an_unknown_protocol_is_refused(impl):
    """A protocol number that is none raises ValueError."""
    with pytest.raises(ValueError):
        impl.SSLContext(-1)


@pytest.mark.clause("ssl.SSLContext:trusts-nobody")
def test_a_context_trusts_nobody_of_itself(impl):
    """A fresh context has no CA certificates loaded."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context.cert_store_stats() == {"crl": 0, "x509_ca": 0, "x509": 0}
    assert context.get_ca_certs() == []


@pytest.mark.clause(
    "ssl.Options:members",
    "ssl.SSLContext.maximum_version:member",
    "ssl.SSLContext.minimum_version:member",
    "ssl.SSLContext.options:flags",
    "ssl.SSLContext.verify_flags:flags",
    "ssl.SSLContext.verify_mode:member",
    "What's New 3.6:enumerations",
)
@pytest.mark.known("bpo-28025")
def test_the_getters_give_enumerations(impl):
    """options, verify_flags, verify_mode and the versions are members of their enumerations, not bare numbers."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert type(context.options) is impl.Options
    assert type(context.verify_flags) is impl.VerifyFlags
    assert type(context.verify_mode) is impl.VerifyMode
    assert type(context.minimum_version) is impl.TLSVersion
    assert type(context.maximum_version) is impl.TLSVersion


@pytest.mark.clause("ssl.VERIFY_X509_TRUSTED_FIRST:default")
def test_the_trusted_come_first(impl):
    """VERIFY_X509_TRUSTED_FIRST is set from the beginning."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context.verify_flags & impl.VERIFY_X509_TRUSTED_FIRST


@pytest.mark.clause(
    "ssl.OP_NO_SSLv3:default",
    "ssl.OP_NO_COMPRESSION:default",
    "ssl.SSLContext:secure-options",
    "ssl.SSLContext.options:defaults",
    "What's New 3.6:secure-defaults",
    "What's New 3.5:no-ssl-3",
)
def test_compression_and_old_protocols_are_off(impl):
    """A fresh context has OP_NO_COMPRESSION, and OP_NO_SSLv3 for the protocols that negotiate."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    assert context.options & impl.OP_NO_COMPRESSION
    assert context.options & impl.OP_NO_SSLv3


@pytest.mark.clause(
    "ssl.Purpose:server-auth",
    "ssl.create_default_context:new-context",
    "ssl.create_default_context:server-auth-verifies",
    "ssl.create_default_context:own-protocols",
)
def test_the_default_context_verifies_servers(impl):
    """create_default_context() gives a client context that verifies certificate and name."""
    context = impl.create_default_context()
    assert context.protocol is impl.PROTOCOL_TLS_CLIENT
    assert context.verify_mode is impl.CERT_REQUIRED
    assert context.check_hostname is True


@pytest.mark.clause(
    "ssl.Purpose:client-auth",
    "ssl.create_default_context:new-context",
    "ssl.create_default_context:client-auth-serves",
    "ssl.create_default_context:own-protocols",
)
def test_the_default_context_for_clients_to_come_serves(impl):
    """create_default_context(Purpose.CLIENT_AUTH) gives a server context that asks for no certificate."""
    context = impl.create_default_context(impl.Purpose.CLIENT_AUTH)
    assert context.protocol is impl.PROTOCOL_TLS_SERVER
    assert context.verify_mode is impl.CERT_NONE
    assert context.check_hostname is False


@pytest.mark.clause("ssl.create_default_context:strict", "ssl.create_default_context:partial-chain")
@pytest.mark.since("3.13")
@pytest.mark.known("gh-107361")
@PURPOSES
def test_the_default_context_is_strict(impl, purpose):
    """Since 3.13 create_default_context() sets VERIFY_X509_STRICT and VERIFY_X509_PARTIAL_CHAIN."""
    context = impl.create_default_context(getattr(impl.Purpose, purpose))
    assert context.verify_flags & impl.VERIFY_X509_STRICT
    assert context.verify_flags & impl.VERIFY_X509_PARTIAL_CHAIN


@pytest.mark.clause("ssl.create_default_context:given-authorities")
@PURPOSES
def test_a_ca_given_to_the_default_context_is_the_only_one(impl, pki, purpose):
    """With cafile= the default context trusts that authority, and the system's are not loaded."""
    context = impl.create_default_context(getattr(impl.Purpose, purpose), cafile=pki.authority())
    assert context.cert_store_stats()["x509_ca"] == 1


@pytest.mark.clause("ssl.create_default_context:purpose-only")
def test_a_purpose_is_a_purpose(impl):
    """A purpose that is no member of Purpose raises TypeError."""
    with pytest.raises(TypeError):
        impl.create_default_context("serverAuth")


@pytest.mark.clause(
    "ssl.create_default_context:strong-suites", "ssl.create_default_context:no-old-ssl", "What's New 3.6:chacha"
)
@pytest.mark.known("bpo-27850", "bpo-23481", "bpo-27766")
@pytest.mark.parametrize("purpose", ["SERVER_AUTH", "CLIENT_AUTH"], ids=str.lower)
def test_the_default_context_has_nothing_weak(impl, purpose):
    """create_default_context() has no RC4, 3DES or anonymous suite, and no SSL 3; ChaCha20-Poly1305 it has."""
    context = impl.create_default_context(getattr(impl.Purpose, purpose))
    names = {suite["name"] for suite in context.get_ciphers()}
    assert not [name for name in names if any(weak in name for weak in ("RC4", "3DES", "DES-CBC3", "ADH", "AECDH"))]
    assert any("CHACHA20" in name for name in names)
    assert context.options & impl.OP_NO_SSLv2 == impl.OP_NO_SSLv2
    assert context.options & impl.OP_NO_SSLv3


@pytest.mark.clause("ssl.create_default_context:given-authorities", "ssl-security:defaults-verify")
@pytest.mark.roles("client")
@pytest.mark.parametrize("how", ["cafile", "capath", "cadata"])
def test_the_default_context_trusts_the_authorities_it_is_given(pair, impl, pki, how):
    """A default context with the server's authority connects; with another's it refuses, and under a wrong name too."""
    given = {"cafile": pki.authority(), "capath": pki.path("hashed"), "cadata": pki.pem("root")}
    pair.subject_context = impl.create_default_context(**{how: given[how]})
    pair.shake_hands()
    stranger = pair.reconnect(context=impl.create_default_context(cafile=pki.authority("other-root")))
    with pytest.raises(impl.SSLCertVerificationError):
        stranger.shake_hands()
    misled = pair.reconnect()
    misled.server_hostname = "other.example"
    with pytest.raises(impl.SSLCertVerificationError):
        misled.shake_hands()


@pytest.mark.clause("ssl.SSLContext:forward-secrecy", "What's New 3.10:strong-suites")
@pytest.mark.since("3.10")
def test_every_suite_has_forward_secrecy(impl):
    """A fresh context has suites of AES and ChaCha20 only, whose keys are agreed anew, and none with a MAC of SHA-1.

    OpenSSL 3.6 lists suites with pre-shared keys as well, which are not offered as long as there is no key.
    """
    for suite in impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).get_ciphers():
        assert suite["symmetric"].startswith(("aes", "chacha20"))
        assert suite["protocol"] == "TLSv1.3" or "psk" in suite["kea"] or suite["kea"] in {"kx-ecdhe", "kx-dhe"}
        assert suite["digest"] != "sha1"


@pytest.mark.clause("ssl.SSLContext.minimum_version:default", "ssl.SSLContext.maximum_version:default")
@pytest.mark.parametrize("protocol", ["PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER"], ids=str.lower)
def test_the_bounds_are_open_at_first(impl, protocol):
    """maximum_version is MAXIMUM_SUPPORTED; minimum_version is MINIMUM_SUPPORTED, or TLS 1.2 by the system's policy."""
    context = impl.SSLContext(getattr(impl, protocol))
    assert context.maximum_version is impl.TLSVersion.MAXIMUM_SUPPORTED
    assert context.minimum_version in (impl.TLSVersion.MINIMUM_SUPPORTED, impl.TLSVersion.TLSv1_2)


@pytest.mark.clause("ssl.SSLContext.protocol:read-only", "ssl.SSLContext.security_level:read-only")
@pytest.mark.parametrize("name", ["protocol", "security_level"])
def test_some_settings_are_read_only(impl, name):
    """protocol and security_level say how the context is; setting them raises AttributeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    before = getattr(context, name)
    with pytest.raises(AttributeError):
        setattr(context, name, before)
    assert getattr(context, name) == before


@pytest.mark.clause("ssl.SSLContext:settings-copied")
@pytest.mark.level("observed")
@pytest.mark.roles("client")
@pytest.mark.versions
def test_a_connection_keeps_the_settings_that_it_was_made_with(pair, impl, pki):
    """What is set on a context after a connection was made of it counts for the next one."""
    pair.subject_context = impl.create_default_context(cafile=pki.authority())
    assert pair.subject.version() is None
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_2
    pair.shake_hands()
    assert pair.subject.version() == "TLSv1.3"
    following = pair.reconnect()
    following.shake_hands()
    assert following.subject.version() == "TLSv1.2"
