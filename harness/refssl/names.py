"""OpenSSL's names for groups, signature schemes and TLS 1.3 suites, and the lists that programs write with them.

Lists become code points here, in order; what a connection does with them is the engine's. A name that OpenSSL knows and
refssl cannot do is treated as a build of OpenSSL without it treats it: as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from refssl import errors
from refssl.ciphers import catalogue
from refssl.crypto import keys, shares

if TYPE_CHECKING:
    from collections.abc import Iterable

_GROUP_ALIASES = {
    "secp256r1": ("P-256",),
    "secp384r1": ("P-384",),
    "secp521r1": ("P-521",),
}
_CURVE_SHORT_NAMES = {"prime256v1": "secp256r1", "X25519": "x25519", "X448": "x448"}
_GROUP_CODES = {name: code for code, name in shares.GROUPS.items()}
_GROUPS_BY_NAME = {name.lower(): code for name, code in _GROUP_CODES.items()}
for _name, _aliases in _GROUP_ALIASES.items():
    for _alias in _aliases:
        _GROUPS_BY_NAME[_alias.lower()] = _GROUP_CODES[_name]
_GROUPS_BY_NAME["prime256v1"] = _GROUP_CODES["secp256r1"]

DEFAULT_SCHEMES = tuple(code for code, scheme in keys.SCHEMES.items() if scheme.hash != "sha1")
"""Signature schemes that are accepted by default, the preferred first: security level 2 leaves no room for SHA-1."""

DEFAULT_SUITES = tuple(suite.code for suite in catalogue.TLS13_SUITES) + tuple(
    suite.code
    for suite in catalogue.TLS12_SUITES
    if suite.kea in ("kx-ecdhe", "kx-dhe", "kx-rsa")
    and suite.auth in ("auth-rsa", "auth-ecdsa")
    and suite.cipher in ("AES-GCM", "AES-CBC", "CHACHA20-POLY1305")
)

_SCHEMES_BY_NAME = {scheme.name: code for code, scheme in keys.SCHEMES.items()}
for _code, _scheme in keys.SCHEMES.items():
    _kind = {"ec": "ECDSA", "rsa": "RSA-PSS" if _scheme.padding == "pss" else "RSA"}.get(_scheme.kind)
    if _kind and _scheme.hash:
        _SCHEMES_BY_NAME.setdefault(f"{_kind}+{_scheme.hash}".lower(), _code)
        if _kind == "RSA-PSS":
            _SCHEMES_BY_NAME.setdefault(f"pss+{_scheme.hash}", _code)


def group_name(code: int) -> str:
    """OpenSSL's name of a group."""
    return shares.GROUPS[code]


def group_names(include_aliases: bool) -> list[str]:
    """Every group there is, by its registry name, and if wished its aliases behind it (SSLContext.get_groups)."""
    names: list[str] = []
    for code in sorted(shares.GROUPS):
        name = shares.GROUPS[code]
        names.append(name)
        if include_aliases:
            names.extend(_GROUP_ALIASES.get(name, ()))
    return names


@dataclass(slots=True)
class GroupList:
    """Groups in order of preference. shares: those that a client sends shares for; parts: the same groups, in parts
    of which a server wants an earlier one rather than to spare a round trip."""

    groups: tuple[int, ...]
    shares: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]


_DEFAULT_GROUP_LIST = "?*X25519MLKEM768 / ?*X25519:?secp256r1 / ?X448:?secp384r1:?secp521r1 / ?ffdhe2048:?ffdhe3072"
_MOST_SHARES = 4


def parse_groups(text: str) -> GroupList:
    """A list in the format of SSL_CTX_set1_groups_list.

    Names are separated by colons, and parts of the list by ``/``; ``?`` passes an unknown one over, ``-`` takes one
    away, ``*`` asks for a key share (without any the first group has one), and ``DEFAULT`` stands for OpenSSL 3.6's
    list as far as its groups are there. Raises SSLError.
    """
    parts: list[list[int]] = []
    shares: list[int] = []
    taken: set[int] = set()
    for part in _expanded(text).split("/") if text.strip() else ():
        parts.append([])
        for item in part.split(":"):
            prefixes, code = _parsed_group(item.strip())
            if code is None or (code in taken) != ("-" in prefixes):
                # Unknown and passed over, there already, or not there to be taken away.
                continue
            if "-" in prefixes:
                taken.discard(code)
                parts = [[other for other in group if other != code] for group in parts]
                shares = [other for other in shares if other != code]
                continue
            taken.add(code)
            parts[-1].append(code)
            if "*" in prefixes:
                shares.append(code)
    if len(shares) > _MOST_SHARES:
        raise errors.usage_error("unrecognized group")
    groups = tuple(code for group in parts for code in group)
    return GroupList(groups, tuple(shares) or groups[:1], tuple(tuple(group) for group in parts if group))


def _expanded(text: str) -> str:
    parts = []
    for part in text.split("/"):
        items = [_DEFAULT_GROUP_LIST if item.strip().upper() == "DEFAULT" else item for item in part.split(":")]
        parts.append(":".join(items))
    return "/".join(parts)


def _parsed_group(item: str) -> tuple[str, int | None]:
    """The prefixes of a name and its code point, None for one that is unknown and may be."""
    name = item.lstrip("?*-")
    prefixes = item[: len(item) - len(name)]
    code = _GROUPS_BY_NAME.get(name.lower())
    if len(set(prefixes)) != len(prefixes) or name.upper() in ("", "DEFAULT") or (code is None and "?" not in prefixes):
        raise errors.usage_error("unrecognized group")
    return prefixes, code


DEFAULT_GROUPS = parse_groups("DEFAULT")
"""The groups that OpenSSL 3.6 offers by default, in its order, as far as they are there."""


def curve_code(name: str) -> int:
    """The group of one curve by OpenSSL's short name (SSLContext.set_ecdh_curve). Raises ValueError for another."""
    known = _CURVE_SHORT_NAMES.get(name, name)
    if known == name and known not in ("secp384r1", "secp521r1"):
        # OpenSSL looks for object short names here, and these are not.
        code = None
    else:
        code = _GROUP_CODES.get(known)
    if code is None:
        raise ValueError(f"unknown elliptic curve name {name!r}")
    return code


def single_group(code: int) -> GroupList:
    """The list of one group."""
    return GroupList((code,), (code,), ((code,),))


def scheme_name(code: int) -> str:
    """The name of a SignatureScheme (RFC 8446 4.2.3)."""
    return keys.SCHEMES[code].name


def scheme_names() -> list[str]:
    """Every signature scheme that has a name here."""
    return [scheme.name for scheme in keys.SCHEMES.values()]


def parse_schemes(text: str) -> tuple[int, ...]:
    """Code points of a list in the format of SSL_CTX_set1_sigalgs_list.

    Names are the registry's or ``ECDSA+SHA256``, ``RSA+SHA256``, ``RSA-PSS+SHA256``, separated by colons; ``?`` passes
    an unknown one over. Raises SSLError for another unknown one, or for none.
    """
    codes: list[int] = []
    for item in text.split(":"):
        optional = item.startswith("?")
        code = _SCHEMES_BY_NAME.get(item.lstrip("?").lower())
        if code is None and not optional:
            raise errors.usage_error("unrecognized signature algorithm")
        if code is not None and code not in codes:
            codes.append(code)
    if not codes:
        raise errors.usage_error("unrecognized signature algorithm")
    return tuple(codes)


def parse_suites(text: str) -> tuple[int, ...]:
    """Code points of a colon-separated list of TLS 1.3 suites; unknown names are passed over if one is known.

    An empty list leaves no suite. Raises SSLError where a list names none that is known.
    """
    if not text.strip():
        return ()
    known = (catalogue.BY_NAME.get(name.strip()) for name in text.split(":"))
    codes = tuple(suite.code for suite in known if suite is not None and suite.protocol == "TLSv1.3")
    if not codes:
        raise errors.usage_error("No cipher suite can be selected.")
    return codes


def describe_suites(codes: Iterable[int]) -> list[dict[str, Any]]:
    """What get_ciphers() says of these suites, in order."""
    return [_describe(catalogue.BY_CODE[code]) for code in codes]


def _describe(suite: catalogue.CipherSuite) -> dict[str, Any]:
    return {
        "id": 0x03000000 | suite.code,
        "name": suite.name,
        "protocol": suite.protocol,
        "description": suite.description,
        "strength_bits": suite.strength_bits,
        "alg_bits": suite.algorithm_bits,
        "aead": bool(suite.aead),
        "symmetric": suite.symmetric,
        "digest": suite.digest,
        "kea": suite.kea,
        "auth": suite.auth,
    }


def suite_tuple(suite: catalogue.CipherSuite) -> tuple[str, str, int]:
    """A suite as cipher() and shared_ciphers() give it: name, protocol, secret bits."""
    return suite.name, suite.protocol, suite.strength_bits
