"""asyncio's streams: ``asyncio_client.py PORT0 PORT1 PORT2 FOLDER``, see asyncio_server.py."""

import asyncio
import ssl
import sys

from common import FOLDER, HOST, NUMBERS, TIMEOUT, controls, trusting


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Two lines there and back, and a close that both sides take part in."""
    for line in (b"hello\n", b"again\n"):
        writer.write(line)
        await writer.drain()
        answer = await reader.readexactly(len(line) * 10_000)
        print(answer == line.upper() * 10_000)
    found = writer.get_extra_info("ssl_object")
    print(found.version(), writer.get_extra_info("peercert")["subjectAltName"])
    writer.close()
    await writer.wait_closed()


async def over_tls(context: ssl.SSLContext, host: str, port: int = NUMBERS[0]) -> None:
    await talk(*await asyncio.open_connection(host, port, ssl=context))


async def goes_over(context: ssl.SSLContext, host: str) -> None:
    reader, writer = await asyncio.open_connection(host, NUMBERS[1])
    writer.write(b"STARTTLS\n")
    print(await reader.readline())
    try:
        await writer.start_tls(context, server_hostname=host)
        await talk(reader, writer)
    finally:
        writer.close()


async def without_certificate() -> None:
    """The handshake is complete before the server has seen that a certificate is missing: nothing is ever answered."""
    reader, writer = await asyncio.open_connection(HOST, NUMBERS[2], ssl=trusting())
    try:
        print("no certificate:", await reader.read())
    except ssl.SSLError:
        print("no certificate:", b"")  # asyncio keeps the reason to itself now and then
    writer.close()


def run(coroutine: object) -> None:
    asyncio.run(asyncio.wait_for(coroutine, TIMEOUT))


run(over_tls(trusting(), HOST))
controls(lambda context, host: run(over_tls(context, host)))
if sys.version_info >= (3, 11):
    run(goes_over(trusting(), HOST))
    controls(lambda context, host: run(goes_over(context, host)))
authenticated = trusting()
authenticated.load_cert_chain(FOLDER / "client.pem")
run(over_tls(authenticated, HOST, NUMBERS[2]))
run(without_certificate())
