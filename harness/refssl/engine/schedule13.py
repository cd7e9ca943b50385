"""The key schedule of TLS 1.3 (RFC 8446 7.1 to 7.3): secrets, traffic keys, Finished and binders.

Labels are encoded once per hash, and each secret is an HMAC object that is copied for each label. Who uses which
secret when is the states' affair.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import HASHES, extract, keyed, mac, primitives
from refssl.engine.protection import Opener, Sealer

if TYPE_CHECKING:
    from refssl.crypto.hashing import HMAC


def hkdf_label(length: int, label: str, context: bytes = b"") -> bytes:
    """The struct HkdfLabel of RFC 8446 7.1, with the counter that HKDF-Expand puts behind its only block."""
    name = b"tls13 " + label.encode("ascii")
    return b"%b%c%b%c%b\x01" % (length.to_bytes(2, "big"), len(name), name, len(context), context)


class Labels:
    """What of the key schedule depends on the hash alone."""

    __slots__ = (
        "_prefixes",
        "algorithm",
        "derived",
        "empty",
        "finished",
        "hmac",
        "iv",
        "length",
        "name",
        "no_psk",
        "update",
        "zeros",
    )

    def __init__(self, name: str) -> None:
        self.name = name
        self.hmac, self.algorithm = primitives(name)
        self.length = length = HASHES[name]().digest_size
        self.zeros = bytes(length)
        self.empty: bytes = HASHES[name](b"").digest()
        self.finished = hkdf_label(length, "finished")
        self.update = hkdf_label(length, "traffic upd")
        self.iv = hkdf_label(12, "iv")
        self.derived = hkdf_label(length, "derived", self.empty)
        self._prefixes: dict[str, bytes] = {}
        # The salt of the handshake secret where there is no PSK: a constant.
        self.no_psk = mac(keyed(name, extract(name, self.zeros, self.zeros)), self.derived)

    def with_hash(self, label: str, transcript_hash: bytes) -> bytes:
        """The HkdfLabel of Derive-Secret(., label, Messages)."""
        prefix = self._prefixes.get(label)
        if prefix is None:
            prefix = self._prefixes[label] = hkdf_label(self.length, label, self.zeros)[: -self.length - 1]
        return prefix + transcript_hash + b"\x01"


@cache
def labels(name: str) -> Labels:
    """The prebuilt labels of a hash, made on first use."""
    return Labels(name)


class Secret:
    """One secret of the schedule, keyed for HKDF-Expand."""

    __slots__ = ("_mac", "labels", "value")

    def __init__(self, known: Labels, value: bytes) -> None:
        self.labels = known
        self.value = value
        self._mac: HMAC = known.hmac(value, known.algorithm)

    def expand(self, info: bytes) -> bytes:
        """HKDF-Expand for one block. info: an HkdfLabel from `hkdf_label` or `Labels`."""
        copied = self._mac.copy()
        copied.update(info)
        return copied.finalize()

    def derive(self, label: str, transcript_hash: bytes) -> Secret:
        """Derive-Secret (RFC 8446 7.1)."""
        known = self.labels
        copied = self._mac.copy()
        copied.update(known.with_hash(label, transcript_hash))
        return Secret(known, copied.finalize())

    def finished_mac(self, transcript_hash: bytes) -> bytes:
        """verify_data of Finished under this traffic secret, or a binder under a binder_key (RFC 8446 4.4.4)."""
        known = self.labels
        key = known.hmac(self.expand(known.finished), known.algorithm)
        key.update(transcript_hash)
        return key.finalize()

    def keys(self, suite: CipherSuite) -> tuple[bytes, bytes]:
        """(key, iv) of RFC 8446 7.3."""
        return self.expand(_key_label(suite.key_length))[: suite.key_length], self.expand(self.labels.iv)[:12]

    def sealer(self, suite: CipherSuite) -> Sealer:
        """Protection for sending under this traffic secret."""
        return Sealer(suite.aead, *self.keys(suite), suite.tag_length)

    def opener(self, suite: CipherSuite) -> Opener:
        """Protection for receiving under this traffic secret."""
        return Opener(suite.aead, *self.keys(suite), suite.tag_length)

    def updated(self) -> Secret:
        """application_traffic_secret_N+1 (RFC 8446 7.2)."""
        return Secret(self.labels, self.expand(self.labels.update))


@cache
def _key_label(length: int) -> bytes:
    return hkdf_label(length, "key")


def early_secret(name: str, psk: bytes) -> Secret:
    """The Early Secret of a PSK."""
    known = labels(name)
    return Secret(known, extract(name, known.zeros, psk))


def binder_key(early: Secret, external: bool = False) -> Secret:
    """The key for a PSK's binder (RFC 8446 7.1): external, or of a ticket."""
    return early.derive("ext binder" if external else "res binder", early.labels.empty)


def handshake_secret(name: str, early: Secret | None, shared_secret: bytes) -> Secret:
    """The Handshake Secret of an Early Secret (None where there is no PSK) and an (EC)DHE shared secret."""
    known = labels(name)
    salt = known.no_psk if early is None else early.expand(known.derived)
    return Secret(known, extract(name, salt, shared_secret))


def master_secret(handshake: Secret) -> Secret:
    """The Master Secret after a Handshake Secret."""
    known = handshake.labels
    return Secret(known, extract(known.name, handshake.expand(known.derived), known.zeros))


def resumption_psk(resumption_master_secret: Secret, nonce: bytes) -> bytes:
    """The PSK of one ticket (RFC 8446 4.6.1)."""
    return resumption_master_secret.expand(hkdf_label(resumption_master_secret.labels.length, "resumption", nonce))
