"""What a server asks of a client that cannot give it, or gives a client that it should not keep."""

import pytest

pytestmark = [
    pytest.mark.peers("scripted"),
    pytest.mark.roles("client"),
    pytest.mark.deliveries("whole"),
]

SIGNATURE_ALGORITHMS = 13
RSA_SIGN, RSA_PSS_SHA256 = 1, 0x0804


@pytest.mark.clause("RFC 8446 4.4.2.3:fits-the-request", "RFC 5246 7.4.6:fits-the-request")
def test_a_request_for_another_kind_of_key(pair, trial):
    """A client shows no certificate whose key cannot sign as it was asked to: it says that it has none."""
    if pair.variant.version == "tls12":
        pair.peer.change_fields("certificate_request", supported_signature_algorithms=(RSA_PSS_SHA256,))
    else:
        pair.peer.change_extension("certificate_request", SIGNATURE_ALGORITHMS, b"\0\2\x08\x04")
    assert trial.outcome() is not None
    assert pair.peer.error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.versions("tls12")
@pytest.mark.level("should")
@pytest.mark.clause("RFC 5246 7.4.6:fits-the-request")
def test_a_request_for_another_type_of_certificate(pair, trial):
    """The same holds for the types of certificates that a server of TLS 1.2 lists."""
    pair.peer.change_fields("certificate_request", certificate_types=(RSA_SIGN,))
    assert trial.outcome() is not None
    assert pair.peer.error.reason == "PEER_DID_NOT_RETURN_A_CERTIFICATE"


@pytest.mark.versions("tls12")
@pytest.mark.clause("RFC 5077 3.3:empty-ticket")
def test_a_ticket_of_no_bytes(pair):
    """A server that has announced a ticket may send an empty one: the handshake goes on, and there is none."""
    pair.peer.change_fields("new_session_ticket", ticket=b"")
    pair.shake_hands()
    pair.greet()
    assert pair.subject.session.has_ticket is False


@pytest.mark.versions("tls13")
@pytest.mark.level("observed")
@pytest.mark.clause("RFC 8446 4.6.1:no-life")
def test_a_ticket_without_a_life(pair, observe):
    """A ticket whose life is over at once is one to throw away, says RFC 8446 4.6.1; who offers it is not harmed."""
    pair.peer.change_fields("new_session_ticket", ticket_lifetime=0)
    pair.shake_hands()
    pair.greet()
    again = pair.reconnect(session=pair.bare_subject.session)
    again.shake_hands()
    observe(again.bare_subject.session_reused, "resumed")
