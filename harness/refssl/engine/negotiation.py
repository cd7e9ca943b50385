"""Choosing among what the peer offers, and refusing what may not stand where it stands (RFC 8446 4.1.1, 4.2).

Pure functions of messages and Config; nothing here sends, receives or derives anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from refssl.ciphers.catalogue import CipherSuite
from refssl.crypto import kems, shares
from refssl.crypto.keys import HANDSHAKE_SCHEMES_13
from refssl.crypto.shares import InvalidShare, KeyShare, NoSharedSecret
from refssl.engine.alerts import AlertDescription
from refssl.engine.config import TLS13, Config, Credential
from refssl.engine.faults import ProtocolError
from refssl.engine.messages import extensions as ext
from refssl.engine.presentation import decode

T = TypeVar("T")

_LONGEST_KEPT = 128
_read_before: Any = lru_cache(maxsize=256)(decode)

# RFC 8446 4.1.2: "TLS 1.3 ClientHellos MUST contain exactly one byte, set to zero".
NULL_COMPRESSION = (0,)
# TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 3.3) and TLS_FALLBACK_SCSV (RFC 7507 2), which are no suites.
RENEGOTIATION_SCSV = 0x00FF
FALLBACK_SCSV = 0x5600

# RFC 8446 4.2, the table of messages in which an extension may appear (with RFC 8449's record_size_limit, 28).
IN_SERVER_HELLO = frozenset((ext.PRE_SHARED_KEY, ext.SUPPORTED_VERSIONS, ext.KEY_SHARE))
IN_HELLO_RETRY_REQUEST = frozenset((ext.SUPPORTED_VERSIONS, ext.COOKIE, ext.KEY_SHARE))
IN_ENCRYPTED_EXTENSIONS = frozenset((0, 1, 10, 14, 15, 16, 19, 20, 28, 42))
IN_CERTIFICATE = frozenset((5, 18))
IN_CERTIFICATE_REQUEST = frozenset((5, 13, 18, 47, 48, 50))
IN_NEW_SESSION_TICKET = frozenset((42,))
KNOWN = frozenset(
    (0, 1, 5, 10, 11, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 28, 35, 41, 42, 43, 44, 45, 47, 48, 49, 50, 51)
)
# RFC 8446 4.1.2: what a second ClientHello may have otherwise is padding (21) and what the retry is about.
KEPT_AFTER_RETRY = KNOWN - {21, ext.PRE_SHARED_KEY, ext.EARLY_DATA, ext.COOKIE, ext.KEY_SHARE}
# RFC 8446 4.2: "There is one exception": a cookie answers nothing.
_UNASKED = frozenset((ext.COOKIE,))


def check_answer(found: Mapping[int, bytes], allowed: frozenset[int], offered: Iterable[int]) -> None:
    """Refuse extensions in an answer that may not stand there, or that nobody asked for (RFC 8446 4.2).

    Raises ProtocolError: illegal_parameter for an extension known to us "which is not specified for the message in
    which it appears", unsupported_extension for one that answers nothing in `offered`.
    """
    for kind in found:
        if kind not in allowed and kind in KNOWN:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")
        if kind not in offered and kind not in _UNASKED:
            raise ProtocolError(AlertDescription.UNSUPPORTED_EXTENSION, "UNSOLICITED_EXTENSION")


def check_request(found: Mapping[int, bytes], allowed: frozenset[int]) -> None:
    """Refuse known extensions that may not stand in a message that asks for something itself (RFC 8446 4.2)."""
    for kind in found:
        if kind not in allowed and kind in KNOWN:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_EXTENSION")


def read_extension(
    struct_class: type[T], found: Mapping[int, bytes], kind: int, reason: str = "BAD_EXTENSION"
) -> T | None:
    """Give the contents of extension `kind`, or None where it is absent. Raises ProtocolError, decode_error."""
    data = found.get(kind)
    return None if data is None else decode(struct_class, data, reason)


def read_setting(
    struct_class: type[T], found: Mapping[int, bytes], kind: int, reason: str = "BAD_EXTENSION"
) -> T | None:
    """`read_extension` of one that says what somebody can or wants, and says it again with each connection.

    So what is not long is kept as it was read the last time.
    """
    data = found.get(kind)
    if data is None:
        return None
    read: T = (_read_before if len(data) <= _LONGEST_KEPT else decode)(struct_class, data, reason)
    return read


def key_share_entry(group: int, public: bytes) -> bytes:
    """An `ext.KeyShareEntry`. It differs in every hello, and made of the struct it would take thrice the time."""
    return (group << 16 | len(public)).to_bytes(4, "big") + public


def new_share(config: Config, group: int) -> KeyShare:
    """A fresh share of `group`."""
    return (config.generate_share or shares.generate)(group)


def agree(share: KeyShare, theirs: bytes) -> bytes:
    """The shared secret of our share and the peer's key_exchange. Raises ProtocolError, illegal_parameter.

    RFC 8446 4.2.8.2: "Peers MUST validate each other's public key Q".
    """
    try:
        return share.exchange(theirs)
    except NoSharedSecret:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE") from None
    except InvalidShare:
        raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_ECPOINT") from None


def answer(config: Config, group: int, theirs: bytes) -> tuple[bytes, bytes]:
    """A server's key_exchange for a client's, and the shared secret. Raises ProtocolError, illegal_parameter."""
    if group in kems.GROUPS:
        try:
            return kems.respond(group, theirs)
        except InvalidShare:
            raise ProtocolError(AlertDescription.ILLEGAL_PARAMETER, "BAD_KEY_SHARE") from None
    share = new_share(config, group)
    return share.public, agree(share, theirs)


def server_versions(config: Config) -> tuple[int, ...]:
    """The versions that a server speaks, the preferred first."""
    versions = config.abilities.versions
    if config.credentials or config.choose is not None or config.psk_server is not None:
        return versions
    # OpenSSL leaves out TLS 1.3 at a server that has no certificate and no callback that may bring one; TLS 1.2 has
    # anonymous suites.
    return tuple(version for version in versions if version != TLS13)


def first_common(ours: tuple[int, ...], theirs: tuple[int, ...], *, ours_first: bool = True) -> int | None:
    """The first value that both have, in our order or in theirs."""
    first, second = (ours, theirs) if ours_first else (theirs, ours)
    for value in first:
        if value in second:
            return value
    return None


def shared_suites(config: Config, offered: tuple[int, ...]) -> tuple[CipherSuite, ...]:
    """The suites of every version that both have, in our order."""
    theirs = frozenset(offered)
    return tuple([suite for suite in config.abilities.suites if suite.code in theirs])


def choose_alpn(config: Config, found: Mapping[int, bytes]) -> bytes | None:
    """The server's choice of protocol (RFC 7301 3.2), in the server's order.

    Where nothing is common OpenSSL as ssl drives it goes on without ALPN instead of no_application_protocol.
    """
    offered = read_setting(ext.ProtocolNameList, found, ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION)
    if offered is None:
        return None
    return next((name for name in config.alpn if name in offered.protocol_name_list), None)


def read_selected_alpn(config: Config, found: Mapping[int, bytes]) -> bytes | None:
    """The protocol that a server has chosen (RFC 7301 3.1), None where it says nothing. Raises ProtocolError."""
    chosen = read_setting(ext.ProtocolNameList, found, ext.APPLICATION_LAYER_PROTOCOL_NEGOTIATION)
    if chosen is None:
        return None
    # RFC 7301 3.1: the answer "MUST contain exactly one "ProtocolName"".
    if len(chosen.protocol_name_list) != 1 or chosen.protocol_name_list[0] not in config.alpn:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    return chosen.protocol_name_list[0]


def read_server_name(found: Mapping[int, bytes]) -> str | None:
    """The host name that a client sent (RFC 6066 3). Raises ProtocolError."""
    names = read_setting(ext.ServerNameList, found, ext.SERVER_NAME)
    if names is None:
        return None
    # RFC 6066 3: "The ServerNameList MUST NOT contain more than one name of the same name_type."
    name = names.server_name_list[0]
    if len(names.server_name_list) != 1 or name.name_type != 0:
        raise ProtocolError(AlertDescription.DECODE_ERROR, "BAD_EXTENSION")
    if len(name.host_name) > 255 or 0 in name.host_name:
        raise ProtocolError(AlertDescription.UNRECOGNIZED_NAME, "BAD_EXTENSION")
    return name.host_name.decode("ascii", "surrogateescape")


def present(credential: Credential) -> tuple[bytes, ...]:
    """The chain to show. Raises ProtocolError where the security level has been raised above it."""
    if credential.weakness:
        raise ProtocolError(AlertDescription.INTERNAL_ERROR, credential.weakness)
    return credential.certificates


def choose_credential(config: Config, schemes: tuple[int, ...], *, ours_first: bool) -> tuple[Credential, int] | None:
    """The credential, and the SignatureScheme for its CertificateVerify, that the peer's signature_algorithms allow.

    RFC 8446 4.4.2.2: "the certificate MUST allow the key to be used for signing [...] with a signature scheme
    indicated in the client's signature_algorithms extension". The scheme must be one of config's own, too.
    """
    ours = config.signing_schemes or config.signature_schemes
    first, second = (ours, schemes) if ours_first else (schemes, ours)
    for scheme in first:
        if scheme in second and scheme in HANDSHAKE_SCHEMES_13:
            for credential in config.credentials:
                if scheme in credential.schemes:
                    return credential, scheme
    return None
