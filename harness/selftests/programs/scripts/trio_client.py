"""A trio client: ``trio_client.py PORT FOLDER``."""

import ssl

import trio
from common import HOST, NUMBERS, TIMEOUT, controls, trusting


async def talk(context: ssl.SSLContext, host: str) -> None:
    with trio.fail_after(TIMEOUT):
        stream = await trio.open_ssl_over_tcp_stream(host, NUMBERS[0], ssl_context=context)
        await stream.do_handshake()
        print(stream.version(), stream.getpeercert()["subjectAltName"])
        sent = b"hello " * 50_000
        async with trio.open_nursery() as nursery:
            nursery.start_soon(stream.send_all, sent)
            received = b""
            while len(received) < len(sent):
                received += await stream.receive_some()
        print(received == sent.upper())
        await stream.aclose()


trio.run(talk, trusting(), HOST)
controls(lambda context, host: trio.run(talk, context, host))
