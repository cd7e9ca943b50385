"""set_alpn_protocols() and selected_alpn_protocol()."""

import warnings

import pytest

pytestmark = pytest.mark.feature("HAS_ALPN")

both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")


@pytest.mark.clause(
    "ssl.SSLContext.set_alpn_protocols:offered",
    "ssl.SSLContext.set_alpn_protocols:observable",
    "RFC 7301 3.1:offer",
    "RFC 7301 3.2:selected",
    "ssl.SSLSocket.selected_alpn_protocol:agreed",
    "What's New 3.5:alpn",
)
@both_kinds
@pytest.mark.transports("memory", "asyncio")
@pytest.mark.deliveries("all")
def test_the_common_protocol_is_selected(pair):
    """Both ends see the one protocol that both have."""
    pair.subject_context.set_alpn_protocols(["spdy/2", "http/1.1"])
    pair.peer.settings.alpn = ("http/1.1", "h2")
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() == "http/1.1"
    assert pair.peer.seen.alpn == "http/1.1"


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:offered", "RFC 7301 3.2:selected")
def test_the_server_prefers(pair):
    """Of several common protocols the server's first is selected, whatever the client's order."""
    pair.subject_context.set_alpn_protocols(["a", "b"])
    pair.peer.settings.alpn = ("b", "a")
    pair.shake_hands()
    expected = "a" if pair.server_side else "b"
    assert pair.subject.selected_alpn_protocol() == expected
    assert pair.peer.seen.alpn == expected


@pytest.mark.clause("ssl.SSLSocket.selected_alpn_protocol:none")
@pytest.mark.transports("memory", "asyncio")
def test_nothing_in_common_is_no_error(pair):
    """Without a common protocol the handshake completes, and nothing is selected on either side."""
    pair.subject_context.set_alpn_protocols(["a"])
    pair.peer.settings.alpn = ("b",)
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() is None
    assert pair.peer.seen.alpn is None


@pytest.mark.clause("ssl.SSLSocket.selected_alpn_protocol:none")
def test_an_offer_that_nobody_answers_selects_nothing(pair):
    """If only one end speaks ALPN, nothing is selected."""
    pair.subject_context.set_alpn_protocols(["h2"])
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() is None


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:observable", "ssl.SSLSocket.selected_alpn_protocol:none")
@both_kinds
def test_without_an_offer_nothing_is_selected(pair):
    """An end that was told no protocols selects none, although the other has some."""
    pair.peer.settings.alpn = ("h2",)
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() is None
    assert pair.peer.seen.alpn is None


@pytest.mark.clause("ssl.SSLSocket.selected_alpn_protocol:none")
def test_before_the_handshake_nothing_is_selected(pair):
    """selected_alpn_protocol() is None until the handshake is complete."""
    pair.subject_context.set_alpn_protocols(["h2"])
    pair.peer.settings.alpn = ("h2",)
    assert pair.subject.selected_alpn_protocol() is None
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() == "h2"


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:observable", "ssl.SSLContext.set_alpn_protocols:replaces")
def test_the_last_list_counts(pair):
    """A second set_alpn_protocols() takes the place of the first."""
    pair.subject_context.set_alpn_protocols(["old"])
    pair.subject_context.set_alpn_protocols(["new"])
    pair.peer.settings.alpn = ("old", "new")
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() == "new"


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:length")
def test_the_longest_name_is_negotiated(pair):
    """A protocol name may have 255 bytes."""
    longest = "x" * 255
    pair.subject_context.set_alpn_protocols(["short", longest])
    pair.peer.settings.alpn = (longest,)
    pair.shake_hands()
    assert pair.subject.selected_alpn_protocol() == longest


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:length")
@pytest.mark.known("urllib3#367")
@pytest.mark.parametrize("name", ["", "x" * 256], ids=["empty", "too_long"])
def test_a_name_has_from_1_to_255_bytes(impl, name):
    """An empty protocol name, or one of more than 255 bytes, raises SSLError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(impl.SSLError):
        context.set_alpn_protocols([name])


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:ascii")
def test_a_name_is_ascii(impl):
    """A protocol name outside ASCII raises UnicodeEncodeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(UnicodeEncodeError):
        context.set_alpn_protocols(["h\N{SUPERSCRIPT TWO}"])


@pytest.mark.clause("ssl.SSLContext.set_alpn_protocols:ascii")
@pytest.mark.level("observed")
def test_a_name_is_text(impl):
    """A protocol name given as bytes raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(TypeError):
        context.set_alpn_protocols([b""])


@pytest.mark.clause(
    "ssl.SSLSocket.selected_npn_protocol:none", "ssl.SSLSocket.selected_npn_protocol:deprecated", "What's New 3.10:npn"
)
def test_npn_is_gone(pair):
    """selected_npn_protocol() is None, and deprecated: ALPN has taken the place of NPN."""
    pair.shake_hands()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert pair.bare_subject.selected_npn_protocol() is None
    assert [(warning.category, warning.filename) for warning in caught] == [(DeprecationWarning, __file__)]


@pytest.mark.clause("RFC 7301 3.1:per-connection")
@pytest.mark.roles("client")
def test_a_resumed_connection_negotiates_anew(pair):
    """The protocol belongs to the connection: a session that is resumed does not bring that of the first."""
    pair.subject_context.set_alpn_protocols(["a", "b"])
    pair.peer.settings.alpn = ("a",)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.selected_alpn_protocol() == "a"
    for offered, selected in ((["b", "a"], "a"), (["b"], None)):
        pair.subject_context.set_alpn_protocols(offered)
        again = pair.reconnect(session=pair.bare_subject.session)
        again.shake_hands()
        assert again.subject.session_reused is True
        assert again.subject.selected_alpn_protocol() == selected
