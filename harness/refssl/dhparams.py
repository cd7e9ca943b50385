"""The parameters of finite-field Diffie-Hellman, read from a PEM file as OpenSSL reads them (PKCS #3, or X9.42).

What TLS 1.2 does with them is the engine's.
"""

from __future__ import annotations

from refssl import errors, files
from refssl.ciphers import levels
from refssl.x509 import der, pem

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from refssl.credentials import PathLike

_PKCS3 = b"DH PARAMETERS"
_LABELS = (_PKCS3, b"X9.42 DH PARAMETERS")
_NO_START_LINE = 108
_PEM_ERRNOS = {"BAD_BASE64_DECODE": 100, "BAD_END_LINE": 102}
_ASN1_LIB = 524301
_DH_KEY_TOO_SMALL = 394


def load(path: PathLike, level: int) -> tuple[int, int]:
    """Prime and generator from the first parameters in the file.

    Raises OSError for the file, SSLError where it holds none or where they are too small for the security level.
    """
    prime, generator, strength = _read(files.read(path))
    if strength < levels.least_field(level):
        raise errors.library_error("DH_KEY_TOO_SMALL", errno=_DH_KEY_TOO_SMALL)
    return prime, generator


def _read(text: bytes) -> tuple[int, int, int]:
    """Prime, generator and bits of security."""
    block = next((block for block in pem.blocks(text) if block.label in _LABELS), None)
    if block is None:
        raise errors.library_error("NO_START_LINE", "PEM", _NO_START_LINE)
    if block.data is None:
        if block.problem not in _PEM_ERRNOS:
            # A block without a line: OpenSSL fails and does not say why.
            raise errors.usage_error("unknown error (0x0)")
        raise errors.library_error(block.problem, "PEM", _PEM_ERRNOS[block.problem])
    try:
        numbers = _integers(block.data)
    except der.MalformedCertificate:
        numbers = []
    if len(numbers) < 2 or (block.label == _PKCS3 and len(numbers) > 3):
        raise _asn1_lib()
    prime, generator = numbers[:2]
    if prime % 2 == 0 or not 1 < generator < prime - 1:
        # OpenSSL would take them, and agree on secrets that anyone can guess.
        raise _asn1_lib()
    strength = levels.field_strength(prime.bit_length())
    if block.label == _PKCS3 and len(numbers) > 2:
        # PKCS #3 9: privateValueLength; a short exponent makes the exchange weaker.
        strength = min(strength, numbers[2] // 2)
    return prime, generator, strength


def _asn1_lib() -> errors.SSLError:
    error = errors.SSLError(_ASN1_LIB, "[PEM] ASN1 lib (refssl)")
    error.library, error.reason = "PEM", None
    return error


def _integers(encoded: bytes) -> list[int]:
    """The INTEGERs at the beginning of a SEQUENCE."""
    at, end = der.expect(der.SEQUENCE, encoded, 0, len(encoded))
    numbers = []
    while at < end and encoded[at] == der.INTEGER:
        start, at = der.expect(der.INTEGER, encoded, at, end)
        numbers.append(int.from_bytes(encoded[start:at], "big", signed=True))
    return numbers
