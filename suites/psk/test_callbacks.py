"""The callbacks of pre-shared keys: what they may answer, and what becomes of an answer that will not do."""

import sys

import pytest

pytestmark = [
    pytest.mark.versions("tls13"),
    pytest.mark.peers("module", "scripted"),
    pytest.mark.since("3.15"),
    pytest.mark.feature("HAS_PSK_TLS13"),
]

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")

IDENTITY, KEY = "subject", b"0123456789abcdef0123456789abcdef"


def boom(_):
    raise LookupError("no such key")


def prepare(pair, callback, peer=(IDENTITY, KEY)):
    pair.subject_context.set_ciphersuites("TLS_AES_128_GCM_SHA256")
    if pair.server_side:
        pair.subject_context.set_psk_server_callback(callback)
    else:
        pair.subject_context.set_psk_client_callback(callback)
    pair.peer.settings.psk = peer


def outcome(pair):
    pair.shake_hands()
    pair.greet()
    return pair.subject.session_reused


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:identity-and-key",
    "ssl.SSLContext.set_psk_client_callback:hint",
    "ssl.SSLContext.set_psk_server_callback:hint-not-in-tls13",
)
@client
@pytest.mark.parametrize("identity", ["i", "i" * 255, "ünïcode", "with space"], ids=["short", "long", "utf8", "space"])
@pytest.mark.parametrize("size", [1, 16, 256], ids=["1", "16", "256"])
def test_a_client_says_who_it_is(pair, identity, size):
    """The identity is text of up to 255 octets in UTF-8, and the key bytes."""
    key = bytes(range(256))[-size:]
    prepare(pair, lambda _: (identity, key), (identity, key))
    assert outcome(pair) is True


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:key-of-identity")
@server
@pytest.mark.parametrize("identity", ["i", "i" * 255, "ünïcode"], ids=["short", "long", "utf8"])
@pytest.mark.parametrize("size", [1, 16, 256], ids=["1", "16", "256"])
def test_a_server_finds_the_key_of_an_identity(pair, identity, size):
    """The server is told the identity as text, and answers with the key."""
    key = bytes(range(256))[-size:]
    prepare(pair, {identity: key}.__getitem__, (identity, key))
    assert outcome(pair) is True


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:empty-key")
@client
@pytest.mark.level("observed")
def test_a_client_with_an_empty_key_has_none(pair):
    """A zero-length key offers none. The documentation says that it rejects the connection; in TLS 1.3 it goes on."""
    prepare(pair, lambda _: (IDENTITY, b""))
    assert outcome(pair) is False
    assert pair.subject.getpeercert(True) == pair.pki.der("server")


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:empty-key")
@server
@pytest.mark.level("observed")
def test_a_server_with_an_empty_key_has_none(pair):
    """A zero-length key refuses the identity, and the handshake goes on with certificates."""
    prepare(pair, lambda _: b"")
    assert outcome(pair) is False


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:without-key")
@server
def test_a_server_without_key_and_certificate_refuses(pair, impl):
    """Where the server has neither the client's key nor a certificate, the handshake fails."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    prepare(pair, lambda _: b"")
    with pytest.raises(impl.SSLError):
        pair.shake_hands()
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:fails-quietly", "ssl.SSLContext.set_psk_server_callback:fails-quietly"
)
@pytest.mark.level("observed")
@pytest.mark.parametrize("wrong", ["raises", "exits", "none", "text", "bytearray"])
def test_a_callback_that_fails_has_no_key(pair, monkeypatch, wrong):
    """An exception or an answer of a wrong type is told to sys.unraisablehook, and there is no key."""
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_type))
    answers = {"raises": boom, "none": None, "text": "text", "bytearray": bytearray(KEY)}
    answer = answers.get(wrong)
    if wrong in ("raises", "exits"):
        prepare(pair, boom if wrong == "raises" else sys.exit)
    elif pair.server_side:
        prepare(pair, lambda _: answer)
    else:
        prepare(pair, lambda _: (IDENTITY, answer))
    assert outcome(pair) is False
    assert told == [{"raises": LookupError, "exits": SystemExit}.get(wrong, TypeError)]


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:fails-quietly")
@client
@pytest.mark.level("observed")
@pytest.mark.parametrize(
    "answer",
    [KEY, [IDENTITY, KEY], (IDENTITY, KEY, 1), (IDENTITY,), (5, KEY)],
    ids=["key", "list", "three", "one", "number"],
)
def test_a_client_answers_with_a_pair(pair, monkeypatch, answer):
    """A client's answer is a tuple of two, the first of them text or None; else TypeError is told.

    CPython has SystemError for what is no tuple at all.
    """
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_type))
    prepare(pair, lambda _: answer)
    assert outcome(pair) is False
    assert told in ([TypeError], [SystemError])


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:long-identity")
@pytest.mark.level("observed")
def test_an_identity_or_a_key_that_is_too_long_is_none(pair):
    """More than 255 octets of identity at a client, or 512 of key, and there is no key."""
    if pair.server_side:
        prepare(pair, lambda _: bytes(513))
    else:
        prepare(pair, lambda _: ("i" * 256, KEY))
    assert outcome(pair) is False


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:checked-when-set",
    "ssl.SSLContext.set_psk_server_callback:checked-when-set",
    "ssl.SSLContext.set_psk_server_callback:hint-length",
)
@pytest.mark.parametrize("role", ["client", "server"])
def test_the_callback_is_checked_when_it_is_set(impl, role):
    """A callback is a callable or None, else TypeError; an identity hint is text or None."""
    context = impl.SSLContext(getattr(impl, f"PROTOCOL_TLS_{role.upper()}"))
    setter = getattr(context, f"set_psk_{role}_callback")
    setter(lambda _: b"")
    setter(None)
    for wrong in (1, "text", b""):
        with pytest.raises(TypeError):
            setter(wrong)
    if role == "server":
        setter(lambda _: b"", "hint")
        setter(lambda _: b"", identity_hint=None)
        with pytest.raises(TypeError):
            setter(lambda _: b"", b"hint")
        for wrong in ("h" * 257, "a hint\0"):
            with pytest.raises(ValueError):
                setter(lambda _: b"", wrong)


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:role-fits", "ssl.SSLContext.set_psk_server_callback:role-fits"
)
@pytest.mark.parametrize("role", ["client", "server"])
def test_a_context_for_one_role_takes_no_callback_for_the_other(impl, role):
    """A client's context has no server callback, and the reverse: SSLError."""
    other = {"client": "server", "server": "client"}[role]
    context = impl.SSLContext(getattr(impl, f"PROTOCOL_TLS_{role.upper()}"))
    with pytest.raises(impl.SSLError):
        getattr(context, f"set_psk_{other}_callback")(lambda _: b"")


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:observable", "ssl.SSLContext.set_psk_client_callback:none-removes"
)
@client
def test_none_takes_the_callback_away(pair):
    """set_psk_client_callback(None): the context has no key any more."""
    prepare(pair, lambda _: (IDENTITY, KEY))
    pair.subject_context.set_psk_client_callback(None)
    assert outcome(pair) is False


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:identity-needed")
@client
@pytest.mark.parametrize("identity", [None, ""], ids=["none", "empty"])
def test_an_identity_is_needed(pair, impl, identity, monkeypatch):
    """In TLS 1.3 a key without identity is never used: certificates are, or there is no handshake at all."""
    monkeypatch.setattr(sys, "unraisablehook", lambda _: None)
    prepare(pair, lambda _: (identity, KEY))
    try:
        assert outcome(pair) is False
    except impl.SSLError:
        assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:none-removes")
@server
def test_none_takes_the_servers_callback_away(pair):
    """set_psk_server_callback(None): the context knows no key any more."""
    prepare(pair, lambda _: KEY)
    pair.subject_context.set_psk_server_callback(None)
    assert outcome(pair) is False
