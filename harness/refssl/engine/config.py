"""Everything that a connection is told before it starts, and the callables through which it asks for the rest.

The engine is sans-IO and deterministic: bytes, time, randomness, key shares, signatures and verdicts on certificates
all come in from here. ``SSLContext.snapshot()`` builds one Config for each connection; what ssl keeps live (trust
store, sni_callback, session cache) is a callable in it. Nothing here is changed once it has been built.
"""

from __future__ import annotations

import enum
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from refssl.ciphers.catalogue import BY_CODE, CipherSuite
from refssl.ciphers.support import SUITES12, SUITES13

if TYPE_CHECKING:
    from refssl.crypto.keys import PublicKey
    from refssl.crypto.shares import KeyShare
    from refssl.engine.alerts import AlertDescription
    from refssl.engine.session import Session

# RFC 8446 4.2.9: whether a PSK is used alone, or with an (EC)DHE key exchange.
PSK_KE = 0
PSK_DHE_KE = 1

SSL3 = 0x0300
TLS12 = 0x0303
TLS13 = 0x0304
# What this engine speaks, the preferred first.
VERSIONS = (TLS13, TLS12)


@dataclass(slots=True)
class Verified:
    """The chain was built to a trust anchor and accepted. path: DER certificates, leaf first, anchor last."""

    path: tuple[bytes, ...]


@dataclass(slots=True)
class PskBinder:
    """The peer proved that it knows the PSK (RFC 8446 4.2.11.2, RFC 4279); `original` is what the first handshake
    proved."""

    original: PeerProof | None


@dataclass(slots=True)
class ExplicitlyUnverified:
    """Nobody asked for a verdict; `setting` names the setting that says so (``CERT_NONE``)."""

    setting: str


PeerProof = Verified | PskBinder | ExplicitlyUnverified


@dataclass(slots=True)
class PeerIdentity:
    """The certificates that a peer presented, and what is known of them.

    certificates: DER as sent, leaf first (RFC 8446 4.4.2); public_key: the leaf's, ready to verify CertificateVerify.
    """

    certificates: tuple[bytes, ...]
    public_key: PublicKey
    proof: PeerProof


@dataclass(slots=True)
class Credential:
    """A certificate chain with the means of signing for it.

    certificates: DER, leaf first. schemes: the SignatureScheme code points (RFC 8446 4.2.3) that the key can make,
    the preferred first. sign(scheme, content) gives the signature over content. weakness: why the chain may not be
    shown any more since the security level was raised, as OpenSSL's reason, or "". Of use to TLS 1.2 only: schemes12,
    what the key can make there; kind and curve of the key as in `PublicKey`; decrypt(encrypted), what is inside an
    RSAES-PKCS1-v1_5 ciphertext, None where nothing is or the key may not do so.
    """

    certificates: tuple[bytes, ...]
    schemes: tuple[int, ...]
    sign: Callable[[int, bytes], bytes]
    weakness: str = ""
    schemes12: tuple[int, ...] = ()
    kind: str = ""
    curve: str | None = None
    decrypt: Callable[[bytes], bytes | None] | None = None


class ClientAuthentication(enum.Enum):
    """Whether a server asks the client for a certificate, and whether it insists (CERT_NONE, _OPTIONAL, _REQUIRED)."""

    NONE = "none"
    OPTIONAL = "optional"
    REQUIRED = "required"


@dataclass(slots=True)
class Tickets:
    """How a server makes and recognises session tickets (RFC 8446 4.6.1, RFC 5077).

    seal(session) gives the opaque ticket, b"" where there can be none; open(ticket) the session, or None where it is
    not ours or too old.
    count: how many NewSessionTicket messages follow a full TLS 1.3 handshake. lifetime: seconds.
    """

    seal: Callable[[Session], bytes]
    open: Callable[[bytes], Session | None]
    count: int = 2
    lifetime: int = 7200


@dataclass(slots=True)
class SessionCache:
    """Where a TLS 1.2 server keeps the sessions that go by their session_id alone (RFC 5246 7.4.1.3).

    remember(session) keeps one under its session_id; find(session_id) gives it, or None where it is not there or too
    old.
    """

    remember: Callable[[Session], None]
    find: Callable[[bytes], Session | None]


@dataclass(slots=True)
class Abilities:
    """What a Config's versions and suites come to, each in order of preference.

    versions: those that may be negotiated. offered: the suites of these versions, as a client offers them. suites: all
    that are set, of whatever version. codes13, hashes13: the suites of TLS 1.3 and their hashes. elliptic: whether
    suites of TLS 1.2 with elliptic curves are offered. sufficient: whether there is a suite for the highest version;
    OpenSSL does not begin without one.
    """

    versions: tuple[int, ...]
    offered: tuple[int, ...]
    suites: tuple[CipherSuite, ...]
    codes13: tuple[int, ...]
    hashes13: frozenset[str]
    elliptic: bool
    sufficient: bool


@lru_cache(maxsize=64)
def abilities(minimum: int, maximum: int, cipher_suites: tuple[int, ...]) -> Abilities:
    """The Abilities of settings that hardly differ from one connection to the next."""
    versions = tuple([version for version in VERSIONS if minimum <= version <= maximum])
    known13 = SUITES13 if TLS13 in versions else {}
    known12 = SUITES12 if TLS12 in versions else {}
    codes13 = tuple([code for code in cipher_suites if code in SUITES13])
    return Abilities(
        versions=versions,
        offered=tuple([code for code in cipher_suites if code in known13 or code in known12]),
        suites=tuple([BY_CODE[code] for code in cipher_suites if code in BY_CODE]),
        codes13=codes13,
        hashes13=frozenset([BY_CODE[code].hash for code in codes13]),
        elliptic=any(known12[code].elliptic for code in cipher_suites if code in known12),
        sufficient=any(code in (known13 or SUITES12) for code in cipher_suites),
    )


@dataclass(slots=True)
class Config:
    """One connection's settings. Every sequence is in order of preference, as code points of the registries.

    authenticate(certificates) judges a peer's chain (DER, leaf first) and gives its identity, or raises
    CertificateRefused; its key is to sign, or with encrypts=True to be encrypted to (RFC 5246 7.4.2). choose(name) is
    the server's answer to server_name (RFC 6066 3; the DNS name, or None where the client sent none): another Config to
    go on with, an alert to refuse with, or None to go on.
    post_handshake_auth: a client can be asked for its certificate after the handshake (RFC 8446 4.2.6), a server does
    not ask before.
    session: what a client offers to resume, unless its Connection is told of another.
    key_shares: the groups that a client sends shares for, without one the first. group_tuples: `groups` in parts; a
    server rather asks for a share in an earlier part than take one in a later.
    signature_schemes: what is accepted of the peer; signing_schemes: what we sign with, None for the same.
    psk_client(hint) gives a client's identity and external pre-shared key, or None; hint: b"" where there is none, as
    always in TLS 1.3. psk_server(identity) gives a server the client's key, or None where it has none. psk_modes: how
    PSKs are used, those of tickets too.
    keylog(label, client_random, secret) is told each traffic secret. observe(sent, version, content_type, message)
    is told each message as ``_msg_callback`` wants it.
    clock() is seconds since the epoch; random(n) gives n unpredictable bytes; generate_share(group) makes key shares
    in the place of `refssl.crypto.shares`.
    Of use to TLS 1.2 only: session_tickets, whether they are offered or given (RFC 5077); sessions, the server's cache
    of the others; dh_parameters, prime and generator of its DHE; extended_master_secret, encrypt_then_mac: whether they
    are offered or accepted (RFC 7627, RFC 7366); legacy_server_connect, whether a client goes on with a server that
    does not know RFC 5746; fallback, whether it says that it has tried a higher version (RFC 7507); least_field,
    the bits of security that DHE must have; psk_hint, what a server sends to help a client choose its identity (RFC
    4279 5.2), None for no message where none is needed.
    abilities follows from the rest; so does client_extensions, what every ClientHello says, which is worked out with
    the first.
    """

    server_side: bool
    cipher_suites: tuple[int, ...]
    groups: tuple[int, ...]
    signature_schemes: tuple[int, ...]
    authenticate: Callable[..., PeerIdentity]
    minimum_version: int = TLS12
    maximum_version: int = TLS13
    server_name: str | None = None
    alpn: tuple[bytes, ...] = ()
    credentials: tuple[Credential, ...] = ()
    signing_schemes: tuple[int, ...] | None = None
    client_authentication: ClientAuthentication = ClientAuthentication.NONE
    post_handshake_auth: bool = False
    certificate_authorities: tuple[bytes, ...] = ()
    prefer_server_ciphers: bool = True
    middlebox_compatibility: bool = True
    key_shares: tuple[int, ...] = ()
    group_tuples: tuple[tuple[int, ...], ...] = ()
    session: Session | None = None
    tickets: Tickets | None = None
    psk_client: Callable[[bytes], tuple[bytes, bytes] | None] | None = None
    psk_server: Callable[[bytes], bytes | None] | None = None
    psk_modes: tuple[int, ...] = (PSK_DHE_KE,)
    psk_hint: bytes | None = None
    session_tickets: bool = True
    sessions: SessionCache | None = None
    dh_parameters: tuple[int, int] | None = None
    least_field: int = 112
    extended_master_secret: bool = True
    encrypt_then_mac: bool = True
    legacy_server_connect: bool = False
    fallback: bool = False
    choose: Callable[[str | None], Config | AlertDescription | None] | None = None
    keylog: Callable[[str, bytes, bytes], None] | None = None
    observe: Callable[[bool, int, int, bytes], None] | None = None
    clock: Callable[[], float] = time.time
    random: Callable[[int], bytes] = os.urandom
    generate_share: Callable[[int], KeyShare] | None = None
    abilities: Abilities = field(init=False, repr=False)
    client_extensions: dict[int, bytes] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self.abilities = abilities(self.minimum_version, self.maximum_version, self.cipher_suites)
