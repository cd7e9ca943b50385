"""What the selftests of refssl share: certificates made once for a run, and a handshake without threads.

Only helpers; what refssl must do is said in the tests.
"""

from __future__ import annotations

import contextlib
import functools
import socket
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

import refssl
from refssl import socketbio


class Certificates:
    """PEM files in a folder: two authorities, a server's and a client's chain, and the server's key once encrypted."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.stranger = folder / "stranger.pem"
        trustme.CA().cert_pem.write_to_path(self.stranger)
        server = authority.issue_cert("localhost", "127.0.0.1")
        self.server = folder / "server.pem"
        server.private_key_and_cert_chain_pem.write_to_path(self.server)
        self.server_chain = folder / "server.crt"
        server.cert_chain_pems[0].write_to_path(self.server_chain)
        self.server_key = folder / "server.key"
        server.private_key_pem.write_to_path(self.server_key)
        self.encrypted_key = folder / "server.encrypted.key"
        self.encrypted_key.write_bytes(_encrypted(server.private_key_pem.bytes(), b"secret"))
        self.client = folder / "client.pem"
        authority.issue_cert("client@example.org").private_key_and_cert_chain_pem.write_to_path(self.client)
        self.other = folder / "other.pem"
        authority.issue_cert("other.example").private_key_and_cert_chain_pem.write_to_path(self.other)


def _encrypted(pem: bytes, password: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem, None)
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password),
    )


@functools.lru_cache(maxsize=1)
def certificates() -> Certificates:
    """The certificates of this run."""
    folder = tempfile.TemporaryDirectory(prefix="refssl-selftests-")
    made = Certificates(Path(folder.name))
    made.folder = folder  # type: ignore[attr-defined]  # kept until the process ends
    return made


def contexts(client: Any = refssl, server: Any = refssl) -> tuple[Any, Any]:
    """A client's and a server's context of these modules, ready to shake hands as "localhost"."""
    ours = client.SSLContext(client.PROTOCOL_TLS_CLIENT)
    ours.load_verify_locations(certificates().authority)
    theirs = server.SSLContext(server.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(certificates().server)
    theirs.minimum_version = server.TLSVersion.TLSv1_3
    return ours, theirs


class Pair:
    """A client and a server joined by BIOs, driven in turn."""

    def __init__(
        self,
        client_context: Any = None,
        server_context: Any = None,
        hostname: str | None = "localhost",
        session: Any = None,
        client: Any = refssl,
        server: Any = refssl,
    ) -> None:
        default_client, default_server = contexts(client, server)
        self.modules = (client, server)
        self.client_in, self.client_out = client.MemoryBIO(), client.MemoryBIO()
        self.server_in, self.server_out = server.MemoryBIO(), server.MemoryBIO()
        self.client = (client_context or default_client).wrap_bio(
            self.client_in, self.client_out, server_hostname=hostname, session=session
        )
        self.server = (server_context or default_server).wrap_bio(self.server_in, self.server_out, server_side=True)

    def carry(self) -> None:
        """Move what both have written to the other side."""
        self.server_in.write(self.client_out.read())
        self.client_in.write(self.server_out.read())

    def step(self, end: Any) -> bool:
        """One do_handshake(); whether it is complete."""
        try:
            end.do_handshake()
        except tuple(module.SSLWantReadError for module in self.modules):
            return False
        finally:
            self.carry()
        return True

    def shake_hands(self) -> Pair:
        """Complete the handshake on both sides. Raises what either side raises."""
        for _ in range(6):
            done = [self.step(self.client), self.step(self.server)]
            if all(done):
                return self
        raise AssertionError("the handshake does not end")

    def talk(self) -> None:
        """Send more than a record holds each way, and see it arrive."""
        data = bytes(range(256)) * 300
        for sender, receiver in ((self.client, self.server), (self.server, self.client)):
            sender.write(data)
            self.carry()
            got = b""
            while len(got) < len(data):
                got += receiver.read(2**16)
            assert got == data

    def take_tickets(self) -> None:
        """Let the client read the tickets that follow the handshake."""
        self.carry()
        try:
            self.client.read()
        except tuple(module.SSLWantReadError for module in self.modules):
            pass


def sockets(**wrap: Any) -> tuple[refssl.SSLSocket, refssl.SSLSocket]:
    """A client and a server that are connected, over two sockets with time-outs."""
    client_context, server_context = contexts()
    left, right = socket.socketpair()
    left.settimeout(5)
    right.settimeout(5)
    made: list[refssl.SSLSocket] = []
    thread = threading.Thread(target=lambda: made.append(server_context.wrap_socket(right, server_side=True)))
    thread.start()
    client = client_context.wrap_socket(left, server_hostname="localhost", **wrap)
    thread.join()
    return client, made[0]


@contextlib.contextmanager
def waiting(writing: bool) -> Iterator[threading.Event]:
    """An event that is set once a refssl socket with a time-out is about to wait, to read or to write."""
    about_to = threading.Event()
    wait = socketbio._wait

    def noted(sock: socket.socket, for_writing: bool, seconds: float | None, **options: bool) -> bool:
        if for_writing == writing and seconds != 0:
            about_to.set()
        return wait(sock, for_writing, seconds, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socketbio, "_wait", noted)
        yield about_to


def raised(call: Any, *args: Any, **kwargs: Any) -> BaseException:
    """The exception that the call raises."""
    try:
        call(*args, **kwargs)
    except BaseException as error:
        return error
    raise AssertionError(f"{call} raised nothing")
