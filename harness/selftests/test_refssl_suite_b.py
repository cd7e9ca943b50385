"""Suite B (RFC 6460) asked for by a cipher string: what it makes of the certificates of either side.

The outcomes in TLS 1.2 are those of CPython 3.15 on OpenSSL 3.6. In TLS 1.3 that one's own client asks for a group
that it has not sent a share of, and fails; refssl's goes on, and holds the chain to the same rules.
"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

import refssl
from selftests.refssl_support import Pair, raised

_DAY = datetime.timedelta(days=1)
_KEYS = {
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
}
_HASHES: dict[str, Any] = {"p256": hashes.SHA256(), "p384": hashes.SHA384(), "p521": hashes.SHA512()}
TLS12, TLS13 = refssl.TLSVersion.TLSv1_2, refssl.TLSVersion.TLSv1_3


def certificate(issuer: str, key: Any, issuer_key: Any, hash_: Any) -> x509.Certificate:
    """A root where the key is its issuer's, else a leaf for localhost."""
    now = datetime.datetime.now(datetime.timezone.utc)
    root = key is issuer_key
    names = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]) for name in (issuer, "leaf")]
    builder = (
        x509.CertificateBuilder()
        .subject_name(names[0] if root else names[1])
        .issuer_name(names[0])
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + _DAY)
        .add_extension(x509.BasicConstraints(root, None), critical=True)
    )
    if not root:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return builder.sign(issuer_key, hash_)


class Chain:
    """A root and a leaf with keys of these kinds, and contexts that trust and show them."""

    def __init__(self, folder: Path, kinds: str) -> None:
        root_kind, leaf_kind, *hash_kind = kinds.split()
        root_key, leaf_key = _KEYS[root_kind](), _KEYS[leaf_kind]()
        own = _HASHES.get(root_kind, hashes.SHA256())
        self.root, self.leaf = folder / "root.pem", folder / "leaf.pem"
        self.root.write_bytes(_pem(certificate(kinds, root_key, root_key, own)))
        signed = certificate(kinds, leaf_key, root_key, _HASHES[hash_kind[0]] if hash_kind else own)
        self.leaf.write_bytes(_pem(signed) + _private_pem(leaf_key))

    def client(self, ciphers: str | None, version: int) -> Any:
        context = refssl.SSLContext(refssl.PROTOCOL_TLS_CLIENT)
        return self._ready(context, ciphers, version)

    def server(self, ciphers: str | None, version: int) -> Any:
        context = refssl.SSLContext(refssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf)
        return self._ready(context, ciphers, version)

    def _ready(self, context: Any, ciphers: str | None, version: int) -> Any:
        context.load_verify_locations(self.root)
        context.minimum_version = context.maximum_version = version
        if ciphers is not None:
            context.set_ciphers(ciphers)
        return context


def _pem(made: x509.Certificate) -> bytes:
    return made.public_bytes(serialization.Encoding.PEM)


def _private_pem(key: Any) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    encoded: bytes = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    return encoded


REFUSED_BY_CLIENTS = [
    # keys of root and leaf, and where it is another, of which curve's hash the leaf is signed over
    ("rsa p256", "SUITEB128", 57),
    ("rsa p384", "SUITEB192", 57),
    ("p521 p256", "SUITEB128", 58),
    ("p256 p256 p521", "SUITEB128", 59),
    ("p384 p256", "SUITEB128ONLY", 60),
    ("p256 p384", "SUITEB192", 60),
    ("p256 p384", "SUITEB128", 61),
]
ACCEPTED = [
    ("p256 p256", "SUITEB128"),
    ("p256 p256", "SUITEB128ONLY"),
    ("p384 p256", "SUITEB128"),
    ("p384 p384", "SUITEB128"),
    ("p384 p384", "SUITEB192"),
]
REFUSED_BY_SERVERS = [
    ("p256 p256", "SUITEB192"),
    ("p384 p256", "SUITEB128ONLY"),
    ("p384 p384", "SUITEB128ONLY"),
    ("p256 p384", "SUITEB192"),
    ("rsa p256", "SUITEB128"),
    ("p521 p256", "SUITEB128"),
    ("p256 p256 p521", "SUITEB128"),
]


@pytest.mark.parametrize("version", [TLS12, TLS13], ids=["tls12", "tls13"])
@pytest.mark.parametrize(("kinds", "ciphers", "code"), REFUSED_BY_CLIENTS)
def test_a_client_refuses_a_chain_that_is_not_of_suite_b(
    kinds: str, ciphers: str, code: int, version: int, tmp_path: Path
) -> None:
    chain = Chain(tmp_path, kinds)
    refused = raised(Pair(chain.client(ciphers, version), chain.server(None, version)).shake_hands)
    assert isinstance(refused, refssl.SSLCertVerificationError)
    assert refused.verify_code == code
    # Negative control: it is Suite B that the chain fails.
    Pair(chain.client(None, version), chain.server(None, version)).shake_hands()


@pytest.mark.parametrize("version", [TLS12, TLS13], ids=["tls12", "tls13"])
@pytest.mark.parametrize(("kinds", "ciphers"), ACCEPTED)
def test_chains_of_suite_b_are_accepted(kinds: str, ciphers: str, version: int, tmp_path: Path) -> None:
    chain = Chain(tmp_path, kinds)
    Pair(chain.client(ciphers, version), chain.server(None, version)).shake_hands()
    Pair(chain.client(None, version), chain.server(ciphers, version)).shake_hands()


@pytest.mark.parametrize(("kinds", "ciphers"), REFUSED_BY_SERVERS)
def test_a_server_does_not_show_another_chain_in_tls_1_2(kinds: str, ciphers: str, tmp_path: Path) -> None:
    chain = Chain(tmp_path, kinds)
    refused: Any = raised(Pair(chain.client(None, TLS12), chain.server(ciphers, TLS12)).shake_hands)
    assert refused.reason == "NO_SHARED_CIPHER"
    Pair(chain.client(None, TLS12), chain.server(None, TLS12)).shake_hands()


@pytest.mark.parametrize("kinds", ["rsa p256", "p521 p256", "p256 p256 p521"])
def test_a_server_shows_any_chain_with_a_key_of_suite_b_in_tls_1_3(kinds: str, tmp_path: Path) -> None:
    chain = Chain(tmp_path, kinds)
    Pair(chain.client(None, TLS13), chain.server("SUITEB128", TLS13)).shake_hands()


def test_a_server_holds_a_client_to_suite_b(tmp_path: Path) -> None:
    chain = Chain(tmp_path, "p256 p384")
    (tmp_path / "own").mkdir()
    own = Chain(tmp_path / "own", "p384 p384")
    server = own.server("SUITEB128", TLS13)
    server.load_verify_locations(chain.root)
    server.verify_mode = refssl.CERT_REQUIRED
    client = own.client(None, TLS13)
    client.load_cert_chain(chain.leaf)
    refused: Any = raised(Pair(client, server).shake_hands)
    assert refused.verify_code == 61
    client = own.client(None, TLS13)
    client.load_cert_chain(own.leaf)
    Pair(client, server).shake_hands()
