"""What each end of a handshake sends, in order: the messages that the ``messages`` axis crosses.

Names are those of the RFCs in small letters; a handshake in which the client is asked for its certificate has them all.
"""

from __future__ import annotations

from dataclasses import dataclass

# (role of the sender, version): flights (RFC 8446 2, RFC 5246 7.3, RFC 5077 3.1)
FLIGHTS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("client", "tls12"): (
        ("client_hello",),
        ("certificate", "client_key_exchange", "certificate_verify", "change_cipher_spec", "finished"),
    ),
    ("server", "tls12"): (
        ("server_hello", "certificate", "server_key_exchange", "certificate_request", "server_hello_done"),
        ("new_session_ticket", "change_cipher_spec", "finished"),
    ),
    ("client", "tls13"): (
        ("client_hello",),
        ("certificate", "certificate_verify", "finished"),
    ),
    ("server", "tls13"): (
        (
            "server_hello",
            "encrypted_extensions",
            "certificate_request",
            "certificate",
            "certificate_verify",
            "finished",
        ),
    ),
}
CHANGE_CIPHER_SPEC = "change_cipher_spec"  # the one that is no handshake message
MESSAGES = frozenset(name for flights in FLIGHTS.values() for flight in flights for name in flight)


@dataclass(frozen=True)
class Message:
    """One message of a handshake. next: what its sender sends behind it in the same flight, or None at its end."""

    name: str
    next: str | None

    def __str__(self) -> str:
        return self.name


def sent(sender: str, version: str) -> list[Message]:
    """All that this end sends until its handshake is complete, in order."""
    return [
        Message(name, after)
        for flight in FLIGHTS[sender, version]
        for name, after in zip(flight, (*flight[1:], None), strict=True)
    ]
