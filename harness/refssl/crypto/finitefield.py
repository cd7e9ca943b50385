"""Ephemeral Diffie-Hellman over finite fields: with any prime, as TLS 1.2's DHE has it (RFC 5246 7.4.3, 8.1.2), and in
the groups of RFC 7919, as TLS 1.3 has it (RFC 8446 4.2.8.1).

`cryptography` warns that it will give this up, so Python's own numbers do it, which is slow and not of constant time.
Which primes are good enough is decided by whoever chooses or accepts them.
"""

from __future__ import annotations

import os
from functools import cache

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


# RFC 7919 Appendix A: p = 2^b - 2^(b-64) + {[2^(b-130) e] + X } 2^64 - 1, and g is 2.
_X = {2048: 560316, 3072: 2625351, 4096: 5736041, 6144: 15705020, 8192: 10965728}


@cache
def named_prime(bits: int) -> int:
    """The prime of RFC 7919's group of that size."""
    # e is the sum of 1/n!; 64 bits more than are wanted make up for what each term loses.
    scale = bits - 130 + 64
    term = total = 1 << scale
    n = 1
    while term:
        term //= n
        total += term
        n += 1
    return (1 << bits) - (1 << bits - 64) + ((total >> 64) + _X[bits] << 64) - 1


class NamedFieldShare(FiniteFieldShare):
    """A share in a group of RFC 7919. RFC 8446 4.2.8.1: it is "padded to the left with zeros to the size of p in
    bytes", and so is the shared secret (7.4.1)."""

    __slots__ = ("_size",)

    def __init__(self, bits: int) -> None:
        super().__init__(named_prime(bits), 2)
        self._size = bits // 8
        self.public = self.public.rjust(self._size, b"\0")

    def exchange(self, peer: bytes) -> bytes:
        """Raises InvalidShare, also for a share of another size."""
        if len(peer) != self._size:
            raise InvalidShare
        return super().exchange(peer).rjust(self._size, b"\0")
