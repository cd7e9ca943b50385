"""Where SSLObject behaves otherwise than SSLSocket: it never blocks, hides no ragged end, and unwraps to nothing."""

import pytest


@pytest.mark.clause("ssl.SSLObject:nonblocking")
@pytest.mark.deliveries("all")
def test_every_call_that_lacks_bytes_returns_at_once(pair, impl):
    """All I/O is non-blocking: do_handshake(), read() and unwrap() raise SSLWantReadError when bytes are missing.

    errno is SSL_ERROR_WANT_READ, which is what urllib3 and others look at.
    """
    with pytest.raises(impl.SSLWantReadError) as caught:
        pair.subject.do_handshake()
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_WANT_READ
    pair.shake_hands()
    pair.greet()
    for call in (pair.subject.read, pair.subject.unwrap):
        with pytest.raises(impl.SSLWantReadError) as caught:
            call()
        assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_WANT_READ


@pytest.mark.clause("ssl.SSLObject:writing-never-waits", "What's New 3.5:memory-bio")
@pytest.mark.deliveries("whole")
def test_writing_never_waits(pair):
    """The outgoing BIO takes everything, so that write() of a megabyte is done in one call, with nobody reading."""
    pair.shake_hands()
    pair.greet()
    data = bytes(range(256)) * 4096
    assert pair.subject.write(data) == len(data)
    assert pair.subject_outgoing.pending > len(data)
    assert pair.peer.receive(len(data)) == data


@pytest.mark.clause("ssl.SSLEOFError:abrupt-end", "ssl.SSLObject:no-suppression")
@pytest.mark.known("gh-95494")
@pytest.mark.peers("module", "tlslite")
def test_a_ragged_end_is_always_an_error(pair, impl):
    """An end of the stream without close_notify is reported by SSLEOFError: there is no suppress_ragged_eofs."""
    pair.shake_hands()
    pair.greet()
    pair.peer.send(b"cut off")
    pair.peer.close_transport()
    assert pair.read(7) == b"cut off"
    with pytest.raises(impl.SSLEOFError) as caught:
        pair.drive(pair.subject.read, 10)
    assert caught.value.errno == impl.SSLErrorNumber.SSL_ERROR_EOF


@pytest.mark.clause("ssl.SSLObject:no-suppression")
@pytest.mark.deliveries("whole")
def test_a_ragged_end_is_an_error_for_a_buffer_as_well(pair, impl):
    """read(n, buffer) raises SSLEOFError at a ragged end; after close_notify the same call returns 0."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_transport()
    with pytest.raises(impl.SSLEOFError):
        pair.drive(pair.subject.read, 10, bytearray(10))


@pytest.mark.clause("ssl.SSLObject:clean-end", "ssl.SSLSocket.read:end")
@pytest.mark.deliveries("whole")
def test_a_clean_end_is_none(pair):
    """The control of the ragged end: close_notify before it makes read() return b"" and read(n, buffer) 0."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    pair.peer.close_transport()
    assert pair.drive(pair.subject.read, 10) == b""
    assert pair.drive(pair.subject.read, 10, bytearray(10)) == 0


@pytest.mark.clause("ssl.SSLObject:unwrap-none")
@pytest.mark.peers("module", "tlslite")
def test_unwrap_returns_nothing(pair):
    """unwrap() returns None once both close_notify alerts are across; there is no socket to give back."""
    pair.shake_hands()
    pair.greet()
    pair.peer.close_notify()
    assert pair.drive(pair.subject.unwrap) is None
    assert pair.peer.saw_close_notify()


@pytest.mark.clause(
    "ssl.SSLContext.sni_callback:arguments",
    "ssl.SSLContext.set_servername_callback:called",
    "ssl.SSLObject:callback-object",
)
@pytest.mark.roles("server")
@pytest.mark.deliveries("whole")
@pytest.mark.parametrize("setter", ["sni_callback", "set_servername_callback"])
def test_the_server_name_callback_gets_the_object(pair, impl, setter):
    """The callback's first argument is the SSLObject itself where wrap_bio() made it, in mid-handshake."""
    seen = []

    def callback(ssl_object, name, context):
        seen.append((ssl_object, name, context, ssl_object.server_side))

    if setter == "sni_callback":
        pair.subject_context.sni_callback = callback
    else:
        pair.subject_context.set_servername_callback(callback)
    pair.shake_hands()
    assert seen == [(pair.bare_subject, "localhost", pair.subject_context, True)]
    assert type(seen[0][0]) is impl.SSLObject
