"""requests, which makes its contexts itself: ``requests_client.py PORT FOLDER``."""

import requests
from common import FOLDER, HOST, NUMBERS, TIMEOUT, WRONG_HOST, control


def fetch(authority: str, host: str) -> None:
    with requests.Session() as session:
        session.verify = str(FOLDER / authority)
        for path in ("/one", "/two"):
            answer = session.get(f"https://{host}:{NUMBERS[0]}{path}", timeout=TIMEOUT)
            print(answer.status_code, answer.content == f"{path}\n".encode() * 20_000)
        answer = session.post(f"https://{host}:{NUMBERS[0]}/", data=b"hello " * 10_000, timeout=TIMEOUT)
        print(answer.content == b"HELLO " * 10_000)


fetch("authority.pem", HOST)
control("wrong authority", fetch, "stranger.pem", HOST)
control("wrong host", fetch, "authority.pem", WRONG_HOST)
