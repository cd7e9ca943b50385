"""OpenSSL's names for signature schemes and suites, and the lists that programs write with them.

Lists become code points here, in order; what a connection does with them is the engine's. A name that OpenSSL knows and
refssl cannot do is treated as a build of OpenSSL without it treats it: as unknown.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from refssl import errors
from refssl.ciphers import catalogue
from refssl.crypto import keys

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_SCHEME = 39

_SCHEMES_BY_NAME = {scheme.name: code for code, scheme in keys.SCHEMES.items()}
for _code, _scheme in keys.SCHEMES.items():
    _kind = {"ec": "ECDSA", "rsa": "RSA-PSS" if _scheme.padding == "pss" else "RSA"}.get(_scheme.kind)
    if _kind and _scheme.hash:
        _SCHEMES_BY_NAME.setdefault(f"{_kind}+{_scheme.hash}".lower(), _code)
        if _kind == "RSA-PSS":
            _SCHEMES_BY_NAME.setdefault(f"pss+{_scheme.hash}", _code)


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
    for item in map(str.strip, text.split(":")):
        name = item.removeprefix("?")
        optional = name != item and 0 < len(name) <= _LONGEST_SCHEME
        code = _SCHEMES_BY_NAME.get(name.lower())
        if code is None and not optional:
            raise errors.usage_error("unrecognized signature algorithm")
        if code is not None and code not in codes:
            codes.append(code)
    if not codes:
        raise errors.usage_error("unrecognized signature algorithm")
    return tuple(codes)


@lru_cache(maxsize=32)
def parse_suites(text: str) -> tuple[int, ...]:
    """Code points of a colon-separated list of suites by their registry names; unknown ones are passed over.

    OpenSSL takes the registry's name of a suite of TLS 1.2 too. An empty list leaves no suite. Raises SSLError where a
    list names none that is known.
    """
    if not text:
        return ()
    known = (catalogue.BY_STANDARD_NAME.get(name.strip()) for name in text.split(":"))
    codes = tuple(suite.code for suite in known if suite is not None)
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
