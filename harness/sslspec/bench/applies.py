"""Whether a scenario has anything to say about an implementation: by documented version, and by what it says it has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sslspec.bench.exits import Inapplicable, Unsupported

VERSION_FLAGS = {"tls12": "HAS_TLSv1_2", "tls13": "HAS_TLSv1_3"}


def check_documented(documented: tuple[int, int], since: tuple[int, int] | None, until: tuple[int, int] | None) -> None:
    """Raise Inapplicable where the documentation that the implementation follows has not, or no longer, the clause."""
    if since is not None and documented < since:
        raise Inapplicable(f"documented since Python {since[0]}.{since[1]}")
    if until is not None and documented > until:
        raise Inapplicable(f"documented until Python {until[0]}.{until[1]}")


def needed_flags(features: Iterable[str], version: str | None) -> tuple[str, ...]:
    """The ``HAS_*`` flags that a scenario needs by its marks and by its TLS version."""
    return (*features, *((VERSION_FLAGS[version],) if version is not None else ()))


def check_supported(impl: Any, features: Iterable[str], version: str | None) -> None:
    """Raise Unsupported where a ``HAS_*`` flag that the scenario or its TLS version needs is not set."""
    for flag in needed_flags(features, version):
        if not getattr(impl, flag, False):
            raise Unsupported(f"{flag} is {getattr(impl, flag, 'missing')}")
