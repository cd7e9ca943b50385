"""The rows of the matrix: what refssl and another implementation agree on, one entry each.

A row says what is negotiated; how a peer is brought to it is peers.py's, and what is asserted meeting.py's. A cipher
suite, a group or a version more is one more entry here.
"""

from __future__ import annotations

from dataclasses import dataclass

TLS13 = "TLSv1.3"
TLS12 = "TLSv1.2"


@dataclass(frozen=True)
class Row:
    """One way to connect; everything that is not said here is left to the defaults of both sides.

    version, suite, group: what must be negotiated, in OpenSSL's names. scheme, client_scheme: with what the server and
    the client must sign, by the registry's names, with `certificate` and `client`, names of the suite's PKI; no client
    means that none is asked for. retry: the server wants another group than the client begins with. resumes: a second
    connection resumes the first. refused: "" or what must not work, a key of REFUSALS.
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


def _refusals(version: str) -> list[Row]:
    authorities = {"authority": {}, "host": {}, "client authority": {"client": "other-client"}}
    rows = [Row(f"refused: {REFUSALS[what]}", version, refused=what, **more) for what, more in authorities.items()]
    return [*rows, Row(f"refused: {REFUSALS['no client certificate']}", version, refused="no client certificate")]


ROWS = [
    *(Row(suite, suite=suite) for suite in ("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256")),
    Row("TLS_AES_128_GCM_SHA256", suite="TLS_AES_128_GCM_SHA256"),
    *(Row(group, group=group) for group in ("x25519", "secp256r1", "secp384r1", "secp521r1")),
    Row("HelloRetryRequest to secp384r1", group="secp384r1", retry=True),
    *(Row(f"server {scheme}", scheme=scheme, certificate=signer) for scheme, signer in SIGNERS.items()),
    *(
        Row(f"client {scheme}", client_scheme=scheme, client=signer if signer != "server" else "client")
        for scheme, signer in SIGNERS.items()
    ),
    Row("resumption", resumes=True),
    Row("resumption of an authenticated client", resumes=True, client="client"),
    *_refusals(TLS13),
]
