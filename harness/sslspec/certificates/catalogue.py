"""Reads certs/catalogue.toml into typed entries, and refuses what it does not understand with one clear line.

What the entries are is data and stands in the catalogue; how they are made stands in pki.py and forge.py. Nothing here
makes a certificate or needs more than the standard library.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from sslspec import toml

FORMAT = 1


class CatalogueError(ValueError):
    """The catalogue says something that cannot be meant; the message is one line that names the entry."""


@dataclass(frozen=True)
class Expect:
    """What verification by OpenSSL must say of an entry: a documented or otherwise clear consequence, not a habit.

    The verifier trusts `trust`, and checks the name `host` if it is a client (`role` is that of the entry's owner).
    """

    code: int  # X509_V_ERR number, 0 where the chain is to be accepted
    host: str = "localhost"
    role: str = "server"
    trust: tuple[str, ...] = ("root",)
    flags: tuple[str, ...] = ()  # of strict, partial_chain, crl_leaf, crl_chain, proxies
    level: int = 2  # OpenSSL's security level of the verifier; who presents the chain uses 0


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What every entry says of itself."""

    name: str
    purpose: str
    clauses: tuple[str, ...]
    expect: tuple[Expect, ...] = ()
    variant_of: str = ""  # the entry that it is, but for what makes it a variant


@dataclass(frozen=True)
class Extension:
    """An extension that is written as it stands: `value` is the DER of what the OCTET STRING holds, in hexadecimal."""

    oid: str
    value: str
    critical: bool = False


@dataclass(frozen=True)
class Edit:
    """What stands in the place of an element that the forge has written, before it is signed if it is to be.

    `at` is the way to it by numbers from 0, as in "0.4.1": tbsCertificate, validity, notAfter; one behind the last adds
    to them. `value` is in hexadecimal: one element or several, or none.
    """

    at: str
    value: str


@dataclass(frozen=True)
class NameConstraints:
    """RFC 5280 4.2.1.10, with names as in `names`; an ip is a network, as in 10.0.0.0/8."""

    permitted: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    more_excluded: int = 0  # that many dns names more, n0.none.example and so on


@dataclass(frozen=True, kw_only=True)
class Certificate(Entry):
    """An authority or a leaf. Whatever is not said is as in an ordinary certificate of that kind."""

    authority: bool
    maker: str  # trustme or forge
    issuer: str = ""  # no issuer: self-signed
    names: tuple[str, ...] = ()  # subjectAltName: dns: email: uri: ip: raw-ip: dir: rid: other:
    more_names: int = 0  # that many dns names more, n0.many.example and so on
    subject: tuple[str | tuple[str, ...], ...] | None = None  # RDNs: TYPE=value, TYPE=#hex, or several of them
    subject_of: str = ""  # take another entry's subject
    key: str = "p256"
    key_of: str = ""  # take another entry's key
    not_before: date = date(2000, 1, 1)
    not_after: date = date(2999, 12, 31)
    sends: tuple[str, ...] = ()  # authorities that follow the leaf in its file
    version: int = 3
    serial: int | None = None
    signature: str = "sha256"
    fault: str = ""  # signature: it is of something else; algorithm: it is announced differently in and outside the TBS
    ca: bool | None = None  # basicConstraints; by default what the entry is
    path_length: int | None = None
    key_usage: tuple[str, ...] | None = None
    extended_key_usage: tuple[str, ...] | None = None
    name_constraints: NameConstraints | None = None
    without: tuple[str, ...] = ()  # extensions left out, by their RFC 5280 names
    critical: tuple[str, ...] = ("basicConstraints", "keyUsage", "nameConstraints")
    crl_points: tuple[str, ...] = ()
    ocsp: tuple[str, ...] = ()
    ca_issuers: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Crl(Entry):
    """A certificate revocation list."""

    issuer: str
    revokes: tuple[str, ...] = ()
    last_update: date = date(2000, 1, 1)
    next_update: date = date(2999, 12, 31)
    signature: str = "sha256"
    fault: str = ""
    extensions: tuple[Extension, ...] = ()
    edits: tuple[Edit, ...] = ()
    entry_extensions: tuple[Extension, ...] = ()  # of each certificate that it revokes


@dataclass(frozen=True, kw_only=True)
class Pair(Entry):
    """A chain and a key put together from other entries, in an order or a form that they do not have themselves."""

    chain: tuple[str, ...]
    key: str
    key_form: str = "pkcs8"  # or traditional
    password: str = ""


@dataclass(frozen=True, kw_only=True)
class File(Entry):
    """One file: some text and then parts; `server` is an entry's own certificate or CRL, `server:key` its key."""

    text: str = ""
    parts: tuple[str, ...] = ()
    form: str = "pem"  # or der


@dataclass(frozen=True, kw_only=True)
class Directory(Entry):
    """A directory of authorities and CRLs in the layout that `capath` asks for."""

    holds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class DhParameters(Entry):
    """Parameters of a finite field group, for SSLContext.load_dh_params()."""

    group: str


_KINDS: dict[str, tuple[type[Entry], dict[str, Any]]] = {
    "authority": (Certificate, {"authority": True}),
    "leaf": (Certificate, {"authority": False}),
    "crl": (Crl, {}),
    "pair": (Pair, {}),
    "file": (File, {}),
    "directory": (Directory, {}),
    "dh": (DhParameters, {}),
}

_CHOICES: dict[str, set[Any]] = {
    "maker": {"trustme", "forge"},
    "key_form": {"pkcs8", "traditional"},
    "form": {"pem", "der"},
    "role": {"server", "client"},
    "version": {1, 2, 3},
    "group": {"ffdhe2048"},
    "fault": {"", "signature", "algorithm"},
}

# trustme makes ordinary certificates and has no say in the rest.
_TRUSTME = frozenset(
    {"name", "purpose", "clauses", "expect", "authority", "maker", "issuer", "names", "key", "path_length", "sends"}
)


def load(path: Path) -> dict[str, Entry]:
    """The entries of the catalogue by name, in the order in which they can be made.

    Raises CatalogueError, with one line that names the entry and what is wrong with it.
    """
    try:
        data = toml.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"the catalogue {path} cannot be read: {error.strerror}") from error
    except toml.TOMLDecodeError as error:
        raise CatalogueError(f"{path.name}: {error}") from error
    return parse(data)


def parse(data: Mapping[str, Any]) -> dict[str, Entry]:
    """The entries of a catalogue that is read already; see load()."""
    if data.get("format") != FORMAT:
        raise CatalogueError(f"format is {data.get('format')!r}; this version of sslspec reads format {FORMAT}")
    entries: dict[str, Entry] = {}
    for kind, tables in data.items():
        if kind == "format":
            continue
        if kind not in _KINDS:
            raise CatalogueError(_unknown("kind of entry", kind, _KINDS))
        cls, given = _KINDS[kind]
        for name, table, variant_of in _varied(kind, tables):
            if name in entries:
                raise CatalogueError(f"{kind}.{name}: the name is taken already")
            entry = _build(cls, f"{kind}.{name}", table, {"name": name, "variant_of": variant_of, **given})
            _check(f"{kind}.{name}", entry, table)
            entries[name] = entry
    return _in_order(entries)


def _varied(kind: str, tables: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Each table, and behind it its variants: NAME-VARIANT, which is NAME but for what stands in the variant; and NAME.

    What the entry expects of verification its variants do not.
    """
    for name, table in tables.items():
        if not isinstance(table, dict) or "variants" not in table:
            yield name, table, ""
            continue
        common = {key: value for key, value in table.items() if key != "variants"}
        yield name, common, ""
        common.pop("expect", None)
        for variant, differences in table["variants"].items():
            if not isinstance(differences, dict):
                raise CatalogueError(f"{kind}.{name}-{variant}: a table is expected, not {differences!r}")
            yield f"{name}-{variant}", {**common, **differences}, name


def _check(where: str, entry: Entry, table: Mapping[str, Any]) -> None:
    if not entry.purpose.endswith("."):
        raise CatalogueError(f"{where}: purpose has to be a sentence")
    if not entry.clauses or not all(entry.clauses):
        raise CatalogueError(f"{where}: no clause is served")
    if isinstance(entry, Certificate) and entry.maker == "trustme":
        for key in table:
            if key not in _TRUSTME:
                raise CatalogueError(f"{where}: trustme cannot choose {key}; let the forge make this one")


def references(entry: Entry) -> tuple[str, ...]:
    """The names of the entries that have to exist before this one can be made."""
    if isinstance(entry, Certificate):
        return tuple(n for n in (entry.issuer, entry.subject_of, entry.key_of, *entry.sends) if n)
    if isinstance(entry, Crl):
        return (entry.issuer, *entry.revokes)
    if isinstance(entry, Pair):
        return (*entry.chain, entry.key)
    if isinstance(entry, File):
        return tuple(part.partition(":")[0] for part in entry.parts)
    if isinstance(entry, Directory):
        return entry.holds
    return ()


def _in_order(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    """The entries, each after those that it refers to; TOML groups them by kind and so cannot keep an order."""
    ordered: dict[str, Entry] = {}

    def place(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise CatalogueError(f"{name}: needs itself, by way of {', '.join((*path, name))}")
        if name in ordered:
            return
        for other in references(entries[name]):
            if other not in entries:
                raise CatalogueError(f"{name}: " + _unknown("entry", other, entries))
            place(other, (*path, name))
        ordered[name] = entries[name]

    for name, entry in entries.items():
        place(name, ())
        for trusted in (trusted for expect in entry.expect for trusted in expect.trust):
            if trusted not in entries:
                raise CatalogueError(f"{name}: " + _unknown("entry", trusted, entries))
    return ordered


def _build(cls: type[Any], where: str, table: Any, given: Mapping[str, Any]) -> Any:
    if not isinstance(table, dict):
        raise CatalogueError(f"{where}: a table is expected, not {table!r}")
    known = {f.name: f for f in fields(cls) if f.name not in given}
    hints = get_type_hints(cls)
    values = dict(given)
    for key, value in table.items():
        if key not in known:
            raise CatalogueError(f"{where}: " + _unknown("key", key, known))
        values[key] = _convert(f"{where}.{key}", hints[key], value)
        if key in _CHOICES and value not in _CHOICES[key]:
            allowed = ", ".join(map(str, sorted(_CHOICES[key], key=str)))
            raise CatalogueError(f"{where}: {key} is {value!r}; known are {allowed}")
    for name, known_field in known.items():
        if name not in values and known_field.default is MISSING and known_field.default_factory is MISSING:
            raise CatalogueError(f"{where}: {name} is missing")
    return cls(**values)


def _convert(where: str, hint: Any, value: Any) -> Any:
    """`value` as the annotation `hint` of a field asks for it: TOML's lists become tuples, tables dataclasses."""
    if get_origin(hint) is tuple:
        if isinstance(value, list):
            return tuple(_convert(where, get_args(hint)[0], item) for item in value)
    elif arguments := get_args(hint):  # a union: the first member that fits
        for argument in arguments:
            if argument is not type(None):
                try:
                    return _convert(where, argument, value)
                except CatalogueError:
                    continue
    elif hasattr(hint, "__dataclass_fields__"):
        return _build(hint, where, value, {})
    elif type(value) is hint:
        return value
    raise CatalogueError(f"{where}: {value!r} is not of the expected kind ({hint})")


def _unknown(what: str, name: str, known: Mapping[str, Any]) -> str:
    near = difflib.get_close_matches(name, known, n=3)
    return f"unknown {what} {name!r}" + (f"; near it: {', '.join(near)}" if near else "")
