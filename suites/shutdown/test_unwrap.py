"""SSLObject.unwrap(): close_notify in both directions (RFC 8446 6.1)."""

import pytest

pytestmark = pytest.mark.clause("ssl.SSLObject.unwrap", "RFC 8446 6.1")


def test_bytes_after_close_notify_stay_in_the_bio(pair):
    """What the peer sends after close_notify is not TLS, and unwrap() leaves it for the caller."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    pair.peer.send_raw(b"220 plain again\r\n")
    pair.carry()
    assert pair.subject.unwrap() is None
    assert pair.subject_incoming.read() == b"220 plain again\r\n"


def test_unwrap_before_the_handshake_is_refused(pair, impl):
    """unwrap() before the handshake has begun raises SSLError, and nothing goes onto the wire."""
    with pytest.raises(impl.SSLError) as caught:
        pair.subject.unwrap()
    assert caught.value.reason == "SHUTDOWN_WHILE_IN_INIT"
    assert pair.subject_outgoing.pending == 0
