"""http.server over TLS: ``http_server.py FD FOLDER``."""

import http.server
from typing import Any

from common import listeners, server_context


class Handler(http.server.BaseHTTPRequestHandler):
    """A long page for GET, and an echo in upper case for POST."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self.answer(f"{self.path}\n".encode() * 20_000)

    def do_POST(self) -> None:
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).upper())

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(http.server.ThreadingHTTPServer):
    """Clients that refuse the certificate are part of its day."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


server = Server(("127.0.0.1", 0), Handler, bind_and_activate=False)
server.socket.close()
server.socket = server_context().wrap_socket(listeners()[0], server_side=True, do_handshake_on_connect=False)
server.serve_forever()
