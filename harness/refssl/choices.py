"""What a context will negotiate: suites, groups, schemes and the security level, and what of that is left to offer.

Choices are replaced as a whole, never changed, so that a connection sees one state of them and the offers that follow
from them are worked out once for all contexts that choose alike. Setters and their errors are preferences.py's.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from refssl import groups
from refssl.ciphers import catalogue, levels, strings, support
from refssl.crypto import keys
from refssl.x509.flags import SUITE_B_128_ONLY, SUITE_B_192

_DEFAULT_SUITES13 = tuple(suite.code for suite in catalogue.TLS13_SUITES)

# RFC 6460 3.2 and 4: the curves and the signature schemes of each form of Suite B, whatever else has been chosen; the
# flags that hold certificates to it.
_BOTH = (
    ("secp256r1", "secp384r1"),
    (keys.ECDSA_SECP256R1_SHA256, keys.ECDSA_SECP384R1_SHA384),
    SUITE_B_128_ONLY | SUITE_B_192,
)
_SUITE_B = {
    "SUITEB128": _BOTH,
    "SUITEB128C2": _BOTH,
    "SUITEB128ONLY": (("secp256r1",), (keys.ECDSA_SECP256R1_SHA256,), SUITE_B_128_ONLY),
    "SUITEB192": (("secp384r1",), (keys.ECDSA_SECP384R1_SHA384,), SUITE_B_192),
}


class Offer(NamedTuple):
    """What one role offers and accepts under some choices, as the engine's Config wants it.

    suites: those for which no pre-shared key is needed; suites_with_key: with those of TLS 1.2 in which it is.
    schemes: those that are accepted of the peer; signing_schemes: those with which it may sign itself, and signing the
    same, None for all that the level leaves.
    """

    suites: tuple[int, ...]
    suites_with_key: tuple[int, ...]
    group_tuples: tuple[tuple[int, ...], ...]
    groups: tuple[int, ...]
    key_shares: tuple[int, ...]
    schemes: tuple[int, ...]
    signing_schemes: tuple[int, ...]
    signing: tuple[int, ...] | None


class Choices(NamedTuple):
    """One state of a context's choices; None stands for OpenSSL's default.

    suites13 and suites12: of set_ciphersuites() and set_ciphers(), also those that the engine cannot do; suite_b: the
    word of the cipher string that asked for RFC 6460, or "".
    """

    suites13: tuple[int, ...] | None = None
    suites12: tuple[int, ...] | None = None
    level: int = levels.DEFAULT
    suite_b: str = ""
    groups: groups.GroupList | None = None
    client_schemes: tuple[int, ...] | None = None
    server_schemes: tuple[int, ...] | None = None

    def suites(self) -> tuple[int, ...]:
        """All chosen suites in order of preference, those of TLS 1.3 first (SSLContext.get_ciphers)."""
        first = _DEFAULT_SUITES13 if self.suites13 is None else self.suites13
        return first + (strings.default_suites() if self.suites12 is None else self.suites12)

    def offer(self, server: bool) -> Offer:
        """What the role offers."""
        return _offer(self, server)

    def suite_b_flags(self) -> int:
        """The VerifyFlags of Suite B (`refssl.x509.flags`) that go with the cipher string, 0 for none."""
        return _SUITE_B[self.suite_b][2] if self.suite_b else 0

    def _work_out(self, server: bool) -> Offer:
        level = self.level
        suites = tuple(
            code for code in support.offered(self.suites()) if levels.allows_suite(level, catalogue.BY_CODE[code])
        )
        chosen = groups.DEFAULT if self.groups is None else self.groups
        client_schemes, server_schemes = self.client_schemes, self.server_schemes
        if self.suite_b:
            curves, client_schemes, _ = _SUITE_B[self.suite_b]
            server_schemes = client_schemes
            chosen = groups.parse(":".join(curves))
        tuples = tuple(
            tuple(code for code in row if levels.allows_group(level, groups.name_of(code))) for row in chosen.tuples
        )
        usable = tuple(code for row in tuples for code in row)
        asked = chosen.shares
        shares = tuple(code for code in asked if code in usable) if asked else usable[:1]
        schemes = (client_schemes if server else None) or server_schemes or tuple(keys.SCHEMES)
        signing = (None if server else client_schemes) or server_schemes
        if signing is None and level > levels.DEFAULT:
            signing = tuple(keys.SCHEMES)
        return Offer(
            suites=tuple(code for code in suites if catalogue.BY_CODE[code].kea not in support.EXCHANGES_WITH_KEY),
            suites_with_key=suites,
            group_tuples=tuple(row for row in tuples if row),
            groups=usable,
            key_shares=shares,
            schemes=self._allowed(schemes),
            signing_schemes=self._allowed(tuple(keys.SCHEMES) if signing is None else signing),
            signing=None if signing is None else self._allowed(signing),
        )

    def _allowed(self, schemes: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(code for code in schemes if self._allows(keys.SCHEMES[code]))

    def _allows(self, scheme: keys.Scheme) -> bool:
        return levels.allows_scheme(self.level, scheme.hash or scheme.kind)


@lru_cache(maxsize=64)
def _offer(choices: Choices, server: bool) -> Offer:
    return choices._work_out(server)


DEFAULTS = Choices()


def select(old: Choices, text: str) -> tuple[Choices, bool]:
    """The choices after a cipher string, and whether it selected anything.

    A string that selects nothing leaves no suite, one that is invalid leaves those there were; a security level in it
    counts in either case.
    """
    selection = strings.select(text, old.suite_b)
    level = old.level if selection.level is None else selection.level
    suites = old.suites12 if selection.suites is None else selection.suites
    new = old._replace(suites12=suites, level=level, suite_b=selection.suite_b)
    return new, bool(selection.suites)
