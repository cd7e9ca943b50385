"""SMTP, POP and IMAP, as small as their clients allow: ``mail_server.py FD0 ... FD5 FOLDER``.

Of each protocol first the socket that begins in clear text and goes over to TLS, then the one with TLS from the start.
"""

import socketserver
import threading
from typing import ClassVar

from common import listeners, server_context

CONTEXT = server_context()
LETTER = b"Subject: hello\r\n\r\n" + b"line\r\n" * 3_000


class Lines(socketserver.StreamRequestHandler):
    """A protocol of lines. What `answers` says to a command is the answer; other commands have a method."""

    timeout = 30
    greeting = b""
    go_ahead = b""
    answers: ClassVar[dict[bytes, bytes]] = {}
    goes_over = b""

    def setup(self) -> None:
        if self.server.implicit:
            self.request = CONTEXT.wrap_socket(self.request, server_side=True)
        super().setup()

    def say(self, text: bytes) -> None:
        self.wfile.write(text + b"\r\n")

    def go_over(self) -> None:
        """Answer in clear text, and speak TLS from there on."""
        self.say(self.go_ahead)
        self.finish()
        self.request = CONTEXT.wrap_socket(self.request, server_side=True)
        super().setup()

    def handle(self) -> None:
        self.say(self.greeting)
        while line := self.rfile.readline():
            command = line.split()[0].upper()
            if command == self.goes_over:
                self.go_over()
            elif command == b"QUIT":
                return self.say(self.answers[command])
            elif command in self.answers:
                self.say(self.answers[command])
            else:
                getattr(self, command.decode().lower())()
        return None


class Smtp(Lines):
    """RFC 5321 and RFC 3207."""

    greeting = b"220 mail"
    go_ahead = b"220 go ahead"
    goes_over = b"STARTTLS"
    answers: ClassVar[dict[bytes, bytes]] = {
        b"EHLO": b"250-mail\r\n250 STARTTLS",
        b"MAIL": b"250 ok",
        b"RCPT": b"250 ok",
        b"QUIT": b"221 bye",
    }

    def data(self) -> None:
        self.say(b"354 go on")
        size = 0
        while (line := self.rfile.readline()) != b".\r\n":
            size += len(line)
        self.say(b"250 taken %d" % size)


class Pop(Lines):
    """RFC 1939 and RFC 2595."""

    greeting = b"+OK pop"
    go_ahead = b"+OK go ahead"
    goes_over = b"STLS"
    answers: ClassVar[dict[bytes, bytes]] = {
        b"CAPA": b"+OK\r\nSTLS\r\n.",
        b"USER": b"+OK",
        b"PASS": b"+OK",
        b"STAT": b"+OK 1 %d" % len(LETTER),
        b"RETR": b"+OK\r\n" + LETTER + b".",
        b"QUIT": b"+OK bye",
    }


class Imap(Lines):
    """RFC 9051: every command has a tag, and the tag comes back."""

    greeting = b"* OK imap"
    found: ClassVar[dict[bytes, bytes]] = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 STARTTLS\r\n",
        b"SELECT": b"* 1 EXISTS\r\n",
        b"FETCH": b"* 1 FETCH (RFC822 {%d}\r\n%s)\r\n" % (len(LETTER), LETTER),
        b"LOGOUT": b"* BYE\r\n",
    }

    def handle(self) -> None:
        self.say(self.greeting)
        while line := self.rfile.readline():
            tag, command = line.split()[:2]
            self.go_ahead = tag + b" OK done"
            if command == b"STARTTLS":
                self.go_over()
            else:
                self.say(self.found.get(command, b"") + self.go_ahead)


class Server(socketserver.ThreadingTCPServer):
    """Clients that refuse the certificate are part of its day."""

    daemon_threads = True
    implicit = False

    def handle_error(self, request: object, client_address: object) -> None:
        pass


threads = []
for number, listener in enumerate(listeners()):
    server = Server(("127.0.0.1", 0), (Smtp, Pop, Imap)[number // 2], bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.implicit = bool(number % 2)
    threads.append(threading.Thread(target=server.serve_forever))
for thread in threads:
    thread.start()
