"""The contents of the extensions, each the struct that RFC 8446 4.2 (or its own RFC) gives it.

Only the structs and the registry's numbers. In which message an extension may stand is `negotiation`'s affair.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from refssl.engine.presentation import opaque_vector, uint8, uint16, uint32, vector

SERVER_NAME = 0
STATUS_REQUEST = 5
SUPPORTED_GROUPS = 10
EC_POINT_FORMATS = 11
SIGNATURE_ALGORITHMS = 13
APPLICATION_LAYER_PROTOCOL_NEGOTIATION = 16
SIGNED_CERTIFICATE_TIMESTAMP = 18
ENCRYPT_THEN_MAC = 22
EXTENDED_MASTER_SECRET = 23
SESSION_TICKET = 35
PRE_SHARED_KEY = 41
EARLY_DATA = 42
SUPPORTED_VERSIONS = 43
COOKIE = 44
PSK_KEY_EXCHANGE_MODES = 45
CERTIFICATE_AUTHORITIES = 47
OID_FILTERS = 48
POST_HANDSHAKE_AUTH = 49
SIGNATURE_ALGORITHMS_CERT = 50
KEY_SHARE = 51
RENEGOTIATION_INFO = 0xFF01


@dataclass(slots=True)
class ServerName:
    """RFC 6066 3; name_type 0 is host_name."""

    name_type: Annotated[int, uint8]
    host_name: Annotated[bytes, opaque_vector(1, 2**16 - 1)]


@dataclass(slots=True)
class ServerNameList:
    """RFC 6066 3."""

    server_name_list: Annotated[tuple[ServerName, ...], vector(ServerName, 1, 2**16 - 1)]


@dataclass(slots=True)
class ClientSupportedVersions:
    """RFC 8446 4.2.1, in a ClientHello."""

    versions: Annotated[tuple[int, ...], vector(uint16, 2, 254)]


@dataclass(slots=True)
class SelectedVersion:
    """RFC 8446 4.2.1, in a ServerHello and a HelloRetryRequest."""

    selected_version: Annotated[int, uint16]


@dataclass(slots=True)
class Cookie:
    """RFC 8446 4.2.2."""

    cookie: Annotated[bytes, opaque_vector(1, 2**16 - 1)]


@dataclass(slots=True)
class SignatureSchemeList:
    """RFC 8446 4.2.3, of signature_algorithms and signature_algorithms_cert."""

    supported_signature_algorithms: Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 2)]


@dataclass(slots=True)
class CertificateAuthorities:
    """RFC 8446 4.2.4: DER-encoded distinguished names."""

    authorities: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**16 - 1), 3, 2**16 - 1)]


@dataclass(slots=True)
class NamedGroupList:
    """RFC 8446 4.2.7."""

    named_group_list: Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 1)]


@dataclass(slots=True)
class KeyShareEntry:
    """RFC 8446 4.2.8."""

    group: Annotated[int, uint16]
    key_exchange: Annotated[bytes, opaque_vector(1, 2**16 - 1)]


@dataclass(slots=True)
class KeyShareClientHello:
    """RFC 8446 4.2.8; empty to ask for a HelloRetryRequest."""

    client_shares: Annotated[tuple[KeyShareEntry, ...], vector(KeyShareEntry, 0, 2**16 - 1)]


@dataclass(slots=True)
class KeyShareHelloRetryRequest:
    """RFC 8446 4.2.8."""

    selected_group: Annotated[int, uint16]


@dataclass(slots=True)
class PskKeyExchangeModes:
    """RFC 8446 4.2.9."""

    ke_modes: Annotated[tuple[int, ...], vector(uint8, 1, 255)]


@dataclass(slots=True)
class PskIdentity:
    """RFC 8446 4.2.11."""

    identity: Annotated[bytes, opaque_vector(1, 2**16 - 1)]
    obfuscated_ticket_age: Annotated[int, uint32]


@dataclass(slots=True)
class OfferedPsks:
    """RFC 8446 4.2.11, in a ClientHello."""

    identities: Annotated[tuple[PskIdentity, ...], vector(PskIdentity, 7, 2**16 - 1)]
    binders: Annotated[tuple[bytes, ...], vector(opaque_vector(32, 255), 33, 2**16 - 1)]


@dataclass(slots=True)
class SelectedPsk:
    """RFC 8446 4.2.11, in a ServerHello."""

    selected_identity: Annotated[int, uint16]


@dataclass(slots=True)
class ProtocolNameList:
    """RFC 7301 3.1."""

    protocol_name_list: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**8 - 1), 2, 2**16 - 1)]
