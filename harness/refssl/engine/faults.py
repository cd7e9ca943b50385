"""How a connection fails inside the engine, before the border translates it.

Only this vocabulary is raised below the surface because of bytes that a peer sent. ``refssl.errors`` turns each into
the SSLError that OpenSSL 3 would have made of it; nothing here knows of that.
"""

from refssl.engine.alerts import AlertDescription


class Fault(Exception):
    """Base of everything that ends a connection because of what a peer sent or withheld."""


class ProtocolError(Fault):
    """The peer broke the protocol, or nothing it offers is acceptable; we answer with a fatal alert.

    alert: the description to put on the wire (RFC 8446 6.2), or None where OpenSSL sends none (an HTTP request).
    reason: OpenSSL 3's name for what went wrong, without its SSL_R_ prefix (``WRONG_VERSION_NUMBER``).
    """

    def __init__(self, alert: AlertDescription | None, reason: str) -> None:
        super().__init__(alert, reason)
        self.alert = alert
        self.reason = reason


class RecordFault(ProtocolError):
    """A record that cannot be read, let alone its content understood.

    OpenSSL reports all of these with one reason since its record layer stands apart (3.2); cause: the one that it gave
    before, and still puts before it in its queue of errors (``DECRYPTION_FAILED_OR_BAD_RECORD_MAC``).
    """

    def __init__(self, alert: AlertDescription, cause: str) -> None:
        super().__init__(alert, "RECORD_LAYER_FAILURE")
        self.cause = cause


class AlertReceived(Fault):
    """The peer sent a fatal alert (RFC 8446 6.2)."""

    def __init__(self, description: int) -> None:
        super().__init__(description)
        self.description = description


class CertificateRefused(ProtocolError):
    """The peer's certificate chain was not accepted.

    verify_code: OpenSSL's X509_V_ERR number; the message that belongs to it is the border's affair.
    verify_message: OpenSSL's text for that number, complete where it names the host.
    """

    def __init__(self, alert: AlertDescription, verify_code: int, verify_message: str) -> None:
        super().__init__(alert, "CERTIFICATE_VERIFY_FAILED")
        self.verify_code = verify_code
        self.verify_message = verify_message


class NotPossible(Exception):
    """What was asked for is not possible on this connection as it stands, which stays as it was.

    reason: OpenSSL 3's name for why (``EXTENSION_NOT_RECEIVED``).
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
