"""External pre-shared keys: what programs' callbacks answer, as the engine wants it.

Whatever is wrong with an answer is told to sys.unraisablehook, and there is then no key, as in CPython. When a key is
asked for, and what is done with it, is the engine's affair.
"""

from __future__ import annotations

from refssl.errors import usage_error
from refssl.unraisable import tell

TYPE_CHECKING = False  # typing is not imported here: it would cost a third of what importing refssl costs
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

LONGEST_KEY = 512
LONGEST_IDENTITY = 256  # with the zero byte behind it
LONGEST_HINT = 256


def checked(callback: Any, role: str, of_the_other: bool) -> Any:
    """The callback for `role`, as a context may take it. Raises SSLError on a context of the other role, TypeError."""
    if of_the_other:
        other = "SERVER" if role == "client" else "CLIENT"
        raise usage_error(f"Cannot add PSK {role} callback to a PROTOCOL_TLS_{other} context")
    if callback is not None and not callable(callback):
        raise TypeError("callback must be callable")
    return callback


def encoded_hint(hint: object) -> bytes | None:
    """An identity hint as TLS 1.2 sends it (RFC 4279 5.2). Raises TypeError, ValueError."""
    if hint is None:
        return None
    if not isinstance(hint, str):
        kind = type(hint).__name__
        raise TypeError(f"set_psk_server_callback() argument 'identity_hint' must be str or None, not {kind}")
    octets = hint.encode("utf-8")
    if b"\0" in octets:
        raise ValueError("embedded null character")
    if len(octets) > LONGEST_HINT:
        raise ValueError("failed to set identity hint")
    return octets


def client_answer(callback: Callable[..., Any]) -> Callable[[bytes], tuple[bytes, bytes] | None]:
    """`Config.psk_client` for a callback(hint) that gives (identity, key); an empty key is none.

    Source: ssl.SSLContext.set_psk_client_callback.
    """

    def ask(hint: bytes) -> tuple[bytes, bytes] | None:
        try:
            identity, key = _pair(callback(hint.decode("utf-8") or None))
        except BaseException as error:
            _tell(error, "client", callback)
            return None
        return (identity, key) if 0 < len(key) <= LONGEST_KEY and len(identity) < LONGEST_IDENTITY else None

    return ask


def server_answer(callback: Callable[..., Any]) -> Callable[[bytes], bytes | None]:
    """`Config.psk_server` for a callback(identity) that gives the key; an empty one is none.

    Source: ssl.SSLContext.set_psk_server_callback.
    """

    def ask(identity: bytes) -> bytes | None:
        if len(identity) > LONGEST_IDENTITY:
            return None
        try:
            key = _octets(callback(identity.decode("utf-8") or None))
        except BaseException as error:
            _tell(error, "server", callback)
            return None
        return key if 0 < len(key) <= LONGEST_KEY else None

    return ask


def _pair(answer: object) -> tuple[bytes, bytes]:
    if not isinstance(answer, tuple):
        raise TypeError(f"the callback must return a tuple, not {type(answer).__name__}")
    if len(answer) != 2:
        raise TypeError(f"the callback must return a tuple of 2 items, not {len(answer)}")
    identity, key = answer
    if identity is None:
        identity = b""
    elif isinstance(identity, str):
        identity = identity.encode("utf-8")
    elif not isinstance(identity, bytes):
        raise TypeError(f"the identity must be str or None, not {type(identity).__name__}")
    # CPython takes a C string.
    return identity.partition(b"\0")[0], _octets(key)


def _octets(key: object) -> bytes:
    if not isinstance(key, bytes):
        raise TypeError(f"the key must be bytes, not {type(key).__name__}")
    return key


def _tell(error: BaseException, role: str, callback: object) -> None:
    tell(error, f"Exception ignored in ssl PSK {role} callback while calling callback {callback!r}")
