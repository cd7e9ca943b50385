"""truststore, whose contexts are its own classes around ssl's: ``truststore_client.py PORT FOLDER``."""

import socket
import ssl

import truststore
from common import FOLDER, HOST, NUMBERS, TIMEOUT, WRONG_HOST, control


def fetch(authority: str, host: str) -> None:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(FOLDER / authority)
    with (
        socket.create_connection((host, NUMBERS[0]), timeout=TIMEOUT) as plain,
        context.wrap_socket(plain, server_hostname=host) as connection,
    ):
        connection.sendall(b"GET /one HTTP/1.0\r\n\r\n")
        with connection.makefile("rb") as page:
            print(connection.version(), page.readline(), len(page.read()) > 100_000)


fetch("authority.pem", HOST)
control("wrong authority", fetch, "stranger.pem", HOST)
control("wrong host", fetch, "authority.pem", WRONG_HOST)
