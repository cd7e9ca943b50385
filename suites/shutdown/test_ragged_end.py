"""The stream ends without close_notify: a truncation, which must not pass for the end of the data (RFC 8446 6.1)."""

import pytest


def connected(pair):
    pair.shake_hands()
    pair.greet()
    pair.carry()


@pytest.mark.clause(
    "ssl.SSLEOFError:abrupt-end",
    "ssl.SSLEOFError:reason-eof",
    "RFC 8446 6.1:truncation-noticed",
    "ssl.SSLSocket.read:ragged-end",
)
@pytest.mark.known("gh-95494")
@pytest.mark.peers("module", "tlslite")
@pytest.mark.deliveries("all")
def test_truncation_is_an_error_behind_the_last_data(pair, impl):
    """What came before the cut is read; then read() raises SSLEOFError with the reason UNEXPECTED_EOF_WHILE_READING."""
    connected(pair)
    pair.peer.send(b"first ")
    pair.peer.send(b"and last")
    pair.peer.close_transport()
    assert pair.read(14) == b"first and last"
    with pytest.raises(impl.SSLEOFError) as caught:
        pair.drive(pair.subject.read, 10)
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_EOF
    assert caught.value.reason == "UNEXPECTED_EOF_WHILE_READING"
    assert caught.value.library == "SSL"


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "RFC 8446 6.1:truncation-noticed")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("kept", [1, 5, 12, -1], ids=["one_byte", "a_header", "some_body", "all_but_one"])
def test_a_record_cut_in_two_is_a_ragged_end(pair, impl, kept):
    """A record that was not complete at the end of the stream gives no data, only SSLEOFError."""
    connected(pair)
    pair.peer.send(b"cut in two somewhere")
    pair.carry()
    pair.subject_incoming.write(pair.subject_incoming.read()[:kept])
    pair.subject_incoming.write_eof()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.read(100)
    assert pair.subject.pending() == 0


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "RFC 8446 6.1:truncation-noticed")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("kept", [1, 5, -1], ids=["one_byte", "a_header", "all_but_one"])
def test_a_close_notify_cut_in_two_is_no_close_notify(pair, impl, kept):
    """Only a whole close_notify ends the stream cleanly; cut short, it is a ragged end."""
    connected(pair)
    pair.peer.close_notify()
    pair.carry()
    pair.subject_incoming.write(pair.subject_incoming.read()[:kept])
    pair.subject_incoming.write_eof()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.read(100)


@pytest.mark.clause("RFC 8446 6.1:clean-end")
def test_the_end_behind_close_notify_is_clean(pair):
    """The control: with close_notify in front of it, the end of the stream is b"", and unwrap() returns None."""
    connected(pair)
    pair.peer.close_notify()
    pair.peer.close_transport()
    assert pair.drive(pair.subject.read, 10) == b""
    pair.carry()
    assert pair.subject_incoming.eof
    assert pair.subject.read(10) == b""
    assert pair.subject.unwrap() is None


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "ssl.SSLEOFError:for-ever")
@pytest.mark.deliveries("whole")
def test_a_ragged_end_stays_one(pair, impl):
    """However often it is asked, read() raises SSLEOFError after a ragged end; it never turns into b""."""
    connected(pair)
    pair.peer.close_transport()
    for _ in range(4):
        with pytest.raises(impl.SSLEOFError):
            pair.drive(pair.subject.read, 10)
        with pytest.raises(impl.SSLEOFError):
            pair.drive(pair.subject.read, 10, bytearray(10))


@pytest.mark.clause("ssl.SSLEOFError:for-ever")
@pytest.mark.since("3.15")
@pytest.mark.known("gh-148292")
@pytest.mark.deliveries("whole")
def test_every_call_reports_a_ragged_end_again(pair, impl):
    """After SSLEOFError read(), read(0), write() and do_handshake() raise SSLEOFError each time, without any I/O.

    Before 3.15 OpenSSL decided what came; do_handshake() raised SSLSyscallError on some.
    """
    connected(pair)
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.drive(pair.subject.read, 10)
    pair.subject_outgoing.read()
    subject = pair.subject
    calls = [lambda: subject.read(10), lambda: subject.read(0), lambda: subject.write(b"x"), subject.do_handshake]
    for call in calls * 2:
        with pytest.raises(impl.SSLEOFError) as caught:
            call()
        assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_EOF
    assert pair.subject_outgoing.pending == 0


@pytest.mark.clause("ssl.SSLSocket.read:ragged-end")
@pytest.mark.deliveries("whole")
def test_writing_fails_once_the_end_was_seen(pair, impl):
    """write() does not look at the incoming BIO: it works until read() has met the ragged end, then raises SSLError."""
    connected(pair)
    pair.peer.close_transport()
    pair.carry()
    assert pair.subject.write(b"still well") == 10
    with pytest.raises(impl.SSLEOFError):
        pair.subject.read(10)
    with pytest.raises(impl.SSLEOFError):
        pair.subject.write(b"no more")
    assert pair.peer.receive(10) == b"still well"
    assert pair.peer.received() == b""


@pytest.mark.clause("ssl.SSLSocket.unwrap:no-answer")
@pytest.mark.known("gh-95494")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("call", ["read", "unwrap"])
def test_our_own_close_notify_does_not_excuse_the_peers(pair, impl, call):
    """After our close_notify the peer still owes one: an end without it is SSLEOFError for read() and unwrap()."""
    connected(pair)
    with pytest.raises(impl.SSLWantReadError):
        pair.subject.unwrap()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.drive(getattr(pair.subject, call))


@pytest.mark.clause("ssl.OP_IGNORE_UNEXPECTED_EOF:end-is-clean", "What's New 3.10:unexpected-eof")
@pytest.mark.known("bpo-43794")
@pytest.mark.deliveries("whole")
def test_a_context_may_be_told_to_ignore_it(pair, impl):
    """With OP_IGNORE_UNEXPECTED_EOF in its context's options an object takes a ragged end for a clean one: b""."""
    pair.subject_context.options |= impl.OP_IGNORE_UNEXPECTED_EOF
    connected(pair)
    pair.peer.send(b"cut off")
    pair.peer.close_transport()
    assert pair.read(7) == b"cut off"
    assert pair.drive(pair.subject.read, 10) == b""
    assert pair.drive(pair.subject.read, 10) == b""


@pytest.mark.clause("ssl.OP_IGNORE_UNEXPECTED_EOF:data-only")
@pytest.mark.deliveries("whole")
def test_a_truncated_handshake_is_never_ignored(pair, impl):
    """OP_IGNORE_UNEXPECTED_EOF is about the end of the data: a handshake that is cut off still fails."""
    pair.subject_context.options |= impl.OP_IGNORE_UNEXPECTED_EOF
    pair.wrap()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLError) as caught:
        pair.drive(pair.subject.do_handshake)
    assert not isinstance(caught.value, impl.SSLWantReadError)
    assert pair.subject.version() is None


@pytest.mark.clause("RFC 8446 6.1:truncation-noticed")
@pytest.mark.level("observed")
@pytest.mark.peers("scripted")
@pytest.mark.deliveries("whole")
def test_a_truncation_is_told(pair, impl):
    """Who is cut off sends decode_error, in case that somebody still listens."""
    connected(pair)
    pair.subject_incoming.write_eof()
    with pytest.raises(impl.SSLEOFError):
        pair.subject.read(10)
    pair.carry()
    pair.peer.receive(0)
    assert pair.peer.alert_seen == "decode_error"


@pytest.mark.clause("ssl.OP_IGNORE_UNEXPECTED_EOF:unwrap")
@pytest.mark.since("3.10")
@pytest.mark.level("observed")
@pytest.mark.deliveries("whole")
def test_an_end_that_is_ignored_is_one_for_unwrap_too(pair, impl):
    """With OP_IGNORE_UNEXPECTED_EOF unwrap() takes the end of the stream for the peer's close_notify."""
    pair.subject_context.options |= impl.OP_IGNORE_UNEXPECTED_EOF
    connected(pair)
    pair.subject_incoming.write_eof()
    assert pair.subject.unwrap() is None
