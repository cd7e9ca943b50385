"""Choosing among what the peer offers in TLS 1.2: suites, curves, certificates (RFC 5246 7.4.1, RFC 8422 4, 5).

Pure functions of messages and Config, like `negotiation`; nothing here sends, receives or derives anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from refssl.ciphers.catalogue import CipherSuite
from refssl.ciphers.support import EXCHANGES_WITH_KEY, SUITES12
from refssl.crypto.keys import ECDSA_SHA1, RSA_PKCS1_SHA1
from refssl.crypto.shares import GROUPS
from refssl.engine import negotiation
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import ClientAuthentication, Config, Credential
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.messages.tls12 import ECDSA_SIGN, RSA_SIGN

# RFC 8422 5.1.1: the curves; finite fields and hybrids of the same registry are not for TLS 1.2's ECDHE.
CURVES = frozenset(group for group in GROUPS if group < 0x0100)
# RFC 8422 5.1.1: the curve that an ECDSA key is on, by its name.
_CURVE_CODES = {name: code for code, name in GROUPS.items()}
ECDHE, DHE, RSA = "kx-ecdhe", "kx-dhe", "kx-rsa"
# RFC 4279, RFC 5489: the same with a pre-shared key, and the key alone.
PSK, ECDHE_PSK, DHE_PSK, RSA_PSK = "kx-psk", "kx-ecdhe-psk", "kx-dhe-psk", "kx-rsa-psk"
WITH_KEY = EXCHANGES_WITH_KEY
ELLIPTIC, FINITE, ENCRYPTED = (ECDHE, ECDHE_PSK), (DHE, DHE_PSK), (RSA, RSA_PSK)
ANONYMOUS = "auth-null"
# Those in which the server has no share to send.
SHARELESS = (PSK, RSA_PSK)
# RFC 8422 5.1.2: "uncompressed(0)", of which every list must have one.
UNCOMPRESSED = b"\x01\x00"
_ECDSA_KINDS = frozenset(("ec", "ed25519", "ed448"))
_RSA_KINDS = frozenset(("rsa", "rsa-pss"))
IN_SERVER_HELLO = frozenset(
    (
        ext.SERVER_NAME,
        ext.EC_POINT_FORMATS,
        ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION,
        ext.ENCRYPT_THEN_MAC,
        ext.EXTENDED_MASTER_SECRET,
        ext.SESSION_TICKET,
        ext.RENEGOTIATION_INFO,
    )
)


@dataclass(slots=True)
class Choice:
    """What a server has chosen. group: of ECDHE; credential and scheme: what authenticates it, None where only a
    pre-shared key does, and how it signs (0 where it signs nothing)."""

    suite: CipherSuite
    group: int | None
    credential: Credential | None
    scheme: int


def choose(config: Config, cipher_suites: tuple[int, ...], found: Mapping[int, bytes]) -> Choice | None:
    """The suite for a ClientHello with these extensions, with what it needs, or None. Raises ProtocolError."""
    groups = negotiation.read_setting(ext.NamedGroupList, found, ext.SUPPORTED_GROUPS)
    schemes = negotiation.read_setting(ext.SignatureSchemeList, found, ext.SIGNATURE_ALGORITHMS)
    # RFC 8422 4: with a client that does not say "the server is free to choose any one"; OpenSSL chooses none.
    theirs = groups.named_group_list if groups is not None else ()
    group = next((g for g in config.groups if g in theirs and g in CURVES), None)
    # RFC 5246 7.4.1.4.1: without the extension it is as if SHA-1 were all that the client knows.
    allowed = schemes.supported_signature_algorithms if schemes is not None else (ECDSA_SHA1, RSA_PKCS1_SHA1)
    if schemes is not None and not any(scheme in config.signature_schemes for scheme in allowed):
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "NO_SHARED_SIGNATURE_ALGORITHMS")
    ours, asked = config.cipher_suites, cipher_suites
    first, second = (ours, asked) if config.prefer_server_ciphers else (asked, ours)
    for code in first:
        suite = SUITES12.get(code) if code in second else None
        if suite is None or not _can_exchange(config, suite, group):
            continue
        elliptic = group if suite.kea in ELLIPTIC else None
        if not shows_certificate(suite):
            return Choice(suite, elliptic, None, 0)
        certificate = _certificate_for(config, suite, allowed, theirs)
        if certificate is not None:
            return Choice(suite, elliptic, *certificate)
    return None


def _can_exchange(config: Config, suite: CipherSuite, group: int | None) -> bool:
    """Whether a server has what the key exchange of the suite needs beside a certificate."""
    if suite.kea in ELLIPTIC and group is None:
        return False
    if suite.kea in FINITE and not config.dh_parameters:
        return False
    if suite.auth == ANONYMOUS and config.client_authentication is not ClientAuthentication.NONE:
        # RFC 5246 7.4.4: "It is a fatal handshake_failure alert for an anonymous server to request client
        # authentication."
        return False
    return suite.kea not in WITH_KEY or config.psk_server is not None


def shows_certificate(suite: CipherSuite) -> bool:
    """Whether the server is known by a certificate, beside a pre-shared key or without one (RFC 4279 2 to 4)."""
    return suite.auth in ("auth-rsa", "auth-ecdsa")


def _certificate_for(
    config: Config, suite: CipherSuite, allowed: tuple[int, ...], curves: tuple[int, ...]
) -> tuple[Credential, int] | None:
    if suite.kea in ENCRYPTED:
        return next(((each, 0) for each in config.credentials if each.decrypt is not None), None)
    kinds = _ECDSA_KINDS if suite.auth == "auth-ecdsa" else _RSA_KINDS
    # RFC 8422 5.3: the key must be on a curve that the client knows.
    fitting = [
        each
        for each in config.credentials
        if each.kind in kinds and (each.kind != "ec" or _CURVE_CODES.get(each.curve or "") in curves)
    ]
    return choose_signature(config, fitting, allowed, ours_first=config.prefer_server_ciphers)


def choose_signature(
    config: Config, credentials: Iterable[Credential], allowed: tuple[int, ...], *, ours_first: bool
) -> tuple[Credential, int] | None:
    """The credential and the scheme to sign with, of what the peer allows (RFC 5246 7.4.1.4.1, 7.4.8)."""
    ours = config.signing_schemes or config.signature_schemes
    credentials = tuple(credentials)
    first, second = (ours, allowed) if ours_first else (allowed, ours)
    for scheme in first:
        if scheme in second:
            for credential in credentials:
                if scheme in credential.schemes12:
                    return credential, scheme
    return None


def choose_client_certificate(
    config: Config, certificate_types: tuple[int, ...], allowed: tuple[int, ...]
) -> tuple[Credential, int] | None:
    """What a client answers a CertificateRequest with, or None (RFC 5246 7.4.4, RFC 8422 5.5)."""
    kinds: set[str] = set()
    if RSA_SIGN in certificate_types:
        kinds |= _RSA_KINDS
    if ECDSA_SIGN in certificate_types:
        kinds |= _ECDSA_KINDS
    fitting = [each for each in config.credentials if each.kind in kinds]
    return choose_signature(config, fitting, allowed, ours_first=False)


def suits_authentication(suite: CipherSuite, kind: str) -> bool:
    """Whether a key of `kind` may stand for a server under `suite` (RFC 5246 7.4.2, RFC 8422 5.3)."""
    if suite.kea in ENCRYPTED:
        return kind == "rsa"
    return kind in (_ECDSA_KINDS if suite.auth == "auth-ecdsa" else _RSA_KINDS)


def check_client_hello(found: Mapping[int, bytes]) -> None:
    """Refuse what an extension of a ClientHello may not say (RFC 5746 3.6, RFC 7627 5.1, RFC 7366 2)."""
    renegotiation = found.get(ext.RENEGOTIATION_INFO)
    if renegotiation is not None and renegotiation != b"\0":
        # RFC 5746 3.6: "if it is not [of zero length], the server MUST abort the handshake (by sending a fatal
        # handshake_failure alert)."
        wrong = len(renegotiation) < 1 or renegotiation[0] != len(renegotiation) - 1
        if wrong:
            raise ProtocolError(AlertDescription.DECODE_ERROR, "RENEGOTIATION_ENCODING_ERR")
        raise ProtocolError(AlertDescription.HANDSHAKE_FAILURE, "RENEGOTIATION_MISMATCH")
    for kind in (ext.EXTENDED_MASTER_SECRET, ext.ENCRYPT_THEN_MAC):
        # RFC 7627 5.1: "The "extension_data" field of this extension is empty."
        if found.get(kind):
            raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    check_point_formats(found)


def check_point_formats(found: Mapping[int, bytes]) -> None:
    """RFC 8422 5.1.2: "a list containing only that" form which must be there. Raises ProtocolError."""
    formats = found.get(ext.EC_POINT_FORMATS)
    if formats is None:
        return
    if len(formats) < 2 or formats[0] != len(formats) - 1:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    if 0 not in formats[1:]:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "TLS_INVALID_ECPOINTFORMAT_LIST")
