"""The cipher suites that refssl can name: TLS 1.3's (RFC 8446 B.4), as OpenSSL names and describes them.

A suite of another version is one more `CipherSuite` here. What a cipher string selects is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class CipherSuite:
    """One suite, with what the engine needs of it and what ``SSLContext.get_ciphers()`` says of it.

    code: the registry's code point; name: OpenSSL's name (the registry's in TLS 1.3); standard_name: the registry's;
    protocol: the first version that it belongs to, as OpenSSL prints it; hash: of the key schedule, as hashlib names
    it; aead: the algorithm in `refssl.crypto.aead`, or "" for CBC; key_length in bytes, tag_length in bytes;
    strength_bits and algorithm_bits as OpenSSL counts them; key_exchange, authentication, encryption, mac as in
    OpenSSL's description; symmetric, digest, kea, auth as in ``get_ciphers()``.
    """

    code: int
    name: str
    standard_name: str
    protocol: str
    hash: str
    aead: str
    key_length: int
    tag_length: int
    strength_bits: int
    algorithm_bits: int
    key_exchange: str
    authentication: str
    encryption: str
    mac: str
    symmetric: str
    digest: str | None
    kea: str
    auth: str

    @property
    def description(self) -> str:
        """The line that OpenSSL prints for the suite, without its line end."""
        return (
            f"{self.name:<30} {self.protocol:<7} Kx={self.key_exchange:<8} Au={self.authentication:<5} "
            f"Enc={self.encryption:<22} Mac={self.mac:<4}"
        )


def _tls13(code: int, name: str, digest: str, aead: str, bits: int, encryption: str, symmetric: str) -> CipherSuite:
    return CipherSuite(
        code=code,
        name=name,
        standard_name=name,
        protocol="TLSv1.3",
        hash=digest,
        aead=aead,
        key_length=bits // 8,
        tag_length=16,
        strength_bits=bits,
        algorithm_bits=bits,
        key_exchange="any",
        authentication="any",
        encryption=encryption,
        mac="AEAD",
        symmetric=symmetric,
        digest=None,
        kea="kx-any",
        auth="auth-any",
    )


TLS_AES_128_GCM_SHA256 = 0x1301
TLS_AES_256_GCM_SHA384 = 0x1302
TLS_CHACHA20_POLY1305_SHA256 = 0x1303

# In the order in which OpenSSL 3 prefers them.
TLS13_SUITES = (
    _tls13(TLS_AES_256_GCM_SHA384, "TLS_AES_256_GCM_SHA384", "sha384", "AES-GCM", 256, "AESGCM(256)", "aes-256-gcm"),
    _tls13(
        TLS_CHACHA20_POLY1305_SHA256,
        "TLS_CHACHA20_POLY1305_SHA256",
        "sha256",
        "CHACHA20-POLY1305",
        256,
        "CHACHA20/POLY1305(256)",
        "chacha20-poly1305",
    ),
    _tls13(TLS_AES_128_GCM_SHA256, "TLS_AES_128_GCM_SHA256", "sha256", "AES-GCM", 128, "AESGCM(128)", "aes-128-gcm"),
)

BY_CODE = {suite.code: suite for suite in TLS13_SUITES}
BY_NAME = {suite.name: suite for suite in TLS13_SUITES}
