"""The certificates of the benchmark: a root, its leaves and another root, ECDSA P-256, made anew for each run.

They are not trustme's, which mark subjectAltName critical where the subject is not empty: OpenSSL accepts that, the
verifier of pyca/cryptography (siotls's) does not, and every peer must get the same.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

HOST = "server.example"
FRESH = 300  # leaves for hs13_fresh
_DAY = datetime.timedelta(days=1)
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


@dataclass(frozen=True)
class Certificates:
    """Where the files are: the paths below one folder, which `make` fills.

    Each path is put together once: what pathlib costs is no part of what a context costs.
    """

    folder: Path

    @cached_property
    def root(self) -> str:
        """The root that clients trust."""
        return str(self.folder / "root.pem")

    @cached_property
    def other_root(self) -> str:
        """A root that signed nothing."""
        return str(self.folder / "other_root.pem")

    @cached_property
    def leaf(self) -> str:
        """The server's certificate, for HOST."""
        return str(self.folder / "leaf.pem")

    @cached_property
    def key(self) -> str:
        """The private key of every leaf."""
        return str(self.folder / "key.pem")

    @cached_property
    def fresh(self) -> list[str]:
        """Leaves that differ by serial number and signature."""
        return [str(self.folder / f"leaf{number}.pem") for number in range(1, FRESH + 1)]


def make(folder: Path) -> Certificates:
    """Make all of them in an existing folder. Raises OSError."""
    files = Certificates(folder)
    root_key, leaf_key, other_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(3))
    _write(files.root, _certificate("bench root", root_key, "bench root", root_key))
    _write(files.other_root, _certificate("other root", other_key, "other root", other_key))
    for path in (files.leaf, *files.fresh):
        _write(path, _certificate(HOST, leaf_key, "bench root", root_key))
    Path(files.key).touch(mode=0o600)
    Path(files.key).write_bytes(
        leaf_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return files


def _write(path: str, certificate: x509.Certificate) -> None:
    Path(path).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, issuer_key: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """A certificate authority where a subject is its own issuer, else a server's certificate."""
    authority = subject == issuer
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 90 * _DAY)
        .add_extension(x509.BasicConstraints(authority, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    usages = {"key_cert_sign", "crl_sign"} if authority else {"digital_signature"}
    builder = builder.add_extension(x509.KeyUsage(**{name: name in usages for name in _USAGES}), critical=True)
    if not authority:
        names = [x509.DNSName(subject), x509.DNSName(f"www.{subject}")]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
