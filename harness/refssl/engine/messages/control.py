"""The messages beside the handshake: alerts, change_cipher_spec and application data (RFC 8446 5, 6).

Only the structs; when they are sent and what answers them is decided by `connection` and the states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

from refssl.engine.presentation import rest, uint8

CHANGE_CIPHER_SPEC = 20
ALERT = 21
HANDSHAKE = 22
APPLICATION_DATA = 23


@dataclass(slots=True)
class Alert:
    """RFC 8446 6."""

    content_type: ClassVar[int] = ALERT
    level: Annotated[int, uint8]
    description: Annotated[int, uint8]


@dataclass(slots=True)
class ChangeCipherSpec:
    """RFC 8446 5: "a single byte with the value 1"."""

    content_type: ClassVar[int] = CHANGE_CIPHER_SPEC
    type: Annotated[int, uint8] = 1


@dataclass(slots=True)
class Raw:
    """Bytes for a record of any content type, for peers that break the rules on purpose."""

    content_type: int
    content: Annotated[bytes, rest]
