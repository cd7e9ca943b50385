"""The handshake messages that TLS 1.2 has beside the hellos (RFC 5246 7.4, RFC 5077 3.3).

Only the structs. CertificateVerify and Finished look as in `tls13`. What a key exchange message holds depends on the
suite: its body is read as one of the structs at the end (RFC 5246 7.4.3, 7.4.7, RFC 8422 5.4, 5.7, RFC 4279 2 to 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from refssl.engine.messages.control import HANDSHAKE
from refssl.engine.presentation import opaque_vector, rest, struct_of, uint8, uint16, uint32, vector

# RFC 8422 5.4
NAMED_CURVE = 3
# RFC 5246 7.4.4, RFC 8422 5.5: ClientCertificateType
RSA_SIGN = 1
ECDSA_SIGN = 64


@dataclass(slots=True)
class HelloRequest:
    """RFC 5246 7.4.1.1."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 0


@dataclass(slots=True)
class Certificate:
    """RFC 5246 7.4.2."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 11
    certificate_list: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**24 - 1), 0, 2**24 - 1)]


@dataclass(slots=True)
class ServerKeyExchange:
    """RFC 5246 7.4.3: one of the ``...KeyExchange`` structs below, by the suite."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 12
    body: Annotated[bytes, rest]


@dataclass(slots=True)
class CertificateRequest:
    """RFC 5246 7.4.4."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 13
    certificate_types: Annotated[tuple[int, ...], vector(uint8, 1, 2**8 - 1)]
    supported_signature_algorithms: Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 2)]
    certificate_authorities: Annotated[tuple[bytes, ...], vector(opaque_vector(1, 2**16 - 1), 0, 2**16 - 1)]


@dataclass(slots=True)
class ServerHelloDone:
    """RFC 5246 7.4.5."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 14


@dataclass(slots=True)
class ClientKeyExchange:
    """RFC 5246 7.4.7: one of the ``Client...`` structs below, by the suite."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 16
    exchange_keys: Annotated[bytes, rest]


@dataclass(slots=True)
class NewSessionTicket:
    """RFC 5077 3.3."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 4
    ticket_lifetime_hint: Annotated[int, uint32]
    ticket: Annotated[bytes, opaque_vector(0, 2**16 - 1)]


@dataclass(slots=True)
class ServerECDHParams:
    """RFC 8422 5.4, for a named curve."""

    curve_type: Annotated[int, uint8]
    named_curve: Annotated[int, uint16]
    public: Annotated[bytes, opaque_vector(1, 2**8 - 1)]


@dataclass(slots=True)
class ServerDHParams:
    """RFC 5246 7.4.3."""

    dh_p: Annotated[bytes, opaque_vector(1, 2**16 - 1)]
    dh_g: Annotated[bytes, opaque_vector(1, 2**16 - 1)]
    dh_Ys: Annotated[bytes, opaque_vector(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


@dataclass(slots=True)
class ECDHExchange:
    """RFC 8422 5.4: ec_diffie_hellman. signed: a `ParamsSignature`, or nothing without a certificate."""

    params: Annotated[ServerECDHParams, struct_of(ServerECDHParams)]
    signed: Annotated[bytes, rest]


@dataclass(slots=True)
class DHExchange:
    """RFC 5246 7.4.3: dhe_rsa, dhe_dss and dh_anon. signed: a `ParamsSignature`, or nothing without a certificate."""

    params: Annotated[ServerDHParams, struct_of(ServerDHParams)]
    signed: Annotated[bytes, rest]


@dataclass(slots=True)
class ParamsSignature:
    """RFC 5246 4.7, 7.4.3: the signature over both randoms and the params."""

    algorithm: Annotated[int, uint16]
    signature: Annotated[bytes, opaque_vector(0, 2**16 - 1)]


@dataclass(slots=True)
class IdentityHint:
    """RFC 4279 2 to 4, RFC 5489 2: what stands first with a pre-shared key; params are those of the other exchange."""

    psk_identity_hint: Annotated[bytes, opaque_vector(0, 2**16 - 1)]
    params: Annotated[bytes, rest]


@dataclass(slots=True)
class ClientPskIdentity:
    """RFC 4279 2 to 4, RFC 5489 2: what stands first with a pre-shared key; exchange_keys are as without it."""

    psk_identity: Annotated[bytes, opaque_vector(0, 2**16 - 1)]
    exchange_keys: Annotated[bytes, rest]


@dataclass(slots=True)
class ClientECDiffieHellmanPublic:
    """RFC 8422 5.7."""

    ecdh_Yc: Annotated[bytes, opaque_vector(1, 2**8 - 1)]  # noqa: N815 - the RFC's name


@dataclass(slots=True)
class ClientDiffieHellmanPublic:
    """RFC 5246 7.4.7.2."""

    dh_Yc: Annotated[bytes, opaque_vector(1, 2**16 - 1)]  # noqa: N815 - the RFC's name


@dataclass(slots=True)
class EncryptedPreMasterSecret:
    """RFC 5246 7.4.7.1."""

    encrypted: Annotated[bytes, opaque_vector(0, 2**16 - 1)]
