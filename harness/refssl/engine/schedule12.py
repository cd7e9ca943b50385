"""The key schedule of TLS 1.2 (RFC 5246 5, 6.3, 8.1, RFC 7627 4): master secret, key block, Finished.

Which messages a hash covers, and when keys come into use, is the states' affair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import Mac, function, shortened
from refssl.engine import cbc, protection12, unencrypted

if TYPE_CHECKING:
    from refssl.engine.protection12 import Opening, Sealing

MASTER_SECRET = 48
# RFC 5246 7.4.9: "In this document [verify_data_length] is always 12" where the suite says nothing else.
VERIFY_DATA = 12


class Secret(Mac):
    """A secret as the key of the PRF (RFC 5246 5). name: the hash of the suite's PRF."""

    __slots__ = ()

    def __init__(self, name: str, value: bytes) -> None:
        known = function(name)
        super().__init__(known, shortened(known, value))

    def expand(self, seed: bytes, length: int) -> bytes:
        """P_hash (RFC 5246 5). seed: the label and what the RFC calls the seed."""
        mac = self.mac
        chained = mac(seed)
        output = mac(chained + seed)
        while len(output) < length:
            chained = mac(chained)
            output += mac(chained + seed)
        return output[:length]

    def verify_data(self, client: bool, transcript_hash: bytes) -> bytes:
        """The contents of the client's or the server's Finished under a master secret (RFC 5246 7.4.9)."""
        label = b"client finished" if client else b"server finished"
        return self.expand(label + transcript_hash, VERIFY_DATA)


def master_secret(name: str, premaster: bytes, client_random: bytes, server_random: bytes) -> Secret:
    """RFC 5246 8.1."""
    seed = b"master secret" + client_random + server_random
    return Secret(name, Secret(name, premaster).expand(seed, MASTER_SECRET))


def extended_master_secret(name: str, premaster: bytes, session_hash: bytes) -> Secret:
    """RFC 7627 4; session_hash covers all messages up to and including ClientKeyExchange."""
    return Secret(name, Secret(name, premaster).expand(b"extended master secret" + session_hash, MASTER_SECRET))


@dataclass(slots=True)
class Keys:
    """RFC 5246 6.3: what each direction is protected with, to come into use with its ChangeCipherSpec."""

    client: tuple[bytes, bytes, bytes]
    server: tuple[bytes, bytes, bytes]
    suite: CipherSuite
    encrypt_then_mac: bool

    def sealer(self, client: bool, random: Callable[[int], bytes]) -> Sealing:
        """Protection for what the client (or the server) sends. random(n) gives n unpredictable bytes."""
        made: Sealing
        mac_key, key, iv = self.client if client else self.server
        if self.suite.aead:
            made = protection12.sealer(self.suite, key, iv)
        elif not key:
            made = unencrypted.Sealer(self.suite, mac_key)
        else:
            made = cbc.Sealer(self.suite, mac_key, key, self.encrypt_then_mac, random)
        return made

    def opener(self, client: bool) -> Opening:
        """Protection for reading what the client (or the server) sends."""
        made: Opening
        mac_key, key, iv = self.client if client else self.server
        if self.suite.aead:
            made = protection12.opener(self.suite, key, iv)
        elif not key:
            made = unencrypted.Opener(self.suite, mac_key)
        else:
            made = cbc.Opener(self.suite, mac_key, key, self.encrypt_then_mac)
        return made


def keys(
    suite: CipherSuite, master: Secret, client_random: bytes, server_random: bytes, encrypt_then_mac: bool
) -> Keys:
    """RFC 5246 6.3: the key block, cut up in the order that stands there."""
    if suite.aead:
        mac_length, iv_length = 0, protection12.FIXED_IV[suite.aead]
    else:
        # RFC 5246 6.2.3.2: the IV of CBC stands in each record.
        mac_length, iv_length = function(suite.digest or "").length, 0
    key_length = suite.key_length
    total = 2 * (mac_length + key_length + iv_length)
    block = master.expand(b"key expansion" + server_random + client_random, total)
    parts, position = [], 0
    for length in (mac_length, mac_length, key_length, key_length, iv_length, iv_length):
        parts.append(block[position : position + length])
        position += length
    return Keys((parts[0], parts[2], parts[4]), (parts[1], parts[3], parts[5]), suite, encrypt_then_mac)
