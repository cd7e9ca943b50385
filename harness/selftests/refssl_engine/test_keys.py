"""Keys and signature algorithms: what each can sign, what holds, and what is not known."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, x25519
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from refssl.crypto import finitefield, kems, shares
from refssl.crypto.keys import SCHEMES, PrivateKey, PublicKey, UnsupportedAlgorithm
from selftests.refssl_engine.support import key

PKCS8 = (Encoding.PEM, PrivateFormat.PKCS8)
KINDS = ["P-256", "P-384", "P-521", "RSA", "Ed25519", "Ed448"]
PSS_ANY = bytes.fromhex("300b06092a864886f70d01010a")
PSS_SHA256 = bytes.fromhex(
    "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165"
    "030402010500a203020120"
)


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_signs_what_it_says(kind: str) -> None:
    private = key(kind)
    public = PublicKey.from_spki(private.public_spki())
    assert public.kind == private.kind
    assert private.schemes
    for scheme in SCHEMES:
        if scheme in private.schemes:
            signature = private.sign(scheme, b"content")
            assert public.suits(scheme)
            assert public.verify_scheme(scheme, signature, b"content")
            assert not public.verify_scheme(scheme, signature, b"other content")
            assert not public.verify_scheme(scheme, b"", b"content")
        elif SCHEMES[scheme].kind != private.kind:
            assert not public.suits(scheme)
            assert not public.verify_scheme(scheme, b"anything", b"content")
            with pytest.raises(ValueError, match="cannot make"):
                private.sign(scheme, b"content")


@pytest.mark.parametrize(
    ("kind", "bits", "security_bits", "curve"),
    [
        ("P-256", 256, 128, "secp256r1"),
        ("P-384", 384, 192, "secp384r1"),
        ("P-521", 521, 256, "secp521r1"),
        ("RSA", 2048, 112, None),
        ("Ed25519", 253, 128, None),
        ("Ed448", 456, 224, None),
    ],
)
def test_what_is_known_of_a_key(kind: str, bits: int, security_bits: int, curve: str | None) -> None:
    public = PublicKey.from_spki(key(kind).public_spki())
    assert (public.bits, public.curve) == (bits, curve)
    assert abs(public.security_bits - security_bits) <= 4


def test_a_small_key_makes_no_long_hash() -> None:
    """RFC 8017 9.1.1: 1024 bits do not hold SHA-512 and a salt as long."""
    small = PrivateKey(rsa.generate_private_key(65537, 1024))
    assert small.schemes == (0x0804, 0x0805)


@pytest.mark.parametrize("password", [None, b"secret"])
def test_pem(password: bytes | None) -> None:
    made = ec.generate_private_key(ec.SECP256R1())
    how: Any = NoEncryption() if password is None else BestAvailableEncryption(password)
    pem = made.private_bytes(*PKCS8, how)
    assert PrivateKey.load_pem(pem, password).schemes == (0x0403,)
    with pytest.raises((ValueError, TypeError)):
        PrivateKey.load_pem(pem, b"wrong")
    with pytest.raises(ValueError, match="PEM"):
        PrivateKey.load_pem(b"nothing", None)


def test_a_key_that_cannot_sign_is_refused() -> None:
    pem = x25519.X25519PrivateKey.generate().private_bytes(*PKCS8, NoEncryption())
    with pytest.raises(UnsupportedAlgorithm):
        PrivateKey.load_pem(pem)


@pytest.mark.parametrize(
    ("algorithm", "schemes"), [(PSS_ANY, (0x0809, 0x080A, 0x080B)), (PSS_SHA256, (0x0809,))], ids=["any", "sha256"]
)
def test_an_rsassa_pss_key_stays_one(algorithm: bytes, schemes: tuple[int, ...]) -> None:
    """RFC 8446 4.2.3: rsa_pss_pss is for keys with the OID id-RSASSA-PSS, within their parameters."""
    made = rsa.generate_private_key(65537, 2048)
    inner = made.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    body = b"\x02\x01\x00" + algorithm + b"\x04\x82" + len(inner).to_bytes(2, "big") + inner
    der = b"\x30\x82" + len(body).to_bytes(2, "big") + body
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.encodebytes(der) + b"-----END PRIVATE KEY-----\n"
    private = PrivateKey.load_pem(pem)
    public = PublicKey.from_spki(private.public_spki())
    assert (private.kind, private.schemes, public.kind) == ("rsa-pss", schemes, "rsa-pss")
    assert tuple(scheme for scheme in SCHEMES if public.suits(scheme)) == schemes
    assert public.verify_scheme(0x0809, private.sign(0x0809, b"content"), b"content")


SHA256_RSA = bytes.fromhex("300d06092a864886f70d01010b0500")
SHA256_ECDSA = bytes.fromhex("300a06082a8648ce3d040302")


def test_algorithms_of_certificates() -> None:
    made = rsa.generate_private_key(65537, 2048)
    public = PublicKey.from_spki(PrivateKey(made).public_spki())
    signature = made.sign(b"tbs", padding.PKCS1v15(), hashes.SHA256())
    assert public.verify_algorithm(SHA256_RSA, signature, b"tbs")
    assert not public.verify_algorithm(SHA256_RSA, signature, b"TBS")
    assert not public.verify_algorithm(SHA256_ECDSA, signature, b"tbs")
    pss = made.sign(b"tbs", padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
    assert public.verify_algorithm(PSS_SHA256, pss, b"tbs")
    assert not public.verify_algorithm(PSS_SHA256, signature, b"tbs")
    curve = key("P-384")
    assert PublicKey.from_spki(curve.public_spki()).verify_algorithm(
        bytes.fromhex("300a06082a8648ce3d040303"), curve.sign(0x0503, b"tbs"), b"tbs"
    )


@pytest.mark.parametrize(
    "algorithm",
    ["", "30", "3000", "300b06092a864886f70d010104", "300d06092a864886f70d01010b0501", "300a06082a8648ce3d04"],
)
def test_unknown_algorithms_are_refused(algorithm: str) -> None:
    public = PublicKey.from_spki(key("RSA").public_spki())
    with pytest.raises(UnsupportedAlgorithm):
        public.verify_algorithm(bytes.fromhex(algorithm), b"", b"")


@pytest.mark.parametrize("der", [b"", b"\x30\x00", bytes(100), b"\x30\x82\xff\xff"])
def test_a_key_that_is_none_is_unknown(der: bytes) -> None:
    public = PublicKey.from_spki(der)
    assert (public.kind, public.bits, public.security_bits) == ("unknown", 0, 0)
    assert not public.verify_scheme(0x0403, b"", b"")
    assert not public.verify_algorithm(SHA256_RSA, b"", b"")


EXCHANGES = [group for group in shares.GROUPS if group not in kems.GROUPS]


@pytest.mark.parametrize("group", EXCHANGES)
def test_shares_agree_and_are_fresh(group: int) -> None:
    one, other = shares.generate(group), shares.generate(group)
    assert one.public != other.public
    assert one.exchange(other.public) == other.exchange(one.public)
    half = (len(one.public) - 1) // 2
    compressed = b"\x02" + one.public[1 : 1 + half]
    for wrong in (b"", b"\x04", one.public[:-1], one.public + b"\0", compressed, bytes(len(one.public))):
        with pytest.raises(shares.InvalidShare):
            other.exchange(wrong)


@pytest.mark.parametrize("group", kems.GROUPS)
def test_encapsulated_secrets_agree_and_are_fresh(group: int) -> None:
    one, other = shares.generate(group), shares.generate(group)
    assert one.public != other.public
    answer, secret = kems.respond(group, one.public)
    again, another = kems.respond(group, one.public)
    assert one.exchange(answer) == secret
    assert one.exchange(again) == another != secret
    # ML-KEM says nothing of a ciphertext that is another's (FIPS 203 6.3): the secret is then one that nobody knows.
    assert other.exchange(answer) != secret
    for wrong in (b"", answer[:-1], answer + b"\0"):
        with pytest.raises(shares.InvalidShare):
            one.exchange(wrong)
    for wrong in (b"", one.public[:-1], one.public + b"\0", b"\xff" * len(one.public)):
        with pytest.raises(shares.InvalidShare):
            kems.respond(group, wrong)


def test_the_primes_are_those_of_rfc_7919() -> None:
    assert all(finitefield.named_prime(bits).bit_length() == bits for bits in shares.FFDHE.values())
    # Appendix A.1: the first and last words of the prime of ffdhe2048.
    prime = b"%X" % finitefield.named_prime(2048)
    assert prime.startswith(b"FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1")
    assert prime.endswith(b"886B423861285C97FFFFFFFFFFFFFFFF")
