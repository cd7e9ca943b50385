"""The rows of the matrix: what refssl and another implementation agree on, one entry each.

A row says what is negotiated; how a peer is brought to it is peers.py's, and what is asserted meeting.py's. A cipher
suite that the engine has is a row by itself; anything else is one more entry here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from refssl.ciphers.support import EXCHANGES_WITH_KEY, SUITES12, SUITES13
from refssl.crypto.shares import GROUPS

LINE = b"from one to the other " * 40 + b"\n"
TLS13 = "TLSv1.3"
TLS12 = "TLSv1.2"


@dataclass(frozen=True)
class Row:
    """One way to connect; everything that is not said here is left to the defaults of both sides.

    version, suite, group: what must be negotiated, in OpenSSL's names. scheme, client_scheme: with what the server and
    the client must sign, by the registry's names, with `certificate` and `client`, names of the suite's PKI; no client
    means that none is asked for. retry: the server wants another group than the client begins with. resumes: a second
    connection resumes the first, without `tickets` by what the server remembers. refused: "" or what must not work, a
    key of REFUSALS.
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


WEAKLY = ":@SECLEVEL=0"
"""What a cipher string of OpenSSL needs for a suite that is too weak for the default security level."""


def weak(row: Row) -> bool:
    """Whether the row's suite has a tag of 64 bits, which OpenSSL counts as its strength since 3.2."""
    return row.suite.endswith(("CCM8", "CCM_8_SHA256"))


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


ROWS = [
    *(Row(suite.name, suite=suite.name) for suite in SUITES13.values()),
    Row("HelloRetryRequest to secp384r1", group="secp384r1", retry=True),
    *_common(TLS13, SIGNERS),
    *(
        Row(suite.name, TLS12, suite=suite.name, certificate="server" if suite.auth == "auth-ecdsa" else "rsa")
        for suite in SUITES12.values()
        if suite.kea not in EXCHANGES_WITH_KEY
    ),
    *_common(TLS12, SIGNERS | SIGNERS12),
    Row("resumption without tickets", TLS12, resumes=True, tickets=False),
]
