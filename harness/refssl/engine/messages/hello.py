"""ClientHello, ServerHello and HelloRetryRequest, which every version of TLS shares (RFC 8446 4.1, RFC 5246 7.4.1).

Only the structs and their fixed values; choosing among what they offer is `negotiation`'s.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Annotated, ClassVar

from refssl.engine.messages.control import HANDSHAKE
from refssl.engine.presentation import extensions, opaque, opaque_vector, uint8, uint16, vector

# RFC 8446 4.1.3: "the special value of the SHA-256 of "HelloRetryRequest""
RETRY_RANDOM = hashlib.sha256(b"HelloRetryRequest").digest()
# RFC 8446 4.1.3: the last eight bytes of a server's random when it negotiates less than it can.
DOWNGRADE_TLS12 = b"DOWNGRD\x01"
DOWNGRADE_TLS11 = b"DOWNGRD\x00"


@dataclass(slots=True)
class ClientHello:
    """RFC 8446 4.1.2. The extensions may be missing altogether in a hello of RFC 5246."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 1
    legacy_version: Annotated[int, uint16]
    random: Annotated[bytes, opaque(32)]
    legacy_session_id: Annotated[bytes, opaque_vector(0, 32)]
    cipher_suites: Annotated[tuple[int, ...], vector(uint16, 2, 2**16 - 2)]
    legacy_compression_methods: Annotated[tuple[int, ...], vector(uint8, 1, 2**8 - 1)]
    extensions: Annotated[dict[int, bytes], extensions(optional=True)]


@dataclass(slots=True)
class ServerHello:
    """RFC 8446 4.1.3."""

    content_type: ClassVar[int] = HANDSHAKE
    msg_type: ClassVar[int] = 2
    legacy_version: Annotated[int, uint16]
    random: Annotated[bytes, opaque(32)]
    legacy_session_id_echo: Annotated[bytes, opaque_vector(0, 32)]
    cipher_suite: Annotated[int, uint16]
    legacy_compression_method: Annotated[int, uint8]
    extensions: Annotated[dict[int, bytes], extensions(optional=True)]


@dataclass(slots=True)
class HelloRetryRequest(ServerHello):
    """RFC 8446 4.1.4: a ServerHello with `RETRY_RANDOM`."""
