"""Hash functions and HMAC, in the forms that are cheapest where they are used.

An HMAC object is keyed once and copied for each message, which is a third of the price of a one-shot HMAC.
"""

from __future__ import annotations

import hashlib
import hmac
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hmac import HMAC as HMAC

HASHES = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}

equal = hmac.compare_digest


@cache
def primitives(name: str) -> tuple[type[HMAC], Any]:
    """The class of HMAC objects and the algorithm that it takes beside a key, for who makes very many.

    name: a key of `HASHES`.
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.hmac import HMAC

    return HMAC, {"sha1": hashes.SHA1(), "sha256": hashes.SHA256(), "sha384": hashes.SHA384()}[name]


def keyed(name: str, key: bytes) -> HMAC:
    """Give an HMAC object under `key`, to be copied for each message. name: a key of `HASHES`."""
    factory, algorithm = primitives(name)
    return factory(key, algorithm)


def mac(mac_object: HMAC, message: bytes) -> bytes:
    """Give the HMAC of `message` under the key of `mac_object`, which stays as it is."""
    copied = mac_object.copy()
    copied.update(message)
    return copied.finalize()
