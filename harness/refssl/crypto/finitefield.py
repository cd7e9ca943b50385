"""Ephemeral Diffie-Hellman over a finite field with any prime, as TLS 1.2's DHE has it (RFC 5246 7.4.3, 8.1.2).

`cryptography` warns that it will give this up, so Python's own numbers do it, which is slow and not of constant time.
Which primes are good enough is decided by whoever chooses or accepts them.
"""

from __future__ import annotations

import os

from refssl.crypto.shares import InvalidShare

# RFC 7919 5.2: an exponent of twice the group's strength is as good as a full one; this is enough for every group.
_EXPONENT = 512 // 8


class FiniteFieldShare:
    """One side's share in the group of prime p and generator g. public: the number to send, big-endian."""

    __slots__ = ("_exponent", "_p", "public")

    def __init__(self, p: int, g: int) -> None:
        """Raises InvalidShare where p and g can be no group."""
        if p < 5 or p % 2 == 0 or not 1 < g < p - 1:
            raise InvalidShare
        self._p = p
        self._exponent = int.from_bytes(os.urandom(_EXPONENT), "big") | 1 << 8 * _EXPONENT - 1
        public = pow(g, self._exponent, p)
        self.public = public.to_bytes((public.bit_length() + 7) // 8, "big")

    def exchange(self, peer: bytes) -> bytes:
        """The shared secret, without leading zeros (RFC 5246 8.1.2). Raises InvalidShare."""
        number = int.from_bytes(peer, "big")
        # 0, 1 and p - 1 would make the secret known to everyone.
        if not 1 < number < self._p - 1:
            raise InvalidShare
        shared = pow(number, self._exponent, self._p)
        if shared <= 1:
            raise InvalidShare
        return shared.to_bytes((shared.bit_length() + 7) // 8, "big")
