"""ftplib with protected data connections: ``ftp_client.py PORT FOLDER``."""

import ftplib
import io
import ssl

from common import HOST, NUMBERS, TIMEOUT, controls, trusting


def connect(context: ssl.SSLContext, host: str) -> ftplib.FTP_TLS:
    """A control connection with TLS."""
    client = ftplib.FTP_TLS(context=context, timeout=TIMEOUT)
    client.connect(host, NUMBERS[0])
    client.auth()
    return client


with connect(trusting(), HOST) as ftp:
    ftp.login("a", "secret")
    ftp.prot_p()
    print(ftp.sock.version(), ftp.nlst())
    parts: list[bytes] = []
    ftp.retrbinary("RETR greeting", parts.append)
    print(b"".join(parts) == b"hello\r\n" * 20_000)
    sent = bytes(range(256)) * 1_000
    print(ftp.storbinary("STOR upload", io.BytesIO(sent)))
    parts.clear()
    ftp.retrbinary("RETR upload", parts.append)
    print(b"".join(parts) == sent, ftp.nlst())
controls(connect)
