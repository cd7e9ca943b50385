"""Two engines facing each other without sockets or certificates, for the engine's own tests.

A "certificate" here is a bare SubjectPublicKeyInfo: the engine never looks inside, and `trusting` gives its key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa

from refssl.crypto.keys import HANDSHAKE_SCHEMES_13, SCHEMES, PrivateKey, PublicKey
from refssl.engine.config import Config, Credential, PeerIdentity, Tickets, Verified
from refssl.engine.connection import Connection
from refssl.engine.output import Output
from refssl.engine.records import HEADER
from refssl.engine.session import Session

SUITES = (0x1302, 0x1303, 0x1301)
GROUPS = (0x001D, 0x0017, 0x0018, 0x0019)
SIGNATURE_SCHEMES = tuple(code for code in SCHEMES if code in HANDSHAKE_SCHEMES_13)


@cache
def key(kind: str) -> PrivateKey:
    """A private key of `kind`, made once a run."""
    makers: dict[str, Any] = {
        "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
        "P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
        "P-521": lambda: ec.generate_private_key(ec.SECP521R1()),
        "RSA": lambda: rsa.generate_private_key(65537, 2048),
        "Ed25519": ed25519.Ed25519PrivateKey.generate,
        "Ed448": ed448.Ed448PrivateKey.generate,
    }
    return PrivateKey(makers[kind]())


def credential(kind: str = "P-256") -> Credential:
    """A credential whose only certificate is its public key."""
    private = key(kind)
    return Credential(
        (private.public_spki(),),
        private.schemes,
        private.sign,
        schemes12=private.schemes12,
        kind=private.kind,
        curve=private.curve,
        decrypt=private.decrypt_pkcs1 if private.kind == "rsa" else None,
    )


def trusting(certificates: tuple[bytes, ...], encrypts: bool = False) -> PeerIdentity:
    """An authenticator that believes everyone."""
    return PeerIdentity(certificates, PublicKey.from_spki(certificates[0]), Verified(certificates))


class Cabinet:
    """Tickets kept in a dict, through the same encoding as self-contained ones."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def seal(self, session: Session) -> bytes:
        ticket = b"ticket %d" % len(self.kept)
        self.kept[ticket] = session.encode()
        return ticket

    def open(self, ticket: bytes) -> Session | None:
        stored = self.kept.get(ticket)
        return None if stored is None else Session.decode(stored)


class Memory:
    """Sessions kept in a dict by their id, through the same encoding as tickets."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def remember(self, session: Session) -> None:
        self.kept[session.session_id] = session.encode()

    def find(self, session_id: bytes) -> Session | None:
        stored = self.kept.get(session_id)
        return None if stored is None else Session.decode(stored)


def client_config(**changes: Any) -> Config:
    """A client's Config as the surface would make it, with `changes`."""
    return replace(Config(False, SUITES, GROUPS, SIGNATURE_SCHEMES, trusting, server_name="server.example"), **changes)


def server_config(**changes: Any) -> Config:
    """A server's Config with a P-256 credential, with `changes`."""
    return replace(Config(True, SUITES, GROUPS, SIGNATURE_SCHEMES, trusting, credentials=(credential(),)), **changes)


def tickets(count: int = 2) -> Tickets:
    """Fresh tickets for a server's Config."""
    cabinet = Cabinet()
    return Tickets(cabinet.seal, cabinet.open, count)


def records(data: bytes) -> Iterator[bytes]:
    """The whole records in `data`."""
    position = 0
    while position < len(data):
        end = position + HEADER + int.from_bytes(data[position + 3 : position + 5], "big")
        yield data[position:end]
        position = end


def deliver(sender: Connection, receiver: Connection) -> int:
    """Carry what `sender` has to `receiver`, record by record. Gives the number of records."""
    count = 0
    for record in records(sender.take_output()):
        receiver.check_header(record[:HEADER])
        receiver.receive(record)
        count += 1
    return count


def pump(client: Connection, server: Connection) -> None:
    """Carry records both ways until nothing moves. Faults come out of here, from whoever raised them."""
    client.start()
    while deliver(client, server) + deliver(server, client):
        pass


def pair(
    client: Config | None = None,
    server: Config | None = None,
    client_output: Output | None = None,
    server_output: Output | None = None,
) -> tuple[Connection, Connection]:
    """A client and a server that have not yet spoken."""
    return (
        Connection(client or client_config(), client_output),
        Connection(server or server_config(), server_output),
    )


def shaken(client: Config | None = None, server: Config | None = None) -> tuple[Connection, Connection]:
    """A client and a server whose handshake is complete."""
    ends = pair(client, server)
    pump(*ends)
    assert ends[0].handshake_complete
    assert ends[1].handshake_complete
    return ends
