"""The cipher suites that refssl can name, as OpenSSL describes them: a `CipherSuite` for each line of `table`.

What a suite is made of follows from its registry name (RFC 5246 Appendix C, RFC 8446 B.4), and is worked out once, when
this module is imported. What a cipher string selects is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

from refssl.ciphers import table


@dataclass(slots=True)
class CipherSuite:
    """One suite, with what the engine needs of it and what ``SSLContext.get_ciphers()`` says of it.

    code: the registry's code point; name: OpenSSL's name (the registry's in TLS 1.3); standard_name: the registry's;
    protocol: the first version that it belongs to ("TLSv1.0" too for those of RFC 4492); hash: of the key schedule or
    the PRF, as hashlib names it; aead: the algorithm in `refssl.crypto.aead`, or "" where there is none; cipher: the
    algorithm, AEAD or not ("AES-CBC", "NULL"); key_length in bytes, tag_length in bytes, 0 without an AEAD;
    strength_bits and algorithm_bits as OpenSSL counts them; key_exchange, authentication, encryption, mac as in
    OpenSSL's description; symmetric, digest (the hash of the record MAC, None with an AEAD), kea, auth as in
    ``get_ciphers()``.
    """

    code: int
    name: str
    standard_name: str
    protocol: str
    hash: str
    aead: str
    cipher: str
    key_length: int
    tag_length: int
    strength_bits: int
    algorithm_bits: int
    key_exchange: str
    authentication: str
    encryption: str
    mac: str
    symmetric: str | None
    digest: str | None
    kea: str
    auth: str

    @property
    def elliptic(self) -> bool:
        """Whether it uses elliptic curves, be it for a signature only."""
        return self.kea in ("kx-ecdhe", "kx-ecdhe-psk") or self.auth == "auth-ecdsa"

    @property
    def description(self) -> str:
        """The line that OpenSSL prints for the suite, without its line end."""
        protocol = "TLSv1" if self.protocol == "TLSv1.0" else self.protocol
        return (
            f"{self.name:<30} {protocol:<7} Kx={self.key_exchange:<8} Au={self.authentication:<5} "
            f"Enc={self.encryption:<22} Mac={self.mac:<4}"
        )


# What the registry's names say before _WITH_: Kx and Au of the description, kea and auth of get_ciphers().
_KEY_EXCHANGES = {
    "TLS_RSA": ("RSA", "RSA", "kx-rsa", "auth-rsa"),
    "TLS_DHE_RSA": ("DH", "RSA", "kx-dhe", "auth-rsa"),
    "TLS_DHE_DSS": ("DH", "DSS", "kx-dhe", "auth-dss"),
    "TLS_DH_anon": ("DH", "None", "kx-dhe", "auth-null"),
    "TLS_ECDHE_RSA": ("ECDH", "RSA", "kx-ecdhe", "auth-rsa"),
    "TLS_ECDHE_ECDSA": ("ECDH", "ECDSA", "kx-ecdhe", "auth-ecdsa"),
    "TLS_ECDH_anon": ("ECDH", "None", "kx-ecdhe", "auth-null"),
    "TLS_PSK": ("PSK", "PSK", "kx-psk", "auth-psk"),
    "TLS_DHE_PSK": ("DHEPSK", "PSK", "kx-dhe-psk", "auth-psk"),
    "TLS_PSK_DHE": ("DHEPSK", "PSK", "kx-dhe-psk", "auth-psk"),  # so are the CCM_8 suites called (RFC 6655 4)
    "TLS_ECDHE_PSK": ("ECDHEPSK", "PSK", "kx-ecdhe-psk", "auth-psk"),
    "TLS_RSA_PSK": ("RSAPSK", "RSA", "kx-rsa-psk", "auth-rsa"),
    "TLS_SRP_SHA": ("SRP", "SRP", "kx-srp", "auth-srp"),
    "TLS_SRP_SHA_RSA": ("SRP", "RSA", "kx-srp", "auth-rsa"),
    "TLS_SRP_SHA_DSS": ("SRP", "DSS", "kx-srp", "auth-dss"),
    "TLS": ("any", "any", "kx-any", "auth-any"),
}

# And behind it, without the hash: the algorithm, its key's bits, its tag's bytes, Enc of the description, symmetric.
_ENCRYPTIONS: dict[str, tuple[str, int, int, str, str | None]] = {
    "NULL": ("NULL", 0, 0, "None", None),
    "CHACHA20_POLY1305": ("CHACHA20-POLY1305", 256, 16, "CHACHA20/POLY1305(256)", "chacha20-poly1305"),
}
for _bits in (128, 256):
    _ENCRYPTIONS |= {
        f"AES_{_bits}_CBC": ("AES-CBC", _bits, 0, f"AES({_bits})", f"aes-{_bits}-cbc"),
        f"AES_{_bits}_GCM": ("AES-GCM", _bits, 16, f"AESGCM({_bits})", f"aes-{_bits}-gcm"),
        f"AES_{_bits}_CCM": ("AES-CCM", _bits, 16, f"AESCCM({_bits})", f"aes-{_bits}-ccm"),
        f"AES_{_bits}_CCM_8": ("AES-CCM", _bits, 8, f"AESCCM8({_bits})", f"aes-{_bits}-ccm"),
        f"ARIA_{_bits}_GCM": ("ARIA-GCM", _bits, 16, f"ARIAGCM({_bits})", f"aria-{_bits}-gcm"),
        f"CAMELLIA_{_bits}_CBC": ("CAMELLIA-CBC", _bits, 0, f"Camellia({_bits})", f"camellia-{_bits}-cbc"),
    }

_MACS = {"_MD5": "MD5", "_SHA": "SHA1", "_SHA256": "SHA256", "_SHA384": "SHA384"}


def _suite(line: str) -> CipherSuite:
    code, protocol, name, standard_name = line.split()
    exchange, _, rest = standard_name.partition("_WITH_")
    if not rest:
        exchange, _, rest = standard_name.partition("_")
    ending = next((ending for ending in _MACS if rest.endswith(ending)), "")
    hashed = _MACS.get(ending, "")
    # TLS_SHA256_SHA256 and its like have no cipher at all (RFC 9150 4).
    body = rest.removesuffix(ending)
    integrity_only = body in ("SHA256", "SHA384")
    cipher, bits, tag_length, encryption, symmetric = _ENCRYPTIONS["NULL" if integrity_only else body]
    key_exchange, authentication, kea, auth = _KEY_EXCHANGES[exchange]
    return CipherSuite(
        code=int(code, 16),
        name=name,
        standard_name=standard_name,
        protocol=protocol,
        # RFC 5246 5: SHA-256 for all suites but those that "explicitly specify" another PRF, as SHA384 at the end does.
        hash="sha384" if hashed == "SHA384" else "sha256",
        aead=cipher if tag_length else "",
        cipher=cipher,
        key_length=bits // 8,
        tag_length=tag_length,
        strength_bits=64 if tag_length == 8 else bits,  # OpenSSL counts what it takes to forge a short tag
        algorithm_bits=int(body[3:]) if integrity_only else bits,
        key_exchange=key_exchange,
        authentication=authentication,
        encryption=encryption,
        mac="AEAD" if tag_length else hashed,
        symmetric=symmetric,
        digest=None if tag_length else hashed.lower(),
        kea=kea,
        auth=auth,
    )


TLS_AES_128_GCM_SHA256 = 0x1301
TLS_AES_256_GCM_SHA384 = 0x1302
TLS_CHACHA20_POLY1305_SHA256 = 0x1303

ALL_TLS13_SUITES = tuple(map(_suite, table.TLS13.splitlines()))
"""What set_ciphersuites() can name; the first three are those of OpenSSL's default, in its order."""

TLS12_SUITES = tuple(map(_suite, table.TLS12.splitlines()))
"""What a cipher string can select (TLS 1.2 and older), in the order in which OpenSSL sorts them to begin with."""

TLS13_SUITES = ALL_TLS13_SUITES[:3]

BY_CODE = {suite.code: suite for suite in ALL_TLS13_SUITES + TLS12_SUITES}
BY_NAME = {suite.name: suite for suite in ALL_TLS13_SUITES + TLS12_SUITES}
BY_STANDARD_NAME = {suite.standard_name: suite for suite in ALL_TLS13_SUITES + TLS12_SUITES}
