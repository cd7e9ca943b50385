"""An anyio server that echoes in upper case, over asyncio: ``anyio_server.py FD FOLDER``."""

import ssl

import anyio
from anyio.streams.tls import TLSListener
from common import NUMBERS, server_context


async def echo(stream: anyio.abc.ByteStream) -> None:
    async with stream:
        try:
            async for data in stream:
                await stream.send(data.upper())
        except (anyio.BrokenResourceError, ssl.SSLError):
            pass


async def main() -> None:
    plain = await anyio.abc.SocketListener.from_socket(NUMBERS[0])
    await TLSListener(plain, server_context()).serve(echo)


anyio.run(main)
