"""http.client and urllib: ``http_client.py PORT FOLDER``."""

import http.client
import ssl
import urllib.request

from common import FOLDER, HOST, NUMBERS, TIMEOUT, controls, trusting

PORT = NUMBERS[0]


def fetch(context: ssl.SSLContext, host: str) -> bytes:
    """A page by urllib."""
    with urllib.request.urlopen(f"https://{host}:{PORT}/page", context=context, timeout=TIMEOUT) as page:
        return page.read()


connection = http.client.HTTPSConnection(HOST, PORT, context=trusting(), timeout=TIMEOUT)
for path in ("/one", "/two"):
    connection.request("GET", path)
    response = connection.getresponse()
    print(response.status, response.read() == f"{path}\n".encode() * 20_000)
connection.request("POST", "/", body=b"over one connection " * 5_000)
print(connection.getresponse().read() == b"OVER ONE CONNECTION " * 5_000)
print(connection.sock.version(), connection.sock.getpeercert()["subjectAltName"])
connection.close()
print(len(fetch(trusting(), HOST)))
unverified = ssl._create_unverified_context()
print(len(fetch(unverified, HOST)))
controls(fetch)
pem = ssl.get_server_certificate((HOST, PORT), ca_certs=FOLDER / "authority.pem", timeout=TIMEOUT)
print(pem.split() == (FOLDER / "server.crt").read_text().split())
