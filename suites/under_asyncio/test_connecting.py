"""open_connection() and create_connection() with ssl=context: whom they connect to, and how that fails."""

import pytest

pytestmark = [pytest.mark.roles("client"), pytest.mark.transports("asyncio")]

HERE = "127.0.0.1"
SHORT = 0.03


def dial(pair, aio, background, host=HERE, **options):
    """Connect to the peer by address and port: the reader and the writer."""
    options.setdefault("ssl", pair.subject_context)

    def accept():
        connection, _ = listener.accept()
        pair.attach(connection)

    with pair.plain_listener() as listener:
        listener.settimeout(5)
        accepting = background(accept)
        try:
            return aio.run(aio.open_connection(host, listener.getsockname()[1], **options))
        finally:
            accepting.result()


def close(aio, writer):
    """End it from this side alone."""
    writer.transport.abort()
    aio.run(aio.sleep(0))


async def silent(pair, aio, **options):
    """Streams to somebody who is connected and says nothing; and his end."""
    near, far = pair.plain_ends()
    options.update(server_side=pair.server_side, server_hostname=pair.server_hostname)
    return aio.loop.create_task(aio.streams(near, pair.subject_context, **options)), far


@pytest.mark.clause("asyncio.open_connection:tls")
@pytest.mark.peers("module", "tlslite")
def test_a_context_makes_a_tls_connection(pair, aio, background):
    """open_connection() with a context connects and does the handshake; its streams carry application data."""
    reader, writer = dial(pair, aio, background)
    assert pair.peer.completes()
    writer.write(b"confidential")
    assert pair.peer.receive(12) == b"confidential"
    assert b"confidential" not in pair.peer.bytes_seen
    pair.peer.send(b"answer")
    assert aio.run(reader.readexactly(6)) == b"answer"
    close(aio, writer)


@pytest.mark.clause("asyncio.open_connection:plain")
@pytest.mark.versions("tls13")
def test_without_a_context_it_is_plain(pair, aio, background):
    """Without ssl the bytes travel as they are, and get_extra_info() knows of no TLS."""
    with pair.plain_listener() as listener:
        _, writer = aio.run(aio.open_connection(*listener.getsockname()))
        far, _ = listener.accept()
    with far:
        writer.write(b"in the clear")
        assert far.recv(100) == b"in the clear"
        for name in ("ssl_object", "sslcontext", "peercert", "cipher"):
            assert writer.get_extra_info(name) is None
        close(aio, writer)


@pytest.mark.clause("asyncio.open_connection:host-is-checked", "RFC 9525 6.1:reference-identity")
def test_the_host_is_what_the_certificate_must_name(pair, aio, impl, background):
    """Without server_hostname the certificate must be for the host that is connected to."""
    _, writer = dial(pair, aio, background)
    assert writer.get_extra_info("ssl_object").server_hostname == HERE
    close(aio, writer)


@pytest.mark.clause("asyncio.open_connection:host-is-checked", "RFC 9525 6.1:reference-identity")
def test_a_certificate_for_another_host_is_refused(pair, aio, impl, background):
    """Without server_hostname a certificate that does not name the host raises SSLCertVerificationError."""
    pair.peer.settings.certificate = "sni-a"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        dial(pair, aio, background)
    assert caught.value.verify_code == 64
    assert pair.peer.saw_transport_close()


@pytest.mark.clause("asyncio.open_connection:server-hostname")
def test_server_hostname_takes_the_place_of_the_host(pair, aio, impl, background):
    """server_hostname is sent to the server and compared with its certificate, in the place of the host."""
    pair.peer.settings.certificate = "sni-a"
    _, writer = dial(pair, aio, background, server_hostname="a.example")
    assert writer.get_extra_info("peercert")["subjectAltName"] == (("DNS", "a.example"),)
    assert pair.peer.completes()
    assert pair.peer.seen.server_name == "a.example"
    close(aio, writer)


@pytest.mark.clause("asyncio.open_connection:server-hostname")
def test_another_server_hostname_is_refused(pair, aio, impl, background):
    """A certificate for the host, but not for server_hostname, raises SSLCertVerificationError; nothing is sent."""
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        dial(pair, aio, background, server_hostname="elsewhere.example")
    assert caught.value.verify_code == 62
    assert pair.peer.saw_transport_close()
    assert pair.peer.received() == b""


@pytest.mark.clause("asyncio.open_connection:empty-server-hostname")
def test_an_empty_server_hostname_asks_for_nobody(pair, aio, background):
    """With server_hostname="" and a context that compares no names, the server is sent none."""
    pair.subject_context.check_hostname = False
    pair.peer.settings.certificate = "sni-a"
    _, writer = dial(pair, aio, background, server_hostname="")
    assert pair.peer.completes()
    assert pair.peer.seen.server_name is None
    close(aio, writer)


@pytest.mark.clause("asyncio.open_connection:default-context")
@pytest.mark.versions("tls13")
def test_true_stands_for_a_default_context(pair, aio, impl, background):
    """ssl=True is a context of create_default_context(): a server of an authority that nobody knows is refused."""
    with pytest.raises(impl.SSLCertVerificationError):
        dial(pair, aio, background, ssl=True)
    assert pair.peer.received() == b""


@pytest.mark.clause("asyncio.open_connection:raises")
def test_an_unknown_authority_is_raised(pair, aio, impl, background):
    """A certificate that cannot be verified makes open_connection() raise SSLCertVerificationError, and nobody else."""
    pair.peer.settings.certificate = "other-server"
    with pytest.raises(impl.SSLCertVerificationError) as caught:
        dial(pair, aio, background)
    assert caught.value.verify_code == 20
    assert pair.peer.saw_transport_close()
    assert not aio.unhandled


@pytest.mark.clause("asyncio.open_connection:raises")
@pytest.mark.roles("client", "server")
def test_what_is_no_tls_is_raised(pair, aio, impl):
    """An answer that is no TLS raises SSLError, in either role, and the connection is closed."""

    async def meet():
        task, far = await silent(pair, aio)
        with far:
            far.sendall(b"220 ready\r\n" * 3)
            with pytest.raises(impl.SSLError):
                await task
            while far.recv(10_000):
                pass

    aio.run(meet())


@pytest.mark.clause("asyncio.open_connection:raises")
@pytest.mark.known("bpo-29743")
@pytest.mark.roles("client", "server")
def test_an_end_within_the_handshake_is_raised(pair, aio):
    """A connection that is closed before the handshake is complete raises OSError, in either role."""

    async def meet():
        task, far = await silent(pair, aio)
        far.close()
        with pytest.raises(OSError):
            await task

    aio.run(meet())


@pytest.mark.clause("asyncio.open_connection:handshake-time-out", "What's New 3.7:handshake-time-out")
@pytest.mark.known("bpo-29970")
@pytest.mark.roles("client", "server")
@pytest.mark.versions("tls13")
def test_a_silent_peer_is_waited_for_so_long(pair, aio):
    """After ssl_handshake_timeout, and not before, the connection is aborted, and ConnectionAbortedError raised."""

    async def meet():
        begun = aio.loop.time()
        task, far = await silent(pair, aio, ssl_handshake_timeout=SHORT)
        with far:
            with pytest.raises(ConnectionAbortedError):
                await task
            assert aio.loop.time() - begun > 0.9 * SHORT

    aio.run(meet())


@pytest.mark.clause("asyncio.open_connection:cancelled")
@pytest.mark.known("bpo-34745", "bpo-36801")
@pytest.mark.roles("client", "server")
@pytest.mark.versions("tls13")
def test_a_cancelled_handshake_leaves_no_connection(pair, aio):
    """Who is cancelled while he waits for the handshake leaves the connection closed behind him."""

    async def meet():
        task, far = await silent(pair, aio)
        await aio.sleep(0)
        task.cancel()
        with pytest.raises(aio.CancelledError):
            await task
        return far

    with aio.run(meet()) as far:
        while far.recv(10_000):
            pass
    assert not aio.unhandled


@pytest.mark.clause("asyncio.open_connection:meanwhile")
@pytest.mark.roles("client", "server")
def test_a_silent_peer_holds_up_nobody(pair, aio):
    """While one handshake waits for its peer, another of the same context is done."""

    async def meet():
        task, far = await silent(pair, aio)
        with far:
            _, writer = await pair.streams()
            writer.write(b"meanwhile")
            assert not task.done()
            task.cancel()
            await aio.wait({task})

    aio.run(meet())
    assert pair.peer.receive(9) == b"meanwhile"
