"""asyncio's streams: ``asyncio_server.py FD0 FD1 FD2 FOLDER``.

Lines come back in upper case and many times over: under TLS, under TLS that begins with STARTTLS (from Python 3.11 on),
and under TLS for clients with a certificate.
"""

import asyncio
import ssl

from common import FOLDER, listeners, server_context


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Lines in upper case, until the client has ended."""
    try:
        while line := await reader.readline():
            writer.write(line.upper() * 10_000)
            await writer.drain()
        writer.close()
        await writer.wait_closed()
    except (ssl.SSLError, ConnectionError):
        writer.close()


async def goes_over(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A line in clear text, then TLS."""
    writer.write(b"go ahead " + await reader.readline())
    await writer.drain()
    try:
        await writer.start_tls(server_context())
    except (ssl.SSLError, ConnectionError):
        return writer.close()
    return await echo(reader, writer)


async def main() -> None:
    strict = server_context()
    strict.load_verify_locations(FOLDER / "authority.pem")
    strict.verify_mode = ssl.CERT_REQUIRED
    first, second, third = listeners()
    servers = [
        await asyncio.start_server(echo, sock=first, ssl=server_context()),
        await asyncio.start_server(goes_over, sock=second),
        await asyncio.start_server(echo, sock=third, ssl=strict),
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


asyncio.run(main())
