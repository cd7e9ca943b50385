"""Ephemeral Diffie-Hellman over a finite field with any prime, as TLS 1.2's DHE has it (RFC 5246 7.4.3, 8.1.2).

Which primes are good enough is decided by whoever chooses or accepts them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from refssl.crypto.shares import InvalidShare


@cache
def _library() -> Any:
    from cryptography.hazmat.primitives.asymmetric import dh

    return dh


class FiniteFieldShare:
    """One side's share in the group of prime p and generator g. public: the number to send, big-endian."""

    __slots__ = ("_numbers", "_private", "public")

    def __init__(self, p: int, g: int) -> None:
        """Raises InvalidShare where the library refuses the group."""
        dh = _library()
        self._numbers = dh.DHParameterNumbers(p, g)
        try:
            self._private = self._numbers.parameters().generate_private_key()
        except ValueError:
            raise InvalidShare from None
        public: int = self._private.public_key().public_numbers().y
        self.public = public.to_bytes((public.bit_length() + 7) // 8, "big")

    def exchange(self, peer: bytes) -> bytes:
        """The shared secret, without leading zeros (RFC 5246 8.1.2). Raises InvalidShare."""
        number = int.from_bytes(peer, "big")
        # 0, 1 and p - 1 would make the secret known to everyone.
        if not 1 < number < self._numbers.p - 1:
            raise InvalidShare
        try:
            theirs = _library().DHPublicNumbers(number, self._numbers).public_key()
            shared: bytes = self._private.exchange(theirs)
        except ValueError:
            raise InvalidShare from None
        return shared.lstrip(b"\0")
