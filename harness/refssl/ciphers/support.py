"""Which suites the engine can do: the one place that decides what of a selection is offered and accepted.

The others are in the catalogue, can be selected and show in get_ciphers(); on the wire they do not exist.
"""

from __future__ import annotations

from refssl.ciphers import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_CIPHERS13 = ("AES-GCM", "CHACHA20-POLY1305")


def can_do(suite: catalogue.CipherSuite) -> bool:
    """Whether the engine can protect records and exchange keys as the suite says."""
    return suite.protocol == "TLSv1.3" and suite.cipher in _CIPHERS13


def offered(codes: Iterable[int]) -> tuple[int, ...]:
    """Those of the suites that the engine can do, in the same order."""
    return tuple(code for code in codes if can_do(catalogue.BY_CODE[code]))
