"""The rows of the matrix: what refssl and another implementation agree on, one entry each.

A row says what is negotiated; how a peer is brought to it is peers.py's, and what is asserted meeting.py's. A cipher
suite that the engine has is a row by itself; anything else is one more entry here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from refssl.ciphers.support import EXCHANGES_WITH_KEY, SUITES12, SUITES13
from refssl.crypto.shares import GROUPS

LINE = b"from one to the other " * 40 + b"\n"
TLS13 = "TLSv1.3"
TLS12 = "TLSv1.2"

IDENTITY = "somebody"
KEY = bytes(range(32))
OTHER_KEY = bytes(32)
PROTOCOLS = ("h2", "http/1.1")

# What may happen later.
OUR_KEYS = "refssl changes its keys, and asks for the same"
THEIR_KEYS = "the other side changes its keys, and asks for the same"
AUTHENTICATION = "the server asks for the client's certificate"

# SSL_OP_* that have no name in Python.
NO_EXTENDED_MASTER_SECRET = 1
ALLOW_NO_DHE_KEX = 1 << 10
NO_ENCRYPT_THEN_MAC = 1 << 19
PREFER_NO_DHE_KEX = 1 << 35


@dataclass(frozen=True)
class Row:
    """One way to connect; everything that is not said here is left to the defaults of both sides.

    version, suite, group: what must be negotiated, in OpenSSL's names. scheme, client_scheme: with what the server and
    the client must sign, by the registry's names, with `certificate` and `client`, names of the suite's PKI; no client
    means that none is asked for. retry: the server wants another group than the client begins with. resumes: a second
    connection resumes the first, without `tickets` by what the server remembers. psk: both know IDENTITY and KEY, and
    there is a certificate only with RSA_PSK of TLS 1.2. alone: a pre-shared key, a ticket's too, is used without an
    (EC)DHE key exchange. alpn: what must be selected of PROTOCOLS, which the client offers. by_name: the server shows
    a certificate of another name unless the client asks for localhost. both_versions: refssl has TLS 1.2 and 1.3, and
    the other side has no more than `version`. later: "" or what happens between a first and a second line. options:
    what refssl's context has set besides, as a number. refused: "" or what must not work, a key of REFUSALS.
    """

    title: str
    version: str = TLS13
    suite: str = ""
    group: str = ""
    scheme: str = ""
    certificate: str = "server"
    client: str = ""
    client_scheme: str = ""
    retry: bool = False
    resumes: bool = False
    tickets: bool = True
    psk: bool = False
    alone: bool = False
    alpn: str = ""
    by_name: bool = False
    both_versions: bool = False
    later: str = ""
    options: int = 0
    refused: str = ""

    @property
    def id(self) -> str:
        """The row's name in pytest."""
        return f"{self.version} {self.title}".replace(" ", "_")


REFUSALS = {
    "authority": "the client trusts another authority",
    "host": "the client wants another host",
    "client authority": "the client's certificate is of another authority",
    "no client certificate": "the client has no certificate and must have one",
}

DISJOINT = {
    (TLS13, "suite"): ("TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"),
    (TLS13, "group"): ("secp384r1", "x25519"),
    (TLS12, "suite"): ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305"),
    (TLS12, "group"): ("secp384r1", "x25519"),
}
"""Where both have nothing in common, which is refused too: all that the other side has, and all that refssl has."""

REFUSAL_OF_KEY = "the client has another pre-shared key"

REFUSALS13 = {
    "later authority": "the certificate that is asked for later is of another authority",
}
"""What must not work in TLS 1.3 besides."""

SIGNERS = {
    "ecdsa_secp256r1_sha256": "server",
    "ecdsa_secp384r1_sha384": "p384",
    "ecdsa_secp521r1_sha512": "p521",
    "ed25519": "ed25519",
    "ed448": "ed448",
    "rsa_pss_rsae_sha256": "rsa",
    "rsa_pss_rsae_sha384": "rsa",
    "rsa_pss_rsae_sha512": "rsa",
    "rsa_pss_pss_sha256": "rsa-pss",
    "rsa_pss_pss_sha384": "rsa-pss",
    "rsa_pss_pss_sha512": "rsa-pss",
}
"""Which certificate of the PKI can sign with a scheme."""


SIGNERS12 = {f"rsa_pkcs1_{digest}": "rsa" for digest in ("sha256", "sha384", "sha512")}
"""What can sign a handshake in TLS 1.2 besides (RFC 8446 4.2.3)."""

CURVES = ("x25519", "secp256r1", "x448", "secp384r1", "secp521r1")
FINITE_FIELDS = tuple(name for name in GROUPS.values() if name.startswith("ffdhe"))
POST_QUANTUM = tuple(name for name in GROUPS.values() if "MLKEM" in name)
"""refssl's groups; TLS 1.2 has the curves alone, its finite fields go by the server's parameters."""


KEYED12 = "PSK-AES128-GCM-SHA256"
"""The suite of rows of TLS 1.2 with a pre-shared key that are not about a suite."""

WEAKLY = ":@SECLEVEL=0"
"""What a cipher string of OpenSSL needs for a suite that is too weak for the default security level."""


def weak(row: Row) -> bool:
    """Whether the row's suite has a tag of 64 bits, which OpenSSL counts as its strength since 3.2, no encryption, or
    nobody in it who is known."""
    return row.suite.endswith(("CCM8", "CCM_8_SHA256")) or "NULL" in row.suite or anonymous(row)


def anonymous(row: Row) -> bool:
    """Whether nobody is authenticated, by a certificate or a key."""
    return not row.certificate and not row.psk


def _common(version: str, signers: dict[str, str]) -> Iterator[Row]:
    """What both versions have, TLS 1.2 with the RSA certificate where ECDSA would bind the group (RFC 8422 5.1)."""
    for group in CURVES if version == TLS12 else (*CURVES, *FINITE_FIELDS, *POST_QUANTUM):
        yield Row(group, version, group=group, certificate="server" if version == TLS13 else "rsa")
    for scheme, signer in signers.items():
        yield Row(f"server {scheme}", version, scheme=scheme, certificate=signer)
    for scheme, signer in signers.items():
        client = signer if signer != "server" else "client"
        yield Row(f"client {scheme}", version, client_scheme=scheme, client=client)
    yield Row("resumption", version, resumes=True)
    yield Row("resumption of an authenticated client", version, resumes=True, client="client")
    for what, text in REFUSALS.items():
        client = "other-client" if what == "client authority" else ""
        yield Row(f"refused: {text}", version, refused=what, client=client)
    yield Row("refused: no suite in common", version, suite=DISJOINT[version, "suite"][0], refused="suite")
    yield Row("refused: no group in common", version, group=DISJOINT[version, "group"][0], refused="group")
    yield Row("ALPN", version, alpn=PROTOCOLS[1])
    yield Row("certificate by server_name", version, by_name=True)
    yield Row("refssl has TLS 1.2 and 1.3", version, both_versions=True)


def _only13() -> Iterator[Row]:
    yield Row("HelloRetryRequest to secp384r1", group="secp384r1", retry=True)
    yield Row("resumption without tickets", resumes=True, tickets=False)
    yield Row("resumption without a key exchange", resumes=True, alone=True)
    yield Row("external pre-shared key", psk=True, certificate="")
    yield Row("external pre-shared key without a key exchange", psk=True, alone=True, certificate="")
    yield Row("KeyUpdate by refssl", later=OUR_KEYS)
    yield Row("KeyUpdate by the other side", later=THEIR_KEYS)
    yield Row("authentication after the handshake", later=AUTHENTICATION, client="client")
    yield Row(f"refused: {REFUSAL_OF_KEY}", psk=True, certificate="", refused="psk")
    later = Row(f"refused: {REFUSALS13['later authority']}", later=AUTHENTICATION, refused="later authority")
    yield replace(later, client="other-client")


def _only12() -> Iterator[Row]:
    yield Row("resumption without tickets", TLS12, resumes=True, tickets=False)
    yield Row("without extended_master_secret", TLS12, options=NO_EXTENDED_MASTER_SECRET)
    for suite in SUITES12.values():
        if suite.cipher == "AES-CBC" and suite.kea == "kx-ecdhe" and suite.auth == "auth-rsa":
            title = f"{suite.name} without encrypt_then_mac"
            yield Row(title, TLS12, suite.name, certificate="rsa", options=NO_ENCRYPT_THEN_MAC)
    keyed = Row("resumption with a pre-shared key", TLS12, KEYED12, certificate="", psk=True)
    yield replace(keyed, resumes=True)
    yield replace(keyed, title=f"refused: {REFUSAL_OF_KEY}", refused="psk")


def _by_suite12() -> Iterator[Row]:
    for suite in SUITES12.values():
        certificate = {"auth-ecdsa": "server", "auth-rsa": "rsa"}.get(suite.auth, "")
        yield Row(suite.name, TLS12, suite.name, certificate=certificate, psk=suite.kea in EXCHANGES_WITH_KEY)


ROWS = [
    *(Row(suite.name, suite=suite.name) for suite in SUITES13.values()),
    *_common(TLS13, SIGNERS),
    *_only13(),
    *_by_suite12(),
    *_common(TLS12, SIGNERS | SIGNERS12),
    *_only12(),
]
