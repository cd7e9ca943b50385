"""SSLContext.options: what is set at first, that each flag can be set and taken away, and what some of them do."""

import pytest

FLAGS = (
    "OP_ALL",
    "OP_CIPHER_SERVER_PREFERENCE",
    "OP_ENABLE_MIDDLEBOX_COMPAT",
    "OP_IGNORE_UNEXPECTED_EOF",
    "OP_LEGACY_SERVER_CONNECT",
    "OP_NO_COMPRESSION",
    "OP_NO_RENEGOTIATION",
    "OP_NO_TICKET",
    "OP_SINGLE_DH_USE",
    "OP_SINGLE_ECDH_USE",
)


@pytest.mark.clause("ssl.OP_ALL:default", "ssl.OP_CIPHER_SERVER_PREFERENCE:default", "ssl.SSLContext.options:defaults")
@pytest.mark.parametrize("protocol", ["PROTOCOL_TLS_CLIENT", "PROTOCOL_TLS_SERVER"], ids=str.lower)
@pytest.mark.parametrize("option", ["OP_ALL", "OP_CIPHER_SERVER_PREFERENCE", "OP_NO_COMPRESSION"], ids=str.lower)
def test_some_options_are_set_at_first(impl, protocol, option):
    """A fresh context has the workarounds, its own order of suites, and no compression."""
    flag = getattr(impl, option)
    assert impl.SSLContext(getattr(impl, protocol)).options & flag == flag


@pytest.mark.clause("ssl.OP_IGNORE_UNEXPECTED_EOF:not-default")
@pytest.mark.level("observed")
@pytest.mark.since("3.12")
@pytest.mark.known("bpo-43794", "gh-95494")
def test_truncation_is_not_ignored_at_first(impl):
    """A fresh context has no OP_IGNORE_UNEXPECTED_EOF."""
    assert not impl.SSLContext(impl.PROTOCOL_TLS_CLIENT).options & impl.OP_IGNORE_UNEXPECTED_EOF


@pytest.mark.clause(
    "ssl.SSLContext.options:ored",
    "ssl.OP_NO_RENEGOTIATION:flag",
    "ssl.OP_SINGLE_DH_USE:flag",
    "ssl.OP_SINGLE_ECDH_USE:flag",
    "ssl.OP_LEGACY_SERVER_CONNECT:flag",
)
@pytest.mark.since("3.12")
@pytest.mark.parametrize("option", FLAGS, ids=str.lower)
def test_each_option_can_be_set_and_taken_away(impl, option):
    """An option that is added can be read back, and taken away again; the others stay as they were."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    flag, before = getattr(impl, option), context.options
    context.options = before | flag
    assert context.options == before | flag
    context.options = before & ~flag
    assert context.options == before & ~flag


@pytest.mark.clause("ssl.OP_NO_SSLv2:no-effect")
@pytest.mark.level("observed")
def test_ssl_2_needs_no_option(impl):
    """OP_NO_SSLv2 is 0: no library has SSL 2 any more."""
    assert impl.OP_NO_SSLv2 == 0


@pytest.mark.clause("ssl.OP_NO_TLSv1_2:off", "ssl.SSLContext.options:observable")
@pytest.mark.known("GraalPy's list")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.versions
@pytest.mark.parametrize("wanted", [True, False], ids=["default", "no_tls12"])
def test_without_tls_1_2_a_peer_of_tls_1_2_is_refused(pair, impl, wanted):
    """With OP_NO_TLSv1_2 a peer that has only TLS 1.2 is refused; without it that is served."""
    pair.peer.settings.versions = ("tls12", "tls12")
    if wanted:
        pair.shake_hands()
        assert pair.subject.version() == "TLSv1.2"
        return
    pair.subject_context.options |= impl.OP_NO_TLSv1_2
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason in {"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION"}


@pytest.mark.clause("ssl.OP_NO_TICKET:no-request")
@pytest.mark.roles("client")
@pytest.mark.versions("tls12")
@pytest.mark.parametrize("wanted", [True, False], ids=["default", "no_ticket"])
def test_a_client_may_ask_for_no_ticket(pair, impl, wanted):
    """With OP_NO_TICKET a TLS 1.2 client asks for no ticket, so that none is sent; without it one is."""
    if not wanted:
        pair.subject_context.options |= impl.OP_NO_TICKET
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session.has_ticket is wanted


@pytest.mark.clause("ssl.OP_ENABLE_KTLS:flag", "ssl.SSLSocket.sendfile:ktls")
@pytest.mark.since("3.12")
@pytest.mark.transports("tcp")
@pytest.mark.known("gh-99813")
def test_kernel_tls_changes_nothing_for_the_peer(pair, impl, tmp_path):
    """With OP_ENABLE_KTLS, whether the kernel has it or not, data and files arrive as ever."""
    path = tmp_path / "file"
    path.write_bytes(b"0123456789" * 5000)
    pair.subject_context.options |= impl.OP_ENABLE_KTLS
    assert pair.subject_context.options & impl.OP_ENABLE_KTLS
    pair.shake_hands()
    pair.greet()
    with path.open("rb") as file:
        assert pair.subject.sendfile(file, offset=10, count=40000) == 40000
    assert pair.peer.receive(40000) == b"0123456789" * 4000
