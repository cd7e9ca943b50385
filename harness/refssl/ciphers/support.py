"""Which suites the engine can do: the one place that decides what of a selection is offered and accepted.

The others are in the catalogue, can be selected and show in get_ciphers(); on the wire they do not exist.
"""

from __future__ import annotations

from refssl.ciphers import catalogue

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_CIPHERS13 = ("AES-GCM", "CHACHA20-POLY1305", "AES-CCM")
_CIPHERS12 = (*_CIPHERS13, "AES-CBC", "CAMELLIA-CBC", "NULL")
EXCHANGES_WITH_KEY = frozenset(("kx-psk", "kx-ecdhe-psk", "kx-dhe-psk", "kx-rsa-psk"))
"""The key exchanges of TLS 1.2 that need a pre-shared key (RFC 4279, RFC 5489)."""

_EXCHANGES12 = EXCHANGES_WITH_KEY | {"kx-ecdhe", "kx-dhe", "kx-rsa"}
_AUTHENTICATIONS12 = ("auth-ecdsa", "auth-rsa", "auth-psk", "auth-null")


def can_do(suite: catalogue.CipherSuite) -> bool:
    """Whether the engine can protect records and exchange keys as the suite says."""
    if suite.protocol == "TLSv1.3":
        return suite.cipher in _CIPHERS13
    return suite.cipher in _CIPHERS12 and suite.kea in _EXCHANGES12 and suite.auth in _AUTHENTICATIONS12


def offered(codes: Iterable[int]) -> tuple[int, ...]:
    """Those of the suites that the engine can do, in the same order."""
    return tuple([code for code in codes if code in SUITES13 or code in SUITES12])


SUITES13 = {suite.code: suite for suite in catalogue.ALL_TLS13_SUITES if can_do(suite)}
"""The suites of TLS 1.3 that the engine can do, by code point."""

SUITES12 = {suite.code: suite for suite in catalogue.TLS12_SUITES if can_do(suite)}
"""The suites of TLS 1.2, and of older versions that TLS 1.2 can use, that the engine can do, by code point."""

ANONYMOUS = frozenset(code for code, suite in SUITES12.items() if suite.auth == "auth-null")
"""Those of them in which nobody says who they are (RFC 5246 7.4.3, RFC 8422 2.3)."""
