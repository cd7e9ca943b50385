"""The exceptions of ssl, and the one translation from the engine's faults to them.

Inside, a fault is an alert with OpenSSL's reason name; here it gets the class, library, reason, errno and text under
which Python programs know it. No other file makes an SSLError out of a fault.
"""

from __future__ import annotations

from refssl.constants import SSLErrorNumber
from refssl.engine.faults import AlertReceived, CertificateRefused, Fault, ProtocolError

__all__ = [
    "CertificateError",
    "SSLCertVerificationError",
    "SSLEOFError",
    "SSLError",
    "SSLSyscallError",
    "SSLWantReadError",
    "SSLWantWriteError",
    "SSLZeroReturnError",
]


class SSLError(OSError):
    """Something went wrong in the TLS layer (ssl.SSLError).

    Raised ones carry `library` and `reason`, OpenSSL's mnemonics or None; one made by hand has neither.
    """

    __slots__ = ()  # its weak references, which a subclass allows

    library: str | None
    reason: str | None

    def __str__(self) -> str:
        return self.strerror if isinstance(self.strerror, str) else str(self.args)


class SSLZeroReturnError(SSLError):
    """The peer closed the connection cleanly (ssl.SSLZeroReturnError)."""


class SSLWantReadError(SSLError):
    """More has to be received before the call can complete (ssl.SSLWantReadError)."""


class SSLWantWriteError(SSLError):
    """More has to be sent before the call can complete (ssl.SSLWantWriteError)."""


class SSLSyscallError(SSLError):
    """The system reported an error without saying which (ssl.SSLSyscallError)."""


class SSLEOFError(SSLError):
    """The connection ended without the peer's close_notify (ssl.SSLEOFError)."""


class SSLCertVerificationError(SSLError, ValueError):
    """The peer's certificate was not accepted (ssl.SSLCertVerificationError).

    Raised ones carry `verify_code`, OpenSSL's X509_V_ERR number, and `verify_message`.
    """

    verify_code: int
    verify_message: str


CertificateError = SSLCertVerificationError

for _error in (
    SSLError,
    SSLZeroReturnError,
    SSLWantReadError,
    SSLWantWriteError,
    SSLSyscallError,
    SSLEOFError,
    SSLCertVerificationError,
):
    _error.__module__ = "refssl"
del _error

_SSLV3 = "SSLV3_ALERT_"
_TLSV1 = "TLSV1_ALERT_"
_TLSV13 = "TLSV13_ALERT_"

ALERT_REASONS = {
    10: _SSLV3 + "UNEXPECTED_MESSAGE",
    20: _SSLV3 + "BAD_RECORD_MAC",
    21: _TLSV1 + "DECRYPTION_FAILED",
    22: _TLSV1 + "RECORD_OVERFLOW",
    30: _SSLV3 + "DECOMPRESSION_FAILURE",
    40: _SSLV3 + "HANDSHAKE_FAILURE",
    41: _SSLV3 + "NO_CERTIFICATE",
    42: _SSLV3 + "BAD_CERTIFICATE",
    43: _SSLV3 + "UNSUPPORTED_CERTIFICATE",
    44: _SSLV3 + "CERTIFICATE_REVOKED",
    45: _SSLV3 + "CERTIFICATE_EXPIRED",
    46: _SSLV3 + "CERTIFICATE_UNKNOWN",
    47: _SSLV3 + "ILLEGAL_PARAMETER",
    48: _TLSV1 + "UNKNOWN_CA",
    49: _TLSV1 + "ACCESS_DENIED",
    50: _TLSV1 + "DECODE_ERROR",
    51: _TLSV1 + "DECRYPT_ERROR",
    60: _TLSV1 + "EXPORT_RESTRICTION",
    70: _TLSV1 + "PROTOCOL_VERSION",
    71: _TLSV1 + "INSUFFICIENT_SECURITY",
    80: _TLSV1 + "INTERNAL_ERROR",
    86: _TLSV1 + "INAPPROPRIATE_FALLBACK",
    90: _TLSV1 + "USER_CANCELLED",
    100: _TLSV1 + "NO_RENEGOTIATION",
    109: _TLSV13 + "MISSING_EXTENSION",
    110: "TLSV1_UNSUPPORTED_EXTENSION",
    111: "TLSV1_CERTIFICATE_UNOBTAINABLE",
    112: "TLSV1_UNRECOGNIZED_NAME",
    113: "TLSV1_BAD_CERTIFICATE_STATUS_RESPONSE",
    114: "TLSV1_BAD_CERTIFICATE_HASH_VALUE",
    115: _TLSV1 + "UNKNOWN_PSK_IDENTITY",
    116: _TLSV13 + "CERTIFICATE_REQUIRED",
    120: _TLSV1 + "NO_APPLICATION_PROTOCOL",
}
"""OpenSSL 3.6's reason for each alert that a peer can send, by its description (measured on CPython 3.15)."""


def _set(error: SSLError, library: str | None, reason: str | None) -> None:
    error.library = library
    error.reason = reason


def _text(library: str, reason: str) -> str:
    words = reason.lower().replace("_", " ")
    if reason.startswith(_SSLV3):
        # OpenSSL 3 says "ssl/tls" where the alert is as old as SSL 3.0.
        words = "ssl/tls" + words[len("sslv3") :]
    return f"[{library}: {reason}] {words} (refssl)"


def library_error(reason: str, library: str = "SSL", errno: int = SSLErrorNumber.SSL_ERROR_SSL) -> SSLError:
    """The SSLError of a failed operation, with OpenSSL's names for the library and the reason."""
    error = SSLError(int(errno), _text(library, reason))
    _set(error, library, reason)
    return error


def nested_error(library: str, text: str, errno: int) -> SSLError:
    """The SSLError of a failure within another of OpenSSL's libraries, which has no reason of its own."""
    error = SSLError(errno, f"[{library}] {text} (refssl)")
    _set(error, library, None)
    return error


def usage_error(text: str) -> SSLError:
    """The SSLError (errno 0, neither library nor reason) with which CPython refuses a wrong use of a context."""
    error = SSLError(0, f"{text} (refssl)")
    _set(error, None, None)
    return error


def want_read() -> SSLWantReadError:
    """SSLWantReadError as an operation raises it."""
    error = SSLWantReadError(2, "The operation did not complete (read) (refssl)")
    error.library = error.reason = None
    return error


def want_write() -> SSLWantWriteError:
    """SSLWantWriteError as an operation raises it."""
    error = SSLWantWriteError(3, "The operation did not complete (write) (refssl)")
    error.library = error.reason = None
    return error


def zero_return() -> SSLZeroReturnError:
    """SSLZeroReturnError: both directions are closed, or a fatal alert was reported before."""
    error = SSLZeroReturnError(6, "TLS/SSL connection has been closed (EOF) (refssl)")
    error.library = error.reason = None
    return error


def unexpected_eof() -> SSLEOFError:
    """SSLEOFError as the call raises it that meets the end of the transport (OpenSSL 3.0 and later)."""
    reason = "UNEXPECTED_EOF_WHILE_READING"
    error = SSLEOFError(8, f"[SSL: {reason}] EOF occurred in violation of protocol (refssl)")
    _set(error, "SSL", reason)
    return error


def dead_connection() -> SSLEOFError:
    """SSLEOFError as every call raises it once the connection has failed: it has no reason any more."""
    error = SSLEOFError(8, "EOF occurred in violation of protocol (refssl)")
    _set(error, None, None)
    return error


def from_fault(fault: Fault) -> SSLError:
    """The SSLError that OpenSSL 3.6 under CPython 3.15 would have made of what happened in the engine."""
    if isinstance(fault, CertificateRefused):
        refused = SSLCertVerificationError(
            1, f"[SSL: {fault.reason}] certificate verify failed: {fault.verify_message} (refssl)"
        )
        _set(refused, "SSL", fault.reason)
        refused.verify_code = fault.verify_code
        refused.verify_message = fault.verify_message
        return refused
    if isinstance(fault, AlertReceived):
        reason = ALERT_REASONS.get(fault.description)
        if reason is not None:
            return library_error(reason)
        error = SSLError(1, f"[SSL] unknown alert {fault.description} (refssl)")
        _set(error, "SSL", None)
        return error
    if isinstance(fault, ProtocolError):
        # What goes wrong in another library has no reason of its own.
        return nested_error("SSL", "ASN1 lib", 1) if fault.reason == "ASN1_LIB" else library_error(fault.reason)
    raise NotImplementedError(f"no SSLError for {type(fault).__name__}")
