"""A session that can be resumed, and its form inside a ticket that the server need not remember (RFC 5077 4).

Sealing tickets, caches and their time-outs are the context's; when a session may be used is `negotiation`'s.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from refssl.crypto.keys import PublicKey
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ExplicitlyUnverified, PeerIdentity, PeerProof, PskBinder, Verified
from refssl.engine.faults import ProtocolError
from refssl.engine.presentation import decode, encode, opaque_vector, uint8, vector

if TYPE_CHECKING:
    from refssl.engine.schedule13 import EarlySecret

# A stored session: version, suite, age_add, created, lifetime, extended_master_secret; how long what follows is:
# secret, session_id, server_name, alpn, peer. Each resumption reads one and writes one, for which `presentation` would
# take three times as long.
_STORED = struct.Struct(">HHIdI?BBHBI")
_UNVERIFIED = 0
_VERIFIED = 1


@dataclass(slots=True)
class Session:
    """What both ends keep for a later resumption.

    secret: the PSK in TLS 1.3, the master secret in TLS 1.2. created: seconds since the epoch by ``Config.clock``;
    lifetime: seconds. session_id: in TLS 1.2, as on the wire. early: what the key schedule of TLS 1.3 makes of the
    secret, once it has been offered; worked out again wherever it is missing. forgotten: a fatal alert has ended a
    connection of this session, which "MUST NOT be resumed" then (RFC 5246 7.2.2; RFC 8446 6.2 has SHOULD).
    """

    version: int
    cipher_suite: int
    secret: bytes = field(repr=False)
    ticket: bytes
    session_id: bytes
    age_add: int
    created: float
    lifetime: int
    server_name: str | None
    alpn: bytes | None
    peer: PeerIdentity | None
    extended_master_secret: bool = True
    early: EarlySecret | None = field(default=None, init=False, repr=False, compare=False)
    forgotten: bool = field(default=False, init=False, compare=False)

    @property
    def name(self) -> bytes:
        """The session_id, or in TLS 1.3, which has none, 32 bytes made from the ticket."""
        return self.session_id or (hashlib.sha256(self.ticket).digest() if self.ticket else b"")

    def encode(self) -> bytes:
        """The session as bytes, for a ticket that holds everything. The ticket itself is not part of it."""
        texts = (
            self.secret,
            self.session_id,
            self.server_name.encode("ascii", "surrogateescape") if self.server_name else b"",
            self.alpn or b"",
            _encode_peer(self.peer) if self.peer is not None else b"",
        )
        numbers = (
            self.version,
            self.cipher_suite,
            self.age_add,
            self.created,
            self.lifetime,
            self.extended_master_secret,
        )
        return _STORED.pack(*numbers, *map(len, texts)) + b"".join(texts)

    @classmethod
    def decode(cls, data: bytes) -> Session:
        """The inverse of `encode`. Raises ProtocolError where the bytes are no session; they must be authentic."""
        try:
            version, suite, age_add, created, lifetime, extended, *lengths = _STORED.unpack_from(data)
        except struct.error:
            raise ProtocolError(AlertDescription.DECODE_ERROR, "LENGTH_MISMATCH") from None
        texts = []
        start = _STORED.size
        for length in lengths:
            texts.append(data[start : start + length])
            start += length
        if start != len(data):
            raise ProtocolError(AlertDescription.DECODE_ERROR, "LENGTH_MISMATCH")
        secret, session_id, server_name, alpn, peer = texts
        name = server_name.decode("ascii", "surrogateescape") or None
        known = _decode_peer(peer) if peer else None
        return cls(
            version, suite, secret, b"", session_id, age_add, created, lifetime, name, alpn or None, known, extended
        )


def first_proof(proof: PeerProof | None) -> PeerProof | None:
    """What the first handshake of a chain of resumptions proved."""
    found = proof
    while isinstance(found, PskBinder):
        found = found.original
    return found


def _encode_peer(peer: PeerIdentity) -> bytes:
    proof = first_proof(peer.proof)
    return encode(
        _StoredPeer(
            certificates=peer.certificates,
            public_key=peer.public_key.spki,
            proof=_VERIFIED if isinstance(proof, Verified) else _UNVERIFIED,
            path=proof.path if isinstance(proof, Verified) else (),
            setting=proof.setting.encode("utf-8") if isinstance(proof, ExplicitlyUnverified) else b"",
        )
    )


def _decode_peer(data: bytes) -> PeerIdentity:
    stored = decode(_StoredPeer, data)
    proof: PeerProof
    if stored.proof == _VERIFIED:
        proof = Verified(stored.path)
    else:
        proof = ExplicitlyUnverified(stored.setting.decode("utf-8", "replace"))
    return PeerIdentity(stored.certificates, PublicKey.from_spki(stored.public_key), proof)


@dataclass(slots=True)
class _StoredPeer:
    certificates: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**24 - 1), 1, 2**24 - 1)]
    public_key: Annotated[bytes, opaque_vector(0, 2**16 - 1)]
    proof: Annotated[int, uint8]
    path: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**24 - 1), 0, 2**24 - 1)]
    setting: Annotated[bytes, opaque_vector(0, 2**8 - 1)]
