"""How a TLS connection under asyncio ends: by close_notify from either side, by force, by a peer that is gone."""

import contextlib

import pytest

pytestmark = pytest.mark.transports("asyncio")

SHORT = 0.03


@pytest.mark.clause("asyncio.StreamReader:end")
@pytest.mark.peers("module", "tlslite")
def test_close_notify_is_the_end_of_the_stream(pair, aio):
    """What came before the peer's close_notify is read first; then read() gives b"" for ever."""

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send(b"the last words")
        pair.peer.close_notify()
        assert await reader.read() == b"the last words"
        assert reader.at_eof()
        assert await reader.read() == b""

    aio.run(talk())
    assert not aio.unhandled


@pytest.mark.clause("asyncio.StreamReader:end")
def test_an_end_that_comes_too_early_is_incomplete(pair, aio):
    """readexactly() of more than came before close_notify raises IncompleteReadError, with what there was."""

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send(b"too little")
        pair.peer.close_notify()
        with pytest.raises(aio.IncompleteReadError) as caught:
            await reader.readexactly(11)
        return caught.value.partial

    assert aio.run(talk()) == b"too little"


@pytest.mark.clause("asyncio.Transport.close:close-notify")
@pytest.mark.known("bpo-44011")
def test_closing_sends_close_notify(pair, aio):
    """close() sends close_notify behind all that was written, and wait_closed() returns once the peer has answered."""

    async def talk():
        _, writer = await pair.streams()
        writer.write(b"the last words")
        writer.close()
        assert await aio.to_thread(pair.peer.receive, 14) == b"the last words"
        assert await aio.to_thread(pair.peer.saw_close_notify)
        pair.peer.close_notify()
        await writer.wait_closed()

    aio.run(talk())
    assert not aio.unhandled


@pytest.mark.clause("asyncio.Transport.close:answers")
def test_the_peers_close_notify_is_answered(pair, aio):
    """A connection that the peer has closed is closed from this side as well, by a close_notify of its own.

    There is no half-closed TLS connection in asyncio.
    """
    aio.since("3.11", "an answer to the peer's close_notify")

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.close_notify()
        assert await reader.read() == b""
        return await aio.to_thread(pair.peer.saw_close_notify)

    assert aio.run(talk()) is True


@pytest.mark.clause("asyncio.Transport.close:time-out")
@pytest.mark.known("gh-101317", "bpo-44011")
@pytest.mark.versions("tls13")
def test_a_peer_that_does_not_answer_is_waited_for_so_long(pair, aio):
    """After ssl_shutdown_timeout the connection is closed, though the peer's close_notify has not come."""
    aio.since("3.11", "ssl_shutdown_timeout")

    async def talk():
        _, writer = await pair.streams(ssl_shutdown_timeout=SHORT)
        begun = aio.loop.time()
        writer.close()
        assert await aio.to_thread(pair.peer.saw_transport_close)
        assert aio.loop.time() - begun > 0.9 * SHORT

    aio.run(talk())
    assert pair.peer.saw_close_notify()


@pytest.mark.clause("asyncio.Transport.abort:at-once")
def test_aborting_sends_no_close_notify(pair, aio):
    """abort() closes the connection at once: the peer sees its end, and no close_notify."""

    async def talk():
        _, writer = await pair.streams()
        writer.transport.abort()
        assert await aio.to_thread(pair.peer.saw_transport_close)

    aio.run(talk())
    assert not pair.peer.saw_close_notify()


@pytest.mark.clause("asyncio.WriteTransport.can_write_eof:not-under-tls")
@pytest.mark.known("bpo-44011")
def test_half_of_it_cannot_be_closed(pair, aio):
    """can_write_eof() is false under TLS, write_eof() raises NotImplementedError, and the connection goes on."""

    async def talk():
        reader, writer = await pair.streams()
        assert not writer.can_write_eof()
        with pytest.raises(NotImplementedError):
            writer.write_eof()
        writer.write(b"still here")
        pair.peer.send(b"so am I")
        assert await reader.readexactly(7) == b"so am I"
        return await aio.to_thread(pair.peer.receive, 10)

    assert aio.run(talk()) == b"still here"


@pytest.mark.clause("asyncio.StreamReader:reset")
def test_a_reset_is_raised(pair, aio):
    """Where the peer resets the connection, read() raises ConnectionResetError."""

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.reset_transport()
        with pytest.raises(ConnectionResetError):
            await reader.read()

    aio.run(talk())


@pytest.mark.clause("asyncio.StreamReader:ragged-end")
@pytest.mark.level("observed")
def test_a_ragged_end_loses_nothing(pair, aio, impl, observe):
    """Where the peer closes without close_notify, what it sent before is read; then comes b"" or an error.

    Which of the two it is depends on asyncio: it has suppressed ragged ends in one version and raised them in another.
    """

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send(b"the last words")
        pair.peer.close_transport()
        assert await reader.readexactly(14) == b"the last words"
        try:
            return await reader.read()
        except impl.SSLError as problem:
            return type(problem).__name__

    assert observe(aio.run(talk()), "the end") in (b"", "SSLEOFError")


@pytest.mark.clause("asyncio.StreamReader:fault")
def test_a_fault_on_the_wire_ends_it(pair, aio, impl):
    """A record that nobody encrypted ends the connection: the reader raises SSLError, or comes to its end."""

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send_raw(b"\x17\x03\x03\x00\x30" + bytes(0x30))
        with contextlib.suppress(impl.SSLError):
            assert await reader.read() == b""
        return await aio.to_thread(pair.peer.saw_transport_close)

    assert aio.run(talk()) is True
