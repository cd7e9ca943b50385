"""X.509 AlgorithmIdentifiers of signatures and of RSASSA-PSS keys, read from DER (RFC 5280 4.1.1.2, RFC 4055).

What is not known here is `UnsupportedAlgorithm`; verifying is `keys`'s.
"""

from __future__ import annotations

import base64
from functools import lru_cache


class UnsupportedAlgorithm(Exception):
    """The algorithm of a signature, or of the key that should verify it, is not one that is known here."""


# AlgorithmIdentifier OIDs as DER contents.
RSASSA_PSS = bytes.fromhex("2a864886f70d01010a")
_SIGNATURES: dict[bytes, tuple[tuple[str, ...], str, str]] = {
    bytes.fromhex("2a864886f70d010105"): (("rsa",), "pkcs1", "sha1"),
    bytes.fromhex("2a864886f70d01010e"): (("rsa",), "pkcs1", "sha224"),
    bytes.fromhex("2a864886f70d01010b"): (("rsa",), "pkcs1", "sha256"),
    bytes.fromhex("2a864886f70d01010c"): (("rsa",), "pkcs1", "sha384"),
    bytes.fromhex("2a864886f70d01010d"): (("rsa",), "pkcs1", "sha512"),
    bytes.fromhex("2a8648ce3d0401"): (("ec",), "", "sha1"),
    bytes.fromhex("2a8648ce3d040301"): (("ec",), "", "sha224"),
    bytes.fromhex("2a8648ce3d040302"): (("ec",), "", "sha256"),
    bytes.fromhex("2a8648ce3d040303"): (("ec",), "", "sha384"),
    bytes.fromhex("2a8648ce3d040304"): (("ec",), "", "sha512"),
    bytes.fromhex("2b6570"): (("ed25519",), "", ""),
    bytes.fromhex("2b6571"): (("ed448",), "", ""),
}
_DIGESTS = {
    bytes.fromhex("2b0e03021a"): "sha1",
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}
_MGF1 = bytes.fromhex("2a864886f70d010108")


@lru_cache(maxsize=64)
def signature_algorithm(der: bytes) -> tuple[tuple[str, ...], str, str, int]:
    """(kinds of key, padding, hash, salt length) of an AlgorithmIdentifier in DER."""
    try:
        sequence, _ = _element(der, 0, 0x30)
        oid, position = _element(sequence, 0, 0x06)
        parameters = sequence[position:]
        if oid == RSASSA_PSS:
            return (("rsa", "rsa-pss"), "pss", *_pss_parameters(parameters))
        known = _SIGNATURES.get(oid)
        # RFC 4055 5, RFC 5758 3.2, RFC 8410 3: NULL for RSA, absent for the others. OpenSSL takes either for RSA and
        # ECDSA, and old issuers made them.
        if known is None or parameters not in ((b"", b"\x05\x00") if known[2] else (b"",)):
            raise UnsupportedAlgorithm(oid.hex())
        return (*known, -1)
    except IndexError:
        raise UnsupportedAlgorithm("malformed") from None


def _pss_parameters(der: bytes) -> tuple[str, int]:
    """RFC 4055 3.1: hash, mask (MGF1 with the same hash, or it is refused), salt length; all have SHA-1 defaults."""
    body, end = _element(der, 0, 0x30)
    if end != len(der):
        raise UnsupportedAlgorithm("trailing bytes")
    digest, mask, salt, position = "sha1", "sha1", 20, 0
    while position < len(body):
        tag = body[position]
        content, position = _element(body, position, tag)
        if tag == 0xA0:
            digest = _digest(content)
        elif tag == 0xA1:
            inner, _ = _element(content, 0, 0x30)
            oid, after = _element(inner, 0, 0x06)
            if oid != _MGF1:
                raise UnsupportedAlgorithm(oid.hex())
            mask = _digest(inner[after:])
        elif tag == 0xA2:
            salt = int.from_bytes(_element(content, 0, 0x02)[0], "big", signed=True)
        elif tag != 0xA3 or content != b"\x02\x01\x01":
            raise UnsupportedAlgorithm("RSASSA-PSS parameters")
    if digest != mask or salt < 0:
        raise UnsupportedAlgorithm("RSASSA-PSS parameters")
    return digest, salt


def _digest(der: bytes) -> str:
    oid = _element(_element(der, 0, 0x30)[0], 0, 0x06)[0]
    if oid not in _DIGESTS:
        raise UnsupportedAlgorithm(oid.hex())
    return _DIGESTS[oid]


def restricted_hash(spki: bytes) -> str | None:
    """The only hash that an id-RSASSA-PSS key may be used with, or None where it does not say (RFC 4055 1.2)."""
    place = spki.find(RSASSA_PSS, 0, 32) + len(RSASSA_PSS)
    if spki[place : place + 1] != b"\x30":
        return None
    try:
        return _pss_parameters(spki[place : place + 2 + spki[place + 1]])[0]
    except (IndexError, UnsupportedAlgorithm):
        # Nothing that is signed with it can be believed.
        return ""


def pss_algorithm(pem: bytes) -> bytes | None:
    """The AlgorithmIdentifier of the first PKCS #8 key in `pem` if it is id-RSASSA-PSS; `cryptography` forgets it."""
    begin, end = b"-----BEGIN PRIVATE KEY-----", b"-----END PRIVATE KEY-----"
    body = pem.partition(begin)[2].partition(end)[0]
    try:
        der = base64.b64decode(body)
    except ValueError:
        return None
    # RFC 5208 5: SEQUENCE { INTEGER, SEQUENCE { OID, parameters }, OCTET STRING }
    return pss_algorithm_of(der)


def pss_algorithm_of(der: bytes) -> bytes | None:
    """The AlgorithmIdentifier at the beginning of a PrivateKeyInfo or SubjectPublicKeyInfo, if it is id-RSASSA-PSS."""
    place = der.find(RSASSA_PSS, 0, 40)
    if place < 0:
        return None
    # The element is short, so that its header and the OID's are two bytes each.
    start = place - 4
    return der[start : start + 2 + der[start + 1]]


def element(tag: int, content: bytes) -> bytes:
    """One DER element."""
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content


def _element(der: bytes, position: int, tag: int) -> tuple[bytes, int]:
    """The contents of the short element at `position`, and where it ends. IndexError where it is cut off."""
    if der[position] != tag:
        raise UnsupportedAlgorithm("malformed")
    length, start = der[position + 1], position + 2
    if length == 0x81:
        length, start = der[position + 2], position + 3
    elif length >= 0x80:
        raise UnsupportedAlgorithm("malformed")
    if start + length > len(der):
        raise IndexError
    return der[start : start + length], start + length
