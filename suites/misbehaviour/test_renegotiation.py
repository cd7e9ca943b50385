"""A second handshake within a connection: TLS 1.2 knows it, and nobody has to let himself in for it."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.versions("tls12"),
    pytest.mark.deliveries("whole"),
]

HANDSHAKE = 22
HELLO_REQUEST = bytes(4)
CLIENT_HELLO = bytes((1, 0, 0, 41, 3, 3)) + bytes(32) + b"\0\0\2\xc0\x2b\1\0"


def goes_on_after(pair, impl, message):
    """Whoever is asked to shake hands again says no, and takes what comes after it."""
    pair.subject_context.options |= impl.OP_NO_RENEGOTIATION
    pair.shake_hands()
    pair.greet()
    pair.peer.send_record(HANDSHAKE, message)
    pair.peer.send(b"as before")
    assert pair.read(9) == b"as before"
    assert pair.peer.alert_seen == "no_renegotiation"


@pytest.mark.roles("server")
@pytest.mark.clause("ssl.OP_NO_RENEGOTIATION:refused", "RFC 5246 7.2.2:warning-goes-on")
@pytest.mark.known("conscrypt#228", "badssl.com#220")
def test_a_client_that_begins_again(pair, impl):
    """A server that is asked to shake hands again says no_renegotiation, or ends the connection; it does not do so."""
    goes_on_after(pair, impl, CLIENT_HELLO)


@pytest.mark.roles("client")
@pytest.mark.clause("ssl.OP_NO_RENEGOTIATION:refused", "RFC 5246 7.4.1.1:hello-request")
@pytest.mark.known("conscrypt#228", "badssl.com#220")
def test_a_server_that_asks_to_begin_again(pair, impl):
    """A client that is asked to shake hands again may say no_renegotiation, and goes on as before."""
    goes_on_after(pair, impl, HELLO_REQUEST)


@pytest.mark.roles("client")
@pytest.mark.messages("certificate", "server_key_exchange", "server_hello_done")
@pytest.mark.clause("RFC 5246 7.4.1.1:ignored-in-handshake")
def test_a_request_in_the_middle_of_a_handshake(pair, trial, message):
    """A client that is shaking hands already ignores that it is asked to begin."""
    pair.peer.insert(message, HANDSHAKE, HELLO_REQUEST)
    trial.goes_on()
