"""The handshake messages that TLS 1.3 has beside the hellos (RFC 8446 4.3 to 4.6).

Only the structs, in the order of RFC 8446; see `hello` for the first messages and `extensions` for what they carry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from refssl.engine.messages.control import HANDSHAKE
from refssl.engine.presentation import extensions, opaque_vector, rest, uint8, uint16, uint32, vector


@dataclass(slots=True)
class EncryptedExtensions:
    """RFC 8446 4.3.1."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 8
    extensions: Annotated[dict[int, bytes], extensions()]


@dataclass(slots=True)
class CertificateRequest:
    """RFC 8446 4.3.2. Without an extension the block may be empty here; that signature_algorithms is missing is found
    where it is needed."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 13
    certificate_request_context: Annotated[bytes, opaque_vector(0, 2**8 - 1)]
    extensions: Annotated[dict[int, bytes], extensions(2)]


@dataclass(slots=True)
class CertificateEntry:
    """RFC 8446 4.4.2, for X.509 certificates."""

    cert_data: Annotated[bytes, opaque_vector(1, 2**24 - 1)]
    extensions: Annotated[dict[int, bytes], extensions()]


@dataclass(slots=True)
class Certificate:
    """RFC 8446 4.4.2."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 11
    certificate_request_context: Annotated[bytes, opaque_vector(0, 2**8 - 1)]
    certificate_list: Annotated[tuple[CertificateEntry, ...], vector(CertificateEntry, 0, 2**24 - 1)]


@dataclass(slots=True)
class CertificateVerify:
    """RFC 8446 4.4.3."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 15
    algorithm: Annotated[int, uint16]
    signature: Annotated[bytes, opaque_vector(0, 2**16 - 1)]


@dataclass(slots=True)
class Finished:
    """RFC 8446 4.4.4: ``opaque verify_data[Hash.length]``; whoever compares it finds a wrong length too."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 20
    verify_data: Annotated[bytes, rest]


@dataclass(slots=True)
class EndOfEarlyData:
    """RFC 8446 4.5."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 5


@dataclass(slots=True)
class NewSessionTicket:
    """RFC 8446 4.6.1."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 4
    ticket_lifetime: Annotated[int, uint32]
    ticket_age_add: Annotated[int, uint32]
    ticket_nonce: Annotated[bytes, opaque_vector(0, 2**8 - 1)]
    ticket: Annotated[bytes, opaque_vector(1, 2**16 - 1)]
    extensions: Annotated[dict[int, bytes], extensions()]


@dataclass(slots=True)
class KeyUpdate:
    """RFC 8446 4.6.3: update_not_requested(0), update_requested(1)."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 24
    request_update: Annotated[int, uint8]
