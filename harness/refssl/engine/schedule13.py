"""The key schedule of TLS 1.3 (RFC 8446 7.1 to 7.3): secrets, traffic keys, Finished and binders.

Labels are encoded once per hash, and each secret is an HMAC object that is copied for each label. A handshake asks for
forty of them, so they do not call each other where that can be avoided. Who uses which secret when is the states'
affair.
"""

from __future__ import annotations

from functools import cache

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto.hashing import Hash, Mac, mac_once
from refssl.engine.protection import Opener, Sealer


def hkdf_label(length: int, label: str, context: bytes = b"") -> bytes:
    """The struct HkdfLabel of RFC 8446 7.1, with the counter that HKDF-Expand puts behind its only block."""
    name = b"tls13 " + label.encode("ascii")
    return b"%b%c%b%c%b\x01" % (length.to_bytes(2, "big"), len(name), name, len(context), context)


# The labels of Derive-Secret, whose context is a Transcript-Hash (RFC 8446 7.1).
_DERIVED = (
    "c e traffic",
    "e exp master",
    "c hs traffic",
    "s hs traffic",
    "c ap traffic",
    "s ap traffic",
    "exp master",
    "res master",
)
_KEY_LENGTHS = (16, 32)


class Labels(Hash):
    """What of the key schedule depends on the hash alone.

    before_hash: by label, the HkdfLabel of Derive-Secret up to the hash; before_nonce: that of a ticket's PSK up to the
    nonce's length. key: by length, the one of a traffic key.
    binder_keys: by whether the PSK is external, the one of its binder. no_psk: the salt of the Handshake Secret where
    there is no PSK.
    """

    # fmt: off
    __slots__ = (
        "_zero_salt", "before_hash", "before_nonce", "binder_keys", "derived", "finished", "iv", "key", "no_psk",
        "update", "zeros",
    )
    # fmt: on

    def __init__(self, name: str) -> None:
        super().__init__(name)
        length = self.length
        self.zeros = bytes(length)
        empty = self.new().digest()
        self.finished = hkdf_label(length, "finished")
        self.update = hkdf_label(length, "traffic upd")
        self.iv = hkdf_label(12, "iv")
        self.key = {size: hkdf_label(size, "key") for size in _KEY_LENGTHS}
        self.derived = hkdf_label(length, "derived", empty)
        self.binder_keys = {
            True: hkdf_label(length, "ext binder", empty),
            False: hkdf_label(length, "res binder", empty),
        }
        self.before_hash = {label: hkdf_label(length, label, self.zeros)[: -length - 1] for label in _DERIVED}
        self.before_nonce = hkdf_label(length, "resumption")[:-2]
        self._zero_salt = Mac(self, self.zeros)
        self.no_psk = Secret(self, self.early(self.zeros)).mac(self.derived)

    def early(self, psk: bytes) -> bytes:
        """The Early Secret of a PSK: HKDF-Extract with a salt of zeros."""
        return self._zero_salt.mac(psk)


@cache
def labels(name: str) -> Labels:
    """The prebuilt labels of a hash, made on first use."""
    return Labels(name)


class Secret(Mac):
    """One secret of the schedule: `mac` of an HkdfLabel is HKDF-Expand for one block (RFC 5869 2.3)."""

    __slots__ = ()
    hash: Labels

    def derived(self, label: str, transcript_hash: bytes) -> bytes:
        """Derive-Secret (RFC 8446 7.1)."""
        return self.mac(self.hash.before_hash[label] + transcript_hash + b"\x01")

    def derive(self, label: str, transcript_hash: bytes) -> Secret:
        """`derived`, keyed for what is derived from it in turn."""
        known = self.hash
        return Secret(known, self.mac(known.before_hash[label] + transcript_hash + b"\x01"))

    def finished_mac(self, transcript_hash: bytes) -> bytes:
        """verify_data of Finished under this traffic secret (RFC 8446 4.4.4)."""
        known = self.hash
        return mac_once(known, self.mac(known.finished), transcript_hash)

    def keys(self, suite: CipherSuite) -> tuple[bytes, bytes]:
        """(key, iv) of RFC 8446 7.3."""
        known, size = self.hash, suite.key_length
        return self.mac(known.key[size])[:size], self.mac(known.iv)[:12]

    def sealer(self, suite: CipherSuite) -> Sealer:
        """Protection for sending under this traffic secret."""
        key, iv = self.keys(suite)
        return Sealer(suite.aead, key, iv, suite.tag_length)

    def opener(self, suite: CipherSuite) -> Opener:
        """Protection for receiving under this traffic secret."""
        key, iv = self.keys(suite)
        return Opener(suite.aead, key, iv, suite.tag_length)

    def updated(self) -> Secret:
        """application_traffic_secret_N+1 (RFC 8446 7.2)."""
        return Secret(self.hash, self.mac(self.hash.update))


class EarlySecret:
    """What follows from the Early Secret of a PSK, and so from the PSK alone (RFC 8446 7.1). salt: of the Handshake
    Secret."""

    __slots__ = ("_finished_key", "hash", "salt")

    def __init__(self, name: str, psk: bytes, *, external: bool = False) -> None:
        """external: the PSK is not of a ticket."""
        self.hash = known = labels(name)
        secret = Secret(known, known.early(psk))
        self.salt = secret.mac(known.derived)
        self._finished_key = mac_once(known, secret.mac(known.binder_keys[external]), known.finished)

    def binder(self, transcript_hash: bytes) -> bytes:
        """The PSK's binder for a truncated ClientHello, made "in the same fashion as the Finished message" (RFC 8446
        4.2.11.2)."""
        return mac_once(self.hash, self._finished_key, transcript_hash)


def handshake_secret(name: str, early: EarlySecret | None, shared_secret: bytes) -> Secret:
    """The Handshake Secret of an Early Secret (None where there is no PSK) and an (EC)DHE shared secret."""
    known = labels(name)
    return Secret(known, mac_once(known, known.no_psk if early is None else early.salt, shared_secret))


def master_secret(handshake: Secret) -> Secret:
    """The Master Secret after a Handshake Secret."""
    known = handshake.hash
    return Secret(known, mac_once(known, handshake.mac(known.derived), known.zeros))


def resumption_psk(name: str, resumption_master_secret: bytes, nonce: bytes) -> bytes:
    """The PSK of one ticket (RFC 8446 4.6.1). name: of the suite's hash."""
    known = labels(name)
    return mac_once(known, resumption_master_secret, b"%b%c%b\x01" % (known.before_nonce, len(nonce), nonce))
