"""A server that asks the client for its certificate after the handshake, and what the answers lead to."""

import contextlib

import pytest

pytestmark = [
    pytest.mark.roles("server"),
    pytest.mark.versions("tls13"),
    pytest.mark.since("3.14"),
    pytest.mark.feature("HAS_PHA"),
]

BOTH = pytest.mark.peers("module", "tlslite")


def prepare(pair, impl, mode="CERT_REQUIRED", certificate="client"):
    pair.subject_context.load_verify_locations(pair.pki.authority("root"))
    pair.subject_context.verify_mode = getattr(impl, mode)
    pair.subject_context.post_handshake_auth = True
    pair.peer.settings.post_handshake_auth = True
    pair.peer.settings.certificate = certificate


def ask(pair):
    """Have the question out and answered: the answer is in front of the byte that is read here."""
    pair.subject.verify_client_post_handshake()
    pair.drive(pair.subject.write, b"who are you?")
    assert pair.peer.receive(12) == b"who are you?"
    pair.peer.send(b"!")
    return pair.read(1)


@pytest.mark.clause(
    "ssl.SSLContext.post_handshake_auth:server-defers",
    "ssl.SSLSocket.verify_client_post_handshake:asks",
    "What's New 3.6:post-handshake",
    "What's New 3.7:post-handshake",
    "What's New 3.8:post-handshake",
)
@pytest.mark.known("bpo-34670")
@BOTH
@pytest.mark.transports("memory", "socketpair")
def test_the_certificate_comes_when_it_is_asked_for(pair, impl):
    """With post_handshake_auth a server sees no certificate in the handshake, and the client's after it has asked."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    assert pair.subject.getpeercert() is None
    assert ask(pair) == b"!"
    assert pair.subject.getpeercert(True) == pair.pki.der("client")
    assert pair.subject.getpeercert()["subject"]
    pair.greet()


@pytest.mark.clause("ssl.SSLContext.post_handshake_auth:server-defers")
def test_without_the_setting_it_is_asked_in_the_handshake(pair, impl):
    """A server without post_handshake_auth asks in the handshake, and may ask again afterwards."""
    prepare(pair, impl)
    pair.subject_context.post_handshake_auth = False
    pair.shake_hands()
    assert pair.subject.getpeercert(True) == pair.pki.der("client")
    ask(pair)
    assert pair.subject.getpeercert(True) == pair.pki.der("client")


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:delayed")
def test_the_question_goes_out_with_the_next_write(pair, impl):
    """verify_client_post_handshake() itself sends nothing: the next operation that writes does."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.subject.verify_client_post_handshake()
    assert pair.subject_outgoing.pending == 0
    pair.drive(pair.subject.write, b"now")
    assert pair.peer.receive(3) == b"now"


@pytest.mark.clause("ssl.CERT_OPTIONAL:client-may-pass", "ssl.SSLSocket.verify_client_post_handshake:judged")
def test_a_client_may_have_none_where_it_is_optional(pair, impl):
    """With CERT_OPTIONAL a client without certificate answers with none, and the connection goes on."""
    prepare(pair, impl, "CERT_OPTIONAL", None)
    pair.shake_hands()
    pair.greet()
    ask(pair)
    assert pair.subject.getpeercert() is None
    pair.greet()


@pytest.mark.clause(
    "ssl.CERT_REQUIRED:missing-raises",
    "RFC 8446 4.4.2.4:no-certificate-refused",
    "ssl.SSLSocket.verify_client_post_handshake:judged",
)
def test_a_client_must_have_one_where_it_is_required(pair, impl):
    """With CERT_REQUIRED a client without certificate is refused, and told certificate_required."""
    prepare(pair, impl, certificate=None)
    pair.shake_hands()
    pair.greet()
    with pytest.raises(impl.SSLError) as caught:
        ask(pair)
    assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"
    assert not isinstance(caught.value, impl.SSLCertVerificationError)
    assert pair.peer.alert_seen == "certificate_required"


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:settled")
@pytest.mark.level("observed")
@pytest.mark.parametrize("certificate", [None, "client"], ids=["without", "with"])
def test_the_mode_is_that_of_when_the_connection_was_made(pair, impl, certificate):
    """CERT_NONE in the context lets off no client whose connection was made under CERT_REQUIRED."""
    prepare(pair, impl, certificate=certificate)
    pair.shake_hands()
    pair.greet()
    pair.subject_context.verify_mode = impl.CERT_NONE
    if certificate is not None:
        assert ask(pair) == b"!"
        assert pair.subject.getpeercert(True) == pair.pki.der("client")
        return
    with pytest.raises(impl.SSLError) as caught:
        ask(pair)
    assert caught.value.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:judged")
@BOTH
@pytest.mark.parametrize("mode", ["CERT_OPTIONAL", "CERT_REQUIRED"], ids=["optional", "required"])
def test_a_certificate_that_is_not_trusted_is_refused(pair, impl, mode):
    """A certificate that nobody trusts ends the connection, as in the handshake."""
    prepare(pair, impl, mode, "other-client")
    pair.shake_hands()
    pair.greet()
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        ask(pair)
    assert caught.value.verify_code == 20
    assert pair.peer.alert_seen == "unknown_ca"


@pytest.mark.clause("RFC 8446 4.6.2:again", "ssl.SSLSocket.verify_client_post_handshake:asks")
def test_it_can_be_asked_again(pair, impl):
    """A server may ask a second time once the first question is answered."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    for _ in range(2):
        assert ask(pair) == b"!"
        assert pair.subject.getpeercert(True) == pair.pki.der("client")
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:one-question")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_one_question_at_a_time(pair, impl):
    """While a question is not answered, another one is refused with REQUEST_SENT."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.subject.verify_client_post_handshake()
    pair.subject.write(b"1")
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "REQUEST_SENT"


@pytest.mark.clause("RFC 8446 4.6.2:answer-in-order", "RFC 8446 4:order")
@pytest.mark.peers("scripted")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("missing", ["certificate", "certificate_verify", "finished"])
def test_an_answer_has_all_its_messages(pair, impl, missing):
    """Certificate, CertificateVerify and Finished answer together: where one is missing it is unexpected_message."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    if missing == "finished":
        pair.peer.repeat("certificate_verify")
    else:
        pair.peer.leave_out(missing)
    with pytest.raises(impl.SSLError) as caught:
        ask(pair)
    assert caught.value.reason == "UNEXPECTED_MESSAGE"
    assert pair.peer.alert_seen == "unexpected_message"


@pytest.mark.clause("RFC 8446 4.6.2:keys-between")
@pytest.mark.peers("tlslite")
def test_the_client_may_change_its_keys_before_it_answers(pair, impl):
    """A KeyUpdate between question and answer changes the key under which the answer is proved."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.subject.verify_client_post_handshake()
    pair.peer.update_keys()
    pair.drive(pair.subject.write, b"?")
    assert pair.peer.receive(1) == b"?"
    pair.peer.send(b"!")
    assert pair.read(1) == b"!"
    assert pair.subject.getpeercert(True) == pair.pki.der("client")


@pytest.mark.clause("RFC 8446 4.6.1:identity-kept", "ssl.SSLSocket.session_reused:says")
def test_the_identity_outlives_a_resumption(pair, impl):
    """A session whose ticket was made after the question is resumed with the client's certificate known."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    ask(pair)
    pair.greet()
    second = pair.reconnect()
    second.shake_hands()
    second.greet()
    assert second.subject.session_reused is True
    assert second.subject.getpeercert(True) == pair.pki.der("client")


@pytest.mark.clause(
    "ssl.SSLContext.post_handshake_auth:observable",
    "RFC 8446 4.2.6:offered-only",
    "ssl.SSLSocket.verify_client_post_handshake:enabled-only",
)
@pytest.mark.parametrize("mode", ["CERT_NONE", "CERT_REQUIRED"], ids=["none", "required"])
def test_a_client_that_does_not_offer_it_is_not_asked(pair, impl, mode):
    """Where the client has not offered post-handshake authentication, asking is an SSLError and nothing is sent."""
    prepare(pair, impl, mode)
    pair.peer.settings.post_handshake_auth = False
    pair.shake_hands()
    pair.greet()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "EXTENSION_NOT_RECEIVED"
    assert pair.subject.getpeercert() is None
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:enabled-only")
def test_a_server_that_wants_no_certificate_does_not_ask(pair, impl):
    """With CERT_NONE asking is an SSLError."""
    prepare(pair, impl, "CERT_NONE")
    pair.shake_hands()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "INVALID_CONFIG"
    pair.greet()


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:not-before")
def test_before_the_handshake_nobody_is_asked(pair, impl):
    """Before there is a TLS 1.3 connection asking is an SSLError."""
    prepare(pair, impl)
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "WRONG_SSL_VERSION"


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:not-before")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_in_mid_handshake_nobody_is_asked(pair, impl):
    """Between the hellos and the client's Finished asking is an SSLError, and the handshake goes on."""
    prepare(pair, impl)
    pair.carry()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.do_handshake()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert (caught.value.reason, caught.value.errno) == ("STILL_IN_INIT", 121)
    pair.shake_hands()
    pair.greet()


OPERATIONS = {
    "write": lambda subject: subject.write(b"now"),
    "read": lambda subject: subject.read(1),
    "do_handshake": lambda subject: subject.do_handshake(),
}


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:delayed")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_takes_the_question_along(pair, impl, operation):
    """The question goes out with whatever operation comes next, also one that reads."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.subject.verify_client_post_handshake()
    assert pair.subject_outgoing.pending == 0
    with contextlib.suppress(impl.SSLWantReadError):
        OPERATIONS[operation](pair.subject)
    assert pair.subject_outgoing.pending > 0


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:delayed")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_a_question_that_waits_is_a_handshake(pair, impl):
    """Until the question has gone out the connection is in a handshake: no version(), no unwrap()."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.subject.verify_client_post_handshake()
    assert pair.subject.version() is None
    with pytest.raises(ValueError):
        pair.subject.getpeercert()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "SHUTDOWN_WHILE_IN_INIT"


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:asks")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_after_the_end_nobody_is_asked(pair, impl):
    """Who has sent close_notify asks nothing any more: no question goes out."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    pair.subject_outgoing.read()
    for operation in (pair.subject.verify_client_post_handshake, pair.subject.do_handshake):
        with contextlib.suppress(impl.SSLError):
            operation()
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("RFC 8446 4.6.2:answer-fits")
@pytest.mark.peers("scripted")
@pytest.mark.deliveries("whole")
def test_an_answer_to_another_question(pair, impl):
    """An answer with the context of another question is refused: illegal_parameter."""
    prepare(pair, impl)
    pair.shake_hands()
    pair.greet()
    pair.peer.change_fields("certificate", certificate_request_context=bytes(32))
    with pytest.raises(impl.SSLError):
        ask(pair)
    assert pair.peer.alert_seen in ("illegal_parameter", "decode_error")


@pytest.mark.clause("ssl.SSLSocket.verify_client_post_handshake:tls13-only")
@pytest.mark.versions("tls12")
def test_in_tls12_nobody_is_asked(pair, impl):
    """TLS 1.2 has no post-handshake authentication: asking is an SSLError."""
    prepare(pair, impl)
    pair.shake_hands()
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.verify_client_post_handshake()
    assert caught.value.reason == "WRONG_SSL_VERSION"
    pair.greet()
