"""Suite B (RFC 5759, RFC 6460): the few algorithms that a path may be made of where a SUITEB flag asks for it."""

from __future__ import annotations

from collections.abc import Sequence

from refssl.x509 import codes, der
from refssl.x509.certificate import Certificate
from refssl.x509.codes import VerificationError
from refssl.x509.flags import SUITE_B, SUITE_B_128_ONLY, SUITE_B_192

_CURVES = {"secp256r1": SUITE_B_128_ONLY, "secp384r1": SUITE_B_192}
_SIGNATURES = {
    der.wrap(der.SEQUENCE, der.wrap(der.OBJECT_IDENTIFIER, der.oid(identifier))): curve
    for identifier, curve in (("1.2.840.10045.4.3.2", "secp256r1"), ("1.2.840.10045.4.3.3", "secp384r1"))
}


def check(path: Sequence[Certificate], flags: int) -> None:
    """Refuse a path (leaf first) that is not of Suite B, as one of SUITE_B at least asks. Raises VerificationError."""
    asked = allowed = flags & SUITE_B
    signature: bytes | None = None
    for depth, certificate in enumerate(path):
        if certificate.version != 3:
            raise VerificationError(codes.SUITE_B_INVALID_VERSION, depth)
        if _check_key(certificate, signature, allowed, asked, depth) == SUITE_B_192:
            allowed = SUITE_B_192
        signature = certificate.signature_algorithm
    _check_key(path[-1], signature, allowed, asked, len(path) - 1)


def _check_key(certificate: Certificate, signature: bytes | None, allowed: int, asked: int, depth: int) -> int:
    """Check a key and what it signed; gives the flag of its curve. allowed: what `asked` leaves at this depth."""
    key = certificate.public_key
    if key.kind != "ec":
        raise VerificationError(codes.SUITE_B_INVALID_ALGORITHM, depth)
    flag = _CURVES.get(key.curve or "")
    if flag is None:
        raise VerificationError(codes.SUITE_B_INVALID_CURVE, depth)
    if signature is not None and _SIGNATURES.get(signature) != key.curve:
        raise VerificationError(codes.SUITE_B_INVALID_SIGNATURE_ALGORITHM, max(depth - 1, 0))
    if not flag & allowed:
        # A P-384 key may not be vouched for by a P-256 key.
        code = codes.SUITE_B_LOS_NOT_ALLOWED if allowed == asked else codes.SUITE_B_CANNOT_SIGN_P_384_WITH_P_256
        raise VerificationError(code, depth)
    return flag
