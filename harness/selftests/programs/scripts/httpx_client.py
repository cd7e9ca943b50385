"""httpx, blocking and asynchronous: ``httpx_client.py PORT FOLDER``."""

import asyncio
import ssl

import httpx
from common import HOST, NUMBERS, TIMEOUT, controls, trusting


def fetch(context: ssl.SSLContext, host: str) -> None:
    with httpx.Client(verify=context, timeout=TIMEOUT, base_url=f"https://{host}:{NUMBERS[0]}") as client:
        for path in ("/one", "/two"):
            answer = client.get(path)
            print(answer.status_code, answer.content == f"{path}\n".encode() * 20_000)
        print(client.post("/", content=b"hello " * 10_000).content == b"HELLO " * 10_000)


async def fetch_together(context: ssl.SSLContext, host: str) -> None:
    async with httpx.AsyncClient(verify=context, timeout=TIMEOUT, base_url=f"https://{host}:{NUMBERS[0]}") as client:
        answers = await asyncio.gather(*(client.get(f"/{number}") for number in range(5)))
        print([len(answer.content) for answer in answers])


fetch(trusting(), HOST)
controls(fetch)
asyncio.run(fetch_together(trusting(), HOST))
controls(lambda context, host: asyncio.run(fetch_together(context, host)))
