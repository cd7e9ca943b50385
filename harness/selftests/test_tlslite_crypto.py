"""The arithmetic that replaces tlslite-ng's: it gives what tlslite-ng's own gives, and refuses what that refuses."""

from __future__ import annotations

import hashlib

import ecdsa
import pytest
from tlslite.utils.aesgcm import AESGCM
from tlslite.utils.chacha20_poly1305 import CHACHA20_POLY1305
from tlslite.utils.python_ecdsakey import Python_ECDSAKey
from tlslite.utils.rijndael import Rijndael
from tlslite.utils.x25519 import X25519_G, x25519

from sslspec.peers import tlslite, tlslite_crypto

NONCE, TEXT, DATA = bytearray(range(12)), bytearray(b"what is said " * 5), bytearray(b"a header")
KEY = bytearray(range(32))
CIPHERS = {
    "aes128gcm": (tlslite.python_aesgcm.new(KEY[:16]), AESGCM(KEY[:16], "python", Rijndael(KEY[:16], 16).encrypt)),
    "aes256gcm": (tlslite.python_aesgcm.new(KEY), AESGCM(KEY, "python", Rijndael(KEY, 16).encrypt)),
    "chacha20-poly1305": (tlslite.python_chacha20_poly1305.new(KEY), CHACHA20_POLY1305(KEY, "python")),
}


@pytest.mark.parametrize("name", CIPHERS)
def test_ciphers_seal_and_open_as_its_own(name: str) -> None:
    ours, its = CIPHERS[name]
    assert isinstance(ours, tlslite_crypto.Aead)
    sealed = ours.seal(NONCE, TEXT, DATA)
    assert sealed == its.seal(NONCE, TEXT, DATA)
    assert ours.open(NONCE, sealed, DATA) == TEXT
    for attribute in ("name", "isBlockCipher", "isAEAD", "nonceLength", "tagLength", "implementation", "key"):
        assert getattr(ours, attribute) == getattr(its, attribute)


@pytest.mark.parametrize("name", CIPHERS)
def test_a_wrong_tag_opens_nothing(name: str) -> None:
    ours, its = CIPHERS[name]
    altered = ours.seal(NONCE, TEXT, DATA)
    altered[-1] ^= 1
    assert ours.open(NONCE, altered, DATA) is its.open(NONCE, altered, DATA) is None


def test_x25519_is_its_own() -> None:
    private = bytearray(range(1, 33))
    public = tlslite.keyexchange.x25519(private, bytearray(X25519_G))
    assert public == x25519(private, bytearray(X25519_G))
    assert tlslite.keyexchange.x25519(KEY, public) == x25519(KEY, public)


def test_a_point_of_low_order_gives_zeros() -> None:
    assert tlslite.keyexchange.x25519(KEY, bytearray(32)) == x25519(KEY, bytearray(32)) == bytearray(32)


CURVES = {"P-256": ecdsa.NIST256p, "P-384": ecdsa.NIST384p, "P-521": ecdsa.NIST521p, "another": ecdsa.BRAINPOOLP256r1}


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_signatures_are_good_for_its_own(curve: ecdsa.curves.Curve, digest: str) -> None:
    private = ecdsa.SigningKey.generate(curve)
    public = private.verifying_key
    key = Python_ECDSAKey(None, None, curve.name, private.privkey.secret_multiplier)
    hashed = bytearray(hashlib.new(digest, b"x").digest())[: curve.baselen]
    signature = key._sign(hashed, digest)
    assert public.verify_digest(signature, hashed, ecdsa.util.sigdecode_der)
    assert key._verify(signature, hashed)
    its = private.sign_digest(hashed, sigencode=ecdsa.util.sigencode_der)
    assert key._verify(its, hashed)
    hashed[0] ^= 1
    assert not key._verify(its, hashed)
