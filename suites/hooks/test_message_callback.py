"""SSLContext._msg_callback: what it is told of a connection, in the order of the wire."""

import pytest

pytestmark = [pytest.mark.level("observed"), pytest.mark.deliveries("whole")]

FIRST = {"client": "write", "server": "read"}
FLIGHTS = {
    "tls12": [
        (0, ["CLIENT_HELLO"]),
        (1, ["SERVER_HELLO", "CERTIFICATE", "SERVER_KEY_EXCHANGE", "SERVER_DONE"]),
        (0, ["CLIENT_KEY_EXCHANGE", "FINISHED"]),
        (1, ["NEWSESSION_TICKET", "FINISHED"]),
    ],
    "tls13": [
        (0, ["CLIENT_HELLO"]),
        (1, ["SERVER_HELLO", "ENCRYPTED_EXTENSIONS", "CERTIFICATE", "CERTIFICATE_VERIFY", "FINISHED"]),
        (0, ["FINISHED"]),
    ],
}
WAYS = {"client": ("write", "read"), "server": ("read", "write")}


class Listener:
    """Keeps what it is told, each time as (connection, direction, version, content type, message type, data)."""

    def __init__(self):
        self.told = []

    def __call__(self, *told):
        self.told.append(told)

    def of(self, content_type):
        """(direction, version, message type, data) of what was told under this content type."""
        return [
            (direction, version, message, data)
            for _, direction, version, content, message, data in self.told
            if content == content_type
        ]


@pytest.fixture
def listener(pair):
    """The callback of the subject's context."""
    pair.subject_context._msg_callback = Listener()
    return pair.subject_context._msg_callback


@pytest.mark.clause("ssl.SSLContext._msg_callback:told", "ssl._TLSMessageType:numbers")
@pytest.mark.known("bpo-34271", "bpo-41056")
def test_every_handshake_message_is_told_in_order(pair, impl, listener):
    """The callback is told each message of the handshake that is sent or received, in order."""
    pair.shake_hands()
    expected = [
        (WAYS[pair.variant.role][way], getattr(impl._TLSMessageType, name))
        for way, names in FLIGHTS[pair.variant.version]
        for name in names
    ]
    found = [(direction, message) for direction, _, message, _ in listener.of(impl._TLSContentType.HANDSHAKE)]
    assert found[: len(expected)] == expected
    assert {message for _, message in found[len(expected) :]} <= {impl._TLSMessageType.NEWSESSION_TICKET}


@pytest.mark.clause("ssl.SSLContext._msg_callback:told")
@pytest.mark.transports("memory", "socketpair")
def test_what_a_message_is_told_with(pair, impl, listener):
    """A message comes with the connection's object, its version, and its bytes, the handshake header included."""
    pair.shake_hands()
    versions = {"tls12": impl.TLSVersion.TLSv1_2, "tls13": impl.TLSVersion.TLSv1_3}
    assert all(told[0] is pair.bare_subject for told in listener.told)
    messages = listener.of(impl._TLSContentType.HANDSHAKE)
    # Of the first a server cannot know yet which version it will be.
    assert {version for _, version, _, _ in messages[1:]} == {versions[pair.variant.version]}
    for _, version, message, data in messages:
        assert isinstance(version, impl.TLSVersion)
        assert isinstance(message, impl._TLSMessageType)
        assert isinstance(data, bytes)
        assert data[0] == message
        assert int.from_bytes(data[1:4], "big") == len(data) - 4


@pytest.mark.clause("ssl.SSLContext._msg_callback:headers")
def test_every_record_is_told_of(pair, impl, listener):
    """The header of each record is told as HEADER with the content type on the wire, the one inside by itself."""
    pair.shake_hands()
    kinds = impl._TLSContentType
    headers = listener.of(kinds.HEADER)
    assert {len(data) for _, _, _, data in headers} == {5}
    assert {(kinds(data[0]), int.from_bytes(data[1:3], "big")) for _, _, _, data in headers} == {
        (kind, version) for _, version, kind, _ in headers
    }
    assert {direction for direction, _, _, _ in headers} == {"read", "write"}
    inside = listener.of(kinds.INNER_CONTENT_TYPE)
    if pair.variant.version == "tls13":
        protected = [header for header in headers if header[2] == kinds.APPLICATION_DATA]
        assert len(inside) == len(protected)
        assert {data for _, _, _, data in inside} == {bytes([kinds.HANDSHAKE])}
    else:
        assert inside == []


@pytest.mark.clause("ssl.SSLContext._msg_callback:no-data")
def test_application_data_is_not_told(pair, impl, listener):
    """Of what programs send each other only the records' headers are told."""
    pair.shake_hands()
    pair.greet()
    before = len(listener.told)
    pair.peer.send(b"a secret of the peer")
    pair.carry()
    pair.read(20)
    pair.subject.write(b"a secret of the subject")
    assert len(listener.told) > before
    assert not any(b"a secret" in told[-1] for told in listener.told)
    assert {told[3] for told in listener.told[before:]} <= {
        impl._TLSContentType.HEADER,
        impl._TLSContentType.INNER_CONTENT_TYPE,
    }


@pytest.mark.clause("ssl.SSLContext._msg_callback:alerts")
def test_alerts_are_told_of(pair, impl, listener):
    """close_notify is told in both directions, as an alert with its description."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    pair.drive(pair.subject.unwrap)
    alerts = listener.of(impl._TLSContentType.ALERT)
    assert {(direction, kind) for direction, _, kind, _ in alerts} == {
        (direction, impl._TLSAlertType.CLOSE_NOTIFY) for direction in ("read", "write")
    }
    assert {data for _, _, _, data in alerts} == {b"\x01\x00"}


@pytest.mark.clause("ssl.SSLContext._msg_callback:alerts")
@pytest.mark.roles("client")
def test_a_fatal_alert_is_told_of(pair, impl):
    """A client that refuses a certificate tells of the alert with which it does so."""
    pair.subject_context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    pair.subject_context._msg_callback = listener = Listener()
    with pytest.raises(impl.SSLCertVerificationError):
        pair.shake_hands()
    ((direction, _, kind, data),) = listener.of(impl._TLSContentType.ALERT)
    assert (direction, kind, data) == ("write", impl._TLSAlertType.UNKNOWN_CA, b"\x02\x30")


@pytest.mark.clause("ssl.SSLContext._msg_callback:callable-only")
def test_a_callback_is_callable_or_none(impl):
    """What is set can be read back; None takes it away, and anything that cannot be called raises TypeError."""
    context = impl.SSLContext(impl.PROTOCOL_TLS_CLIENT)
    assert context._msg_callback is None
    listener = Listener()
    context._msg_callback = listener
    assert context._msg_callback is listener
    with pytest.raises(TypeError):
        context._msg_callback = 3
    assert context._msg_callback is listener
    context._msg_callback = None
    assert context._msg_callback is None


@pytest.mark.clause("ssl.SSLContext._msg_callback:live")
def test_another_callback_takes_over(pair, listener):
    """Of a connection that was made with a callback, the context's present one is told; after None nobody."""
    assert pair.bare_subject is not None
    other = Listener()
    pair.subject_context._msg_callback = other
    pair.shake_hands()
    assert listener.told == []
    seen = len(other.told)
    assert seen
    pair.subject_context._msg_callback = None
    pair.subject.write(b"unseen")
    assert len(other.told) == seen


@pytest.mark.clause("ssl.SSLContext._msg_callback:live")
def test_a_connection_without_one_stays_without(pair):
    """A callback that is set after the connection was made is told nothing of it."""
    assert pair.bare_subject is not None
    pair.subject_context._msg_callback = listener = Listener()
    pair.shake_hands()
    assert listener.told == []


@pytest.mark.clause("ssl.SSLContext._msg_callback:exceptions")
def test_an_exception_waits_for_the_end_of_the_operation(pair):
    """What the callback raises comes out of the call that it looked on, which has done its work all the same."""

    def fails(*_):
        raise ZeroDivisionError

    listener = Listener()
    pair.subject_context._msg_callback = listener
    pair.shake_hands()
    pair.greet()
    pair.subject_context._msg_callback = fails
    with pytest.raises(ZeroDivisionError):
        pair.subject.write(b"written")
    pair.subject_context._msg_callback = listener
    assert pair.peer.receive(7) == b"written"
    pair.peer.send(b"and answered")
    pair.carry()
    assert pair.read(12) == b"and answered"


@pytest.mark.clause("ssl.SSLContext._msg_callback:exceptions")
def test_an_exception_comes_out_of_unwrap(pair):
    """What the callback raises of our own close_notify comes out of unwrap(), which has sent it all the same."""

    def fails(*_):
        raise ZeroDivisionError

    pair.subject_context._msg_callback = Listener()
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    pair.carry()
    assert pair.read(1) == b""
    pair.subject_context._msg_callback = fails
    with pytest.raises(ZeroDivisionError):
        pair.subject.unwrap()
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("ssl.SSLContext._msg_callback:exceptions")
@pytest.mark.roles("client")
def test_an_exception_of_the_operation_goes_first(pair, impl):
    """Where the operation itself raises, the callback's exception is the context of that."""

    def fails(*_):
        raise ZeroDivisionError

    pair.subject_context._msg_callback = fails
    with pytest.raises(impl.SSLWantReadError) as caught:
        pair.subject.do_handshake()
    assert isinstance(caught.value.__context__, ZeroDivisionError)


@pytest.mark.clause("ssl.SSLContext._msg_callback:follows-context", "ssl.SSLContext.sni_callback:switches-context")
@pytest.mark.known("bpo-43577", "bpo-34271")
@pytest.mark.roles("server")
@pytest.mark.transports("memory", "socketpair")
@pytest.mark.parametrize("listening", ["first", "second", "both"])
def test_the_context_changes_under_a_callback(pair, impl, listening):
    """Where a server's context changes by the client's name, that one's callback is told from the next message on."""
    first, second = Listener(), Listener()
    other = impl.SSLContext(impl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(*pair.pki["rsa"])
    if listening != "second":
        pair.subject_context._msg_callback = first
    if listening != "first":
        other._msg_callback = second
    pair.subject_context.sni_callback = lambda ssl_object, _name, _context: setattr(ssl_object, "context", other)
    pair.shake_hands()
    pair.greet()
    assert pair.peer.seen.certificate == pair.pki.der("rsa")
    hello, *rest = [name for way, names in FLIGHTS[pair.variant.version] for name in names]
    told = [[kind.name for _, _, kind, _ in each.of(impl._TLSContentType.HANDSHAKE)] for each in (first, second)]
    assert told[0] == ([] if listening == "second" else [hello])
    assert told[1][: len(rest)] == ([] if listening == "first" else rest)
