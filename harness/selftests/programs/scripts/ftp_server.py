"""FTP with AUTH TLS and protected data connections (RFC 4217): ``ftp_server.py FD FOLDER``."""

import socket
import socketserver

from common import listeners, server_context

CONTEXT = server_context()
FILES = {"greeting": b"hello\r\n" * 20_000}


class Ftp(socketserver.StreamRequestHandler):
    """One control connection. TLS comes with AUTH, and every data connection has its own."""

    timeout = 30
    waiting: socket.socket

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        self.say("220 ftp")
        while line := self.rfile.readline().decode().split():
            command, *words = line
            known = getattr(self, f"on_{command.lower()}", None)
            if known is None:
                self.say("200 ok")
            else:
                known(*words)

    def on_auth(self, mechanism: str) -> None:
        self.say("234 go ahead")
        self.request = CONTEXT.wrap_socket(self.request, server_side=True)
        self.setup()

    def on_user(self, name: str) -> None:
        self.say("331 password")

    def on_pass(self, word: str) -> None:
        self.say("230 welcome")

    def on_pasv(self) -> None:
        self.waiting = socket.create_server(("127.0.0.1", 0))
        self.waiting.settimeout(30)
        high, low = divmod(self.waiting.getsockname()[1], 256)
        self.say(f"227 entering (127,0,0,1,{high},{low})")

    def data_connection(self) -> socket.socket:
        with self.waiting:
            plain, _ = self.waiting.accept()
        self.say("150 here it comes")
        return CONTEXT.wrap_socket(plain, server_side=True)

    def on_nlst(self) -> None:
        self.send("".join(f"{name}\r\n" for name in sorted(FILES)).encode())

    def on_retr(self, name: str) -> None:
        self.send(FILES[name])

    def send(self, data: bytes) -> None:
        with self.data_connection() as connection:
            connection.sendall(data)
            connection.unwrap().close()
        self.say("226 done")

    def on_stor(self, name: str) -> None:
        parts = []
        with self.data_connection() as connection:
            while part := connection.recv(65_536):
                parts.append(part)
            connection.unwrap().close()
        FILES[name] = b"".join(parts)
        self.say("226 done")

    def on_quit(self) -> None:
        self.say("221 bye")


class Server(socketserver.ThreadingTCPServer):
    """Clients that refuse the certificate are part of its day."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        pass


server = Server(("127.0.0.1", 0), Ftp, bind_and_activate=False)
server.socket.close()
server.socket = listeners()[0]
server.serve_forever()
