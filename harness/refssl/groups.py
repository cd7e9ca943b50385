"""OpenSSL's names for the groups of the key exchange, and the lists that programs write with them.

A list becomes code points, in order; what a connection does with them is the engine's. A name that OpenSSL knows and
refssl cannot do is treated as a build of OpenSSL without it treats it: as unknown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from refssl import errors
from refssl.crypto import shares

_ALIASES = {
    "secp256r1": ("P-256",),
    "secp384r1": ("P-384",),
    "secp521r1": ("P-521",),
}
# What EC_curve and the object table call them: the only names that set_ecdh_curve() knows.
_SHORT_NAMES = {"secp256r1": "prime256v1", "x25519": "X25519", "x448": "X448"}

_CODES = {name: code for code, name in shares.GROUPS.items()}
_BY_NAME = {name.lower(): code for name, code in _CODES.items()}
for _name, _aliases in _ALIASES.items():
    for _alias in _aliases:
        _BY_NAME[_alias.lower()] = _CODES[_name]
_BY_NAME["prime256v1"] = _CODES["secp256r1"]
_CURVES = {_SHORT_NAMES.get(name, name): code for name, code in _CODES.items() if "MLKEM" not in name}

_DEFAULT = "?*X25519MLKEM768 / ?*X25519:?secp256r1 / ?X448:?secp384r1:?secp521r1 / ?ffdhe2048:?ffdhe3072"
_MOST_SHARES = 4
_FIRST_OF_TLS13 = 0x0100  # RFC 8446 4.2.7: elliptic curves come below
_LONGEST_NAME = 63


class GroupList(NamedTuple):
    """A list of groups as code points. tuples: the groups in order, in tuples that a server goes through one by one;
    shares: those for which a client sends a key share, empty for the first group that it can use."""

    tuples: tuple[tuple[int, ...], ...]
    shares: tuple[int, ...] = ()


def name_of(code: int) -> str:
    """OpenSSL's name of a group."""
    return shares.GROUPS[code]


def names(include_aliases: bool, *, tls13: bool) -> list[str]:
    """Every group there is, by its registry name, and if wished its aliases behind it (SSLContext.get_groups).

    tls13: with those that only TLS 1.3 has, which are all but the elliptic curves.
    """
    found: list[str] = []
    for code in sorted(shares.GROUPS):
        if code >= _FIRST_OF_TLS13 and not tls13:
            continue
        name = shares.GROUPS[code]
        found.append(name)
        if include_aliases:
            found.extend(_ALIASES.get(name, ()))
    return found


def curve(name: str) -> GroupList:
    """The group of one curve by OpenSSL's short name (SSLContext.set_ecdh_curve). Raises ValueError for another."""
    if name not in _CURVES:
        raise ValueError(f"unknown elliptic curve name {name!r}")
    return GroupList(((_CURVES[name],),))


class _Builder:
    """A list under way."""

    def __init__(self) -> None:
        self.tuples: list[list[int]] = []
        self.shares: list[int] = []

    def add(self, code: int, share: bool) -> None:
        """Put a group behind the others of the tuple, unless it is in the list already."""
        if any(code in row for row in self.tuples):
            return
        self.tuples[-1].append(code)
        if share:
            if len(self.shares) == _MOST_SHARES:
                raise errors.usage_error("unrecognized group")
            self.shares.append(code)

    def remove(self, code: int) -> None:
        for row in self.tuples:
            if code in row:
                row.remove(code)
        if code in self.shares:
            self.shares.remove(code)

    def read(self, text: str) -> None:
        for row in text.split("/"):
            self.tuples.append([])
            for item in row.split(":"):
                self._read_item(item.strip())

    def _read_item(self, item: str) -> None:
        name = item.lstrip("?*-")
        flags = item[: len(item) - len(name)]
        if not name or len(name) > _LONGEST_NAME or len(set(flags)) != len(flags):
            raise errors.usage_error("unrecognized group")
        if name.upper() == "DEFAULT" and not flags:
            self.read(_DEFAULT)
            return
        code = _BY_NAME.get(name.lower())
        if code is None:
            if "?" not in flags:
                raise errors.usage_error("unrecognized group")
        elif "-" in flags:
            self.remove(code)
        else:
            self.add(code, "*" in flags)


@lru_cache(maxsize=32)
def parse(text: str) -> GroupList:
    """The list that a text in the format of SSL_CTX_set1_groups_list stands for.

    Names are separated by colons, tuples of them by slashes. ``?`` passes an unknown one over, ``-`` takes one away,
    ``*`` asks for a key share, ``DEFAULT`` stands for the default list. Raises SSLError for anything else.
    """
    if not text:
        return GroupList(())
    builder = _Builder()
    builder.read(text)
    return GroupList(tuple(tuple(row) for row in builder.tuples if row), tuple(builder.shares))


DEFAULT = parse("DEFAULT")
"""OpenSSL 3.6's default list, as far as its groups are there."""
