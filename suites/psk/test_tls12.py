"""Pre-shared keys in TLS 1.2 (RFC 4279, RFC 5489): the four key exchanges, hints, and what goes wrong."""

import sys

import pytest

pytestmark = [
    pytest.mark.versions("tls12"),
    pytest.mark.since("3.13"),
    pytest.mark.feature("HAS_PSK"),
]

client, server = pytest.mark.roles("client"), pytest.mark.roles("server")

IDENTITY, KEY = "subject", b"0123456789abcdef0123456789abcdef"
PLAIN, RSA = "PSK-AES128-GCM-SHA256", "RSA-PSK-AES128-GCM-SHA256"
ELLIPTIC, FINITE = "ECDHE-PSK-AES128-CBC-SHA256", "DHE-PSK-AES128-GCM-SHA256"
SUITES = (
    PLAIN,
    "PSK-AES256-GCM-SHA384",
    "PSK-CHACHA20-POLY1305",
    "PSK-AES128-CCM",
    "PSK-AES128-CBC-SHA",
    "PSK-AES256-CBC-SHA384",
    FINITE,
    "DHE-PSK-AES256-CCM",
    ELLIPTIC,
    "ECDHE-PSK-AES256-CBC-SHA384",
    "ECDHE-PSK-CHACHA20-POLY1305",
    RSA,
    "RSA-PSK-AES256-CBC-SHA",
)


def prepare(pair, suite=PLAIN, answer=None, peer=(IDENTITY, KEY), hint=None):
    """Both ends speak one suite and have a key. `answer` is the subject's callback, `hint` the server's."""
    asked = []

    def key(told):
        asked.append(told)
        return KEY if pair.server_side else (IDENTITY, KEY)

    context = pair.subject_context
    context.set_ciphers(suite)
    pair.peer.settings.ciphers = suite
    pair.peer.settings.psk = peer
    if pair.server_side:
        context.set_psk_server_callback(answer or key, hint)
        context.load_dh_params(pair.pki.path("dh-parameters.pem"))
    else:
        context.set_psk_client_callback(answer or key)
        pair.peer.settings.psk_hint = hint
    if suite.startswith("RSA"):
        present(pair, "rsa")
    return asked


def present(pair, name):
    """The server's certificate is this one of the PKI."""
    if pair.server_side:
        pair.subject_context.load_cert_chain(*pair.pki[name])
    else:
        pair.peer.settings.certificate = name


@pytest.mark.clause(
    "RFC 4279 2:psk-suites",
    "ssl.SSLContext.set_psk_client_callback:identity-and-key",
    "ssl.SSLContext.set_psk_server_callback:key-of-identity",
    "RFC 4279 2:key-exchanged",
)
@pytest.mark.known("micropython#14396")
@pytest.mark.parametrize("suite", SUITES, ids=str.lower)
def test_who_has_the_key_is_connected(pair, suite):
    """Each key exchange with a pre-shared key connects two ends that have it, and carries data."""
    asked = prepare(pair, suite)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.version() == "TLSv1.2"
    assert pair.subject.cipher()[0] == suite
    assert asked == [IDENTITY if pair.server_side else None]
    assert pair.subject.session_reused is False


@pytest.mark.clause("RFC 4279 2:psk-suites", "ssl.SSLContext.set_psk_client_callback:observable")
@client
@pytest.mark.parametrize("suite", [PLAIN, FINITE, ELLIPTIC], ids=str.lower)
def test_a_key_stands_for_a_certificate(pair, impl, suite):
    """With CERT_REQUIRED and check_hostname a server that has the key needs to show no certificate."""
    prepare(pair, suite)
    assert pair.subject_context.verify_mode == impl.CERT_REQUIRED
    assert pair.subject_context.check_hostname
    pair.shake_hands()
    assert pair.subject.getpeercert() is None
    assert pair.subject.getpeercert(True) is None


@pytest.mark.clause("RFC 4279 4:certificate-judged")
@client
@pytest.mark.parametrize("other", [False, True], ids=["trusted", "untrusted"])
def test_rsa_psk_judges_the_certificate(pair, impl, other):
    """RSA_PSK is both: the server shows a certificate, which is verified as ever, and has the key."""
    prepare(pair, RSA)
    if other:
        pair.subject_context = context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
        context.set_ciphers(RSA)
        context.load_verify_locations(pair.pki.authority("other-root"))
        context.maximum_version = impl.TLSVersion.TLSv1_2
        context.set_psk_client_callback(lambda _: (IDENTITY, KEY))
        with pytest.raises(impl.SSLCertVerificationError) as caught:
            pair.shake_hands()
        assert caught.value.verify_code in (19, 20)
        assert pair.peer.alert_seen == "unknown_ca"
    else:
        pair.shake_hands()
        assert pair.subject.getpeercert(True) == pair.pki.der("rsa")


@pytest.mark.clause("RFC 4279 5.2:hint", "ssl.SSLContext.set_psk_client_callback:hint")
@client
@pytest.mark.parametrize("hint", ["hint", "ünïcode", "h" * 128], ids=["short", "utf8", "long"])
@pytest.mark.parametrize("suite", [PLAIN, ELLIPTIC], ids=str.lower)
def test_a_client_is_told_the_server_s_hint(pair, suite, hint):
    """The callback's argument is the identity hint of the server."""
    asked = prepare(pair, suite, hint=hint)
    pair.shake_hands()
    assert asked == [hint]


@pytest.mark.clause("RFC 4279 5.2:hint", "ssl.SSLContext.set_psk_client_callback:hint")
@client
def test_an_empty_hint_is_none(pair):
    """A hint of no octets is as good as none."""
    asked = prepare(pair, ELLIPTIC, hint="")
    pair.shake_hands()
    assert asked == [None]


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:hint-sent")
@server
@pytest.mark.parametrize("hint", [None, "", "hint", "h" * 256], ids=["none", "empty", "short", "long"])
@pytest.mark.parametrize("suite", [PLAIN, FINITE, ELLIPTIC, RSA], ids=str.lower)
def test_a_server_may_send_a_hint(pair, suite, hint):
    """identity_hint is sent or not; who needs none is connected all the same."""
    asked = prepare(pair, suite, hint=hint)
    pair.shake_hands()
    pair.greet()
    assert asked == [IDENTITY]


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:observable",
    "ssl.SSLContext.set_psk_server_callback:observable",
    "RFC 4279 2:another-key",
)
@pytest.mark.parametrize("suite", [PLAIN, FINITE, ELLIPTIC, RSA], ids=str.lower)
def test_another_key_does_not_connect(pair, impl, suite):
    """Two keys under one identity: the client's Finished cannot be read, and the server says bad_record_mac."""
    prepare(pair, suite, peer=(IDENTITY, b"another key"))
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    if pair.server_side:
        # OpenSSL names the record layer since 3.2, and what it found before.
        assert caught.value.reason in ("RECORD_LAYER_FAILURE", "DECRYPTION_FAILED_OR_BAD_RECORD_MAC")
        assert pair.peer.alert_seen == "bad_record_mac"
    else:
        assert caught.value.reason == "SSLV3_ALERT_BAD_RECORD_MAC"


@pytest.mark.clause("RFC 4279 2:unknown-identity")
@client
def test_an_identity_that_the_server_does_not_know(pair, impl):
    """The client learns by an alert that nobody knows it."""
    prepare(pair, peer=("somebody else", KEY))
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    # CPython has a name for the alert since 3.15.
    assert caught.value.reason in ("TLSV1_ALERT_UNKNOWN_PSK_IDENTITY", None)


def boom(_):
    raise LookupError("no such key")


@pytest.mark.clause(
    "ssl.SSLContext.set_psk_client_callback:empty-key", "ssl.SSLContext.set_psk_server_callback:empty-key"
)
@pytest.mark.parametrize("size", [0, 32], ids=["empty", "good"])
def test_an_empty_key_connects_nobody(pair, impl, size):
    """A zero-length key rejects the connection at either end; with the key it is made."""
    prepare(pair, answer=lambda _: KEY[:size] if pair.server_side else (IDENTITY, KEY[:size]))
    if size:
        pair.shake_hands()
        return
    with pytest.raises(impl.SSLError):
        pair.shake_hands()


@pytest.mark.clause("RFC 4279 2:unknown-identity", "ssl.SSLContext.set_psk_server_callback:empty-key")
@server
@pytest.mark.level("observed")
@pytest.mark.parametrize("wrong", ["empty", "long", "raises", "none", "text", "bytearray"])
def test_a_server_that_has_no_key_says_so(pair, impl, monkeypatch, wrong):
    """A key that is empty, or longer than 512 octets, or no bytes at all, is none: unknown_psk_identity."""
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_type))
    answers = {"empty": b"", "long": bytes(513), "none": None, "text": "text", "bytearray": bytearray(KEY)}
    prepare(pair, answer=boom if wrong == "raises" else lambda _: answers[wrong])
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "PSK_IDENTITY_NOT_FOUND"
    # A peer that is CPython has a name for the alert since 3.15.
    assert pair.peer.alert_seen in ("unknown_psk_identity", None)
    assert told == {"empty": [], "long": [], "raises": [LookupError]}.get(wrong, [TypeError])


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:empty-key")
@client
@pytest.mark.level("observed")
@pytest.mark.parametrize("wrong", ["empty", "long", "long_identity", "raises", "none", "text"])
def test_a_client_that_has_no_key_gives_up(pair, impl, monkeypatch, wrong):
    """Without an answer that will do the client ends the handshake: PSK_IDENTITY_NOT_FOUND, handshake_failure."""
    told = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: told.append(args.exc_type))
    answers = {"empty": (IDENTITY, b""), "long": (IDENTITY, bytes(513)), "long_identity": ("i" * 256, KEY)}
    prepare(pair, answer=boom if wrong == "raises" else lambda _: answers.get(wrong, wrong))
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "PSK_IDENTITY_NOT_FOUND"
    assert pair.peer.alert_seen == "handshake_failure"
    assert len(told) == (wrong not in answers)


@pytest.mark.clause(
    "RFC 4279 5.3:lengths", "ssl.SSLContext.set_psk_client_callback:long-identity", "RFC 4279 5.1:utf-8"
)
@pytest.mark.parametrize("identity", ["i", "i" * 255, "ünïcode"], ids=["short", "long", "utf8"])
@pytest.mark.parametrize("size", [1, 16, 512], ids=["1", "16", "512"])
def test_identities_and_keys_of_every_length(pair, identity, size):
    """Identities of up to 255 octets in UTF-8 and keys of up to 512 octets will do."""
    key = bytes(range(256)) * 2
    key = key[-size:]
    answer = {identity: key}.__getitem__ if pair.server_side else lambda _: (identity, key)
    prepare(pair, answer=answer, peer=(identity, key))
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:identity-optional")
@client
@pytest.mark.parametrize("identity", [None, ""], ids=["none", "empty"])
def test_a_client_s_identity_may_be_empty(pair, identity):
    """An identity of None is one of no octets; a server is told of it as None."""
    prepare(pair, answer=lambda _: (identity, KEY), peer=(None, KEY))
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:no-identity")
@server
def test_a_server_is_told_an_empty_identity_as_none(pair):
    """An identity of no octets is None to the callback."""
    asked = prepare(pair, peer=("", KEY))
    pair.shake_hands()
    assert asked == [None]


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:offered-with-it")
@client
def test_without_a_callback_nothing_is_offered(pair, impl):
    """Suites with a pre-shared key may be enabled: only a client with a callback offers them."""
    prepare(pair)
    assert PLAIN in [cipher["name"] for cipher in pair.subject_context.get_ciphers()]
    pair.subject_context.set_psk_client_callback(None)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "NO_CIPHERS_AVAILABLE"
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.do_handshake()
    assert not isinstance(caught.value, impl.SSLWantReadError)


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:chosen-with-it")
@server
def test_without_a_callback_nothing_is_chosen(pair, impl):
    """A server without a callback chooses no suite with a pre-shared key."""
    prepare(pair)
    pair.subject_context.set_psk_server_callback(None)
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "NO_SHARED_CIPHER"
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:key-of-identity")
@server
@pytest.mark.parametrize("suite", [PLAIN, ELLIPTIC], ids=str.lower)
def test_a_server_needs_no_certificate(pair, impl, suite):
    """A server that has loaded no certificate serves clients that have its key."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    prepare(pair, suite)
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_2
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.set_psk_server_callback:no-certificate-asked")
@server
def test_a_client_with_a_key_is_not_asked_for_a_certificate(pair, impl):
    """A server with CERT_REQUIRED asks for no certificate where the key stands for both."""
    prepare(pair)
    pair.subject_context.load_verify_locations(pair.pki.authority("root"))
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.peer.settings.certificate = "client"
    pair.shake_hands()
    assert pair.subject.getpeercert() is None


@pytest.mark.clause("RFC 4279 4:certificate-judged")
@server
@pytest.mark.parametrize("shows", [True, False], ids=["shown", "missing"])
def test_with_rsa_psk_the_client_is_asked(pair, impl, shows):
    """With RSA_PSK there are certificates, and CERT_REQUIRED asks for the client's."""
    prepare(pair, RSA)
    pair.subject_context.load_verify_locations(pair.pki.authority("root"))
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    if shows:
        pair.peer.settings.certificate = "client"
        pair.shake_hands()
        assert pair.subject.getpeercert(True) == pair.pki.der("client")
    else:
        with pytest.raises(impl.SSLError) as caught:
            pair.shake_hands()
        assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.clause("RFC 4279 4:certificate-judged")
@client
@pytest.mark.parametrize("hint", [None, "hint"], ids=["without_a_hint", "with_a_hint"])
def test_with_rsa_psk_a_client_may_be_asked(pair, hint):
    """A client shows its certificate to a server that asks for it, whether a hint comes before the request or not."""
    prepare(pair, RSA, hint=hint)
    pair.subject_context.load_cert_chain(*pair.pki["client"])
    pair.peer.settings.verify_client = "required"
    pair.shake_hands()
    pair.greet()


@pytest.mark.clause("RFC 5077 3.1:tickets")
@client
@pytest.mark.parametrize("suite", [PLAIN, ELLIPTIC, RSA], ids=str.lower)
def test_the_session_is_resumed(pair, suite):
    """The session of a connection with a key is resumed, and nobody is asked for the key again."""
    asked = prepare(pair, suite)
    pair.shake_hands()
    pair.greet()
    second = pair.reconnect(session=pair.subject.session)
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is True
    assert (second.subject.getpeercert() is None) is (suite != RSA)
    assert len(asked) == 1


@pytest.mark.clause("ssl.SSLContext.set_ciphers:security-level-word")
def test_the_security_level_weighs_the_field(pair, impl):
    """At security level 3 Diffie-Hellman over a prime of 2048 bits is too weak, wherever it comes from."""
    prepare(pair, FINITE)
    pair.subject_context.set_ciphers(f"{FINITE}:@SECLEVEL=3")
    with pytest.raises(impl.SSLError) as caught:
        pair.shake_hands()
    assert caught.value.reason == "DH_KEY_TOO_SMALL"
    assert pair.peer.alert_seen == "handshake_failure"


@pytest.mark.clause("ssl.SSLContext.set_psk_client_callback:asked-twice")
@client
@pytest.mark.level("observed")
def test_who_might_speak_tls_1_3_is_asked_twice(pair, impl):
    """A client that could speak TLS 1.3 asks for a key to put into its ClientHello, and once more with the hint."""
    asked = prepare(pair, hint="hint")
    pair.subject_context.maximum_version = impl.TLSVersion.TLSv1_3
    pair.peer.settings.versions = ("tls12", "tls12")
    pair.shake_hands()
    assert asked == [None, "hint"]


@pytest.mark.clause("ssl.SSLContext.keylog_filename:written")
def test_the_secrets_are_logged(pair, tmp_path):
    """The master secret of a handshake with a key goes to keylog_filename as every other does."""
    prepare(pair)
    pair.subject_context.keylog_filename = str(tmp_path / "keys")
    pair.shake_hands()
    assert "CLIENT_RANDOM " in (tmp_path / "keys").read_text()
