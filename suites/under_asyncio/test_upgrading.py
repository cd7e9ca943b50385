"""start_tls(): TLS on a connection that has carried plain text, by streams and by the loop."""

import pytest

pytestmark = pytest.mark.transports("asyncio")


async def plain_streams(pair, aio):
    """asyncio's streams on a plain connection, in the pair's role, and its other end."""
    near, far = pair.plain_ends()
    if not pair.server_side:
        return *await aio.open_connection(sock=near), far
    met = aio.loop.create_future()  # streams know that they serve by the callback of start_server()
    protocol = aio.StreamReaderProtocol(aio.StreamReader(), lambda *streams: met.set_result(streams))
    await aio.loop.connect_accepted_socket(lambda: protocol, near)
    return *await met, far


def name_for(pair):
    """What a client must say besides."""
    return {} if pair.server_side else {"server_hostname": pair.server_hostname}


@pytest.mark.clause("asyncio.StreamWriter.start_tls:upgrades", "What's New 3.11:start-tls")
@pytest.mark.known("bpo-33674")
@pytest.mark.peers("module", "tlslite")
def test_streams_go_over_to_tls(pair, aio, impl):
    """After plain text both ways, start_tls() makes the same reader and writer speak TLS."""
    aio.since("3.11", "start_tls() of streams")

    async def talk():
        reader, writer, far = await plain_streams(pair, aio)
        writer.write(b"STARTTLS\n")
        assert await aio.to_thread(far.recv, 100) == b"STARTTLS\n"
        far.sendall(b"220 go ahead\n")
        assert await reader.readline() == b"220 go ahead\n"
        pair.attach(far)
        await writer.start_tls(pair.subject_context, **name_for(pair))
        assert isinstance(writer.get_extra_info("ssl_object"), impl.SSLObject)
        writer.write(b"secret")
        assert await aio.to_thread(pair.peer.receive, 6) == b"secret"
        assert b"secret" not in pair.peer.bytes_seen
        pair.peer.send(b"answer\n")
        assert await reader.readline() == b"answer\n"
        writer.transport.abort()

    aio.run(talk())


@pytest.mark.clause("asyncio.loop.start_tls:new-transport", "What's New 3.7:start-tls")
def test_the_loop_gives_another_transport(pair, aio, impl):
    """loop.start_tls() gives a new transport, which speaks TLS over the old one."""

    async def talk():
        _, writer, far = await plain_streams(pair, aio)
        pair.attach(far)
        protocol = aio.Protocol()
        options = {"server_side": pair.server_side, **name_for(pair)}
        made = await aio.loop.start_tls(writer.transport, protocol, pair.subject_context, **options)
        assert made is not writer.transport
        assert made.get_extra_info("ssl_object").version() is not None
        made.write(b"secret")
        assert await aio.to_thread(pair.peer.receive, 6) == b"secret"
        made.abort()

    aio.run(talk())


@pytest.mark.clause("asyncio.loop.start_tls:server-hostname")
@pytest.mark.roles("client")
def test_another_name_is_refused(pair, aio, impl):
    """The certificate is compared with server_hostname: another name raises SSLCertVerificationError."""

    async def talk():
        _, writer, far = await plain_streams(pair, aio)
        pair.attach(far)
        upgrade = aio.loop.start_tls(
            writer.transport, aio.Protocol(), pair.subject_context, server_hostname="elsewhere.example"
        )
        with pytest.raises(impl.SSLCertVerificationError) as caught:
            await upgrade
        assert await aio.to_thread(pair.peer.saw_transport_close)
        return caught.value.verify_code

    assert aio.run(talk()) == 62


@pytest.mark.clause("asyncio.loop.start_tls:context-needed")
@pytest.mark.known("zuvloop#102", "doipclient#36")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("wrong", [None, True, "context"], ids=["none", "true", "text"])
def test_only_a_context_will_do(pair, aio, wrong):
    """start_tls() wants an instance of SSLContext, and raises TypeError for anything else; nothing is sent."""

    async def talk():
        _, writer, far = await plain_streams(pair, aio)
        with far:
            with pytest.raises(TypeError):
                await aio.loop.start_tls(writer.transport, aio.Protocol(), wrong, **name_for(pair))
            writer.write(b"still plain")
            assert await aio.to_thread(far.recv, 100) == b"still plain"
            writer.transport.abort()

    aio.run(talk())


@pytest.mark.clause("asyncio.loop.start_tls:context-needed")
@pytest.mark.versions("tls13")
def test_a_subclass_of_the_context_will_do(pair, aio, impl):
    """An instance of a subclass of SSLContext is one too."""

    class OwnContext(impl.SSLContext):
        pass

    context = OwnContext(impl.PROTOCOL_TLS_SERVER if pair.server_side else impl.PROTOCOL_TLS_CLIENT)
    if pair.server_side:
        context.load_cert_chain(*pair.pki["server"])
    else:
        context.load_verify_locations(pair.pki.authority())
    pair.subject_context = context

    async def talk():
        _, writer, far = await plain_streams(pair, aio)
        pair.attach(far)
        options = {"server_side": pair.server_side, **name_for(pair)}
        made = await aio.loop.start_tls(writer.transport, aio.Protocol(), context, **options)
        assert made.get_extra_info("sslcontext") is context
        made.abort()

    aio.run(talk())
