"""Real programs: refssl in the place of ssl under the standard library, and curl and openssl at the other end."""

from __future__ import annotations

import http.server
import os
import shutil
import socket
import ssl
import subprocess
import sys
import textwrap
import threading
import urllib.request
from pathlib import Path

import pytest

import refssl
from selftests.refssl_support import certificates, contexts

HARNESS = str(Path(refssl.__file__).parents[1])
PREAMBLE = f"""
import sys
sys.path.insert(0, {HARNESS!r})
import refssl
sys.modules["ssl"] = refssl
import ssl
assert ssl is refssl
"""


def _run(program: str, *arguments: object) -> str:
    """What a program prints that has refssl for its ssl."""
    code = PREAMBLE + textwrap.dedent(program)
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_http_server_and_http_client() -> None:
    printed = _run(
        """
        import http.client, http.server, threading
        authority, chain, other = sys.argv[1:]
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def do_GET(self):
                body = self.path.encode() * 10000
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            def log_message(self, *a): pass
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ours = ssl.create_default_context(cafile=authority)
        connection = http.client.HTTPSConnection("localhost", server.server_port, context=ours, timeout=20)
        for _ in range(3):
            connection.request("GET", "/x")
            response = connection.getresponse()
            assert response.read() == b"/x" * 10000
        print(response.status, connection.sock.version(), type(connection.sock).__module__)
        connection.close()
        import urllib.request
        with urllib.request.urlopen(f"https://localhost:{server.server_port}/y", context=ours, timeout=20) as page:
            print(len(page.read()))
        context.load_cert_chain(other)
        wrong = http.client.HTTPSConnection("localhost", server.server_port, context=ours, timeout=20)
        try:
            wrong.request("GET", "/x")
        except ssl.SSLCertVerificationError as error:
            print(error.verify_code)
        """,
        certificates().authority,
        certificates().server,
        certificates().other,
    )
    assert printed.split("\n") == ["200 TLSv1.3 refssl", "20000", "62"]


def test_asyncio_streams() -> None:
    printed = _run(
        """
        import asyncio
        authority, chain = sys.argv[1:]
        async def serve(reader, writer):
            while line := await reader.readline():
                writer.write(line.upper() * 1000)
                await writer.drain()
            writer.close()
        async def main():
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(chain)
            ours = ssl.create_default_context(cafile=authority)
            async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
                port = server.sockets[0].getsockname()[1]
                reader, writer = await asyncio.open_connection("localhost", port, ssl=ours)
                for _ in range(3):
                    writer.write(b"hello\\n")
                    await writer.drain()
                    assert await reader.readexactly(6000) == b"HELLO\\n" * 1000
                facts = writer.get_extra_info("ssl_object")
                print(facts.version(), writer.get_extra_info("cipher")[1], bool(writer.get_extra_info("peercert")))
                writer.close()
                await writer.wait_closed()
                try:
                    await asyncio.open_connection("127.0.0.1", port, ssl=ours, server_hostname="wrong.example")
                except ssl.SSLCertVerificationError as error:
                    print(error.verify_code)
        asyncio.run(main())
        """,
        certificates().authority,
        certificates().server,
    )
    assert printed.split("\n") == ["TLSv1.3 TLSv1.3 True", "62"]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="StreamWriter.start_tls came with Python 3.11")
def test_asyncio_start_tls() -> None:
    printed = _run(
        """
        import asyncio
        authority, chain = sys.argv[1:]
        async def serve(reader, writer):
            assert await reader.readline() == b"STARTTLS\\n"
            writer.write(b"go\\n")
            await writer.drain()
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(chain)
            await writer.start_tls(context)
            writer.write((await reader.readline()).upper())
            await writer.drain()
            writer.close()
        async def main():
            async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
                reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1])
                writer.write(b"STARTTLS\\n")
                assert await reader.readline() == b"go\\n"
                await writer.start_tls(ssl.create_default_context(cafile=authority), server_hostname="localhost")
                writer.write(b"secret\\n")
                print((await reader.readline()).decode().strip(), writer.get_extra_info("ssl_object").version())
                writer.close()
        asyncio.run(main())
        """,
        certificates().authority,
        certificates().server,
    )
    assert printed == "SECRET TLSv1.3"


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = b"from refssl\n" * 5000
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    def handle_error(self, *_: object) -> None:
        """Clients that refuse the certificate are part of the tests."""


@pytest.fixture
def https() -> object:
    """The port of an HTTPS server over refssl."""
    server = _Server(("127.0.0.1", 0), _Handler)
    _, context = contexts()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_fetches_from_refssl(https: int) -> None:
    command = ["curl", "--silent", "--show-error", "--max-time", "20", "--noproxy", "*", f"https://localhost:{https}/"]
    done = subprocess.run([*command, "--cacert", str(certificates().authority)], capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (0, b"from refssl\n" * 5000)
    refused = subprocess.run([*command, "--cacert", str(certificates().stranger)], capture_output=True, check=False)
    assert refused.returncode == 60


def test_the_standard_librarys_urllib_fetches_from_refssl(https: int) -> None:
    context = ssl.create_default_context(cafile=str(certificates().authority))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context))
    with opener.open(f"https://localhost:{https}/", timeout=20) as page:
        assert page.read() == b"from refssl\n" * 5000


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_refssl_fetches_from_openssl_s_server(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["openssl", "s_server", "-accept", str(port), "-cert", str(certificates().server), "-www", "-tls1_3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "OPENSSL_CONF": "/dev/null"},
    )
    try:
        assert server.stdout is not None
        while b"ACCEPT" not in (line := server.stdout.readline()):
            assert line, "openssl s_server did not start"
        context, _ = contexts()
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as connection,
        ):
            connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
            page = connection.makefile("rb").read()
        assert b"HTTP/1.0 200 ok" in page
        assert b"TLSv1.3" in page
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as plain,
            pytest.raises(refssl.SSLCertVerificationError),
        ):
            context.wrap_socket(plain, server_hostname="wrong.example")
    finally:
        server.terminate()
        server.wait()
        if server.stdout is not None:
            server.stdout.close()


def test_get_server_certificate(https: int) -> None:
    text = refssl.get_server_certificate(("localhost", https), ca_certs=certificates().authority, timeout=20)
    assert text.splitlines()[1:-1] == certificates().server_chain.read_text().splitlines()[1:-1]
    with pytest.raises(refssl.SSLCertVerificationError):
        refssl.get_server_certificate(("localhost", https), ca_certs=certificates().stranger, timeout=20)
