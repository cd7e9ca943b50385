"""Server names: how a program's become what is checked and sent, and how a server's callback answers the client's.

Matching a name against a certificate is x509's affair.
"""

from __future__ import annotations

import socket
import weakref

from refssl.engine.alerts import AlertDescription
from refssl.integers import c_long
from refssl.unraisable import tell

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from refssl.context import SSLContext
    from refssl.engine.config import Config
    from refssl.tls import TLSConnection

_LONGEST_LABEL = 63


def encode_hostname(hostname: str | bytes | None) -> str | None:
    """The A-label form of a server_hostname, or None for None.

    Raises UnicodeEncodeError for a name that is none. Source: ssl.SSLSocket.server_hostname.
    """
    if hostname is None:
        return None
    name = hostname if isinstance(hostname, str) else hostname.decode("ascii")
    if not name:
        return name
    if not name.isascii() or len(name) > _LONGEST_LABEL or ".." in name or name[0] == ".":
        # Any other name the codec would hand back as it is, at the price of loading it.
        name = _idna(name)
    return name


def _idna(name: str) -> str:
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeEncodeError:
        raise
    except UnicodeError:
        pass  # before Python 3.13 the codec does not say which label is wrong
    start = 0
    for label in name.split("."):
        if not label or len(label) > _LONGEST_LABEL:
            break
        start += len(label) + 1
    reason = "label too long" if label else "label empty"
    raise UnicodeEncodeError("idna", name, start, start + max(len(label), 1), reason)


def ip_address(name: str) -> bytes | None:
    """The octets of a name that is an IP address, or None for any other name."""
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in name else socket.AF_INET, name)
    except OSError:
        return None


class ServerNameChoice:
    """What a server's engine asks when it has read the client's server_name: `Config.choose` of one connection."""

    __slots__ = ("_callback", "_connection", "_context")

    def __init__(
        self, context: SSLContext, connection: TLSConnection, callback: Callable[[Any, str | None, SSLContext], Any]
    ) -> None:
        self._context = context
        # Weakly: the connection owns the engine that owns this.
        self._connection = weakref.ref(connection)
        self._callback = callback

    def __call__(self, name: str | None) -> Config | AlertDescription | None:
        """The alert to refuse with, the Config of another context, or None to go on.

        Documented in ssl.SSLContext.sni_callback: an exception is handshake_failure, a value that is not an alert
        internal_error; both exceptions and values of a wrong type are told to sys.unraisablehook.
        """
        connection = self._connection()
        owner = connection.owner if connection is not None else None
        if connection is None or owner is None:
            # gh-146080: the callback may have let go of its own socket.
            return AlertDescription.INTERNAL_ERROR
        try:
            answer = self._callback(owner, name, self._context)
        except BaseException as error:  # KeyboardInterrupt and SystemExit too: the client is always told
            _tell(error, repr(self._callback))
            return AlertDescription.HANDSHAKE_FAILURE
        if answer is not None:
            return _alert(answer)
        if connection.context is not self._context:
            from refssl import snapshot

            return snapshot.take_chosen(connection.context, connection)
        return None


def _alert(answer: object) -> AlertDescription:
    try:
        number = c_long(answer)  # type: ignore[arg-type]
    except BaseException as error:
        _tell(error, f"(result={answer!r})")
        return AlertDescription.INTERNAL_ERROR
    try:
        alert = AlertDescription(number)
    except ValueError:
        return AlertDescription.INTERNAL_ERROR
    # RFC 8446 6.1: close_notify would say that all is well.
    return AlertDescription.INTERNAL_ERROR if alert is AlertDescription.CLOSE_NOTIFY else alert


def _tell(error: BaseException, details: str) -> None:
    tell(error, f"Exception ignored in ssl servername callback while calling set SNI callback {details}")
