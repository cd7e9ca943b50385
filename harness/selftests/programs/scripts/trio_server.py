"""A trio server that echoes in upper case: ``trio_server.py FD FOLDER``."""

import trio
from common import listeners, server_context


async def echo(stream: trio.SSLStream) -> None:
    try:
        async for data in stream:
            await stream.send_all(data.upper())
        await stream.aclose()
    except trio.BrokenResourceError:
        pass  # a client that refuses the certificate


async def main() -> None:
    plain = trio.SocketListener(trio.socket.from_stdlib_socket(listeners()[0]))
    await trio.serve_listeners(echo, [trio.SSLListener(plain, server_context())])


trio.run(main)
