"""urllib3's connection pool: ``urllib3_client.py PORT FOLDER``."""

import ssl

import urllib3
from common import HOST, NUMBERS, TIMEOUT, controls, trusting

RETRIES = urllib3.Retry(0)


def fetch(context: ssl.SSLContext, host: str) -> None:
    with urllib3.PoolManager(ssl_context=context, retries=RETRIES, timeout=TIMEOUT) as pool:
        for path in ("/one", "/two"):
            answer = pool.request("GET", f"https://{host}:{NUMBERS[0]}{path}")
            print(answer.status, answer.data == f"{path}\n".encode() * 20_000)
        answer = pool.request("POST", f"https://{host}:{NUMBERS[0]}/", body=b"hello " * 10_000)
        print(answer.data == b"HELLO " * 10_000)


fetch(trusting(), HOST)
controls(fetch)
