"""OpenSSL's security levels (SSL_CTX_set_security_level): what suites, groups and signature schemes each one leaves.

Only strengths are weighed. Levels over certificates are `refssl.x509.strength`'s.
"""

from __future__ import annotations

from refssl.ciphers import catalogue

BITS = (0, 80, 112, 128, 192, 256)
"""The bits of security that the levels 0 to 5 ask for."""

DEFAULT = 2

_HMAC_SHA1_BITS = 160
_LEAST_FIELD = 80  # which OpenSSL wants at level 0 too
_FIELDS = ((15360, 256), (7680, 192), (3072, 128), (2048, 112), (1024, 80))
_FORWARD_SECRET = ("DH", "ECDH", "DHEPSK", "ECDHEPSK", "any")
_HASHES = {"sha1": 63, "sha224": 112, "sha256": 128, "sha384": 192, "sha512": 256, "ed25519": 128, "ed448": 224}
_GROUPS = {
    "ffdhe2048": 112,
    "secp521r1": 256,
    "SecP384r1MLKEM1024": 256,
    "MLKEM1024": 256,
    "brainpoolP512r1tls13": 256,
    "x448": 224,
    **dict.fromkeys(("secp384r1", "brainpoolP384r1tls13", "ffdhe8192", "MLKEM768"), 192),
    **dict.fromkeys(("X25519MLKEM768", "SecP256r1MLKEM768"), 192),
    **dict.fromkeys(("secp256r1", "brainpoolP256r1tls13", "x25519", "MLKEM512"), 128),
    **dict.fromkeys(("ffdhe3072", "ffdhe4096", "ffdhe6144"), 128),
}


def allows_suite(level: int, suite: catalogue.CipherSuite) -> bool:
    """Whether a suite may be used: "Level 1 [...] anonymous DH ciphersuites" and weak ones go, "Level 3 [...] Cipher
    suites not offering forward secrecy are prohibited", and HMAC-SHA1 counts 160 bits."""
    bits = BITS[level]
    return not bits or (
        suite.strength_bits >= bits
        and suite.authentication != "None"
        and (level < 3 or suite.key_exchange in _FORWARD_SECRET)
        and (suite.mac != "SHA1" or bits <= _HMAC_SHA1_BITS)
    )


def allows_group(level: int, name: str) -> bool:
    """Whether a group (by OpenSSL's name) is strong enough."""
    return _GROUPS.get(name, 0) >= BITS[level]


def field_strength(size: int) -> int:
    """The bits of security of Diffie-Hellman over a prime of so many bits (NIST SP 800-57)."""
    return next((bits for least, bits in _FIELDS if size >= least), 0)


def least_field(level: int) -> int:
    """The bits of security that Diffie-Hellman over a finite field of one's own must have."""
    return max(_LEAST_FIELD, BITS[level])


def allows_scheme(level: int, hash_: str) -> bool:
    """Whether signatures over a hash ("sha256"; or "ed25519", "ed448", which have their own) are strong enough."""
    return _HASHES[hash_] >= BITS[level]
