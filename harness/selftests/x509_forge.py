"""Certificates and CRLs put together octet by octet, so that any of them may be wrong in one place.

For the selftests of refssl's X.509 only; what builders like cryptography's and trustme refuse to make is made here.
Everything is DER; keys are P-256 unless said otherwise, and the same name always means the same key.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from itertools import count

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
NOW = datetime.now(timezone.utc)
TRUE = b"\x01\x01\xff"
_serials = count(1000)


def tlv(tag: int, *contents: bytes) -> bytes:
    content = b"".join(contents)
    if len(content) < 0x80:
        return bytes((tag, len(content))) + content
    size = (len(content).bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + len(content).to_bytes(size, "big") + content


def sequence(*contents: bytes) -> bytes:
    return tlv(0x30, *contents)


def integer(value: int) -> bytes:
    return tlv(2, value.to_bytes((value if value >= 0 else ~value).bit_length() // 8 + 1, "big", signed=True))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    encoded = b""
    for arc in (first * 40 + second, *rest):
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, 0x80 | arc & 0x7F)
        encoded += bytes(groups)
    return tlv(6, encoded)


def attribute(type_: str, value: str | bytes, tag: int = 0x0C) -> bytes:
    return tlv(0x31, sequence(oid(type_), tlv(tag, value.encode() if isinstance(value, str) else value)))


def name(common_name: str) -> bytes:
    return sequence(attribute("2.5.4.3", common_name))


def time(days: float) -> bytes:
    moment = NOW + timedelta(days=days)
    return tlv(0x17, moment.strftime("%y%m%d%H%M%SZ").encode())


@functools.cache
def key(label: str) -> ec.EllipticCurvePrivateKey:
    """A P-256 key; the same for the same label."""
    return ec.generate_private_key(ec.SECP256R1())


@functools.cache
def rsa_key(bits: int) -> rsa.RSAPrivateKey:
    """An RSA key; the same for the same size."""
    return rsa.generate_private_key(65537, bits)


def spki(private: PrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return private.public_key().public_bytes(serialization.Encoding.DER, form)


def identifier(private: PrivateKey) -> bytes:
    return hashlib.sha1(spki(private)).digest()


def extension(number: str, value: bytes, critical: bool = False) -> bytes:
    return sequence(oid(number), TRUE if critical else b"", tlv(4, value))


def basic_constraints(ca: bool = True, path_length: int | None = None, critical: bool = True) -> bytes:
    length = b"" if path_length is None else integer(path_length)
    return extension("2.5.29.19", sequence(TRUE if ca else b"", length), critical)


def key_usage(*bits: int, critical: bool = True) -> bytes:
    octets = bytearray(max(bits) // 8 + 1)
    for bit in bits:
        octets[bit // 8] |= 0x80 >> bit % 8
    return extension("2.5.29.15", tlv(3, bytes((7 - max(bits) % 8,)), bytes(octets)), critical)


PURPOSES = {
    "server": "1.3.6.1.5.5.7.3.1",
    "client": "1.3.6.1.5.5.7.3.2",
    "code": "1.3.6.1.5.5.7.3.3",
    "any": "2.5.29.37.0",
    "microsoft-sgc": "1.3.6.1.4.1.311.10.3.3",
}


def purposes(*names: str) -> bytes:
    return extension("2.5.29.37", sequence(*(oid(PURPOSES[purpose]) for purpose in names)))


def subject_identifier(private: PrivateKey, critical: bool = False) -> bytes:
    return extension("2.5.29.14", tlv(4, identifier(private)), critical)


def authority_identifier(private: PrivateKey | bytes, critical: bool = False) -> bytes:
    octets = private if isinstance(private, bytes) else identifier(private)
    return extension("2.5.29.35", sequence(tlv(0x80, octets)), critical)


def dns(value: str) -> bytes:
    return tlv(0x82, value.encode())


def mail(value: str) -> bytes:
    return tlv(0x81, value.encode())


def uri(value: str) -> bytes:
    return tlv(0x86, value.encode())


def address(*octets: int) -> bytes:
    return tlv(0x87, bytes(octets))


def directory(value: bytes) -> bytes:
    return tlv(0xA4, value)


def alternative_names(*names: bytes, critical: bool = False) -> bytes:
    return extension("2.5.29.17", sequence(*names), critical)


def name_constraints(permitted: tuple[bytes, ...] = (), excluded: tuple[bytes, ...] = ()) -> bytes:
    trees = [tlv(tag, *map(sequence, names)) for tag, names in ((0xA0, permitted), (0xA1, excluded)) if names]
    return extension("2.5.29.30", sequence(*trees), True)


ALGORITHMS = {
    "ecdsa-sha256": sequence(oid("1.2.840.10045.4.3.2")),
    "ecdsa-sha384": sequence(oid("1.2.840.10045.4.3.3")),
    "rsa-sha1": sequence(oid("1.2.840.113549.1.1.5"), b"\x05\x00"),
    "rsa-sha256": sequence(oid("1.2.840.113549.1.1.11"), b"\x05\x00"),
}
_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
}


def sign(private: PrivateKey, algorithm: str, content: bytes) -> bytes:
    digest = _HASHES[algorithm.partition("-")[2]]()
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(content, padding.PKCS1v15(), digest)
    return private.sign(content, ec.ECDSA(digest))


def _signed(tbs: bytes, signer: PrivateKey, algorithm: str, outer: bytes | None, tamper: bool) -> bytes:
    signature = sign(signer, algorithm, tbs)
    if tamper:
        signature = signature[:-1] + bytes((signature[-1] ^ 1,))
    return sequence(tbs, outer or ALGORITHMS[algorithm], tlv(3, b"\x00", signature))


def certificate(
    subject: bytes,
    private: PrivateKey,
    issuer: bytes,
    signer: PrivateKey,
    extensions: tuple[bytes, ...] = (),
    *,
    version: int = 3,
    serial: int | None = None,
    not_before: bytes | None = None,
    not_after: bytes | None = None,
    algorithm: str | None = None,
    inner: bytes | None = None,
    outer: bytes | None = None,
    public: bytes | None = None,
    tamper: bool = False,
) -> bytes:
    """A certificate of ``private`` for ``subject``, issued by ``signer`` as ``issuer``; tamper spoils its signature."""
    algorithm = algorithm or ("rsa-sha256" if isinstance(signer, rsa.RSAPrivateKey) else "ecdsa-sha256")
    tbs = sequence(
        tlv(0xA0, integer(version - 1)) if version > 1 else b"",
        integer(next(_serials) if serial is None else serial),
        inner or ALGORITHMS[algorithm],
        issuer,
        sequence(not_before or time(-1), not_after or time(30)),
        subject,
        public or spki(private),
        tlv(0xA3, sequence(*extensions)) if extensions else b"",
    )
    return _signed(tbs, signer, algorithm, outer, tamper)


def oids(*numbers: str) -> bytes:
    return sequence(*map(oid, numbers))


def entry(serial: int, *extensions: bytes) -> bytes:
    """What a CRL says of one certificate."""
    return sequence(integer(serial), time(-2), sequence(*extensions) if extensions else b"")


def reason(number: int) -> bytes:
    return extension("2.5.29.21", tlv(0x0A, bytes((number,))))


def location(*names: bytes) -> bytes:
    """DistributionPointName with these full names."""
    return tlv(0xA0, tlv(0xA0, *names))


def distribution_points(*points: tuple[bytes, ...]) -> bytes:
    return extension("2.5.29.31", sequence(*(sequence(*point) for point in points)))


def issuing_distribution_point(*fields: bytes) -> bytes:
    return extension("2.5.29.28", sequence(*fields), True)


def crl(
    issuer: bytes,
    signer: PrivateKey,
    revoked: tuple[int | bytes, ...] = (),
    extensions: tuple[bytes, ...] = (),
    *,
    this_update: bytes | None = None,
    next_update: bytes | None = None,
    tamper: bool = False,
) -> bytes:
    """A version 2 CRL with these entries, or serial numbers of which there is nothing more to be said."""
    entries = [item if isinstance(item, bytes) else entry(item) for item in revoked]
    tbs = sequence(
        integer(1),
        ALGORITHMS["ecdsa-sha256"],
        issuer,
        this_update or time(-1),
        next_update or time(30),
        sequence(*entries) if entries else b"",
        tlv(0xA0, sequence(*extensions)) if extensions else b"",
    )
    return _signed(tbs, signer, "ecdsa-sha256", None, tamper)


def pem(encoded: bytes, label: str = "CERTIFICATE") -> str:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(encoded).decode()}-----END {label}-----\n"


def private_pem(private: PrivateKey) -> str:
    form = serialization.PrivateFormat.PKCS8
    return private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()
