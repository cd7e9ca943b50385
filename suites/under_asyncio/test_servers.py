"""start_server() with ssl=context: who gets to the callback, and what is known of him there."""

import socket

import pytest

pytestmark = [pytest.mark.roles("server"), pytest.mark.transports("asyncio")]


class Serving:
    """A server of the subject's context on loopback; `met` is a future for the streams of its first client."""

    def __init__(self, pair, aio):
        self.pair, self.aio = pair, aio
        self.met = aio.loop.create_future()

    async def __aenter__(self):
        listener = self.pair.plain_listener()
        self.address = listener.getsockname()
        self.server = await self.aio.start_server(self.welcome, sock=listener, ssl=self.pair.subject_context)
        return self

    async def __aexit__(self, *exception):
        self.server.close()
        if self.met.done():
            self.met.result()[1].transport.abort()
        await self.aio.sleep(0)

    def welcome(self, reader, writer):
        """What start_server() calls."""
        if not self.met.done():
            self.met.set_result((reader, writer))

    def dial(self):
        """A plain connection to it."""
        return socket.create_connection(self.address, timeout=5)


@pytest.mark.clause("asyncio.start_server:tls")
@pytest.mark.peers("module", "tlslite")
def test_a_client_is_served(pair, aio, impl):
    """The callback gets the streams of a connection whose handshake is done, and data flows both ways."""

    async def serve():
        async with Serving(pair, aio) as serving:
            pair.attach(serving.dial())
            reader, writer = await serving.met
            assert isinstance(writer.get_extra_info("ssl_object"), impl.SSLObject)
            assert await aio.to_thread(pair.peer.completes)
            pair.peer.send(b"question\n")
            assert await reader.readline() == b"question\n"
            writer.write(b"answer")
            assert await aio.to_thread(pair.peer.receive, 6) == b"answer"

    aio.run(serve())


@pytest.mark.clause("asyncio.start_server:bad-client")
@pytest.mark.versions("tls13")
def test_a_client_without_tls_does_not_end_the_server(pair, aio):
    """Who speaks no TLS gets to no callback, and the next client is served."""

    async def serve():
        async with Serving(pair, aio) as serving:
            with serving.dial() as stranger:
                stranger.sendall(b"EHLO client.example\r\n" * 3)
                while await aio.to_thread(stranger.recv, 1000):
                    pass
            assert not serving.met.done()
            pair.attach(serving.dial())
            _, writer = await serving.met
            assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"

    aio.run(serve())


@pytest.mark.clause("asyncio.start_server:client-certificate", "ssl.SSLContext.verify_mode:observable")
@pytest.mark.parametrize("certificate", ["client", None, "other-client"], ids=["trusted", "missing", "untrusted"])
def test_only_known_clients_get_to_the_callback(pair, aio, impl, certificate):
    """Under CERT_REQUIRED the callback is called for a client with a good certificate, and for no other."""
    pair.subject_context.verify_mode = impl.CERT_REQUIRED
    pair.subject_context.load_verify_locations(pair.pki.authority())
    pair.peer.settings.certificate = certificate

    async def serve():
        async with Serving(pair, aio) as serving:
            pair.attach(serving.dial())
            if certificate == "client":
                _, writer = await serving.met
                return writer.get_extra_info("ssl_object").getpeercert(True) == pair.pki.der("client")
            assert await aio.to_thread(pair.peer.saw_transport_close)
            return serving.met.done()

    assert aio.run(serve()) is (certificate == "client")


@pytest.mark.clause("asyncio.start_server:sni", "ssl.SSLContext.sni_callback:called")
def test_the_sni_callback_is_given_the_object(pair, aio, impl):
    """An sni_callback is called with the SSLObject that get_extra_info() gives, and the name that was asked for."""
    seen = []
    pair.subject_context.sni_callback = lambda *told: seen.append(told)

    async def serve():
        async with Serving(pair, aio) as serving:
            pair.attach(serving.dial())
            _, writer = await serving.met
            return writer.get_extra_info("ssl_object")

    ssl_object = aio.run(serve())
    assert [name for _, name, _ in seen] == ["localhost"]
    assert seen[0][0] is ssl_object


@pytest.mark.clause("asyncio.loop.sock_recv:no-ssl-socket", "What's New 3.9:no-ssl-socket")
@pytest.mark.roles("client", "server")
@pytest.mark.versions("tls13")
@pytest.mark.parametrize("call", ["sock_recv", "sock_recv_into", "sock_sendall", "sock_accept"])
def test_the_loops_socket_calls_take_no_ssl_socket(pair, aio, call):
    """loop.sock_recv() and its kind raise TypeError for an SSLSocket: they would read beneath TLS."""
    arguments = {"sock_recv": (1,), "sock_recv_into": (bytearray(1),), "sock_sendall": (b"x",), "sock_accept": ()}[call]
    near, far = pair.plain_ends()
    options = {"server_side": pair.server_side, "server_hostname": pair.server_hostname}
    with far, pair.subject_context.wrap_socket(near, do_handshake_on_connect=False, **options) as subject:
        subject.setblocking(False)

        async def use():
            await getattr(aio.loop, call)(subject, *arguments)

        with pytest.raises(TypeError):
            aio.run(use())
