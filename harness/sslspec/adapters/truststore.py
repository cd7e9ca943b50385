"""truststore: contexts that ask the operating system whom to trust, as ``truststore.inject_into_ssl()`` gives them."""

from __future__ import annotations

from types import ModuleType

import truststore

from sslspec.adapters import in_the_place_of_ssl


def make() -> ModuleType:
    """ssl with truststore's context in the place of its own; all else is the standard library's."""
    return in_the_place_of_ssl("truststore", SSLContext=truststore.SSLContext)
