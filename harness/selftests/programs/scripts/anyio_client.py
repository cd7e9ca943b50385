"""An anyio client, over asyncio and over trio: ``anyio_client.py PORT FOLDER``."""

import ssl

import anyio
from common import HOST, NUMBERS, TIMEOUT, controls, trusting


async def talk(context: ssl.SSLContext, host: str) -> None:
    with anyio.fail_after(TIMEOUT):
        async with await anyio.connect_tcp(host, NUMBERS[0], tls_hostname=host, ssl_context=context) as stream:
            print(stream.extra(anyio.streams.tls.TLSAttribute.tls_version))
            sent = b"hello " * 50_000
            async with anyio.create_task_group() as group:
                group.start_soon(stream.send, sent)
                received = b""
                while len(received) < len(sent):
                    received += await stream.receive()
            print(received == sent.upper())


for backend in ("asyncio", "trio"):
    anyio.run(talk, trusting(), HOST, backend=backend)
    controls(lambda context, host, backend=backend: anyio.run(talk, context, host, backend=backend))
