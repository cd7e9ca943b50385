"""The words of OpenSSL's cipher strings (openssl-ciphers(1)) and what each says of a suite, field by field.

A word limits some fields of a suite to some values; words joined by ``+`` limit together. How a string is read, and in
what order it selects, is `strings`'s affair.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

from refssl.ciphers import catalogue

_NONE = frozenset({"None"})

_EXCHANGES = frozenset(suite.key_exchange for suite in catalogue.TLS12_SUITES)
_AUTHENTICATIONS = frozenset(suite.authentication for suite in catalogue.TLS12_SUITES)
_ENCRYPTIONS = frozenset(suite.encryption for suite in catalogue.TLS12_SUITES)
_PSKS = frozenset(name for name in _EXCHANGES if name.endswith("PSK"))
_PROVEN = _AUTHENTICATIONS - _NONE


@dataclass(slots=True)
class Limits:
    """What a suite must be. fields: attribute of CipherSuite and its allowed values; grades: one of these it must have.

    uncommon: it must not be in OpenSSL's default list; code: it must be this one.
    """

    fields: dict[str, frozenset[str]] = field(default_factory=dict)
    grades: frozenset[str] | None = None
    uncommon: bool = False
    code: int | None = None

    def match(self, suite: catalogue.CipherSuite) -> bool:
        """Whether the suite is within all limits."""
        return (
            self.code in (None, suite.code)
            and all(getattr(suite, name) in values for name, values in self.fields.items())
            and (self.grades is None or not self.grades.isdisjoint(grades_of(suite)))
            and not (self.uncommon and not is_uncommon(suite))
        )

    def join(self, other: Limits) -> Limits | None:
        """Both limits at once (``+``); None where they contradict each other."""
        fields = dict(self.fields)
        for name, values in other.fields.items():
            fields[name] = values & fields.get(name, values)
            if not fields[name]:
                return None
        grades, uncommon = self.grades, self.uncommon
        if other.grades is not None:
            # A grade that comes behind COMPLEMENTOFDEFAULT replaces it in OpenSSL.
            uncommon = uncommon and grades is not None
            grades = other.grades if grades is None else grades & other.grades
            if not grades:
                return None
        return Limits(fields, grades, uncommon or other.uncommon, self.code if other.code is None else other.code)


def grades_of(suite: catalogue.CipherSuite) -> frozenset[str]:
    """The strength classes of a suite: HIGH, MEDIUM or NONE, and FIPS."""
    if suite.cipher == "NULL":
        return frozenset({"NONE"})
    if suite.strength_bits < 128:
        return frozenset({"MEDIUM"})
    if suite.cipher in ("AES-GCM", "AES-CBC") and suite.key_exchange != "SRP":
        return frozenset({"HIGH", "FIPS"})
    return frozenset({"HIGH"})


def is_uncommon(suite: catalogue.CipherSuite) -> bool:
    """Whether COMPLEMENTOFDEFAULT takes the suite out of the default list; those without encryption are not in it."""
    return suite.cipher != "NULL" and (
        suite.cipher not in ("AES-GCM", "AES-CBC", "CHACHA20-POLY1305") or suite.authentication in ("None", "DSS")
    )


def _exchange(*names: str) -> Limits:
    return Limits({"key_exchange": frozenset(names)})


def _authenticated(name: str) -> Limits:
    return Limits({"authentication": frozenset({name})})


def _both(exchange: str, authentications: frozenset[str]) -> Limits:
    return Limits({"key_exchange": frozenset({exchange}), "authentication": authentications})


def _encrypted(*beginnings: str) -> Limits:
    found = frozenset(name for name in _ENCRYPTIONS if name.startswith(beginnings))
    return Limits({"encryption": found or frozenset(beginnings)})


def _digest(name: str) -> Limits:
    return Limits({"mac": frozenset({name})})


def _protocol(name: str) -> Limits:
    return Limits({"protocol": frozenset({name})})


def _grade(name: str) -> Limits:
    return Limits(grades=frozenset({name}))


def _encryptions() -> dict[str, Limits]:
    nothing = Limits({"encryption": _NONE})
    words = {
        "ALL": Limits({"encryption": _ENCRYPTIONS - _NONE}),
        "COMPLEMENTOFALL": nothing,
        "eNULL": nothing,
        "NULL": nothing,
        "AES": _encrypted("AES"),
        "AESGCM": _encrypted("AESGCM("),
        "AESCCM": _encrypted("AESCCM(", "AESCCM8("),
        "AESCCM8": _encrypted("AESCCM8("),
        "ARIA": _encrypted("ARIAGCM("),
        "ARIAGCM": _encrypted("ARIAGCM("),
        "CAMELLIA": _encrypted("Camellia("),
        "CHACHA20": _encrypted("CHACHA20/"),
        "CBC": _encrypted("AES(", "Camellia("),
        "3DES": _encrypted("3DES("),  # OpenSSL knows the word, but has no such suite any more
    }
    for bits in ("128", "256"):
        words[f"AES{bits}"] = _encrypted(f"AES({bits})", f"AESGCM({bits})", f"AESCCM({bits})", f"AESCCM8({bits})")
        words[f"ARIA{bits}"] = _encrypted(f"ARIAGCM({bits})")
        words[f"CAMELLIA{bits}"] = _encrypted(f"Camellia({bits})")
    return words


def _exchanges() -> dict[str, Limits]:
    words = {
        "kRSA": _exchange("RSA"),
        "RSA": _both("RSA", frozenset({"RSA"})),
        "DHE": _both("DH", _PROVEN),
        "EDH": _both("DH", _PROVEN),
        "ADH": _both("DH", _NONE),
        "ECDHE": _both("ECDH", _PROVEN),
        "EECDH": _both("ECDH", _PROVEN),
        "AECDH": _both("ECDH", _NONE),
        "PSK": _exchange(*_PSKS),
        "kPSK": _exchange("PSK"),
        "kECDHEPSK": _exchange("ECDHEPSK"),
        "kDHEPSK": _exchange("DHEPSK"),
        "kRSAPSK": _exchange("RSAPSK"),
        "kSRP": _exchange("SRP"),
        "SRP": _exchange("SRP"),
        "EDH-RSA-DES-CBC3-SHA": Limits({"encryption": frozenset({"3DES("})}),
        "EDH-DSS-DES-CBC3-SHA": Limits({"encryption": frozenset({"3DES("})}),
    }
    words |= dict.fromkeys(("kDHE", "kEDH", "DH"), _exchange("DH"))
    words |= dict.fromkeys(("kECDHE", "kEECDH", "ECDH"), _exchange("ECDH"))
    return words


@cache
def words() -> dict[str, Limits]:
    """Every word and every name of a suite that a cipher string may use, with what it stands for."""
    known = {
        **_encryptions(),
        **_exchanges(),
        "aNULL": _authenticated("None"),
        "COMPLEMENTOFDEFAULT": Limits(uncommon=True),
        "MD5": _digest("MD5"),
        "SHA": _digest("SHA1"),
        "SHA1": _digest("SHA1"),
        "SHA256": _digest("SHA256"),
        "SHA384": _digest("SHA384"),
        "SSLv3": _protocol("SSLv3"),
        "TLSv1": _protocol("TLSv1.0"),
        "TLSv1.0": _protocol("TLSv1.0"),
        "TLSv1.2": _protocol("TLSv1.2"),
    }
    known |= {name: _grade(name) for name in ("HIGH", "MEDIUM", "LOW", "FIPS")}
    known |= {f"a{name}": _authenticated(name) for name in ("RSA", "DSS", "ECDSA", "PSK", "SRP")}
    known |= {name: _authenticated(name) for name in ("DSS", "ECDSA")}
    fields = ("key_exchange", "authentication", "encryption", "mac", "protocol")
    for suite in catalogue.TLS12_SUITES:
        exact = Limits({name: frozenset({getattr(suite, name)}) for name in fields}, grades_of(suite), code=suite.code)
        known[suite.name] = known[suite.standard_name] = replace(exact, uncommon=is_uncommon(suite))
    return known
