"""Writes and signs X.509 certificates and CRLs from their catalogue entries, the wrong ones above all.

Every field is written here, by der.py, because a library that makes certificates rightly refuses half of these; only
keys and signatures come from `cryptography`. No file, no catalogue, no opinion about what is valid.
"""

import hashlib
import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sslspec.certificates import der
from sslspec.certificates.catalogue import Certificate, Crl, Extension, NameConstraints

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ed448.Ed448PrivateKey

_CURVES: dict[str, ec.EllipticCurve] = {"p256": ec.SECP256R1(), "p384": ec.SECP384R1(), "p521": ec.SECP521R1()}
_RSA = "1.2.840.113549.1.1."
_RSASSA_PSS = _RSA + "10"
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}
_HASH_OIDS = {
    "sha256": "2.16.840.1.101.3.4.2.1",
    "sha384": "2.16.840.1.101.3.4.2.2",
    "sha512": "2.16.840.1.101.3.4.2.3",
}
_RSA_OIDS = {"sha1": _RSA + "5", "sha256": _RSA + "11", "sha384": _RSA + "12", "sha512": _RSA + "13"}
_ECDSA = "1.2.840.10045.4."
_ECDSA_OIDS = {"sha1": _ECDSA + "1", "sha256": _ECDSA + "3.2", "sha384": _ECDSA + "3.3", "sha512": _ECDSA + "3.4"}

_ATTRIBUTES = {
    "CN": "2.5.4.3",
    "serialNumber": "2.5.4.5",
    "C": "2.5.4.6",
    "L": "2.5.4.7",
    "ST": "2.5.4.8",
    "O": "2.5.4.10",
    "OU": "2.5.4.11",
    "x500UniqueIdentifier": "2.5.4.45",
    "emailAddress": "1.2.840.113549.1.9.1",
    "DC": "0.9.2342.19200300.100.1.25",
}
_KEY_USAGES = (
    "digitalSignature",
    "contentCommitment",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
)
_PURPOSES = {
    "any": "2.5.29.37.0",
    "serverAuth": "1.3.6.1.5.5.7.3.1",
    "clientAuth": "1.3.6.1.5.5.7.3.2",
    "codeSigning": "1.3.6.1.5.5.7.3.3",
    "emailProtection": "1.3.6.1.5.5.7.3.4",
}
# RFC 5280 4.2: the extensions by the names that the catalogue uses, in the order in which they are written.
_EXTENSIONS = {
    "basicConstraints": "2.5.29.19",
    "keyUsage": "2.5.29.15",
    "extKeyUsage": "2.5.29.37",
    "subjectKeyIdentifier": "2.5.29.14",
    "authorityKeyIdentifier": "2.5.29.35",
    "subjectAltName": "2.5.29.17",
    "nameConstraints": "2.5.29.30",
    "cRLDistributionPoints": "2.5.29.31",
    "authorityInfoAccess": "1.3.6.1.5.5.7.1.1",
}


@dataclass(frozen=True)
class Key:
    """A private key; `pss` says that its certificates carry it as an RSASSA-PSS key, RFC 4055 3.1."""

    private: PrivateKey
    pss: bool = False

    @classmethod
    def generate(cls, kind: str) -> "Key":
        """A fresh key: p256, p384, p521, ed25519, ed448, rsa1024, rsa2048, rsa-pss2048. KeyError for other kinds."""
        if kind == "ed25519":
            return cls(ed25519.Ed25519PrivateKey.generate())
        if kind == "ed448":
            return cls(ed448.Ed448PrivateKey.generate())
        if kind.startswith("rsa"):
            size = {"rsa1024": 1024, "rsa2048": 2048, "rsa-pss2048": 2048}[kind]
            return cls(rsa.generate_private_key(public_exponent=65537, key_size=size), kind.startswith("rsa-pss"))
        return cls(ec.generate_private_key(_CURVES[kind]))

    def pkcs8(self) -> bytes:
        """DER of the PrivateKeyInfo."""
        if not self.pss:
            return self.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        pkcs1 = self.private.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption())
        return der.sequence(der.integer(0), der.sequence(der.oid(_RSASSA_PSS)), der.octet_string(pkcs1))

    def public_info(self) -> bytes:
        """DER of the SubjectPublicKeyInfo."""
        public = self.private.public_key()
        if not self.pss:
            return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        pkcs1 = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        return der.sequence(der.sequence(der.oid(_RSASSA_PSS)), der.bit_string(pkcs1))

    def identifier(self) -> bytes:
        """The key identifier of RFC 5280 4.2.1.2 (1): the SHA-1 of the public key's octets."""
        public = self.private.public_key()
        if isinstance(public, ec.EllipticCurvePublicKey):
            octets = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        elif isinstance(public, rsa.RSAPublicKey):
            octets = public.public_bytes(Encoding.DER, PublicFormat.PKCS1)
        else:
            octets = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return hashlib.sha1(octets, usedforsecurity=False).digest()

    def algorithm(self, signature: str) -> bytes:
        """The AlgorithmIdentifier of what sign() returns for the same `signature`."""
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return der.sequence(der.oid(_ECDSA_OIDS[signature]))
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return der.sequence(der.oid("1.3.101.112"))
        if isinstance(self.private, ed448.Ed448PrivateKey):
            return der.sequence(der.oid("1.3.101.113"))
        if not self.pss:
            return der.sequence(der.oid(_RSA_OIDS[signature]), der.null())
        digest = der.sequence(der.oid(_HASH_OIDS[signature]), der.null())
        mask = der.sequence(der.oid(_RSA + "8"), digest)
        salt = der.integer(_HASHES[signature].digest_size)
        return der.sequence(
            der.oid(_RSASSA_PSS), der.sequence(der.context(0, digest), der.context(1, mask), der.context(2, salt))
        )

    def sign(self, message: bytes, signature: str) -> bytes:
        """The signature of `message` with the hash `signature`, as algorithm() describes it."""
        key, digest = self.private, _HASHES[signature]
        if isinstance(key, ec.EllipticCurvePrivateKey):
            return key.sign(message, ec.ECDSA(digest))
        if isinstance(key, rsa.RSAPrivateKey):
            if self.pss:
                return key.sign(message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
            return key.sign(message, padding.PKCS1v15(), digest)
        return key.sign(message)


@dataclass(frozen=True)
class Signer:
    """Who signs: a name in DER, and a key."""

    name: bytes
    key: Key


def certificate(entry: Certificate, subject: bytes, key: Key, issuer: Signer, serial: int) -> bytes:
    """The certificate (DER) that `issuer` signs for the owner of `key`, whose name in DER is `subject`."""
    parts = [
        der.integer(serial),
        issuer.key.algorithm(entry.signature),
        issuer.name,
        der.sequence(_time(entry.not_before), _time(entry.not_after)),
        subject,
        key.public_info(),
    ]
    if entry.version > 1:
        parts.insert(0, der.context(0, der.integer(entry.version - 1)))
    if entry.version == 3:
        parts.append(der.context(3, der.sequence(*_extensions(entry, key, issuer))))
    return _signed(der.sequence(*parts), issuer.key, entry)


def crl(entry: Crl, issuer: Signer, serials: Iterable[int]) -> bytes:
    """The revocation list (DER) with which `issuer` revokes `serials`, RFC 5280 5.1."""
    said = [der.sequence(*_written(entry.entry_extensions))] if entry.entry_extensions else []
    revoked = [der.sequence(der.integer(serial), _time(entry.last_update), *said) for serial in serials]
    extensions = [
        _extension(
            _EXTENSIONS["authorityKeyIdentifier"],
            der.sequence(der.context(0, issuer.key.identifier(), constructed=False)),
        ),
        _extension("2.5.29.20", der.integer(1)),  # cRLNumber
        *_written(entry.extensions),
    ]
    tbs = der.sequence(
        der.integer(1),
        issuer.key.algorithm(entry.signature),
        issuer.name,
        _time(entry.last_update),
        _time(entry.next_update),
        *([der.sequence(*revoked)] if revoked else []),
        der.context(0, der.sequence(*extensions)),
    )
    return _signed(tbs, issuer.key, entry)


def name(rdns: Iterable[str | tuple[str, ...]]) -> bytes:
    """A distinguished name (DER) from RDNs in the catalogue's notation."""
    return der.sequence(
        *(der.set_of(*(_attribute(text) for text in ((rdn,) if isinstance(rdn, str) else rdn))) for rdn in rdns)
    )


def _attribute(text: str) -> bytes:
    kind, _, value = text.partition("=")
    if value.startswith("#"):
        encoded = bytes.fromhex(value[1:])
    elif kind in ("C", "serialNumber"):
        encoded = der.printable(value)
    elif kind in ("DC", "emailAddress"):
        encoded = der.ia5(value)
    else:
        encoded = der.utf8(value)
    return der.sequence(der.oid(_ATTRIBUTES.get(kind, kind)), encoded)


def general_name(text: str) -> bytes:
    """A GeneralName (DER), RFC 5280 4.2.1.6, from the catalogue's notation `kind:value`."""
    kind, _, value = text.partition(":")
    if kind == "dns":
        return der.context(2, value.encode(), constructed=False)
    if kind == "email":
        return der.context(1, value.encode(), constructed=False)
    if kind == "uri":
        return der.context(6, value.encode(), constructed=False)
    if kind == "ip":
        if "/" in value:
            network = ipaddress.ip_network(value)
            return der.context(7, network.network_address.packed, network.netmask.packed, constructed=False)
        return der.context(7, ipaddress.ip_address(value).packed, constructed=False)
    if kind == "raw-ip":
        return der.context(7, bytes.fromhex(value), constructed=False)
    if kind == "dir":
        return der.context(4, name(value.split(",")))
    if kind == "rid":
        return der.context(8, der.oid_content(value), constructed=False)
    if kind == "other":
        dotted, _, encoded = value.partition("=")
        return der.context(0, der.oid(dotted), der.context(0, bytes.fromhex(encoded)))
    raise ValueError(f"unknown kind of name {text!r}; known are dns, email, uri, ip, raw-ip, dir, rid and other")


def _signed(tbs: bytes, key: Key, entry: Certificate | Crl) -> bytes:
    edits = {tuple(map(int, edit.at.split("."))): bytes.fromhex(edit.value) for edit in entry.edits}
    for way, value in edits.items():
        if way[0] == 0:
            tbs = der.replaced(tbs, way[1:], value)
    # A signature of something else is well formed, and wrong.
    message = tbs + b"altered" if entry.fault == "signature" else tbs
    algorithm = key.algorithm("sha512" if entry.fault == "algorithm" else entry.signature)
    written = der.sequence(tbs, algorithm, der.bit_string(key.sign(message, entry.signature)))
    for way, value in edits.items():
        if way[0] > 0:
            written = der.replaced(written, way, value)
    return written


def _time(day: date) -> bytes:
    return der.time(datetime(day.year, day.month, day.day))


def _extension(dotted: str, value: bytes, *, critical: bool = False) -> bytes:
    return der.sequence(der.oid(dotted), *([der.boolean(True)] if critical else []), der.octet_string(value))


def _extensions(entry: Certificate, key: Key, issuer: Signer) -> list[bytes]:
    values = _extension_values(entry, key, issuer)
    written = [
        _extension(dotted, values[kind], critical=kind in entry.critical)
        for kind, dotted in _EXTENSIONS.items()
        if kind in values and kind not in entry.without
    ]
    return written + _written(entry.extensions)


def _written(extensions: Iterable[Extension]) -> list[bytes]:
    return [_extension(extra.oid, bytes.fromhex(extra.value), critical=extra.critical) for extra in extensions]


def _extension_values(entry: Certificate, key: Key, issuer: Signer) -> dict[str, bytes]:
    """What an ordinary certificate of this kind has, and what the entry asks for, by the extensions' names."""
    ca = entry.authority if entry.ca is None else entry.ca
    values = {"basicConstraints": _basic_constraints(ca, entry.path_length)}
    usages = entry.key_usage
    if usages is None:
        usages = ("keyCertSign", "cRLSign") if entry.authority else ("digitalSignature",)
    values["keyUsage"] = der.named_bits([_KEY_USAGES.index(usage) for usage in usages])
    purposes = entry.extended_key_usage
    if purposes is None and not entry.authority:
        purposes = ("serverAuth", "clientAuth")
    if purposes:
        values["extKeyUsage"] = der.sequence(*(der.oid(_PURPOSES.get(purpose, purpose)) for purpose in purposes))
    values["subjectKeyIdentifier"] = der.octet_string(key.identifier())
    if entry.issuer:
        values["authorityKeyIdentifier"] = der.sequence(der.context(0, issuer.key.identifier(), constructed=False))
    names = entry.names + tuple(f"dns:n{number}.many.example" for number in range(entry.more_names))
    if names:
        values["subjectAltName"] = der.sequence(*map(general_name, names))
    if entry.name_constraints:
        values["nameConstraints"] = _name_constraints(entry.name_constraints)
    if entry.crl_points:
        values["cRLDistributionPoints"] = der.sequence(
            *(der.sequence(der.context(0, der.context(0, general_name("uri:" + uri)))) for uri in entry.crl_points)
        )
    access = [("1.3.6.1.5.5.7.48.1", uri) for uri in entry.ocsp]
    access += [("1.3.6.1.5.5.7.48.2", uri) for uri in entry.ca_issuers]
    if access:
        values["authorityInfoAccess"] = der.sequence(
            *(der.sequence(der.oid(method), general_name("uri:" + uri)) for method, uri in access)
        )
    return values


def _basic_constraints(ca: bool, path_length: int | None) -> bytes:
    return der.sequence(
        *([der.boolean(True)] if ca else []), *([der.integer(path_length)] if path_length is not None else [])
    )


def _name_constraints(constraints: NameConstraints) -> bytes:
    excluded = constraints.excluded + tuple(
        f"dns:n{number}.none.example" for number in range(constraints.more_excluded)
    )
    return der.sequence(
        *(
            der.context(number, *(der.sequence(general_name(text)) for text in names))
            for number, names in ((0, constraints.permitted), (1, excluded))
            if names
        )
    )
