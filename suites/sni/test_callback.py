"""sni_callback: what it is told, and what follows from what it returns."""

import gc
import sys

import pytest

pytestmark = pytest.mark.feature("HAS_SNI")

serving = pytest.mark.roles("server")
both_kinds = pytest.mark.peers("module", "tlslite", "openssl", "gnutls")

# Those that end a connection, and that each peer has a name for.
ALERTS = (
    "access_denied",
    "bad_certificate",
    "bad_certificate_hash_value",
    "bad_certificate_status_response",
    "bad_record_mac",
    "certificate_expired",
    "certificate_revoked",
    "certificate_unknown",
    "certificate_unobtainable",
    "decode_error",
    "decompression_failure",
    "decrypt_error",
    "handshake_failure",
    "illegal_parameter",
    "insufficient_security",
    "internal_error",
    "protocol_version",
    "record_overflow",
    "unexpected_message",
    "unknown_ca",
    "unrecognized_name",
    "unsupported_certificate",
    "unsupported_extension",
)
UNWILLING = type("Unwilling", (), {"__index__": sys.exit})()


class Caller:
    """A callback that keeps what it was told, and answers what it was made with."""

    def __init__(self, answer=None):
        self.answer = answer
        self.calls = []

    def __call__(self, ssl_object, name, context):
        self.calls.append((ssl_object, name, context))
        return self.answer


def call_back(context, how, callback):
    """Set the callback, by one of the two names that there are for it."""
    if how == "sni_callback":
        context.sni_callback = callback
    else:
        context.set_servername_callback(callback)


def refusal(pair, impl):
    """The reason with which a serving subject fails."""
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    return caught.value.reason


@pytest.mark.clause(
    "ssl.SSLContext.sni_callback:called",
    "ssl.SSLContext.sni_callback:arguments",
    "ssl.SSLContext.sni_callback:none-goes-on",
)
@pytest.mark.known("GraalPy's list")
@serving
@both_kinds
def test_the_callback_is_told_object_name_and_context(pair):
    """The callback receives the connection's own object, the name that the client asks for, and the context."""
    callback = Caller()
    pair.subject_context.sni_callback = callback
    pair.shake_hands()
    ((ssl_object, name, context),) = callback.calls
    assert ssl_object is pair.bare_subject
    assert name == "localhost"
    assert context is pair.subject_context


@pytest.mark.clause("ssl.SSLContext.sni_callback:arguments")
@serving
@pytest.mark.transports("socketpair")
def test_under_wrap_socket_the_object_is_the_socket(pair, impl):
    """A connection made by wrap_socket() shows the callback its SSLSocket."""
    callback = Caller()
    pair.subject_context.sni_callback = callback
    pair.shake_hands()
    assert isinstance(callback.calls[0][0], impl.SSLSocket)
    assert callback.calls[0][0] is pair.bare_subject


@pytest.mark.clause("ssl.SSLContext.sni_callback:no-name")
@serving
@both_kinds
@pytest.mark.parametrize("how", ["sni_callback", "set_servername_callback"])
def test_a_client_that_names_nobody_gives_none(pair, how):
    """Without the extension the callback is called with None."""
    callback = Caller()
    call_back(pair.subject_context, how, callback)
    pair.peer.settings.server_hostname = None
    pair.shake_hands()
    assert [name for _, name, _ in callback.calls] == [None]


@pytest.mark.clause("ssl.SSLContext.sni_callback:taken-away")
@serving
def test_the_callback_can_be_read_back_and_taken_away(pair):
    """sni_callback gives what was set; None takes it away."""
    callback = Caller()
    assert pair.subject_context.sni_callback is None
    pair.subject_context.sni_callback = callback
    assert pair.subject_context.sni_callback is callback
    pair.subject_context.sni_callback = None
    pair.shake_hands()
    assert callback.calls == []


@pytest.mark.clause("ssl.SSLContext.sni_callback:callable-only")
def test_a_callback_is_callable(impl):
    """Anything but a callable or None raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    with pytest.raises(TypeError):
        context.sni_callback = 4


@pytest.mark.clause("ssl.SSLContext.sni_callback:servers-only")
def test_a_client_context_takes_no_callback(impl):
    """A context for clients only refuses a callback with ValueError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    with pytest.raises(ValueError):
        context.sni_callback = Caller()


@pytest.mark.clause("ssl.AlertDescription:as-answer", "ssl.SSLContext.sni_callback:alert", "RFC 6066 3:unrecognized")
@pytest.mark.known("RustPython's expected failures")
@serving
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("alert", ALERTS)
def test_an_alert_ends_the_handshake(pair, impl, alert):
    """An ALERT_DESCRIPTION_* that the callback returns is the alert that the client receives."""
    pair.subject_context.sni_callback = Caller(getattr(impl, f"ALERT_DESCRIPTION_{alert.upper()}"))
    assert refusal(pair, impl) == "CALLBACK_FAILED"
    assert pair.peer.alert_seen == alert


@pytest.mark.clause("ssl.SSLContext.sni_callback:other-answers")
@pytest.mark.known("RustPython's expected failures")
@serving
@pytest.mark.parametrize("answer", ["text", 1.5, (), UNWILLING], ids=["text", "float", "tuple", "unwilling"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_wrong_answer_ends_the_handshake(pair, impl, answer):
    """What is neither None nor an alert ends the handshake with internal_error."""
    pair.subject_context.sni_callback = Caller(answer)
    assert refusal(pair, impl) == "CALLBACK_FAILED"
    assert pair.peer.alert_seen == "internal_error"


@pytest.mark.clause("ssl.SSLContext.sni_callback:exception")
@serving
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.known("CVE-2026-27448", "RustPython's expected failures")
@pytest.mark.parametrize("how", ["sni_callback", "set_servername_callback"])
@pytest.mark.parametrize("what", [ZeroDivisionError, KeyboardInterrupt], ids=["error", "interrupt"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_exception_ends_the_handshake(pair, impl, how, what):
    """An exception in the callback ends the handshake with handshake_failure; it is never swallowed."""

    def callback(_object, _name, _context):
        raise what

    call_back(pair.subject_context, how, callback)
    assert refusal(pair, impl) == "CALLBACK_FAILED"
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause(
    "ssl.SSLContext.sni_callback:switches-context",
    "ssl.SSLContext.sni_callback:observable",
    "ssl.SSLContext.sni_callback:none-goes-on",
    "ssl.SSLSocket.context:observable",
)
@serving
@both_kinds
@pytest.mark.transports("memory", "asyncio")
def test_another_context_presents_its_certificate(pair, impl):
    """A callback that sets the object's context decides which certificate the client gets."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*pair.pki["rsa"])

    def callback(ssl_object, _name, _context):
        ssl_object.context = other

    pair.subject_context.sni_callback = callback
    pair.shake_hands()
    assert pair.peer.seen.certificate == pair.pki.der("rsa")
    assert pair.subject.context is other


@pytest.mark.clause("ssl.SSLContext.sni_callback:first-still-asks")
@serving
@pytest.mark.level("observed")
@pytest.mark.parametrize("flag", [None, "VERIFY_CRL_CHECK_LEAF"], ids=["without", "with"])
def test_another_context_does_not_make_the_first_one_s_flags_forgotten(pair, impl, flag):
    """A client that the first context's verify_flags refuse gets in by no name, whatever the other context's are."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*pair.pki["server"])
    for context in (pair.subject_context, other):
        context.load_verify_locations(pair.pki.authority("root"))
        context.verify_mode = impl.CERT_REQUIRED
    pair.peer.settings.certificate = "client"
    pair.subject_context.sni_callback = lambda ssl_object, _name, _context: setattr(ssl_object, "context", other)
    if flag is None:
        pair.shake_hands()
        assert pair.subject.getpeercert(True) == pair.pki.der("client")
        return
    pair.subject_context.verify_flags |= getattr(impl, flag)
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        pair.shake_hands()
    assert caught.value.verify_code == 3


@pytest.mark.clause("ssl.SSLContext.sni_callback:observable")
@serving
@both_kinds
def test_without_the_callback_it_presents_its_own(pair):
    """The same server without a callback presents the certificate of its own context."""
    pair.shake_hands()
    assert pair.peer.seen.certificate == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLSocket.context:contexts-only")
@serving
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_only_a_context_can_be_set(pair, impl):
    """Setting the object's context to something else raises TypeError inside the callback."""
    raised = []

    def callback(ssl_object, _name, _context):
        try:
            ssl_object.context = "another"
        except TypeError as error:
            raised.append(type(error))
            return
        raised.append(None)

    pair.subject_context.sni_callback = callback
    pair.shake_hands()
    assert raised == [TypeError]


@pytest.mark.clause("ssl.SSLContext.sni_callback:forgotten-object")
@serving
@pytest.mark.known("gh-146080")
@pytest.mark.level("observed")
@pytest.mark.transports("memory")
def test_a_forgotten_object_does_not_crash(impl, pki):
    """When the last reference to the server's object goes away before its handshake, nothing crashes."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*pki["server"])
    context.sni_callback = Caller()
    server = context.wrap_bio(impl.MemoryBIO(), impl.MemoryBIO(), server_side=True)
    del server
    gc.collect()


@pytest.mark.clause("ssl.SSLContext.sni_callback:forgotten-object")
@pytest.mark.known("gh-146080")
@pytest.mark.since("3.15")
@pytest.mark.level("observed")
@pytest.mark.parametrize("how", ["sni_callback", "set_servername_callback"])
def test_the_callback_of_a_forgotten_object_ends_the_handshake(couple, impl, how):
    """Where only the inner object is left of a server's, there is nobody to call: the handshake fails, no more."""
    callback = Caller()
    call_back(couple.server_context, how, callback)
    incoming, outgoing = impl.MemoryBIO(), impl.MemoryBIO()
    server = couple.server_context.wrap_bio(incoming, outgoing, server_side=True)
    inner = server._sslobj
    del server
    gc.collect()
    client = couple.client_context.wrap_bio(outgoing, incoming, server_hostname="localhost")
    with pytest.raises(impl.SSLWantReadError):
        client.do_handshake()
    with pytest.raises(impl.SSLError):
        inner.do_handshake()
    assert callback.calls == []


@pytest.mark.clause("ssl.SSLContext.sni_callback:called", "ssl.SSLContext.set_servername_callback:called")
@pytest.mark.known("pypy#3396")
@serving
@pytest.mark.parametrize("how", ["sni_callback", "set_servername_callback"])
def test_the_context_keeps_its_callback(pair, how):
    """A callback to which nobody else refers is called all the same."""
    calls = []

    def callback(_object, name, _context):
        calls.append(name)

    call_back(pair.subject_context, how, callback)
    del callback
    gc.collect()
    pair.shake_hands()
    assert calls == ["localhost"]


@pytest.mark.clause("ssl.SSLContext.sni_callback:called", "ssl.SSLContext.set_servername_callback:called")
@serving
def test_the_older_setter_sets_a_callback_too(pair):
    """set_servername_callback() sets a callback that is called with the same three."""
    callback = Caller()
    pair.subject_context.set_servername_callback(callback)
    pair.shake_hands()
    assert [name for _, name, _ in callback.calls] == ["localhost"]


@pytest.mark.clause("ssl.SSLContext.sni_callback:one-only")
@serving
def test_a_second_callback_takes_the_place_of_the_first(pair):
    """A context has one callback: the one that was set last is called, and no other."""
    first, second = Caller(), Caller()
    pair.subject_context.sni_callback = first
    pair.subject_context.sni_callback = second
    pair.shake_hands()
    assert (len(first.calls), len(second.calls)) == (0, 1)


@pytest.mark.clause("ssl.SSLContext.sni_callback:a-label", "ssl.SSLContext.set_servername_callback:u-label")
@serving
@pytest.mark.known("bpo-28414")
@pytest.mark.parametrize(
    ("how", "told"),
    [("sni_callback", "xn--pythn-mua.org"), ("set_servername_callback", "pyth\u00f6n.org")],
    ids=["a_label", "u_label"],
)
def test_an_international_name_is_told(pair, how, told):
    """sni_callback is told an international name as its A-label, the callback of the older setter as its U-label."""
    callback = Caller()
    call_back(pair.subject_context, how, callback)
    pair.peer.settings.trust = None
    pair.peer.settings.server_hostname = "pyth\u00f6n.org"
    pair.shake_hands()
    assert [name for _, name, _ in callback.calls] == [told]


@pytest.mark.clause("ssl.SSLContext.set_servername_callback:observable")
@serving
@pytest.mark.parametrize("switches", [True, False], ids=["switches", "does_not"])
def test_the_older_setter_decides_too_which_certificate_is_presented(pair, impl, pki, switches):
    """A callback of set_servername_callback() that sets another context changes the certificate that is seen."""
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*pki["server-2"])

    def switch(ssl_object, _name, _context):
        if switches:
            ssl_object.context = other

    pair.subject_context.set_servername_callback(switch)
    pair.peer.settings.trust = None
    pair.shake_hands()
    assert pair.peer.seen.certificate == pki.der("server-2" if switches else "server")


@pytest.mark.clause("ssl.SSLContext.set_servername_callback:undecodable")
@serving
def test_a_name_that_cannot_be_decoded_ends_the_handshake(pair, impl, monkeypatch):
    """With the older setter a name that is no IDNA ends the handshake with internal_error; nobody is called."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    callback = Caller()
    pair.subject_context.set_servername_callback(callback)
    pair.peer.settings.trust = None
    pair.peer.settings.server_hostname = "xn--a.example"
    assert refusal(pair, impl) == "CALLBACK_FAILED"
    assert pair.peer.alert_seen == "internal_error"
    assert callback.calls == []


@pytest.mark.clause("ssl.SSLContext.sni_callback:early")
@serving
def test_little_is_known_within_the_callback(pair):
    """Within the callback there is no certificate of the peer yet, and no protocol; the context is known."""
    known = []

    def ask(ssl_object, _name, context):
        known.append((ssl_object.context is context, ssl_object.selected_alpn_protocol(), ssl_object.version()))

    pair.subject_context.sni_callback = ask
    pair.shake_hands()
    assert known == [(True, None, None)]
