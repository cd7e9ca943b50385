"""A connection that ends in mid-handshake, after any message and within any."""

import pytest

pytestmark = [pytest.mark.peers("scripted"), pytest.mark.deliveries("whole")]

PLACES = {
    "before_it": lambda record: record[:0],
    "in_the_header": lambda record: record[:3],
    "behind_the_header": lambda record: record[:5],
    "in_the_middle": lambda record: record[: len(record) // 2],
    "before_the_last_byte": lambda record: record[:-1],
}


@pytest.mark.messages
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "RFC 8446 6.1:truncation-noticed")
def test_the_end_at_a_message(pair, trial, impl, message, place):
    """Wherever in a handshake the bytes stop, it waits for more; if there are no more, it raises SSLEOFError."""
    pair.peer.cut(message, PLACES[place])
    assert isinstance(trial.outcome(), impl.SSLWantReadError)
    pair.peer.close_transport()
    assert isinstance(trial.attempt(pair.subject.do_handshake), impl.SSLEOFError)
