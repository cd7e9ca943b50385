"""Application data through asyncio's streams and protocols: much of it, both ways, and no faster than it is taken."""

import pytest

pytestmark = pytest.mark.transports("asyncio")

MUCH = bytes(range(256)) * 4096  # a megabyte
LOTS = bytes(8_000_000)  # more than any system keeps between two sockets
SHORT = 0.03


@pytest.mark.clause("asyncio.StreamWriter:everything-arrives")
@pytest.mark.peers("module", "tlslite")
def test_much_data_arrives_in_order(pair, aio):
    """All that is written arrives, in order, however many records it takes."""
    data = MUCH if pair.peer.name != "tlslite" else MUCH[:100_000]

    async def talk():
        _, writer = await pair.streams()
        writer.write(data)
        await writer.drain()
        return await aio.to_thread(pair.peer.receive, len(data))

    assert aio.run(talk()) == data


@pytest.mark.clause("asyncio.StreamReader:everything-arrives")
@pytest.mark.peers("module", "tlslite")
def test_much_data_is_read_in_order(pair, aio):
    """All that the peer sends is read, in order, however many records it takes."""
    data = MUCH if pair.peer.name != "tlslite" else MUCH[:100_000]

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send(data)
        return await reader.readexactly(len(data))

    assert aio.run(talk()) == data


@pytest.mark.clause("asyncio.StreamWriter:everything-arrives", "asyncio.StreamReader:everything-arrives")
def test_both_directions_at_once(pair, aio):
    """One coroutine reads while another writes, on one connection."""

    async def talk():
        reader, writer = await pair.streams()
        pair.peer.send(MUCH)
        writer.write(MUCH)
        received, _ = await aio.gather(reader.readexactly(len(MUCH)), writer.drain())
        return received, await aio.to_thread(pair.peer.receive, len(MUCH))

    assert aio.run(talk()) == (MUCH, MUCH)


@pytest.mark.clause("asyncio.StreamReader:records-do-not-show")
def test_a_line_may_take_several_records(pair, aio):
    """Where one record ends and the next begins is nothing that a reader notices."""

    async def talk():
        reader, _ = await pair.streams()
        pair.peer.send(b"one li")
        pair.peer.send(b"ne\nand another\nand")
        pair.peer.send(b" more")
        return [await reader.readline(), await reader.readline(), await reader.readexactly(8)]

    assert aio.run(talk()) == [b"one line\n", b"and another\n", b"and more"]


@pytest.mark.clause("asyncio.StreamWriter:drain-waits")
@pytest.mark.known("bpo-44011")
@pytest.mark.versions("tls13")
def test_drain_waits_for_a_peer_that_takes_nothing(pair, aio):
    """drain() does not return while the peer takes nothing, and does so once it reads on; nothing is lost."""

    async def talk():
        _, writer = await pair.streams()
        writer.transport.set_write_buffer_limits(0)
        pair.peer.stop_reading()
        writer.write(LOTS)
        writer.write(b"and more")
        draining = aio.loop.create_task(writer.drain())
        done, _ = await aio.wait({draining}, timeout=SHORT)
        assert not done
        pair.peer.go_on_reading()
        await draining
        return await aio.to_thread(pair.peer.receive, len(LOTS) + 8)

    assert aio.run(talk()) == LOTS + b"and more"


@pytest.mark.clause("asyncio.BufferedProtocol:buffer-filled", "ssl.SSLSocket.read:buffer")
@pytest.mark.known("bpo-44011")
def test_a_protocol_may_bring_its_own_buffer(pair, aio):
    """A BufferedProtocol's buffer is filled with what came, and no byte beyond that is touched."""
    aio.since("3.11", "BufferedProtocol without a copy under TLS")
    buffer = bytearray(b"." * 20)

    class Taking(aio.BufferedProtocol):
        def __init__(self):
            self.received = aio.loop.create_future()

        def get_buffer(self, sizehint):
            return buffer

        def buffer_updated(self, nbytes):
            self.received.set_result(nbytes)

    async def talk():
        near, far = pair.plain_ends()
        pair.attach(far)
        if pair.server_side:
            made = aio.loop.connect_accepted_socket(Taking, near, ssl=pair.subject_context)
        else:
            name = pair.server_hostname
            made = aio.loop.create_connection(Taking, sock=near, ssl=pair.subject_context, server_hostname=name)
        transport, protocol = await made
        assert await aio.to_thread(pair.peer.completes)
        pair.peer.send(b"twelve of it")
        count = await protocol.received
        transport.abort()
        return count

    assert aio.run(talk()) == 12
    assert buffer == b"twelve of it........"
