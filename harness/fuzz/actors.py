"""Who takes part in a fuzzed connection or chain: authorities, leaves and their keys, the same in every process.

Keys are derived from labels and signatures are deterministic, so that an input means the same tomorrow; only an RSA key
cannot be made this way. Certificates are put together by the forge of the selftests.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from refssl.x509 import der
from selftests import x509_forge as forge

HOST = "localhost"
FIRST, LAST = forge.tlv(0x17, b"200101000000Z"), forge.tlv(0x17, b"491231235959Z")
_ALGORITHM = forge.sequence(forge.oid("1.2.840.10045.4.3.2"))  # ecdsa-with-SHA256


@cache
def key(label: str) -> ec.EllipticCurvePrivateKey:
    """The P-256 key of this label."""
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(label.encode()).digest(), "big") >> 1, ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """The one RSA key of this process."""
    return rsa.generate_private_key(65537, 2048)


_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


def _spki(private: PrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.DER, form)


def sign(private: ec.EllipticCurvePrivateKey, content: bytes, digest: str = "sha256") -> bytes:
    """ECDSA, always the same for the same content (RFC 6979)."""
    return private.sign(content, ec.ECDSA(_HASHES[digest], deterministic_signing=True))


def signed(tbs: bytes, signer: str) -> bytes:
    """A certificate or a CRL around what is to be signed."""
    return forge.sequence(tbs, _ALGORITHM, forge.tlv(3, b"\0", sign(key(signer), tbs)))


def tbs_of(encoded: bytes) -> bytes:
    """What is signed of a certificate or CRL."""
    start, end = der.whole(der.SEQUENCE, encoded)
    return encoded[start : der.element(encoded, start, end)[2]]


NAMES = {label: forge.name(label) for label in ("Root", "Stranger", "Inter", "leaf", "client")}


def certificate(
    subject: str, issuer: str, *extensions: bytes, private: PrivateKey | None = None, name: bytes | None = None
) -> bytes:
    """A certificate of the key labelled `subject`, or of `private`, by the authority labelled `issuer`."""
    made = forge.certificate(
        name or NAMES[subject],
        key(subject),
        NAMES[issuer],
        key(issuer),
        extensions,
        serial=77,
        not_before=FIRST,
        not_after=LAST,
        public=None if private is None else _spki(private),
    )
    issued.add(tbs_of(made))
    return signed(tbs_of(made), issuer)


issued: set[bytes] = set()
"""What `certificate` has made, as it was signed; nothing else may ever be accepted."""

CA = (forge.basic_constraints(), forge.key_usage(5, 6))
_LOCAL = forge.alternative_names(forge.dns(HOST), forge.address(127, 0, 0, 1))
ROOT = certificate("Root", "Root", *CA, forge.subject_identifier(key("Root")))
INTER = certificate(
    "Inter", "Root", *CA, forge.subject_identifier(key("Inter")), forge.authority_identifier(key("Root"))
)
LEAF = certificate("leaf", "Inter", _LOCAL, forge.authority_identifier(key("Inter")))
CLIENT = certificate("client", "Root", forge.alternative_names(forge.mail("client@example.org")))
# The same names, by somebody whom nobody trusts.
STRANGER = certificate("leaf", "Stranger", _LOCAL)
STRANGE_CLIENT = certificate("client", "Stranger")


@cache
def folder() -> Path:
    """A folder that is there as long as the process; in memory where there is such a place, for it is written often."""
    memory = "/dev/shm"
    _kept.append(tempfile.TemporaryDirectory(prefix="sslspec-fuzz-", dir=memory if os.path.isdir(memory) else None))
    return Path(_kept[-1].name)


_kept: list[tempfile.TemporaryDirectory[str]] = []


@cache
def chain_file(name: str) -> str:
    """The path of a PEM file with a key and its chain: "server", "rsa", "ed25519" or "client"."""
    private: PrivateKey = key("client")
    chain: tuple[bytes, ...] = (CLIENT,)
    if name == "server":
        private, chain = key("leaf"), (LEAF, INTER)
    elif name != "client":
        private = rsa_key() if name == "rsa" else ed25519.Ed25519PrivateKey.from_private_bytes(bytes(32))
        chain = (certificate("leaf", "Root", _LOCAL, private=private),)
    path = folder() / f"{name}.pem"
    path.write_text(private_pem(private) + "".join(map(forge.pem, chain)))
    return str(path)


def private_pem(private: PrivateKey) -> str:
    """A private key as PKCS #8 in PEM."""
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def encrypted_pem(private: forge.PrivateKey, password: bytes) -> str:
    """A private key as an encrypted PKCS #8 in PEM, after a single round of PBKDF2 (RFC 8018 A.2, A.4)."""
    whole = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt = bytes(16)
    encryptor = Cipher(AES(hashlib.pbkdf2_hmac("sha256", password, salt, 1, 32)), CBC(salt)).encryptor()
    filled = whole + bytes((16 - len(whole) % 16,)) * (16 - len(whole) % 16)
    digest = forge.sequence(forge.oid("1.2.840.113549.2.9"), forge.tlv(5))  # hmacWithSHA256
    derivation = forge.sequence(
        forge.oid("1.2.840.113549.1.5.12"), forge.sequence(forge.tlv(4, salt), forge.integer(1), digest)
    )
    scheme = forge.sequence(forge.oid("2.16.840.1.101.3.4.1.42"), forge.tlv(4, salt))  # aes256-CBC
    algorithm = forge.sequence(forge.oid("1.2.840.113549.1.5.13"), forge.sequence(derivation, scheme))  # PBES2
    encrypted = encryptor.update(filled) + encryptor.finalize()
    return forge.pem(forge.sequence(algorithm, forge.tlv(4, encrypted)), "ENCRYPTED PRIVATE KEY")
