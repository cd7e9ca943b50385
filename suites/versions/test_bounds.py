"""minimum_version and maximum_version (and OP_NO_TLSv1_*): they act, and they read back."""

import pytest

pytestmark = pytest.mark.versions()

needs_both = pytest.mark.feature("HAS_TLSv1_2", "HAS_TLSv1_3")
both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


@pytest.mark.clause(
    "ssl.PROTOCOL_TLS_CLIENT:highest-common",
    "ssl.PROTOCOL_TLS_SERVER:highest-common",
    "ssl.SSLContext.maximum_version:observable",
    "RFC 8446 4.2.1:versions-decide",
    "What's New 3.7:tls13",
)
@both_kinds
@pytest.mark.feature("HAS_TLSv1_3")
@pytest.mark.transports("memory", "asyncio")
def test_the_highest_common_version_is_chosen(pair):
    """Two ends that have it agree on TLS 1.3."""
    pair.shake_hands()
    assert pair.subject.version() == "TLSv1.3"
    assert pair.peer.seen.version == "TLSv1.3"


@pytest.mark.clause(
    "ssl.SSLContext.maximum_version:bound", "ssl.SSLContext.maximum_version:observable", "What's New 3.7:bounds"
)
@pytest.mark.known("bpo-31453")
@needs_both
def test_a_maximum_keeps_to_tls_1_2(pair, impl):
    """maximum_version TLSv1_2 makes two ends that have TLS 1.3 agree on 1.2."""
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_2
    pair.shake_hands()
    assert pair.subject.version() == "TLSv1.2"
    assert pair.peer.seen.version == "TLSv1.2"


@pytest.mark.clause(
    "ssl.OP_NO_TLSv1_3:off", "ssl.SSLContext.maximum_version:with-options", "ssl.SSLContext.options:observable"
)
@needs_both
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_option_keeps_to_tls_1_2_too(pair, impl):
    """OP_NO_TLSv1_3 does what a maximum of TLS 1.2 does."""
    pair.subject_context.options |= impl.OP_NO_TLSv1_3
    pair.shake_hands()
    assert pair.subject.version() == "TLSv1.2"


@pytest.mark.clause(
    "ssl.SSLContext.minimum_version:bound",
    "ssl.SSLContext.minimum_version:observable",
    "RFC 8446 4.2.1:nothing-in-common",
    "RFC 8446 6.2:protocol-version",
)
@needs_both
@pytest.mark.roles("server")
def test_a_server_refuses_an_older_client(pair, impl):
    """A server with minimum_version TLSv1_3 refuses a client of TLS 1.2 with the alert protocol_version."""
    pair.subject_context.minimum_version = impl.TLSVersion.TLSv1_3
    pair.peer.settings.versions = ("tls12", "tls12")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "UNSUPPORTED_PROTOCOL"
    assert pair.peer.alert_seen == "protocol_version"


@pytest.mark.clause("ssl.SSLContext.minimum_version:bound")
@needs_both
@pytest.mark.roles("client")
def test_a_client_learns_that_it_is_too_old(pair, impl):
    """A client of TLS 1.2 is told protocol_version by a server that insists on 1.3."""
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_2
    pair.peer.settings.versions = ("tls13", "tls13")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"


@pytest.mark.clause(
    "ssl.SSLContext.minimum_version:bound",
    "ssl.SSLContext.minimum_version:observable",
    "ssl-security:one-version",
    "RFC 8446 4.2.1:nothing-in-common",
)
@pytest.mark.roles("client")
@pytest.mark.feature("HAS_TLSv1_3")
def test_a_client_of_tls_1_3_finds_only_1_2(pair, impl):
    """A client with minimum_version TLSv1_3 and a server of TLS 1.2 do not meet: protocol_version either way."""
    pair.subject_context.minimum_version = impl.TLSVersion.TLSv1_3
    pair.peer.settings.versions = ("tls12", "tls12")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "TLSV1_ALERT_PROTOCOL_VERSION"


@pytest.mark.clause("ssl.SSLContext.maximum_version:with-options")
@pytest.mark.feature("HAS_TLSv1_3")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_without_any_version_there_is_no_handshake(pair, impl):
    """With every protocol switched off the handshake fails before anything is sent: NO_PROTOCOLS_AVAILABLE."""
    off = impl.OP_NO_TLSv1 | impl.OP_NO_TLSv1_1 | impl.OP_NO_TLSv1_2 | impl.OP_NO_TLSv1_3 | impl.OP_NO_SSLv3
    pair.subject_context.options |= off
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason in ("NO_PROTOCOLS_AVAILABLE", "UNSUPPORTED_PROTOCOL")
    assert not pair.peer.completes()


@pytest.mark.clause("ssl.SSLContext.maximum_version:member", "ssl.SSLContext.minimum_version:member")
@pytest.mark.known("bpo-31453", "bpo-33995")
def test_bounds_read_back(impl):
    """What was set is what is read, as a TLSVersion, also when a number was set."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = impl.TLSVersion.TLSv1_3
    assert context.minimum_version is impl.TLSVersion.TLSv1_3
    context.maximum_version = 0x0304
    assert context.maximum_version is impl.TLSVersion.TLSv1_3


@pytest.mark.clause(
    "ssl.TLSVersion:magic-bounds", "ssl.SSLContext.maximum_version:widest", "ssl.SSLContext.minimum_version:widest"
)
@pytest.mark.known("bpo-31453", "bpo-33995", "bpo-34001")
def test_the_widest_bounds_have_names(impl):
    """MINIMUM_SUPPORTED and MAXIMUM_SUPPORTED open a bound."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    context.maximum_version = impl.TLSVersion.TLSv1_3
    context.maximum_version = impl.TLSVersion.MAXIMUM_SUPPORTED
    assert context.maximum_version is impl.TLSVersion.MAXIMUM_SUPPORTED
    context.minimum_version = impl.TLSVersion.MINIMUM_SUPPORTED
    assert context.minimum_version is impl.TLSVersion.MINIMUM_SUPPORTED


@pytest.mark.clause("ssl.SSLContext.maximum_version:versions-only", "ssl.SSLContext.minimum_version:versions-only")
@pytest.mark.known("bpo-31453")
@pytest.mark.parametrize("wrong", [0x0305, 1, -5], ids=["tls14", "one", "negative"])
def test_a_bound_is_a_version(impl, wrong):
    """A number that is no version is refused with ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.minimum_version = wrong


@pytest.mark.clause("ssl.SSLSocket.version:none")
def test_without_an_object_there_is_no_version(pair):
    """version() is None before the handshake."""
    assert pair.subject.version() is None
