"""Messages that are missing, come twice, too early, or do not belong here at all."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

HANDSHAKE = 22
# What nobody sends in the middle of a handshake; the types are those of RFC 8446 4 and of those before it.
INTRUDERS = {
    "client_hello": bytes((1, 0, 0, 38, 3, 3)) + bytes(36),
    "end_of_early_data": bytes((5, 0, 0, 0)),
    "key_update": bytes((24, 0, 0, 1, 0)),
    "message_hash": bytes((254, 0, 0, 32)) + bytes(32),
    "unknown_type": bytes((99, 0, 0, 1, 0)),
}
intruder = pytest.mark.parametrize("intruder", INTRUDERS)


@pytest.mark.clause("RFC 8446 2:handshake", "RFC 5246 7.3:handshake")
def test_nothing_is_wrong(pair, trial):
    """The peer that breaks rules in the other scenarios completes the handshake where it breaks none."""
    trial.goes_on()


@pytest.mark.messages("followed", "-certificate_request")
@pytest.mark.clause("RFC 8446 4:order", "RFC 5246 7.4:order", "ssl.SSLError:protocol-failure")
def test_a_message_is_missing(pair, trial, message):
    """A handshake does not go on over a message that is missing: unexpected_message."""
    pair.peer.leave_out(message)
    trial.refused("unexpected_message")


@pytest.mark.messages("handshake", "-new_session_ticket")
@pytest.mark.clause("RFC 8446 4:order", "RFC 5246 7.4:order")
def test_a_message_comes_twice(pair, trial, message):
    """A message that comes a second time is one too many: unexpected_message."""
    pair.peer.repeat(message)
    trial.refused("unexpected_message")


@pytest.mark.versions("tls12")
@pytest.mark.messages("change_cipher_spec")
@pytest.mark.clause("RFC 5246 7.1:once")
def test_change_cipher_spec_comes_twice(pair, trial, message):
    """A second ChangeCipherSpec is no record of the keys that the first has put in place, and is refused."""
    pair.peer.repeat(message)
    trial.refused("unexpected_message", "bad_record_mac")


@pytest.mark.messages("followed", "-certificate_request")
@pytest.mark.clause("RFC 8446 4:order", "RFC 5246 7.4:order")
def test_a_message_comes_behind_the_next(pair, trial, message):
    """Handshake messages come in the order of the RFC: two that have changed places are refused.

    A CertificateRequest behind ServerHelloDone is not tried: a client of TLS 1.2 has answered by then.
    """
    pair.peer.swap_with_next(message)
    trial.refused("unexpected_message")


@intruder
@pytest.mark.messages("-client_hello")
@pytest.mark.clause("RFC 8446 4:order", "RFC 5246 7.4:order", "RFC 8446 4.5:unexpected", "RFC 8446 4.6.3:too-early")
def test_a_message_that_belongs_elsewhere(pair, trial, message, intruder):
    """A handshake message that has no place where it comes is refused, whatever it holds: unexpected_message."""
    pair.peer.insert(message, HANDSHAKE, INTRUDERS[intruder])
    trial.refused("unexpected_message")
