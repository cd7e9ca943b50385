"""Diffie-Hellman parameters from PEM files, for servers of TLS 1.2 (ssl.SSLContext.load_dh_params).

Files and OpenSSL's words for what is wrong with them live here; the key exchange is the engine's.
"""

from __future__ import annotations

import os

from refssl import errors

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from refssl.credentials import PathLike

_LABELS = (b"DH PARAMETERS", b"X9.42 DH PARAMETERS")
_NO_START_LINE_ERRNO = 108
_ASN1_LIB_ERRNO = 524301
_DH_KEY_TOO_SMALL_ERRNO = 394
# The bits of a prime that each of OpenSSL's security levels asks for (SSL_CTX_set_security_level).
_LEAST_BITS = (0, 1024, 2048, 3072, 7680, 15360)


def load(path: PathLike, security_level: int) -> tuple[int, int]:
    """Prime and generator from the first block of parameters in a PEM file.

    Raises OSError for the file, TypeError for the path, SSLError for what is in it and for a prime that the security
    level forbids.
    """
    from refssl.x509 import pem
    from refssl.x509.der import MalformedCertificate

    if not isinstance(path, (str, bytes, os.PathLike)):
        raise TypeError(f"expected str, bytes or os.PathLike object, not {type(path).__name__}")
    try:
        with open(path, "rb", buffering=0) as file:
            text = file.readall()
    except OSError as error:
        # CPython does not name the file here.
        raise OSError(error.errno, os.strerror(error.errno or 0)) from None
    block = next((block for block in pem.blocks(text) if block.label in _LABELS), None)
    if block is None:
        raise errors.library_error("NO_START_LINE", "PEM", _NO_START_LINE_ERRNO)
    try:
        prime, generator = _numbers(block.data or b"")
    except MalformedCertificate:
        wrong = errors.SSLError(_ASN1_LIB_ERRNO, "[PEM] ASN1 lib (refssl)")
        wrong.library, wrong.reason = "PEM", None
        raise wrong from None
    if prime.bit_length() < _LEAST_BITS[security_level]:
        raise errors.library_error("DH_KEY_TOO_SMALL", errno=_DH_KEY_TOO_SMALL_ERRNO)
    return prime, generator


def _numbers(der: bytes) -> tuple[int, int]:
    """p and g, with which PKCS #3 (section 9) and X9.42 (RFC 3279 2.3.3) both begin."""
    from refssl.x509.der import INTEGER, SEQUENCE, MalformedCertificate, expect, whole

    at, end = whole(SEQUENCE, der)
    numbers = []
    for _ in range(2):
        start, at = expect(INTEGER, der, at, end)
        numbers.append(int.from_bytes(der[start:at], "big", signed=True))
    prime, generator = numbers
    if prime < 5 or prime % 2 == 0 or not 1 < generator < prime - 1:
        raise MalformedCertificate("no Diffie-Hellman group")
    return prime, generator
