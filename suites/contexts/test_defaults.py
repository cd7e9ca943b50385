"""What a fresh SSLContext is, for each protocol, and what create_default_context() adds."""

import pytest


@pytest.mark.clause(
    "ssl.PROTOCOL_TLS_CLIENT:verifies", "ssl.SSLContext.check_hostname:client-default", "ssl.SSLContext.protocol:chosen"
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
)
def test_a_server_context_asks_for_no_certificate(impl):
    """PROTOCOL_TLS_SERVER leaves CERT_NONE and no name to check."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    assert context.verify_mode is impl.CERT_NONE
    assert context.check_hostname is False
    assert context.protocol is impl.PROTOCOL_TLS_SERVER


@pytest.mark.clause("ssl.SSLContext:protocol-known")
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
)
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
def test_the_default_context_is_strict(impl):
    """Since 3.13 create_default_context() sets VERIFY_X509_STRICT and VERIFY_X509_PARTIAL_CHAIN."""
    context = impl.create_default_context()
    assert context.verify_flags & impl.VERIFY_X509_STRICT
    assert context.verify_flags & impl.VERIFY_X509_PARTIAL_CHAIN


@pytest.mark.clause("ssl.create_default_context:given-authorities")
def test_a_ca_given_to_the_default_context_is_the_only_one(impl, pki):
    """With cafile= the default context trusts that authority, and the system's are not loaded."""
    context = impl.create_default_context(cafile=pki.authority())
    assert context.cert_store_stats()["x509_ca"] == 1


@pytest.mark.clause("ssl.create_default_context:purpose-only")
def test_a_purpose_is_a_purpose(impl):
    """A purpose that is no member of Purpose raises TypeError."""
    with pytest.raises(TypeError):
        impl.create_default_context("serverAuth")
