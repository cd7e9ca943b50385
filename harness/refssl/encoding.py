"""Certificates as text and their times as numbers: what ssl offers for certificates without a connection.

Pure functions, but for get_server_certificate, which fetches one. What a certificate contains is x509's affair.
"""

from __future__ import annotations

import base64

from refssl.constants import PEM_FOOTER, PEM_HEADER

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from typing_extensions import Buffer

__all__ = ["DER_cert_to_PEM_cert", "PEM_cert_to_DER_cert", "cert_time_to_seconds"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def cert_time_to_seconds(cert_time: str) -> int:
    """Seconds since the epoch of a certificate's notBefore or notAfter, as getpeercert() prints them.

    cert_time is ``"%b %d %H:%M:%S %Y GMT"`` with the month's name in English, whatever the locale. Like the stdlib's,
    it lets a day past the month's end run over into the next. Raises ValueError for another form.
    Source: ssl.cert_time_to_seconds.
    """
    # Loaded here because their own imports cost as much as half of refssl's.
    import calendar
    import time

    time_format = " %d %H:%M:%S %Y GMT"
    try:
        month = _MONTHS.index(cert_time[:3].lower()) + 1
    except ValueError:
        raise ValueError(f'time data {cert_time!r} does not match format "%b{time_format}"') from None
    parsed = time.strptime(cert_time[3:], time_format)
    return calendar.timegm((parsed[0], month, *parsed[2:6]))


def DER_cert_to_PEM_cert(der_cert_bytes: Buffer) -> str:  # noqa: N802
    """The PEM text of a DER certificate (ssl.DER_cert_to_PEM_cert). The bytes are not examined."""
    body = str(base64.standard_b64encode(der_cert_bytes), "ascii")
    lines = [body[start : start + 64] for start in range(0, len(body), 64)] or [""]
    return "\n".join([PEM_HEADER, *lines, PEM_FOOTER, ""])


def PEM_cert_to_DER_cert(pem_cert_string: str) -> bytes:  # noqa: N802
    """The DER bytes of one certificate in PEM (ssl.PEM_cert_to_DER_cert).

    Raises ValueError where the text does not begin with the header or, white space aside, end with the footer.
    """
    if not pem_cert_string.startswith(PEM_HEADER):
        raise ValueError(f"Invalid PEM encoding; must start with {PEM_HEADER}")
    stripped = pem_cert_string.strip()
    if not stripped.endswith(PEM_FOOTER):
        raise ValueError(f"Invalid PEM encoding; must end with {PEM_FOOTER}")
    return base64.decodebytes(stripped[len(PEM_HEADER) : -len(PEM_FOOTER)].encode("ascii"))
