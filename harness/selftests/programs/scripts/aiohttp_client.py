"""aiohttp's client: ``aiohttp_client.py PORT FOLDER``."""

import asyncio
import ssl

import aiohttp
from common import HOST, NUMBERS, TIMEOUT, controls, trusting


async def fetch(context: ssl.SSLContext, host: str) -> None:
    connector = aiohttp.TCPConnector(ssl=context)
    limit = aiohttp.ClientTimeout(total=TIMEOUT)
    async with aiohttp.ClientSession(f"https://{host}:{NUMBERS[0]}", connector=connector, timeout=limit) as session:
        for path in ("/one", "/two"):
            async with session.get(path) as answer:
                print(answer.status, await answer.read() == f"{path}\n".encode() * 20_000)
        async with session.post("/", data=b"hello " * 10_000) as answer:
            print(await answer.read() == b"HELLO " * 10_000)


asyncio.run(fetch(trusting(), HOST))
controls(lambda context, host: asyncio.run(fetch(context, host)))
